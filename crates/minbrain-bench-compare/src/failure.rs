//! Why a comparison failed, in words for the one who asked for it.

use std::io;

use minbrain::recall::RecallError;
use minbrain_bench::BenchError;
use thiserror::Error;

/// What ends a comparison.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error(transparent)]
    Recall(#[from] RecallError),
    /// Another library, or the script that runs it, gave up.
    #[error("{library}: {problem}")]
    Peer { library: &'static str, problem: String },
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Failure {
    pub(crate) fn peer(library: &'static str, problem: impl ToString) -> Self {
        Self::Peer { library, problem: problem.to_string() }
    }
}
