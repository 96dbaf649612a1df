//! Which vectors are kept at a time, and which come and go next.

use std::collections::VecDeque;

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::error::BenchError;
use crate::recall::vectors::Vectors;

/// The rows that are kept, and those that wait. Any kept one may go; the one that waited longest
/// comes; who went waits behind all others, so that no row is ever kept twice.
#[derive(Clone, Debug)]
pub struct Standing {
    kept: Vec<u32>,
    waiting: VecDeque<u32>,
    random: Xoshiro256PlusPlus,
}

/// One vector goes and one comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Where in [`Standing::rows`].
    pub place: usize,
    /// The row that goes.
    pub taken_out: u32,
    /// The row that comes.
    pub put_in: u32,
}

impl Standing {
    /// Keeps the first `experiences` rows; the others wait.
    ///
    /// # Errors
    /// [`BenchError::Setting`] if no row is left to wait, or none is to be kept.
    pub fn new(vectors: &Vectors, experiences: usize, seed: u64) -> Result<Self, BenchError> {
        let rows = vectors.rows();
        if !(1..rows).contains(&experiences) {
            let expected = format!("1 to {} of {}", rows.saturating_sub(1), vectors.name());
            return Err(BenchError::setting("sizes", expected, experiences));
        }
        Ok(Self {
            kept: (0..experiences as u32).collect(),
            waiting: (experiences as u32..rows as u32).collect(),
            random: Xoshiro256PlusPlus::seed_from_u64(seed),
        })
    }

    /// The rows that are kept.
    pub fn rows(&self) -> &[u32] {
        &self.kept
    }

    /// Replaces one row by another.
    pub fn exchange(&mut self) -> Exchange {
        let place = (self.random.next_u64() % self.kept.len() as u64) as usize;
        let taken_out = self.kept[place];
        self.waiting.push_back(taken_out);
        let put_in = self.waiting.pop_front().unwrap_or(taken_out);
        self.kept[place] = put_in;
        Exchange { place, taken_out, put_in }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_is_kept_or_waits_whatever_was_exchanged() {
        let vectors = Vectors::gaussian(2, 50, 3, 1);
        let mut standing = Standing::new(&vectors, 20, 5).unwrap();
        let mut kept: BTreeSet<u32> = (0..20).collect();
        let mut came = Vec::new();
        for _ in 0..400 {
            let Exchange { place, taken_out, put_in } = standing.exchange();
            assert!(kept.remove(&taken_out) && kept.insert(put_in));
            assert_eq!(standing.rows()[place], put_in);
            assert!(standing.rows().iter().copied().collect::<BTreeSet<_>>() == kept);
            came.push(put_in);
        }
        // Those that never were kept come first, in their order.
        assert!(came[..30].iter().copied().eq(20..50));
        assert_eq!(standing.waiting.len(), 30);
    }

    #[test]
    fn there_must_be_one_to_wait() {
        let vectors = Vectors::gaussian(2, 10, 3, 1);
        assert!(Standing::new(&vectors, 9, 0).is_ok());
        for size in [0, 10, 11] {
            let refused = Standing::new(&vectors, size, 0).unwrap_err().to_string();
            assert!(refused.contains("expected 1 to 9 of gaussian"), "{refused}");
        }
    }
}
