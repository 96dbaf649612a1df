//! The handle: what the cycle holds.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};

use redb::StorageBackend;

use crate::directory::Directory;
use crate::error::{Failure, OpenError, PushError};
use crate::limits::{MAX_CONFIGURATION_BYTES, MAX_RECORD_BYTES, MAX_SNAPSHOT_BYTES};
use crate::options::Options;
use crate::queue::{Entry, EntryKind, Queue};
use crate::recovery::Recovery;
use crate::shared::{Losses, Shared, lock};
use crate::status::Status;
use crate::store::{Refusal, Snapshot, Store, guarded};
use crate::tail::Tail;
use crate::writer::Writer;

/// An open journal. Dropping it writes what waits, as [`close`](Self::close) does, and cannot tell
/// whether that worked.
#[derive(Debug)]
pub struct Journal {
    shared: Arc<Shared>,
    configuration: Vec<u8>,
    /// The last sequence number that was given out.
    sequence: u64,
    next_id: u64,
    /// As many waiting entries wake the writer.
    enough: usize,
    writer: Option<JoinHandle<()>>,
    /// Released when the writer is done.
    _directory: Option<Directory>,
}

/// What became of an older entry when a new one needed its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDurable {
    /// The record with this id will be missing after a restart.
    Record(u64),
    /// The record with this id was evicted and will be back after a restart.
    Eviction(u64),
}

/// A snapshot that was not taken, with its bytes.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The one before is still on its way to the disk.
    #[error("the snapshot before is still being written")]
    Busy(Vec<u8>),
    /// Writing has failed before.
    #[error("the journal has failed and takes nothing more; open it again")]
    Poisoned(Vec<u8>),
    /// It is longer than any may be.
    #[error("a snapshot of {} bytes; expected at most {MAX_SNAPSHOT_BYTES}", .0.len())]
    TooLong(Vec<u8>),
}

impl Journal {
    /// Opens the journal in `directory`, or makes one there that carries `configuration` (opaque
    /// bytes, at most 1 MiB; an existing journal keeps its own). Returns it with what it holds.
    ///
    /// Cost: one thread, `queue_entries * record_bytes` of RAM, and a pass over the whole file that
    /// checks every page.
    ///
    /// # Errors
    ///
    /// [`OpenError::InUse`] if it is open elsewhere, [`OpenError::Version`] if another format wrote
    /// it, [`OpenError::Damaged`] if it cannot be trusted, [`OpenError::Option`] for a setting
    /// outside its limits, and what the operating system refuses.
    pub fn open(
        directory: &Path,
        configuration: &[u8],
        options: &Options,
    ) -> Result<(Self, Recovery), OpenError> {
        options.check()?;
        check_configuration(configuration)?;
        let directory = Directory::take_or_make(directory, configuration)?;
        let store = directory.backend(&directory.store_path())?;
        let tail = Box::new(directory.backend(&directory.tail_path())?);
        let started = Parts::open(store, tail);
        let parts = started.map_err(|refusal| directory.refused(refusal))?;
        let recovery = parts.recovery().map_err(|failure| directory.failed(failure))?;
        let mut journal = parts.start(options).map_err(|failure| directory.failed(failure))?;
        journal._directory = Some(directory);
        Ok((journal, recovery))
    }

    /// The bytes that the journal was made with.
    pub fn configuration(&self) -> &[u8] {
        &self.configuration
    }

    /// The least id that the next record may have.
    pub fn next_id(&self) -> u64 {
        self.next_id
    }

    /// Hands in a record under an `id` above all before it. Where the queue is full, the oldest
    /// entry in it makes room and is returned: the caller waits for nothing.
    ///
    /// Cost: one copy and a checksum of the record. It allocates nothing up to
    /// [`record_bytes`](Options::record_bytes), takes no lock, and makes no system call but one to
    /// wake the writer, once in each [`group_entries`](Options::group_entries) that it falls behind.
    ///
    /// # Errors
    ///
    /// [`PushError`]; nothing was taken then.
    pub fn push(&mut self, id: u64, record: &[u8]) -> Result<Option<NotDurable>, PushError> {
        if record.len() > MAX_RECORD_BYTES {
            return Err(PushError::TooLong { expected: MAX_RECORD_BYTES, came: record.len() });
        }
        if id == u64::MAX {
            return Err(PushError::NoId { came: id });
        }
        if id < self.next_id {
            return Err(PushError::NotNew { newest: self.next_id - 1, came: id });
        }
        let sequence = self.next_sequence()?;
        self.next_id = id + 1;
        let displaced = self.shared.queue.push_record(sequence, id, record);
        self.shared.count.next_id.store(self.next_id, Ordering::Relaxed);
        Ok(self.entered(sequence, displaced))
    }

    /// Hands in that the record with this `id` was evicted. Its bytes stay until a later snapshot
    /// no longer needs them.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push), for an `id` that was never pushed [`PushError::NoId`].
    pub fn evict(&mut self, id: u64) -> Result<Option<NotDurable>, PushError> {
        if id >= self.next_id {
            return Err(PushError::NoId { came: id });
        }
        let sequence = self.next_sequence()?;
        let displaced = self.shared.queue.push_eviction(sequence, id);
        Ok(self.entered(sequence, displaced))
    }

    fn next_sequence(&self) -> Result<u64, PushError> {
        match self.shared.failure() {
            None => Ok(self.sequence + 1),
            Some(_) => Err(PushError::Poisoned),
        }
    }

