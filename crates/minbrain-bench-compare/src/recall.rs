//! The k nearest vectors, by minbrain and by others.

mod contest;
mod index;
mod ours;
#[cfg(feature = "peers")]
mod peers;
mod python;
mod row;
mod task;

use std::io::Write;

use clap::Args;
use minbrain_bench::recall::{Needs, Vectors};

use crate::failure::Failure;
use index::Library;
use row::Row;
use task::Task;

/// What to measure.
#[derive(Clone, Debug, Args)]
pub(crate) struct RecallArgs {
    /// How many vectors are kept, one comparison for each
    #[arg(long, value_name = "N,...", value_delimiter = ',', default_value = "5000,50000")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    sizes: Vec<u32>,
    /// How many values a vector has; a file says it itself
    #[arg(long, value_name = "D", default_value_t = 16)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=256))]
    dims: u32,
    /// Where the vectors come from: trajectory, gaussian, or a .npy file with one per row
    #[arg(long, value_name = "NAME|FILE.npy", default_value = "trajectory")]
    data: String,
    /// How often everything is replaced
    #[arg(long, value_name = "T", default_value_t = 3)]
    #[arg(value_parser = clap::value_parser!(u16).range(..=100))]
    turnover: u16,
    /// How many neighbours a query asks for
    #[arg(long, value_name = "K", default_value_t = 16)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=256))]
    k: u32,
    /// How many queries, and how many whole steps, to time
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
    queries: u32,
    /// Only these libraries, besides minbrain
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    only: Vec<String>,
    /// The Python that has faiss and hnswlib
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: String,
    /// Where random numbers start
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Print one JSON object per line and nothing else
    #[arg(long)]
    json: bool,
}

impl RecallArgs {
    fn wants(&self, library: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| library.starts_with(name.as_str()))
    }
}

/// Compares at every size; rows go to `out`, what is left out and why to `notes`.
pub(crate) fn main(
    args: &RecallArgs,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<(), Failure> {
    if cfg!(not(feature = "peers")) {
        writeln!(
            notes,
            "Rust libraries are left out: build with --features peers to compare them"
        )?;
    }
    for &size in &args.sizes {
        let needs = Needs {
            dims: args.dims as usize,
            experiences: size as usize,
            turnover: usize::from(args.turnover),
            queries: args.queries as usize,
            seed: args.seed,
        };
        let vectors = Vectors::load(&args.data, &needs)?;
        let task = Task::new(&vectors, args.k as usize, &needs)?;
        compare(args, &task, (out, notes))?;
    }
    Ok(())
}

/// Puts the same task to every library, ours first.
fn compare(
    args: &RecallArgs,
    task: &Task<'_>,
    (out, notes): (&mut dyn Write, &mut dyn Write),
) -> Result<(), Failure> {
    if !args.json {
        row::head(out, task)?;
    }
    let mut ours_step_us = None;
    let mut tell = |mut row: Row, out: &mut dyn Write| {
        row.compare_with(*ours_step_us.get_or_insert(row.step_p50_us()));
        if args.json { row.write_json(out) } else { row.write_cells(out) }
    };
    for library in libraries() {
        if !library.is_ours && !args.wants(library.name) {
            continue;
        }
        match contest::run(&library, task) {
            Ok(row) => tell(row, out)?,
            Err(failure) => writeln!(notes, "{} is left out: {failure}", library.name)?,
        }
    }
    for library in python::LIBRARIES.into_iter().filter(|library| args.wants(library)) {
        match python::run(&args.python, library, task) {
            Ok(row) => tell(row, out)?,
            Err(failure) => writeln!(notes, "{library} is left out: {failure}")?,
        }
    }
    Ok(())
}

fn libraries() -> Vec<Library> {
    #[cfg_attr(not(feature = "peers"), expect(unused_mut))]
    let mut all = ours::LIBRARIES.to_vec();
    #[cfg(feature = "peers")]
    all.extend(peers::LIBRARIES);
    all
}

#[cfg(test)]
mod tests;
