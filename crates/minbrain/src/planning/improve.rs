//! Improving a course: the iterative linear-quadratic regulator (Li and Todorov 2004) with bounded
//! actions, in the Gauss-Newton form (the curvature of the dynamics is left out).

use minbrain_kernels::{Kernel, ROW};

use crate::features::Point;
use crate::limits::PLAN_HORIZON;
use crate::planning::course::Course;
use crate::planning::outlook::Outlook;
use crate::planning::work::{BACKWARD_UNITS, ROLLOUT_UNITS, Work};

/// Curvature that is taken off every action at the start of an improvement, at least, and how it
/// grows after a failure and shrinks after a success.
const DAMPING: f32 = 1e-3;
const LEAST_DAMPING: f32 = 1e-6;
const MOST_DAMPING: f32 = 1e3;
const GROWTH: f32 = 10.0;
const SHRINKAGE: f32 = 0.3;
/// Shares of the step that are tried, one after the other.
const STEPS: [f32; 4] = [1.0, 0.3, 0.09, 0.027];
/// A course that improves by less than this, and this share, is as good as it gets.
const LEAST_GAIN: f32 = 1e-6;
const LEAST_GAIN_SHARE: f32 = 1e-4;

/// What came of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// The course is better, and may get better still.
    Better,
    /// The course is as good as it gets.
    Settled,
    /// A more careful attempt may still help.
    Failed,
}

/// Scratch of an improvement. Matrices have padded rows: of `stride` values over sensors, of `wide`
/// over sensors and action.
#[derive(Clone, Debug)]
pub(super) struct Improver {
    kernel: Kernel,
    sensors: usize,
    dims: usize,
    stride: usize,
    wide: usize,
    damping: f32,
    /// By how much each action is to change, for each step.
    offsets: Vec<f32>,
    /// And by how much more for each sensor that differs: `stride` values per action.
    gains: Vec<f32>,
    /// How the next sensors grow with each dimension: `dims` rows.
    slopes: Vec<f32>,
    /// Second derivatives of what is earned, by the next sensors and the action: `dims` rows.
    ahead: Vec<f32>,
    /// The same, times the slopes on the left.
    half_way: Vec<f32>,
    /// The same by the sensors and the action now.
    here: Vec<f32>,
    /// Derivatives of what is earned from the next step on, by the next sensors.
    future: Point,
    future_curvature: Vec<f32>,
    /// The actions' own block of `here`, negated, while it is eliminated.
    block: Vec<f32>,
    mixed: Vec<f32>,
}

impl Improver {
    pub(super) fn new(kernel: Kernel, sensors: usize, dims: usize) -> Self {
        let (stride, wide) = (sensors.next_multiple_of(ROW), dims.next_multiple_of(ROW));
        let actions = dims - sensors;
        let zeros = |count: usize| vec![0.0; count];
        Self {
            kernel,
            sensors,
            dims,
            stride,
            wide,
            damping: DAMPING,
            offsets: zeros(PLAN_HORIZON * actions),
            gains: zeros(PLAN_HORIZON * actions * stride),
            slopes: zeros(dims * stride),
            ahead: zeros(dims * wide),
            half_way: zeros(dims * wide),
            here: zeros(dims * wide),
            future: [0.0; _],
            future_curvature: zeros(sensors * wide),
            block: zeros(actions * actions),
            mixed: zeros(stride),
        }
    }

    /// Starts afresh on a course.
    pub(super) fn begin(&mut self) {
        self.damping = DAMPING;
    }

