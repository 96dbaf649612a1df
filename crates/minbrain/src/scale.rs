//! Running deviations: what counts as far, per sensor.

use crate::action::{ActionSpace, Bounds};
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::relevance::Relevance;
use crate::usual::{KNOWN, Usual};

/// Least deviation of a sensor, as a share of its mean's magnitude: about what single precision
/// resolves.
const FLOOR_SHARE: f64 = 1e-7;
/// Least deviation of all: keeps weights finite.
const FLOOR: f64 = 1e-18;
/// Least deviation of an action, as a share of its range: a policy that always does the same must
/// not make every other action look infinitely far.
const ACTION_FLOOR: f64 = 0.05;
/// A reading lies far outside of what is usual if it lies so many reaches from the mean.
const OUTLYING: f64 = 3.0;
/// A sensor jumps if its change lies so many reaches from the mean one.
const JUMPED: f64 = 4.0;
/// A change is predicted to be so many times as large as nearly all are, at most, unless larger ones
/// were seen near by.
const MOST_CHANGE: f64 = 2.0;
/// The same until what is usual is known, times what half of the first ones stayed within.
const MOST_FIRST: f64 = 16.0;

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

/// Deviations of keys, changes and rewards over the last experiences, and the weights that follow
/// from them. Weights are used at query time, so nothing is rebuilt when they change.
#[derive(Clone, Debug)]
pub(crate) struct Scale {
    sensors: usize,
    bounds: Vec<Bounds>,
    key: Usual,
    /// Of the change per sensor.
    changes: Usual,
    reward: Usual,
    /// The first keys and changes, row by row, until what is usual is known.
    first: Vec<f32>,
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
    most_change: Vec<f32>,
}

/// How a sensor changed.
fn step(before: f32, after: f32) -> f64 {
    f64::from(after) - f64::from(before)
}

impl Scale {
    pub(crate) fn new(sensors: usize, actions: &ActionSpace) -> Self {
        let bounds = match actions {
            ActionSpace::Discrete(_) => Vec::new(),
            ActionSpace::Continuous(bounds) => bounds.clone(),
        };
        let dims = sensors + bounds.len();
        let mut made = Self {
            sensors,
            bounds,
            key: Usual::new(dims),
            changes: Usual::new(sensors),
            reward: Usual::new(1),
            first: Vec::with_capacity(KNOWN * (dims + sensors)),
            plain: vec![1.0; dims],
            relevant: vec![1.0; dims],
            factors: vec![1.0; dims],
            is_relevance_used: false,
            weights: vec![1.0; dims],
            observation_weights: vec![0.0; dims],
            change: vec![0.0; sensors],
            most_change: vec![0.0; sensors],
        };
        made.reweigh();
        made
    }

    /// Takes one more experience into account.
    pub(crate) fn add(&mut self, key: &[f32], outcome: &[f32], reward: f32) {
        let changes = key.iter().zip(outcome).map(|(&before, &after)| step(before, after));
        self.key.add(key.iter().map(|&value| f64::from(value)));
        self.changes.add(changes.clone());
        self.reward.add_in_full([f64::from(reward)].into_iter());
        if self.key.count() <= KNOWN as f64 {
            self.first.extend(key);
            self.first.extend(changes.map(|change| change as f32));
            if self.key.count() == KNOWN as f64 {
                self.start();
            }
        }
        let usual = self.changes.mean().iter().zip(self.changes.variance());
        for (at, (mean, variance)) in usual.enumerate() {
            self.change[at] = (variance + mean * mean).sqrt() as f32;
            let reach = self.changes.reach(at);
            let is_known = self.key.count() >= KNOWN as f64;
            let most = if is_known { mean.abs() + MOST_CHANGE * reach } else { MOST_FIRST * reach };
            self.most_change[at] = most as f32;
        }
        self.reweigh();
    }

    /// Looks at the first experiences together.
    fn start(&mut self) {
        let Self { first, key, changes, sensors, bounds, .. } = self;
        let dims = *sensors + bounds.len();
        let row = dims + *sensors;
        key.start(|dim, sample| f64::from(first[sample * row + dim]));
        changes.start(|dim, sample| f64::from(first[sample * row + dims + dim]));
        first.clear();
    }

    fn reweigh(&mut self) {
        let (sensed, acted) = self.key.variance().split_at(self.sensors);
        let usual = sensed.iter().zip(self.key.mean());
        for (weight, (&variance, mean)) in self.plain.iter_mut().zip(usual) {
            let floor = (FLOOR_SHARE * mean.abs()).max(FLOOR);
            // What never moved tells no two places apart.
            let deviation = variance.sqrt().max(floor);
            *weight = if variance > 0.0 { (1.0 / (deviation * deviation)) as f32 } else { 0.0 };
        }
        let widths = self.bounds.iter().map(|bounds| bounds.high - bounds.low);
        let weights = &mut self.plain[self.sensors..];
        weights.iter_mut().zip(action_weights(acted, widths)).for_each(|(w, new)| *w = new);
        self.choose();
    }

    /// Whether a sensor jumped, from or to a reading far outside of what is usual for it.
    pub(crate) fn is_outlying(&self, key: &[f32], outcome: &[f32]) -> bool {
        let is_out = |at: usize, value: f32| {
            let off = f64::from(value) - self.key.mean()[at];
            off.abs() > OUTLYING * self.key.reach(at)
        };
        self.key.count() >= KNOWN as f64
            && key.iter().zip(outcome).enumerate().any(|(at, (&before, &after))| {
                let change = step(before, after) - self.changes.mean()[at];
                let has_jumped = change.abs() > JUMPED * self.changes.reach(at);
                has_jumped && (is_out(at, before) || is_out(at, after))
            })
    }

    /// Whether what was read is a state that there is.
    pub(crate) fn is_sound(&self) -> bool {
        let (count, row) = (self.key.count(), 2 * self.sensors + self.bounds.len());
        let waiting = if count < KNOWN as f64 { count as usize } else { 0 };
        self.first.len() == waiting * row
    }

    /// The largest change per sensor that is predicted, unless larger ones were seen near by.
    pub(crate) fn most_change(&self) -> &[f32] {
        &self.most_change
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
        self.key.mean()
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
        self.reward.variance()[0].sqrt() as f32
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        self.key.fingerprint(print);
        self.changes.fingerprint(print);
        self.reward.fingerprint(print);
        print.floats(&self.first);
    }
}

image!(Scale keeps key changes reward first plain relevant factors is_relevance_used weights
    observation_weights change most_change; not sensors bounds);

#[cfg(test)]
mod tests;
