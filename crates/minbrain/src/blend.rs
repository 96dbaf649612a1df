//! How far to trust the neighbours, learned from what came true.
//!
//! Three models predict each sensor: the linear prior, the mean of what it leaves at the
//! neighbours, and a local line through that. Which is best depends on the noise: a line through a
//! few dozen noisy neighbours in many dimensions is worse than their mean, and where all is noise
//! the prior alone is best. So the two local predictions are weighed, sensor by sensor, by least
//! squares on their own past predictions, which were all made before the outcome was known (stacking:
//! Wolpert 1992, Breiman 1996). Without noise the line gets all the weight.

use crate::fingerprint::Fingerprint;
use crate::image::{fixed, image};

/// What remains of the past after each cycle: a memory of about a thousand.
const KEPT: f32 = 0.999;
/// The line starts with all the weight, as if it had been right so many times.
const BELIEF: f32 = 30.0;

/// Second moments of the two local predictions, and of each with what came.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    line: f32,
    both: f32,
    mean: f32,
    line_came: f32,
    mean_came: f32,
}

/// The shares of the line and of the mean in a prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shares {
    pub(crate) line: f32,
    pub(crate) mean: f32,
}

/// Moments and shares of every sensor.
#[derive(Clone, Debug)]
pub(crate) struct Blend {
    moments: Vec<Moments>,
    shares: Vec<Shares>,
    count: f32,
}

impl Blend {
    pub(crate) fn new(sensors: usize) -> Self {
        Self {
            moments: vec![Moments::default(); sensors],
            shares: vec![Shares { line: 1.0, mean: 0.0 }; sensors],
            count: 0.0,
        }
    }

    pub(crate) fn shares(&self) -> &[Shares] {
        &self.shares
    }

    /// Learns from one sensor's predictions and what came; all are residuals of the prior.
    /// `finish` completes a cycle.
    pub(crate) fn learn(&mut self, sensor: usize, line: f32, mean: f32, came: f32) {
        let m = &mut self.moments[sensor];
        let products = [line * line, line * mean, mean * mean, line * came, mean * came];
        if products.iter().all(|p| p.is_finite()) {
            m.line = KEPT * m.line + products[0];
            m.both = KEPT * m.both + products[1];
            m.mean = KEPT * m.mean + products[2];
            m.line_came = KEPT * m.line_came + products[3];
            m.mean_came = KEPT * m.mean_came + products[4];
        }
    }

    /// All sensors have learned: weighs anew.
    pub(crate) fn finish(&mut self) {
        self.count = KEPT * self.count + 1.0;
        for (shares, moments) in self.shares.iter_mut().zip(&self.moments) {
            *shares = moments.shares(BELIEF / self.count);
        }
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.floats(&[self.count]);
        for m in &self.moments {
            print.floats(&[m.line, m.both, m.mean, m.line_came, m.mean_came]);
        }
    }
}

impl Moments {
    /// Least squares with both shares at least 0 and at most 1 together; `belief` pulls towards the
    /// line.
    fn shares(&self, belief: f32) -> Shares {
        let more = 1.0 + belief;
        let (line, mean) = (more * self.line, more * self.mean);
        let (line_came, mean_came) = (self.line_came + belief * self.line, self.mean_came);
        let determinant = line * mean - self.both * self.both;
        if line.min(mean) < f32::MIN_POSITIVE || !determinant.is_finite() {
            return Shares { line: 1.0, mean: 0.0 };
        }
        let free = Shares {
            line: (line_came * mean - mean_came * self.both) / determinant,
            mean: (mean_came * line - line_came * self.both) / determinant,
        };
        let shares = if determinant <= 0.0 || free.mean < 0.0 {
            Shares { line: (line_came / line).max(0.0), mean: 0.0 }
        } else if free.line < 0.0 {
            Shares { line: 0.0, mean: (mean_came / mean).max(0.0) }
        } else {
            free
        };
        let excess = (shares.line + shares.mean).max(1.0);
        Shares { line: shares.line / excess, mean: shares.mean / excess }
    }
}

fixed!(Moments { line: f32, both: f32, mean: f32, line_came: f32, mean_came: f32 });
fixed!(Shares { line: f32, mean: f32 });
image!(Blend keeps moments shares count; not);

#[cfg(test)]
mod tests;
