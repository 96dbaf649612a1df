//! Faults: what goes wrong with real robots, put around a world.

use std::collections::VecDeque;

use minbrain::{Action, ActionSpace};

use crate::arena::Arena;
use crate::dice::Dice;
use crate::world::{Step, World, WorldError};

/// The longest delay of actions, in ticks.
pub const MAX_DELAY_TICKS: usize = 64;

/// The most sensors of pure noise.
pub const MAX_NOISE_SENSORS: usize = 1_024;

/// Keeps a fault's random numbers apart from the world's, which are drawn from the plain seed.
const NOISE_SEED: u64 = 0x6e6f_6973_655f_7365;

/// One thing that is wrong with a robot or its world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Every sensor carries Gaussian noise: its deviation is this share of the deviation that the
    /// sensor has shown since the world was built.
    SensorNoise {
        /// 0 and above; 0.1 is a noisy sensor, 1 one that says as much noise as signal.
        share: f32,
    },
    /// An action acts this much later. Until an episode's first action is due, it acts at once.
    ActionDelay {
        /// At most [`MAX_DELAY_TICKS`].
        ticks: usize,
    },
    /// From this step on, counted over all episodes, the world obeys
    /// [`World::change_dynamics`].
    ChangedDynamics {
        /// How many steps pass before the change.
        after_steps: u64,
    },
    /// Sensors that say nothing: standard normal noise, appended to the observation.
    ExtraNoiseSensors {
        /// At most [`MAX_NOISE_SENSORS`].
        count: usize,
    },
}

/// A world with faults, still called by its own name. The last fault of each kind counts.
///
/// # Errors
/// [`WorldError::Fault`] names a setting out of range.
///
/// ```
/// use minbrain_sim::{Fault, World, with_faults, world};
///
/// let faults = [Fault::ActionDelay { ticks: 2 }, Fault::ExtraNoiseSensors { count: 3 }];
/// let pole = with_faults(world("cartpole")?, &faults)?;
/// assert_eq!(pole.observation().len(), 4 + 3);
/// # Ok::<(), minbrain_sim::WorldError>(())
/// ```
pub fn with_faults(inner: Box<dyn World>, faults: &[Fault]) -> Result<Box<dyn World>, WorldError> {
    let mut faulty = Faulty::new(inner);
    for fault in faults {
        faulty.add(*fault)?;
    }
    faulty.append_sensors();
    faulty.sense();
    Ok(Box::new(faulty))
}

struct Faulty {
    inner: Box<dyn World>,
    space: ActionSpace,
    noise_share: f32,
    delay_ticks: usize,
    change_at: Option<u64>,
    noise_sensors: usize,
    waiting: VecDeque<Action>,
    spread: Vec<Spread>,
    dice: Dice,
    steps: u64,
    sensor_names: Vec<String>,
    observation: Vec<f32>,
}

impl Faulty {
    fn new(inner: Box<dyn World>) -> Self {
        Self {
            space: inner.action_space(),
            noise_share: 0.0,
            delay_ticks: 0,
            change_at: None,
            noise_sensors: 0,
            waiting: VecDeque::new(),
            spread: vec![Spread::default(); inner.observation().len()],
            dice: Dice::new(NOISE_SEED),
            steps: 0,
            sensor_names: Vec::new(),
            observation: Vec::new(),
            inner,
        }
    }

    fn add(&mut self, fault: Fault) -> Result<(), WorldError> {
        match fault {
            Fault::SensorNoise { share } if share.is_finite() && share >= 0.0 => {
                self.noise_share = share;
            }
            Fault::SensorNoise { share } => {
                return Err(refused("share", "a finite share, 0 or above".into(), share));
            }
            Fault::ActionDelay { ticks } => {
                self.delay_ticks = at_most("ticks", MAX_DELAY_TICKS, ticks)?;
            }
            Fault::ExtraNoiseSensors { count } => {
                self.noise_sensors = at_most("count", MAX_NOISE_SENSORS, count)?;
            }
            Fault::ChangedDynamics { after_steps } => self.change_at = Some(after_steps),
        }
        Ok(())
    }

    fn append_sensors(&mut self) {
        let names = self.inner.sensor_names().iter().cloned();
        let noise = (0..self.noise_sensors).map(|i| format!("noise_{i}"));
        self.sensor_names = names.chain(noise).collect();
        self.observation = vec![0.0; self.sensor_names.len()];
    }