    /// One attempt to improve `course`, which starts at `start`; `trial` is scratch. Stops early, with
    /// the course as it was, when the work runs out.
    pub(super) fn attempt(
        &mut self,
        outlook: &Outlook,
        (course, trial): (&mut Course, &mut Course),
        start: &Point,
        work: &mut Work,
    ) -> Attempt {
        if !work.take(BACKWARD_UNITS) {
            return Attempt::Settled;
        }
        self.look_back(outlook, course);
        for share in STEPS {
            if !work.take(ROLLOUT_UNITS) {
                return Attempt::Settled;
            }
            trial.follow(outlook, start, |step, now| self.adjust(course, (step, share), now));
            let gain = trial.earned - course.earned;
            if gain > 0.0 {
                course.assign(trial);
                self.damping = (SHRINKAGE * self.damping).max(LEAST_DAMPING);
                let enough = LEAST_GAIN + LEAST_GAIN_SHARE * course.earned.abs();
                return if gain < enough { Attempt::Settled } else { Attempt::Better };
            }
        }
        self.damping *= GROWTH;
        if self.damping > MOST_DAMPING { Attempt::Settled } else { Attempt::Failed }
    }

    /// The action of a step after a share of the change.
    fn adjust(&self, course: &Course, (step, share): (usize, f32), now: &mut Point) {
        let before = &course.steps[step];
        for action in 0..self.dims - self.sensors {
            let at = step * (self.dims - self.sensors) + action;
            let gains = &self.gains[at * self.stride..][..self.sensors];
            let off = now.iter().zip(before).map(|(now, before)| now - before);
            let more: f32 = gains.iter().zip(off).map(|(gain, off)| gain * off).sum();
            let value = before[self.sensors + action] + share * self.offsets[at] + more;
            now[self.sensors + action] = if value.is_nan() { 0.0 } else { value.clamp(-1.0, 1.0) };
        }
    }

    /// From the last step to the first: how each action should change.
    fn look_back(&mut self, outlook: &Outlook, course: &Course) {
        self.future = *outlook.tail.slopes();
        self.future_curvature.fill(0.0);
        for step in (0..PLAN_HORIZON).rev() {
            let (now, next) = (&course.steps[step], &course.arrivals[step]);
            let mut gradient: Point = [0.0; _];
            outlook.write_slopes(step, now, &mut self.slopes);
            outlook.write_gradient(step, next, &mut gradient);
            let going_on = course.going_on[step];
            gradient.iter_mut().zip(&self.future).for_each(|(to, future)| *to += going_on * future);
            self.pull_back(outlook.reward.concave(), going_on);
            let gradient = self.pull_gradient(&gradient);
            self.solve(step, now, &gradient);
            self.step_back(step, &gradient);
        }
    }

    /// Derivatives by the next sensors and the action become derivatives by those of now.
    fn pull_gradient(&self, ahead: &Point) -> Point {
        let mut here: Point = [0.0; _];
        self.kernel.project(&self.slopes, &ahead[..self.stride], &mut here[..self.dims]);
        for at in self.sensors..self.dims {
            here[at] += ahead[at];
        }
        here
    }

    /// The same for second derivatives.
    fn pull_back(&mut self, concave: &[f32], going_on: f32) {
        let Self { kernel, sensors, dims, stride, wide, .. } = *self;
        self.ahead.copy_from_slice(concave);
        let future = self.future_curvature.iter();
        self.ahead.iter_mut().zip(future).for_each(|(to, future)| *to += going_on * future);
        self.half_way.fill(0.0);
        let rows = &self.ahead[..sensors * wide];
        kernel.combine_each(&self.slopes, (sensors, stride), rows, &mut self.half_way);
        let own = sensors * wide;
        let half = self.half_way[own..].iter_mut().zip(&self.ahead[own..]);
        half.for_each(|(to, ahead)| *to += ahead);
        let rows = self.half_way.chunks_exact(wide).zip(self.here.chunks_exact_mut(wide));
        for (half, here) in rows {
            kernel.project(&self.slopes, &half[..stride], &mut here[..dims]);
            for at in sensors..dims {
                here[at] += half[at];
            }
        }
    }

