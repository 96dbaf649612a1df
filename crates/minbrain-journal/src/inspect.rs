//! A look at a journal that nobody has open, and a copy of what is intact in it.

use std::fs::{self, File};
use std::path::Path;

use crate::directory::{Directory, STORE_FILE, TAIL_FILE};
use crate::error::{Failure, OpenError};
use crate::journal::{Journal, Parts};
use crate::limits::FORMAT_VERSION;
use crate::options::{Durability, Options};
use crate::recovery::{Recovered, Recovery};
use crate::scan::Scan;

/// What a journal holds, and how sound it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The version of its layout.
    pub format: u32,
    /// The bytes that it was made with.
    pub configuration: Vec<u8>,
    /// Bytes of the store's file.
    pub store_bytes: u64,
    /// Bytes of the tail: written, and taken into the store by the next opening.
    pub tail_bytes: u64,
    /// What was counted.
    pub contents: Contents,
    /// Everything that is wrong, in words; nothing if the journal is sound.
    pub damage: Vec<String>,
    /// Whether the store opens. If not, the counts are those of what salvage would find.
    pub opens: bool,
}

/// What was counted on the way through a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Records that are there and not evicted.
    pub records: u64,
    /// Bytes of these, without what the journal adds.
    pub record_bytes: u64,
    /// The least of their ids.
    pub first_id: Option<u64>,
    /// The greatest of their ids.
    pub last_id: Option<u64>,
    /// Entries since the newest snapshot: what recovery replays.
    pub since_snapshot: u64,
    /// Bytes of the newest intact snapshot, if there is one.
    pub snapshot_bytes: Option<u64>,
}

/// Looks through a journal, at every page and every record, and changes nothing.
///
/// Cost: at most two passes over the file, and the ids of its records in RAM.
///
/// # Errors
///
/// [`OpenError::Missing`], [`OpenError::InUse`], [`OpenError::Version`], and what the operating
/// system refuses. Damage is no error here; it is what the report says.
pub fn inspect(directory: &Path) -> Result<Report, OpenError> {
    let mut tally = Tally::default();
    let mut report = through(directory, |snapshot, steps| {
        tally.contents.snapshot_bytes = snapshot.map(|state| state.len() as u64);
        steps.for_each(|step| tally.take(&step));
        Ok(())
    })?;
    tally.close(&mut report);
    Ok(report)
}

/// Writes what is intact in `directory` into a new journal in `target`, under the same ids, and
/// reports what that is. The old one is not changed.
///
/// Where the store no longer opens, records are found by what they look like, wherever they lie in
/// the file. Then some that were evicted may be back; none is wrong.
///
/// # Errors
///
/// As [`inspect`]; [`OpenError::Option`] if there is a journal in `target` already.
pub fn salvage(directory: &Path, target: &Path) -> Result<Report, OpenError> {
    if target.join(STORE_FILE).exists() {
        let expected = "a directory without a journal".to_owned();
        let came = target.display().to_string();
        return Err(OpenError::Option { option: "target", expected, came });
    }
    let configuration = inspect(directory)?.configuration;
    let options = Options { durability: Durability::OnRequest, ..Options::default() };
    let (journal, _) = Journal::open(target, &configuration, &options)?;
    let mut tally = Tally::default();
    let mut copy = Copy { journal, options, waiting: 0 };
    let mut report = through(directory, |snapshot, steps| {
        tally.contents.snapshot_bytes = snapshot.as_ref().map(|state| state.len() as u64);
        let steps = steps.inspect(|step| tally.take(step)).flatten();
        copy.take_all(snapshot, steps)
    })?;
    let failed = |failure| OpenError::Read { directory: target.to_path_buf(), failure };
    copy.journal.close().map_err(failed)?;
    tally.close(&mut report);
    Ok(report)
}

/// What is done with a journal's snapshot and its entries.
type Steps<'a> = &'a mut dyn Iterator<Item = Result<Recovered, Failure>>;

