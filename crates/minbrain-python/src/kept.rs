//! Where a brain is kept: in RAM, or in a directory that outlives the process.

use std::path::Path;

use minbrain::journal::{Durability, Status, inspect};
use minbrain::{
    Action, Brain, BrainBuilder, Config, Decision, DurableBrain, DurableError, Exploration,
    Keeping, Learned, Outcome,
};

use crate::error::Failure;

/// A brain, and what happens to it when the process ends.
pub(crate) enum Kept {
    /// It is gone then, unless it was saved.
    InRam(Box<Brain>),
    /// It lives on.
    InDirectory(Box<DurableBrain>),
    /// It was closed and may be open elsewhere.
    Closed,
}

/// Does the same wherever it is kept.
macro_rules! either {
    ($kept:expr, $brain:ident => $call:expr) => {
        match $kept {
            Self::InRam($brain) => Ok($call),
            Self::InDirectory($brain) => Ok($call),
            Self::Closed => Err(Failure::Closed),
        }
    };
}

impl Kept {
    /// The brain in a directory, or a new one there; by its own settings if none are asked for.
    pub(crate) fn open(
        directory: &Path,
        config: Option<Config>,
        keeping: &Keeping,
    ) -> Result<Self, Failure> {
        let config = match config {
            Some(config) => config,
            None => {
                let found = inspect(directory).map_err(DurableError::from)?;
                Config::from_bytes(&found.configuration)?
            }
        };
        let builder = BrainBuilder::default().config(config);
        let (brain, _) = DurableBrain::open(directory, builder, keeping)?;
        Ok(Self::InDirectory(Box::new(brain)))
    }

    /// The brain, to look at.
    pub(crate) fn brain(&self) -> Result<&Brain, Failure> {
        match self {
            Self::InRam(brain) => Ok(brain),
            Self::InDirectory(brain) => Ok(brain.brain()),
            Self::Closed => Err(Failure::Closed),
        }
    }

    pub(crate) fn decide(&mut self, observation: &[f32]) -> Result<Decision, Failure> {
        either!(self, brain => brain.decide(observation)?.clone())
    }

    pub(crate) fn accompany(
        &mut self,
        observation: &[f32],
        action: &Action,
    ) -> Result<Decision, Failure> {
        either!(self, brain => brain.accompany(observation, action)?.clone())
    }

    pub(crate) fn learn(&mut self, outcome: Outcome<'_>) -> Result<Learned, Failure> {
        either!(self, brain => brain.learn(outcome)?)
    }

    pub(crate) fn interrupt(&mut self) -> Result<(), Failure> {
        either!(self, brain => brain.interrupt())
    }

    pub(crate) fn consolidate(&mut self, work_units: u32) -> Result<u32, Failure> {
        either!(self, brain => brain.consolidate(work_units))
    }

    pub(crate) fn set_exploration(&mut self, exploration: Exploration) -> Result<(), Failure> {
        either!(self, brain => brain.set_exploration(exploration))
    }

    pub(crate) fn set_time_us(&mut self, time_us: u64) -> Result<(), Failure> {
        either!(self, brain => brain.set_time_us(time_us)?)
    }

    /// How far the disk has come; `None` in RAM.
    pub(crate) fn status(&self) -> Result<Option<Status>, Failure> {
        match self {
            Self::InRam(_) => Ok(None),
            Self::InDirectory(brain) => Ok(Some(brain.status())),
            Self::Closed => Err(Failure::Closed),
        }
    }

    /// Waits until everything so far is on the device; nothing to do in RAM.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        match self {
            Self::InRam(_) => Ok(()),
            Self::InDirectory(brain) => Ok(brain.flush().map_err(DurableError::from)?),
            Self::Closed => Err(Failure::Closed),
        }
    }

    /// Ends its life here; what is in a directory is there as a whole afterwards.
    pub(crate) fn close(&mut self) -> Result<(), Failure> {
        match std::mem::replace(self, Self::Closed) {
            Self::InDirectory(brain) => {
                brain.close().map_err(DurableError::from)?;
                Ok(())
            }
            Self::InRam(_) | Self::Closed => Ok(()),
        }
    }
}

/// The levels of durability, by name.
pub(crate) const DURABILITIES: [(&str, Durability); 3] = [
    ("power-cut", Durability::PowerCut),
    ("process-death", Durability::ProcessDeath),
    ("on-request", Durability::OnRequest),
];
