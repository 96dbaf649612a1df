//! Why the program failed, in words for the one who called it.

use std::io;
use std::path::{Path, PathBuf};

use minbrain::gpu::GpuError;
use minbrain::{BrainError, DurableError, ImageError, ProfileError, RecordingError};
use minbrain_bench::BenchError;
use minbrain_fleet::FleetError;
use minbrain_fleet::local::LocalError;
use minbrain_server::ServeError;
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
    #[error(transparent)]
    Gpu(#[from] GpuError),
    #[error("{path}: {source}")]
    Profile { path: PathBuf, source: ProfileError },
    #[error("this platform has no place for settings; name one with --profile FILE")]
    NoPlace,
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Fleet(#[from] FleetError),
    #[error(transparent)]
    Local(#[from] LocalError),
    #[error("the report could not be written to {path}: {source}")]
    Report { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Durable(#[from] DurableError),
    #[error("the recording could not be written to {path}: {source}")]
    Recording { path: PathBuf, source: io::Error },
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{path}: {source}")]
    Image { path: PathBuf, source: ImageError },
    #[error("{path}: {source}")]
    Replay { path: PathBuf, source: RecordingError },
    #[error(
        "{path}: cycle {cycle}, counted from 0, is the first that differs from the recorded one"
    )]
    Differs { path: PathBuf, cycle: u64 },
    #[error(
        "{path} is damaged in {places} places; minbrain inspect --salvage writes what is intact"
    )]
    Damaged { path: PathBuf, places: usize },
    #[error("the brain in {path} is not durable: {why}")]
    NotDurable { path: PathBuf, why: String },
    #[error("the terminal refused the live view: {0}")]
    Terminal(io::Error),
    #[error("standard output: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    pub(crate) fn recording(path: &Path, source: io::Error) -> Self {
        Self::Recording { path: path.to_path_buf(), source }
    }

    /// Whether nobody reads what we write any more: no failure of ours, and nobody to tell.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(why) if why.kind() == io::ErrorKind::BrokenPipe)
    }
}
