//! Running deviations: what counts as far, per sensor.

use crate::action::{ActionSpace, Bounds};
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::relevance::Relevance;

/// Least deviation of a sensor, as a share of the largest one: a sensor that hardly moves must not
/// drown the others.
const FLOOR_SHARE: f64 = 1e-3;
/// Least deviation of all: keeps weights finite.
const FLOOR: f64 = 1e-18;
/// Least deviation of an action, as a share of its range: a policy that always does the same must
/// not make every other action look infinitely far.
const ACTION_FLOOR: f64 = 0.05;

/// How many experiences the deviations remember: the world may change its scale, and does not stay
/// blind for good after a sensor went mad.
const MEMORY: f64 = 10_000.0;
/// Most deviations that a value counts for once a sensor is known: a single spike must not make
/// everything else look alike.
const MOST_DEVIATIONS: f64 = 10.0;
/// From so many experiences on, a sensor is known.
const KNOWN: f64 = 32.0;

/// Mean and variance of one stream of vectors, by Welford's method with a bounded memory.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    mean: Vec<f64>,
    variance: Vec<f64>,
}

impl Spread {
    pub(crate) fn new(dims: usize) -> Self {
        Self { mean: vec![0.0; dims], variance: vec![0.0; dims] }
    }

    /// Adds the values that came as number `count`; each counts for at most `most` deviations.
    pub(crate) fn add(&mut self, values: &[f32], count: f64, most: f64) {
        let rate = 1.0 / count.min(MEMORY);
        for ((mean, variance), &value) in self.mean.iter_mut().zip(&mut self.variance).zip(values) {
            let off = clip(f64::from(value) - *mean, *variance, most);
            *mean += rate * off;
            *variance = (1.0 - rate) * (*variance + rate * off * off);
        }
    }

    /// The weight in a distance of each dimension of an action, given the width of its range: 1 /
    /// deviation^2.
    pub(crate) fn action_weights<'a>(
        variance: &'a [f64],
        widths: impl Iterator<Item = f32> + 'a,
    ) -> impl Iterator<Item = f32> + 'a {
        variance.iter().zip(widths).map(|(&variance, width)| {
            let floor = (ACTION_FLOOR * f64::from(width)).max(FLOOR);
            let deviation = variance.sqrt().max(floor);
            (1.0 / (deviation * deviation)) as f32
        })
    }

    /// The variance of each dimension.
    pub(crate) fn variance(&self) -> &[f64] {
        &self.variance
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.doubles(&self.mean);
        print.doubles(&self.variance);
    }
}

/// `off`, or the most that counts for a value of this variance; anything counts while a value has
/// never moved.
fn clip(off: f64, variance: f64, most: f64) -> f64 {
    let bound = if variance > 0.0 { most * variance.sqrt() } else { f64::MAX };
    off.max(-bound).min(bound)
}

/// Deviations of keys, changes and rewards over the last experiences, and the weights that follow
/// from them. Weights are used at query time, so nothing is rebuilt when they change.
#[derive(Clone, Debug)]
pub(crate) struct Scale {
    sensors: usize,
    bounds: Vec<Bounds>,
    count: f64,
    key: Spread,
    reward: Spread,
    /// Mean squared change per sensor.
    change_squares: Vec<f64>,
    /// Weight of each dimension of a key by deviation alone: 1 / deviation^2.
    plain: Vec<f32>,
    /// What relevance makes of it.
    relevant: Vec<f32>,
    /// How relevant each dimension is; 1 on average.
    factors: Vec<f32>,
    /// Whether that counts.
    is_relevance_used: bool,
    /// The weights in use.
    weights: Vec<f32>,
    /// The same, with 0 for the dimensions of the action.
    observation_weights: Vec<f32>,
    /// Root mean square of the change per sensor.
    change: Vec<f32>,
}

impl Scale {
    pub(crate) fn new(sensors: usize, actions: &ActionSpace) -> Self {
        let bounds = match actions {
            ActionSpace::Discrete(_) => Vec::new(),
            ActionSpace::Continuous(bounds) => bounds.clone(),
        };
        let dims = sensors + bounds.len();
        let mut observation_weights = vec![1.0; dims];
        observation_weights[sensors..].fill(0.0);
        Self {
            sensors,
            bounds,
            count: 0.0,
            key: Spread::new(dims),
            reward: Spread::new(1),
            change_squares: vec![0.0; sensors],
            plain: vec![1.0; dims],
            relevant: vec![1.0; dims],
            factors: vec![1.0; dims],
            is_relevance_used: false,
            weights: vec![1.0; dims],
            observation_weights,
            change: vec![0.0; sensors],
        }
    }

