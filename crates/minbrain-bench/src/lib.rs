//! The measurements behind minbrain's figures.
//!
//! Every measurement is a function that returns rows; what prints them is elsewhere. Time is
//! taken from the machine's steady clock around the calls under test and nothing else.

mod accuracy;
pub mod crossover;
mod cycle;
mod durability;
mod error;
pub mod faults;
pub mod fleet;
mod ladder;
mod latency;
pub mod learning;
pub mod naive;
mod prediction;
pub mod recall;
mod stream;
mod wanderer;

pub use accuracy::Accuracy;
pub use cycle::{CycleRow, CycleSettings, consolidation_units, cycle};
pub use durability::{BeatRow, DurabilitySettings, ReopenRow, beat, reopen};
pub use error::BenchError;
pub use ladder::{LadderRow, Rung, ladder, steps_needed};
pub use latency::{Latency, LatencySummary};
pub use prediction::{FEWEST_STEPS, PredictionRow, PredictionSettings, WARM_UP_STEPS, prediction};
pub use stream::{Step, Stream};
pub use wanderer::{HeldActions, Wanderer};
