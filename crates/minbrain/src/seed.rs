//! Random numbers that start where the caller says.

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::fingerprint::Fingerprint;

/// A repeatable source of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(Xoshiro256PlusPlus);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// Uniform over `0..n`; 0 if `n` is 0. The bias is under `n / 2^32`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u64::from(self.0.next_u32()) * n as u64) >> 32) as usize
    }

    /// Uniform over `[0, 1)`, in steps of `2^-24`.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / (1_u32 << 24) as f32
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        let mut ahead = self.0.clone();
        (0..4).for_each(|_| print.word(ahead.next_u64()));
    }
}
