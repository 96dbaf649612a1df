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
/// One more than there are neighbours at most: an experience that is predicted from the others is
/// looked up with them.
const MOST_ROWS: usize = MAX_NEIGHBOURS + 1;

/// Scratch and result of one fit. Vectors of dimensions are padded with zeros to whole vectors of
/// the processor.
#[derive(Clone, Debug)]
pub(crate) struct Regression {
    kernels: Kernel,
    dims: usize,
    stride: usize,
    /// One row per neighbour: its place in bandwidths, relative to the point, and once the fit is
    /// solved to the neighbours' mean. What lies behind the last neighbour's row is older.
    rows: Vec<f32>,
    kernel: Vec<f32>,
    kernel_sum: f32,
    weights: Vec<f32>,
    /// Factor by which a dimension's raw difference becomes its entry in a row.
    to_row: Vec<f32>,
    /// The neighbours' mean.
    mean: Vec<f32>,
    normal: Vec<f32>,
    right: Vec<f32>,
    slopes: Vec<f32>,
    /// What a plane through targets says of each, relative to their mean.
    fitted: Vec<f32>,
    gradient: Vec<f32>,
}

impl Regression {
    pub(crate) fn new(kernels: Kernel, dims: usize) -> Self {
        let stride = dims.next_multiple_of(ROW);
        let row = || vec![0.0; stride];
        Self {
            kernels,
            dims,
            stride,
            rows: Vec::with_capacity(MOST_ROWS * stride),
            kernel: Vec::with_capacity(MOST_ROWS),
            kernel_sum: 0.0,
            weights: Vec::with_capacity(MOST_ROWS),
            to_row: row(),
            mean: row(),
            normal: vec![0.0; if dims > MAX_SLOPE_DIMS { 0 } else { stride * stride }],
            right: row(),
            slopes: row(),
            fitted: Vec::with_capacity(MOST_ROWS),
            gradient: row(),
        }
    }

    /// Starts a fit at the point whose farthest neighbour lies at squared distance `reach`, by
    /// these weights.
    pub(crate) fn begin(&mut self, metric_weights: &[f32], reach: f32) {
        let inverse_bandwidth = 1.0 / (REACH * reach + f32::MIN_POSITIVE).sqrt();
        for (to_row, weight) in self.to_row.iter_mut().zip(metric_weights) {
            *to_row = weight.sqrt() * inverse_bandwidth;
        }
        self.kernel.clear();
        self.kernel_sum = 0.0;
    }

    /// Adds a neighbour at `key`, `distance` away from the point at `centre`; both are padded.
    pub(crate) fn add(&mut self, centre: &[f32], key: &[f32], distance: f32, farthest: f32) {
        let row = row_at(&mut self.rows, self.kernel.len(), self.stride);
        let kernel = kernel(distance, farthest);
        self.kernel.push(kernel);
        self.kernel_sum += kernel;
        let (centre, key) = (&centre[..self.stride], &key[..self.stride]);
        let (row, to_row) = (&mut row[..self.stride], &self.to_row[..self.stride]);
        for dim in 0..row.len() {
            row[dim] = (key[dim] - centre[dim]) * to_row[dim];
        }
    }

