//! What a fault costs in what a brain earns: cartpole, by value.

use std::collections::{BTreeMap, BTreeSet};

use minbrain::{Brain, Budget, Exploration, Isa, Outcome, Policy};
use minbrain_sim::{World, world};
use serde::Serialize;

use super::fault::{Kind, ReadingFault};
use super::senses::{Reading, Senses};
use super::{FaultSettings, median};
use crate::error::BenchError;
use crate::learning::{BUDGET, IDLE_UNITS};

/// How many episodes a clone plays.
pub const CARTPOLE_EPISODES: u32 = 30;
/// The seeds of their starts go up from here, for every seed of the brain.
const FIRST_START: u64 = 10_000;
/// How far apart the seeds of two training episodes lie, so that a neighbouring seed of the brain
/// gives other episodes.
const EPISODE_STRIDE: u64 = 0x9E37_79B9_7F4A_7C15;

/// What brains earned at some step, with the fault and without it: the mean return of 30 episodes
/// each, at most 500.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Returns {
    /// With the fault; the median over the seeds.
    pub median: f64,
    /// The same of the worst seed.
    pub least: f64,
    /// The twins'; the median over the seeds.
    pub twin_median: f64,
    /// The same of the worst twin.
    pub twin_least: f64,
}

/// What a fault cost in returns.
#[derive(Clone, Debug, Serialize)]
pub struct CartpoleFaultRow {
    /// Names this measurement.
    pub bench: &'static str,
    /// Names this part of it.
    pub part: &'static str,
    /// What was wrong.
    pub fault: &'static str,
    /// When it began; `None` if it began with the life.
    pub before: Option<Returns>,
    /// 100 steps after it; after step 400 if it began with the life and did not end.
    pub after_100: Returns,
    /// 500 steps after it.
    pub after_500: Returns,
    /// 2,000 steps after it.
    pub after_2000: Returns,
    /// How many lives, each beside its twin.
    pub seeds: u32,
    /// The first seed.
    pub first_seed: u64,
}

/// What was earned, by the step at which it was tried out.
type Earned = BTreeMap<usize, f64>;

/// Faultless lives that learn to balance the pole, to compare lives with faults with.
#[derive(Debug)]
pub struct CartpoleFaults {
    settings: FaultSettings,
    twins: Vec<(u64, Earned)>,
}

impl CartpoleFaults {
    /// Lets the twins live, and tries them out wherever these faults are measured.
    ///
    /// # Errors
    /// [`BenchError::Setting`] without seeds; what the brain or the world refuses.
    pub fn new(settings: &FaultSettings, faults: &[ReadingFault]) -> Result<Self, BenchError> {
        let trials: BTreeSet<usize> = faults.iter().flat_map(trials).collect();
        let twin = |seed| match faults.first() {
            Some(fault) => Ok((seed, live(&fault.twin(), &trials, seed, settings.isa)?)),
            None => Ok((seed, Earned::new())),
        };
        let twins: Result<_, BenchError> = settings.seed_range()?.map(twin).collect();
        Ok(Self { settings: *settings, twins: twins? })
    }

    /// Lives with one of the faults, and compares. Deterministic.
    ///
    /// # Errors
    /// What the brain or the world refuses.
    pub fn row(&self, fault: &ReadingFault) -> Result<CartpoleFaultRow, BenchError> {
        let trials = trials(fault).collect();
        let with_fault = |(seed, _): &(u64, Earned)| live(fault, &trials, *seed, self.settings.isa);
        let lived: Result<Vec<Earned>, BenchError> = self.twins.iter().map(with_fault).collect();
        let (lived, twins) = (lived?, self.twins.iter().map(|(_, earned)| earned));
        let twins: Vec<&Earned> = twins.collect();
        let at = |step| {
            let [(median, least), (twin_median, twin_least)] =
                [summary(lived.iter(), step), summary(twins.iter().copied(), step)];
            Returns { median, least, twin_median, twin_least }
        };
        let [after_100, after_500, after_2000] = fault.after().map(|window| at(window.end));
        Ok(CartpoleFaultRow {
            bench: "faults",
            part: "cartpole",
            fault: fault.name(),
            before: fault.begins().map(at),
            after_100,
            after_500,
            after_2000,
            seeds: self.settings.seeds,
            first_seed: self.settings.first_seed,
        })
    }
}

/// The steps at which brains are tried out.
fn trials(fault: &ReadingFault) -> impl Iterator<Item = usize> {
    fault.begins().into_iter().chain(fault.after().map(|window| window.end))
}

/// The median and the least of what lives earned at a step.
fn summary<'a>(lives: impl Iterator<Item = &'a Earned> + Clone, step: usize) -> (f64, f64) {
    let values = lives.map(|earned| earned.get(&step).copied().unwrap_or(f64::NAN));
    (median(values.clone()), values.fold(f64::NAN, f64::min))
}

/// Lets a brain learn by itself, and tries it out after so many steps each.
fn live(
    fault: &ReadingFault,
    trials: &BTreeSet<usize>,
    seed: u64,
    isa: Option<Isa>,
) -> Result<Earned, BenchError> {
    let mut life = Life::new(fault, seed, isa)?;
    let mut earned = Earned::new();
    for &trial in trials {
        while life.steps < trial {
            life.step()?;
        }
        earned.insert(trial, life.try_out()?);
    }
    Ok(earned)
}

