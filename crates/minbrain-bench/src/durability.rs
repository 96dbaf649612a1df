//! What it costs a brain to outlive its process: a steady beat with a journal and without, and how
//! long it takes to be back.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use minbrain::{
    Action, ActionSpace, Brain, BrainBuilder, Budget, DurableBrain, Isa, Keeping, Outcome,
};
use serde::Serialize;

use crate::cycle::consolidation_units;
use crate::error::BenchError;
use crate::latency::{Latency, LatencySummary};
use crate::wanderer::{HeldActions, Wanderer};

/// A cycle begins every millisecond.
const CYCLE: Duration = Duration::from_millis(1);
const CYCLES_PER_SECOND: u64 = 1_000;
/// Cycles before the measurement, during which a full brain already forgets.
const WARM_UP_CYCLES: u64 = 500;
/// Where this many entries wait, filling waits for the disk.
const MOST_WAITING: usize = 4_000;

/// What to measure.
#[derive(Clone, Debug)]
pub struct DurabilitySettings {
    /// How many experiences the brain keeps.
    pub experiences: usize,
    /// How many values an observation has.
    pub sensors: usize,
    /// How many discrete actions there are.
    pub actions: usize,
    /// Where random numbers start.
    pub seed: u64,
    /// The instructions to compute with; `None` for the fastest there are.
    pub isa: Option<Isa>,
    /// Where directories are made and removed again.
    pub directory: PathBuf,
}

/// A thousand cycles in a second, as they went.
#[derive(Clone, Debug, Serialize)]
pub struct BeatRow {
    /// Names this measurement.
    pub bench: &'static str,
    /// Whether the brain was kept in a directory.
    pub journal: &'static str,
    /// Experiences kept; each cycle stores one and forgets one.
    pub experiences: usize,
    /// Latency of `decide` and `learn` together.
    #[serde(flatten)]
    pub latency: LatencySummary,
    /// Half of the idle times, with consolidation and where one is due a snapshot, took at most this
    /// long.
    pub idle_p50_us: f64,
    /// 999 of 1,000 of them.
    pub idle_p999_us: f64,
    /// The longest.
    pub idle_max_us: f64,
    /// Cycles that took longer than their millisecond, idle time included.
    pub overruns: u64,
    /// Cycles from one snapshot to the next.
    pub snapshot_every: u64,
    /// Snapshots that became durable.
    pub snapshots: u64,
    /// Bytes of the last one.
    pub snapshot_bytes: usize,
    /// Most entries that waited for the disk.
    pub waiting_entries: usize,
    /// Experiences that did not become durable.
    pub not_durable: u64,
    /// How many values an observation has.
    pub sensors: usize,
    /// How many discrete actions there are.
    pub actions: usize,
}

/// A brain that was closed, or killed, and opened again.
#[derive(Clone, Debug, Serialize)]
pub struct ReopenRow {
    /// Names this measurement.
    pub bench: &'static str,
    /// Experiences that it had.
    pub experiences: usize,
    /// Seconds to open it after it was closed.
    pub closed_s: f64,
    /// Seconds to open it after its process was gone without closing.
    pub killed_s: f64,
    /// Records that were relived then.
    pub relived: u64,
    /// Bytes of its files.
    pub bytes: u64,
    /// Seconds to open the files and read every record, without the brain.
    pub journal_s: f64,
    /// How many values an observation has.
    pub sensors: usize,
    /// How many discrete actions there are.
    pub actions: usize,
}

/// A directory of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(settings: &DurabilitySettings, name: &str) -> Result<Self, BenchError> {
        let path = settings.directory.join(format!("minbrain-{name}-{}", std::process::id()));
        if path.exists() {
            let source = std::io::ErrorKind::AlreadyExists.into();
            return Err(BenchError::Read { path, source });
        }
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to whoever finds it.
        let _ = fs::remove_dir_all(&self.0);
    }
}

enum Kept {
    InRam(Box<Brain>),
    InDirectory(Box<DurableBrain>),
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

fn builder(settings: &DurabilitySettings) -> BrainBuilder {
    let builder = Brain::builder().sensors(settings.sensors).seed(settings.seed);
    let builder = builder.actions(ActionSpace::discrete(settings.actions)).isa(settings.isa);
    builder.budget(Budget::Experiences(settings.experiences))
}

fn outcome(robot: &Wanderer) -> Outcome<'_> {
    Outcome { observation: robot.observation(), reward: robot.speed(), ended: false }
}

