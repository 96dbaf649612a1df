//! Tables that people read, written row by row as they come.

use std::io::{self, Write};

/// Spaces between two columns.
const GAP: &str = "  ";

/// A column: its title, how wide it is, and to which side its cells keep.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    title: &'static str,
    width: usize,
    side: Side,
}

#[derive(Clone, Copy, Debug)]
enum Side {
    Left,
    Right,
}

impl Column {
    /// For words.
    pub(crate) const fn words(title: &'static str, width: usize) -> Self {
        Self { title, width, side: Side::Left }
    }

    /// For figures.
    pub(crate) const fn figures(title: &'static str, width: usize) -> Self {
        Self { title, width, side: Side::Right }
    }
}

/// The titles of all columns, and a line under them.
pub(crate) fn head(out: &mut dyn Write, columns: &[Column]) -> io::Result<()> {
    let titles: Vec<String> = columns.iter().map(|column| column.title.to_owned()).collect();
    row(out, columns, &titles)?;
    let width = columns.iter().map(|column| column.width).sum::<usize>();
    writeln!(out, "{}", "-".repeat(width + GAP.len() * (columns.len() - 1)))
}

/// One row, one cell per column.
pub(crate) fn row(out: &mut dyn Write, columns: &[Column], cells: &[String]) -> io::Result<()> {
    let mut line = String::new();
    for (column, cell) in columns.iter().zip(cells) {
        if !line.is_empty() {
            line.push_str(GAP);
        }
        let width = column.width;
        line.push_str(&match column.side {
            Side::Left => format!("{cell:<width$}"),
            Side::Right => format!("{cell:>width$}"),
        });
    }
    writeln!(out, "{}", line.trim_end())?;
    out.flush()
}
