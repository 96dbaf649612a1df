//! Why a measurement could not be made.

use std::io;
use std::path::PathBuf;

use minbrain::gpu::GpuError;
use minbrain::recall::RecallError;
use minbrain::{BrainError, DurableError};
use minbrain_fleet::FleetError;
use minbrain_fleet::local::LocalError;
use minbrain_sim::WorldError;
use thiserror::Error;

/// Why a measurement could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BenchError {
    /// The brain refused a setting or an input.
    #[error(transparent)]
    Brain(#[from] BrainError),
    /// A brain could not be kept in a directory.
    #[error(transparent)]
    Durable(#[from] DurableError),
    /// A world refused its name or an action.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A recall refused a size, a vector or a query.
    #[error(transparent)]
    Recall(#[from] RecallError),
    /// The fleet refused, or could not be reached.
    #[error(transparent)]
    Fleet(#[from] FleetError),
    /// A fleet on this machine could not be started.
    #[error(transparent)]
    Local(#[from] LocalError),
    /// A GPU is not there, or went away.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// A setting of the measurement is outside its range.
    #[error("{field}: expected {expected}, got {got}")]
    Setting {
        /// Which.
        field: &'static str,
        /// What would have been taken.
        expected: String,
        /// What came.
        got: String,
    },
    /// A file could not be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file holds something else than a recorded stream.
    #[error("{}: {problem}", path.display())]
    Data {
        /// Which file.
        path: PathBuf,
        /// What was expected and what came.
        problem: String,
    },
    /// Whoever started the measurement ended it before it was done.
    #[error("the measurement was ended before it was done")]
    Stopped,
}

impl BenchError {
    pub(crate) fn setting(
        field: &'static str,
        expected: impl Into<String>,
        got: impl ToString,
    ) -> Self {
        Self::Setting { field, expected: expected.into(), got: got.to_string() }
    }
}
