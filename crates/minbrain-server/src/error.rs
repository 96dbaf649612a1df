//! Why a server does not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use thiserror::Error;

/// Why a server does not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address is reachable from elsewhere, and something that protects it is missing.
    #[error(
        "{door} {address}: expected a loopback address, or {missing}; from there anybody could {harm}"
    )]
    Unprotected {
        /// Which of the two doors.
        door: &'static str,
        /// Where it was to be.
        address: SocketAddr,
        /// What would have made it safe.
        missing: &'static str,
        /// What could happen.
        harm: &'static str,
    },
    /// The address cannot be taken.
    #[error("{door} {address}: {source}")]
    Bind {
        /// Which of the two doors.
        door: &'static str,
        /// Where it was to be.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A file of tokens, a certificate or a key cannot be used. What stands in it is not told.
    #[error("{}: expected {expected}, {problem}", .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What would have been taken.
        expected: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A setting is outside its range.
    #[error("{field}: expected {expected}, got {got}")]
    Setting {
        /// Which setting.
        field: &'static str,
        /// What would have been taken.
        expected: &'static str,
        /// What came.
        got: String,
    },
    /// The system gave no thread or no timer.
    #[error("the system refused what a server needs: {0}")]
    System(#[from] io::Error),
}

impl ServeError {
    pub(crate) fn file(
        path: &std::path::Path,
        expected: &'static str,
        problem: impl ToString,
    ) -> Self {
        Self::File { path: path.to_owned(), expected, problem: problem.to_string() }
    }
}
