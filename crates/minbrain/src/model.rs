//! What an action leads to: a local linear model of what the linear prior leaves unexplained.

use minbrain_kernels::{Kernel, ROW, TopK};

use crate::columns::Columns;
use crate::decision::Prediction;
use crate::experiences::Experiences;
use crate::limits::MAX_NEIGHBOURS;
use crate::regression::Regression;

/// Ridge on the slopes of a model of outcomes.
const RIDGE: f32 = 1e-3;
/// How far a residual may leave the range of its neighbours' residuals, as a share of it.
const RESIDUAL_MARGIN: f32 = 0.5;
/// The same for a reward.
const REWARD_MARGIN: f32 = 0.25;

/// Scratch of one prediction.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    kernels: Kernel,
    regression: Regression,
    slots: Vec<u32>,
    keys: Vec<f32>,
    /// The prior's slopes per entry of a regression row, negated: a row for each dimension.
    slopes: Vec<f32>,
    trend: Vec<f32>,
    residual: Vec<f32>,
    range: Vec<Range>,
}

/// What the neighbours say of one value.
#[derive(Clone, Copy, Debug)]
struct Range {
    low: f32,
    high: f32,
    /// Sum by the regression's weights: the estimate.
    estimate: f32,
    /// First and second moment by the kernel.
    moments: [f32; 2],
}

impl Range {
    const EMPTY: Self = Self { low: f32::MAX, high: f32::MIN, estimate: 0.0, moments: [0.0; 2] };

    #[inline]
    fn add(&mut self, value: f32, weight: f32, kernel: f32) {
        self.low = self.low.min(value);
        self.high = self.high.max(value);
        self.estimate += weight * value;
        self.moments[0] += kernel * value;
        self.moments[1] += kernel * value * value;
    }

    /// The estimate, kept within the range widened by `margin` of itself.
    fn within(&self, margin: f32) -> f32 {
        let slack = margin * (self.high - self.low);
        // The bounds are written out since `clamp` panics on an overflown range.
        self.estimate.max(self.low - slack).min(self.high + slack)
    }

    /// Root mean square of the values around `centre`.
    fn spread_around(&self, centre: f32, kernel_sum: f32) -> f32 {
        let [first, second] = self.moments.map(|m| m / kernel_sum);
        (second - 2.0 * centre * first + centre * centre).max(0.0).sqrt()
    }
}

impl Model {
    pub(crate) fn new(kernels: Kernel, sensors: usize, dims: usize) -> Self {
        let stride = sensors.next_multiple_of(ROW);
        Self {
            kernels,
            regression: Regression::new(kernels, dims),
            slots: Vec::with_capacity(MAX_NEIGHBOURS),
            keys: Vec::with_capacity(MAX_NEIGHBOURS * dims),
            slopes: vec![0.0; dims * stride],
            trend: vec![0.0; sensors],
            residual: vec![0.0; stride],
            range: vec![Range::EMPTY; sensors],
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
        self.range.fill(Range::EMPTY);
        if self.slots.is_empty() {
            self.follow_trend(known, key, out);
            return;
        }
        self.regression.solve(RIDGE);
        self.scale_slopes(known.prior.slopes(part));
        self.weigh_outcomes();
        self.write_outcome(known, key, out);
        self.write_reward(&known.columns, out);
    }

    /// Nobody lies near: the trend, with the usual change as its error.
    fn follow_trend(&self, known: &Experiences, key: &[f32], out: &mut Prediction) {
        for ((outcome, trend), now) in out.outcome.iter_mut().zip(&self.trend).zip(key) {
            *outcome = now + trend;
        }
        out.expected_error.copy_from_slice(known.scale.change());
        out.knownness = 0.0;
    }

    /// Collects the neighbours at a finite distance.
    fn gather(&mut self, known: &Experiences, key: &[f32], found: &TopK) {
        self.slots.clear();
        self.keys.clear();
        let usable = || found.iter().filter(|f| f.distance.is_finite());
        let farthest = usable().next_back().map_or(0.0, |f| f.distance);
        self.regression.begin(known.scale.weights(), farthest);
        for neighbour in usable() {
            let start = self.keys.len();
            self.keys.resize(start + key.len(), 0.0);
            known.space.copy_key(neighbour.slot, &mut self.keys[start..]);
            self.regression.add(key, &self.keys[start..], neighbour.distance, farthest);
            // From here on the buffer holds what followed, less what was: the change.
            self.slots.push(neighbour.slot);
            let outcome = known.columns.outcome(neighbour.slot);
            for (value, outcome) in self.keys[start..].iter_mut().zip(outcome) {
                *value = outcome - *value;
            }
        }
    }

    /// The prior's slopes in units of the regression's rows, negated.
    fn scale_slopes(&mut self, raw: &[f32]) {
        let (sensors, stride) = (self.trend.len(), self.residual.len());
        let rows = self.slopes.chunks_exact_mut(stride).zip(raw.chunks_exact(sensors));
        for ((scaled, raw), to_row) in rows.zip(self.regression.to_row()) {
            let factor = if *to_row > 0.0 { -1.0 / to_row } else { 0.0 };
            scaled.iter_mut().zip(raw).for_each(|(s, r)| *s = r * factor);
        }
    }

    /// What the trend leaves of each neighbour's change, weighed.
    fn weigh_outcomes(&mut self) {
        let dims = self.regression.to_row().len();
        for (at, change) in self.keys.chunks_exact(dims).enumerate() {
            for ((left, change), trend) in self.residual.iter_mut().zip(change).zip(&self.trend) {
                *left = change - trend;
            }
            self.kernels.combine(self.regression.row(at), &self.slopes, &mut self.residual);
            let (weight, kernel) = (self.regression.weights()[at], self.regression.kernel()[at]);
            for (range, &residual) in self.range.iter_mut().zip(&self.residual) {
                range.add(residual, weight, kernel);
            }
        }
    }

    fn write_outcome(&self, known: &Experiences, key: &[f32], out: &mut Prediction) {
        let kernel_sum = self.regression.kernel().iter().sum();
        let usual = known.scale.change();
        for (at, range) in self.range.iter().enumerate() {
            let residual = range.within(RESIDUAL_MARGIN);
            let change = self.trend[at] + residual;
            out.outcome[at] = key[at] + change;
            let spread = range.spread_around(residual, kernel_sum);
            out.expected_error[at] = if self.slots.len() < 2 { usual[at] } else { spread };
        }
    }

    fn write_reward(&self, columns: &Columns, out: &mut Prediction) {
        let (mut reward, mut ended) = (Range::EMPTY, Range::EMPTY);
        for (&slot, &weight) in self.slots.iter().zip(self.regression.weights()) {
            reward.add(columns.rewards[slot as usize], weight, 0.0);
            let was_last = columns.ended[slot as usize];
            ended.add(f32::from(u8::from(was_last)), weight, 0.0);
        }
        out.reward = reward.within(REWARD_MARGIN);
        out.ended = ended.within(0.0);
    }
}