    /// Solves for the weights, with `ridge` on the slopes as a share of the kernel's sum. Cost:
    /// `n dims^2 / 2 + dims^3 / 6` multiplications.
    ///
    /// The intercept is eliminated by hand: rows relative to their mean `m` leave it alone, and at
    /// the point it is `1 / sum(k)` less what the slopes make of `m`.
    pub(crate) fn solve(&mut self, ridge: f32) -> &[f32] {
        let Self { kernels, stride, kernel, mean, normal, right, slopes, weights, .. } = self;
        let (count, inverse) = (kernel.len(), 1.0 / self.kernel_sum);
        weights.clear();
        mean.fill(0.0);
        if count < 2 || self.dims > MAX_SLOPE_DIMS {
            weights.extend(kernel.iter().map(|k| k * inverse));
            return weights;
        }
        let rows = &mut self.rows[..count * *stride];
        kernels.combine(kernel, rows, mean);
        for (mean, right) in mean.iter_mut().zip(&mut *right) {
            *mean *= inverse;
            *right = -*mean;
        }
        for row in rows.chunks_exact_mut(*stride) {
            row.iter_mut().zip(&*mean).for_each(|(entry, mean)| *entry -= mean);
        }
        let shape = (self.dims, *stride);
        kernels.normal_equations(rows, kernel, shape, normal);
        for dim in 0..self.dims {
            normal[dim * *stride + dim] += ridge * self.kernel_sum;
        }
        kernels.solve(shape, normal, right, slopes);
        weights.resize(count, 0.0);
        kernels.project(rows, slopes, weights);
        for (weight, kernel) in weights.iter_mut().zip(kernel) {
            *weight = *kernel * (inverse + *weight);
        }
        weights
    }

    /// The slopes of `targets`, one per neighbour, in raw units, once [`solve`](Self::solve) was
    /// called; `ridge` as there. Costs as much.
    pub(crate) fn slopes_of<'a>(
        &'a mut self,
        targets: &[f32],
        ridge: f32,
    ) -> impl Iterator<Item = f32> + Clone + 'a {
        self.fit_plane(targets, ridge);
        self.slopes.iter().zip(&self.to_row[..self.dims]).map(|(slope, to_row)| slope * to_row)
    }

    /// How the prediction of `targets`, one per neighbour, grows with the logarithm of each
    /// dimension's weight in the distance, once [`solve`](Self::solve) was called with this `ridge`.
    /// Costs as much.
    ///
    /// With the kernel `k_j` of a neighbour the prediction grows by `w_j / k_j` times what a plane
    /// through the targets leaves of its own, `w_j` being its weight. And the kernel falls with the
    /// distance, in units of the last neighbour's, which must be the farthest.
    pub(crate) fn metric_gradient(&mut self, targets: &[f32], ridge: f32) -> &[f32] {
        self.fit_plane(targets, ridge);
        let level = self.project_plane(targets);
        let Self { stride, rows, kernel, weights, mean, fitted, gradient, .. } = self;
        let rows = &rows[..kernel.len() * *stride];
        gradient.fill(0.0);
        let mut of_last = 0.0;
        let neighbours = rows.chunks_exact(*stride).zip(&*kernel).zip(&*weights);
        for (((row, kernel), weight), (target, fitted)) in
            neighbours.zip(targets.iter().zip(fitted))
        {
            let near = (kernel - KERNEL_FLOOR).max(0.0).sqrt();
            let pull = -2.0 * near * (weight / kernel) * (target - level - *fitted);
            add_squares(gradient, (row, mean), pull);
            of_last -= pull * (1.0 - near) * REACH;
        }
        let last = &rows[rows.len().saturating_sub(*stride)..];
        add_squares(gradient, (last, mean), of_last);
        &self.gradient[..self.dims]
    }

    /// The mean square of what a plane through `targets`, one per neighbour, leaves of them, by the
    /// kernel, once [`solve`](Self::solve) was called; `ridge` as there. Costs as much. Above
    /// [`MAX_SLOPE_DIMS`] dimensions their variance.
    pub(crate) fn unexplained(&mut self, targets: &[f32], ridge: f32) -> f32 {
        self.slopes.fill(0.0);
        if self.dims <= MAX_SLOPE_DIMS && targets.len() > 1 {
            self.fit_plane(targets, ridge);
        }
        let level = self.project_plane(targets);
        let each = self.kernel.iter().zip(targets).zip(&self.fitted);
        let squares = each.map(|((kernel, target), fit)| kernel * (target - level - fit).powi(2));
        squares.sum::<f32>() / self.kernel_sum
    }

    /// What the plane that was fitted last says of each neighbour, relative to the mean of
    /// `targets`, which it returns.
    fn project_plane(&mut self, targets: &[f32]) -> f32 {
        let Self { kernels, stride, rows, kernel, slopes, fitted, .. } = self;
        let level = kernel.iter().zip(targets).map(|(k, t)| k * t).sum::<f32>() / self.kernel_sum;
        fitted.clear();
        fitted.resize(kernel.len(), 0.0);
        kernels.project(&rows[..kernel.len() * *stride], slopes, fitted);
        level
    }

    /// Fits a plane to `targets`: its slopes in the units of the rows.
    fn fit_plane(&mut self, targets: &[f32], ridge: f32) {
        let Self { kernels, stride, rows, kernel, normal, right, slopes, .. } = self;
        let rows = &rows[..kernel.len() * *stride];
        right.fill(0.0);
        for ((row, kernel), target) in rows.chunks_exact(*stride).zip(&*kernel).zip(targets) {
            let pull = kernel * target;
            right.iter_mut().zip(row).for_each(|(right, entry)| *right += pull * entry);
        }
        let shape = (self.dims, *stride);
        kernels.normal_equations(rows, kernel, shape, normal);
        for dim in 0..self.dims {
            normal[dim * *stride + dim] += ridge * self.kernel_sum;
        }
        kernels.solve(shape, normal, right, slopes);
    }

    /// Adds to `to` the sum of the neighbours' differences from the point by their weights, in raw
    /// units, once [`solve`](Self::solve) was called.
    pub(crate) fn combine_rows(&self, to: &mut [f32]) {
        let rows = self.rows[..self.kernel.len() * self.stride].chunks_exact(self.stride);
        for (row, weight) in rows.zip(&self.weights) {
            for ((to, entry), mean) in to.iter_mut().zip(row).zip(&self.mean) {
                *to += weight * (entry + mean);
            }
        }
        for (to, factor) in to.iter_mut().zip(&self.to_row) {
            *to = if *factor > 0.0 { *to / factor } else { 0.0 };
        }
    }

    /// The weights found by the last [`solve`](Self::solve).
    pub(crate) fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// The kernel: how near each neighbour is, whatever its direction.
    pub(crate) fn kernel(&self) -> &[f32] {
        &self.kernel
    }

    /// The sum of the kernel.
    pub(crate) fn kernel_sum(&self) -> f32 {
        self.kernel_sum
    }

    /// The neighbours' rows, one after the other, until [`solve`](Self::solve) moves them.
    pub(crate) fn rows(&self) -> &[f32] {
        &self.rows[..self.kernel.len() * self.stride]
    }

    /// Values per row: the dimensions, padded.
    pub(crate) fn stride(&self) -> usize {
        self.stride
    }

    /// Factor by which a dimension's raw difference becomes its entry in a row.
    pub(crate) fn to_row(&self) -> &[f32] {
        &self.to_row[..self.dims]
    }
}

