//! The global trend of what changes: a quadratic of sensors and action.

use minbrain_kernels::{Kernel, ROW};

use crate::features::{Features, Point};
use crate::fingerprint::Fingerprint;
use crate::image::image;

/// Coefficients of the change of every sensor. Rows of sensors are padded to whole vectors.
#[derive(Clone, Debug)]
pub(super) struct ChangeTrend {
    pub(super) features: Features,
    kernel: Kernel,
    dims: usize,
    outputs: usize,
    stride: usize,
    /// A row per feature.
    coefficients: Vec<f32>,
    /// For each dimension, half the second derivative by every other: `dims x dims` rows. Empty if
    /// the trend is linear.
    curvature: Vec<f32>,
}

impl ChangeTrend {
    pub(super) fn new(kernel: Kernel, dims: usize, outputs: usize) -> Self {
        let features = Features::new(dims);
        let stride = outputs.next_multiple_of(ROW);
        let rows = if features.is_quadratic() { dims * dims } else { 0 };
        Self {
            features,
            kernel,
            dims,
            outputs,
            stride,
            coefficients: vec![0.0; features.count() * stride],
            curvature: vec![0.0; rows * stride],
        }
    }

    /// Takes over coefficients, a row of outputs per feature.
    pub(super) fn assign(&mut self, coefficients: &[f64]) {
        let rows = self.coefficients.chunks_exact_mut(self.stride);
        for (row, fresh) in rows.zip(coefficients.chunks_exact(self.outputs)) {
            row.iter_mut().zip(fresh).for_each(|(to, &value)| *to = value as f32);
        }
        if self.curvature.is_empty() {
            return;
        }
        for i in 0..self.dims {
            for j in i..self.dims {
                let row = &self.coefficients[self.features.product(i, j) * self.stride..];
                let share = if i == j { 1.0 } else { 0.5 };
                for at in [i * self.dims + j, j * self.dims + i] {
                    let to = &mut self.curvature[at * self.stride..][..self.stride];
                    to.iter_mut().zip(row).for_each(|(to, value)| *to = share * value);
                }
            }
        }
    }

    /// The coefficients, a padded row per feature.
    pub(super) fn coefficients(&self) -> &[f32] {
        &self.coefficients
    }

    /// Adds the change at a point, by its features, to `to`.
    pub(super) fn add_change(&self, features: &[f32], to: &mut [f32]) {
        self.kernel.combine(&features[..self.features.count()], &self.coefficients, to);
    }

    /// Writes how the change grows with each dimension at `point`: a row for each.
    pub(super) fn write_slopes(&self, point: &Point, slopes: &mut [f32]) {
        let linear = &self.coefficients[self.stride..][..self.dims * self.stride];
        slopes.copy_from_slice(linear);
        if self.curvature.is_empty() {
            return;
        }
        let mut doubled = *point;
        doubled.iter_mut().for_each(|value| *value *= 2.0);
        let rows = self.curvature.chunks_exact(self.dims * self.stride);
        for (slopes, curvature) in slopes.chunks_exact_mut(self.stride).zip(rows) {
            self.kernel.combine(&doubled[..self.dims], curvature, slopes);
        }
    }

    /// How much each dimension bends the change: the norm of its second derivatives. Returns whether
    /// there is any.
    pub(super) fn bends(&self, out: &mut [f32]) -> bool {
        let mut any = false;
        let rows = self.curvature.chunks_exact((self.dims * self.stride).max(1));
        for (out, rows) in out.iter_mut().zip(rows) {
            *out = rows.iter().map(|value| value * value).sum::<f32>().sqrt();
            any |= *out > 0.0 && out.is_finite();
        }
        any
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        print.floats(&self.coefficients);
    }
}

image!(ChangeTrend keeps coefficients curvature; not features kernel dims outputs stride);
