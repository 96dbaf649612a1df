//! A brain that outlives its process: every experience goes to a journal as it is stored.
//!
//! A record is what the brain was told since the one before ([`Tape`]), a snapshot is its image. Who
//! opens the directory again gets the newest snapshot, which then relives the records that came after
//! it: the same brain, byte for byte, up to the last record that was durable.

mod error;
mod revival;

use std::path::Path;

use minbrain_journal::{Failure, Journal, SnapshotError, Status};

use crate::action::Action;
use crate::brain::Brain;
use crate::builder::BrainBuilder;
use crate::config::{Config, Exploration};
use crate::crossover::Crossover;
use crate::decision::{Decision, Learned, Method, Outcome};
use crate::error::BrainError;
use crate::experience::Foreign;
use crate::image::checksum_of;
#[cfg(feature = "gpu")]
use crate::space::GpuHelp;
use crate::tape::Tape;
pub use error::{DurableError, NotTaken};
pub use revival::Revival;

/// How a brain is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// How its journal is kept. [`record_bytes`](minbrain_journal::Options::record_bytes) is raised to
    /// what a record of the brain takes.
    pub journal: minbrain_journal::Options,
    /// A snapshot is due after so many experiences, by default 5,000, and taken in the next idle time:
    /// about so many are relived when the brain is opened after a crash. A brain that is given no idle
    /// time takes it within a cycle, once twice as many are due and as many as it keeps.
    pub snapshot_every: u64,
}

impl Default for Keeping {
    fn default() -> Self {
        Self { journal: minbrain_journal::Options::default(), snapshot_every: 5_000 }
    }
}

/// A brain and its journal.
///
/// The calls are those of [`Brain`]; [`brain`](Self::brain) gives everything that only looks. None of
/// them waits for the disk. What is durable says [`status`](Self::status); where the disk falls behind,
/// fails or is full, the brain lives on in RAM and the status says so.
///
/// ```
/// use minbrain::{ActionSpace, Brain, Outcome};
///
/// # let directory = std::env::temp_dir().join(format!("durable-doc-{}", std::process::id()));
/// let builder = || Brain::builder().sensors(1).actions(ActionSpace::discrete(2));
/// let (mut brain, _) = Brain::open(&directory, builder())?;
/// brain.decide(&[0.5])?;
/// brain.learn(Outcome { observation: &[0.6], reward: 1.0, ended: false })?;
/// brain.flush()?;
/// assert_eq!(brain.status().acknowledged_id, Some(0));
/// brain.close()?;
///
/// let (brain, revival) = Brain::open(&directory, builder())?;
/// assert_eq!((brain.brain().stats().learned, revival.experiences), (1, 1));
/// # drop(brain);
/// # std::fs::remove_dir_all(&directory)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Dropping it writes what waits; [`close`](Self::close) takes a snapshot too, and tells whether that
/// worked.
#[derive(Debug)]
pub struct DurableBrain {
    brain: Brain,
    journal: Journal,
    tape: Tape,
    /// Calls did not fit on the tape.
    is_torn: bool,
    sizes: Sizes,
    snapshot_every: u64,
    /// Experiences since the last snapshot was handed over.
    since_snapshot: u64,
    /// Snapshots that were handed over.
    handed_over: u64,
    unrecorded: u64,
    /// Entries that may wait before evictions are no longer handed over.
    crowded: usize,
}

/// Bytes that calls take on the tape.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    decided: usize,
    learned: usize,
    adopted: usize,
    /// Most bytes of a record.
    record: usize,
}

/// Decisions that may be given up in favour of the one that counts, and still be on the tape.
const GIVEN_UP: usize = 2;
/// A brain without idle time takes a snapshot when so many times the usual number are due.
const OVERDUE: u64 = 2;
/// Bytes for other calls between two experiences.
const OTHER_BYTES: usize = 160;
/// Bytes of the longest of those.
const LONGEST_OTHER: usize = 1 + 8;

impl Sizes {
    fn new(config: &Config) -> Self {
        let (observation, action) = (4 * config.sensors, (4 * config.actions.dims()).max(8));
        let (decided, learned) = (observation + action + 14, observation + 14);
        let adopted = decided + learned;
        Self { decided, learned, adopted, record: (1 + GIVEN_UP) * decided + learned + OTHER_BYTES }
    }
}

