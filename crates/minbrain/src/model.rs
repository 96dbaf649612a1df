//! What an action leads to: a local linear model of what the linear prior leaves unexplained.

use minbrain_kernels::{Kernel, ROW, TopK};

use crate::columns::Columns;
use crate::decision::Prediction;
use crate::experiences::Experiences;
use crate::limits::{MAX_MAGNITUDE, MAX_NEIGHBOURS};
use crate::metric::Metric;
use crate::regression::{Regression, row_at};
use crate::stacking::{Shares, Stacking};

/// Ridge on the slopes of a model of outcomes.
const RIDGE: f32 = 1e-3;
/// The same where slopes are looked at for their own sake: too few neighbours must not make much of
/// noise.
const SLOPE_RIDGE: f32 = 1e-2;
/// Where the residuals of neighbours scatter by more than so many of the largest changes that are usual,
/// they are looked at one by one.
const SCATTERED: f32 = 4.0;
/// A residual is out of proportion if it lies so many times the distance of the quartiles beyond
/// them (Tukey 1977).
const FENCE: f32 = 3.0;
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
    /// The key that is predicted for, and a neighbour's.
    centre: Vec<f32>,
    key: Vec<f32>,
    /// What the prior's slopes are multiplied by at the key.
    factors: Vec<f32>,
    /// The prior's slopes per entry of a regression row, negated: a row for each dimension.
    slopes: Vec<f32>,
    trend: Vec<f32>,
    /// What the trend leaves of each neighbour's change: a row for each. What lies behind the last
    /// neighbour's is older.
    residuals: Vec<f32>,
    low: Vec<f32>,
    high: Vec<f32>,
    /// The range of the neighbours' changes.
    least: Vec<f32>,
    most: Vec<f32>,
    /// Scratch: one sensor's residuals.
    column: Vec<f32>,
    /// The local line's prediction of the residual, and the neighbours' mean.
    line: Vec<f32>,
    mean: Vec<f32>,
    estimate: Vec<f32>,
    spread: Vec<f32>,
    /// A sum of the residuals of each neighbour, whose slopes or prediction is looked at.
    targets: Vec<f32>,
}