    /// Takes in what the inner world shows, with what is wrong with the sensors.
    fn sense(&mut self) {
        let seen = self.inner.observation();
        let (sensors, extra) = self.observation.split_at_mut(seen.len());
        for ((out, &value), spread) in sensors.iter_mut().zip(seen).zip(&mut self.spread) {
            spread.take(f64::from(value));
            let deviation = f64::from(self.noise_share) * spread.deviation();
            *out = (f64::from(value) + deviation * self.dice.normal()) as f32;
        }
        extra.iter_mut().for_each(|out| *out = self.dice.normal() as f32);
    }

    /// Lets an action wait for its turn, in the room of the one that has just acted.
    fn enqueue(&mut self, action: &Action) {
        if self.waiting.len() < self.delay_ticks {
            self.waiting.push_back(action.clone());
        } else if let Some(mut acted) = self.waiting.pop_front() {
            assign(&mut acted, action);
            self.waiting.push_back(acted);
        }
    }
}

impl World for Faulty {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn sensor_names(&self) -> &[String] {
        &self.sensor_names
    }

    fn action_space(&self) -> ActionSpace {
        self.space.clone()
    }

    fn action_names(&self) -> &[&'static str] {
        self.inner.action_names()
    }

    fn cycle_period_us(&self) -> u64 {
        self.inner.cycle_period_us()
    }

    fn step_limit(&self) -> Option<u32> {
        self.inner.step_limit()
    }

    fn solved_return(&self) -> Option<f32> {
        self.inner.solved_return()
    }

    fn reset(&mut self, seed: u64) {
        self.inner.reset(seed);
        self.dice = Dice::new(seed ^ NOISE_SEED);
        self.waiting.clear();
        self.sense();
    }

    fn observation(&self) -> &[f32] {
        &self.observation
    }

    fn step(&mut self, action: &Action) -> Result<Step, WorldError> {
        self.space.check(action)?;
        if self.change_at.is_some_and(|at| self.steps >= at) {
            self.change_at = None;
            self.inner.change_dynamics();
        }
        let step = self.inner.step(self.waiting.front().unwrap_or(action))?;
        self.enqueue(action);
        self.steps += 1;
        self.sense();
        Ok(step)
    }

    fn change_dynamics(&mut self) -> &'static str {
        self.inner.change_dynamics()
    }

    fn arena(&self) -> Option<&Arena> {
        self.inner.arena()
    }
}

/// Takes over an action without allocating, given that both are of one space.
fn assign(target: &mut Action, source: &Action) {
    match (target, source) {
        (Action::Continuous(mine), Action::Continuous(theirs)) => mine.clone_from(theirs),
        (mine, theirs) => *mine = theirs.clone(),
    }
}

fn refused(field: &'static str, expected: String, got: impl ToString) -> WorldError {
    WorldError::Fault { field, expected, got: got.to_string() }
}

fn at_most(field: &'static str, limit: usize, got: usize) -> Result<usize, WorldError> {
    if got <= limit { Ok(got) } else { Err(refused(field, format!("at most {limit}"), got)) }
}

/// The running deviation of one sensor (Welford 1962).
#[derive(Clone, Copy, Debug, Default)]
struct Spread {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Spread {
    fn take(&mut self, value: f64) {
        self.count += 1.0;
        let off = value - self.mean;
        self.mean += off / self.count;
        self.squares += off * (value - self.mean);
    }

