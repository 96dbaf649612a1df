//! How far the trend of values is trusted, learned from what experiences are really worth.
//!
//! A quarter of the experiences never enter the fit: they judge it. Whenever one of them is reviewed, what
//! it is worth is compared with what those around it would make of it without it, and with what the trend
//! adds to that. The share of the trend is least squares of what was missing on what it adds (stacking:
//! Wolpert 1992, Breiman 1996). So a trend may come early, and counts for nothing where it is
//! a trend of noise.

use crate::fingerprint::Fingerprint;
use crate::image::fixed;
use crate::value::Value;

/// One experience of so many judges the trend.
const JUDGES: u32 = 4;
/// What remains of the past after each judgement: a memory of about a thousand.
const KEPT: f64 = 0.999;
/// The share starts at 0, as if nothing had come of the trend so many times.
const DISBELIEF: f64 = 30.0;

/// Whether the experience in `slot` judges the trend, and stays out of its fit.
pub(super) fn is_judge(slot: u32) -> bool {
    slot % JUDGES == JUDGES - 1
}

/// The share of the trend in each kind of value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Gate {
    shares: Value,
    /// Second moments of what the trend added.
    added: Value,
    /// And of that with what was missing.
    missing: Value,
    count: f64,
}

impl Gate {
    /// Learns from one judge: what the trend `added`, and what was `missing` from what those around it
    /// make of its value.
    pub(super) fn learn(&mut self, added: Value, missing: Value) {
        let squares = added.with(added, |a, b| a * b);
        let products = added.with(missing, |a, b| a * b);
        if !squares.all().iter().chain(&products.all()).all(|product| product.is_finite()) {
            return;
        }
        self.count = KEPT * self.count + 1.0;
        self.added = self.added.with(squares, |sum, new| KEPT * sum + new);
        self.missing = self.missing.with(products, |sum, new| KEPT * sum + new);
        let ridge = 1.0 + DISBELIEF / self.count;
        self.shares = self.missing.with(self.added, |missing, added| {
            if added < f64::MIN_POSITIVE {
                0.0
            } else {
                (missing / (ridge * added)).clamp(0.0, 1.0)
            }
        });
    }

    /// As much of what the trend says as is trusted.
    #[inline]
    pub(super) fn temper(&self, beyond: Value) -> Value {
        self.shares.with(beyond, |share, beyond| share * beyond)
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        [self.shares, self.added, self.missing].iter().for_each(|v| print.doubles(&v.all()));
        print.doubles(&[self.count]);
    }

    /// Whether what was read is within its bounds.
    pub(super) fn is_sound(&self) -> bool {
        self.shares.all().iter().all(|share| (0.0..=1.0).contains(share))
    }
}

fixed!(Gate { shares: Value, added: Value, missing: Value, count: f64 });

#[cfg(test)]
mod tests;
