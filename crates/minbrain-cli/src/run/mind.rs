//! The brain of a run: in RAM alone or kept in a directory, and recorded if that was asked for.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use minbrain::{
    Action, Brain, BrainBuilder, BrainError, Decision, DurableBrain, Foreign, Keeping, Learned,
    Method, Outcome, Recorder, Revival, Tape,
};
use minbrain_fleet::Member;

use super::membership::{FleetFate, Membership};
use super::settings::Settings;
use crate::failure::Failure;

/// So many bytes of calls are recorded at once.
const GROUP_BYTES: usize = 1 << 16;

/// A brain, and where it goes.
pub(crate) struct Mind {
    brain: Kept,
    recording: Option<Recording>,
    fleet: Option<Membership>,
    /// What was there when the run began.
    pub(crate) revival: Option<Revival>,
}

enum Kept {
    InRam(Box<Brain>),
    InDirectory(Box<DurableBrain>),
}

/// What became of a brain that was to be kept.
#[derive(Clone, Debug)]
pub(crate) struct Fate {
    pub(crate) directory: PathBuf,
    pub(crate) revival: Revival,
    /// Snapshots that became durable during the run.
    pub(crate) snapshots: u64,
    /// The newest experience that is durable.
    pub(crate) durable_id: Option<u64>,
    /// Experiences that will be missing.
    pub(crate) not_durable: u64,
    /// Why, if something failed.
    pub(crate) failure: Option<String>,
}

/// One call of either kind of brain.
macro_rules! each {
    ($kept:expr, $brain:ident => $call:expr) => {
        match $kept {
            Kept::InRam($brain) => $call,
            Kept::InDirectory($brain) => $call,
        }
    };
}

impl Mind {
    /// A new brain whose keys have `dims` dimensions, or the one in the directory that was named.
    ///
    /// # Errors
    /// [`Failure`] if it cannot be built or opened, or the recording cannot be written.
    pub(crate) fn new(
        settings: &Settings,
        builder: BrainBuilder,
        dims: usize,
    ) -> Result<Self, Failure> {
        let gpu = settings.gpu.choose(settings.budget)?;
        let builder = match &gpu {
            Some(gpu) => gpu.equip(builder, dims),
            None => builder,
        };
        let (brain, revival) = match &settings.brain {
            None => (Kept::InRam(Box::new(builder.build()?)), None),
            Some(directory) => {
                let (brain, revival) = DurableBrain::open(directory, builder, &Keeping::default())?;
                (Kept::InDirectory(Box::new(brain)), Some(revival))
            }
        };
        let mut made = Self { brain, recording: None, fleet: None, revival };
        if let Some(path) = &settings.record {
            made.recording = Some(Recording::begin(path, made.brain())?);
        }
        if let Some(address) = &settings.fleet {
            let (who, directory) = (address.clone(), settings.brain.as_deref());
            let Self { brain, recording, .. } = &mut made;
            made.fleet = Some(Membership::begin(who, directory, &mut Own { brain, recording })?);
        }
        Ok(made)
    }

    /// The brain, to look at.
    pub(crate) fn brain(&self) -> &Brain {
        match &self.brain {
            Kept::InRam(brain) => brain,
            Kept::InDirectory(durable) => durable.brain(),
        }
    }

    /// [`Brain::decide`].
    pub(crate) fn decide(&mut self, observation: &[f32]) -> Result<&Decision, BrainError> {
        let decision = each!(&mut self.brain, brain => brain.decide(observation))?;
        if let Some(recording) = &mut self.recording {
            recording.tape.decided(observation, decision);
        }
        if let Some(membership) = &mut self.fleet {
            membership.fleet.decided(observation, decision);
        }
        Ok(decision)
    }

    /// [`Brain::accompany`].
    pub(crate) fn accompany(
        &mut self,
        observation: &[f32],
        action: &Action,
    ) -> Result<&Decision, BrainError> {
        let decision = each!(&mut self.brain, brain => brain.accompany(observation, action))?;
        if let Some(recording) = &mut self.recording {
            recording.tape.decided(observation, decision);
        }
        if let Some(membership) = &mut self.fleet {
            membership.fleet.decided(observation, decision);
        }
        Ok(decision)
    }

    /// [`Brain::learn`].
    pub(crate) fn learn(&mut self, outcome: Outcome<'_>) -> Result<Learned, BrainError> {
        let learned = each!(&mut self.brain, brain => brain.learn(outcome))?;
        if let Some(recording) = &mut self.recording {
            recording.tape.learned(outcome, learned);
        }
        let time_us = self.brain().time_us();
        if let Some(membership) = &mut self.fleet {
            membership.fleet.learned(outcome, learned, time_us);
        }
        Ok(learned)
    }

    /// [`Brain::interrupt`].
    pub(crate) fn interrupt(&mut self) {
        each!(&mut self.brain, brain => brain.interrupt());
        if let Some(recording) = &mut self.recording {
            recording.tape.interrupted();
        }
        if let Some(membership) = &mut self.fleet {
            membership.fleet.interrupted();
        }
    }

