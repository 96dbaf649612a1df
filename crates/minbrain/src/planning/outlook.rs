//! What a plan expects: where each action leads, and what it earns.

use minbrain_kernels::{Kernel, ROW};

use crate::features::{Point, Row};
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::limits::PLAN_HORIZON;
use crate::planning::change_trend::ChangeTrend;
use crate::planning::lines::Lines;
use crate::planning::reward_trend::RewardTrend;
use crate::planning::tail::Tail;

/// Most deviations that a plan may reach: beyond lies nothing that was ever seen.
const MOST_DEVIATIONS: f32 = 6.0;

/// The trends, and the lines along the plan that correct them.
#[derive(Clone, Debug)]
pub(super) struct Outlook {
    pub(super) sensors: usize,
    pub(super) dims: usize,
    /// Sensors, padded to whole vectors.
    pub(super) stride: usize,
    pub(super) change: ChangeTrend,
    pub(super) reward: RewardTrend,
    pub(super) change_lines: Lines,
    /// Reward, and behind it how likely the episode ends.
    pub(super) reward_lines: Lines,
    pub(super) tail: Tail,
    /// Scratch: how something grows with each dimension.
    slopes: Vec<f32>,
}

impl Outlook {
    pub(super) fn new(kernel: Kernel, sensors: usize, dims: usize) -> Self {
        Self {
            sensors,
            dims,
            stride: sensors.next_multiple_of(ROW),
            change: ChangeTrend::new(kernel, dims, sensors),
            reward: RewardTrend::new(kernel, dims),
            change_lines: Lines::new(kernel, dims, sensors),
            reward_lines: Lines::new(kernel, dims, 1),
            tail: Tail::new(kernel),
            slopes: vec![0.0; dims * sensors.next_multiple_of(ROW)],
        }
    }

    /// From sensors and action at `step` to the next sensors and the same action.
    pub(super) fn next(&self, step: usize, now: &Point) -> Point {
        let mut features: Row = [0.0; _];
        self.change.features.write(now, &mut features);
        let mut change: Point = [0.0; _];
        let change = &mut change[..self.stride];
        self.change.add_change(&features, change);
        self.change_lines.add(step, now, change);
        let mut next = *now;
        for (next, change) in next[..self.sensors].iter_mut().zip(change) {
            let value = *next + *change;
            *next =
                if value.is_nan() { 0.0 } else { value.clamp(-MOST_DEVIATIONS, MOST_DEVIATIONS) };
        }
        next
    }

    /// What is earned at `step` by arriving at `next`, which carries the action that led there, and
    /// how likely that ends the episode.
    pub(super) fn reward(&self, step: usize, next: &Point) -> (f32, f32) {
        let mut line: Point = [0.0; _];
        self.reward_lines.add(step, next, &mut line[..ROW]);
        (self.reward.value(next) + line[0], line[1])
    }

    /// Writes how the next sensors grow with each dimension of `now`: a padded row for each.
    pub(super) fn write_slopes(&self, step: usize, now: &Point, slopes: &mut [f32]) {
        self.change.write_slopes(now, slopes);
        let lines = self.change_lines.slopes(step);
        slopes.iter_mut().zip(lines).for_each(|(slope, line)| *slope += line);
        for sensor in 0..self.sensors {
            slopes[sensor * self.stride + sensor] += 1.0;
        }
    }

    /// Writes how the reward grows with each dimension of `next`.
    pub(super) fn write_gradient(&self, step: usize, next: &Point, gradient: &mut Point) {
        let lines = self.reward_lines.slopes(step).chunks_exact(ROW);
        gradient.fill(0.0);
        gradient.iter_mut().zip(lines).for_each(|(to, row)| *to = row[0]);
        let stride = self.dims.next_multiple_of(ROW);
        self.reward.add_gradient(next, &mut gradient[..stride]);
    }

    /// Takes over new trends. The lines keep what they say of the world where they were fitted.
    pub(super) fn learn(&mut self, change: &[f64], reward: &[f64]) {
        self.raise_lines(1.0);
        self.change.assign(change);
        self.reward.assign(reward);
        self.raise_lines(-1.0);
    }

    /// Adds a share of what the trends say to every line.
    fn raise_lines(&mut self, share: f32) {
        for step in 0..PLAN_HORIZON {
            let Some(place) = self.change_lines.place(step) else { continue };
            let mut features: Row = [0.0; _];
            self.change.features.write(&place, &mut features);
            let mut value: Point = [0.0; _];
            self.change.add_change(&features, &mut value[..self.stride]);
            self.change.write_slopes(&place, &mut self.slopes);
            self.change_lines.raise(step, share, &value, &self.slopes);
            let Some(place) = self.reward_lines.place(step) else { continue };
            let mut gradient: Point = [0.0; _];
            self.reward.add_gradient(&place, &mut gradient[..self.dims.next_multiple_of(ROW)]);
            let slopes = &mut self.slopes[..self.dims * ROW];
            slopes.fill(0.0);
            let firsts = slopes.chunks_exact_mut(ROW).zip(gradient);
            firsts.for_each(|(row, slope)| row[0] = slope);
            value.fill(0.0);
            value[0] = self.reward.value(&place);
            self.reward_lines.raise(step, share, &value, &self.slopes);
        }
    }

    /// Time went on by one step.
    pub(super) fn shift(&mut self) {
        self.change_lines.shift();
        self.reward_lines.shift();
    }

    /// The lines say nothing any more.
    pub(super) fn clear_lines(&mut self) {
        self.change_lines.clear();
        self.reward_lines.clear();
        self.tail.clear();
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        self.change.fingerprint(print);
        self.reward.fingerprint(print);
        self.change_lines.fingerprint(print);
        self.reward_lines.fingerprint(print);
        self.tail.fingerprint(print);
    }
}

image!(Outlook keeps change reward change_lines reward_lines tail; not sensors dims stride slopes);