    /// How the action of a step should change: Newton's step over the actions that are free. One at
    /// its bound that pulls beyond it stays.
    fn solve(&mut self, step: usize, now: &Point, gradient: &Point) {
        let (first, count) = (self.sensors, self.dims - self.sensors);
        let is_free = |action: usize| {
            let (value, pull) = (now[first + action], gradient[first + action]);
            !(value >= 1.0 && pull > 0.0 || value <= -1.0 && pull < 0.0)
        };
        let offsets = &mut self.offsets[step * count..][..count];
        let gains = &mut self.gains[step * count * self.stride..][..count * self.stride];
        gains.fill(0.0);
        for action in 0..count {
            let row = &self.here[(first + action) * self.wide..][..self.dims];
            offsets[action] = 0.0;
            let block = &mut self.block[action * count..][..count];
            block.fill(0.0);
            block[action] = 1.0;
            if is_free(action) {
                offsets[action] = gradient[first + action];
                gains[action * self.stride..][..first].copy_from_slice(&row[..first]);
                for other in (0..count).filter(|&other| is_free(other)) {
                    block[other] = -row[first + other];
                }
                block[action] += self.damping;
            }
        }
        eliminate(&mut self.block, offsets, (gains, self.stride));
    }

    /// What is earned from this step on, by the sensors now, if the action follows them.
    fn step_back(&mut self, step: usize, gradient: &Point) {
        let (first, count, stride) = (self.sensors, self.dims - self.sensors, self.stride);
        let offsets = &self.offsets[step * count..][..count];
        let gains = &self.gains[step * count * stride..][..count * stride];
        self.future = [0.0; _];
        self.future[..first].copy_from_slice(&gradient[..first]);
        let rows = self.future_curvature.chunks_exact_mut(self.wide);
        for (to, here) in rows.zip(self.here.chunks_exact(self.wide)) {
            to[..first].copy_from_slice(&here[..first]);
        }
        for action in 0..count {
            let row = &self.here[(first + action) * self.wide..][..self.dims];
            let own = &row[first..];
            let pull: f32 = own.iter().zip(offsets).map(|(h, k)| h * k).sum();
            let pull = pull + gradient[first + action];
            let gain = &gains[action * stride..][..stride];
            for at in 0..first {
                self.future[at] += gain[at] * pull + row[at] * offsets[action];
            }
            self.mixed.fill(0.0);
            self.mixed[..first].copy_from_slice(&row[..first]);
            self.kernel.combine(own, gains, &mut self.mixed);
            let rows = self.future_curvature.chunks_exact_mut(self.wide);
            for (at, to) in rows.enumerate() {
                let (a, b) = (gain[at], row[at]);
                let each = to[..first].iter_mut().zip(&self.mixed).zip(gain);
                each.for_each(|((to, mixed), gain)| *to += a * mixed + b * gain);
            }
        }
        self.make_symmetric();
    }

    fn make_symmetric(&mut self) {
        for i in 0..self.sensors {
            for j in i + 1..self.sensors {
                let (a, b) = (i * self.wide + j, j * self.wide + i);
                let mean = 0.5 * (self.future_curvature[a] + self.future_curvature[b]);
                self.future_curvature[a] = mean;
                self.future_curvature[b] = mean;
            }
        }
    }
}

/// Solves a small positive definite system for a vector and for rows of `stride` values, in place.
fn eliminate(block: &mut [f32], vector: &mut [f32], (rows, stride): (&mut [f32], usize)) {
    let count = vector.len();
    for pivot in 0..count {
        let inverse = 1.0 / block[pivot * count + pivot].max(f32::MIN_POSITIVE);
        for other in (0..count).filter(|&other| other != pivot) {
            let factor = block[other * count + pivot] * inverse;
            if factor != 0.0 {
                (pivot..count)
                    .for_each(|at| block[other * count + at] -= factor * block[pivot * count + at]);
                vector[other] -= factor * vector[pivot];
                (0..stride)
                    .for_each(|at| rows[other * stride + at] -= factor * rows[pivot * stride + at]);
            }
        }
    }
    for (at, (value, row)) in vector.iter_mut().zip(rows.chunks_exact_mut(stride)).enumerate() {
        let inverse = 1.0 / block[at * count + at].max(f32::MIN_POSITIVE);
        *value *= inverse;
        row.iter_mut().for_each(|value| *value *= inverse);
    }
}
