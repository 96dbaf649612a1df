//! What a GPU cannot or will not do. Whoever gets one of these asks the processor instead.

use std::time::Duration;

use thiserror::Error;

/// Why there is no answer from a GPU.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum GpuError {
    /// There is no such adapter.
    #[error("expected {expected}, the system has {came}")]
    NoAdapter {
        /// What was looked for.
        expected: &'static str,
        /// What there is, by name.
        came: String,
    },
    /// The adapter is there and gives no device.
    #[error("{card}: expected a device, got {reason}")]
    NoDevice {
        /// The adapter's name.
        card: String,
        /// What the driver said.
        reason: String,
    },
    /// The device is gone: it was reset, removed, or ran out of memory.
    #[error("the device is lost: {reason}")]
    Lost {
        /// What the driver said.
        reason: String,
    },
    /// No answer came in time; it may still be on its way.
    #[error("expected an answer within {patience:?}")]
    Late {
        /// How long was waited.
        patience: Duration,
    },
    /// Distances may leave the range in which the proof holds: the values or the weights are too large
    /// or too small.
    #[error("{what}: expected a question within single precision")]
    Unsuited {
        /// What is out of range.
        what: &'static str,
    },
    /// An argument does not fit.
    #[error("{field}: expected {expected}, got {came}")]
    Input {
        /// Which argument.
        field: &'static str,
        /// What would have been taken.
        expected: String,
        /// What came.
        came: usize,
    },
}

/// Whether `came` lies within `1..=most`.
pub(crate) fn within(field: &'static str, came: usize, most: usize) -> Result<(), GpuError> {
    if (1..=most).contains(&came) {
        return Ok(());
    }
    Err(GpuError::Input { field, expected: format!("1 to {most}"), came })
}