/// A brain that somebody else drove until its budget was full, and its robot.
fn grown(settings: &DurabilitySettings) -> Result<(Brain, Wanderer), BenchError> {
    let DurabilitySettings { sensors, actions, seed, .. } = *settings;
    let mut brain = builder(settings).build()?;
    let mut robot = Wanderer::new(sensors, actions, seed);
    let mut hands = HeldActions::new(actions, seed);
    for _ in 0..settings.experiences {
        let action = hands.next_action();
        brain.accompany(robot.observation(), &Action::Discrete(action))?;
        robot.step(action);
        brain.learn(outcome(&robot))?;
    }
    Ok((brain, robot))
}

/// Lives a thousand cycles in a second for so many seconds, with a snapshot after every so many cycles
/// in a directory, or in RAM alone.
///
/// # Errors
/// What the brain or the journal refuses.
pub fn beat(
    settings: &DurabilitySettings,
    seconds: u64,
    snapshot_every: Option<u64>,
) -> Result<BeatRow, BenchError> {
    let (brain, mut robot) = grown(settings)?;
    let folder = Folder::new(settings, "beat")?;
    let snapshot_bytes = snapshot_every.map_or(0, |_| brain.to_bytes().len());
    let mut kept = match snapshot_every {
        None => Kept::InRam(Box::new(brain)),
        Some(every) => {
            let keeping = Keeping { snapshot_every: every, ..Keeping::default() };
            let durable = DurableBrain::create(&folder.0, brain, &keeping)?;
            Kept::InDirectory(Box::new(durable))
        }
    };
    let mut life = Beat { cycle: Latency::new(), idle: Latency::new(), overruns: 0, waiting: 0 };
    life.live(&mut kept, &mut robot, WARM_UP_CYCLES)?;
    life = Beat { cycle: Latency::new(), idle: Latency::new(), overruns: 0, waiting: 0 };
    life.live(&mut kept, &mut robot, seconds * CYCLES_PER_SECOND)?;
    let (snapshots, not_durable) = match kept {
        Kept::InRam(_) => (0, 0),
        Kept::InDirectory(durable) => {
            let unrecorded = durable.unrecorded();
            let status = durable.close().map_err(minbrain::DurableError::from)?;
            (status.snapshots, status.lost_records + unrecorded)
        }
    };
    Ok(BeatRow {
        bench: "journal",
        journal: if snapshot_every.is_some() { "on" } else { "off" },
        experiences: settings.experiences,
        latency: life.cycle.summary(),
        idle_p50_us: life.idle.quantile_us(0.5),
        idle_p999_us: life.idle.quantile_us(0.999),
        idle_max_us: life.idle.max_us(),
        overruns: life.overruns,
        snapshot_every: snapshot_every.unwrap_or_default(),
        snapshots,
        snapshot_bytes,
        waiting_entries: life.waiting,
        not_durable,
        sensors: settings.sensors,
        actions: settings.actions,
    })
}

/// What a steady beat has shown so far.
struct Beat {
    cycle: Latency,
    idle: Latency,
    overruns: u64,
    waiting: usize,
}

impl Beat {
    fn live(
        &mut self,
        kept: &mut Kept,
        robot: &mut Wanderer,
        cycles: u64,
    ) -> Result<(), BenchError> {
        let start = Instant::now();
        for cycle in 0..cycles {
            let due = CYCLE * cycle as u32;
            thread::sleep(due.saturating_sub(start.elapsed()));
            let began = Instant::now();
            let decision = each!(&mut *kept, brain => brain.decide(robot.observation()))?;
            let action = decision.action.index().unwrap_or(0);
            let deciding = began.elapsed();
            robot.step(action);
            let outcome = outcome(robot);
            let began = Instant::now();
            each!(&mut *kept, brain => brain.learn(outcome))?;
            let cycle = deciding + began.elapsed();
            let began = Instant::now();
            let units = consolidation_units(minbrain::Policy::Consensus);
            each!(&mut *kept, brain => brain.consolidate(units));
            let idle = began.elapsed();
            self.cycle.push(cycle);
            self.idle.push(idle);
            self.overruns += u64::from(cycle + idle > CYCLE);
            if let Kept::InDirectory(durable) = &*kept {
                self.waiting = self.waiting.max(durable.status().waiting_entries);
            }
        }
        Ok(())
    }
}

