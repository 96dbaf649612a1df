//! `minbrain bench ladder`.

use std::io::Write;

use clap::Args;
use minbrain::Isa;
use minbrain_bench::{LadderRow, Stream, ladder, steps_needed};

use super::table::{self, Column};
use super::{Format, FormatArgs, Progress, json_line};
use crate::failure::Failure;
use crate::wording::{count, figure};

const COLUMNS: [Column; 7] = [
    Column::figures("experiences", 11),
    Column::words("rung", 19),
    Column::figures("p50 us", 9),
    Column::figures("p99 us", 9),
    Column::figures("speed-up", 9),
    Column::figures("prediction error", 16),
    Column::figures("kept", 6),
];

const ABOUT: &str = "\
The original's algorithms (baseline), then each cure of its guide on top of those before, then\n\
minbrain. All rungs of a size live through the same steps of the arena. The speed-up is that of\n\
the median cycle. The error is that of the predicted outcomes: 0 is perfect, 1 is as good as\n\
expecting that nothing changes. No GPU is used: what a premature one costs is counted as the\n\
gathering of the vectors alone.\n";

/// What to measure.
#[derive(Clone, Debug, Args)]
pub(super) struct LadderArgs {
    /// How many experiences were lived through before, one ladder for each
    #[arg(long, value_name = "N,...", value_delimiter = ',')]
    #[arg(default_value = "100,500,1000,2000,5000")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    sizes: Vec<u32>,
    /// Where random numbers start
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    format: FormatArgs,
}

/// Measures one ladder after the other and tells each as soon as it is known.
pub(super) fn main(
    args: &LadderArgs,
    isa: Option<Isa>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let (format, progress) = (args.format.format(), Progress::new());
    let needed = args.sizes.iter().map(|&size| steps_needed(size as usize)).max();
    progress.say("recording a life in the arena ...");
    let mut stream = Stream::of_world("arena", needed.unwrap_or(0), args.seed)?;
    stream.isa = isa;
    progress.say("");
    if format == Format::Table {
        writeln!(out, "{ABOUT}")?;
        table::head(out, &COLUMNS)?;
    }
    for (nth, &size) in args.sizes.iter().enumerate() {
        progress.say(&format!("{} experiences ...", count(size.into())));
        let rows = ladder(size as usize, &stream, args.seed)?;
        progress.say("");
        if format == Format::Table && nth > 0 {
            writeln!(out)?;
        }
        for row in &rows {
            match format {
                Format::Json => json_line(out, row)?,
                Format::Table => table::row(out, &COLUMNS, &cells(row))?,
            }
        }
    }
    Ok(())
}

fn cells(row: &LadderRow) -> [String; 7] {
    [
        count(row.experiences as u64),
        row.rung.replace('_', " "),
        figure(row.latency.p50_us),
        figure(row.latency.p99_us),
        format!("{}x", figure(row.speedup)),
        figure(row.prediction_error),
        count(row.kept as u64),
    ]
}