impl Brain {
    /// The brain in `directory`, or a new one there with these settings: see [`DurableBrain::open`].
    ///
    /// # Errors
    /// As there.
    pub fn open(
        directory: &Path,
        builder: BrainBuilder,
    ) -> Result<(DurableBrain, Revival), DurableError> {
        DurableBrain::open(directory, builder, &Keeping::default())
    }
}

impl DurableBrain {
    /// The brain in `directory` as it was when the last record became durable, or a new one there. An
    /// existing one keeps its seed and whether it explores, and takes over the crossover and the GPU; of
    /// the other settings those that decide must be the same. Returns it with a report of how it was brought back.
    ///
    /// Cost: one pass over the files, the snapshot once more in RAM, and for each record after the
    /// snapshot what living it did cost.
    ///
    /// # Errors
    /// [`DurableError::Journal`] if the directory is in use, damaged or of another format,
    /// [`DurableError::Settings`] names the first setting that differs, [`DurableError::Brain`] what is
    /// wrong with those that are asked for.
    pub fn open(
        directory: &Path,
        builder: BrainBuilder,
        keeping: &Keeping,
    ) -> Result<(Self, Revival), DurableError> {
        let crossover = builder.crossover;
        #[cfg(feature = "gpu")]
        let help = builder.help.clone();
        let config = builder.into_config()?;
        let options = options(&config, keeping);
        let (journal, recovery) = Journal::open(directory, &config.to_bytes(), &options)?;
        revival::check_settings(directory, &config, journal.configuration())?;
        let (brain, revival, forgotten) = revival::revive(recovery, config)?;
        let mut made = Self::new(brain, journal, keeping);
        made.evict_all(&forgotten, options.queue_entries)?;
        made.since_snapshot = revival.relived;
        if made.brain.stats().crossover != crossover {
            made.set_crossover(crossover);
        }
        #[cfg(feature = "gpu")]
        made.attach(help);
        Ok((made, revival))
    }

    /// Puts `brain` into `directory`, which has none yet, with a snapshot that is durable on return.
    ///
    /// # Errors
    /// [`DurableError::Taken`] if there is one, and as [`open`](Self::open).
    pub fn create(directory: &Path, brain: Brain, keeping: &Keeping) -> Result<Self, DurableError> {
        let config = brain.config();
        let options = options(config, keeping);
        let (journal, mut recovery) = Journal::open(directory, &config.to_bytes(), &options)?;
        if journal.next_id() > 0 || recovery.take_snapshot().is_some() {
            return Err(DurableError::Taken { directory: directory.to_path_buf() });
        }
        drop(recovery);
        let mut made = Self::new(brain, journal, keeping);
        made.snapshot()?;
        made.flush()?;
        Ok(made)
    }

    fn new(brain: Brain, journal: Journal, keeping: &Keeping) -> Self {
        let sizes = Sizes::new(brain.config());
        Self {
            brain,
            journal,
            tape: Tape::with_capacity(sizes.record),
            is_torn: false,
            sizes,
            snapshot_every: keeping.snapshot_every.max(1),
            since_snapshot: 0,
            handed_over: 0,
            unrecorded: 0,
            crowded: keeping.journal.queue_entries / 2,
        }
    }

    /// The brain, to look at.
    pub fn brain(&self) -> &Brain {
        &self.brain
    }

    /// [`Brain::decide`].
    ///
    /// # Errors
    /// As there.
    pub fn decide(&mut self, observation: &[f32]) -> Result<&Decision, BrainError> {
        let decision = self.brain.decide(observation)?;
        make_room(&mut self.tape, self.sizes);
        self.tape.decided(observation, decision);
        Ok(decision)
    }

    /// [`Brain::accompany`].
    ///
    /// # Errors
    /// As there.
    pub fn accompany(
        &mut self,
        observation: &[f32],
        action: &Action,
    ) -> Result<&Decision, BrainError> {
        let decision = self.brain.accompany(observation, action)?;
        make_room(&mut self.tape, self.sizes);
        self.tape.decided(observation, decision);
        Ok(decision)
    }

