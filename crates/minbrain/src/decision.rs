//! What a brain answers: decisions, predictions and what it learned.

use crate::action::Action;
use crate::experience::ExperienceId;

/// How an action was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// At random: fewer than three similar experiences are known.
    Bootstrap,
    /// By what similar experiences did.
    Consensus,
    /// By what it will earn.
    Value,
    /// By what it will earn and how little is known of it.
    Novelty,
    /// By a plan through what similar experiences led to.
    Planned,
    /// By what was demonstrated in places like this one.
    Imitated,
    /// By the caller, through [`Brain::accompany`](crate::Brain::accompany).
    Given,
}

impl Method {
    /// Its name in lower case, for people and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bootstrap => "bootstrap",
            Self::Consensus => "consensus",
            Self::Value => "value",
            Self::Novelty => "novelty",
            Self::Planned => "planned",
            Self::Imitated => "imitated",
            Self::Given => "given",
        }
    }
}

/// An experience that was recalled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Which experience.
    pub id: ExperienceId,
    /// Distance of its observation by the brain's [`Metric`](crate::Metric); lower is closer, and
    /// infinite beyond what a float holds.
    pub distance: f32,
    /// The same on a scale from 0 to 1; 1 is identical.
    pub similarity: f32,
    /// Its say in the decision, 0 to 1; 0 if it spoke for another action.
    pub weight: f32,
}

/// What an action would lead to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prediction {
    /// The next observation, in sensor units.
    pub outcome: Vec<f32>,
    /// The expected error (root mean square) of each of its values, in sensor units.
    pub expected_error: Vec<f32>,
    /// The reward.
    pub reward: f32,
    /// How likely the episode ends, 0 to 1.
    pub ended: f32,
    /// How well this situation and action are known, 0 to 1.
    pub knownness: f32,
    /// How many experiences it rests on.
    pub neighbours: usize,
}

/// What to do now, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The action to take.
    pub action: Action,
    /// How much speaks for it, 0 to 1; 0 if it was chosen at random.
    pub confidence: f32,
    /// How it was chosen.
    pub method: Method,
    /// What it is expected to lead to.
    pub prediction: Prediction,
    /// The recalled experiences, nearest first, each with its say.
    pub recalled: Vec<Neighbour>,
    /// Work done, in units: one for each block of 64 experiences compared, 8 for each regression.
    pub work_units: u32,
}

/// What followed an action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome<'a> {
    /// What the robot senses now.
    pub observation: &'a [f32],
    /// What it earned by the action; 0 where nothing is earned.
    pub reward: f32,
    /// Whether the episode is over by what happened: a fallen pole, a goal. Not a time limit; see
    /// [`Brain::interrupt`](crate::Brain::interrupt).
    pub ended: bool,
}

/// What one experience taught.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learned {
    /// The new experience; `None` if the budget is full and nothing may be forgotten.
    pub id: Option<ExperienceId>,
    /// The error of the prediction, as the root mean square over the sensors in standard
    /// deviations of their change: 0 is perfect, 1 as good as predicting that nothing changes.
    pub surprise: f32,
    /// How many experiences were forgotten for it.
    pub forgotten: u32,
}

/// An experience that is active now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activated {
    /// Which experience.
    pub id: ExperienceId,
    /// How active it is, 0 to 1.
    pub activation: f32,
}
