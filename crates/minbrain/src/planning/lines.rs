//! Local models along a plan: what the trends leave unexplained near each of its steps.

use minbrain_kernels::{Kernel, ROW};

use crate::features::Point;
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::limits::PLAN_HORIZON;
use crate::planning::fit::Fit;

/// One line per step of a plan, for one or several outputs. Rows are padded.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    kernel: Kernel,
    dims: usize,
    outputs: usize,
    /// Where each was fitted.
    at: Vec<Point>,
    fitted: Vec<bool>,
    value: Vec<f32>,
    /// A row of outputs for each dimension.
    slopes: Vec<f32>,
    /// The range of what the neighbours hold, which a line may not leave.
    low: Vec<f32>,
    high: Vec<f32>,
}

impl Lines {
    /// Lines of zero, for rows of `outputs` values.
    pub(super) fn new(kernel: Kernel, dims: usize, outputs: usize) -> Self {
        let outputs = outputs.next_multiple_of(ROW);
        let zeros = || vec![0.0; PLAN_HORIZON * outputs];
        Self {
            kernel,
            dims,
            outputs,
            at: vec![[0.0; _]; PLAN_HORIZON],
            fitted: vec![false; PLAN_HORIZON],
            value: zeros(),
            slopes: vec![0.0; PLAN_HORIZON * dims * outputs],
            low: zeros(),
            high: zeros(),
        }
    }

    /// All lines are zero again.
    pub(super) fn clear(&mut self) {
        self.at.fill([0.0; _]);
        self.fitted.fill(false);
        for values in [&mut self.value, &mut self.slopes, &mut self.low, &mut self.high] {
            values.fill(0.0);
        }
    }

    /// Time went on by one step: each line is the one before the next. The last stays.
    pub(super) fn shift(&mut self) {
        self.at.copy_within(1.., 0);
        self.fitted.copy_within(1.., 0);
        let outputs = self.outputs;
        for (values, row) in [
            (&mut self.value, outputs),
            (&mut self.slopes, self.dims * outputs),
            (&mut self.low, outputs),
            (&mut self.high, outputs),
        ] {
            values.copy_within(row.., 0);
        }
    }

    /// Takes over what was fitted at `point`.
    pub(super) fn assign(&mut self, step: usize, point: &Point, fit: &Fit) {
        let (outputs, row) = (self.outputs, step * self.outputs);
        self.at[step] = *point;
        self.fitted[step] = true;
        fit.write_value(&mut self.value[row..][..outputs]);
        self.slopes[row * self.dims..][..self.dims * outputs].copy_from_slice(fit.slopes());
        self.low[row..][..outputs].copy_from_slice(&fit.low);
        self.high[row..][..outputs].copy_from_slice(&fit.high);
    }

    /// Where a step's line was fitted, if it was.
    pub(super) fn place(&self, step: usize) -> Option<Point> {
        self.fitted[step].then_some(self.at[step])
    }

    /// Adds `share` of a value and of slopes to a step's line, where it was fitted.
    pub(super) fn raise(&mut self, step: usize, share: f32, value: &[f32], slopes: &[f32]) {
        let (outputs, row) = (self.outputs, step * self.outputs);
        for values in [&mut self.value, &mut self.low, &mut self.high] {
            let values = values[row..][..outputs].iter_mut().zip(value);
            values.for_each(|(to, value)| *to += share * value);
        }
        let own = &mut self.slopes[row * self.dims..][..self.dims * outputs];
        own.iter_mut().zip(slopes).for_each(|(to, slope)| *to += share * slope);
    }

    /// How a step's line grows with each dimension: a row of outputs for each.
    pub(super) fn slopes(&self, step: usize) -> &[f32] {
        &self.slopes[step * self.dims * self.outputs..][..self.dims * self.outputs]
    }

    /// Adds what a step's line says at `point` to `to`.
    pub(super) fn add(&self, step: usize, point: &Point, to: &mut [f32]) {
        let (outputs, row) = (self.outputs, step * self.outputs);
        let mut off: Point = [0.0; _];
        off.iter_mut().zip(point).zip(&self.at[step]).for_each(|((off, p), at)| *off = p - at);
        let mut says: Point = [0.0; _];
        let says = &mut says[..outputs];
        says.copy_from_slice(&self.value[row..][..outputs]);
        self.kernel.combine(&off[..self.dims], self.slopes(step), says);
        let range = self.low[row..].iter().zip(&self.high[row..]);
        for ((to, says), (low, high)) in to.iter_mut().zip(says).zip(range) {
            *to += says.max(*low).min(*high);
        }
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        self.at.iter().for_each(|at| print.floats(at));
        for values in [&self.value, &self.slopes, &self.low, &self.high] {
            print.floats(values);
        }
    }
}

image!(Lines keeps at fitted value slopes low high; not kernel dims outputs);
