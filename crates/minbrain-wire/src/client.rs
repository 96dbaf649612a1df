//! Clients: a robot's side of the connection, blocking and async, over any stream of bytes.
//!
//! ```no_run
//! use minbrain_wire::client::Client;
//! use minbrain_wire::{Actions, Hello, Phase};
//!
//! let hello = Hello::new(2, 3, Actions::Discrete);
//! let mut brain = Client::connect("127.0.0.1:9999", &hello, None)?;
//! let first = brain.observe(Phase::Begins, 0.0, &[0.1, 0.2])?.action.to_vec();
//! // The robot moves, and earns something.
//! let second = brain.observe(Phase::GoesOn, 1.0, &[0.2, 0.2])?;
//! # Ok::<(), minbrain_wire::client::ClientError>(())
//! ```

mod blocking;
mod nonblocking;
mod session;

use std::io;

use thiserror::Error;

use crate::error::{ErrorCode, WireError};

pub use blocking::Client;
pub use nonblocking::AsyncClient;

/// Why a call to the brain failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The connection failed, or nothing came in time.
    #[error("connection: {0}")]
    Io(#[from] io::Error),
    /// The brain said something that is not the protocol.
    #[error("answer: {0}")]
    Wire(#[from] WireError),
    /// The brain said no.
    #[error("the brain refused: {} ({})", .0.name(), .0.number())]
    Refused(ErrorCode),
    /// The brain answered another question than was asked.
    #[error("answer: expected {expected}, got another kind of message")]
    Unexpected {
        /// What was asked for.
        expected: &'static str,
    },
}
