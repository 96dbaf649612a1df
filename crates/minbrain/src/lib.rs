//! A real-time experience memory that learns.

mod action;
mod error;
pub mod limits;

pub use action::{Action, ActionSpace, Bounds};
pub use error::{BrainError, Problem};
