//! What comes after a plan: the value of where it leads, by the values of the experiences there.

use minbrain_kernels::Kernel;

use crate::features::Point;
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::planning::fit::Fit;

/// A line through known values near the end of a plan; zero as long as nothing is known.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    kernel: Kernel,
    at: Point,
    value: f32,
    slopes: Point,
    low: f32,
    high: f32,
}

impl Tail {
    pub(super) fn new(kernel: Kernel) -> Self {
        Self { kernel, at: [0.0; _], value: 0.0, slopes: [0.0; _], low: 0.0, high: 0.0 }
    }

    /// Nothing is known of what comes after.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.kernel);
    }

    /// Takes over the first output of what was fitted at `point`.
    pub(super) fn assign(&mut self, point: &Point, fit: &Fit) {
        self.at = *point;
        self.value = fit.value(0);
        self.slopes.fill(0.0);
        fit.slopes_of(0).zip(&mut self.slopes).for_each(|(slope, to)| *to = slope);
        (self.low, self.high) = (fit.low[0], fit.high[0]);
    }

    /// What is still to be earned from `point`.
    pub(super) fn value(&self, point: &Point) -> f32 {
        let off = point.iter().zip(&self.at).map(|(p, at)| p - at);
        let slope: f32 = off.zip(&self.slopes).map(|(off, slope)| off * slope).sum();
        (self.value + slope).max(self.low).min(self.high)
    }

    /// How that grows with each dimension.
    pub(super) fn slopes(&self) -> &Point {
        &self.slopes
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        print.floats(&self.at);
        print.floats(&self.slopes);
        print.floats(&[self.value, self.low, self.high]);
    }
}

image!(Tail keeps at value slopes low high; not kernel);
