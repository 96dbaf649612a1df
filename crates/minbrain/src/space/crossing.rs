//! On which side of the crossover recalls are: with a gap, so that they do not go to and fro.

use crate::crossover::Crossover;
use crate::image::{Fixed, image};

/// Recalls go to the GPU from this share above the figure on, and come back at the figure.
const GAP: usize = 8;
/// So many queries at once are a batch.
const BATCH: usize = 64;

/// The crossover, and on which side of it recalls were last. It follows from the number of
/// experiences alone, so that a replay without a GPU takes the same turns.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Crossing {
    crossover: Crossover,
    /// For single recalls and for batches.
    is_past: [bool; 2],
    dispatched: u64,
}

impl Crossing {
    pub(super) fn set(&mut self, crossover: Crossover) {
        self.crossover = crossover;
        self.is_past = [false; 2];
    }

    pub(super) fn crossover(&self) -> Crossover {
        self.crossover
    }

    /// Whether so many queries at once among so many experiences are put to a GPU.
    pub(super) fn takes(&mut self, experiences: usize, queries: usize) -> bool {
        let figures = [self.crossover.recall(), self.crossover.batch()];
        for (is_past, figure) in self.is_past.iter_mut().zip(figures) {
            *is_past = figure.is_some_and(|figure| {
                let gap = if *is_past { 0 } else { figure / GAP };
                experiences > figure + gap
            });
        }
        let takes = self.is_past[usize::from(queries >= BATCH)];
        self.dispatched += if takes { queries as u64 } else { 0 };
        takes
    }

    /// Whether single recalls are put to a GPU now, and how many queries were so far.
    pub(super) fn state(&self) -> (bool, u64) {
        (self.is_past[0], self.dispatched)
    }
}

impl Fixed for Crossover {
    const BYTES: usize = 2 * u32::BYTES;
    fn put(self, out: &mut [u8]) {
        self.to_words().put(out);
    }
    fn get(from: &[u8]) -> Option<Self> {
        <[u32; 2]>::get(from).and_then(Self::from_words)
    }
}

image!(Crossing keeps crossover is_past dispatched; not);

#[cfg(test)]
mod tests {
    use super::*;

    fn crossing(recall: Option<usize>, batch: Option<usize>) -> Crossing {
        let mut crossing = Crossing::default();
        crossing.set(Crossover::above(recall, batch).unwrap());
        crossing
    }

    #[test]
    fn recalls_go_over_above_the_gap_and_come_back_at_the_figure() {
        let mut crossing = crossing(Some(8_000), None);
        let mut sides = |counts: &[usize]| -> Vec<bool> {
            counts.iter().map(|&count| crossing.takes(count, 1)).collect()
        };
        assert_eq!(sides(&[0, 7_999, 8_001, 9_000]), [false; 4]);
        assert_eq!(sides(&[9_001, 8_500, 8_001, 9_000]), [true; 4]);
        assert_eq!(sides(&[8_000, 8_500, 9_000]), [false; 3]);
        assert_eq!(crossing.state(), (false, 4));
    }

    #[test]
    fn a_count_that_swings_within_the_gap_changes_sides_once() {
        let mut crossing = crossing(Some(1_000), None);
        let sides: Vec<bool> =
            (0..10_000).map(|time| crossing.takes(1_100 + time % 50, 1)).collect();
        assert_eq!(sides.windows(2).filter(|pair| pair[0] != pair[1]).count(), 1);
    }

    #[test]
    fn batches_have_a_figure_of_their_own() {
        let mut crossing = crossing(None, Some(2_000));
        let sides = [(3_000, 1), (3_000, 63), (3_000, 64), (2_000, 64)];
        let sides = sides.map(|(count, queries)| crossing.takes(count, queries));
        assert_eq!(sides, [false, false, true, false]);
        assert_eq!(crossing.state().1, 64);
    }

    #[test]
    fn a_thousand_experiences_are_never_past_it() {
        let lowest = Crossover::above(Some(1_000), Some(1_000)).unwrap();
        for crossover in [Crossover::NEVER, Crossover::GUIDE, lowest] {
            let mut crossing = Crossing::default();
            crossing.set(crossover);
            assert!(!crossing.takes(2_000, 1) || crossover != Crossover::NEVER);
            for count in [100, 500, 1_000] {
                assert!(!crossing.takes(count, 1) && !crossing.takes(count, 4_096), "{count}");
            }
        }
        for too_low in [0, 100, 500, 999] {
            assert!(Crossover::above(Some(too_low), None).is_err());
            assert!(Crossover::above(None, Some(too_low)).is_err());
        }
    }

    #[test]
    fn words_are_read_as_they_were_written_and_no_others() {
        for figures in [(None, None), (Some(1_000), None), (Some(1 << 24), Some(5_000))] {
            let crossover = Crossover::above(figures.0, figures.1).unwrap();
            assert_eq!(Crossover::from_words(crossover.to_words()), Some(crossover));
        }
        assert_eq!(Crossover::from_words([999, u32::MAX]), None);
    }
}
