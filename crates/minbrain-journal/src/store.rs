//! What lies on the disk: five tables of frames in one redb file. `docs/format.md` draws them.

mod snapshots;

use std::panic::{AssertUnwindSafe, catch_unwind};

use redb::{
    Builder, Database, ReadTransaction, ReadableDatabase, ReadableTable, StorageBackend,
    TableDefinition, TableHandle, WriteTransaction,
};

use crate::error::Failure;
use crate::frame::{Frame, Kind};
use crate::limits::{CACHE_BYTES, FORMAT_VERSION, REMOVALS_PER_COMMIT};
use crate::queue::{Entry, EntryKind};
use crate::sequence;

pub(crate) use self::snapshots::{Manifest, Snapshot, Snapshots};

/// Facts about the journal, by name.
const HEADER: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("header");
/// Records by id.
pub(crate) const RECORDS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("records");
/// Evictions by sequence number.
pub(crate) const EVICTIONS: TableDefinition<'static, u64, &[u8]> =
    TableDefinition::new("evictions");

const FORMAT: &str = "format";
const CONFIGURATION: &str = "configuration";
/// The id in the frame of the configuration.
pub(crate) const CONFIGURATION_ID: u64 = 2;
const OPENING: &str = "opening";

/// Why a store did not open.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Another format wrote it.
    Version(u32),
    /// It could not be read, or not be written.
    Failure(Failure),
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// The open file.
#[derive(Debug)]
pub(crate) struct Store {
    database: Database,
    header: Header,
}

/// What was known of the journal when it was opened.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) configuration: Vec<u8>,
    /// The sequence number before the first of this opening.
    pub(crate) start: u64,
    /// The sequence number of the newest entry in it.
    pub(crate) newest: u64,
    /// The newest id that was ever pushed, plus one.
    pub(crate) next_id: u64,
    /// The newest complete snapshot.
    pub(crate) manifest: Option<Manifest>,
}

impl Store {
    /// Lays an empty store out in an empty file.
    pub(crate) fn lay_out(
        backend: impl StorageBackend,
        configuration: &[u8],
    ) -> Result<(), Refusal> {
        let database = open_database(backend)?;
        let failed = |error: redb::Error| Failure::new("lay out the journal", error);
        let begun = database.begin_write().map_err(|error| failed(error.into()))?;
        let group = Group { transaction: begun };
        group.lay_out(configuration).map_err(failed)?;
        group.commit()?;
        database.close().map_err(|error| failed(error.into()))?;
        Ok(())
    }

    /// Opens what `backend` holds, and takes up `tail`: entries that were written and not committed.
    pub(crate) fn open(backend: impl StorageBackend, tail: &[u8]) -> Result<Self, Refusal> {
        let database = open_database(backend)?;
        let header = guarded("open the journal", || open_tables(&database, tail))?;
        Ok(Self { database, header })
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// Starts the next commit.
    pub(crate) fn begin(&self) -> Result<Group, Failure> {
        let transaction = self.database.begin_write();
        Ok(Group { transaction: transaction.map_err(|e| Failure::new("begin a commit", e))? })
    }

    /// The state of the last commit, to read from.
    pub(crate) fn read(&self) -> Result<ReadTransaction, Failure> {
        self.database.begin_read().map_err(|error| Failure::new("begin to read", error))
    }

    /// Closes the file in good order, so that the next opening repairs nothing.
    pub(crate) fn close(self) -> Result<(), Failure> {
        let database = self.database;
        guarded("close the journal", || {
            database.close().map_err(|error| Failure::new("close the journal", error))
        })
    }
}

/// What one commit writes. Dropped without a commit, it writes nothing.
pub(crate) struct Group {
    pub(crate) transaction: WriteTransaction,
}

impl Group {
    /// Writes each entry that `next` gives, and hands it to `done`.
    pub(crate) fn write(
        &self,
        mut next: impl FnMut() -> Option<Entry>,
        mut done: impl FnMut(Entry),
    ) -> Result<(), Failure> {
        let failed = |error: redb::Error| Failure::new("write records", error);
        let mut records = self.transaction.open_table(RECORDS).map_err(|e| failed(e.into()))?;
        let mut evictions = self.transaction.open_table(EVICTIONS).map_err(|e| failed(e.into()))?;
        while let Some(entry) = next() {
            match entry.kind {
                EntryKind::Record => records.insert(entry.id, entry.frame.as_slice()),
                EntryKind::Eviction => {
                    evictions.insert(entry.sequence, eviction(&entry).as_slice())
                }
            }
            .map_err(|e| failed(e.into()))?;
            done(entry);
        }
        Ok(())
    }

