//! One episode of a controller in a world.

use crate::controllers::Controller;
use crate::world::{World, WorldError};

/// What an episode came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Episode {
    /// Steps taken.
    pub steps: u64,
    /// The sum of all rewards: the return, not discounted.
    pub total_reward: f64,
    /// Whether the task itself ended the episode.
    pub ended: bool,
}

/// Resets the world with `seed` and lets the controller act until the episode's last step, or for
/// `max_steps`, whichever comes first.
///
/// # Errors
/// What [`World::step`] answers to an action that is not the world's.
pub fn run_episode(
    world: &mut dyn World,
    controller: &mut dyn Controller,
    seed: u64,
    max_steps: u64,
) -> Result<Episode, WorldError> {
    world.reset(seed);
    controller.start();
    let mut episode = Episode::default();
    for _ in 0..max_steps {
        let action = controller.act(world.observation());
        let step = world.step(&action)?;
        episode.steps += 1;
        episode.total_reward += f64::from(step.reward);
        episode.ended = step.ended;
        if step.is_last() {
            break;
        }
    }
    Ok(episode)
}