impl Model {
    pub(crate) fn new(kernels: Kernel, sensors: usize, dims: usize) -> Self {
        let stride = sensors.next_multiple_of(ROW);
        let row = || vec![0.0; stride];
        let regression = Regression::new(kernels, dims);
        let key = || vec![0.0; regression.stride()];
        Self {
            kernels,
            slots: Vec::with_capacity(MAX_NEIGHBOURS + 1),
            centre: key(),
            key: key(),
            factors: vec![0.0; dims + 1],
            slopes: vec![0.0; dims * stride],
            trend: row(),
            residuals: Vec::with_capacity((MAX_NEIGHBOURS + 1) * stride),
            low: row(),
            high: row(),
            least: row(),
            most: row(),
            column: Vec::with_capacity(MAX_NEIGHBOURS + 1),
            line: row(),
            mean: row(),
            estimate: row(),
            spread: row(),
            targets: Vec::with_capacity(MAX_NEIGHBOURS + 1),
            regression,
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
        self.estimate(known, (part, key), found, out);
        self.write_error(known, out);
    }

    /// The same without how sure it is: `expected_error` and `knownness` stay as they are.
    pub(crate) fn estimate(
        &mut self,
        known: &Experiences,
        (part, key): (usize, &[f32]),
        found: &TopK,
        out: &mut Prediction,
    ) {
        self.estimate_by(known, (part, key), (found, known.scale.weights()), out);
    }

    /// The same by other weights of the distance than those in use; `found` by them, too.
    pub(crate) fn estimate_by(
        &mut self,
        known: &Experiences,
        (part, key): (usize, &[f32]),
        (found, weights): (&TopK, &[f32]),
        out: &mut Prediction,
    ) {
        known.prior.factors(key, &mut self.factors);
        self.trend.fill(0.0);
        self.kernels.combine(&self.factors, known.prior.slopes(part), &mut self.trend);
        self.gather(known, key, (found, weights));
        out.neighbours = self.slots.len();
        (out.reward, out.ended) = (0.0, 0.0);
        self.estimate.fill(0.0);
        self.least.fill(0.0);
        self.most.fill(0.0);
        if !self.slots.is_empty() {
            self.bound();
            self.subtract_trend(known.prior.slopes(part));
            self.silence(known.scale.most_change());
            self.regression.solve(RIDGE);
            self.weigh(known.blend.shares());
            self.write_reward(&known.columns, out);
        }
        let usual = known.scale.most_change();
        for (at, outcome) in out.outcome.iter_mut().enumerate() {
            let (least, most) = (self.least[at].min(-usual[at]), self.most[at].max(usual[at]));
            let change = (self.trend[at] + self.estimate[at]).max(least).min(most);
            *outcome = after(key[at], change);
        }
    }

    /// Finds the range of the changes that the neighbours saw: nothing beyond is predicted, unless it
    /// is usual.
    fn bound(&mut self) {
        let Self { kernels, least, most, trend, residuals, slots, .. } = self;
        least.fill(f32::MAX);
        most.fill(f32::MIN);
        kernels.extremes(&residuals[..slots.len() * trend.len()], least, most);
        for ((least, most), trend) in least.iter_mut().zip(most).zip(trend) {
            (*least, *most) = (*least + *trend, *most + *trend);
        }
    }

    /// Takes the word from a few neighbours whose residuals are out of all proportion to those of the
    /// others: a wrong reading lies among right ones. Where more than a quarter say so, it is how
    /// things are.
    fn silence(&mut self, usual: &[f32]) {
        let Self { kernels, residuals, slots, low, high, estimate, column, .. } = self;
        let stride = estimate.len();
        let residuals = &mut residuals[..slots.len() * stride];
        low.fill(f32::MAX);
        high.fill(f32::MIN);
        kernels.extremes(residuals, low, high);
        for (at, usual) in usual.iter().enumerate() {
            if high[at] - low[at] <= SCATTERED * usual {
                continue;
            }
            column.clear();
            column.extend(residuals.iter().skip(at).step_by(stride));
            let ([least, most], median) = fences(column);
            if least <= low[at] && high[at] <= most {
                continue;
            }
            (low[at], high[at]) = (f32::MAX, f32::MIN);
            for entry in residuals.iter_mut().skip(at).step_by(stride) {
                // What is no number lies outside, too.
                if !(least..=most).contains(entry) {
                    *entry = median;
                }
                (low[at], high[at]) = (low[at].min(*entry), high[at].max(*entry));
            }
        }
    }

    /// Collects the neighbours at a finite distance, and their changes less the trend at `key`.
    fn gather(&mut self, known: &Experiences, key: &[f32], (found, weights): (&TopK, &[f32])) {
        self.slots.clear();
        self.centre[..key.len()].copy_from_slice(key);
        let stride = self.estimate.len();
        let usable = || found.iter().take_while(|f| f.distance.is_finite());
        let farthest = usable().last().map_or(0.0, |f| f.distance);
        let slots = usable().map(|f| f.slot);
        self.regression.begin(weights, reach(known, key, slots, farthest));
        for neighbour in usable() {
            known.space.copy_key(neighbour.slot, &mut self.key);
            self.regression.add(&self.centre, &self.key, neighbour.distance, farthest);
            let row = row_at(&mut self.residuals, self.slots.len(), stride);
            let after = known.columns.outcome(neighbour.slot);
            let (before, trend) = (&self.key[..after.len()], &self.trend[..after.len()]);
            let row = &mut row[..after.len()];
            for at in 0..row.len() {
                row[at] = after[at] - before[at] - trend[at];
            }
            self.slots.push(neighbour.slot);
        }
    }

    /// Takes off what the trend changes from `key` to each neighbour.
    fn subtract_trend(&mut self, raw: &[f32]) {
        let Self { kernels, regression, slopes, residuals, .. } = self;
        let stride = self.estimate.len();
        let rows = slopes.chunks_exact_mut(stride).zip(raw.chunks_exact(stride));
        for ((scaled, raw), to_row) in rows.zip(regression.to_row()) {
            let factor = if *to_row > 0.0 { -1.0 / to_row } else { 0.0 };
            scaled.iter_mut().zip(raw).for_each(|(s, r)| *s = r * factor);
        }
        let shape = (regression.to_row().len(), regression.stride());
        let residuals = &mut residuals[..self.slots.len() * stride];
        kernels.combine_each(regression.rows(), shape, slopes, residuals);
    }

    /// What the neighbours say: a line through them, their mean, and the blend of the two.
    fn weigh(&mut self, shares: &[Shares]) {
        let Self { kernels, regression, low, high, line, mean, estimate, .. } = self;
        let residuals = &self.residuals[..self.slots.len() * estimate.len()];
        line.fill(0.0);
        mean.fill(0.0);
        kernels.combine(regression.weights(), residuals, line);
        kernels.combine(regression.kernel(), residuals, mean);
        for (at, shares) in shares.iter().enumerate() {
            line[at] = within(line[at], low[at], high[at], RESIDUAL_MARGIN);
            mean[at] /= regression.kernel_sum();
            estimate[at] = shares.first * line[at] + shares.second * mean[at];
        }
    }

    /// Tells `blend` how the last prediction did, now that `change` came.
    pub(crate) fn teach(&self, blend: &mut Stacking, change: &[f32]) {
        if self.slots.is_empty() {
            return;
        }
        for (at, (change, trend)) in change.iter().zip(&self.trend).enumerate() {
            blend.learn(at, [self.line[at], self.mean[at]], change - trend);
        }
        blend.finish();
    }

    /// Tells `relevance` how the residuals around the last prediction grow along each dimension.
    pub(crate) fn teach_relevance(&mut self, known: &mut Experiences) {
        let Experiences { scale, blend, relevance, .. } = known;
        if !self.has_slopes() {
            return;
        }
        let mix = relevance.draw_mix(scale.change(), blend.shares());
        self.sum_up(mix);
        let slopes = self.regression.slopes_of(&self.targets, SLOPE_RIDGE);
        relevance.learn(slopes.zip(scale.plain_weights()).map(|(slope, w)| slope * slope / w));
    }

    /// Tells `relevance` how the error of the last prediction, which was made by it, grows with the
    /// weight of each dimension, now that `change` came.
    pub(crate) fn refine_relevance(&mut self, known: &mut Experiences, change: &[f32]) {
        let Experiences { scale, blend, relevance, .. } = known;
        if !self.has_slopes() {
            return;
        }
        let predicted = self.trend.iter().zip(&self.estimate).map(|(t, e)| t + e);
        let errors = predicted.zip(change).map(|(predicted, came)| predicted - came);
        let mix = relevance.mix_errors(errors, scale.change(), blend.shares());
        self.sum_up(mix);
        relevance.refine(self.regression.metric_gradient(&self.targets, RIDGE));
    }

    /// Whether there are neighbours enough to tell slopes.
    fn has_slopes(&self) -> bool {
        self.slots.len() >= self.regression.to_row().len() + 2
    }

    /// Sums up the residuals of each neighbour, every sensor's times its entry in `mix`.
    fn sum_up(&mut self, mix: &[f32]) {
        let stride = self.estimate.len();
        let residuals = self.residuals[..self.slots.len() * stride].chunks_exact(stride);
        self.targets.clear();
        self.targets
            .extend(residuals.map(|row| row.iter().zip(mix).map(|(r, m)| r * m).sum::<f32>()));
    }

    /// How the neighbours spread around what was predicted. Where hardly any lies near, the usual
    /// change is the error.
    pub(crate) fn write_error(&mut self, known: &Experiences, out: &mut Prediction) {
        out.knownness = 0.0;
        if self.slots.len() < 2 {
            out.expected_error.copy_from_slice(known.scale.change());
            return;
        }
        let Self { kernels, regression, estimate, spread, .. } = self;
        let residuals = &self.residuals[..self.slots.len() * estimate.len()];
        spread.fill(0.0);
        kernels.spread(regression.kernel(), residuals, estimate, spread);
        for (error, spread) in out.expected_error.iter_mut().zip(spread) {
            *error = (*spread / regression.kernel_sum()).sqrt().min(MAX_MAGNITUDE);
        }
    }

    fn write_reward(&self, columns: &Columns, out: &mut Prediction) {
        let (slots, weights) = (&self.slots, self.regression.weights());
        out.reward = weigh(slots, weights, REWARD_MARGIN, |slot| columns.rewards[slot]);
        let ended = |slot: usize| f32::from(u8::from(columns.ended[slot]));
        out.ended = weigh(slots, weights, 0.0, ended);
    }
}

/// The weighted sum of what is known of `slots`, within its range widened by `margin` of itself.
fn weigh(slots: &[u32], weights: &[f32], margin: f32, value: impl Fn(usize) -> f32) -> f32 {
    let (mut low, mut high, mut estimate) = (f32::MAX, f32::MIN, 0.0);
    for (&slot, weight) in slots.iter().zip(weights) {
        let value = value(slot as usize);
        low = value.min(low);
        high = value.max(high);
        estimate += weight * value;
    }
    within(estimate, low, high, margin)
}

/// Tukey's far fences of some values, of which there is at least one, and their median. Reorders them.
fn fences(values: &mut [f32]) -> ([f32; 2], f32) {
    let (last, quarter) = (values.len() - 1, values.len() / 4);
    let median = *values.select_nth_unstable_by(last / 2, f32::total_cmp).1;
    let (below, above) = values.split_at_mut(last / 2);
    let lower = if quarter < below.len() {
        *below.select_nth_unstable_by(quarter, f32::total_cmp).1
    } else {
        median
    };
    let upper = *above.select_nth_unstable_by(last - quarter - last / 2, f32::total_cmp).1;
    let fence = FENCE * (upper - lower);
    ([lower - fence, upper + fence], median)
}

/// The squared distance of the farthest neighbour by which rows are scaled. Directions may be alike
/// where observations are not: under the cosine metric it is measured sensor by sensor.
pub(crate) fn reach(
    known: &Experiences,
    key: &[f32],
    slots: impl Iterator<Item = u32>,
    farthest: f32,
) -> f32 {
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

/// How well a place is known: 1 where all `k` neighbours are on the spot, 0 where the farthest lies
/// one deviation away in every dimension. The farthest counts and not the nearest: one slow pass
/// would otherwise make everything near it known.
pub(crate) fn knownness(support: &TopK, neighbours: usize, k: usize, dims: usize) -> f32 {
    let Some(farthest) = support.iter().next_back().filter(|_| neighbours > 0) else {
        return 0.0;
    };
    let farthest = farthest.distance;
    let novelty = farthest / dims as f32 * (k as f32 / neighbours as f32);
    1.0 - novelty.min(1.0)
}

#[cfg(test)]
mod tests;