/// Goes through a journal by its trees or, where they are broken, by a scan.
fn through(
    path: &Path,
    visit: impl FnOnce(Option<Vec<u8>>, Steps<'_>) -> Result<(), Failure>,
) -> Result<Report, OpenError> {
    let directory = Directory::take(path)?;
    let length = |name: &str| fs::metadata(path.join(name)).map_or(0, |data| data.len());
    let mut report = Report {
        format: FORMAT_VERSION,
        store_bytes: length(STORE_FILE),
        tail_bytes: length(TAIL_FILE),
        ..Report::default()
    };
    let failed = |failure| OpenError::Read { directory: path.to_path_buf(), failure };
    match by_trees(&directory) {
        // The recovery reads from the parts: they stay until it is done.
        Ok((parts, mut recovery)) => {
            report.configuration.clone_from(&parts.store.header().configuration);
            report.opens = true;
            report.damage.extend(recovery.damaged_snapshots().iter().map(|f| f.message.clone()));
            visit(recovery.take_snapshot(), &mut recovery).map_err(failed)?;
        }
        Err(OpenError::Damaged { found, .. }) => {
            report.damage.push(found);
            let mut scan = by_scan(&directory)?;
            report.configuration = scan.configuration().unwrap_or_default().to_vec();
            let read = |error| failed(Failure::io("read a snapshot", &error));
            let snapshot = scan.newest_snapshot().map_err(read)?;
            let (through, state) = snapshot.map_or((0, None), |(at, state)| (at, Some(state)));
            visit(state, &mut scan.steps(through)).map_err(failed)?;
        }
        Err(other) => return Err(other),
    }
    Ok(report)
}

fn by_trees(directory: &Directory) -> Result<(Parts, Recovery), OpenError> {
    let store = directory.overlay(&directory.store_path())?;
    let tail: Box<dyn redb::StorageBackend> = match directory.tail_path().exists() {
        true => Box::new(directory.overlay(&directory.tail_path())?),
        false => Box::new(redb::backends::InMemoryBackend::new()),
    };
    let parts = Parts::open(store, tail).map_err(|refusal| directory.refused(refusal))?;
    let recovery = parts.recovery().map_err(|failure| directory.failed(failure))?;
    Ok((parts, recovery))
}

fn by_scan(directory: &Directory) -> Result<Scan, OpenError> {
    let mut scan = Scan::default();
    for path in [directory.store_path(), directory.tail_path()] {
        if path.exists() {
            let scanned = File::open(&path).and_then(|file| scan.add(file));
            scanned.map_err(|source| OpenError::Io { operation: "scan", path, source })?;
        }
    }
    Ok(scan)
}

/// Counts what passes.
#[derive(Default)]
struct Tally {
    contents: Contents,
    damage: Vec<String>,
    /// Bytes of each record that is there.
    lengths: std::collections::BTreeMap<u64, u64>,
}

/// Damaged records that are named one by one; more are only counted.
const MOST_NAMED: usize = 100;

impl Tally {
    fn take(&mut self, step: &Result<Recovered, Failure>) {
        match step {
            Ok(Recovered::Kept { id, bytes }) => drop(self.lengths.insert(*id, bytes.len() as u64)),
            Ok(Recovered::Pushed { id, bytes }) => {
                self.contents.since_snapshot += 1;
                self.lengths.insert(*id, bytes.len() as u64);
            }
            Ok(Recovered::Evicted { id }) => {
                self.contents.since_snapshot += 1;
                self.lengths.remove(id);
            }
            Err(failure) if self.damage.len() < MOST_NAMED => {
                self.damage.push(failure.message.clone());
            }
            Err(_) => {}
        }
    }

    /// Puts what was found into the report.
    fn close(mut self, report: &mut Report) {
        self.contents.records = self.lengths.len() as u64;
        self.contents.record_bytes = self.lengths.values().sum();
        self.contents.first_id = self.lengths.keys().next().copied();
        self.contents.last_id = self.lengths.keys().next_back().copied();
        report.damage.append(&mut self.damage);
        report.contents = self.contents;
    }
}

/// A salvage under way.
struct Copy {
    journal: Journal,
    options: Options,
    /// Entries since the last flush.
    waiting: usize,
}

impl Copy {
    fn take_all(
        &mut self,
        snapshot: Option<Vec<u8>>,
        steps: impl Iterator<Item = Recovered>,
    ) -> Result<(), Failure> {
        let mut snapshot = snapshot;
        for step in steps {
            if !matches!(step, Recovered::Kept { .. }) {
                self.snapshot(&mut snapshot)?;
            }
            let pushed = match step {
                Recovered::Kept { id, bytes } | Recovered::Pushed { id, bytes } => {
                    self.journal.push(id, &bytes)
                }
                // Its record never became durable.
                Recovered::Evicted { id } if id >= self.journal.next_id() => continue,
                Recovered::Evicted { id } => self.journal.evict(id),
            };
            pushed.map_err(|error| Failure::damaged("copy a record", error.to_string()))?;
            self.keep_up()?;
        }
        self.snapshot(&mut snapshot)?;
        self.journal.flush()
    }

    fn snapshot(&mut self, snapshot: &mut Option<Vec<u8>>) -> Result<(), Failure> {
        match snapshot.take().map(|state| self.journal.snapshot(state)) {
            None | Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(Failure::damaged("copy a snapshot", error.to_string())),
        }
    }

    /// Here the queue may not give way: wait before it has to.
    fn keep_up(&mut self) -> Result<(), Failure> {
        self.waiting += 1;
        if self.waiting < self.options.queue_entries {
            return Ok(());
        }
        self.waiting = 0;
        self.journal.flush()
    }
}
