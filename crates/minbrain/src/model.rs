//! What an action leads to: a local linear model of what the linear prior leaves unexplained.

use minbrain_kernels::{Kernel, ROW, TopK};

use crate::blend::{Blend, Shares};
use crate::columns::Columns;
use crate::decision::Prediction;
use crate::experiences::Experiences;
use crate::limits::{MAX_MAGNITUDE, MAX_NEIGHBOURS};
use crate::metric::Metric;
use crate::regression::Regression;

/// Ridge on the slopes of a model of outcomes.
const RIDGE: f32 = 1e-3;
/// How far a residual may leave the range of its neighbours' residuals, as a share of it.
const RESIDUAL_MARGIN: f32 = 0.5;
/// The same for a reward.
const REWARD_MARGIN: f32 = 0.25;

/// Scratch of one prediction. Rows of sensors are padded to whole vectors.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    kernels: Kernel,
    regression: Regression,
    slots: Vec<u32>,
    /// A neighbour's key.
    key: Vec<f32>,
    /// The prior's slopes per entry of a regression row, negated: a row for each dimension.
    slopes: Vec<f32>,
    trend: Vec<f32>,
    /// What the trend leaves of each neighbour's change: a row for each.
    residuals: Vec<f32>,
    low: Vec<f32>,
    high: Vec<f32>,
    /// The local line's prediction of the residual, and the neighbours' mean.
    line: Vec<f32>,
    mean: Vec<f32>,
    estimate: Vec<f32>,
    spread: Vec<f32>,
}

impl Model {
    pub(crate) fn new(kernels: Kernel, sensors: usize, dims: usize) -> Self {
        let stride = sensors.next_multiple_of(ROW);
        let row = || vec![0.0; stride];
        Self {
            kernels,
            regression: Regression::new(kernels, dims),
            slots: Vec::with_capacity(MAX_NEIGHBOURS),
            key: vec![0.0; dims],
            slopes: vec![0.0; dims * stride],
            trend: vec![0.0; sensors],
            residuals: Vec::with_capacity(MAX_NEIGHBOURS * stride),
            low: row(),
            high: row(),
            line: row(),
            mean: row(),
            estimate: row(),
            spread: row(),
        }
    }

    /// Predicts what follows `key` in `part` from the neighbours in `found`, nearest first, and
    /// writes it to `out`, whose vectors have one value per sensor. Without neighbours the prior
    /// speaks alone.
    pub(crate) fn predict(
        &mut self,
        known: &Experiences,
        (part, key): (usize, &[f32]),
        found: &TopK,
        out: &mut Prediction,
    ) {
        known.prior.predict(part, key, &mut self.trend);
        self.gather(known, key, found);
        out.neighbours = self.slots.len();
        out.reward = 0.0;
        out.ended = 0.0;
        if self.slots.is_empty() {
            self.follow_trend(known, key, out);
            return;
        }
        self.regression.solve(RIDGE);
        self.subtract_trend(known.prior.slopes(part));
        self.weigh(known.blend.shares());
        self.write_outcome(known, key, out);
        self.write_reward(&known.columns, out);
    }

    /// Nobody lies near: the trend, with the usual change as its error.
    fn follow_trend(&self, known: &Experiences, key: &[f32], out: &mut Prediction) {
        for ((outcome, trend), now) in out.outcome.iter_mut().zip(&self.trend).zip(key) {
            *outcome = after(*now, *trend);
        }
        out.expected_error.copy_from_slice(known.scale.change());
        out.knownness = 0.0;
    }

    /// Collects the neighbours at a finite distance, and their changes less the trend at `key`.
    fn gather(&mut self, known: &Experiences, key: &[f32], found: &TopK) {
        self.slots.clear();
        self.residuals.clear();
        let stride = self.estimate.len();
        let usable = || found.iter().filter(|f| f.distance.is_finite());
        let farthest = usable().next_back().map_or(0.0, |f| f.distance);
        let slots = usable().map(|f| f.slot);
        self.regression.begin(known.scale.weights(), reach(known, key, slots, farthest));
        for neighbour in usable() {
            self.slots.push(neighbour.slot);
            known.space.copy_key(neighbour.slot, &mut self.key);
            self.regression.add(key, &self.key, neighbour.distance, farthest);
            let start = self.residuals.len();
            self.residuals.resize(start + stride, 0.0);
            let after = known.columns.outcome(neighbour.slot).iter().zip(&self.key);
            let residuals = self.residuals[start..].iter_mut().zip(&self.trend);
            for ((residual, trend), (after, before)) in residuals.zip(after) {
                *residual = after - before - trend;
            }
        }
    }

