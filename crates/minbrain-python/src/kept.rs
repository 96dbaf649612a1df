//! Where a brain is kept: in RAM, or in a directory that outlives the process.

use std::env;
use std::path::Path;
use std::time::Duration;

use minbrain::journal::{Durability, Status, inspect};
use minbrain::{
    Action, Brain, BrainBuilder, BrainError, Config, Decision, DurableBrain, DurableError,
    Exploration, Foreign, Keeping, Learned, Method, Outcome,
};
use minbrain_fleet::{
    Address, Fleet, FleetSettings, FleetStatus, Member, PASSWORD_VARIABLE, STATE_FILE,
};

use crate::error::Failure;

/// A brain, and what happens to it when the process ends.
enum Body {
    /// It is gone then, unless it was saved.
    InRam(Box<Brain>),
    /// It lives on.
    InDirectory(Box<DurableBrain>),
    /// It was closed and may be open elsewhere.
    Closed,
}

/// A brain, perhaps in a fleet.
pub(crate) struct Kept {
    body: Body,
    fleet: Option<Fleet>,
}

/// How long the fleet may take to answer who joins, and to take what waits in the end.
const FLEET_PATIENCE: Duration = Duration::from_secs(15);

/// Does the same wherever it is kept.
macro_rules! either {
    ($body:expr, $brain:ident => $call:expr) => {
        match $body {
            Body::InRam($brain) => Ok($call),
            Body::InDirectory($brain) => Ok($call),
            Body::Closed => Err(Failure::Closed),
        }
    };
}

impl Kept {
    /// A brain that is gone when the process ends.
    pub(crate) fn in_ram(brain: Brain) -> Self {
        Self { body: Body::InRam(Box::new(brain)), fleet: None }
    }

    /// Joins the fleet at `url`: the brain adopts what the fleet would miss most. Where no fleet
    /// answers, the brain goes on alone, and the fleet comes in later.
    pub(crate) fn join(&mut self, url: &str, directory: Option<&Path>) -> Result<(), Failure> {
        let password = env::var(PASSWORD_VARIABLE).ok();
        let address = Address::parse(url)?.or_password(password);
        let state = directory.map(|directory| directory.join(STATE_FILE));
        let settings =
            FleetSettings { label: "python".into(), state, ..FleetSettings::new(address) };
        let mut fleet = Fleet::start(settings, self.brain()?.config())?;
        match fleet.join(&mut Own(&mut self.body), FLEET_PATIENCE) {
            Err(why) if !why.may_pass() => return Err(why.into()),
            _ => self.fleet = Some(fleet),
        }
        Ok(())
    }

