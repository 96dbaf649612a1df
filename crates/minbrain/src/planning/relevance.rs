//! Which dimensions matter for the reward: a metric that is learned while living.
//!
//! Metric learning for kernel regression (Weinberger and Tesauro 2007), by stochastic gradient: the
//! reward of some experience is predicted from random others, weighed by a Gaussian kernel, and the
//! weights of the metric follow the gradient of the squared error.

use crate::features::Point;
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::seed::Random;

/// With so many others a reward is predicted.
pub(super) const CANDIDATES: usize = 256;
/// After so many predictions the metric takes a step.
const BATCH: u32 = 4;
/// Length of a step, on the logarithm of a weight.
const RATE: f32 = 0.05;
/// Share of the newest in the running square of the gradient.
const SQUARES_RATE: f32 = 0.05;
/// Bounds of the logarithm of a weight.
const BOUNDS: (f32, f32) = (-6.0, 8.0);
/// Least weight, as a share of the largest.
const LEAST_WEIGHT: f32 = 1e-4;

/// Weights of the metric, and the gradient that is being summed up.
#[derive(Clone, Debug)]
pub(super) struct Relevance {
    dims: usize,
    logarithms: Vec<f32>,
    weights: Vec<f32>,
    gradient: Vec<f32>,
    squares: Vec<f32>,
    count: u32,
    points: Vec<Point>,
    rewards: Vec<f32>,
    closeness: Vec<f32>,
}

impl Relevance {
    pub(super) fn new(dims: usize) -> Self {
        Self {
            dims,
            logarithms: vec![0.0; dims],
            weights: vec![1.0; dims],
            gradient: vec![0.0; dims],
            squares: vec![1e-4; dims],
            count: 0,
            points: vec![[0.0; _]; CANDIDATES],
            rewards: vec![0.0; CANDIDATES],
            closeness: vec![0.0; CANDIDATES],
        }
    }

    /// The metric: a weight for each dimension, 1 the largest.
    pub(super) fn write_weights(&self, out: &mut [f32]) {
        let largest = self.logarithms.iter().copied().fold(f32::MIN, f32::max);
        for (out, logarithm) in out.iter_mut().zip(&self.logarithms) {
            *out = (logarithm - largest).exp().max(LEAST_WEIGHT);
        }
    }

    /// Learns from one random experience among `count`, predicted from random others. `read` writes
    /// where an experience lies and returns its reward, or nothing if it is gone.
    pub(super) fn learn(
        &mut self,
        count: usize,
        random: &mut Random,
        mut read: impl FnMut(usize, &mut Point) -> Option<f32>,
    ) {
        let mut point: Point = [0.0; _];
        let own = random.below(count);
        let Some(reward) = read(own, &mut point) else { return };
        let mut found = 0;
        for _ in 0..CANDIDATES {
            let other = random.below(count);
            if other == own {
                continue;
            }
            if let Some(reward) = read(other, &mut self.points[found]) {
                self.rewards[found] = reward;
                found += 1;
            }
        }
        if found > 1 {
            self.descend(&point, reward, found);
        }
    }

    /// Adds the gradient of one squared error; every few times, takes a step.
    fn descend(&mut self, point: &Point, reward: f32, found: usize) {
        let (dims, weights) = (self.dims, &self.weights);
        let mut nearest = f32::MAX;
        for (to, other) in self.closeness.iter_mut().zip(&self.points[..found]) {
            *to = (0..dims).map(|dim| weights[dim] * (point[dim] - other[dim]).powi(2)).sum();
            nearest = nearest.min(*to);
        }
        let (mut total, mut sum) = (0.0, 0.0);
        for (closeness, reward) in self.closeness[..found].iter_mut().zip(&self.rewards) {
            *closeness = (nearest - *closeness).exp();
            total += *closeness;
            sum += *closeness * reward;
        }
        let predicted = sum / total;
        let error = reward - predicted;
        for at in 0..found {
            let pull = 2.0 * error * (self.rewards[at] - predicted) * self.closeness[at] / total;
            let other = &self.points[at];
            for dim in 0..dims {
                let off = point[dim] - other[dim];
                self.gradient[dim] += pull * weights[dim] * off * off;
            }
        }
        self.count += 1;
        if self.count == BATCH {
            self.step();
        }
    }

    /// A step against the gradient, in units of its running size.
    fn step(&mut self) {
        self.count = 0;
        for dim in 0..self.dims {
            let gradient = std::mem::take(&mut self.gradient[dim]) / BATCH as f32;
            let square = gradient * gradient;
            if !square.is_finite() {
                continue;
            }
            self.squares[dim] += SQUARES_RATE * (square - self.squares[dim]);
            let step = RATE * gradient / (self.squares[dim].sqrt() + 1e-8);
            let logarithm = (self.logarithms[dim] - step).clamp(BOUNDS.0, BOUNDS.1);
            self.logarithms[dim] = logarithm;
            self.weights[dim] = logarithm.exp();
        }
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        print.floats(&self.logarithms);
        print.floats(&self.squares);
        print.floats(&self.gradient);
        print.word(u64::from(self.count));
    }
}

image!(Relevance keeps logarithms weights gradient squares count; not dims points rewards closeness);
