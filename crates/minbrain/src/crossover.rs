//! From how many experiences on a GPU is asked.

mod profile;

use crate::error::BrainError;
pub use profile::{Measured, Profile, ProfileError};

/// From how many experiences on recalls are put to a GPU: a figure to be measured on each machine, with
/// `minbrain bench crossover`, since a GPU is asked in vain where the way there takes longer than the
/// answer here.
///
/// There is none for activation, which spreads from 12 experiences at most however many there are:
/// less work than the way to any GPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crossover {
    recall: Option<u32>,
    batch: Option<u32>,
}

/// A GPU is never asked among so few experiences or fewer, whatever was measured: they lie in a core's
/// own caches.
pub(crate) const FEWEST: usize = 1_000;

impl Crossover {
    /// A GPU is never asked.
    pub const NEVER: Self = Self { recall: None, batch: None };

    /// The guide's figure, for a GPU on which nothing was measured: above 1,000 experiences.
    pub const GUIDE: Self = Self { recall: Some(FEWEST as u32), batch: Some(FEWEST as u32) };

    /// A GPU is asked for single recalls above so many experiences, and for 64 or more at once above
    /// `batch`; `None` for never.
    ///
    /// So that recalls do not go to and fro, they go to the GPU from an eighth above that figure on, and
    /// come back at the figure itself.
    ///
    /// # Errors
    /// [`BrainError::Config`] for fewer than 1,000, or more than 2^24.
    pub fn above(recall: Option<usize>, batch: Option<usize>) -> Result<Self, BrainError> {
        Ok(Self { recall: checked("crossover", recall)?, batch: checked("crossover", batch)? })
    }

    /// Above how many experiences single recalls are put to a GPU; `None` for never.
    pub fn recall(self) -> Option<usize> {
        self.recall.map(|count| count as usize)
    }

    /// The same for 64 recalls or more at once.
    pub fn batch(self) -> Option<usize> {
        self.batch.map(|count| count as usize)
    }

    /// Both figures, for images and tapes.
    pub(crate) fn to_words(self) -> [u32; 2] {
        [self.recall, self.batch].map(|count| count.unwrap_or(u32::MAX))
    }

    /// Whatever was written there, within what is allowed.
    pub(crate) fn from_words(words: [u32; 2]) -> Option<Self> {
        let [recall, batch] = words.map(|word| (word != u32::MAX).then_some(word as usize));
        Self::above(recall, batch).ok()
    }
}

fn checked(field: &'static str, count: Option<usize>) -> Result<Option<u32>, BrainError> {
    let Some(count) = count else { return Ok(None) };
    if !(FEWEST..=1 << 24).contains(&count) {
        return Err(BrainError::config(field, format!("{FEWEST} experiences or more"), count));
    }
    Ok(Some(count as u32))
}
