//! The global trend of the reward: a quadratic of the outcome and the action.

use minbrain_kernels::{Kernel, ROW};

use crate::features::{Features, Point};
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::planning::concave::make_concave;

/// Coefficients of the reward.
#[derive(Clone, Debug)]
pub(super) struct RewardTrend {
    pub(super) features: Features,
    kernel: Kernel,
    dims: usize,
    stride: usize,
    constant: f32,
    linear: Vec<f32>,
    /// Half the second derivatives: a symmetric matrix of padded rows, zero if the trend is linear.
    half: Vec<f32>,
    /// All of them, where they bend down: the nearest concave matrix.
    concave: Vec<f32>,
    /// A padded row with one coefficient per feature.
    rows: Vec<f32>,
}

impl RewardTrend {
    pub(super) fn new(kernel: Kernel, dims: usize) -> Self {
        let features = Features::new(dims);
        let stride = dims.next_multiple_of(ROW);
        Self {
            features,
            kernel,
            dims,
            stride,
            constant: 0.0,
            linear: vec![0.0; stride],
            half: vec![0.0; dims * stride],
            concave: vec![0.0; dims * stride],
            rows: vec![0.0; features.count() * ROW],
        }
    }

    /// Takes over one coefficient per feature.
    pub(super) fn assign(&mut self, coefficients: &[f64]) {
        for (row, &value) in self.rows.chunks_exact_mut(ROW).zip(coefficients) {
            row[0] = value as f32;
        }
        let coefficient = |feature: usize| coefficients[feature] as f32;
        self.constant = coefficient(0);
        for dim in 0..self.dims {
            self.linear[dim] = coefficient(1 + dim);
        }
        if self.features.is_quadratic() {
            for i in 0..self.dims {
                for j in i..self.dims {
                    let value = coefficient(self.features.product(i, j));
                    let share = if i == j { value } else { 0.5 * value };
                    self.half[i * self.stride + j] = share;
                    self.half[j * self.stride + i] = share;
                }
            }
        }
        self.concave.iter_mut().zip(&self.half).for_each(|(to, half)| *to = 2.0 * half);
        make_concave(self.dims, self.stride, &mut self.concave);
    }

    /// A padded row with one coefficient for each feature.
    pub(super) fn rows(&self) -> &[f32] {
        &self.rows
    }

    /// The reward at `point`.
    pub(super) fn value(&self, point: &Point) -> f32 {
        let mut slopes: Point = [0.0; _];
        let slopes = &mut slopes[..self.stride];
        slopes.copy_from_slice(&self.linear);
        self.kernel.combine(&point[..self.dims], &self.half, slopes);
        self.constant + slopes.iter().zip(point).map(|(s, p)| s * p).sum::<f32>()
    }

    /// Adds how the reward grows with each dimension at `point`.
    pub(super) fn add_gradient(&self, point: &Point, to: &mut [f32]) {
        to.iter_mut().zip(&self.linear).for_each(|(to, linear)| *to += linear);
        let mut doubled = *point;
        doubled.iter_mut().for_each(|value| *value *= 2.0);
        self.kernel.combine(&doubled[..self.dims], &self.half, to);
    }

    /// Second derivatives, none of them upwards: a matrix of padded rows.
    pub(super) fn concave(&self) -> &[f32] {
        &self.concave
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        print.floats(&self.rows);
    }
}

image!(RewardTrend keeps constant linear half concave rows; not features kernel dims stride);
