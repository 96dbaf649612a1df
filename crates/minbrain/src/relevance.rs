//! Which dimensions matter for what happens: learned from slopes, refined by errors, and used where
//! it helps.
//!
//! A dimension matters if what the linear prior leaves unexplained grows along it. So the local
//! slopes of those residuals are looked at, squared and averaged: a sensor whose effect is linear,
//! or that has none, weighs little in the distance, and neighbours are found along the others.
//! That is soon known and coarse. So predictions that were made by these weights refine them: each
//! steps against the gradient of its error (as in metric learning for kernel regression, Weinberger
//! and Tesauro 2007).
//! Whether that predicts better differs from robot to robot. So now and then a prediction is also
//! made by the weights that are not in use, and the better ones are taken.

use crate::config::Config;
use crate::decision::{Outcome, Prediction};
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::limits::MAX_SLOPE_DIMS;
use crate::metric::Metric;
use crate::scale::Scale;
use crate::seed::Random;
use crate::stacking::Shares;

/// Weight of a dimension along which nothing changes, as a share of the average.
const FLOOR: f32 = 0.1;
/// Share of the newest in the running squared slopes, once a thousand are in: what matters in the
/// whole life, and not just where the robot happens to be.
const RATE: f32 = 0.001;
/// Length of a step that refines, on the logarithm of a weight.
const STEP: f32 = 0.02;
/// Most that refining changes the logarithm of a weight by.
const MOST_REFINED: f32 = 2.0;
/// Share of the newest in the running square of the gradient, once a hundred are in.
const SQUARE_RATE: f32 = 0.01;
/// Most that an error, and an entry of a gradient, counts for, in units of the usual change and entry.
const MOST_UNITS: f32 = 3.0;
/// Most that a squared slope counts for, in units of the average one, once those are known.
const MOST_SQUARES: f32 = 100.0;
/// Slopes are looked at in one cycle of so many, and the weights compared and refined in another.
const PERIOD: u64 = 4;
/// In which of them the weights are compared.
const COMPARED_AT: u64 = 2;
/// Slopes that are seen before the weights that follow from them are compared and refined.
const FEWEST_SLOPES: f32 = 50.0;

/// Running squared slopes, what refines them, and the weights that follow.
#[derive(Clone, Debug)]
pub(crate) struct Relevance {
    /// Whether there is a distance to weigh, and slopes to weigh it by.
    is_kept: bool,
    squares: Vec<f32>,
    factors: Vec<f32>,
    /// What each sensor's residual counts for in the sum that is looked at.
    mix: Vec<f32>,
    signs: Random,
    learned: f32,
    /// What refining adds to the logarithm of each weight.
    refined: Vec<f32>,
    /// Running mean square of an entry of the gradient.
    gradient_square: f32,
    refinements: f32,
    cycles: u64,
    gate: Gate,
}

impl Relevance {
    pub(crate) fn new(config: &Config) -> Self {
        let (sensors, dims) = (config.sensors, config.key_dims());
        Self {
            is_kept: config.metric == Metric::Euclidean && dims <= MAX_SLOPE_DIMS,
            squares: vec![0.0; dims],
            factors: vec![1.0; dims],
            mix: vec![0.0; sensors],
            signs: Random::new(0),
            learned: 0.0,
            refined: vec![0.0; dims],
            gradient_square: 0.0,
            refinements: 0.0,
            cycles: 0,
            gate: Gate::new(sensors),
        }
    }

    /// Begins a cycle.
    pub(crate) fn begin(&mut self) {
        self.cycles += 1;
    }

    /// Whether slopes are looked at in this cycle.
    pub(crate) fn is_learning(&self) -> bool {
        self.is_kept && self.cycles.is_multiple_of(PERIOD)
    }

    /// Whether the weights are compared and refined in this cycle.
    pub(crate) fn is_comparing(&self) -> bool {
        self.is_kept && self.learned >= FEWEST_SLOPES && self.cycles % PERIOD == COMPARED_AT
    }

