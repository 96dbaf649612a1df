//! How far to trust each of two predictors, learned from what came true.
//!
//! Which of two predictions is best depends on the world, so they are weighed, sensor by sensor, by
//! least squares on what both predicted before the outcome was known (stacking: Wolpert 1992,
//! Breiman 1996). Shares are at least 0 and at most 1 together: what is left of 1 goes to
//! "nothing". An outcome that is off by far more than usual counts as if it were off by that.

use crate::fingerprint::Fingerprint;
use crate::image::{fixed, image};
use crate::usual::Reach;

/// The first predictor starts with all the weight, as if it had been right so many times.
const BELIEF: f64 = 30.0;

/// Second moments of the two predictions, and of each with what came.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    first: f64,
    both: f64,
    second: f64,
    first_came: f64,
    second_came: f64,
}

/// The shares of the two predictors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shares {
    pub(crate) first: f32,
    pub(crate) second: f32,
}

/// The first predictor alone.
const FIRST: Shares = Shares { first: 1.0, second: 0.0 };

/// Moments and shares of every sensor.
#[derive(Clone, Debug)]
pub(crate) struct Stacking {
    /// What remains of the past after each cycle.
    kept: f64,
    moments: Vec<Moments>,
    shares: Vec<Shares>,
    /// How large the errors of the two together are.
    reach: Vec<Reach>,
    count: f64,
}

impl Stacking {
    /// Two predictors of so many sensors. After each cycle so much remains of the past.
    pub(crate) fn new(sensors: usize, kept: f64) -> Self {
        Self {
            kept,
            moments: vec![Moments::default(); sensors],
            shares: vec![FIRST; sensors],
            reach: vec![Reach::default(); sensors],
            count: 0.0,
        }
    }

    pub(crate) fn shares(&self) -> &[Shares] {
        &self.shares
    }

    /// Learns from one sensor's predictions and what came. `finish` completes a cycle.
    pub(crate) fn learn(&mut self, sensor: usize, [first, second]: [f32; 2], came: f32) {
        let shares = self.shares[sensor];
        let error = f64::from(came - shares.first * first - shares.second * second).abs();
        let products = [first * first, second * second, came * came];
        if !products.iter().all(|p| p.is_finite()) || !error.is_finite() {
            return;
        }
        let reach = &mut self.reach[sensor];
        let drawn_in = reach.see(error);
        if !reach.is_known() {
            return;
        }
        // All three are drawn in alike: which predictor was right stays as it is.
        let [first, second, came] = [first, second, came].map(|value| f64::from(value) * drawn_in);
        let m = &mut self.moments[sensor];
        m.first = self.kept * m.first + first * first;
        m.both = self.kept * m.both + first * second;
        m.second = self.kept * m.second + second * second;
        m.first_came = self.kept * m.first_came + first * came;
        m.second_came = self.kept * m.second_came + second * came;
    }

    /// All sensors have learned: weighs anew.
    pub(crate) fn finish(&mut self) {
        self.count = self.kept * self.count + 1.0;
        for (shares, moments) in self.shares.iter_mut().zip(&self.moments) {
            *shares = moments.shares(BELIEF / self.count);
        }
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.doubles(&[self.count]);
        for m in &self.moments {
            print.doubles(&[m.first, m.both, m.second, m.first_came, m.second_came]);
        }
        self.reach.iter().for_each(|reach| reach.fingerprint(print));
    }
}

impl Moments {
    /// Least squares with both shares at least 0 and at most 1 together; `belief` pulls towards the
    /// first.
    fn shares(&self, belief: f64) -> Shares {
        let more = 1.0 + belief;
        let (first, second) = (more * self.first, more * self.second);
        let (first_came, second_came) = (self.first_came + belief * self.first, self.second_came);
        let determinant = first * second - self.both * self.both;
        if first.max(second) < f64::MIN_POSITIVE || !determinant.is_finite() {
            return FIRST;
        }
        if first < f64::MIN_POSITIVE {
            // The first says nothing, whatever its share.
            let second = (second_came / second).clamp(0.0, 1.0);
            return Shares { first: (1.0 - second) as f32, second: second as f32 };
        }
        let free_first = (first_came * second - second_came * self.both) / determinant;
        let free_second = (second_came * first - first_came * self.both) / determinant;
        let (first, second) = if !(determinant > 0.0 && free_second >= 0.0) {
            ((first_came / first).max(0.0), 0.0)
        } else if free_first < 0.0 {
            (0.0, (second_came / second).max(0.0))
        } else {
            (free_first, free_second)
        };
        let excess = (first + second).max(1.0);
        Shares { first: (first / excess) as f32, second: (second / excess) as f32 }
    }
}

fixed!(Moments { first: f64, both: f64, second: f64, first_came: f64, second_came: f64 });
fixed!(Shares { first: f32, second: f32 });
image!(Stacking keeps moments shares reach count; not kept);

#[cfg(test)]
mod tests;