struct Life {
    brain: Brain,
    world: Box<dyn World>,
    fault: ReadingFault,
    senses: Senses,
    reading: Reading,
    steps: usize,
    episodes: u64,
    seed: u64,
}

impl Life {
    fn new(fault: &ReadingFault, seed: u64, isa: Option<Isa>) -> Result<Self, BenchError> {
        let world = world("cartpole")?;
        let brain = Brain::builder()
            .sensors(world.observation().len())
            .actions(world.action_space())
            .budget(Budget::Experiences(BUDGET))
            .policy(Policy::Value)
            .cycle_period_us(world.cycle_period_us())
            .seed(seed)
            .isa(isa)
            .build()?;
        let reading = Reading { values: Vec::new(), is_sound: true };
        let senses = Senses::new(fault, seed);
        let mut life =
            Self { brain, world, fault: *fault, senses, reading, steps: 0, episodes: 0, seed };
        life.begin();
        Ok(life)
    }

    /// One cycle, and the idle time after it.
    fn step(&mut self) -> Result<(), BenchError> {
        let decision = self.brain.decide(&self.reading.values)?;
        let step = self.world.step(&decision.action)?;
        self.steps += 1;
        self.reading = self.senses.read(self.world.observation(), self.steps);
        let observation = &self.reading.values;
        self.brain.learn(Outcome { observation, reward: step.reward, ended: step.ended })?;
        self.brain.consolidate(IDLE_UNITS);
        if step.is_last() {
            self.begin();
        }
        Ok(())
    }

    fn begin(&mut self) {
        self.episodes += 1;
        let nth = self.episodes.wrapping_mul(EPISODE_STRIDE);
        self.world.reset(self.seed.wrapping_add(nth));
        self.brain.interrupt();
        self.reading = self.senses.read(self.world.observation(), self.steps);
    }

    /// The mean return of a clone that neither explores nor learns. Its readings are right, but for
    /// a zero that has shifted for good.
    fn try_out(&self) -> Result<f64, BenchError> {
        let mut clone = self.brain.clone();
        clone.set_exploration(Exploration::Off);
        let mut world = world("cartpole")?;
        let mut total = 0.0;
        for nth in 0..u64::from(CARTPOLE_EPISODES) {
            world.reset(FIRST_START + nth);
            clone.interrupt();
            loop {
                let seen = self.lasting(world.observation());
                let step = world.step(&clone.decide(&seen)?.action)?;
                total += f64::from(step.reward);
                if step.is_last() {
                    break;
                }
            }
        }
        Ok(total / f64::from(CARTPOLE_EPISODES))
    }

    fn lasting(&self, truth: &[f32]) -> Vec<f32> {
        let mut seen = truth.to_vec();
        if let (Kind::Offset(by), Some(value)) = (self.fault.kind, seen.get_mut(self.fault.sensor))
            && self.steps > self.fault.onset
        {
            *value += by;
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::super::fault::CARTPOLE_FAULTS;
    use super::*;

    fn fault(name: &str) -> ReadingFault {
        CARTPOLE_FAULTS.into_iter().find(|fault| fault.name() == name).unwrap()
    }

    #[test]
    fn a_fault_that_is_yet_to_come_changes_nothing() {
        let lives = ["none", "spike:1e9", "offset:0.5"];
        let [twin, spike, offset] =
            lives.map(|name| live(&fault(name), &BTreeSet::from([60, 150]), 100, None).unwrap());
        assert_eq!(twin.keys().copied().collect::<Vec<_>>(), [60, 150]);
        assert_eq!((&twin, &twin), (&spike, &offset));
        assert!(twin.values().all(|earned| (1.0..=500.0).contains(earned)), "{twin:?}");
    }

    #[test]
    fn brains_are_tried_out_before_and_after() {
        assert_eq!(trials(&fault("spike:8")).collect::<Vec<_>>(), [5_000, 5_101, 5_501, 7_001]);
        assert_eq!(trials(&fault("stuck:300")).collect::<Vec<_>>(), [5_000, 5_400, 5_800, 7_300]);
        assert_eq!(trials(&fault("dead:3000")).collect::<Vec<_>>(), [3_100, 3_500, 5_000]);
        assert_eq!(trials(&fault("first:65535")).collect::<Vec<_>>(), [500, 900, 2_400]);
    }

    #[test]
    fn the_worst_seed_and_the_median_are_told() {
        let lives = [3.0, 9.0, 5.0].map(|earned| Earned::from([(7, earned)]));
        assert_eq!(summary(lives.iter(), 7), (5.0, 3.0));
        assert!(summary(lives.iter(), 8).0.is_nan());
    }

    #[test]
    fn only_a_shifted_zero_lasts_into_the_trials() {
        let truth = [1.0, 2.0, 3.0, 4.0];
        for (name, steps, expected) in
            [("offset:0.5", 5_000, 1.0), ("offset:0.5", 5_001, 1.5), ("dead:3000", 10, 1.0)]
        {
            let mut life = Life::new(&fault(name), 1, None).unwrap();
            life.steps = steps;
            assert_eq!(life.lasting(&truth), [expected, 2.0, 3.0, 4.0], "{name}");
        }
    }
}
