//! What every world offers: sensors, actions, and one step at a time.

use minbrain::{Action, ActionSpace, BrainError};
use thiserror::Error;

use crate::arena::Arena;
use crate::classic::{Acrobot, CartPole, MountainCar, MountainCarContinuous, Pendulum};
use crate::episodic::Episodic;
use crate::reacher::Reacher;

/// The names that [`world`] knows.
pub const WORLDS: [&str; 7] = [
    "arena",
    "cartpole",
    "pendulum",
    "mountain-car",
    "mountain-car-continuous",
    "acrobot",
    "reacher",
];

/// What one step led to, beside the new observation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Step {
    /// The reward for this step, in the world's own unit.
    pub reward: f32,
    /// The episode came to an end that belongs to the task: no future follows this step.
    pub ended: bool,
    /// The episode was cut off by its time limit: the future goes on, unseen.
    pub truncated: bool,
}

impl Step {
    /// Whether the world must be reset before it can step again.
    pub fn is_last(&self) -> bool {
        self.ended || self.truncated
    }
}

/// A place where something acts and senses, one step per control cycle.
///
/// A world is deterministic: the same name, seed and actions give the same observations, bit for
/// bit. Time inside it passes only with [`World::step`].
pub trait World: Send {
    /// The name under which [`world`] builds it.
    fn name(&self) -> &str;

    /// One name per sensor, in the order of the observation.
    fn sensor_names(&self) -> &[String];

    /// All actions that can be taken.
    fn action_space(&self) -> ActionSpace;

    /// One name per discrete action, or one per dimension of a continuous action.
    fn action_names(&self) -> &[&'static str];

    /// The time between two steps, in microseconds: what a robot would have to decide in.
    fn cycle_period_us(&self) -> u64;

    /// After how many steps an episode is cut off; `None` if never.
    fn step_limit(&self) -> Option<u32> {
        None
    }

    /// The mean return per episode from which the task counts as solved; `None` if nobody
    /// published one.
    fn solved_return(&self) -> Option<f32> {
        None
    }

    /// Starts a new episode. The seed decides all that is random until the next reset.
    fn reset(&mut self, seed: u64);

    /// What the sensors say now, one value per sensor. It changes with [`World::reset`] and
    /// [`World::step`].
    fn observation(&self) -> &[f32];

    /// Takes one action and lets one cycle pass. The classic tasks allocate nothing here.
    ///
    /// # Errors
    /// [`WorldError::Action`] if the action is not of this world's space, and
    /// [`WorldError::EpisodeOver`] if the last step was its episode's last. The world is then as it
    /// was before the call.
    fn step(&mut self, action: &Action) -> Result<Step, WorldError>;

    /// Changes how the world answers to actions, for good: resets do not undo it. Says in words
    /// what changed.
    fn change_dynamics(&mut self) -> &'static str;

    /// The arena behind this world, for a view from above; `None` if it is another world.
    fn arena(&self) -> Option<&Arena> {
        None
    }
}

/// Why a world could not be built or refused a call.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum WorldError {
    /// No world has this name.
    #[error("world: expected one of {}, got {got:?}", WORLDS.join(", "))]
    Unknown {
        /// The name that came.
        got: String,
    },
    /// The action is not one of this world's.
    #[error(transparent)]
    Action(#[from] BrainError),
    /// The episode is over.
    #[error("{world}: expected a reset after the episode's last step, got another step")]
    EpisodeOver {
        /// Which world.
        world: String,
    },
    /// A fault's setting is outside its range.
    #[error("{field}: expected {expected}, got {got}")]
    Fault {
        /// Which setting.
        field: &'static str,
        /// What would have been taken.
        expected: String,
        /// What came.
        got: String,
    },
}

/// Builds the world called `name`, reset with seed 0.
///
/// # Errors
/// [`WorldError::Unknown`] lists the names.
///
/// ```
/// use minbrain_sim::{Action, World, world};
///
/// let mut pole = world("cartpole")?;
/// pole.reset(7);
/// let step = pole.step(&Action::Discrete(1))?;
/// assert_eq!((step.reward, pole.observation().len()), (1.0, 4));
/// # Ok::<(), minbrain_sim::WorldError>(())
/// ```
pub fn world(name: &str) -> Result<Box<dyn World>, WorldError> {
    Ok(match name {
        "arena" => Box::new(Arena::new(0)),
        "cartpole" => Box::new(Episodic::new(CartPole::default())),
        "pendulum" => Box::new(Episodic::new(Pendulum::default())),
        "mountain-car" => Box::new(Episodic::new(MountainCar::default())),
        "mountain-car-continuous" => Box::new(Episodic::new(MountainCarContinuous::default())),
        "acrobot" => Box::new(Episodic::new(Acrobot::default())),
        "reacher" => Box::new(Episodic::new(Reacher::default())),
        other => return Err(WorldError::Unknown { got: other.to_owned() }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_world_is_built_under_its_name() {
        for name in WORLDS {
            let world = world(name).unwrap();
            assert_eq!(world.name(), name);
            assert_eq!(world.sensor_names().len(), world.observation().len());
            let space = world.action_space();
            let named = if space.dims() > 0 { space.dims() } else { space.parts() };
            assert_eq!(world.action_names().len(), named, "{name}");
            assert!(world.observation().iter().all(|v| v.is_finite()));
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let said = world("moon").err().unwrap().to_string();
        assert!(WORLDS.iter().all(|name| said.contains(name)), "{said}");
        assert!(said.contains("\"moon\""), "{said}");
    }

    #[test]
    fn a_wrong_action_is_refused_and_changes_nothing() {
        for name in WORLDS {
            let (mut asked, mut twin) = (world(name).unwrap(), world(name).unwrap());
            let good = asked.action_space().neutral();
            for wrong in [
                Action::Discrete(99),
                Action::Continuous(vec![]),
                Action::Continuous(vec![f32::NAN; asked.action_space().dims().max(1)]),
                Action::Continuous(vec![99.0; asked.action_space().dims().max(1)]),
            ] {
                assert!(matches!(asked.step(&wrong), Err(WorldError::Action(_))), "{name}");
            }
            assert_eq!(asked.step(&good), twin.step(&good));
            assert_eq!(asked.observation(), twin.observation());
        }
    }
}