/// Fills a brain in a directory, closes it and opens it again; lives `after` cycles more, leaves it
/// as a process does that dies, and opens it again.
///
/// # Errors
/// What the brain or the journal refuses.
pub fn reopen(settings: &DurabilitySettings, after: u64) -> Result<ReopenRow, BenchError> {
    let folder = Folder::new(settings, "reopen")?;
    let keeping = Keeping { snapshot_every: u64::MAX, ..Keeping::default() };
    let mut life = Life::begin(settings);
    let (mut brain, _) = DurableBrain::open(&folder.0, builder(settings), &keeping)?;
    life.live(&mut brain, settings.experiences as u64)?;
    brain.close().map_err(minbrain::DurableError::from)?;
    let again = || -> Result<(DurableBrain, u64, f64), BenchError> {
        let began = Instant::now();
        let (brain, revival) = DurableBrain::open(&folder.0, builder(settings), &keeping)?;
        Ok((brain, revival.relived, began.elapsed().as_secs_f64()))
    };
    let (mut brain, _, closed_s) = again()?;
    let experiences = brain.brain().stats().experiences;
    life.live(&mut brain, after)?;
    brain.flush().map_err(minbrain::DurableError::from)?;
    // Dropped, and not closed: no snapshot is taken, as when a process is killed.
    drop(brain);
    let (brain, relived, killed_s) = again()?;
    drop(brain);
    let began = Instant::now();
    minbrain::journal::inspect(&folder.0).map_err(minbrain::DurableError::from)?;
    Ok(ReopenRow {
        bench: "reopen",
        experiences,
        closed_s,
        killed_s,
        relived,
        bytes: bytes_in(&folder.0),
        journal_s: began.elapsed().as_secs_f64(),
        sensors: settings.sensors,
        actions: settings.actions,
    })
}

/// A robot that somebody else drives.
struct Life {
    robot: Wanderer,
    hands: HeldActions,
}

impl Life {
    fn begin(settings: &DurabilitySettings) -> Self {
        let DurabilitySettings { sensors, actions, seed, .. } = *settings;
        Self {
            robot: Wanderer::new(sensors, actions, seed),
            hands: HeldActions::new(actions, seed),
        }
    }

    fn live(&mut self, brain: &mut DurableBrain, cycles: u64) -> Result<(), BenchError> {
        for _ in 0..cycles {
            let action = self.hands.next_action();
            brain.accompany(self.robot.observation(), &Action::Discrete(action))?;
            self.robot.step(action);
            brain.learn(outcome(&self.robot))?;
            if brain.status().waiting_entries > MOST_WAITING {
                brain.flush().map_err(minbrain::DurableError::from)?;
            }
        }
        Ok(())
    }
}

fn bytes_in(directory: &Path) -> u64 {
    let files = fs::read_dir(directory).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(experiences: usize) -> DurabilitySettings {
        let directory = std::env::temp_dir().join(format!("bench-{experiences}"));
        fs::create_dir_all(&directory).unwrap();
        DurabilitySettings { experiences, sensors: 3, actions: 2, seed: 1, isa: None, directory }
    }

    #[test]
    fn a_beat_with_a_journal_keeps_everything() {
        let on = beat(&settings(60), 1, Some(300)).unwrap();
        assert_eq!((on.journal, on.latency.cycles, on.not_durable), ("on", 1_000, 0));
        assert!(on.snapshots >= 3 && on.snapshot_bytes > 1_000, "{on:?}");
        let off = beat(&settings(61), 1, None).unwrap();
        assert_eq!((off.journal, off.latency.cycles, off.snapshots), ("off", 1_000, 0));
    }

    #[test]
    fn a_brain_is_back_after_both_ends() {
        let row = reopen(&settings(500), 40).unwrap();
        assert_eq!((row.experiences, row.relived), (500, 40));
        assert!(row.closed_s > 0.0 && row.killed_s > 0.0 && row.bytes > 10_000, "{row:?}");
    }
}
