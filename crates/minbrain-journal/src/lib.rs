//! The journal of a minbrain: experiences, evictions and snapshots, durable in one directory.
//!
//! It knows ids and bytes, not vectors. Whoever pushes waits for nothing: one thread writes, a group
//! at a time, and says how far it has come.
//!
//! ```
//! use minbrain_journal::{Journal, Options, Recovered};
//!
//! # let directory = std::env::temp_dir().join(format!("journal-doc-{}", std::process::id()));
//! let (mut journal, _) = Journal::open(&directory, b"16 sensors", &Options::default())?;
//! journal.push(0, b"what was felt, done and found out")?;
//! journal.flush()?;
//! assert_eq!(journal.status().acknowledged_id, Some(0));
//! journal.close()?;
//!
//! let (journal, recovery) = Journal::open(&directory, b"", &Options::default())?;
//! assert_eq!(journal.configuration(), b"16 sensors");
//! for step in recovery {
//!     assert!(matches!(step?, Recovered::Pushed { id: 0, .. }));
//! }
//! # drop(journal);
//! # std::fs::remove_dir_all(&directory)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What survives what, and how that is tried, stands in `docs/reliability.md`; how the directory is
//! laid out, in `docs/format.md`.

mod directory;
mod error;
mod frame;
mod inspect;
mod journal;
mod limits;
mod lock;
mod options;
mod overlay;
mod pace;
mod queue;
mod recovery;
mod scan;
mod sequence;
mod shared;
mod status;
mod store;
mod tail;
#[cfg(test)]
mod tests;
mod writer;

pub use error::{Cause, Failure, OpenError, PushError};
pub use inspect::{Contents, Report, inspect, salvage};
pub use journal::{Journal, NotDurable, SnapshotError};
pub use limits::{
    FORMAT_VERSION, MAX_CONFIGURATION_BYTES, MAX_QUEUE_ENTRIES, MAX_RECORD_BYTES,
    MAX_SNAPSHOT_BYTES, MIN_QUEUE_ENTRIES,
};
pub use options::{Durability, Options};
pub use recovery::{Recovered, Recovery};
pub use status::Status;
