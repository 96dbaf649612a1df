//! What can be wrong with bytes, and with what they say.

use thiserror::Error;

use crate::limits::MAX_VALUES;

/// Why bytes are no message, or a message is not what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum WireError {
    /// More values than this side takes. What follows in the stream cannot be trusted.
    #[error("message: expected at most {limit} values, got {got}")]
    TooLarge {
        /// How many are taken; [`MAX_VALUES`] by the protocol.
        limit: usize,
        /// How many were announced.
        got: usize,
    },
    /// The length does not fit the count. What follows in the stream cannot be trusted.
    #[error("message: expected {expected} bytes for {count} values, got a length of {got}")]
    Length {
        /// The length that belongs to the count.
        expected: usize,
        /// The announced count.
        count: usize,
        /// The announced length.
        got: usize,
    },
    /// Too few or too many values for this kind of message.
    #[error("{what}: expected {expected} values, got {got}")]
    Count {
        /// Which message.
        what: &'static str,
        /// How many it has.
        expected: usize,
        /// How many came.
        got: usize,
    },
    /// A value that means nothing there.
    #[error("{what}: got {got} at position {at}")]
    Value {
        /// Which message, and what it takes.
        what: &'static str,
        /// Where.
        at: usize,
        /// What stands there.
        got: f32,
    },
}

impl WireError {
    /// Whether the stream may be read on: the message was whole, only its meaning was not.
    pub fn is_recoverable(self) -> bool {
        matches!(self, Self::Count { .. } | Self::Value { .. })
    }

    /// What the other side is told.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            _ => ErrorCode::Protocol,
        }
    }
}

/// The reason in an error message, one float on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorCode {
    /// 1: the kind of a message is not known, or was not agreed upon.
    UnknownKind,
    /// 2: the message is not what the protocol says.
    Protocol,
    /// 3: a sensory input without values.
    Empty,
    /// 4: more values than are taken.
    TooLarge,
    /// 5: the brain failed.
    BrainFailed,
    /// 16, ours: the token is missing, wrong, or not for this.
    NotAllowed,
    /// 17, ours: no room for another robot.
    Full,
    /// 18, ours: the brain goes down in good order.
    Closing,
    /// Any other.
    Other(u8),
}

impl ErrorCode {
    /// The number on the wire.
    pub fn number(self) -> u8 {
        match self {
            Self::UnknownKind => 1,
            Self::Protocol => 2,
            Self::Empty => 3,
            Self::TooLarge => 4,
            Self::BrainFailed => 5,
            Self::NotAllowed => 16,
            Self::Full => 17,
            Self::Closing => 18,
            Self::Other(number) => number,
        }
    }

    /// The code with this number.
    pub fn of(number: u8) -> Self {
        let known = [
            Self::UnknownKind,
            Self::Protocol,
            Self::Empty,
            Self::TooLarge,
            Self::BrainFailed,
            Self::NotAllowed,
            Self::Full,
            Self::Closing,
        ];
        known.into_iter().find(|code| code.number() == number).unwrap_or(Self::Other(number))
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnknownKind => "unknown kind of message",
            Self::Protocol => "not what the protocol says",
            Self::Empty => "empty sensory input",
            Self::TooLarge => "too many values",
            Self::BrainFailed => "the brain failed",
            Self::NotAllowed => "not allowed",
            Self::Full => "no room for another robot",
            Self::Closing => "the brain goes down",
            Self::Other(_) => "an unknown code",
        }
    }
}

// The message in `TooLarge` promises it.
const _: () = assert!(MAX_VALUES == 1_024, "the original's limit");
