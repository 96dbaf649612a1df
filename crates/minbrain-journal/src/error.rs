//! What can go wrong, one type for each family of calls.

use std::io;
use std::path::PathBuf;

/// Why a journal could not be opened, inspected or salvaged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Somebody else has the directory open.
    #[error("{} is in use by {}; close it there first", directory.display(), name_holder(*holder))]
    InUse {
        /// The journal's directory.
        directory: PathBuf,
        /// The process that holds it, if it has said so.
        holder: Option<u32>,
    },
    /// Another version wrote it.
    #[error(
        "{} has journal format {came}, and this program reads format {expected}; open it with the \
         program that wrote it",
        directory.display()
    )]
    Version {
        /// The journal's directory.
        directory: PathBuf,
        /// The format that this program reads.
        expected: u32,
        /// The format of the directory.
        came: u32,
    },
    /// There is no journal where one was expected.
    #[error("there is no journal in {}: expected the file {}", directory.display(), expected)]
    Missing {
        /// The journal's directory.
        directory: PathBuf,
        /// The file that a journal has.
        expected: &'static str,
    },
    /// The file is there and cannot be trusted.
    #[error("the journal in {} is damaged ({found}); salvage what is intact into a new directory", directory.display())]
    Damaged {
        /// The journal's directory.
        directory: PathBuf,
        /// What was found.
        found: String,
    },
    /// A setting is outside its limits.
    #[error("option {option}: expected {expected}, not {came}")]
    Option {
        /// Its name.
        option: &'static str,
        /// What it may be.
        expected: String,
        /// What it was.
        came: String,
    },
    /// The operating system refused something.
    #[error("could not {operation} {}: {source}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// With which file.
        path: PathBuf,
        /// The refusal.
        source: io::Error,
    },
    /// The journal failed while it was read.
    #[error("reading the journal in {}: {failure}", directory.display())]
    Read {
        /// The journal's directory.
        directory: PathBuf,
        /// What happened.
        failure: Failure,
    },
}

fn name_holder(holder: Option<u32>) -> String {
    holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

/// Why an entry was not taken. Making one allocates nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// Writing has failed before; [`Journal::failure`](crate::Journal::failure) says how.
    #[error("the journal has failed and takes nothing more; open it again")]
    Poisoned,
    /// A record is longer than any may be.
    #[error("a record of {came} bytes; expected at most {expected}")]
    TooLong {
        /// The most that a record may have.
        expected: usize,
        /// What it has.
        came: usize,
    },
    /// Ids only grow.
    #[error("a record with id {came}; expected one above {newest}")]
    NotNew {
        /// The newest id that was pushed, in this opening or before.
        newest: u64,
        /// The id that came.
        came: u64,
    },
    /// There is no room above this id.
    #[error("{came} is no id of a record; the greatest is {}", u64::MAX - 1)]
    NoId {
        /// The id that came.
        came: u64,
    },
}

/// What went wrong while the journal was written or read. After a failed write the handle is
/// poisoned: nothing is tried again, because a sync that failed once may claim success the next
/// time without having written anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("could not {operation}: {message}")]
pub struct Failure {
    /// What was tried.
    pub operation: &'static str,
    /// What kind of failure it was.
    pub cause: Cause,
    /// What the layer below said.
    pub message: String,
}

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The disk is full, or a quota is.
    Full,
    /// The device or the operating system refused.
    Io(io::ErrorKind),
    /// The file does not hold what was written to it.
    Damaged,
    /// A defect in this program.
    Defect,
}

impl Failure {
    pub(crate) fn new(operation: &'static str, error: impl Into<redb::Error>) -> Self {
        let error = error.into();
        let cause = match &error {
            redb::Error::Io(error) => cause_of(error),
            // What only a file can be the reason for that is not what was written.
            redb::Error::Corrupted(_)
            | redb::Error::UpgradeRequired(_)
            | redb::Error::TableDoesNotExist(_)
            | redb::Error::TableIsMultimap(_)
            | redb::Error::TableTypeMismatch { .. }
            | redb::Error::TypeDefinitionChanged { .. } => Cause::Damaged,
            _ => Cause::Defect,
        };
        Self { operation, cause, message: error.to_string() }
    }

    pub(crate) fn io(operation: &'static str, error: &io::Error) -> Self {
        Self { operation, cause: cause_of(error), message: error.to_string() }
    }

    pub(crate) fn damaged(operation: &'static str, message: impl Into<String>) -> Self {
        Self { operation, cause: Cause::Damaged, message: message.into() }
    }

    /// What a panic below us is for whoever called us.
    pub(crate) fn panicked(operation: &'static str) -> Self {
        let message = "the storage layer panicked".to_owned();
        Self { operation, cause: Cause::Defect, message }
    }
}

fn cause_of(error: &io::Error) -> Cause {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Cause::Full,
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Cause::Damaged,
        kind => Cause::Io(kind),
    }
}
