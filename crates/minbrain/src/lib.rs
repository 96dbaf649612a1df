//! A real-time experience memory that learns.
//!
//! A robot, or any agent, hands the brain what it senses. Within microseconds the brain recalls the
//! most similar moments of its life exactly, lets activation spread through their associations,
//! predicts what an action would lead to, picks one, stores what then happened, and forgets what it
//! can best do without. It learns from single experiences, with no training phase, inside a fixed
//! budget.
//!
//! ```
//! use minbrain::{ActionSpace, Brain, Budget, Outcome};
//!
//! let mut brain = Brain::builder()
//!     .sensors(2)
//!     .actions(ActionSpace::discrete(2))
//!     .budget(Budget::Experiences(1_000))
//!     .build()?;
//! let mut position = 0.0_f32;
//! let mut surprise = 1.0;
//! for _ in 0..100 {
//!     let decision = brain.decide(&[position, position * position])?;
//!     position += if decision.action.index() == Some(0) { -0.1 } else { 0.1 };
//!     let observation = [position, position * position];
//!     let outcome = Outcome { observation: &observation, reward: 0.0, ended: false };
//!     surprise = brain.learn(outcome)?.surprise;
//! }
//! assert!(surprise < 0.1, "what an action leads to is known by now");
//! # Ok::<(), minbrain::BrainError>(())
//! ```

mod action;
mod association;
mod brain;
mod budget;
mod builder;
mod clock;
mod columns;
mod config;
mod crossover;
mod cycle;
mod decision;
mod demonstrations;
mod drive;
#[cfg(feature = "journal")]
mod durable;
mod error;
mod experience;
mod experiences;
mod features;
mod fingerprint;
#[cfg(feature = "gpu")]
pub mod gpu;
mod guide;
mod image;
mod insight;
mod least_squares;
pub mod limits;
mod metric;
mod mind;
mod model;
mod planning;
pub mod prior;
pub mod recall;
mod recording;
mod regression;
mod relevance;
mod scale;
mod seed;
mod space;
mod stacking;
mod tape;
mod telemetry;
mod usual;
mod value;
mod working_memory;

pub use action::{Action, ActionSpace, Bounds};
pub use brain::Brain;
pub use budget::Budget;
pub use builder::BrainBuilder;
pub use config::{Config, Exploration, Forgetting, Hold, Policy};
pub use crossover::{Crossover, Measured, Profile, ProfileError};
pub use decision::{Activated, Decision, Learned, Method, Neighbour, Outcome, Prediction};
#[cfg(feature = "journal")]
pub use durable::{DurableBrain, DurableError, Keeping, NotTaken, Revival};
pub use error::{BrainError, Problem};
pub use experience::{Experience, ExperienceId, Foreign, Origin};
pub use guide::{BrainState, MinimalBrain};
pub use image::{IMAGE_VERSION, ImageError};
pub use insight::{Active, Forgotten, Insight, Witness};
pub use metric::Metric;
#[cfg(feature = "journal")]
pub use minbrain_journal as journal;
pub use minbrain_kernels::Isa;
pub use recording::{RECORDING_VERSION, Recorder, RecordingError, Replay, Replayed};
pub use space::Effort;
pub use tape::{Echo, Tape, TapeError};
pub use telemetry::{GpuUse, Stats};

/// The examples in the README are tests like those here.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}
