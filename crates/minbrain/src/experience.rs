//! One moment of the robot's life.

use std::fmt;

use crate::action::Action;

/// Names an experience for as long as the brain lives: they are numbered from 0 in the order in
/// which they were stored, and no number is used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExperienceId(pub u64);

impl fmt::Display for ExperienceId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "exp_{}", self.0)
    }
}

/// What was sensed, done and found out.
#[derive(Clone, Debug, PartialEq)]
pub struct Experience {
    /// Its name.
    pub id: ExperienceId,
    /// What the robot sensed.
    pub observation: Vec<f32>,
    /// What it did.
    pub action: Action,
    /// What it sensed then.
    pub outcome: Vec<f32>,
    /// What it earned.
    pub reward: f32,
    /// Whether the episode was over.
    pub ended: bool,
    /// When, in microseconds of the brain's time.
    pub time_us: u64,
    /// How wrong the prediction of its outcome was.
    pub surprise: f32,
    /// How often it was recalled for a decision.
    pub access_count: u32,
    /// The experiences associated with it, strongest first, each with the strength (0 to 1).
    pub associations: Vec<(ExperienceId, f32)>,
}
