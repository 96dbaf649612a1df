//! What a bad sensor reading costs, beside the same life without it.
//!
//! A spike, a sensor that sticks or is dead, a zero that shifts: each is put into a life whose world
//! rolls the same dice as that of a faultless twin. What is measured afterwards, on readings that are
//! right again, is what the brain itself still pays: in the error of its predictions
//! ([`PredictionFaults`]) or in what it earns ([`CartpoleFaults`]).

mod cartpole;
mod fault;
mod oscillator;
mod prediction;
mod senses;
mod track;

pub use cartpole::{CARTPOLE_EPISODES, CartpoleFaultRow, CartpoleFaults, Returns};
pub use fault::{CARTPOLE_FAULTS, PREDICTION_FAULTS, ReadingFault};
pub use prediction::{Compared, PredictionFaultRow, PredictionFaults};

use std::ops::Range;

use minbrain::Isa;

use crate::error::BenchError;
use crate::learning::median_figure as median;

/// How many seeds are run unless it is told otherwise.
pub const SEEDS: u32 = 5;
/// The first seed unless it is told otherwise.
pub const FIRST_SEED: u64 = 100;

/// Who lives the lives that are compared.
#[derive(Clone, Copy, Debug)]
pub struct FaultSettings {
    /// How many lives, and as many twins, every fault is measured in.
    pub seeds: u32,
    /// The first seed; the others follow it.
    pub first_seed: u64,
    /// The instructions that the brains compute with; `None` for the fastest there are.
    pub isa: Option<Isa>,
}

impl FaultSettings {
    fn seed_range(&self) -> Result<Range<u64>, BenchError> {
        let end = self.first_seed.checked_add(u64::from(self.seeds));
        match end.filter(|_| self.seeds > 0) {
            Some(end) => Ok(self.first_seed..end),
            None => {
                let got = format!("{} from {} on", self.seeds, self.first_seed);
                Err(BenchError::setting("seeds", "1 or more, each below 2^64", got))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one_or_the_one_before() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0, 3.0, 2.0].into_iter()), 2.0);
        assert!(median(std::iter::empty()).is_nan());
    }

    #[test]
    fn no_seeds_and_seeds_beyond_the_last_are_refused() {
        let range = |seeds, first_seed| FaultSettings { seeds, first_seed, isa: None }.seed_range();
        assert_eq!(range(2, 7).unwrap(), 7..9);
        for (seeds, first_seed) in [(0, 7), (2, u64::MAX)] {
            let said = range(seeds, first_seed).unwrap_err().to_string();
            assert!(said.starts_with("seeds: expected 1 or more"), "{said}");
        }
    }
}
