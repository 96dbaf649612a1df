//! What is usual for a value that comes again and again, learned so that no single sample moves it
//! far.
//!
//! A robot's sensor now and then reads something that is not there: a range finder's 65535, a zero
//! after a reset. Mean and variance alone would believe it. So a *reach* is kept beside them: how far
//! from the mean nine of ten values lie. It grows by a fifth at most with a sample, and what lies
//! beyond a few of it counts as if it lay there (Huber 1964). A sensor that really wakes up is followed
//! within some eighty samples over six orders of magnitude; one reading in twenty may be wrong.

use crate::fingerprint::Fingerprint;
use crate::image::{fixed, image};

/// From so many samples on, what is usual is known: they start it by their median, so that a wrong
/// first reading does not.
pub(crate) const KNOWN: usize = 32;
/// Mean and variance remember so many samples: the world may change its scale.
const MEMORY: f64 = 10_000.0;
/// What a sample beyond the reach makes of it at most, and one within at least. At the ratio of the
/// two logarithms, one in ten lies beyond.
const GROWTH: f64 = 1.2;
const SHRINKAGE: f64 = 0.98;
/// A reach that was seen is held, and let go at this rate: a robot that stands for minutes and
/// drives off again did not go mad.
const RELEASE: f64 = 1.0 / 10_000.0;
/// An error counts as if it were so many reaches at most. Those of a robot that bumps into walls have
/// long tails: half of it costs 3 % in the arena, more of it lets 2 % spikes through.
const MOST_ERRORS: f64 = 8.0;
/// A value counts as if it lay so many reaches from the mean at most. Nine of ten lie within one; of
/// a normal distribution that is 1.6 deviations.
const MOST_REACHES: f64 = 4.0;
/// So many of the first samples lie beyond the reach that they start with.
const LEFT_OUT: usize = 4;

/// How far nearly all values lie from what is expected of them: about the distance that nine of ten
/// stay within.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Reach {
    /// As it is by now.
    now: f64,
    /// The largest of late, since it is known.
    held: f64,
    /// How many of the first samples came.
    seen: u8,
}

impl Reach {
    /// A reach that is known to be so large.
    pub(crate) fn of(distance: f64) -> Self {
        Self { now: distance, held: distance, seen: KNOWN as u8 }
    }

    /// Takes one more distance into account. Returns the share of it that counts: as if it were a
    /// few reaches at most. The first one after nothing but zeros only tells the unit.
    pub(crate) fn see(&mut self, distance: f64) -> f64 {
        let is_known = self.is_known();
        // At first it goes towards the median, in large steps: the very first sample may be wrong.
        let (growth, shrinkage) = if is_known { (GROWTH, SHRINKAGE) } else { (2.0, 0.5) };
        let had_unit = self.now > 0.0;
        self.now = if !had_unit {
            distance
        } else if distance > self.now {
            distance.min(growth * self.now)
        } else {
            distance.max(shrinkage * self.now)
        };
        if is_known {
            self.held = self.now.max(self.held + RELEASE * (self.now - self.held));
        } else {
            self.held = self.now;
            self.seen += 1;
        }
        if distance == 0.0 {
            1.0
        } else if had_unit {
            (MOST_ERRORS * self.now / distance).min(1.0)
        } else {
            0.0
        }
    }

    /// Whether enough samples came.
    pub(crate) fn is_known(self) -> bool {
        usize::from(self.seen) >= KNOWN
    }

    /// As it is by now.
    #[cfg(test)]
    pub(crate) fn now(self) -> f64 {
        self.now
    }

    pub(crate) fn fingerprint(self, print: &mut Fingerprint) {
        print.doubles(&[self.now, self.held]);
        print.count(usize::from(self.seen));
    }

    /// The largest of late.
    #[cfg(test)]
    pub(crate) fn held(self) -> f64 {
        self.held
    }
}

/// Mean, variance and reach of each value of a vector that comes again and again.
#[derive(Clone, Debug)]
pub(crate) struct Usual {
    count: f64,
    mean: Vec<f64>,
    variance: Vec<f64>,
    reach: Vec<Reach>,
}