    /// [`Brain::learn`]; the experience, and those that were forgotten for it, are handed to the
    /// journal.
    ///
    /// # Errors
    /// As there.
    pub fn learn(&mut self, outcome: Outcome<'_>) -> Result<Learned, BrainError> {
        let learned = self.brain.learn(outcome)?;
        if std::mem::take(&mut self.is_torn) {
            self.tape.torn();
        }
        self.tape.learned(outcome, learned);
        self.push(learned);
        Ok(learned)
    }

    /// [`Brain::adopt`]; the experience, and those that were forgotten for it, are handed to the journal.
    ///
    /// # Errors
    /// As there.
    pub fn adopt(&mut self, foreign: Foreign<'_>) -> Result<Learned, BrainError> {
        let learned = self.brain.adopt(foreign)?;
        if self.tape.calls().len() + self.sizes.adopted > self.sizes.record {
            self.tape.clear();
            self.is_torn = true;
        }
        if std::mem::take(&mut self.is_torn) {
            self.tape.torn();
        }
        self.tape.adopted(foreign, learned);
        self.push(learned);
        Ok(learned)
    }

    /// [`Brain::resume`].
    ///
    /// # Errors
    /// As there.
    pub fn resume(
        &mut self,
        observation: &[f32],
        action: &Action,
        chosen: (Method, f32),
    ) -> Result<&Decision, BrainError> {
        self.brain.resume(observation, action, chosen)?;
        make_room(&mut self.tape, self.sizes);
        self.tape.resumed(observation, action, chosen);
        Ok(&self.brain.mind.cycle.decision)
    }

    /// Hands the calls that led to what was learned to the journal.
    fn push(&mut self, learned: Learned) {
        match learned.id {
            Some(id) => {
                let pushed = self.journal.push(id.0, self.tape.calls());
                self.unrecorded += u64::from(pushed.is_err());
                self.since_snapshot += 1;
            }
            // What was learned all the same is durable with the next snapshot.
            None => self.is_torn = true,
        }
        self.tape.clear();
        self.evict_forgotten();
        let kept = self.brain.stats().experiences as u64;
        if self.since_snapshot >= OVERDUE.saturating_mul(self.snapshot_every).max(kept) {
            self.snapshot_if_possible();
        }
    }

    /// Where the disk falls behind, records matter more: what was forgotten is noticed again when the
    /// brain is opened.
    fn evict_forgotten(&mut self) {
        let Self { brain, journal, crowded, .. } = self;
        for id in brain.forgotten() {
            if journal.status().waiting_entries < *crowded {
                // A poisoned journal has said so; nothing else can be wrong with an id of its own.
                let _ = journal.evict(id.0);
            }
        }
    }

    /// [`Brain::interrupt`].
    pub fn interrupt(&mut self) {
        self.brain.interrupt();
        self.note(Tape::interrupted);
    }

    /// [`Brain::consolidate`]. Where a snapshot is due and the one before is durable, it is
    /// [taken](Self::snapshot), too; best between an outcome and the next decision.
    pub fn consolidate(&mut self, work_units: u32) -> u32 {
        let used = self.brain.consolidate(work_units);
        self.note(|tape| tape.consolidated(work_units, used));
        if self.since_snapshot >= self.snapshot_every {
            self.snapshot_if_possible();
        }
        used
    }

    /// Takes a snapshot unless the journal is busy or poisoned, as its status says. One that is too
    /// long is not tried each time.
    fn snapshot_if_possible(&mut self) {
        if matches!(self.snapshot(), Err(NotTaken::TooLong { .. })) {
            self.since_snapshot = 0;
        }
    }

    /// [`Brain::set_exploration`].
    pub fn set_exploration(&mut self, exploration: Exploration) {
        self.brain.set_exploration(exploration);
        self.note(|tape| tape.explored(exploration));
    }

    /// [`Brain::set_time_us`].
    ///
    /// # Errors
    /// As there.
    pub fn set_time_us(&mut self, time_us: u64) -> Result<(), BrainError> {
        self.brain.set_time_us(time_us)?;
        self.note(|tape| tape.told_time(time_us));
        Ok(())
    }

