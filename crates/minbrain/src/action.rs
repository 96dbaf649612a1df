//! What a robot can do: the space of its actions, and one action.

use crate::error::{BrainError, Problem};
use crate::limits::{MAX_ACTION_DIMS, MAX_DISCRETE_ACTIONS, MAX_MAGNITUDE};

/// The lowest and highest value of one dimension of a continuous action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The lowest value, in the action's own unit.
    pub low: f32,
    /// The highest value; greater than `low`.
    pub high: f32,
}

/// All actions that a robot can take.
#[derive(Clone, Debug, PartialEq)]
pub enum ActionSpace {
    /// One of `n` actions, numbered from 0.
    Discrete(usize),
    /// A vector with one bounded value per dimension.
    Continuous(Vec<Bounds>),
}

/// One action, of the kind that its [`ActionSpace`] names.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The number of a discrete action.
    Discrete(usize),
    /// One value per dimension, in the action's own units.
    Continuous(Vec<f32>),
}

impl ActionSpace {
    /// `n` discrete actions, numbered from 0.
    pub fn discrete(n: usize) -> Self {
        Self::Discrete(n)
    }

    /// A continuous action; one `(low, high)` pair per dimension.
    pub fn continuous(bounds: impl IntoIterator<Item = (f32, f32)>) -> Self {
        Self::Continuous(bounds.into_iter().map(|(low, high)| Bounds { low, high }).collect())
    }

    /// How many dimensions an action adds to the space in which experiences are compared: 0 if
    /// actions are discrete.
    pub fn dims(&self) -> usize {
        match self {
            Self::Discrete(_) => 0,
            Self::Continuous(bounds) => bounds.len(),
        }
    }

    /// How many discrete actions there are; 1 if actions are continuous.
    pub fn parts(&self) -> usize {
        match self {
            Self::Discrete(n) => *n,
            Self::Continuous(_) => 1,
        }
    }

    /// How many values stand for an action in a context: an indicator for each discrete one, or one
    /// per dimension.
    pub(crate) fn width(&self) -> usize {
        self.widths().count()
    }

    /// The width of the range of each of them.
    pub(crate) fn widths(&self) -> impl Iterator<Item = f32> + Clone + '_ {
        let (indicators, bounds): (usize, &[Bounds]) = match self {
            Self::Discrete(n) => (*n, &[]),
            Self::Continuous(bounds) => (0, bounds),
        };
        std::iter::repeat_n(1.0, indicators).chain(bounds.iter().map(|b| b.high - b.low))
    }

    /// An action of this space's kind and shape, at zero (or the bound nearest to zero).
    pub fn neutral(&self) -> Action {
        match self {
            Self::Discrete(_) => Action::Discrete(0),
            Self::Continuous(bounds) => {
                Action::Continuous(bounds.iter().map(|b| 0.0_f32.clamp(b.low, b.high)).collect())
            }
        }
    }

    /// Checks the space itself.
    pub(crate) fn validate(&self) -> Result<(), BrainError> {
        match self {
            Self::Discrete(n) if !(1..=MAX_DISCRETE_ACTIONS).contains(n) => {
                Err(BrainError::config("actions", format!("1 to {MAX_DISCRETE_ACTIONS}"), n))
            }
            Self::Continuous(b) if !(1..=MAX_ACTION_DIMS).contains(&b.len()) => {
                Err(BrainError::config(
                    "actions",
                    format!("1 to {MAX_ACTION_DIMS} dimensions"),
                    b.len(),
                ))
            }
            Self::Continuous(bounds) => bounds.iter().try_for_each(|b| {
                if -MAX_MAGNITUDE <= b.low && b.low < b.high && b.high <= MAX_MAGNITUDE {
                    return Ok(());
                }
                let expected =
                    format!("bounds from -{MAX_MAGNITUDE:e} to {MAX_MAGNITUDE:e}, low below high");
                Err(BrainError::config("actions", expected, format!("{} and {}", b.low, b.high)))
            }),
            Self::Discrete(_) => Ok(()),
        }
    }

    /// Checks that `action` is one of this space's.
    ///
    /// # Errors
    /// [`BrainError::Input`] names the field, what was expected and what came.
    pub fn check(&self, action: &Action) -> Result<(), BrainError> {
        match (self, action) {
            (Self::Discrete(n), Action::Discrete(a)) if a < n => Ok(()),
            (Self::Discrete(n), Action::Discrete(a)) => {
                Err(BrainError::input("action", Problem::OutOfBounds { at: 0, got: *a as f32 })
                    .expecting(format!("0 to {}", n - 1)))
            }
            (Self::Continuous(bounds), Action::Continuous(values)) => check_vector(bounds, values),
            (Self::Discrete(_), Action::Continuous(_)) => {
                Err(BrainError::input("action", Problem::WrongKind { got: "continuous" })
                    .expecting("a discrete action"))
            }
            (Self::Continuous(_), Action::Discrete(_)) => {
                Err(BrainError::input("action", Problem::WrongKind { got: "discrete" })
                    .expecting("a continuous action"))
            }
        }
    }
}

fn check_vector(bounds: &[Bounds], values: &[f32]) -> Result<(), BrainError> {
    if values.len() != bounds.len() {
        return Err(BrainError::input("action", Problem::WrongLength { got: values.len() })
            .expecting(format!("{} values", bounds.len())));
    }
    for (at, (b, &got)) in bounds.iter().zip(values).enumerate() {
        if !got.is_finite() {
            return Err(BrainError::input("action", Problem::NotFinite { at, got })
                .expecting("finite values"));
        }
        if got < b.low || got > b.high {
            return Err(BrainError::input("action", Problem::OutOfBounds { at, got })
                .expecting(format!("{} to {}", b.low, b.high)));
        }
    }
    Ok(())
}

impl Action {
    /// The number of a discrete action; `None` if it is continuous.
    pub fn index(&self) -> Option<usize> {
        match self {
            Self::Discrete(index) => Some(*index),
            Self::Continuous(_) => None,
        }
    }

    /// The values of a continuous action; empty if it is discrete.
    pub fn values(&self) -> &[f32] {
        match self {
            Self::Discrete(_) => &[],
            Self::Continuous(values) => values,
        }
    }

    /// Which part of the experiences this action belongs to: its number, or 0 if continuous.
    pub(crate) fn part(&self) -> usize {
        self.index().unwrap_or(0)
    }

    /// Takes over `other`'s value without allocating, given that both are of one space.
    pub(crate) fn assign(&mut self, other: &Self) {
        match (self, other) {
            (Self::Continuous(mine), Self::Continuous(theirs)) => mine.clone_from(theirs),
            (mine, theirs) => *mine = theirs.clone(),
        }
    }
}
