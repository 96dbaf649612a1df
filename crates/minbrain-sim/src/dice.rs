//! Randomness that is the same on every machine.

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A seeded source of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// Uniform in 0 to 1, 1 excluded.
    fn unit(&mut self) -> f64 {
        const STEPS: f64 = (1_u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 / STEPS
    }

    /// Uniform between `low` and `high`.
    pub(crate) fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// One of `0..n`; 0 if `n` is 0. The bias of the multiplication is below n / 2^53.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n.saturating_sub(1))
    }

    /// A draw from the standard normal distribution (Box and Muller 1958). One of the two values
    /// it makes is thrown away, so that every draw costs and consumes the same.
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.unit()));
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_draws_have_the_moments_of_the_normal_distribution() {
        const DRAWS: usize = 40_000;
        let mut dice = Dice::new(3);
        let draws: Vec<f64> = (0..DRAWS).map(|_| dice.normal()).collect();
        let moment = |power| draws.iter().map(|v| v.powi(power)).sum::<f64>() / DRAWS as f64;
        // Four standard errors of each moment's estimate.
        assert!(moment(1).abs() < 4.0 * (1.0 / DRAWS as f64).sqrt());
        assert!((moment(2) - 1.0).abs() < 4.0 * (2.0 / DRAWS as f64).sqrt());
        assert!((moment(4) - 3.0).abs() < 4.0 * (96.0 / DRAWS as f64).sqrt());
    }

    #[test]
    fn below_reaches_every_value_and_no_other() {
        let mut dice = Dice::new(5);
        let mut seen = [0; 4];
        (0..4_000).for_each(|_| seen[dice.below(4)] += 1);
        assert!(seen.iter().all(|&count| (850..1_150).contains(&count)), "{seen:?}");
        assert_eq!(dice.below(0), 0);
    }
}