    /// [`Brain::set_crossover`].
    pub fn set_crossover(&mut self, crossover: Crossover) {
        self.brain.set_crossover(crossover);
        self.note(|tape| tape.crossed(crossover));
    }

    /// [`Brain::attach`].
    #[cfg(feature = "gpu")]
    pub fn attach(&mut self, help: Option<GpuHelp>) {
        self.brain.attach(help);
    }

    /// Writes down a call other than a decision or an outcome, if it fits.
    fn note(&mut self, write: impl FnOnce(&mut Tape)) {
        let kept_free = self.sizes.learned + 1 + LONGEST_OTHER;
        if self.tape.calls().len() + kept_free <= self.sizes.record {
            write(&mut self.tape);
        } else {
            self.is_torn = true;
        }
    }

    /// Hands the whole brain over as a snapshot. It is written beside the records, and counts once it
    /// is durable.
    ///
    /// Cost: one pass over everything the brain knows, as [`Brain::write_bytes`]; the buffer is used
    /// again, so that a brain that is full allocates nothing. Taken while a decision waits for its
    /// outcome, recovery from it decides once more.
    ///
    /// # Errors
    /// [`NotTaken`]; nothing has changed then.
    pub fn snapshot(&mut self) -> Result<(), NotTaken> {
        let status = self.journal.status();
        if status.is_poisoned {
            return Err(NotTaken::Poisoned);
        }
        if status.snapshots < self.handed_over {
            return Err(NotTaken::Busy);
        }
        let mut image = self.journal.spare_buffer();
        self.brain.write_bytes(&mut image);
        let (checksum, bytes) = (checksum_of(&image), image.len());
        self.journal.snapshot(image).map_err(|error| match error {
            SnapshotError::Busy(_) => NotTaken::Busy,
            SnapshotError::Poisoned(_) => NotTaken::Poisoned,
            SnapshotError::TooLong(_) => NotTaken::TooLong { came: bytes },
        })?;
        self.handed_over += 1;
        self.since_snapshot = 0;
        self.note(|tape| tape.imaged(checksum));
        Ok(())
    }

    /// Waits until every experience and snapshot so far is on the device. Not for a cycle.
    ///
    /// # Errors
    /// The failure that poisoned the journal.
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.journal.flush()
    }

    /// How far the disk has come, without waiting for it. Its ids are those of experiences.
    pub fn status(&self) -> Status {
        self.journal.status()
    }

    /// Experiences that the journal did not take, since it had failed by then.
    pub fn unrecorded(&self) -> u64 {
        self.unrecorded
    }

    /// What has poisoned the journal, if anything has. The brain lives on in RAM; opened again, it is
    /// as of its last durable record.
    pub fn failure(&self) -> Option<&Failure> {
        self.journal.failure()
    }

    /// Takes a snapshot, waits until everything is on the device, and closes the files.
    ///
    /// # Errors
    /// The failure that poisoned the journal, or the one that came with closing.
    pub fn close(mut self) -> Result<Status, Failure> {
        self.flush()?;
        // Too long for a snapshot: its records are there.
        let _ = self.snapshot();
        self.flush()?;
        self.journal.close()
    }

    /// Hands over that these are gone, and waits for the disk where they are many.
    fn evict_all(&mut self, forgotten: &[u64], at_once: usize) -> Result<(), DurableError> {
        for some in forgotten.chunks(at_once.max(1)) {
            for &id in some {
                // Where the journal fails the flush says so.
                let _ = self.journal.evict(id);
            }
            self.flush()?;
        }
        Ok(())
    }
}

/// Drops what was called before where one more decision would not leave room for its outcome.
fn make_room(tape: &mut Tape, sizes: Sizes) {
    let needed = sizes.decided + sizes.learned + 1 + LONGEST_OTHER;
    if tape.calls().len() + needed > sizes.record {
        tape.clear();
        tape.torn();
    }
}

/// The journal's options, with room for a record of such a brain.
fn options(config: &Config, keeping: &Keeping) -> minbrain_journal::Options {
    let mut options = keeping.journal.clone();
    options.record_bytes = options.record_bytes.max(Sizes::new(config).record);
    options
}
