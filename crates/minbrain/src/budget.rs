//! How much a brain may keep.

use std::fmt;

use crate::error::BrainError;
use crate::limits::MAX_EXPERIENCES;

/// A bound that the brain never exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// So many experiences.
    Experiences(usize),
    /// So many bytes for experiences, all their columns and associations included.
    Bytes(usize),
}

impl Default for Budget {
    fn default() -> Self {
        Self::Experiences(20_000)
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Experiences(count) => write!(out, "{count} experiences"),
            Self::Bytes(bytes) => write!(out, "{bytes} bytes"),
        }
    }
}

impl Budget {
    pub(crate) fn validate(self) -> Result<(), BrainError> {
        match self {
            Self::Experiences(n) if !(1..=MAX_EXPERIENCES).contains(&n) => {
                Err(BrainError::config("budget", format!("1 to {MAX_EXPERIENCES} experiences"), n))
            }
            _ => Ok(()),
        }
    }

    /// The bytes that are left for experiences after `bytes_fixed`.
    pub(crate) fn bytes(self, bytes_fixed: usize) -> usize {
        match self {
            Self::Experiences(_) => usize::MAX,
            Self::Bytes(bytes) => bytes.saturating_sub(bytes_fixed),
        }
    }

    /// The number of experiences that fit, at `bytes_each` and after `bytes_fixed`.
    pub(crate) fn experiences(
        self,
        bytes_each: usize,
        bytes_fixed: usize,
    ) -> Result<usize, BrainError> {
        match self {
            Self::Experiences(n) => Ok(n),
            Self::Bytes(bytes) => {
                let n = bytes.saturating_sub(bytes_fixed) / bytes_each;
                if n > 0 {
                    return Ok(n.min(MAX_EXPERIENCES));
                }
                let least = bytes_fixed + bytes_each;
                Err(BrainError::config("budget", format!("at least {least} bytes"), bytes))
            }
        }
    }
}
