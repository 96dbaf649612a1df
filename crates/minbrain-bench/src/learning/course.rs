//! A task with the settings under which it is to be learned.

use minbrain::{Hold, Isa};
use minbrain_sim::{Controller, Fault, Random, World, scripted, with_faults, world};

use super::checkpoint::Score;
use super::demonstration::Demonstrations;
use super::play::{Player, Rules, play};
use super::task::{Measure, Task};
use crate::error::BenchError;

/// How many random steps a world takes before it plays checkpoints, where noise follows what the
/// sensors have shown: a fresh world would be a quiet one.
const NOISE_WARM_UP_STEPS: u32 = 2_000;
/// Episodes of the warm-up start from seeds that nothing else uses.
const FIRST_WARM_UP: u64 = 20_000;
/// Most steps of one run.
const MAX_STEPS: u64 = 10_000_000;
/// Most episodes of one checkpoint.
const MAX_EPISODES: u32 = 10_000;

/// How to learn. `None` stands for what the task says.
#[derive(Clone, Debug, PartialEq)]
pub struct LearningSettings {
    /// Most experiences.
    pub budget: usize,
    /// Most work units of consolidation after each step.
    pub idle_units: u32,
    /// How many steps the brain lives.
    pub steps: Option<u64>,
    /// How many steps lie between two checkpoints.
    pub checkpoint_every: Option<u64>,
    /// How many episodes a checkpoint plays.
    pub episodes: Option<u32>,
    /// From which score on a checkpoint counts as solved.
    pub threshold: Option<f64>,
    /// What is wrong with the world, in training and in checkpoints alike.
    pub faults: Vec<Fault>,
    /// For how long an action is kept.
    pub hold: Hold,
    /// Most work units of a plan.
    pub plan_units: u32,
    /// The instructions to compute with; `None` for the fastest there are.
    pub isa: Option<Isa>,
    /// What the brain is shown before it lives.
    pub demonstrations: Demonstrations,
}

/// A task with all settings made up.
#[derive(Clone, Debug)]
pub struct Course {
    task: Task,
    budget: usize,
    idle_units: u32,
    faults: Vec<Fault>,
    hold: Hold,
    plan_units: u32,
    isa: Option<Isa>,
    demonstrations: Demonstrations,
    /// What the scripted controller reaches, before and after the world changes.
    scripted: [Score; 2],
    published: Option<f64>,
}

impl Course {
    /// Checks the settings, and lets the scripted controller play what checkpoints will.
    ///
    /// # Errors
    /// [`BenchError::Setting`] for a setting out of range, [`BenchError::World`] for a fault out of
    /// range.
    pub fn new(task: Task, settings: &LearningSettings) -> Result<Self, BenchError> {
        let task = settings.applied_to(task)?;
        let mut course = Self {
            task,
            budget: settings.budget,
            idle_units: settings.idle_units,
            faults: settings.faults.clone(),
            hold: settings.hold,
            plan_units: settings.plan_units,
            isa: settings.isa,
            demonstrations: settings.demonstrations,
            scripted: [Score::default(); 2],
            published: None,
        };
        course.check_change()?;
        course.published = course.world()?.solved_return().map(f64::from);
        let controller = || scripted(task.name).map(Player::Scripted);
        course.scripted[0] = course.play(&mut controller()?, 0)?;
        course.scripted[1] = match course.change_after() {
            Some(_) => course.play(&mut controller()?, task.steps)?,
            None => course.scripted[0],
        };
        Ok(course)
    }

    fn check_change(&self) -> Result<(), BenchError> {
        match self.change_after() {
            Some(after) if after >= self.task.steps => {
                let expected = format!("a change before step {}, the last one", self.task.steps);
                Err(BenchError::setting("fault", expected, format!("one after {after} steps")))
            }
            _ => Ok(()),
        }
    }

    /// The task, with the settings' steps, checkpoints and threshold.
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// The instructions to compute with.
    pub(super) fn isa(&self) -> Option<Isa> {
        self.isa
    }

    /// How many steps a run has.
    pub fn steps(&self) -> u64 {
        self.task.steps
    }

    /// How many steps lie between two checkpoints; the last one is at the end in any case.
    pub fn checkpoint_every(&self) -> u64 {
        self.task.checkpoint_every
    }

    /// Most experiences that the brain keeps.
    pub fn budget(&self) -> usize {
        self.budget
    }

    /// For how long an action is kept.
    pub fn hold(&self) -> Hold {
        self.hold
    }

    /// Most work units of a plan.
    pub fn plan_units(&self) -> u32 {
        self.plan_units
    }

    /// Most work units of consolidation after each step.
    pub fn idle_units(&self) -> u32 {
        self.idle_units
    }