    /// Removes records that were evicted before `manifest`, whose snapshot no longer needs them,
    /// and the snapshots before it; true if more is left.
    pub(crate) fn vacuum(&self, manifest: &Manifest) -> Result<bool, Failure> {
        let failed = |error: redb::Error| Failure::new("remove what was forgotten", error);
        let evicted = self.vacuum_records(manifest.sequence).map_err(failed)?;
        let chunks = self.vacuum_snapshots(manifest.sequence).map_err(failed)?;
        Ok(evicted || chunks)
    }

    fn vacuum_records(&self, through: u64) -> Result<bool, redb::Error> {
        let mut records = self.transaction.open_table(RECORDS)?;
        let mut evictions = self.transaction.open_table(EVICTIONS)?;
        for _ in 0..REMOVALS_PER_COMMIT {
            let Some((sequence, id)) = first_eviction(&evictions)? else { return Ok(false) };
            if sequence > through {
                return Ok(false);
            }
            // A record whose eviction is damaged stays: better one too many than a wrong one less.
            if let Some(id) = id {
                records.remove(id)?;
            }
            evictions.remove(sequence)?;
        }
        Ok(true)
    }

    /// Makes everything in it durable.
    pub(crate) fn commit(self) -> Result<(), Failure> {
        self.transaction.commit().map_err(|error| Failure::new("commit", error))
    }
}

/// An eviction in its frame.
pub(crate) fn eviction(entry: &Entry) -> Vec<u8> {
    let mut frame = Vec::new();
    let Entry { sequence, id, .. } = *entry;
    Frame { kind: Kind::Eviction, sequence, id, payload: &[] }.write(&mut frame);
    frame
}

fn first_eviction(
    evictions: &impl ReadableTable<u64, &'static [u8]>,
) -> Result<Option<(u64, Option<u64>)>, redb::Error> {
    let first = evictions.first()?;
    Ok(first
        .map(|(sequence, frame)| (sequence.value(), evicted_id(sequence.value(), frame.value()))))
}

/// The id in the eviction stored under `sequence`, if it is undamaged.
pub(crate) fn evicted_id(sequence: u64, bytes: &[u8]) -> Option<u64> {
    let frame = Frame::read(bytes)?;
    (frame.kind == Kind::Eviction && frame.sequence == sequence).then_some(frame.id)
}

/// Runs what may meet a damaged file. A panic below us becomes a failure of the journal: whoever
/// remembers with its help goes on without it.
pub(crate) fn guarded<T, E: From<Failure>>(
    operation: &'static str,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    // What the closure touched is not used again after a failure, so nothing half-done is seen.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Failure::panicked(operation).into()))
}

fn open_database(backend: impl StorageBackend) -> Result<Database, Refusal> {
    let mut builder = Builder::new();
    // Every page is checked on opening: a file that something else has altered is refused, and a
    // sound one has been read once before recovery reads it again out of the page cache.
    builder.set_cache_size(CACHE_BYTES).set_check_integrity_on_open(true);
    // On opening, a panic below us means a file that the checks above did not foresee.
    catch_unwind(AssertUnwindSafe(|| builder.create_with_backend(backend)))
        .map_err(|_| Failure::damaged("open the journal", "the file cannot be read at all"))?
        .map_err(|error| Failure::new("open the journal", error).into())
}

fn open_tables(database: &Database, tail: &[u8]) -> Result<Header, Refusal> {
    let failed = |error: redb::Error| Failure::new("read the header", error);
    let begun = database.begin_write().map_err(|error| failed(error.into()))?;
    let group = Group { transaction: begun };
    let opening = group.check_header()?;
    let mut newest = group.newest()?;
    group.take_up(tail, &mut newest)?;
    let manifest = group.newest_manifest()?;
    group.drop_unfinished_snapshots(manifest.as_ref()).map_err(failed)?;
    let configuration = group.header(CONFIGURATION)?;
    let start = sequence::start_of(opening)
        .ok_or_else(|| Failure::damaged("open the journal", "it has been opened too often"))?;
    group.put_header(OPENING, &opening.to_le_bytes()).map_err(failed)?;
    group.commit()?;
    let Newest { sequence, next_id } = newest;
    Ok(Header { configuration, start, newest: sequence, next_id, manifest })
}

/// How far the store has come.
#[derive(Clone, Copy, Debug)]
struct Newest {
    sequence: u64,
    next_id: u64,
}

impl Group {
    fn lay_out(&self, configuration: &[u8]) -> Result<(), redb::Error> {
        self.put_header(FORMAT, &FORMAT_VERSION.to_le_bytes())?;
        self.put_header(CONFIGURATION, configuration)?;
        self.put_header(OPENING, &0_u64.to_le_bytes())?;
        self.transaction.open_table(RECORDS)?;
        self.transaction.open_table(EVICTIONS)?;
        self.lay_out_snapshots()
    }

