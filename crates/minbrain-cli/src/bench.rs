//! `minbrain bench`: the figures that minbrain claims, measured here and now.

mod crossover;
mod cycle;
mod faults;
mod journal;
mod ladder;
pub(crate) mod learning;
mod lives;
mod prediction;
mod recall;
pub(crate) mod table;

use std::io::{self, IsTerminal, Write};

use clap::{Args, Subcommand};
use minbrain::Isa;
use serde::Serialize;

use crate::failure::Failure;

/// What to measure.
#[derive(Clone, Debug, Args)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    measurement: Measurement,
}

#[derive(Clone, Debug, Subcommand)]
enum Measurement {
    /// From how many experiences on a GPU is faster than the processor, on this machine
    Crossover(crossover::CrossoverArgs),
    /// How long a control cycle takes, by how much the brain remembers
    Cycle(cycle::CycleArgs),
    /// What bad sensor readings cost, beside the same life without them
    Faults(faults::FaultsArgs),
    /// What it costs a brain to outlive its process, and how fast it is back
    Journal(journal::JournalArgs),
    /// The original's algorithms, then each cure switched on in turn, then minbrain
    Ladder(ladder::LadderArgs),
    /// How fast brains learn tasks by themselves, and whether they stay good at them
    Learning(learning::LearningArgs),
    /// How well a recorded life is predicted, and what forgetting costs
    Prediction(prediction::PredictionArgs),
    /// How fast the nearest of many vectors are found, and vectors put in and taken out
    Recall(recall::RecallArgs),
}

/// For whom the results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// A table for people.
    Table,
    /// One JSON object per line for programs.
    Json,
}

/// How the results of every measurement are written.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct FormatArgs {
    /// Print one JSON object per line and nothing else
    #[arg(long)]
    json: bool,
}

impl FormatArgs {
    pub(crate) fn format(self) -> Format {
        if self.json { Format::Json } else { Format::Table }
    }
}

/// Measures as asked and tells on `out` what came of it, row by row.
///
/// # Errors
/// [`Failure`] if something could not be measured or written.
pub(crate) fn main(args: &BenchArgs, isa: Option<Isa>, out: &mut dyn Write) -> Result<(), Failure> {
    match &args.measurement {
        Measurement::Crossover(args) => crossover::main(args, isa, out),
        Measurement::Cycle(args) => cycle::main(args, isa, out),
        Measurement::Faults(args) => faults::main(args, isa, out),
        Measurement::Journal(args) => journal::main(args, isa, out),
        Measurement::Ladder(args) => ladder::main(args, isa, out),
        Measurement::Learning(args) => learning::main(args, isa, out),
        Measurement::Prediction(args) => prediction::main(args, isa, out),
        Measurement::Recall(args) => recall::main(args, isa, out),
    }
}

pub(crate) fn json_line(out: &mut dyn Write, row: &impl Serialize) -> Result<(), Failure> {
    serde_json::to_writer(&mut *out, row).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// Says on standard error what is being measured, if somebody sits there; the next saying, and the
/// end, wipe it out.
pub(crate) struct Progress {
    shown: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { shown: io::stderr().is_terminal() }
    }

    pub(crate) fn say(&self, what: &str) {
        if self.shown {
            // A terminal that went away is no reason to stop measuring.
            let _ = write!(io::stderr(), "\r\x1b[K{what}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.say("");
    }
}

#[cfg(test)]
mod tests;