/// Adds `factor` times the squares of `row + mean` to `sums`.
fn add_squares(sums: &mut [f32], (row, mean): (&[f32], &[f32]), factor: f32) {
    for ((sum, entry), mean) in sums.iter_mut().zip(row).zip(mean) {
        *sum += factor * (entry + mean) * (entry + mean);
    }
}

/// The row in place `at`, made if it is a new one: what an old one held stays until it is written.
#[inline]
pub(crate) fn row_at(rows: &mut Vec<f32>, at: usize, stride: usize) -> &mut [f32] {
    if rows.len() < (at + 1) * stride {
        rows.resize((at + 1) * stride, 0.0);
    }
    &mut rows[at * stride..][..stride]
}

/// How many neighbours a regression in so many dimensions asks for: twice its unknowns and four more.
pub(crate) fn neighbours_for(dims: usize) -> usize {
    (2 * (dims + 1) + 4).min(MAX_NEIGHBOURS)
}

/// How much a neighbour counts that lies `distance` away, where the last one lies `farthest` away.
pub(crate) fn kernel(distance: f32, farthest: f32) -> f32 {
    let near = 1.0 - distance / (REACH * farthest + f32::MIN_POSITIVE);
    near * near + KERNEL_FLOOR
}

#[cfg(test)]
mod tests;