    /// Checks the version; the number of this opening.
    fn check_header(&self) -> Result<u64, Refusal> {
        let format = u32::from_le_bytes(self.number(FORMAT)?);
        if format != FORMAT_VERSION {
            return Err(Refusal::Version(format));
        }
        Ok(u64::from_le_bytes(self.number(OPENING)?) + 1)
    }

    fn number<const N: usize>(&self, name: &str) -> Result<[u8; N], Failure> {
        let wrong = |bytes: Vec<u8>| {
            let message = format!("{name}: expected {N} bytes, not {}", bytes.len());
            Failure::damaged("read the header", message)
        };
        self.header(name)?.try_into().map_err(wrong)
    }

    fn header(&self, name: &str) -> Result<Vec<u8>, Failure> {
        let failed = |error: redb::Error| Failure::new("read the header", error);
        let damaged =
            || Failure::damaged("read the header", format!("{name} is missing or damaged"));
        let names = self.transaction.list_tables().map_err(|error| failed(error.into()))?;
        if !names.into_iter().any(|table| table.name() == HEADER.name()) {
            return Err(damaged());
        }
        let table = self.transaction.open_table(HEADER).map_err(|error| failed(error.into()))?;
        let value = table.get(name).map_err(|error| failed(error.into()))?;
        let value = value.ok_or_else(damaged)?;
        let frame = Frame::expect(value.value(), Kind::Header, name_id(name));
        Ok(frame.ok_or_else(damaged)?.payload.to_vec())
    }

    fn put_header(&self, name: &str, payload: &[u8]) -> Result<(), redb::Error> {
        let mut frame = Vec::new();
        Frame { kind: Kind::Header, sequence: 0, id: name_id(name), payload }.write(&mut frame);
        self.transaction.open_table(HEADER)?.insert(name, frame.as_slice())?;
        Ok(())
    }

    fn newest(&self) -> Result<Newest, Failure> {
        let failed = |error: redb::Error| Failure::new("find the newest record", error);
        let mut newest = self.newest_record().map_err(failed)?;
        let evictions = self.transaction.open_table(EVICTIONS).map_err(|e| failed(e.into()))?;
        if let Some((sequence, _)) = evictions.last().map_err(|e| failed(e.into()))? {
            newest.sequence = newest.sequence.max(sequence.value());
        }
        if let Some(manifest) = self.newest_manifest()? {
            newest.sequence = newest.sequence.max(manifest.sequence);
            newest.next_id = newest.next_id.max(manifest.next_id);
        }
        Ok(newest)
    }

    fn newest_record(&self) -> Result<Newest, redb::Error> {
        let records = self.transaction.open_table(RECORDS)?;
        let last = records.last()?;
        Ok(last.map_or(Newest { sequence: 0, next_id: 0 }, |(id, bytes)| Newest {
            sequence: Frame::read(bytes.value()).map_or(0, |frame| frame.sequence),
            next_id: id.value() + 1,
        }))
    }

    /// Writes those entries of a tail that had not come here yet, up to the first group that is torn
    /// or whose forerunner is missing.
    fn take_up(&self, tail: &[u8], newest: &mut Newest) -> Result<(), Failure> {
        let mut rest = tail;
        while let Some(group) = Frame::read(rest).filter(|frame| frame.kind == Kind::Group) {
            if group.sequence > newest.sequence {
                break;
            }
            rest = &rest[group.bytes()..];
            self.take_up_group(group.payload, newest)?;
        }
        Ok(())
    }

    fn take_up_group(&self, entries: &[u8], newest: &mut Newest) -> Result<(), Failure> {
        let mut rest = entries;
        let next = || {
            loop {
                let frame = Frame::read(rest)?;
                let (bytes, later) = rest.split_at(frame.bytes());
                let kind = entry_kind(frame.kind)?;
                rest = later;
                let Frame { sequence, id, .. } = frame;
                if sequence > newest.sequence {
                    newest.sequence = sequence;
                    if kind == EntryKind::Record {
                        newest.next_id = id + 1;
                    }
                    return Some(Entry { kind, sequence, id, frame: bytes.to_vec() });
                }
            }
        };
        self.write(next, drop)
    }
}

fn entry_kind(kind: Kind) -> Option<EntryKind> {
    match kind {
        Kind::Record => Some(EntryKind::Record),
        Kind::Eviction => Some(EntryKind::Eviction),
        Kind::Header | Kind::Chunk | Kind::Manifest | Kind::Group => None,
    }
}

/// Names a fact in its frame, so that one is not taken for another.
fn name_id(name: &str) -> u64 {
    match name {
        FORMAT => 1,
        CONFIGURATION => CONFIGURATION_ID,
        _ => 3,
    }
}