    /// What the weight of each dimension is to be multiplied by; 1 on average.
    pub(crate) fn factors(&self) -> &[f32] {
        &self.factors
    }

    /// Whether they are used.
    pub(crate) fn is_used(&self) -> bool {
        self.gate.is_open
    }

    /// Draws the mix of sensors whose slopes are looked at next: a sum in units of their changes
    /// with random signs. Its squared slope is on average the sum of the squared slopes (as in
    /// Hutchinson's estimate of a trace), for the price of one. What neighbours cannot tell of a
    /// sensor does not count: noise has slopes too.
    pub(crate) fn draw_mix(&mut self, change: &[f32], shares: &[Shares]) -> &[f32] {
        for ((mix, &change), shares) in self.mix.iter_mut().zip(change).zip(shares) {
            let told = shares.first + shares.second;
            let sign = if self.signs.below(2) == 0 { 1.0 } else { -1.0 };
            *mix = if change > 0.0 { sign * told / change } else { 0.0 };
        }
        &self.mix
    }

    /// Learns from squared slopes along each dimension, per deviation.
    pub(crate) fn learn(&mut self, squares: impl Iterator<Item = f32> + Clone) {
        if !squares.clone().all(f32::is_finite) {
            return;
        }
        self.learned += 1.0;
        let rate = (1.0 / self.learned).max(RATE);
        let average = self.squares.iter().sum::<f32>() / self.squares.len() as f32;
        let is_known = self.learned > FEWEST_SLOPES && average.is_normal();
        let most = if is_known { MOST_SQUARES * average } else { f32::MAX };
        for (mean, square) in self.squares.iter_mut().zip(squares) {
            *mean += rate * (square.min(most) - *mean);
        }
        self.weigh();
    }

    /// What the error of each sensor counts for in what is to become less: half its square, in units
    /// of its usual `change`, times the share of the local line.
    pub(crate) fn mix_errors(
        &mut self,
        errors: impl Iterator<Item = f32>,
        change: &[f32],
        shares: &[Shares],
    ) -> &[f32] {
        for (((mix, error), change), shares) in
            self.mix.iter_mut().zip(errors).zip(change).zip(shares)
        {
            let pull = (error / change).clamp(-MOST_UNITS, MOST_UNITS) / change;
            *mix = if pull.is_finite() { shares.first * pull } else { 0.0 };
        }
        &self.mix
    }

    /// Takes a step against the gradient of an error, in units of its usual size.
    pub(crate) fn refine(&mut self, gradient: &[f32]) {
        let square = gradient.iter().map(|g| g * g).sum::<f32>() / gradient.len() as f32;
        if !square.is_normal() {
            return;
        }
        self.refinements += 1.0;
        let rate = (1.0 / self.refinements).max(SQUARE_RATE);
        self.gradient_square += rate * (square - self.gradient_square);
        let unit = self.gradient_square.sqrt();
        for (refined, gradient) in self.refined.iter_mut().zip(gradient) {
            let step = STEP * (gradient / unit).clamp(-MOST_UNITS, MOST_UNITS);
            *refined = (*refined - step).clamp(-MOST_REFINED, MOST_REFINED);
        }
        self.weigh();
    }

    /// Puts slopes and refinement together: 1 on average.
    fn weigh(&mut self) {
        let dims = self.squares.len() as f32;
        let average = self.squares.iter().sum::<f32>() / dims;
        let each = self.squares.iter().zip(&self.refined);
        for (factor, (square, refined)) in self.factors.iter_mut().zip(each) {
            let share = if average.is_normal() { square / average } else { 1.0 };
            *factor = (FLOOR + (1.0 - FLOOR) * share) * refined.exp();
        }
        let average = self.factors.iter().sum::<f32>() / dims;
        self.factors.iter_mut().for_each(|factor| *factor /= average);
    }