    /// Takes off what the trend changes from `key` to each neighbour.
    fn subtract_trend(&mut self, raw: &[f32]) {
        let (sensors, stride) = (self.trend.len(), self.estimate.len());
        let rows = self.slopes.chunks_exact_mut(stride).zip(raw.chunks_exact(sensors));
        for ((scaled, raw), to_row) in rows.zip(self.regression.to_row()) {
            let factor = if *to_row > 0.0 { -1.0 / to_row } else { 0.0 };
            scaled.iter_mut().zip(raw).for_each(|(s, r)| *s = r * factor);
        }
        for (at, residual) in self.residuals.chunks_exact_mut(stride).enumerate() {
            self.kernels.combine(self.regression.row(at), &self.slopes, residual);
        }
    }

    /// What the neighbours say: a line through them, their mean, the blend of the two, and how they
    /// spread around it.
    fn weigh(&mut self, shares: &[Shares]) {
        let Self {
            kernels, regression, residuals, low, high, line, mean, estimate, spread, ..
        } = self;
        low.fill(f32::MAX);
        high.fill(f32::MIN);
        for sums in [&mut *line, mean, spread] {
            sums.fill(0.0);
        }
        kernels.extremes(residuals, low, high);
        kernels.combine(regression.weights(), residuals, line);
        kernels.combine(regression.kernel(), residuals, mean);
        let kernel_sum: f32 = regression.kernel().iter().sum();
        for (at, shares) in shares.iter().enumerate() {
            line[at] = within(line[at], low[at], high[at], RESIDUAL_MARGIN);
            mean[at] /= kernel_sum;
            estimate[at] = shares.line * line[at] + shares.mean * mean[at];
        }
        kernels.spread(regression.kernel(), residuals, estimate, spread);
    }

    /// Tells `blend` how the last prediction did, now that `change` came.
    pub(crate) fn teach(&self, blend: &mut Blend, change: &[f32]) {
        if self.slots.is_empty() {
            return;
        }
        for (at, (change, trend)) in change.iter().zip(&self.trend).enumerate() {
            blend.learn(at, self.line[at], self.mean[at], change - trend);
        }
        blend.finish();
    }

    fn write_outcome(&self, known: &Experiences, key: &[f32], out: &mut Prediction) {
        let kernel_sum: f32 = self.regression.kernel().iter().sum();
        for (at, outcome) in out.outcome.iter_mut().enumerate() {
            *outcome = after(key[at], self.trend[at] + self.estimate[at]);
            out.expected_error[at] = (self.spread[at] / kernel_sum).sqrt().min(MAX_MAGNITUDE);
        }
        if self.slots.len() < 2 {
            out.expected_error.copy_from_slice(known.scale.change());
        }
    }

    fn write_reward(&self, columns: &Columns, out: &mut Prediction) {
        let weigh = |value: &dyn Fn(usize) -> f32, margin: f32| {
            let values = || self.slots.iter().map(|&slot| value(slot as usize));
            let low = values().fold(f32::MAX, f32::min);
            let high = values().fold(f32::MIN, f32::max);
            let estimate = values().zip(self.regression.weights()).map(|(v, w)| v * w).sum();
            within(estimate, low, high, margin)
        };
        out.reward = weigh(&|slot| columns.rewards[slot], REWARD_MARGIN);
        out.ended = weigh(&|slot| f32::from(u8::from(columns.ended[slot])), 0.0);
    }
}

/// The squared distance of the farthest neighbour by which rows are scaled. Directions may be alike
/// where observations are not: under the cosine metric it is measured sensor by sensor.
fn reach(known: &Experiences, key: &[f32], slots: impl Iterator<Item = u32>, farthest: f32) -> f32 {
    if known.space.metric() == Metric::Euclidean {
        return farthest;
    }
    let squared = |slot| -> f32 {
        let each = key.iter().zip(known.scale.weights()).enumerate();
        each.map(|(dim, (k, w))| w * (k - known.space.value(slot, dim)).powi(2)).sum()
    };
    slots.map(squared).fold(0.0, f32::max)
}

/// The value after `change`, as large as a value can be at most. A change out of all bounds, from
/// slopes over values at both ends of what is allowed, says nothing.
fn after(now: f32, change: f32) -> f32 {
    let after = now + change;
    if after.is_nan() { now } else { after.clamp(-MAX_MAGNITUDE, MAX_MAGNITUDE) }
}

/// `estimate`, kept within the range widened by `margin` of itself. Written out since `clamp`
/// panics where the widened range overflows.
fn within(estimate: f32, low: f32, high: f32, margin: f32) -> f32 {
    let slack = margin * (high - low);
    estimate.max(low - slack).min(high + slack)
}

#[cfg(test)]
mod tests;
