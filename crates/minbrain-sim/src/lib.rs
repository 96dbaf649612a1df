//! Worlds to try minbrain in, controllers to compare it with, and faults to try it under.
//!
//! [`world()`] builds a world by name: the `arena` (a robot among obstacles and beacons, on
//! rapier2d), the five classic control tasks with Gymnasium's published dynamics, and `reacher`, a
//! planar arm. [`scripted`] builds a hand-written controller for it that sees only what the sensors
//! see; [`Random`] acts at random. [`with_faults`] makes a world noisier, slower to obey, or
//! different from some step on.
//!
//! Everything is deterministic: the same names, seeds and actions give the same bytes.
//!
//! ```
//! use minbrain_sim::{run_episode, scripted, world};
//!
//! let mut pole = world("cartpole")?;
//! let mut controller = scripted("cartpole")?;
//! let episode = run_episode(pole.as_mut(), controller.as_mut(), 7, 500)?;
//! assert_eq!(episode.total_reward, 500.0);
//! # Ok::<(), minbrain_sim::WorldError>(())
//! ```

pub mod arena;
mod classic;
pub mod controllers;
mod dice;
mod episodic;
mod faults;
mod integrate;
mod reacher;
mod rollout;
mod world;

pub use arena::Arena;
pub use controllers::{Controller, Random, scripted};
pub use faults::{Fault, MAX_DELAY_TICKS, MAX_NOISE_SENSORS, with_faults};
pub use minbrain::{Action, ActionSpace};
pub use rollout::{Episode, run_episode};
pub use world::{Step, WORLDS, World, WorldError, world};
