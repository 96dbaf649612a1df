//! Why the program failed, in words for the one who called it.

use std::io;
use std::path::PathBuf;

use minbrain::BrainError;
use minbrain_bench::BenchError;
use minbrain_sim::WorldError;
use thiserror::Error;

use crate::run::demonstrations::DemonstrationError;
use crate::run::stream::StreamError;

/// What ends the program with exit status 1.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Brain(#[from] BrainError),
    #[error(transparent)]
    Bench(#[from] BenchError),
    #[error(transparent)]
    World(#[from] WorldError),
    #[error(transparent)]
    Stream(#[from] StreamError),
    #[error(transparent)]
    Demonstration(#[from] DemonstrationError),
    #[error("the report could not be written to {path}: {source}")]
    Report { path: PathBuf, source: io::Error },
    #[error("the terminal refused the live view: {0}")]
    Terminal(io::Error),
    #[error("standard output: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// Whether nobody reads what we write any more: no failure of ours, and nobody to tell.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(why) if why.kind() == io::ErrorKind::BrokenPipe)
    }
}