impl Usual {
    pub(crate) fn new(dims: usize) -> Self {
        let zeros = || vec![0.0; dims];
        Self { count: 0.0, mean: zeros(), variance: zeros(), reach: vec![Reach::default(); dims] }
    }

    /// Takes one more vector into account. Everything counts in full until the first samples are
    /// [looked at together](Self::start).
    pub(crate) fn add(&mut self, values: impl Iterator<Item = f64>) {
        let is_known = self.count >= KNOWN as f64;
        self.count += 1.0;
        let rate = 1.0 / self.count.min(MEMORY);
        let each = self.mean.iter_mut().zip(&mut self.variance).zip(&mut self.reach);
        for (((mean, variance), reach), value) in each.zip(values) {
            let off = value - *mean;
            let had_unit = reach.held > 0.0;
            reach.see(off.abs());
            let most = match (is_known, had_unit) {
                (true, true) => MOST_REACHES * reach.held,
                (true, false) => 0.0,
                (false, _) => f64::INFINITY,
            };
            add(off.max(-most).min(most), rate, (mean, variance));
        }
    }

    /// The same where every value counts in full: rewards are rare.
    pub(crate) fn add_in_full(&mut self, values: impl Iterator<Item = f64>) {
        self.count += 1.0;
        let rate = 1.0 / self.count.min(MEMORY);
        for ((mean, variance), value) in self.mean.iter_mut().zip(&mut self.variance).zip(values) {
            add(value - *mean, rate, (mean, variance));
        }
    }

    /// Starts anew from the first samples, given value by value: `nth(dim, sample)`.
    pub(crate) fn start(&mut self, nth: impl Fn(usize, usize) -> f64) {
        for dim in 0..self.mean.len() {
            let values: [f64; KNOWN] = std::array::from_fn(|sample| nth(dim, sample));
            let (mean, variance, reach) = robust(values);
            (self.mean[dim], self.variance[dim]) = (mean, variance);
            self.reach[dim] = Reach::of(reach);
        }
    }

    /// How many vectors came.
    pub(crate) fn count(&self) -> f64 {
        self.count
    }

    pub(crate) fn mean(&self) -> &[f64] {
        &self.mean
    }

    pub(crate) fn variance(&self) -> &[f64] {
        &self.variance
    }

    /// How far from the mean nearly all values of a dimension lie, the largest of late.
    pub(crate) fn reach(&self, dim: usize) -> f64 {
        self.reach[dim].held
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.doubles(&[self.count]);
        print.doubles(&self.mean);
        print.doubles(&self.variance);
        self.reach.iter().for_each(|reach| reach.fingerprint(print));
    }
}

/// A step of Welford's method, at this rate.
fn add(off: f64, rate: f64, (mean, variance): (&mut f64, &mut f64)) {
    *mean += rate * off;
    *variance = (1.0 - rate) * (*variance + rate * off * off);
}

/// The reach of the first samples around their mean, given one by one: `nth(sample)`.
pub(crate) fn first_reach(nth: impl Fn(usize) -> f64) -> Reach {
    let (mean, _, reach) = robust(std::array::from_fn(nth));
    Reach::of(mean.abs() + reach)
}

/// Mean, variance and reach of the first samples, of which some may be wrong.
fn robust(mut values: [f64; KNOWN]) -> (f64, f64, f64) {
    values.sort_unstable_by(f64::total_cmp);
    let median = 0.5 * (values[KNOWN / 2 - 1] + values[KNOWN / 2]);
    let mut off = values.map(|value| (value - median).abs());
    off.sort_unstable_by(f64::total_cmp);
    let reach = off[KNOWN - 1 - LEFT_OUT];
    let most = MOST_REACHES * reach;
    let counted = values.map(|value| value.clamp(median - most, median + most));
    let mean = counted.iter().sum::<f64>() / KNOWN as f64;
    let variance = counted.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / KNOWN as f64;
    (mean, variance, reach)
}

fixed!(Reach { now: f64, held: f64, seen: u8 });
image!(Usual keeps count mean variance reach; not);

#[cfg(test)]
mod tests;