    fn entered(&mut self, sequence: u64, displaced: Option<Entry>) -> Option<NotDurable> {
        self.assign(sequence);
        if self.shared.queue.len() == self.enough {
            self.shared.wake();
        }
        let displaced = displaced?;
        let mut losses = Losses::default();
        losses.count(&displaced);
        self.shared.lose(&losses);
        Some(match displaced.kind {
            EntryKind::Record => NotDurable::Record(displaced.id),
            EntryKind::Eviction => NotDurable::Eviction(displaced.id),
        })
    }

    /// Only now, when the entry is where the writer looks, may the writer count on it.
    fn assign(&mut self, sequence: u64) {
        self.sequence = sequence;
        self.shared.assigned.store(sequence, Ordering::Release);
    }

    /// Hands over learned state as of now: it covers every push and eviction before this call. It
    /// counts once all of it is durable; until then, and if the process dies on the way, the
    /// snapshot before it does. Records go on becoming durable beside it.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`], with the bytes; nothing was taken then.
    pub fn snapshot(&mut self, state: Vec<u8>) -> Result<(), SnapshotError> {
        if state.len() > MAX_SNAPSHOT_BYTES {
            return Err(SnapshotError::TooLong(state));
        }
        let Ok(sequence) = self.next_sequence() else {
            return Err(SnapshotError::Poisoned(state));
        };
        let mut hand_over = lock(&self.shared.hand_over);
        if hand_over.is_writing || hand_over.waiting.is_some() {
            return Err(SnapshotError::Busy(state));
        }
        let (next_id, written) = (self.next_id, 0);
        hand_over.waiting = Some(Snapshot { sequence, next_id, bytes: state, written });
        drop(hand_over);
        self.assign(sequence);
        self.shared.want(sequence);
        Ok(())
    }

    /// The buffer of the last snapshot that became durable, to fill again; empty if there is none.
    pub fn spare_buffer(&self) -> Vec<u8> {
        let mut spare = std::mem::take(&mut lock(&self.shared.hand_over).spare);
        spare.clear();
        spare
    }

    /// Waits until everything handed in before is on the device, whatever the durability: snapshots
    /// too. Not for a cycle.
    ///
    /// # Errors
    ///
    /// The failure that poisoned the journal; then what is durable is what was acknowledged.
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.shared.wait_for(self.sequence)
    }

    /// How far the disk has come, without waiting for it.
    pub fn status(&self) -> Status {
        Status::read(&self.shared)
    }

    /// What has poisoned the journal, if anything has.
    pub fn failure(&self) -> Option<&Failure> {
        self.shared.failure()
    }

    /// Makes everything durable and closes the file, so that the next opening repairs nothing.
    ///
    /// # Errors
    ///
    /// The failure that poisoned the journal, or the one that came with closing.
    pub fn close(mut self) -> Result<Status, Failure> {
        self.stop();
        match self.shared.failure() {
            Some(failure) => Err(failure.clone()),
            None => Ok(self.status()),
        }
    }

    fn stop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.wake();
        if let Some(writer) = self.writer.take() {
            // A panic of the writer has become the failure by now.
            let _ = writer.join();
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.stop();
    }
}

fn check_configuration(configuration: &[u8]) -> Result<(), OpenError> {
    if configuration.len() <= MAX_CONFIGURATION_BYTES {
        return Ok(());
    }
    Err(OpenError::Option {
        option: "configuration",
        expected: format!("at most {MAX_CONFIGURATION_BYTES} bytes"),
        came: configuration.len().to_string(),
    })
}

/// A journal whose writer does not run yet.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) tail: Tail,
}

impl Parts {
    /// Opens both files, and takes what was in the tail into the store.
    pub(crate) fn open(
        store: impl StorageBackend,
        tail: Box<dyn StorageBackend>,
    ) -> Result<Self, Refusal> {
        let mut tail = Tail::open(tail)?;
        let entries = tail.read()?;
        let store = Store::open(store, &entries)?;
        tail.clear()?;
        tail.follow(store.header().newest);
        Ok(Self { store, tail })
    }

    pub(crate) fn recovery(&self) -> Result<Recovery, Failure> {
        Recovery::read(&self.store.read()?)
    }

    /// The handle and the writer, which somebody has to run.
    pub(crate) fn split(self, options: &Options) -> (Journal, Writer) {
        let header = self.store.header().clone();
        let queue = Queue::new(options.queue_entries, options.record_bytes);
        let shared = Arc::new(Shared::new(queue, header.start, header.next_id));
        let writer = Writer::new(self.store, self.tail, Arc::clone(&shared), options);
        let journal = Journal {
            shared,
            configuration: header.configuration,
            sequence: header.start,
            next_id: header.next_id,
            enough: options.enough(),
            writer: None,
            _directory: None,
        };
        (journal, writer)
    }

    pub(crate) fn start(self, options: &Options) -> Result<Journal, Failure> {
        let (mut journal, writer) = self.split(options);
        let shared = Arc::clone(&journal.shared);
        let options = options.clone();
        let life = move || {
            let lived = guarded("run the writer", || {
                writer.run(&options);
                Ok::<(), Failure>(())
            });
            lived.unwrap_or_else(|failure| shared.fail(failure));
        };
        let spawned = thread::Builder::new().name("minbrain-journal".to_owned()).spawn(life);
        let handle = spawned.map_err(|error| Failure::io("start the writer", &error))?;
        journal.shared.introduce(handle.thread().clone());
        journal.writer = Some(handle);
        Ok(journal)
    }
}
