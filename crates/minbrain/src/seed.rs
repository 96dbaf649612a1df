//! Random numbers that start where the caller says.

use crate::fingerprint::Fingerprint;
use crate::image::{Image, ImageError, Reader, Writer};

/// A repeatable source of random numbers: xoshiro256++ (Blackman and Vigna, "Scrambled linear
/// pseudorandom number generators", 2021), started by SplitMix64. It stands here, and in no other crate,
/// because its state is part of a brain's image.
#[derive(Clone, Debug)]
pub(crate) struct Random([u64; 4]);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let mut state = seed;
        Self(std::array::from_fn(|_| split_mix(&mut state)))
    }

    fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let drawn = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        drawn
    }

    /// Uniform over `0..n`; 0 if `n` is 0. The bias is under `n / 2^32`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (((self.next() >> 32) * n as u64) >> 32) as usize
    }

    /// Uniform over `[0, 1)`, in steps of `2^-24`.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u32 << 24) as f32
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        let mut ahead = self.clone();
        (0..4).for_each(|_| print.word(ahead.next()));
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Image for Random {
    fn write(&self, out: &mut Writer<'_>) {
        self.0.write(out);
    }
    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), ImageError> {
        self.0.read(from)?;
        from.check(|| self.0 != [0; 4], "a state of chance that moves on")
    }
}

#[cfg(test)]
mod tests {
    use rand_core::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::Random;

    #[test]
    fn numbers_are_those_of_an_independent_generator() {
        for seed in [0, 1, 7, u64::MAX] {
            let mut oracle = Xoshiro256PlusPlus::seed_from_u64(seed);
            let mut random = Random::new(seed);
            for _ in 0..1_000 {
                assert_eq!(random.next(), oracle.next_u64());
            }
            assert_eq!(
                random.below(1_000),
                ((u64::from(oracle.next_u32()) * 1_000) >> 32) as usize
            );
            assert_eq!(random.unit(), (oracle.next_u32() >> 8) as f32 / 16_777_216.0);
        }
    }
}
