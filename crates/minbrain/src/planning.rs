//! Planning: continuous actions, chosen by trying out a course of them in the models of what was
//! lived through.
//!
//! A *trend*, quadratic in sensors and action, says what every action changes and what that earns;
//! local lines through the experiences around the plan correct it. A plan of 20 steps is improved by
//! the iterative linear-quadratic regulator. From cycle to cycle plan and lines move on by one step,
//! so that a valid plan is always at hand, and work is bounded in units.

mod change_trend;
mod concave;
mod course;
mod explore;
mod fit;
mod frame;
mod improve;
mod lines;
mod outlook;
mod relevance;
mod reward_trend;
mod sweep;
mod tail;
mod work;

use minbrain_kernels::{Kernel, ROW};

use crate::action::{ActionSpace, Bounds};
use crate::config::{Config, Policy};
use crate::experiences::Experiences;
use crate::features::{Features, Point};
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::limits::{MAX_PLAN_DIMS, PLAN_HORIZON};
use crate::seed::Random;

use course::Course;
pub(crate) use explore::Trying;
use explore::{Explorer, normal};
use fit::{Fit, Place};
use frame::Frame;
use improve::{Attempt, Improver};
use outlook::Outlook;
use relevance::Relevance;
use sweep::{Progress, Sweep};
use work::{FIT_UNITS, ROLLOUT_UNITS, Work};

/// After so many experiences the first plan is made; until then actions are drawn at random.
const WARM_UP: usize = 300;
/// Courses drawn at random that compete with the plan in every cycle.
const CANDIDATES: usize = 16;
/// How often the lines are fitted afresh and the plan is improved in one cycle, and how many
/// attempts to improve it there are each time.
const ROUNDS: usize = 2;
const ATTEMPTS: usize = 4;
/// Deviation of the wildest candidate's actions, and the logarithm of how much tamer the tamest are.
const WILDEST: f32 = 2.0;
const TAMER: f32 = 3.5;
/// Share of the candidates that push as hard as they can, and change sides once.
const SWITCHES: f32 = 0.3;
/// Least weight of a dimension in the metric of changes, as a share of the largest deviation.
const LEAST_BEND: f32 = 0.03;
/// Work on the trends for each experience, in blocks compared.
const SWEEP_UNITS: u32 = 1024;
/// How often the metric of rewards learns for each experience.
const METRIC_LESSONS: usize = 8;

/// Least dimensions of an action that is planned.
const LEAST_PLANNED: usize = 2;

/// What an experience's place is worth, in units of reward, by its slot.
pub(crate) type ValueOf<'a> = &'a dyn Fn(u32) -> f32;

/// What a decision is after.
#[derive(Clone, Copy)]
pub(crate) struct Aim<'a> {
    /// Most work, in units of a decision.
    pub(crate) units: u32,
    pub(crate) trying: Trying,
    /// What is still to be earned after a plan, if that is known.
    pub(crate) value: Option<ValueOf<'a>>,
}

/// A plan, and all that it is made from.
#[derive(Clone, Debug)]
pub(crate) struct Planner {
    sensors: usize,
    dims: usize,
    bounds: Vec<Bounds>,
    frame: Frame,
    outlook: Outlook,
    sweep: Sweep,
    relevance: Relevance,
    /// The metric of changes, in units of plans and for raw values; likewise that of rewards.
    change_weights: Weights,
    reward_weights: Weights,
    change_fit: Fit,
    reward_fit: Fit,
    tail_weights: Weights,
    tail_fit: Fit,
    plan: Course,
    trial: Course,
    improver: Improver,
    explorer: Explorer,
    /// The step whose lines are fitted next.
    next_fit: usize,
    learned: usize,
    is_ready: bool,
    action: Vec<f32>,
}

/// Weights of a metric, in units of plans and for raw values.
#[derive(Clone, Debug)]
struct Weights {
    planned: Vec<f32>,
    raw: Vec<f32>,
}

impl Weights {
    fn new(dims: usize) -> Self {
        Self { planned: vec![1.0; dims], raw: vec![1.0; dims] }
    }
}

