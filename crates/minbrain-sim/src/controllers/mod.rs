//! Hand-written and random controllers: what a learner is compared with.
//!
//! Mean return over 30 episodes of fixed seeds (1,000 ticks each in the arena), as
//! `cargo test -p minbrain-sim --lib controllers -- --nocapture` prints it:
//!
//! | world | scripted | random |
//! |---|---|---|
//! | arena | 8.9 (10.5 beacons) | -12.1 (0.0 beacons) |
//! | cartpole | 500.0 | 22.1 |
//! | pendulum | -164.5 | -1268.3 |
//! | mountain-car | -118.6 | -200.0 |
//! | mountain-car-continuous | 92.9 | -33.3 |
//! | acrobot | -89.6 | -500.0 |
//! | reacher | -3.6 | -42.8 |

mod acrobot;
mod arena;
mod cartpole;
mod mountain_car;
mod pendulum;
mod random;
mod reacher;

pub use random::Random;

use minbrain::Action;

use crate::world::WorldError;

/// Something that acts on what it senses, and knows nothing else of the world.
pub trait Controller: Send {
    /// Forgets the last episode; call it when one starts.
    fn start(&mut self) {}

    /// The next action, given one value per sensor. Missing sensors read as 0; sensors beyond those
    /// that the controller knows are ignored.
    fn act(&mut self, observation: &[f32]) -> Action;
}

/// The hand-written controller for the world called `name`.
///
/// They are good, not optimal; the table [above](self) says how good.
///
/// # Errors
/// [`WorldError::Unknown`] lists the names of all worlds.
pub fn scripted(name: &str) -> Result<Box<dyn Controller>, WorldError> {
    Ok(match name {
        "arena" => Box::new(arena::LightSeeker::default()),
        "cartpole" => Box::new(cartpole::Balancer),
        "pendulum" => Box::new(pendulum::SwingUp),
        "mountain-car" => Box::new(mountain_car::Rocker),
        "mountain-car-continuous" => Box::new(mountain_car::SmoothRocker),
        "acrobot" => Box::new(acrobot::Pumper),
        "reacher" => Box::new(reacher::Pointer),
        other => return Err(WorldError::Unknown { got: other.to_owned() }),
    })
}

/// The first `N` sensors.
fn sensors<const N: usize>(observation: &[f32]) -> [f32; N] {
    std::array::from_fn(|i| observation.get(i).copied().unwrap_or(0.0))
}

#[cfg(test)]
mod tests;
