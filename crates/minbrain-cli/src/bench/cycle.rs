//! `minbrain bench cycle`.

use std::io::Write;

use clap::Args;
use minbrain::Isa;
use minbrain_bench::{CycleRow, CycleSettings, consolidation_units, cycle};

use super::table::{self, Column};
use super::{Format, FormatArgs, Progress, json_line};
use crate::arguments::PolicyName;
use crate::failure::Failure;
use crate::wording::{count, figure, micros};

const COLUMNS: [Column; 8] = [
    Column::figures("experiences", 11),
    Column::figures("p50 us", 8),
    Column::figures("p99 us", 8),
    Column::figures("p99.9 us", 8),
    Column::figures("max us", 8),
    Column::figures("bytes each", 10),
    Column::words("the guide's limit", 18),
    Column::words("our goal (p99)", 18),
];

/// What to measure.
#[derive(Clone, Debug, Args)]
pub(super) struct CycleArgs {
    /// How many experiences the brain keeps, one measurement for each
    #[arg(long, value_name = "N,...", value_delimiter = ',', default_value = "100,1000,5000")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    sizes: Vec<u32>,
    /// How many values an observation has
    #[arg(long, value_name = "N", default_value_t = 16)]
    sensors: usize,
    /// How many actions there are
    #[arg(long, value_name = "N", default_value_t = 4)]
    actions: usize,
    /// How an action is chosen
    #[arg(long, value_name = "NAME", default_value = "consensus")]
    policy: PolicyName,
    /// How many cycles to measure [default: 20000; from 10,000 experiences on fewer, at least 2000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    cycles: Option<u32>,
    /// Where random numbers start
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    format: FormatArgs,
}

/// Measures every size and tells each as soon as it is known.
pub(super) fn main(args: &CycleArgs, isa: Option<Isa>, out: &mut dyn Write) -> Result<(), Failure> {
    let settings = CycleSettings {
        sensors: args.sensors,
        actions: args.actions,
        policy: args.policy.policy(),
        seed: args.seed,
        cycles: args.cycles.map(|cycles| cycles as usize),
        isa,
    };
    let (format, progress) = (args.format.format(), Progress::new());
    if format == Format::Table {
        head(args, out)?;
    }
    for &size in &args.sizes {
        progress.say(&format!("{} experiences ...", count(size.into())));
        let row = cycle(size as usize, &settings)?;
        progress.say("");
        match format {
            Format::Json => json_line(out, &row)?,
            Format::Table => table::row(out, &COLUMNS, &cells(&row))?,
        }
    }
    Ok(())
}

fn head(args: &CycleArgs, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(
        out,
        "One cycle, decide and learn, of a brain that is full and forgets one experience for each\n\
         it stores: {} sensors, {} actions. Idle time between cycles, not measured, is used for\n\
         {} units of consolidation.\n",
        args.sensors,
        args.actions,
        consolidation_units(args.policy.policy()),
    )?;
    Ok(table::head(out, &COLUMNS)?)
}

fn cells(row: &CycleRow) -> [String; 8] {
    let latency = &row.latency;
    [
        count(row.experiences as u64),
        figure(latency.p50_us),
        figure(latency.p99_us),
        figure(latency.p999_us),
        figure(latency.max_us),
        count(row.bytes_per_experience as u64),
        verdict(row.pass, row.limit_us, ["passed", "failed"]),
        verdict(row.goal_met, row.goal_p99_us, ["met", "missed"]),
    ]
}

fn verdict(kept: Option<bool>, limit_us: Option<f64>, [yes, no]: [&str; 2]) -> String {
    match (kept, limit_us) {
        (Some(kept), Some(limit)) => {
            format!("{} ({})", if kept { yes } else { no }, micros(limit))
        }
        _ => "-".into(),
    }
}
