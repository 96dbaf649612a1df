//! One moment of the robot's life.

use std::fmt;

use crate::action::Action;
use crate::decision::Outcome;

/// Names an experience for as long as the brain lives: they are numbered from 0 in the order in
/// which they were stored, and no number is used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExperienceId(pub u64);

impl fmt::Display for ExperienceId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "exp_{}", self.0)
    }
}

/// Who lived through an experience, and chose its action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The brain itself.
    #[default]
    Own,
    /// The brain's robot, while somebody else acted.
    Demonstrated,
    /// Another robot.
    Fleet,
}

/// What another robot lived through, as [`Brain::adopt`](crate::Brain::adopt) takes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foreign<'a> {
    /// What the other robot sensed; one finite value per sensor.
    pub observation: &'a [f32],
    /// What it did.
    pub action: &'a Action,
    /// What followed.
    pub outcome: Outcome<'a>,
    /// With how much confidence it chose the action, 0 to 1.
    pub confidence: f32,
    /// Whether it follows, in the same episode of the same robot, from the one that was adopted last.
    pub follows: bool,
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
    /// With how much confidence its action was chosen, 0 to 1, in steps of 1/255.
    pub confidence: f32,
    /// Who lived through it.
    pub origin: Origin,
    /// How often it was recalled for a decision.
    pub access_count: u32,
    /// The experiences associated with it, strongest first, each with the strength (0 to 1).
    pub associations: Vec<(ExperienceId, f32)>,
}