impl Planner {
    /// Whether plans are made for these settings. A continuous action in one dimension is chosen
    /// among a few levels by their values instead, which also finds goals beyond a plan's horizon.
    pub(crate) fn is_for(config: &Config) -> bool {
        config.policy == Policy::Value
            && config.actions.dims() >= LEAST_PLANNED
            && config.key_dims() <= MAX_PLAN_DIMS
    }

    /// Nothing is known yet.
    pub(crate) fn new(config: &Config, kernel: Kernel) -> Self {
        let (sensors, dims) = (config.sensors, config.key_dims());
        let bounds = match &config.actions {
            ActionSpace::Discrete(_) => Vec::new(),
            ActionSpace::Continuous(bounds) => bounds.clone(),
        };
        let frame = Frame::new(sensors, &bounds);
        Self {
            sensors,
            dims,
            sweep: Sweep::new(sensors, dims, &frame),
            frame,
            outlook: Outlook::new(kernel, sensors, dims),
            relevance: Relevance::new(dims),
            change_weights: Weights::new(dims),
            reward_weights: Weights::new(dims),
            change_fit: Fit::new(kernel, dims, sensors.next_multiple_of(ROW)),
            reward_fit: Fit::new(kernel, dims, ROW),
            tail_weights: Weights::new(dims),
            tail_fit: Fit::new(kernel, dims, ROW),
            plan: Course::new(),
            trial: Course::new(),
            improver: Improver::new(kernel, sensors, dims),
            explorer: Explorer::new(bounds.len()),
            next_fit: 0,
            learned: 0,
            is_ready: false,
            action: vec![0.0; bounds.len()],
            bounds,
        }
    }

    /// The next decision does not follow from the last: the plan is given up.
    pub(crate) fn interrupt(&mut self, random: &mut Random) {
        self.plan.clear();
        self.outlook.clear_lines();
        self.next_fit = 0;
        self.explorer.begin(random);
    }

    /// Learns from what is known, now that one more experience is stored.
    pub(crate) fn learn(&mut self, known: &Experiences, random: &mut Random) {
        self.learned += 1;
        if self.learned == WARM_UP {
            self.sweep.begin(known);
        }
        if self.learned < WARM_UP {
            return;
        }
        let (_, progress) = self.sweep.advance(known, (&self.frame, &self.outlook), SWEEP_UNITS);
        if progress == Progress::Ready {
            self.sweep.adopt(&known.scale, &mut self.frame, &mut self.outlook);
            self.weigh_changes();
            self.is_ready = true;
        }
        if self.is_ready {
            (0..METRIC_LESSONS).for_each(|_| self.learn_metric(known, random));
            self.relevance.write_weights(&mut self.reward_weights.planned);
            let Weights { planned, raw } = &mut self.reward_weights;
            self.frame.raw_weights(planned, raw);
        }
    }

    /// One lesson for the metric of rewards.
    fn learn_metric(&mut self, known: &Experiences, random: &mut Random) {
        let Self { relevance, frame, dims, .. } = self;
        let Some(arrivals) = &known.arrivals else { return };
        relevance.learn(known.columns.slots(), random, |slot, point| {
            if !known.columns.is_alive(slot as u32) {
                return None;
            }
            let mut raw: Point = [0.0; _];
            arrivals.copy_key(slot as u32, &mut raw[..*dims]);
            frame.place(&raw[..*dims], point);
            Some(frame.reward(known.columns.rewards[slot]))
        });
    }

    /// The metric of changes: what bends the trend much is what a line must be near in.
    fn weigh_changes(&mut self) {
        let Weights { planned, raw } = &mut self.change_weights;
        if self.outlook.change.bends(planned) {
            let largest = planned.iter().copied().fold(0.0, f32::max);
            planned.iter_mut().for_each(|w| *w = (*w / largest).max(LEAST_BEND).powi(2));
        } else {
            planned.fill(1.0);
        }
        self.frame.raw_weights(planned, raw);
        let Weights { planned, raw } = &mut self.tail_weights;
        planned[self.sensors..].fill(0.0);
        self.frame.raw_weights(planned, raw);
    }

    /// Whether there are plans, and not only actions drawn at random.
    pub(crate) fn is_ready(&self) -> bool {
        self.is_ready
    }

