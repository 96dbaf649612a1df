//! What can go wrong, in the words of the one who called.

use thiserror::Error;

/// Why the brain refused a call. Its state is what it was before the call.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum BrainError {
    /// A setting of the builder is outside its range.
    #[error("{field}: expected {expected}, got {got}")]
    Config {
        /// The builder's method of the same name.
        field: &'static str,
        /// What would have been taken.
        expected: String,
        /// What came.
        got: String,
    },
    /// An observation, action, reward or time cannot be used.
    #[error("{field}: expected {expected}, got {problem}")]
    Input {
        /// Which argument.
        field: &'static str,
        /// What would have been taken.
        expected: String,
        /// What came.
        problem: Problem,
    },
    /// `learn` without a decision that waits for its outcome.
    #[error("learn: expected a decision that waits for its outcome, got none; call decide first")]
    NothingDecided,
    /// The memory for the budget could not be reserved.
    #[error(
        "budget: expected room for {experiences} experiences, the system refused {bytes} bytes"
    )]
    OutOfMemory {
        /// How many experiences were asked for.
        experiences: usize,
        /// How many bytes they need.
        bytes: usize,
    },
}

/// What is wrong with an input.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Problem {
    /// Too few or too many values.
    #[error("{got} values")]
    WrongLength {
        /// How many came.
        got: usize,
    },
    /// NaN or an infinity.
    #[error("{got} at position {at}")]
    NotFinite {
        /// Where.
        at: usize,
        /// What stands there.
        got: f32,
    },
    /// A finite value outside its range.
    #[error("{got} at position {at}")]
    OutOfBounds {
        /// Where.
        at: usize,
        /// What stands there.
        got: f32,
    },
    /// A discrete action for a continuous robot, or the other way round.
    #[error("a {got} action")]
    WrongKind {
        /// The kind that came.
        got: &'static str,
    },
    /// A vector without a direction, where the cosine metric needs one.
    #[error("a vector of norm zero")]
    ZeroNorm,
    /// A time before one that was already given.
    #[error("{got_us} us, {behind_us} us before the last")]
    TimeWentBack {
        /// The time that came.
        got_us: u64,
        /// How far it lies back.
        behind_us: u64,
    },
    /// A number outside its range.
    #[error("{got}")]
    WrongCount {
        /// What came.
        got: usize,
    },
}

impl BrainError {
    pub(crate) fn config(field: &'static str, expected: String, got: impl ToString) -> Self {
        Self::Config { field, expected, got: got.to_string() }
    }

    pub(crate) fn input(field: &'static str, problem: Problem) -> Self {
        Self::Input { field, expected: String::new(), problem }
    }

    pub(crate) fn expecting(mut self, what: impl Into<String>) -> Self {
        if let Self::Input { expected, .. } = &mut self {
            *expected = what.into();
        }
        self
    }
}
