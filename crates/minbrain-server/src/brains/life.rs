//! A brain, in RAM alone or kept in a directory.

use std::path::Path;
use std::time::Duration;

use minbrain::{
    Action, Brain, BrainBuilder, BrainError, Decision, DurableBrain, DurableError, Foreign,
    Keeping, Learned, Method, NotTaken, Outcome,
};
use minbrain_fleet::{Fleet, FleetError, FleetSettings, Member};
use serde::Serialize;

use crate::limits::FLEET_PATIENCE;

/// A brain, and what becomes of it when the power goes.
#[derive(Debug)]
enum Body {
    InRam(Box<Brain>),
    Kept(Box<DurableBrain>),
}

/// A brain, perhaps in a fleet.
#[derive(Debug)]
pub(crate) struct Life {
    body: Body,
    fleet: Option<Fleet>,
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
    ($body:expr, $brain:ident => $call:expr) => {
        match $body {
            Body::InRam($brain) => $call,
            Body::Kept($brain) => $call,
        }
    };
}

impl Life {
    /// A new brain.
    pub(crate) fn in_ram(builder: BrainBuilder) -> Result<Self, BrainError> {
        Ok(Self { body: Body::InRam(Box::new(builder.build()?)), fleet: None })
    }

    /// The brain in `directory`, or a new one there.
    pub(crate) fn kept(directory: &Path, builder: BrainBuilder) -> Result<Self, DurableError> {
        let (brain, revival) = DurableBrain::open(directory, builder, &Keeping::default())?;
        let experiences = brain.brain().stats().experiences;
        let directory = directory.display();
        tracing::info!(%directory, experiences, relived = revival.relived, "a brain was opened");
        Ok(Self { body: Body::Kept(Box::new(brain)), fleet: None })
    }

    /// Makes it a member of a fleet, and asks for what the fleet knows; that is adopted as it comes.
    pub(crate) fn enter(&mut self, settings: FleetSettings) -> Result<(), FleetError> {
        let fleet = Fleet::start(settings, self.brain().config())?;
        fleet.ask_to_join(self.brain());
        self.fleet = Some(fleet);
        Ok(())
    }

    /// The brain, to look at.
    pub(crate) fn brain(&self) -> &Brain {
        self.body.brain()
    }

    pub(crate) fn decide(&mut self, observation: &[f32]) -> Result<&Decision, BrainError> {
        let decision = each!(&mut self.body, brain => brain.decide(observation))?;
        if let Some(fleet) = &mut self.fleet {
            fleet.decided(observation, decision);
        }
        Ok(decision)
    }

    pub(crate) fn learn(&mut self, outcome: Outcome<'_>) -> Result<Learned, BrainError> {
        let time_us = self.brain().time_us();
        let learned = each!(&mut self.body, brain => brain.learn(outcome))?;
        if let Some(fleet) = &mut self.fleet {
            fleet.learned(outcome, learned, time_us);
        }
        Ok(learned)
    }

    pub(crate) fn interrupt(&mut self) {
        each!(&mut self.body, brain => brain.interrupt());
        if let Some(fleet) = &mut self.fleet {
            fleet.interrupted();
        }
    }

    pub(crate) fn consolidate(&mut self, work_units: u32) {
        if let Some(fleet) = &mut self.fleet {
            fleet.consolidate(&mut self.body);
        }
        each!(&mut self.body, brain => brain.consolidate(work_units));
    }

    /// Takes up a decision again.
    pub(crate) fn resume(
        &mut self,
        observation: &[f32],
        action: &Action,
        chosen: (Method, f32),
    ) -> Result<(), BrainError> {
        let decision = each!(&mut self.body, brain => brain.resume(observation, action, chosen))?;
        if let Some(fleet) = &mut self.fleet {
            fleet.decided(observation, decision);
        }
        Ok(())
    }

    /// How far the disk has come; `None` in RAM.
    pub(crate) fn durability(&self) -> Option<Durability> {
        let Body::Kept(brain) = &self.body else { return None };
        let status = brain.status();
        Some(Durability {
            durable_id: status.acknowledged_id,
            waiting_entries: status.waiting_entries,
            failed: status.is_poisoned,
        })
    }

    /// Hands the whole brain over to be written.
    pub(crate) fn snapshot(&mut self) -> Result<(), NoSnapshot> {
        match &mut self.body {
            Body::InRam(_) => Err(NoSnapshot::InRam),
            Body::Kept(brain) => Ok(brain.snapshot()?),
        }
    }

    /// Takes a last snapshot and waits for the disk; what waits for the fleet goes out.
    pub(crate) fn settle(&mut self) {
        if let Some(fleet) = self.fleet.take() {
            // A cluster that is away is not waited for: what a kept brain has goes out next time.
            let is_there = fleet.status().is_connected;
            let patience = if is_there { FLEET_PATIENCE } else { Duration::ZERO };
            fleet.close(&mut self.body, patience);
        }
        let Body::Kept(brain) = &mut self.body else { return };
        // Where one is under way, the records after it are enough.
        let _ = brain.snapshot();
        if let Err(error) = brain.flush() {
            tracing::error!(%error, "a brain could not be written to its end");
        }
    }
}

impl Member for Body {
    fn brain(&self) -> &Brain {
        match self {
            Self::InRam(brain) => brain,
            Self::Kept(brain) => brain.brain(),
        }
    }

    fn adopt(&mut self, foreign: Foreign<'_>) -> Result<Learned, BrainError> {
        each!(self, brain => brain.adopt(foreign))
    }

    fn resume(
        &mut self,
        observation: &[f32],
        action: &Action,
        chosen: (Method, f32),
    ) -> Result<(), BrainError> {
        each!(self, brain => brain.resume(observation, action, chosen).map(drop))
    }

    fn consolidate(&mut self, work_units: u32) {
        each!(self, brain => brain.consolidate(work_units));
    }

    fn durable_below(&self) -> u64 {
        each!(self, brain => brain.durable_below())
    }
}
