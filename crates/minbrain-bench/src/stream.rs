//! A recorded life: what was sensed, done and sensed then, step by step.

pub(crate) mod npy;
mod npz;
mod world;

use minbrain::{Action, ActionSpace, Brain, BrainBuilder, Config, Isa, Outcome};

use crate::error::BenchError;
use crate::wanderer::{HeldActions, Wanderer};

/// One step of a recorded life.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What was sensed.
    pub observation: Vec<f32>,
    /// What was done.
    pub action: Action,
    /// What was sensed then.
    pub outcome: Vec<f32>,
    /// What it earned.
    pub reward: f32,
    /// Whether the episode was over by what happened.
    pub ended: bool,
    /// Whether the next step does not follow from this one: a time limit, a gap in the record.
    pub cut: bool,
}

/// A recorded life. All steps are of the same shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// Where it comes from, for people and reports.
    pub name: String,
    /// How many values each observation and outcome has.
    pub sensors: usize,
    /// What could be done.
    pub actions: ActionSpace,
    /// How much time passes from step to step.
    pub cycle_period_us: u64,
    /// The instructions that its brains compute with; `None` for the fastest there are.
    pub isa: Option<Isa>,
    /// The steps, in the order in which they were lived.
    pub steps: Vec<Step>,
}

impl Stream {
    /// So many steps of a [`Wanderer`] under random actions, each held for a while.
    pub fn wanderer(sensors: usize, actions: usize, steps: usize, seed: u64) -> Self {
        let mut robot = Wanderer::new(sensors, actions, seed);
        let mut hands = HeldActions::new(actions, seed);
        let mut lived = Vec::with_capacity(steps);
        for _ in 0..steps {
            let observation = robot.observation().to_vec();
            let action = hands.next_action();
            robot.step(action);
            lived.push(Step {
                observation,
                action: Action::Discrete(action),
                outcome: robot.observation().to_vec(),
                reward: robot.speed(),
                ended: false,
                cut: false,
            });
        }
        Self {
            name: "wanderer".to_owned(),
            sensors,
            actions: ActionSpace::discrete(actions),
            cycle_period_us: Config::default().cycle_period_us,
            isa: None,
            steps: lived,
        }
    }

    /// A brain of the shape of this life, with default settings.
    pub fn brain(&self) -> BrainBuilder {
        Brain::builder()
            .sensors(self.sensors)
            .actions(self.actions.clone())
            .cycle_period_us(self.cycle_period_us)
            .isa(self.isa)
    }
}

impl Step {
    /// Lets a brain live this step, and then `read` what it predicted.
    ///
    /// # Errors
    /// What the brain refuses.
    pub fn live<T>(
        &self,
        brain: &mut Brain,
        read: impl FnOnce(&[f32]) -> T,
    ) -> Result<T, BenchError> {
        let decision = brain.accompany(&self.observation, &self.action)?;
        let seen = read(&decision.prediction.outcome);
        let Self { outcome, reward, ended, .. } = self;
        brain.learn(Outcome { observation: outcome, reward: *reward, ended: *ended })?;
        if self.cut {
            brain.interrupt();
        }
        Ok(seen)
    }
}