    /// How it and its fleet get on; `None` without one.
    pub(crate) fn fleet_status(&self) -> Option<FleetStatus> {
        self.fleet.as_ref().map(Fleet::status)
    }

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
        Ok(Self { body: Body::InDirectory(Box::new(brain)), fleet: None })
    }

    /// The brain, to look at.
    pub(crate) fn brain(&self) -> Result<&Brain, Failure> {
        match &self.body {
            Body::InRam(brain) => Ok(brain),
            Body::InDirectory(brain) => Ok(brain.brain()),
            Body::Closed => Err(Failure::Closed),
        }
    }

    pub(crate) fn decide(&mut self, observation: &[f32]) -> Result<Decision, Failure> {
        let decision = either!(&mut self.body, brain => brain.decide(observation)?.clone())?;
        if let Some(fleet) = &mut self.fleet {
            fleet.decided(observation, &decision);
        }
        Ok(decision)
    }

    pub(crate) fn accompany(
        &mut self,
        observation: &[f32],
        action: &Action,
    ) -> Result<Decision, Failure> {
        let decision =
            either!(&mut self.body, brain => brain.accompany(observation, action)?.clone())?;
        if let Some(fleet) = &mut self.fleet {
            fleet.decided(observation, &decision);
        }
        Ok(decision)
    }

    pub(crate) fn learn(&mut self, outcome: Outcome<'_>) -> Result<Learned, Failure> {
        let time_us = self.brain()?.time_us();
        let learned = either!(&mut self.body, brain => brain.learn(outcome)?)?;
        if let Some(fleet) = &mut self.fleet {
            fleet.learned(outcome, learned, time_us);
        }
        Ok(learned)
    }

    pub(crate) fn interrupt(&mut self) -> Result<(), Failure> {
        if let Some(fleet) = &mut self.fleet {
            fleet.interrupted();
        }
        either!(&mut self.body, brain => brain.interrupt())
    }

    pub(crate) fn consolidate(&mut self, work_units: u32) -> Result<u32, Failure> {
        if let Some(fleet) = &mut self.fleet {
            fleet.consolidate(&mut Own(&mut self.body));
        }
        either!(&mut self.body, brain => brain.consolidate(work_units))
    }

    pub(crate) fn set_exploration(&mut self, exploration: Exploration) -> Result<(), Failure> {
        either!(&mut self.body, brain => brain.set_exploration(exploration))
    }

    pub(crate) fn set_time_us(&mut self, time_us: u64) -> Result<(), Failure> {
        either!(&mut self.body, brain => brain.set_time_us(time_us)?)
    }

    /// How far the disk has come; `None` in RAM.
    pub(crate) fn status(&self) -> Result<Option<Status>, Failure> {
        match &self.body {
            Body::InRam(_) => Ok(None),
            Body::InDirectory(brain) => Ok(Some(brain.status())),
            Body::Closed => Err(Failure::Closed),
        }
    }

    /// Waits until everything so far is on the device; nothing to do in RAM.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        match &mut self.body {
            Body::InRam(_) => Ok(()),
            Body::InDirectory(brain) => Ok(brain.flush().map_err(DurableError::from)?),
            Body::Closed => Err(Failure::Closed),
        }
    }

    /// Ends its life here; what is in a directory is there as a whole afterwards, and what waited for the
    /// fleet has gone out, if the fleet was there.
    pub(crate) fn close(&mut self) -> Result<(), Failure> {
        if let Some(fleet) = self.fleet.take() {
            self.flush()?;
            let is_there = fleet.status().is_connected;
            let patience = if is_there { FLEET_PATIENCE } else { Duration::ZERO };
            fleet.close(&mut Own(&mut self.body), patience);
        }
        match std::mem::replace(&mut self.body, Body::Closed) {
            Body::InDirectory(brain) => {
                brain.close().map_err(DurableError::from)?;
                Ok(())
            }
            Body::InRam(_) | Body::Closed => Ok(()),
        }
    }
}

/// The brain as its fleet sees it. Only one that is open has a fleet.
struct Own<'a>(&'a mut Body);

/// One call of either kind of brain.
macro_rules! each {
    ($own:expr, $brain:ident => $call:expr, $closed:expr) => {
        match $own.0 {
            Body::InRam($brain) => $call,
            Body::InDirectory($brain) => $call,
            Body::Closed => $closed,
        }
    };
}

impl Member for Own<'_> {
    fn brain(&self) -> &Brain {
        match &*self.0 {
            Body::InRam(brain) => brain,
            Body::InDirectory(brain) => brain.brain(),
            Body::Closed => unreachable!("a brain that is closed has no fleet"),
        }
    }

    fn adopt(&mut self, foreign: Foreign<'_>) -> Result<Learned, BrainError> {
        each!(self, brain => brain.adopt(foreign), Err(BrainError::NothingDecided))
    }

    fn resume(
        &mut self,
        observation: &[f32],
        action: &Action,
        chosen: (Method, f32),
    ) -> Result<(), BrainError> {
        each!(self, brain => brain.resume(observation, action, chosen).map(drop), Ok(()))
    }

    fn consolidate(&mut self, work_units: u32) {
        each!(self, brain => drop(brain.consolidate(work_units)), ());
    }

    fn durable_below(&self) -> u64 {
        match &*self.0 {
            Body::InRam(brain) => brain.durable_below(),
            Body::InDirectory(brain) => brain.durable_below(),
            Body::Closed => 0,
        }
    }
}

/// The levels of durability, by name.
pub(crate) const DURABILITIES: [(&str, Durability); 3] = [
    ("power-cut", Durability::PowerCut),
    ("process-death", Durability::ProcessDeath),
    ("on-request", Durability::OnRequest),
];
