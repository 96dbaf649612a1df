//! Which experiences belong together: the original's way and the guide's.

use super::search::Similar;
use super::{LEARNING_RATE, SPREAD_PER_HOP};

/// Every experience with every other that was ever active together with it.
///
/// The original kept a dictionary of dictionaries; here it is a triangle of plain numbers, which
/// does the same in a small part of the time. An association of strength 0 is none.
#[derive(Clone, Debug, Default)]
pub(super) struct Dense {
    /// Of each experience, the strengths to all older ones.
    rows: Vec<Vec<f32>>,
}

impl Dense {
    /// Makes room for one more experience.
    pub(super) fn push(&mut self) {
        self.rows.push(vec![0.0; self.rows.len()]);
    }

    /// Moves the association of every pair of activated experiences.
    pub(super) fn associate(&mut self, activated: &[Similar], success: f32) {
        let mut indices: Vec<usize> = activated.iter().map(|similar| similar.index).collect();
        indices.sort_unstable();
        for (at, &one) in indices.iter().enumerate() {
            let row = &mut self.rows[one];
            for &other in &indices[..at] {
                row[other] += LEARNING_RATE * (success - row[other]);
            }
        }
    }

    /// What each activated experience receives: the mean, over all its associations, of strength
    /// and activation there.
    pub(super) fn spread(&self, activated: &[Similar], activation: &[f32]) -> Vec<(usize, f32)> {
        let mut sums = vec![0.0; self.rows.len()];
        let mut counts = vec![0_u32; self.rows.len()];
        for (one, row) in self.rows.iter().enumerate() {
            for (other, &strength) in row.iter().enumerate() {
                if strength > 0.0 {
                    sums[one] += strength * activation[other];
                    sums[other] += strength * activation[one];
                    counts[one] += 1;
                    counts[other] += 1;
                }
            }
        }
        let received = |similar: &Similar| {
            let mean = sums[similar.index] / counts[similar.index].max(1) as f32;
            (similar.index, SPREAD_PER_HOP * mean)
        };
        activated.iter().map(received).collect()
    }

    /// How strongly two experiences are associated; 0 if they are not.
    #[cfg(test)]
    pub(super) fn strength(&self, one: usize, other: usize) -> f32 {
        self.rows[one.max(other)][one.min(other)]
    }
}

/// Every experience with those most similar to it when it was stored.
#[derive(Clone, Debug, Default)]
pub(super) struct Sparse {
    rows: Vec<Vec<Similar>>,
}

impl Sparse {
    /// Adds an experience and those most similar to it.
    pub(super) fn push(&mut self, most_similar: Vec<Similar>) {
        self.rows.push(most_similar);
    }

    /// What is received from the activated experiences by those they are associated with.
    pub(super) fn spread(&self, activated: &[Similar], activation: &[f32]) -> Vec<(usize, f32)> {
        let mut received = Vec::new();
        for source in activated {
            for target in &self.rows[source.index] {
                let amount = activation[source.index] * target.similarity * SPREAD_PER_HOP;
                received.push((target.index, amount));
            }
        }
        received
    }

    /// Keeps only some experiences; `place` says where each of them is now stored.
    pub(super) fn retain(&mut self, place: &[Option<usize>]) {
        let moved =
            |similar: Similar| place[similar.index].map(|index| Similar { index, ..similar });
        let rows = std::mem::take(&mut self.rows).into_iter().zip(place);
        let kept = rows.filter(|(_, place)| place.is_some());
        self.rows = kept.map(|(row, _)| row.into_iter().filter_map(moved).collect()).collect();
    }

    /// What an experience is associated with.
    #[cfg(test)]
    pub(super) fn row(&self, index: usize) -> &[Similar] {
        &self.rows[index]
    }
}
