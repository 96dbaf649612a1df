//! `minbrain bench journal`.

use std::env;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use minbrain::Isa;
use minbrain_bench::{BeatRow, DurabilitySettings, ReopenRow, beat, reopen};

use super::table::{self, Column};
use super::{Format, FormatArgs, Progress, json_line};
use crate::failure::Failure;
use crate::wording::{count, figure};

const BEAT: [Column; 8] = [
    Column::figures("journal", 8),
    Column::figures("p50 us", 8),
    Column::figures("p99 us", 8),
    Column::figures("p99.9 us", 8),
    Column::figures("max us", 8),
    Column::figures("idle max us", 12),
    Column::figures("snapshots", 10),
    Column::figures("not durable", 12),
];
const REOPEN: [Column; 5] = [
    Column::figures("experiences", 11),
    Column::figures("closed s", 9),
    Column::figures("killed s", 9),
    Column::figures("relived", 8),
    Column::figures("MB of files", 12),
];
/// Cycles that are relived after a process is gone.
const RELIVED: u64 = 5_000;

/// What to measure.
#[derive(Clone, Debug, Args)]
pub(super) struct JournalArgs {
    /// How long a brain lives at 1,000 cycles a second, by turns without a journal and with one
    #[arg(long, value_name = "S", default_value_t = 60)]
    seconds: u64,
    /// How many times each
    #[arg(long, value_name = "N", default_value_t = 1)]
    rounds: u32,
    /// How many experiences it keeps
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    experiences: u32,
    /// Cycles from one snapshot to the next
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    snapshot_every: u64,
    /// Instead, how long it takes to open brains of these sizes
    #[arg(long, value_name = "N,...", value_delimiter = ',')]
    reopen: Vec<u32>,
    /// How many values an observation has
    #[arg(long, value_name = "N", default_value_t = 16)]
    sensors: usize,
    /// How many actions there are
    #[arg(long, value_name = "N", default_value_t = 4)]
    actions: usize,
    /// Where random numbers start
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Where the files are made, and removed again [default: the system's place for such]
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
    #[command(flatten)]
    format: FormatArgs,
}

/// Measures and tells each row as soon as it is known.
pub(super) fn main(
    args: &JournalArgs,
    isa: Option<Isa>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let settings = |experiences: u32| DurabilitySettings {
        experiences: experiences as usize,
        sensors: args.sensors,
        actions: args.actions,
        seed: args.seed,
        isa,
        directory: args.directory.clone().unwrap_or_else(env::temp_dir),
    };
    if args.reopen.is_empty() {
        return beats(args, &settings(args.experiences), out);
    }
    let (format, progress) = (args.format.format(), Progress::new());
    if format == Format::Table {
        table::head(out, &REOPEN)?;
    }
    for &experiences in &args.reopen {
        progress.say(&format!("{} experiences ...", count(experiences.into())));
        let row = reopen(&settings(experiences), RELIVED)?;
        progress.say("");
        match format {
            Format::Json => json_line(out, &row)?,
            Format::Table => table::row(out, &REOPEN, &reopen_cells(&row))?,
        }
    }
    Ok(())
}

fn beats(
    args: &JournalArgs,
    settings: &DurabilitySettings,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let (format, progress) = (args.format.format(), Progress::new());
    if format == Format::Table {
        writeln!(
            out,
            "A cycle each millisecond, decide and learn, of a brain that is full with {} experiences.\n\
             Idle time between cycles holds consolidation and, every {} cycles, a snapshot.\n",
            count(settings.experiences as u64),
            count(args.snapshot_every),
        )?;
        table::head(out, &BEAT)?;
    }
    for _ in 0..args.rounds {
        for every in [None, Some(args.snapshot_every)] {
            progress.say(if every.is_some() { "with a journal ..." } else { "without ..." });
            let row = beat(settings, args.seconds, every)?;
            progress.say("");
            match format {
                Format::Json => json_line(out, &row)?,
                Format::Table => table::row(out, &BEAT, &beat_cells(&row))?,
            }
        }
    }
    Ok(())
}

fn beat_cells(row: &BeatRow) -> [String; 8] {
    let latency = &row.latency;
    [
        row.journal.to_owned(),
        figure(latency.p50_us),
        figure(latency.p99_us),
        figure(latency.p999_us),
        figure(latency.max_us),
        figure(row.idle_max_us),
        count(row.snapshots),
        count(row.not_durable),
    ]
}

fn reopen_cells(row: &ReopenRow) -> [String; 5] {
    [
        count(row.experiences as u64),
        figure(row.closed_s),
        figure(row.killed_s),
        count(row.relived),
        figure(row.bytes as f64 / 1e6),
    ]
}
