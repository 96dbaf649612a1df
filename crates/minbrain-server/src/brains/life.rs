//! A brain, in RAM alone or kept in a directory.

use std::path::Path;

use minbrain::{
    Action, Brain, BrainBuilder, BrainError, Decision, DurableBrain, DurableError, Keeping,
    Learned, Method, NotTaken, Outcome,
};
use serde::Serialize;

/// A brain, and what becomes of it when the power goes.
#[derive(Debug)]
pub(crate) enum Life {
    InRam(Box<Brain>),
    Kept(Box<DurableBrain>),
}

/// How far a kept brain's disk has come.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Durability {
    /// Every experience up to this one is durable.
    pub(crate) durable_id: Option<u64>,
    /// Entries that wait for the disk.
    pub(crate) waiting_entries: usize,
    /// Whether the disk failed; the brain lives on in RAM.
    pub(crate) failed: bool,
}

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoSnapshot {
    #[error("this brain has no journal: it lives in RAM only")]
    InRam,
    #[error("{0}")]
    NotTaken(#[from] NotTaken),
}

/// One call of either kind of brain.
macro_rules! each {
    ($life:expr, $brain:ident => $call:expr) => {
        match $life {
            Life::InRam($brain) => $call,
            Life::Kept($brain) => $call,
        }
    };
}

impl Life {
    /// A new brain.
    pub(crate) fn in_ram(builder: BrainBuilder) -> Result<Self, BrainError> {
        Ok(Self::InRam(Box::new(builder.build()?)))
    }

    /// The brain in `directory`, or a new one there.
    pub(crate) fn kept(directory: &Path, builder: BrainBuilder) -> Result<Self, DurableError> {
        let (brain, revival) = DurableBrain::open(directory, builder, &Keeping::default())?;
        let experiences = brain.brain().stats().experiences;
        let directory = directory.display();
        tracing::info!(%directory, experiences, relived = revival.relived, "a brain was opened");
        Ok(Self::Kept(Box::new(brain)))
    }

    /// The brain, to look at.
    pub(crate) fn brain(&self) -> &Brain {
        match self {
            Self::InRam(brain) => brain,
            Self::Kept(brain) => brain.brain(),
        }
    }

    pub(crate) fn decide(&mut self, observation: &[f32]) -> Result<&Decision, BrainError> {
        each!(self, brain => brain.decide(observation))
    }

    pub(crate) fn learn(&mut self, outcome: Outcome<'_>) -> Result<Learned, BrainError> {
        each!(self, brain => brain.learn(outcome))
    }

    pub(crate) fn interrupt(&mut self) {
        each!(self, brain => brain.interrupt());
    }

    pub(crate) fn consolidate(&mut self, work_units: u32) {
        each!(self, brain => brain.consolidate(work_units));
    }

    /// Takes up a decision again. A kept brain cannot relive that, and learns as if somebody else had
    /// acted; it is never shared, so only a fallback comes to this.
    pub(crate) fn resume(
        &mut self,
        observation: &[f32],
        action: &Action,
        chosen: (Method, f32),
    ) -> Result<(), BrainError> {
        match self {
            Self::InRam(brain) => brain.resume(observation, action, chosen).map(drop),
            Self::Kept(brain) => brain.accompany(observation, action).map(drop),
        }
    }

    /// How far the disk has come; `None` in RAM.
    pub(crate) fn durability(&self) -> Option<Durability> {
        let Self::Kept(brain) = self else { return None };
        let status = brain.status();
        Some(Durability {
            durable_id: status.acknowledged_id,
            waiting_entries: status.waiting_entries,
            failed: status.is_poisoned,
        })
    }

    /// Hands the whole brain over to be written.
    pub(crate) fn snapshot(&mut self) -> Result<(), NoSnapshot> {
        match self {
            Self::InRam(_) => Err(NoSnapshot::InRam),
            Self::Kept(brain) => Ok(brain.snapshot()?),
        }
    }

    /// Takes a last snapshot and waits for the disk.
    pub(crate) fn settle(&mut self) {
        let Self::Kept(brain) = self else { return };
        // Where one is under way, the records after it are enough.
        let _ = brain.snapshot();
        if let Err(error) = brain.flush() {
            tracing::error!(%error, "a brain could not be written to its end");
        }
    }
}
