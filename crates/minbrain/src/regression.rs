//! Local linear regression at a point, as weights of its neighbours.
//!
//! The prediction is linear in what the neighbours hold, so the fit is done once and gives one
//! weight per neighbour (the equivalent kernel; Hastie, Tibshirani and Friedman, "The Elements of
//! Statistical Learning", 6.1). Any number of columns can then be predicted by the same weights.

use minbrain_kernels::{Kernel, ROW};

use crate::limits::{MAX_NEIGHBOURS, MAX_SLOPE_DIMS};

/// The bandwidth reaches beyond the last neighbour by this factor, so that it still has a say.
const REACH: f32 = 1.2;
/// Least kernel weight: keeps the normal equations regular when all but one neighbour lie far.
const KERNEL_FLOOR: f32 = 1e-4;
/// Ridge on the intercept, against exactly singular equations.
const INTERCEPT_RIDGE: f32 = 1e-6;

/// Scratch and result of one fit.
#[derive(Clone, Debug)]
pub(crate) struct Regression {
    kernels: Kernel,
    dims: usize,
    /// Unknowns, rounded up to whole vectors.
    stride: usize,
    /// One row per neighbour: its place relative to the point, in bandwidths, then a 1.
    rows: Vec<f32>,
    kernel: Vec<f32>,
    weights: Vec<f32>,
    /// Factor by which a dimension's raw difference becomes its entry in a row.
    to_row: Vec<f32>,
    normal: Vec<f32>,
    solution: Vec<f32>,
}

impl Regression {
    pub(crate) fn new(kernels: Kernel, dims: usize) -> Self {
        let stride = (dims + 1).next_multiple_of(ROW);
        Self {
            kernels,
            dims,
            stride,
            rows: Vec::with_capacity(MAX_NEIGHBOURS * stride),
            kernel: Vec::with_capacity(MAX_NEIGHBOURS),
            weights: Vec::with_capacity(MAX_NEIGHBOURS),
            to_row: vec![0.0; dims],
            normal: vec![0.0; stride * stride],
            solution: vec![0.0; stride],
        }
    }

    /// Starts a fit at the point whose farthest neighbour lies at squared distance `reach`, by
    /// these weights.
    pub(crate) fn begin(&mut self, metric_weights: &[f32], reach: f32) {
        let inverse_bandwidth = 1.0 / (REACH * reach + f32::MIN_POSITIVE).sqrt();
        for (to_row, weight) in self.to_row.iter_mut().zip(metric_weights) {
            *to_row = weight.sqrt() * inverse_bandwidth;
        }
        self.rows.clear();
        self.kernel.clear();
    }

    /// Adds a neighbour at `key`, `distance` away from the point at `centre`.
    pub(crate) fn add(&mut self, centre: &[f32], key: &[f32], distance: f32, farthest: f32) {
        let near = 1.0 - distance / (REACH * farthest + f32::MIN_POSITIVE);
        self.kernel.push(near * near + KERNEL_FLOOR);
        let row = self.rows.len();
        self.rows.resize(row + self.stride, 0.0);
        let row = &mut self.rows[row..];
        for (entry, ((k, c), to_row)) in
            row.iter_mut().zip(key.iter().zip(centre).zip(&self.to_row))
        {
            *entry = (k - c) * to_row;
        }
        row[self.dims] = 1.0;
    }

    /// Solves for the weights, with `ridge` on the slopes as a share of the kernel's sum. Cost:
    /// `n dims^2 / 2 + dims^3 / 6` multiplications.
    pub(crate) fn solve(&mut self, ridge: f32) -> &[f32] {
        self.weights.clear();
        let sum: f32 = self.kernel.iter().sum();
        if self.kernel.len() < 2 || self.dims > MAX_SLOPE_DIMS {
            self.weights.extend(self.kernel.iter().map(|k| k / sum));
            return &self.weights;
        }
        // X' K X; the intercept is the last unknown.
        self.normal.fill(0.0);
        let shape = (self.dims + 1, self.stride);
        self.kernels.normal_equations(&self.rows, &self.kernel, shape, &mut self.normal);
        for dim in 0..self.dims {
            self.normal[dim * self.stride + dim] += ridge * sum;
        }
        self.normal[self.dims * self.stride + self.dims] += INTERCEPT_RIDGE * sum;
        self.kernels.factorise(shape, &mut self.normal);
        self.substitute();
        self.weights.resize(self.kernel.len(), 0.0);
        self.kernels.project(&self.rows, &self.solution, &mut self.weights);
        self.weights.iter_mut().zip(&self.kernel).for_each(|(weight, kernel)| *weight *= kernel);
        &self.weights
    }

    /// The weights found by the last [`solve`](Self::solve).
    pub(crate) fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// The kernel: how near each neighbour is, whatever its direction.
    pub(crate) fn kernel(&self) -> &[f32] {
        &self.kernel
    }

    /// The row of a neighbour, without the 1.
    pub(crate) fn row(&self, neighbour: usize) -> &[f32] {
        &self.rows[neighbour * self.stride..][..self.dims]
    }

    /// Factor by which a dimension's raw difference becomes its entry in a row.
    pub(crate) fn to_row(&self) -> &[f32] {
        &self.to_row
    }

    /// Solves `U' U z = e`, where `e` picks the intercept: the last unknown, so that the forward
    /// half is one number.
    fn substitute(&mut self) {
        self.solution.fill(0.0);
        let last = self.dims;
        self.solution[last] = self.normal[last * self.stride + last];
        for at in (0..=last).rev() {
            let row = &self.normal[at * self.stride..][at..=last];
            let (inverse, factors) = (row[0], &row[1..]);
            let known: f32 = factors.iter().zip(&self.solution[at + 1..]).map(|(u, z)| u * z).sum();
            self.solution[at] = (self.solution[at] - known) * inverse;
        }
    }
}

#[cfg(test)]
mod tests;
