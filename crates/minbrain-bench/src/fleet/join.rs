//! Fresh robots that join a fleet which has solved their task, beside the same robots alone.

use std::time::{Duration, Instant};

use minbrain::{Brain, Budget, Isa, Outcome, Policy};
use minbrain_fleet::{Address, Fleet, FleetSettings};
use minbrain_sim::{World, world};
use serde::Serialize;

use crate::error::BenchError;
use crate::learning::{IDLE_UNITS, Measure, Task};

/// How long the network may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How far apart the seeds of two episodes lie.
const EPISODE_STRIDE: u64 = 0x9E37_79B9_7F4A_7C15;

/// What to measure.
#[derive(Clone, Debug)]
pub struct JoinSettings {
    /// Where the fleet is.
    pub address: Address,
    /// What the robots are to do.
    pub task: Task,
    /// How many robots learn it first, one after the other, and publish what they live through.
    pub teachers: u64,
    /// How many fresh robots join then, each by itself.
    pub robots: u64,
    /// The first teacher's seed; the others' follow, then those of the fresh robots.
    pub first_seed: u64,
    /// How many experiences each brain keeps.
    pub budget: usize,
    /// The instructions to compute with; `None` for the fastest there are.
    pub isa: Option<Isa>,
}

/// A fresh robot with a fleet, and without.
#[derive(Clone, Debug, Serialize)]
pub struct JoinRow {
    /// Names this measurement.
    pub bench: &'static str,
    /// What it was to do.
    pub task: &'static str,
    /// From which return an episode is good.
    pub threshold: f64,
    /// The robot's seed.
    pub seed: u64,
    /// How many robots had learned it before.
    pub teachers: u64,
    /// Experiences that the fleet had.
    pub fleet_experiences: u64,
    /// Experiences that the robot adopted.
    pub adopted: u64,
    /// How long joining took, consolidation included, in seconds.
    pub join_s: f64,
    /// What its first episode earned.
    pub first_return: f64,
    /// What the first episode of the same robot earned without a fleet.
    pub alone_first_return: f64,
    /// Without a fleet: after which step each episode ended ...
    pub alone_steps: Vec<u64>,
    /// ... and what it earned.
    pub alone_returns: Vec<f64>,
}

/// Lets robots learn and publish, then others join. Each row is told as soon as it is known.
///
/// # Errors
/// [`BenchError`] of the fleet, a world or a brain.
pub fn join(
    settings: &JoinSettings,
    mut tell: impl FnMut(JoinRow) -> Result<(), BenchError>,
) -> Result<(), BenchError> {
    if settings.task.measure != Measure::Return {
        let expected = "a task that is judged by its return";
        return Err(BenchError::setting("task", expected, settings.task.name));
    }
    for nth in 0..settings.teachers {
        let mut robot = Robot::new(settings, settings.first_seed.wrapping_add(nth))?;
        let mut fleet = robot.fleet()?;
        while robot.steps < settings.task.steps {
            robot.step(Some(&mut fleet))?;
        }
        let status = fleet.close(&mut robot.brain, PATIENCE);
        if let Some(trouble) = status.trouble {
            return Err(trouble.into());
        }
    }
    for nth in 0..settings.robots {
        let seed = settings.first_seed.wrapping_add(settings.teachers + nth);
        tell(fresh(settings, seed)?)?;
    }
    Ok(())
}

fn fresh(settings: &JoinSettings, seed: u64) -> Result<JoinRow, BenchError> {
    let mut robot = Robot::new(settings, seed)?;
    let mut fleet = robot.fleet()?;
    let began = Instant::now();
    let joined = fleet.join(&mut robot.brain, PATIENCE)?;
    let join_s = began.elapsed().as_secs_f64();
    // What it lives through is not published: the next one shall find the same fleet.
    while robot.returns.is_empty() {
        robot.step(None)?;
    }
    drop(fleet);
    let mut alone = Robot::new(settings, seed)?;
    while alone.steps < settings.task.steps || alone.returns.is_empty() {
        alone.step(None)?;
    }
    Ok(JoinRow {
        bench: "fleet join",
        task: settings.task.name,
        threshold: settings.task.threshold,
        seed,
        teachers: settings.teachers,
        fleet_experiences: joined.fleet,
        adopted: joined.adopted,
        join_s,
        first_return: robot.returns[0].1,
        alone_first_return: alone.returns[0].1,
        alone_steps: alone.returns.iter().map(|(step, _)| *step).collect(),
        alone_returns: alone.returns.iter().map(|(_, earned)| *earned).collect(),
    })
}

/// A robot in its world.
struct Robot {
    brain: Brain,
    world: Box<dyn World>,
    seed: u64,
    address: Address,
    steps: u64,
    earned: f64,
    /// After which step each episode ended, and what it earned.
    returns: Vec<(u64, f64)>,
}

impl Robot {
    fn new(settings: &JoinSettings, seed: u64) -> Result<Self, BenchError> {
        let mut world = world(settings.task.name)?;
        world.reset(seed);
        let brain = Brain::builder()
            .sensors(world.observation().len())
            .actions(world.action_space())
            .budget(Budget::Experiences(settings.budget))
            .policy(Policy::Value)
            .cycle_period_us(world.cycle_period_us())
            .seed(seed)
            .isa(settings.isa)
            .build()?;
        let address = settings.address.clone();
        Ok(Self { brain, world, seed, address, steps: 0, earned: 0.0, returns: Vec::new() })
    }

    fn fleet(&self) -> Result<Fleet, BenchError> {
        Ok(Fleet::start(FleetSettings::new(self.address.clone()), self.brain.config())?)
    }

    /// One cycle, and the idle time after it.
    fn step(&mut self, mut fleet: Option<&mut Fleet>) -> Result<(), BenchError> {
        let Self { brain, world, .. } = self;
        let decision = brain.decide(world.observation())?;
        if let Some(fleet) = &mut fleet {
            fleet.decided(world.observation(), decision);
        }
        let step = world.step(&decision.action)?;
        let outcome =
            Outcome { observation: world.observation(), reward: step.reward, ended: step.ended };
        let learned = brain.learn(outcome)?;
        if let Some(fleet) = &mut fleet {
            fleet.learned(outcome, learned, brain.time_us());
            fleet.consolidate(brain);
        }
        brain.consolidate(IDLE_UNITS);
        self.steps += 1;
        self.earned += f64::from(step.reward);
        if step.is_last() {
            self.returns.push((self.steps, std::mem::take(&mut self.earned)));
            let nth = self.returns.len() as u64;
            self.world.reset(self.seed.wrapping_add(nth.wrapping_mul(EPISODE_STRIDE)));
            self.brain.interrupt();
            if let Some(fleet) = fleet {
                fleet.interrupted();
            }
        }
        Ok(())
    }
}
