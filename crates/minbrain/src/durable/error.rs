//! What can go wrong with a brain that is kept in a directory.

use std::path::PathBuf;

use minbrain_journal::{Failure, MAX_SNAPSHOT_BYTES, OpenError};
use thiserror::Error;

use crate::error::BrainError;
use crate::image::ImageError;

/// Why a brain could not be opened or created.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DurableError {
    /// The journal could not be opened: it is in use, damaged, or of another format.
    #[error(transparent)]
    Journal(#[from] OpenError),
    /// The journal failed while it was read or written.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// What is in the journal is no brain.
    #[error("{}: expected a brain's settings, got {source}", directory.display())]
    NotABrain {
        /// The journal's directory.
        directory: PathBuf,
        /// What was found in their place.
        source: ImageError,
    },
    /// The brain there was made with other settings.
    #[error("{}: {field}: expected {expected}, found {found}", directory.display())]
    Settings {
        /// The journal's directory.
        directory: PathBuf,
        /// The builder's method of the same name.
        field: &'static str,
        /// What was asked for.
        expected: String,
        /// What the brain there has.
        found: String,
    },
    /// There is a brain where a new one was to be.
    #[error("{}: expected no brain yet, found one", directory.display())]
    Taken {
        /// The journal's directory.
        directory: PathBuf,
    },
    /// The snapshot is intact and no brain that this program reads.
    #[error("the snapshot: {0}")]
    Snapshot(#[from] ImageError),
    /// The first snapshot was not taken.
    #[error("the first snapshot: {0}")]
    NotTaken(#[from] NotTaken),
    /// The settings that were asked for are out of range, or there is no room for their budget.
    #[error(transparent)]
    Brain(#[from] BrainError),
}

/// Why a snapshot was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotTaken {
    /// The one before is still on its way to the disk.
    #[error("the snapshot before is still being written")]
    Busy,
    /// The journal has failed.
    #[error("the journal has failed and takes nothing more; open it again")]
    Poisoned,
    /// It is longer than any may be.
    #[error("a snapshot of {came} bytes; expected at most {MAX_SNAPSHOT_BYTES}")]
    TooLong {
        /// How many bytes it has.
        came: usize,
    },
}
