//! A local line through what a trend leaves unexplained near a point.

use minbrain_kernels::{Kernel, Probe, ROW, TopK};

use crate::features::{Features, Point};
use crate::planning::frame::Frame;
use crate::regression::neighbours_for;
use crate::space::{Among, Space};

/// Ridge on the slopes, as a share of the kernel's sum.
const RIDGE: f32 = 0.01;
/// Ridge on the intercept: keeps the equations regular.
const INTERCEPT_RIDGE: f32 = 1e-6;
/// The bandwidth reaches beyond the last neighbour by this factor.
const REACH: f32 = 1.2;
/// Least kernel weight.
const KERNEL_FLOOR: f32 = 1e-4;
/// Least squared bandwidth: keeps slopes finite where all neighbours lie on the spot.
const LEAST_REACH: f32 = 1e-12;

/// Where to fit, and by which weights things are near; in units of plans.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) frame: &'a Frame,
    pub(super) point: &'a Point,
    pub(super) weights: &'a [f32],
    /// The same weights for raw values.
    pub(super) raw_weights: &'a [f32],
}

/// Scratch and result of one fit of several outputs.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    kernel: Kernel,
    dims: usize,
    outputs: usize,
    features: Features,
    /// Values per row of unknowns: the intercept and a slope for each dimension, padded.
    stride: usize,
    neighbours: usize,
    found: TopK,
    /// A row for each neighbour: 1, and its place in bandwidths.
    rows: Vec<f32>,
    /// Squared distances, then kernel weights.
    weights: Vec<f32>,
    /// Factor from units of plans to bandwidths, for each dimension.
    scale: Vec<f32>,
    factors: Vec<f32>,
    described: Vec<f32>,
    trends: Vec<f32>,
    residuals: Vec<f32>,
    normal: Vec<f32>,
    /// A row of outputs for each unknown: the right side, then the solution.
    right: Vec<f32>,
    pub(super) low: Vec<f32>,
    pub(super) high: Vec<f32>,
}

impl Fit {
    /// For points of `dims` dimensions and rows of `outputs` values, padded to whole vectors.
    pub(super) fn new(kernel: Kernel, dims: usize, outputs: usize) -> Self {
        let features = Features::new(dims);
        let stride = (dims + 1).next_multiple_of(ROW);
        let neighbours = neighbours_for(dims);
        let zeros = |count: usize| vec![0.0; count];
        Self {
            kernel,
            dims,
            outputs,
            features,
            stride,
            neighbours,
            found: TopK::with_capacity(neighbours),
            rows: zeros(neighbours * stride),
            weights: zeros(neighbours),
            scale: zeros(dims),
            factors: zeros(neighbours),
            described: zeros(neighbours * features.stride()),
            trends: zeros(neighbours * outputs),
            residuals: zeros(neighbours * outputs),
            normal: zeros(stride * stride),
            right: zeros((dims + 1) * outputs),
            low: zeros(outputs),
            high: zeros(outputs),
        }
    }

    /// Fits near `place` what `trend`, a row of outputs per feature or none, leaves of what `target` writes
    /// for a slot and its key in units of plans. Returns the blocks read.
    pub(super) fn solve(
        &mut self,
        space: &Space,
        place: Place<'_>,
        trend: &[f32],
        target: impl Fn(u32, &Point, &mut [f32]),
    ) -> u32 {
        let mut raw: Point = [0.0; _];
        place.frame.raw(&place.point[..self.dims], &mut raw);
        self.found.reset(self.neighbours);
        let probe = Probe { key: &raw[..self.dims], weights: place.raw_weights };
        let read = space.nearest(probe, Among::All, &mut self.found);
        let mut count = 0;
        let found = std::mem::take(&mut self.found);
        for found in found.iter().take_while(|f| f.distance.is_finite()) {
            space.copy_key(found.slot, &mut raw[..self.dims]);
            let mut point: Point = [0.0; _];
            place.frame.place(&raw[..self.dims], &mut point);
            let row = &mut self.residuals[count * self.outputs..][..self.outputs];
            target(found.slot, &point, row);
            self.take(count, &place, &point);
            count += 1;
        }
        self.found = found;
        self.right.fill(0.0);
        self.low.fill(0.0);
        self.high.fill(0.0);
        if count > 0 {
            self.subtract(trend, count);
            let sum = self.weigh(place.weights, count);
            self.sum_up(count, sum);
            self.eliminate();
        }
        read.units()
    }

    /// Writes the row of neighbour `at`, not yet in bandwidths, and its features.
    fn take(&mut self, at: usize, place: &Place<'_>, point: &Point) {
        let features = self.features.stride();
        self.features.write(point, &mut self.described[at * features..][..features]);
        let row = &mut self.rows[at * self.stride..][..self.stride];
        row[0] = 1.0;
        let mut distance = 0.0;
        for dim in 0..self.dims {
            let off = point[dim] - place.point[dim];
            row[dim + 1] = off;
            distance += place.weights[dim] * off * off;
        }
        self.weights[at] = distance;
    }