    /// [`Brain::consolidate`]; this is also when a recording is written, and when the fleet is heard.
    ///
    /// # Errors
    /// [`Failure::Recording`] if it cannot be.
    pub(crate) fn consolidate(&mut self, work_units: u32) -> Result<u32, Failure> {
        let Self { brain, recording, fleet, .. } = self;
        if let Some(membership) = fleet {
            membership.fleet.consolidate(&mut Own { brain, recording });
        }
        let used = each!(&mut self.brain, brain => brain.consolidate(work_units));
        if let Some(recording) = &mut self.recording {
            recording.tape.consolidated(work_units, used);
            recording.write_from(GROUP_BYTES)?;
        }
        Ok(used)
    }

    /// [`Brain::set_time_us`].
    pub(crate) fn set_time_us(&mut self, time_us: u64) -> Result<(), BrainError> {
        each!(&mut self.brain, brain => brain.set_time_us(time_us))?;
        if let Some(recording) = &mut self.recording {
            recording.tape.told_time(time_us);
        }
        Ok(())
    }

    /// Ends the run: everything that can be is durable then. Returns what became of the brain, if it
    /// was to be kept.
    ///
    /// # Errors
    /// [`Failure::Recording`] if the recording could not be written to its end.
    pub(crate) fn finish(
        mut self,
        directory: Option<&Path>,
    ) -> Result<(Option<Fate>, Option<FleetFate>), Failure> {
        let Self { brain, recording, fleet, .. } = &mut self;
        let fleet = fleet.take().map(|fleet| fleet.end(&mut Own { brain, recording }));
        if let Some(mut recording) = self.recording {
            recording.write_from(1)?;
            recording.out.flush().map_err(|source| Failure::recording(&recording.path, source))?;
        }
        let (Kept::InDirectory(brain), Some(directory)) = (self.brain, directory) else {
            return Ok((None, fleet));
        };
        let (before, unrecorded) = (brain.status(), brain.unrecorded());
        let closed = brain.close();
        let status = closed.as_ref().map_or(before, |status| *status);
        let fate = Fate {
            directory: directory.to_path_buf(),
            revival: self.revival.unwrap_or_default(),
            snapshots: status.snapshots,
            durable_id: status.acknowledged_id,
            not_durable: status.lost_records + unrecorded,
            failure: closed.err().map(|failure| failure.to_string()),
        };
        Ok((Some(fate), fleet))
    }
}

/// The brain of a run as its fleet sees it.
struct Own<'a> {
    brain: &'a mut Kept,
    recording: &'a mut Option<Recording>,
}

impl Member for Own<'_> {
    fn brain(&self) -> &Brain {
        match &*self.brain {
            Kept::InRam(brain) => brain,
            Kept::InDirectory(durable) => durable.brain(),
        }
    }

    fn adopt(&mut self, foreign: Foreign<'_>) -> Result<Learned, BrainError> {
        let learned = each!(&mut *self.brain, brain => brain.adopt(foreign))?;
        if let Some(recording) = self.recording {
            recording.tape.adopted(foreign, learned);
        }
        Ok(learned)
    }

    fn resume(
        &mut self,
        observation: &[f32],
        action: &Action,
        chosen: (Method, f32),
    ) -> Result<(), BrainError> {
        each!(&mut *self.brain, brain => brain.resume(observation, action, chosen).map(drop))?;
        if let Some(recording) = self.recording {
            recording.tape.resumed(observation, action, chosen);
        }
        Ok(())
    }

    fn consolidate(&mut self, work_units: u32) {
        let used = each!(&mut *self.brain, brain => brain.consolidate(work_units));
        if let Some(recording) = self.recording {
            recording.tape.consolidated(work_units, used);
        }
    }

    fn durable_below(&self) -> u64 {
        match &*self.brain {
            Kept::InRam(brain) => brain.durable_below(),
            Kept::InDirectory(brain) => brain.durable_below(),
        }
    }
}

/// A recording under way.
struct Recording {
    path: PathBuf,
    out: BufWriter<File>,
    tape: Tape,
}

impl Recording {
    fn begin(path: &Path, brain: &Brain) -> Result<Self, Failure> {
        let failed = |source| Failure::recording(path, source);
        let mut out = BufWriter::new(File::create(path).map_err(failed)?);
        out.write_all(&Recorder::begin(brain)).map_err(failed)?;
        Ok(Self { path: path.to_path_buf(), out, tape: Tape::default() })
    }

    /// Writes the calls so far if they are so many bytes.
    fn write_from(&mut self, bytes: usize) -> Result<(), Failure> {
        if self.tape.calls().len() < bytes {
            return Ok(());
        }
        let group = Recorder::group(&mut self.tape);
        self.out.write_all(&group).map_err(|source| Failure::recording(&self.path, source))
    }
}