    fn deviation(&self) -> f64 {
        libm::sqrt(self.squares / self.count.max(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{WORLDS, world};

    fn faulty(name: &str, faults: &[Fault]) -> Box<dyn World> {
        with_faults(world(name).unwrap(), faults).unwrap()
    }

    #[test]
    fn no_fault_changes_nothing() {
        for name in WORLDS {
            let (mut with, mut without) = (faulty(name, &[]), world(name).unwrap());
            let action = without.action_space().neutral();
            for seed in 0..3 {
                with.reset(seed);
                without.reset(seed);
                assert_eq!(with.step(&action), without.step(&action));
                assert_eq!(with.observation(), without.observation());
            }
        }
    }

    #[test]
    fn an_action_acts_later_by_the_delay() {
        let mut late = faulty("mountain-car", &[Fault::ActionDelay { ticks: 3 }]);
        let mut prompt = world("mountain-car").unwrap();
        let asked = [2, 0, 0, 1, 2, 2, 0, 1, 0, 2];
        let acting = [2, 2, 2, 2, 0, 0, 1, 2, 2, 0];
        for (asked, acting) in asked.into_iter().zip(acting) {
            late.step(&Action::Discrete(asked)).unwrap();
            prompt.step(&Action::Discrete(acting)).unwrap();
            assert_eq!(late.observation(), prompt.observation());
        }
    }

    #[test]
    fn sensor_noise_is_the_asked_share_of_each_sensor_s_deviation() {
        let mut noisy = faulty("pendulum", &[Fault::SensorNoise { share: 0.5 }]);
        let mut clean = world("pendulum").unwrap();
        let (mut signal, mut noise) = (Spread::default(), Spread::default());
        for seed in 0..200 {
            noisy.reset(seed);
            clean.reset(seed);
            for _ in 0..100 {
                let action = Action::Continuous(vec![1.0]);
                noisy.step(&action).unwrap();
                clean.step(&action).unwrap();
                let truth = f64::from(clean.observation()[2]);
                signal.take(truth);
                noise.take(f64::from(noisy.observation()[2]) - truth);
            }
        }
        let share = noise.deviation() / signal.deviation();
        assert!((share - 0.5).abs() < 0.03, "{share}");
    }

    #[test]
    fn dynamics_change_at_the_asked_step_and_outlast_a_reset() {
        for name in WORLDS {
            let mut changing = faulty(name, &[Fault::ChangedDynamics { after_steps: 5 }]);
            let mut same = world(name).unwrap();
            let action = match same.action_space() {
                ActionSpace::Discrete(_) => Action::Discrete(0),
                ActionSpace::Continuous(bounds) => Action::Continuous(vec![0.5; bounds.len()]),
            };
            let mut differs = Vec::new();
            for _ in 0..8 {
                changing.step(&action).unwrap();
                same.step(&action).unwrap();
                differs.push(changing.observation() != same.observation());
            }
            assert_eq!(differs[..5], [false; 5], "{name}");
            assert!(differs[5..].iter().any(|&differs| differs), "{name}");
            changing.reset(1);
            same.reset(1);
            (0..4).for_each(|_| {
                changing.step(&action).unwrap();
                same.step(&action).unwrap();
            });
            assert_ne!(changing.observation(), same.observation(), "{name}");
        }
    }

    #[test]
    fn noise_sensors_are_named_and_leave_the_others_alone() {
        let mut noisy = faulty("acrobot", &[Fault::ExtraNoiseSensors { count: 2 }]);
        let clean = world("acrobot").unwrap();
        noisy.reset(0);
        assert_eq!(noisy.observation()[..6], *clean.observation());
        assert_eq!(noisy.sensor_names()[6..], ["noise_0", "noise_1"]);
        let before = noisy.observation()[6..].to_vec();
        noisy.step(&Action::Discrete(1)).unwrap();
        assert_ne!(noisy.observation()[6..], before);
    }

    #[test]
    fn settings_out_of_range_are_named() {
        let refuse = |fault| with_faults(world("cartpole").unwrap(), &[fault]).err().unwrap();
        for fault in [
            Fault::SensorNoise { share: -0.1 },
            Fault::SensorNoise { share: f32::NAN },
            Fault::ActionDelay { ticks: MAX_DELAY_TICKS + 1 },
            Fault::ExtraNoiseSensors { count: MAX_NOISE_SENSORS + 1 },
        ] {
            assert!(matches!(refuse(fault), WorldError::Fault { .. }), "{fault:?}");
        }
    }

    #[test]
    fn a_step_after_the_end_is_refused_until_reset() {
        let mut pole = faulty("cartpole", &[Fault::ActionDelay { ticks: 1 }]);
        let right = Action::Discrete(1);
        while !pole.step(&right).unwrap().is_last() {}
        let seen = pole.observation().to_vec();
        assert!(matches!(pole.step(&right), Err(WorldError::EpisodeOver { .. })));
        assert_eq!(pole.observation(), seen);
        pole.reset(1);
        assert!(pole.step(&right).is_ok());
    }
}