    /// Turns what came into what the trend leaves of it.
    fn subtract(&mut self, trend: &[f32], count: usize) {
        let shape = (self.features.count(), self.features.stride());
        let residuals = &mut self.residuals[..count * self.outputs];
        if !trend.is_empty() {
            let trends = &mut self.trends[..count * self.outputs];
            trends.fill(0.0);
            self.kernel.combine_each(&self.described[..count * shape.1], shape, trend, trends);
            residuals.iter_mut().zip(trends).for_each(|(residual, trend)| *residual -= *trend);
        }
        self.low.fill(f32::MAX);
        self.high.fill(f32::MIN);
        self.kernel.extremes(residuals, &mut self.low, &mut self.high);
    }

    /// Distances become kernel weights, and rows are measured in bandwidths. Returns the weights' sum.
    fn weigh(&mut self, metric: &[f32], count: usize) -> f32 {
        let distances = &mut self.weights[..count];
        let farthest = distances.iter().copied().fold(0.0, f32::max);
        let reach = REACH * farthest + LEAST_REACH;
        let mut sum = 0.0;
        for distance in &mut *distances {
            let near = 1.0 - *distance / reach;
            *distance = near * near + KERNEL_FLOOR;
            sum += *distance;
        }
        let inverse = 1.0 / reach.sqrt();
        self.scale.iter_mut().zip(metric).for_each(|(scale, w)| *scale = w.sqrt() * inverse);
        for row in self.rows[..count * self.stride].chunks_exact_mut(self.stride) {
            let places = row[1..].iter_mut().zip(&self.scale);
            places.for_each(|(value, scale)| *value *= scale);
        }
        sum
    }

    /// The normal equations of a fit whose kernel weights sum up to `sum`.
    fn sum_up(&mut self, count: usize, sum: f32) {
        let (used, weights) = (self.dims + 1, &self.weights[..count]);
        let rows = &self.rows[..count * self.stride];
        self.kernel.normal_equations(rows, weights, (used, self.stride), &mut self.normal);
        for at in 0..used {
            let ridge = if at == 0 { INTERCEPT_RIDGE } else { RIDGE };
            self.normal[at * self.stride + at] += ridge * sum;
        }
        for (at, right) in self.right.chunks_exact_mut(self.outputs).enumerate() {
            let column = rows.chunks_exact(self.stride).map(|row| row[at]);
            for ((factor, value), weight) in self.factors.iter_mut().zip(column).zip(weights) {
                *factor = value * weight;
            }
            self.kernel.combine(&self.factors[..count], &self.residuals, right);
        }
    }

    /// Solves for the intercept and the slopes, and puts the slopes into units of plans.
    fn eliminate(&mut self) {
        let (used, outputs, stride) = (self.dims + 1, self.outputs, self.stride);
        for pivot in 0..used {
            let (above, below) = self.normal.split_at_mut((pivot + 1) * stride);
            let pivots = &above[pivot * stride..];
            let (solved, open) = self.right.split_at_mut((pivot + 1) * outputs);
            let solved = &solved[pivot * outputs..];
            let inverse = 1.0 / pivots[pivot].max(f32::MIN_POSITIVE);
            let rows = below.chunks_exact_mut(stride).zip(open.chunks_exact_mut(outputs));
            for (at, (row, right)) in (pivot + 1..used).zip(rows) {
                let factor = -pivots[at] * inverse;
                row[..used].iter_mut().zip(pivots).for_each(|(r, p)| *r += factor * p);
                right.iter_mut().zip(solved).for_each(|(r, s)| *r += factor * s);
            }
        }
        for row in (0..used).rev() {
            let (open, solved) = self.right.split_at_mut((row + 1) * outputs);
            let open = &mut open[row * outputs..];
            let pivots = &self.normal[row * stride..][..used];
            for (right, &pivot) in solved.chunks_exact(outputs).zip(&pivots[row + 1..]) {
                open.iter_mut().zip(right).for_each(|(o, r)| *o -= pivot * r);
            }
            let inverse = 1.0 / pivots[row].max(f32::MIN_POSITIVE);
            open.iter_mut().for_each(|value| *value *= inverse);
        }
        for (slopes, scale) in self.right[outputs..].chunks_exact_mut(outputs).zip(&self.scale) {
            slopes.iter_mut().for_each(|slope| *slope *= scale);
        }
    }

    /// What the line says at the point, within what the neighbours hold.
    pub(super) fn write_value(&self, out: &mut [f32]) {
        let range = self.low.iter().zip(&self.high);
        for ((out, value), (low, high)) in out.iter_mut().zip(&self.right).zip(range) {
            *out = value.max(*low).min(*high);
        }
    }

    /// The same for one output.
    pub(super) fn value(&self, output: usize) -> f32 {
        self.right[output].max(self.low[output]).min(self.high[output])
    }

    /// How the line of one output grows with each dimension.
    pub(super) fn slopes_of(&self, output: usize) -> impl Iterator<Item = f32> + '_ {
        self.slopes().iter().skip(output).step_by(self.outputs).copied()
    }

    /// How the line grows with each dimension: a row of outputs for each.
    pub(super) fn slopes(&self) -> &[f32] {
        &self.right[self.outputs..]
    }
}
