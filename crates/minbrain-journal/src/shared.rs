//! What the journal's handle and its writer tell each other, readable without waiting.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;

use crate::error::Failure;
use crate::queue::{Entry, EntryKind, Queue};
use crate::store::Snapshot;

/// Between the handle and the writer.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) queue: Queue,
    pub(crate) count: Counters,
    /// The last sequence number that was given out.
    pub(crate) assigned: AtomicU64,
    /// Everything up to this sequence number has come to the device, or was reported.
    durable: AtomicU64,
    /// Somebody waits for everything up to this sequence number.
    wanted: AtomicU64,
    pub(crate) stop: AtomicBool,
    failure: OnceLock<Failure>,
    /// The snapshot that waits, and the buffer of the last one.
    pub(crate) hand_over: Mutex<HandOver>,
    progress: Mutex<()>,
    progressed: Condvar,
    writer: OnceLock<Thread>,
}

/// Snapshots go one at a time.
#[derive(Debug, Default)]
pub(crate) struct HandOver {
    pub(crate) waiting: Option<Snapshot>,
    /// The writer has one in hand.
    pub(crate) is_writing: bool,
    pub(crate) spare: Vec<u8>,
}

/// What is counted; ids are kept plus one, so that 0 is none.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) next_id: AtomicU64,
    pub(crate) acknowledged_next_id: AtomicU64,
    pub(crate) lost_records: AtomicU64,
    pub(crate) lost_evictions: AtomicU64,
    pub(crate) lost_next_id: AtomicU64,
    pub(crate) commits: AtomicU64,
    pub(crate) snapshots: AtomicU64,
    pub(crate) since_snapshot: AtomicU64,
}

/// Entries that are not durable, or not yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Losses {
    pub(crate) records: u64,
    pub(crate) evictions: u64,
    /// The newest id among the records, plus one.
    pub(crate) next_id: u64,
}

impl Losses {
    pub(crate) fn count(&mut self, entry: &Entry) {
        match entry.kind {
            EntryKind::Record => {
                self.records += 1;
                self.next_id = self.next_id.max(entry.id + 1);
            }
            EntryKind::Eviction => self.evictions += 1,
        }
    }
}

impl Shared {
    pub(crate) fn new(queue: Queue, start: u64, next_id: u64) -> Self {
        let count = Counters {
            next_id: next_id.into(),
            acknowledged_next_id: next_id.into(),
            ..Counters::default()
        };
        Self {
            queue,
            count,
            assigned: start.into(),
            durable: start.into(),
            wanted: start.into(),
            stop: AtomicBool::new(false),
            failure: OnceLock::new(),
            hand_over: Mutex::default(),
            progress: Mutex::default(),
            progressed: Condvar::new(),
            writer: OnceLock::new(),
        }
    }

    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.failure.get()
    }

    /// The first failure counts; what comes after it is its consequence.
    pub(crate) fn fail(&self, failure: Failure) {
        let _ = self.failure.set(failure);
        self.tell();
    }

    pub(crate) fn lose(&self, losses: &Losses) {
        self.count.lost_records.fetch_add(losses.records, Ordering::Relaxed);
        self.count.lost_evictions.fetch_add(losses.evictions, Ordering::Relaxed);
        self.count.lost_next_id.fetch_max(losses.next_id, Ordering::Relaxed);
    }

    /// Everything up to `sequence` is settled.
    pub(crate) fn settle(&self, sequence: u64) {
        self.durable.fetch_max(sequence, Ordering::AcqRel);
        self.tell();
    }

    fn tell(&self) {
        drop(lock(&self.progress));
        self.progressed.notify_all();
    }

    /// Waits until everything up to `sequence` is settled.
    pub(crate) fn wait_for(&self, sequence: u64) -> Result<(), Failure> {
        self.want(sequence);
        let mut guard = lock(&self.progress);
        loop {
            if let Some(failure) = self.failure() {
                return Err(failure.clone());
            }
            if self.durable.load(Ordering::Acquire) >= sequence {
                return Ok(());
            }
            guard = self.progressed.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Asks for everything up to `sequence` without waiting for it.
    pub(crate) fn want(&self, sequence: u64) {
        self.wanted.fetch_max(sequence, Ordering::AcqRel);
        self.wake();
    }

    /// Whether somebody waits for more than is settled.
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Acquire) > self.durable.load(Ordering::Acquire)
    }

    pub(crate) fn introduce(&self, writer: Thread) {
        let _ = self.writer.set(writer);
    }

    pub(crate) fn wake(&self) {
        if let Some(writer) = self.writer.get() {
            writer.unpark();
        }
    }
}

/// A lock whose holder panicked guards nothing that could be half-done here.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
