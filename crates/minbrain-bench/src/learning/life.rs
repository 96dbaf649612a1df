//! A brain in its world: one step per cycle.

use std::collections::VecDeque;
use std::time::Instant;

use minbrain::{Brain, Budget, Outcome, Policy};
use minbrain_sim::{Step, World};

use super::course::Course;
use crate::error::BenchError;
use crate::latency::Latency;

/// How far apart the seeds of two training episodes lie, so that a neighbouring seed of the brain
/// gives other episodes.
const EPISODE_STRIDE: u64 = 0x9E37_79B9_7F4A_7C15;
/// Over how many of the last episodes the training return is averaged.
const RECENT_EPISODES: usize = 10;

/// How long the parts of a cycle took.
#[derive(Default)]
pub(super) struct Times {
    pub(super) decide: Latency,
    pub(super) learn: Latency,
    pub(super) consolidate: Latency,
    /// `decide` and `learn` together.
    pub(super) cycle: Latency,
}

/// A brain that learns a task by itself.
pub(super) struct Life<'a> {
    course: &'a Course,
    brain: Brain,
    world: Box<dyn World>,
    seed: u64,
    steps: u64,
    returns: Returns,
    times: Times,
}

impl<'a> Life<'a> {
    pub(super) fn new(course: &'a Course, seed: u64) -> Result<Self, BenchError> {
        let world = course.world()?;
        let brain = Brain::builder()
            .sensors(world.observation().len())
            .actions(world.action_space())
            .budget(Budget::Experiences(course.budget()))
            .policy(Policy::Value)
            .cycle_period_us(world.cycle_period_us())
            .seed(seed)
            .hold(course.hold())
            .plan_units(course.plan_units())
            .isa(course.isa())
            .build()?;
        let returns = Returns::new(course.task().episode_steps);
        let times = Times::default();
        let mut life = Self { course, brain, world, seed, steps: 0, returns, times };
        life.begin();
        Ok(life)
    }

    /// Steps taken so far.
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    pub(super) fn seed(&self) -> u64 {
        self.seed
    }

    pub(super) fn brain(&self) -> &Brain {
        &self.brain
    }

    pub(super) fn times(&self) -> &Times {
        &self.times
    }

    /// The mean return of the last ten episodes; in a world without any, of stretches as long as a
    /// checkpoint's. `None` before there is one.
    pub(super) fn training_return(&self) -> Option<f64> {
        self.returns.mean()
    }

    /// Shows the brain what it is to be shown, before it lives by itself: no steps of its own.
    pub(super) fn watch(&mut self) -> Result<(), BenchError> {
        self.course.demonstrations().show(self.course, &mut self.brain, self.seed)
    }

    /// One cycle, and the idle time after it.
    pub(super) fn step(&mut self) -> Result<(), BenchError> {
        let start = Instant::now();
        let decision = self.brain.decide(self.world.observation())?;
        let deciding = start.elapsed();
        let step = self.world.step(&decision.action)?;
        let observation = self.world.observation();
        let outcome = Outcome { observation, reward: step.reward, ended: step.ended };
        let start = Instant::now();
        self.brain.learn(outcome)?;
        let learning = start.elapsed();
        let start = Instant::now();
        self.brain.consolidate(self.course.idle_units());
        self.times.consolidate.push(start.elapsed());
        self.times.decide.push(deciding);
        self.times.learn.push(learning);
        self.times.cycle.push(deciding + learning);
        self.steps += 1;
        self.returns.take(&step);
        if step.is_last() {
            self.begin();
        }
        Ok(())
    }

    fn begin(&mut self) {
        let nth = self.returns.episodes.wrapping_add(1);
        self.world.reset(self.seed.wrapping_add(nth.wrapping_mul(EPISODE_STRIDE)));
        self.brain.interrupt();
    }
}

/// What the last episodes earned.
struct Returns {
    recent: VecDeque<f64>,
    episodes: u64,
    earned: f64,
    ticks: u64,
    longest: u64,
}

impl Returns {
    fn new(longest: u64) -> Self {
        Self { recent: VecDeque::new(), episodes: 0, earned: 0.0, ticks: 0, longest }
    }

    fn take(&mut self, step: &Step) {
        self.earned += f64::from(step.reward);
        self.ticks += 1;
        if !step.is_last() && self.ticks < self.longest {
            return;
        }
        if self.recent.len() == RECENT_EPISODES {
            self.recent.pop_front();
        }
        self.recent.push_back(self.earned);
        (self.earned, self.ticks) = (0.0, 0);
        self.episodes += 1;
    }

    fn mean(&self) -> Option<f64> {
        let count = self.recent.len();
        (count > 0).then(|| self.recent.iter().sum::<f64>() / count as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_training_return_is_the_mean_of_the_last_ten_episodes() {
        let mut returns = Returns::new(100);
        assert_eq!(returns.mean(), None);
        for episode in 0..15_u8 {
            returns.take(&Step { reward: 1.0, ..Step::default() });
            let reward = f32::from(episode);
            // Both kinds of last step end an episode.
            returns.take(&Step { reward, ended: episode % 2 == 0, truncated: episode % 2 == 1 });
        }
        returns.take(&Step { reward: 1e6, ..Step::default() });
        assert_eq!((returns.mean(), returns.episodes), (Some(1.0 + 9.5), 15));
    }

    #[test]
    fn a_life_without_episodes_is_cut_into_stretches() {
        let mut returns = Returns::new(4);
        (0..11).for_each(|_| returns.take(&Step { reward: 0.5, ..Step::default() }));
        assert_eq!((returns.mean(), returns.episodes), (Some(2.0), 2));
    }
}