    /// What to do now, in the action's own units. Returns it with the units used.
    pub(crate) fn decide(
        &mut self,
        known: &Experiences,
        observation: &[f32],
        aim: Aim<'_>,
        random: &mut Random,
    ) -> (&[f32], u32) {
        if !self.is_ready {
            self.explorer.wander(random, &mut self.action);
            self.write_action();
            return (&self.action, 0);
        }
        let mut work = Work::new(aim.units);
        let mut start: Point = [0.0; _];
        self.frame.place(observation, &mut start);
        self.improve(known, (&start, aim.value), random, &mut work);
        self.action.copy_from_slice(&self.plan.steps[0][self.sensors..self.dims]);
        self.plan.shift();
        self.outlook.shift();
        self.next_fit = self.next_fit.saturating_sub(1);
        self.explorer.stray(aim.trying, random, &mut self.action);
        self.write_action();
        (&self.action, work.used())
    }

    /// From -1..1 to the action's own units.
    fn write_action(&mut self) {
        for (value, b) in self.action.iter_mut().zip(&self.bounds) {
            let share = 0.5 + 0.5 * *value;
            *value = (b.low + share * (b.high - b.low)).clamp(b.low, b.high);
        }
    }

    /// Makes the plan fit where it starts, and better, as far as the work goes.
    fn improve(
        &mut self,
        known: &Experiences,
        (start, value): (&Point, Option<ValueOf<'_>>),
        random: &mut Random,
        work: &mut Work,
    ) {
        work.take(ROLLOUT_UNITS);
        self.plan.follow(&self.outlook, start, |_, _| {});
        for round in 0..ROUNDS {
            self.refit(known, work);
            self.fit_tail(known, value, work);
            if !work.take(ROLLOUT_UNITS) {
                return;
            }
            self.plan.follow(&self.outlook, start, |_, _| {});
            if round == 0 {
                self.draw_candidates(start, random, work);
            }
            self.improver.begin();
            for _ in 0..ATTEMPTS {
                let courses = (&mut self.plan, &mut self.trial);
                if self.improver.attempt(&self.outlook, courses, start, work) == Attempt::Settled {
                    break;
                }
            }
        }
    }

    /// Fits lines afresh, one step after the other, with half of the work that is left.
    fn refit(&mut self, known: &Experiences, work: &mut Work) {
        let mut share = work.half();
        for _ in 0..PLAN_HORIZON {
            if !share.take(2 * FIT_UNITS) {
                break;
            }
            let step = self.next_fit;
            self.next_fit = (step + 1) % PLAN_HORIZON;
            let blocks = self.fit_change(known, step) + self.fit_reward(known, step);
            share.charge(blocks);
        }
        work.charge(share.used());
    }

    fn fit_change(&mut self, known: &Experiences, step: usize) -> u32 {
        let point = &self.plan.steps[step];
        let Weights { planned, raw } = &self.change_weights;
        let place = Place { frame: &self.frame, point, weights: planned, raw_weights: raw };
        let trend = self.outlook.change.coefficients();
        let sensors = self.sensors;
        let blocks = self.change_fit.solve(&known.space, place, trend, |slot, now, out| {
            let mut next: Point = [0.0; _];
            place.frame.place(known.columns.outcome(slot), &mut next);
            for at in 0..sensors {
                out[at] = next[at] - now[at];
            }
        });
        self.outlook.change_lines.assign(step, point, &self.change_fit);
        blocks
    }

    fn fit_reward(&mut self, known: &Experiences, step: usize) -> u32 {
        let Some(arrivals) = &known.arrivals else { return 0 };
        let point = &self.plan.arrivals[step];
        let Weights { planned, raw } = &self.reward_weights;
        let place = Place { frame: &self.frame, point, weights: planned, raw_weights: raw };
        let trend = self.outlook.reward.rows();
        let blocks = self.reward_fit.solve(arrivals, place, trend, |slot, _, out| {
            out[0] = place.frame.reward(known.columns.rewards[slot as usize]);
            out[1] = f32::from(u8::from(known.columns.ended[slot as usize]));
        });
        self.outlook.reward_lines.assign(step, point, &self.reward_fit);
        blocks
    }

    /// Fits afresh what comes after the plan.
    fn fit_tail(&mut self, known: &Experiences, value: Option<ValueOf<'_>>, work: &mut Work) {
        let Some(value) = value.filter(|_| work.take(FIT_UNITS)) else { return };
        let point = &self.plan.arrivals[PLAN_HORIZON - 1];
        let Weights { planned, raw } = &self.tail_weights;
        let place = Place { frame: &self.frame, point, weights: planned, raw_weights: raw };
        let blocks = self.tail_fit.solve(&known.space, place, &[], |slot, _, out| {
            out.fill(0.0);
            out[0] = place.frame.reward(value(slot));
        });
        work.charge(blocks);
        self.outlook.tail.assign(point, &self.tail_fit);
    }

    /// Lets courses drawn at random compete with the plan: the first stands still, the others hold
    /// noise beside the plan or beside standing still.
    fn draw_candidates(&mut self, start: &Point, random: &mut Random, work: &mut Work) {
        for candidate in 0..CANDIDATES {
            if !work.take(ROLLOUT_UNITS) {
                return;
            }
            if candidate > 0 && random.unit() < SWITCHES {
                self.draw_switch(random);
            } else {
                self.draw(if candidate == 0 { 0.0 } else { 1.0 }, random);
            }
            self.trial.follow(&self.outlook, start, |_, _| {});
            if self.trial.earned > self.plan.earned {
                self.plan.assign(&self.trial);
            }
        }
    }

    /// Draws a course into the trial, with noise of random size and pace, times `size`.
    fn draw(&mut self, size: f32, random: &mut Random) {
        let base = if size > 0.0 && random.unit() < 0.5 { 1.0 } else { 0.0 };
        let size = size * WILDEST * (-TAMER * random.unit()).exp();
        let pace = 0.1 + 0.4 * random.unit();
        for at in self.sensors..self.dims {
            let mut noise = 0.0;
            for step in 0..PLAN_HORIZON {
                if step == 0 || random.unit() < pace {
                    noise = size * normal(random);
                }
                let value = base * self.plan.steps[step][at] + noise;
                self.trial.steps[step][at] = value.clamp(-1.0, 1.0);
            }
        }
    }

    /// Draws a course that pushes one way as hard as it can, and from some step on the other way.
    fn draw_switch(&mut self, random: &mut Random) {
        for at in self.sensors..self.dims {
            let first = if random.unit() < 0.5 { 1.0 } else { -1.0 };
            let switch = random.below(PLAN_HORIZON + 1);
            for (step, point) in self.trial.steps.iter_mut().enumerate() {
                point[at] = if step < switch { first } else { -first };
            }
        }
    }

    /// Bytes that a planner takes, whatever the number of experiences: its sums over features, above
    /// all.
    pub(crate) fn bytes(config: &Config) -> usize {
        let (sensors, dims) = (config.sensors, config.key_dims());
        let features = Features::new(dims).count();
        let sums = features * (2 * features + sensors + 1) * size_of::<f64>();
        let trends = (features + dims * dims) * (sensors.next_multiple_of(ROW) + ROW);
        let lines = PLAN_HORIZON * dims * (sensors.next_multiple_of(ROW) + ROW);
        sums + (trends + lines) * size_of::<f32>()
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        self.frame.fingerprint(print);
        self.outlook.fingerprint(print);
        self.sweep.fingerprint(print);
        self.relevance.fingerprint(print);
        self.plan.fingerprint(print);
        self.explorer.fingerprint(print);
        print.count(self.next_fit);
        print.count(self.learned);
    }
}

image!(Weights keeps planned raw; not);
image!(Planner keeps frame outlook sweep relevance change_weights reward_weights tail_weights plan explorer
    next_fit learned is_ready; not sensors dims bounds change_fit reward_fit tail_fit trial improver action);

impl Planner {
    /// Whether all that was read is within its bounds.
    pub(crate) fn is_sound(&self) -> bool {
        self.next_fit < PLAN_HORIZON && self.sweep.is_sound()
    }
}

#[cfg(test)]
mod tests;