    /// Compares what was predicted with what the weights that are not in use would have.
    pub(crate) fn compare(
        &mut self,
        used: &Prediction,
        other: &Prediction,
        scale: &Scale,
        came: Outcome<'_>,
    ) {
        self.gate.compare([used, other], scale, came);
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.floats(&self.squares);
        print.floats(&[self.learned, self.gradient_square, self.refinements]);
        print.floats(&self.refined);
        print.word(self.cycles);
        self.signs.fingerprint(print);
        self.gate.fingerprint(print);
    }
}

/// Share of the newest in the running errors, once a hundred are in.
const GATE_RATE: f32 = 0.01;
/// Comparisons before one of them counts.
const FEWEST_COMPARISONS: f32 = 20.0;
/// The other weights are taken once they make squared errors smaller by this much, as a mean of
/// logarithms over the sensors. A smaller gain does not pay: what values depend on may be something
/// that outcomes do not depend on (docs/learning.md, "What relevance was tried with").
const LEAST_GAIN: f32 = 0.05;
/// Squared errors below this, in units of the usual change, are all alike: what is predicted to one
/// part in a hundred is known.
const LEAST_ERROR: f32 = 1e-4;
/// Largest error that counts, in units of the usual change.
const MOST_ERROR: f32 = 10.0;

/// Which weights predict better.
#[derive(Clone, Debug)]
struct Gate {
    /// Running squared errors by the weights in use and by the others: of each sensor in units of
    /// its change, and last of the reward in units of its deviation.
    errors: [Vec<f32>; 2],
    compared: f32,
    is_open: bool,
}

impl Gate {
    fn new(sensors: usize) -> Self {
        let zeros = || vec![0.0; sensors + 1];
        Self { errors: [zeros(), zeros()], compared: 0.0, is_open: false }
    }

    /// Learns how two predictions did; changes sides if the others do better.
    fn compare(&mut self, by: [&Prediction; 2], scale: &Scale, came: Outcome<'_>) {
        self.compared += 1.0;
        let rate = (1.0 / self.compared).max(GATE_RATE);
        for (running, prediction) in self.errors.iter_mut().zip(by) {
            let outcome = prediction.outcome.iter().zip(came.observation).zip(scale.change());
            let sensed = outcome.map(|((p, c), &unit)| squared(p - c, unit));
            let earned = squared(prediction.reward - came.reward, scale.reward_deviation());
            for (mean, error) in running.iter_mut().zip(sensed.chain([earned])) {
                *mean += rate * (error - *mean);
            }
        }
        if self.compared >= FEWEST_COMPARISONS && self.gain() > LEAST_GAIN {
            self.is_open = !self.is_open;
            self.errors.swap(0, 1);
        }
    }

    /// By how much the weights that are not in use do better: every sensor has the same say.
    fn gain(&self) -> f32 {
        let [used, other] = &self.errors;
        let each = used.iter().zip(other);
        let sum: f32 = each.map(|(u, o)| ((u + LEAST_ERROR) / (o + LEAST_ERROR)).ln()).sum();
        sum / used.len() as f32
    }

    fn fingerprint(&self, print: &mut Fingerprint) {
        self.errors.iter().for_each(|errors| print.floats(errors));
        print.floats(&[self.compared]);
        print.word(u64::from(self.is_open));
    }
}

/// The squared error in these units; 0 where there is no unit yet.
fn squared(error: f32, unit: f32) -> f32 {
    let ratio = if unit > 0.0 { (error / unit).clamp(-MOST_ERROR, MOST_ERROR) } else { 0.0 };
    if ratio.is_finite() { ratio * ratio } else { MOST_ERROR * MOST_ERROR }
}

image!(Relevance keeps squares factors signs learned refined gradient_square refinements cycles gate;
    not is_kept mix);
image!(Gate keeps errors compared is_open; not);

#[cfg(test)]
mod tests;