    /// What is wrong with the world.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// What the brain is shown before it lives.
    pub fn demonstrations(&self) -> Demonstrations {
        self.demonstrations
    }

    /// After how many steps the world changes, if it does.
    pub fn change_after(&self) -> Option<u64> {
        self.faults.iter().rev().find_map(|fault| match fault {
            Fault::ChangedDynamics { after_steps } => Some(*after_steps),
            _ => None,
        })
    }

    /// The mean return from which the task's publishers call it solved, if they do.
    pub fn published_threshold(&self) -> Option<f64> {
        self.published
    }

    /// What the scripted controller reaches from the starts of the checkpoint at `step`.
    pub fn scripted(&self, step: u64) -> &Score {
        &self.scripted[usize::from(self.is_changed(step))]
    }

    /// What a checkpoint at `step` is judged by.
    pub(super) fn value(&self, score: &Score, step: u64) -> f64 {
        let scripted = self.scripted(step).beacons_per_1000_ticks;
        match self.task.measure {
            Measure::Return => score.mean_return,
            Measure::FinalDistance => score.final_distance.unwrap_or(f64::NAN),
            Measure::ScriptedShare => score
                .beacons_per_1000_ticks
                .zip(scripted)
                .map_or(f64::NAN, |(brain, scripted)| brain / scripted),
        }
    }

    /// A fresh world to train in.
    pub(super) fn world(&self) -> Result<Box<dyn World>, BenchError> {
        Ok(with_faults(world(self.task.name)?, &self.faults)?)
    }

    /// Plays all episodes of the checkpoint at `step`.
    pub(super) fn play(&self, player: &mut Player, step: u64) -> Result<Score, BenchError> {
        let mut world = self.world_at(step)?;
        if self.is_noisy() {
            warm_up(world.as_mut())?;
        }
        let delays = self.faults.iter().rev().find_map(|fault| match fault {
            Fault::ActionDelay { ticks } => Some(*ticks),
            _ => None,
        });
        let rules = Rules {
            episodes: self.task.episodes,
            episode_steps: self.task.episode_steps,
            delay_ticks: delays.unwrap_or(0),
        };
        play(world.as_mut(), player, rules)
    }

    /// A world as training knew it in the step before `step`: changed from its first step on, or
    /// not at all.
    pub(super) fn world_at(&self, step: u64) -> Result<Box<dyn World>, BenchError> {
        let is_changed = self.is_changed(step);
        let faults = self.faults.iter().filter_map(|fault| match fault {
            Fault::ChangedDynamics { .. } if !is_changed => None,
            Fault::ChangedDynamics { .. } => Some(Fault::ChangedDynamics { after_steps: 0 }),
            other => Some(*other),
        });
        let faults: Vec<Fault> = faults.collect();
        Ok(with_faults(world(self.task.name)?, &faults)?)
    }

    fn is_changed(&self, step: u64) -> bool {
        self.change_after().is_some_and(|after| step > after)
    }

    fn is_noisy(&self) -> bool {
        self.faults
            .iter()
            .any(|fault| matches!(fault, Fault::SensorNoise { share } if *share > 0.0))
    }
}

impl LearningSettings {
    /// The task with what these settings say otherwise.
    fn applied_to(&self, task: Task) -> Result<Task, BenchError> {
        let steps = within("steps", self.steps.unwrap_or(task.steps), MAX_STEPS)?;
        let every = self.checkpoint_every.unwrap_or(task.checkpoint_every);
        let episodes = self.episodes.unwrap_or(task.episodes);
        within("episodes", u64::from(episodes), u64::from(MAX_EPISODES))?;
        let threshold = self.threshold.unwrap_or(task.threshold);
        if !threshold.is_finite() {
            return Err(BenchError::setting("threshold", "a finite number", threshold));
        }
        Ok(Task {
            steps,
            checkpoint_every: within("checkpoint_every", every, MAX_STEPS)?,
            episodes,
            threshold,
            ..task
        })
    }
}

fn within(field: &'static str, value: u64, most: u64) -> Result<u64, BenchError> {
    if (1..=most).contains(&value) {
        return Ok(value);
    }
    Err(BenchError::setting(field, format!("1 to {most}"), value))
}

/// Lets the sensors show what they can, under random actions.
fn warm_up(world: &mut dyn World) -> Result<(), BenchError> {
    let mut random = Random::new(world.action_space(), FIRST_WARM_UP);
    let mut seed = FIRST_WARM_UP;
    world.reset(seed);
    for _ in 0..NOISE_WARM_UP_STEPS {
        let action = random.act(world.observation());
        if world.step(&action)?.is_last() {
            seed += 1;
            world.reset(seed);
        }
    }
    Ok(())
}
