//! The units in which plans are made: deviations from the mean.

use crate::action::Bounds;
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::scale::Scale;

/// Least deviation of a reward: keeps factors finite.
const FLOOR: f64 = 1e-9;
/// Most deviations that a sensor's value counts for.
const MOST_DEVIATIONS: f32 = 10.0;
/// Most deviations that a reward counts for. A rare reward counts in full, but nothing overflows.
const MOST_REWARD: f32 = 1e6;
/// A frame is renewed when some deviation has changed by this factor, or some mean has moved by so
/// many deviations.
const RENEWED_BEYOND: f64 = 1.3;
const RENEWED_MOVE: f64 = 0.3;

/// From raw units to those of plans, and back. Sensors are in deviations from their mean, an action
/// runs from -1 to 1, a reward is in deviations from zero.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    sensors: usize,
    centre: Vec<f32>,
    inverse: Vec<f32>,
    reward_inverse: f32,
}

impl Frame {
    pub(super) fn new(sensors: usize, bounds: &[Bounds]) -> Self {
        let mut centre = vec![0.0; sensors];
        let mut inverse = vec![1.0; sensors];
        for b in bounds {
            centre.push(0.5 * b.low + 0.5 * b.high);
            inverse.push(1.0 / (0.5 * b.high - 0.5 * b.low).max(f32::MIN_POSITIVE));
        }
        Self { sensors, centre, inverse, reward_inverse: 1.0 }
    }

    /// Takes over means and deviations.
    pub(super) fn fit(&mut self, scale: &Scale) {
        for at in 0..self.sensors {
            self.centre[at] = scale.means()[at] as f32;
            let weight = scale.plain_weights()[at];
            // What never moved is not moved by plans either.
            self.inverse[at] = if weight > 0.0 { weight.sqrt() } else { 1.0 };
        }
        let deviation = f64::from(scale.reward_deviation());
        self.reward_inverse = (1.0 / deviation.max(FLOOR)) as f32;
    }

    /// Whether `other` differs by more than what a plan would not notice.
    pub(super) fn differs(&self, other: &Self) -> bool {
        let grew = |mine: f32, theirs: f32| {
            let ratio = f64::from(mine) / f64::from(theirs);
            !(1.0 / RENEWED_BEYOND..=RENEWED_BEYOND).contains(&ratio)
        };
        let moved = |at: usize| {
            let off = f64::from(self.centre[at]) - f64::from(other.centre[at]);
            (off * f64::from(self.inverse[at])).abs() > RENEWED_MOVE
        };
        grew(self.reward_inverse, other.reward_inverse)
            || (0..self.sensors).any(|at| grew(self.inverse[at], other.inverse[at]) || moved(at))
    }

    /// Takes over another frame of the same shape.
    pub(super) fn assign(&mut self, other: &Self) {
        self.centre.copy_from_slice(&other.centre);
        self.inverse.copy_from_slice(&other.inverse);
        self.reward_inverse = other.reward_inverse;
    }

    /// Sensors, or sensors and action, in units of plans.
    pub(super) fn place(&self, raw: &[f32], out: &mut [f32]) {
        let units = self.centre.iter().zip(&self.inverse);
        for ((out, raw), (centre, inverse)) in out.iter_mut().zip(raw).zip(units) {
            *out = ((raw - centre) * inverse).clamp(-MOST_DEVIATIONS, MOST_DEVIATIONS);
        }
    }

    /// The way back.
    pub(super) fn raw(&self, planned: &[f32], out: &mut [f32]) {
        let units = self.centre.iter().zip(&self.inverse);
        for ((out, planned), (centre, inverse)) in out.iter_mut().zip(planned).zip(units) {
            *out = centre + planned / inverse;
        }
    }

    /// A reward in units of plans.
    pub(super) fn reward(&self, raw: f32) -> f32 {
        (raw * self.reward_inverse).clamp(-MOST_REWARD, MOST_REWARD)
    }

    /// Weights of raw dimensions that compare as `weights` do in units of plans.
    pub(super) fn raw_weights(&self, weights: &[f32], raw: &mut [f32]) {
        for ((raw, weight), inverse) in raw.iter_mut().zip(weights).zip(&self.inverse) {
            *raw = weight * inverse * inverse;
        }
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        print.floats(&self.centre);
        print.floats(&self.inverse);
        print.floats(&[self.reward_inverse]);
    }
}

image!(Frame keeps centre inverse reward_inverse; not sensors);
