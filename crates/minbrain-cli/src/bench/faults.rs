//! `minbrain bench faults`.

use std::io::Write;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum, value_parser};
use minbrain::Isa;
use minbrain_bench::faults::{
    CARTPOLE_EPISODES, CARTPOLE_FAULTS, CartpoleFaultRow, CartpoleFaults, Compared, FIRST_SEED,
    FaultSettings, PREDICTION_FAULTS, PredictionFaultRow, PredictionFaults, ReadingFault, Returns,
    SEEDS,
};

use super::table::{self, Column};
use super::{Format, FormatArgs, Progress, json_line};
use crate::failure::Failure;
use crate::wording::{count, figure};

const PREDICTION_COLUMNS: [Column; 6] = [
    Column::words("fault", 12),
    Column::figures("before", 16),
    Column::figures("0-100 after", 16),
    Column::figures("100-500", 16),
    Column::figures("500-2,000", 16),
    Column::figures("worse for", 9),
];

const CARTPOLE_COLUMNS: [Column; 5] = [
    Column::words("fault", 12),
    Column::figures("before", 20),
    Column::figures("100 after", 20),
    Column::figures("500 after", 20),
    Column::figures("2,000 after", 20),
];

const FAULTS_HELP: &str = "\
The faults to measure, of those that a part has:

spike:VALUE      one reading of this value; beside:VALUE: in a sensor of pure noise
spikes:VALUE     such a reading in 2 % of all steps, from the start
first:VALUE      such a reading as the first of all
stuck:STEPS      a sensor keeps its reading for so long
dead:STEPS       a sensor reads 0 for the first so many steps
offset:VALUE     a sensor reads more by this much from some step on
tremble          a sensor of noise reads 1,000 or 1,001 by chance
rests-first, rests-later
                 the body rests at first and then moves, or moves and then rests
none             the twin beside itself";

/// What to measure.
#[derive(Clone, Debug, Args)]
pub(super) struct FaultsArgs {
    /// What the faults are measured in
    #[arg(long, value_name = "PART,...", value_delimiter = ',')]
    #[arg(default_value = "prediction,cartpole")]
    parts: Vec<Part>,
    /// The faults to measure [default: all that a part has]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', long_help = FAULTS_HELP)]
    #[arg(value_parser = PossibleValuesParser::new(names()))]
    faults: Vec<String>,
    /// How many lives, each beside a faultless twin, a fault is measured in
    #[arg(long, value_name = "K", default_value_t = SEEDS)]
    #[arg(value_parser = value_parser!(u32).range(1..=10_000))]
    seeds: u32,
    /// The first seed; the others follow it
    #[arg(long, value_name = "S", default_value_t = FIRST_SEED)]
    #[arg(value_parser = value_parser!(u64).range(..=u64::from(u32::MAX)))]
    first_seed: u64,
    #[command(flatten)]
    format: FormatArgs,
}

/// What a fault is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The error of predictions
    Prediction,
    /// What is earned by balancing a pole
    Cartpole,
}

/// The names of all faults, each once.
fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = PREDICTION_FAULTS.iter().map(ReadingFault::name).collect();
    let others = CARTPOLE_FAULTS.iter().map(ReadingFault::name);
    names.extend(others.filter(|name| PREDICTION_FAULTS.iter().all(|one| one.name() != *name)));
    names
}

/// Measures as asked and tells each fault as soon as it is known.
pub(super) fn main(
    args: &FaultsArgs,
    isa: Option<Isa>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let settings = FaultSettings { seeds: args.seeds, first_seed: args.first_seed, isa };
    for (nth, part) in args.parts.iter().enumerate() {
        if nth > 0 && args.format.format() == Format::Table {
            writeln!(out)?;
        }
        match part {
            Part::Prediction => predictions(args, &settings, out)?,
            Part::Cartpole => returns(args, &settings, out)?,
        }
    }
    Ok(())
}

impl FaultsArgs {
    /// Those of a part's faults that were asked for.
    fn chosen(&self, faults: &[ReadingFault]) -> Vec<ReadingFault> {
        let is_asked = |fault: &&ReadingFault| {
            self.faults.is_empty() || self.faults.iter().any(|name| name == fault.name())
        };
        faults.iter().filter(is_asked).copied().collect()
    }
}

fn predictions(
    args: &FaultsArgs,
    settings: &FaultSettings,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let (format, progress) = (args.format.format(), Progress::new());
    let faults = args.chosen(&PREDICTION_FAULTS);
    if format == Format::Table {
        writeln!(
            out,
            "Prediction of a driven oscillator, by {} seeds: the error on undamaged steps, over the usual\n\
             change, and how many times the twin's without the fault that is. Medians. Worse for: the\n\
             longest stretch of steps worse than expecting no change, in the worst seed.\n",
            args.seeds
        )?;
        table::head(out, &PREDICTION_COLUMNS)?;
    }
    progress.say("prediction: the twins ...");
    let measured = PredictionFaults::new(settings, &faults)?;
    for fault in &faults {
        progress.say(&format!("prediction: {} ...", fault.name()));
        let row = measured.row(fault)?;
        progress.say("");
        match format {
            Format::Json => json_line(out, &row)?,
            Format::Table => table::row(out, &PREDICTION_COLUMNS, &prediction_cells(&row))?,
        }
    }
    Ok(())
}

fn prediction_cells(row: &PredictionFaultRow) -> [String; 6] {
    [
        row.fault.to_owned(),
        row.before.as_ref().map_or_else(|| "-".to_owned(), compared),
        compared(&row.after_100),
        compared(&row.after_500),
        compared(&row.after_2000),
        count(row.worst_worse_steps as u64),
    ]
}

fn compared(window: &Compared) -> String {
    // Most errors are a few thousandths: the three places of a figure are too few.
    let error = match window.error {
        error if error < 1.0 => format!("{error:.4}"),
        error => figure(error),
    };
    format!("{error} x{}", figure(window.ratio))
}

fn returns(
    args: &FaultsArgs,
    settings: &FaultSettings,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let (format, progress) = (args.format.format(), Progress::new());
    let faults = args.chosen(&CARTPOLE_FAULTS);
    if format == Format::Table {
        writeln!(
            out,
            "Cartpole by value, {} seeds: the mean return of {CARTPOLE_EPISODES} episodes that a clone plays \
             without the\nfault (a shifted zero stays): the median over the seeds, in brackets the least, \
             and the same\nof the twins.\n",
            args.seeds
        )?;
        table::head(out, &CARTPOLE_COLUMNS)?;
    }
    progress.say("cartpole: the twins ...");
    let measured = CartpoleFaults::new(settings, &faults)?;
    for fault in &faults {
        progress.say(&format!("cartpole: {} ...", fault.name()));
        let row = measured.row(fault)?;
        progress.say("");
        match format {
            Format::Json => json_line(out, &row)?,
            Format::Table => table::row(out, &CARTPOLE_COLUMNS, &cartpole_cells(&row))?,
        }
    }
    Ok(())
}

fn cartpole_cells(row: &CartpoleFaultRow) -> [String; 5] {
    [
        row.fault.to_owned(),
        row.before.as_ref().map_or_else(|| "-".to_owned(), earned),
        earned(&row.after_100),
        earned(&row.after_500),
        earned(&row.after_2000),
    ]
}

fn earned(returns: &Returns) -> String {
    let Returns { median, least, twin_median, twin_least } = returns;
    format!("{median:.0} ({least:.0}) {twin_median:.0} ({twin_least:.0})")
}
