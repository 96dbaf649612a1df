//! The names that users of the original robot brain know.
//!
//! minbrain starts from the optimisation guide of a Python brain whose `MinimalBrain` had two
//! calls. They are here, over the same engine.

use crate::action::{Action, ActionSpace};
use crate::brain::Brain;
use crate::decision::{Method, Outcome};
use crate::error::{BrainError, Problem};
use crate::experience::ExperienceId;

/// A brain with the original's two calls. Actions are vectors of values from -1 to 1.
///
/// ```
/// use minbrain::MinimalBrain;
///
/// let mut brain = MinimalBrain::new(2, 1)?;
/// let (action, state) = brain.process_sensory_input(&[0.5, -0.5])?;
/// assert_eq!(action.len(), 1);
/// assert_eq!(state.experiences, 0);
/// brain.store_experience(&[0.5, -0.5], &action, &[0.4, -0.5], None)?;
/// # Ok::<(), minbrain::BrainError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MinimalBrain {
    brain: Brain,
}

/// What the original reported beside an action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BrainState {
    /// Experiences kept.
    pub experiences: usize,
    /// Experiences in working memory.
    pub working_memory: usize,
    /// How much speaks for the action, 0 to 1.
    pub confidence: f32,
    /// How it was chosen.
    pub method: Method,
}

impl MinimalBrain {
    /// A brain with `sensors` sensors and `actions` action values; all else at its default.
    ///
    /// # Errors
    /// [`BrainError::Config`] for a number out of range.
    pub fn new(sensors: usize, actions: usize) -> Result<Self, BrainError> {
        let bounds = std::iter::repeat_n((-1.0, 1.0), actions);
        let space = ActionSpace::continuous(bounds);
        Brain::builder().sensors(sensors).actions(space).build().map(Self::from)
    }

    /// What to do now, and the brain's state.
    ///
    /// # Errors
    /// As [`Brain::decide`].
    pub fn process_sensory_input(
        &mut self,
        sensory_input: &[f32],
    ) -> Result<(Vec<f32>, BrainState), BrainError> {
        let decision = self.brain.decide(sensory_input)?;
        let (confidence, method) = (decision.confidence, decision.method);
        let action = match &decision.action {
            Action::Continuous(values) => values.clone(),
            Action::Discrete(index) => vec![*index as f32],
        };
        let state = BrainState {
            experiences: self.brain.stats().experiences,
            working_memory: self.brain.working_memory().len(),
            confidence,
            method,
        };
        Ok((action, state))
    }

    /// Stores an experience. Surprise is measured against `predicted_outcome` if it is given, else
    /// against the brain's own prediction. Returns its number, or `None` if the budget is full and
    /// nothing may be forgotten.
    ///
    /// # Errors
    /// As [`Brain::accompany`] and [`Brain::learn`]; nothing is stored then.
    pub fn store_experience(
        &mut self,
        sensory: &[f32],
        action: &[f32],
        outcome: &[f32],
        predicted_outcome: Option<&[f32]>,
    ) -> Result<Option<ExperienceId>, BrainError> {
        for vector in [Some(outcome), predicted_outcome].into_iter().flatten() {
            self.brain.check(vector)?;
        }
        let action = match &self.brain.config().actions {
            ActionSpace::Discrete(n) => Action::Discrete(number(action, *n)?),
            ActionSpace::Continuous(_) => Action::Continuous(action.to_vec()),
        };
        if !self.brain.is_waiting_for(sensory, &action) {
            self.brain.accompany(sensory, &action)?;
        }
        if let Some(predicted) = predicted_outcome {
            self.brain.expect(predicted);
        }
        let outcome = Outcome { observation: outcome, reward: 0.0, ended: false };
        Ok(self.brain.learn(outcome)?.id)
    }

    /// The engine underneath.
    pub fn brain(&self) -> &Brain {
        &self.brain
    }
}

impl From<Brain> for MinimalBrain {
    /// Gives the original's calls to a brain with settings of one's own.
    fn from(brain: Brain) -> Self {
        Self { brain }
    }
}

/// The one of `n` discrete actions that a vector names, by its only value.
fn number(action: &[f32], n: usize) -> Result<usize, BrainError> {
    let problem = match *action {
        [got] if (0..n).any(|index| index as f32 == got) => return Ok(got as usize),
        [got] if got.is_finite() => Problem::OutOfBounds { at: 0, got },
        [got] => Problem::NotFinite { at: 0, got },
        _ => Problem::WrongLength { got: action.len() },
    };
    Err(BrainError::input("action", problem)
        .expecting(format!("one whole number from 0 to {}", n - 1)))
}