    /// Takes one more experience into account.
    pub(crate) fn add(&mut self, key: &[f32], outcome: &[f32], reward: f32) {
        self.count += 1.0;
        let most = if self.count > KNOWN { MOST_DEVIATIONS } else { f64::MAX };
        let rate = 1.0 / self.count.min(MEMORY);
        self.key.add(key, self.count, most);
        // Rewards are rare and count in full.
        self.reward.add(&[reward], self.count, f64::MAX);
        let squares = self.change_squares.iter_mut().zip(&mut self.change);
        for ((mean, change), (&before, &after)) in squares.zip(key.iter().zip(outcome)) {
            let step = clip(f64::from(after) - f64::from(before), *mean, most);
            *mean += rate * (step * step - *mean);
            *change = mean.sqrt() as f32;
        }
        if self.count > 1.0 {
            self.reweigh();
        }
    }

    fn reweigh(&mut self) {
        let (sensed, acted) = self.key.variance.split_at(self.sensors);
        let largest = sensed.iter().copied().fold(0.0, f64::max).sqrt();
        let floor = (FLOOR_SHARE * largest).max(FLOOR);
        let all_alike = largest < FLOOR;
        for (weight, &variance) in self.plain.iter_mut().zip(sensed) {
            let deviation = if all_alike { 1.0 } else { variance.sqrt().max(floor) };
            *weight = (1.0 / (deviation * deviation)) as f32;
        }
        let widths = self.bounds.iter().map(|bounds| bounds.high - bounds.low);
        let weights = &mut self.plain[self.sensors..];
        weights.iter_mut().zip(Spread::action_weights(acted, widths)).for_each(|(w, new)| *w = new);
        self.choose();
    }

    /// Takes over how relevant each dimension is, and whether that counts.
    pub(crate) fn weigh_by(&mut self, relevance: &Relevance) {
        self.factors.copy_from_slice(relevance.factors());
        self.is_relevance_used = relevance.is_used();
        self.choose();
    }

    fn choose(&mut self) {
        let each = self.relevant.iter_mut().zip(&self.plain).zip(&self.factors);
        each.for_each(|((relevant, plain), factor)| *relevant = plain * factor);
        let chosen = if self.is_relevance_used { &self.relevant } else { &self.plain };
        self.weights.copy_from_slice(chosen);
        self.observation_weights[..self.sensors].copy_from_slice(&chosen[..self.sensors]);
    }

    /// Running mean of each dimension of a key.
    pub(crate) fn means(&self) -> &[f64] {
        &self.key.mean
    }

    /// Weights of a key's dimensions by their deviations alone.
    pub(crate) fn plain_weights(&self) -> &[f32] {
        &self.plain
    }

    /// Whether the weights in use are those with relevance.
    pub(crate) fn is_relevance_used(&self) -> bool {
        self.is_relevance_used
    }

    /// The weights that are not in use: with relevance if those in use are without, and without it
    /// otherwise.
    pub(crate) fn other_weights(&self) -> &[f32] {
        if self.is_relevance_used { &self.plain } else { &self.relevant }
    }

    /// Weights of a key's dimensions.
    pub(crate) fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// Weights that compare observations alone.
    pub(crate) fn observation_weights(&self) -> &[f32] {
        &self.observation_weights
    }

    /// Root mean square of `error / change` over the sensors: 1 is as wrong as "nothing changes".
    /// A sensor that never changed and is predicted so counts as right.
    pub(crate) fn surprise(&self, predicted: &[f32], came: &[f32]) -> f32 {
        let mut sum = 0.0;
        for ((&p, &c), &change) in predicted.iter().zip(came).zip(&self.change) {
            let error = p - c;
            if error != 0.0 {
                let ratio = error / change.max(FLOOR as f32);
                sum += ratio * ratio;
            }
        }
        (sum / self.sensors as f32).sqrt().min(f32::MAX)
    }

    /// Root mean square of the change of each sensor in one cycle.
    pub(crate) fn change(&self) -> &[f32] {
        &self.change
    }

    /// Deviation of the reward.
    pub(crate) fn reward_deviation(&self) -> f32 {
        self.reward.variance[0].sqrt() as f32
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.doubles(&[self.count]);
        self.key.fingerprint(print);
        self.reward.fingerprint(print);
        print.doubles(&self.change_squares);
    }
}

image!(Spread keeps mean variance; not);
image!(Scale keeps count key reward change_squares plain relevant factors is_relevance_used weights
    observation_weights change; not sensors bounds);

#[cfg(test)]
mod tests;
