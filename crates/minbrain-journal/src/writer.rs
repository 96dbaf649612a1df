//! The writer: takes what waits, and makes it durable, a group at a time.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Instant;

use crate::error::Failure;
use crate::limits::MAX_TAIL_BYTES;
use crate::options::{Durability, Options};
use crate::pace::{Pace, Round};
use crate::queue::Entry;
use crate::shared::{Losses, Shared, lock};
use crate::store::{Group, Manifest, Snapshot, Store, guarded};
use crate::tail::Tail;

/// All that the writing thread works on.
pub(crate) struct Writer {
    store: Store,
    tail: Tail,
    shared: Arc<Shared>,
    durability: Durability,
    group_entries: usize,
    /// The commit that is being filled, where it spans more than one group.
    group: Option<Group>,
    /// Everything up to here is in the present group or in one before it.
    taken: u64,
    /// What of it is not yet acknowledged: it is lost if this group fails.
    unsettled: Losses,
    snapshot: Option<Snapshot>,
    /// Entries that were taken since and that it does not cover.
    beyond_snapshot: u64,
    /// A snapshot whose manifest is in the present group.
    completed: Option<(Manifest, Vec<u8>)>,
    /// The newest durable snapshot, while something before it is still to be removed.
    vacuum: Option<Manifest>,
}

impl Writer {
    pub(crate) fn new(store: Store, tail: Tail, shared: Arc<Shared>, options: &Options) -> Self {
        let header = store.header();
        let taken = header.start;
        let vacuum = header.manifest.clone();
        Self {
            store,
            tail,
            shared,
            durability: options.durability,
            group_entries: options.group_entries,
            group: None,
            taken,
            unsettled: Losses::default(),
            snapshot: None,
            beyond_snapshot: 0,
            completed: None,
            vacuum,
        }
    }

    /// Writes one group. After a failure the writer is not used again, but for `give_up`.
    pub(crate) fn round(&mut self, round: Round) -> Result<(), Failure> {
        guarded("write the journal", || self.write_group(round))
    }

    fn write_group(&mut self, asked: Round) -> Result<(), Failure> {
        let has_room = self.tail.length_bytes() < MAX_TAIL_BYTES;
        let round = if has_room { asked } else { Round::Sync };
        // What is assigned after this belongs to a later round; so does what is handed over.
        let assigned = self.shared.assigned.load(Ordering::Acquire);
        self.pick_up_snapshot();
        if !self.has_work(round) {
            self.taken = self.taken.max(assigned);
            self.settle();
            return Ok(());
        }
        let group = match self.group.take() {
            Some(group) => group,
            None => self.store.begin()?,
        };
        self.take_entries(&group, assigned)?;
        self.write_snapshot(&group)?;
        if let Some(manifest) = self.vacuum.take() {
            let has_more = group.vacuum(&manifest)?;
            self.vacuum = has_more.then_some(manifest);
        }
        if round == Round::Append {
            self.tail.append()?;
            self.group = Some(group);
            self.acknowledge();
            return Ok(());
        }
        group.commit()?;
        self.tail.clear()?;
        self.finish_commit();
        Ok(())
    }

    fn has_work(&self, round: Round) -> bool {
        let is_open = self.group.is_some() && round == Round::Sync;
        let has_entries = self.shared.queue.len() > 0;
        has_entries || is_open || self.snapshot.is_some() || self.vacuum.is_some()
    }

    fn take_entries(&mut self, group: &Group, assigned: u64) -> Result<(), Failure> {
        let (shared, tail) = (Arc::clone(&self.shared), &mut self.tail);
        let has_tail = self.durability == Durability::ProcessDeath;
        let (taken, unsettled) = (&mut self.taken, &mut self.unsettled);
        let covered = self.snapshot.as_ref().map_or(u64::MAX, |snapshot| snapshot.sequence);
        let beyond = &mut self.beyond_snapshot;
        let mut left = self.group_entries;
        let next = || {
            left = left.checked_sub(1)?;
            let entry = shared.queue.pop();
            *taken = (*taken).max(entry.as_ref().map_or(assigned, |entry| entry.sequence));
            if let Some(entry) = &entry {
                unsettled.count(entry);
            }
            entry
        };
        let done = |mut entry: Entry| {
            if has_tail {
                tail.add(&entry);
            }
            shared.count.since_snapshot.fetch_add(1, Ordering::Relaxed);
            *beyond += u64::from(entry.sequence > covered);
            shared.queue.recycle(&mut entry);
        };
        group.write(next, done)
    }

    fn pick_up_snapshot(&mut self) {
        if self.snapshot.is_none() && self.completed.is_none() {
            let mut hand_over = lock(&self.shared.hand_over);
            self.snapshot = hand_over.waiting.take();
            hand_over.is_writing = self.snapshot.is_some();
        }
    }

    fn write_snapshot(&mut self, group: &Group) -> Result<(), Failure> {
        let Some(snapshot) = &mut self.snapshot else { return Ok(()) };
        let is_written = group.write_chunks(snapshot)?;
        // What it covers has to be durable no later than it is.
        if is_written && self.taken >= snapshot.sequence {
            let manifest = group.write_manifest(snapshot)?;
            self.completed = self.snapshot.take().map(|snapshot| (manifest, snapshot.bytes));
            let beyond = std::mem::take(&mut self.beyond_snapshot);
            self.shared.count.since_snapshot.store(beyond, Ordering::Relaxed);
        }
        Ok(())
    }

    fn finish_commit(&mut self) {
        self.shared.count.commits.fetch_add(1, Ordering::Relaxed);
        if let Some((manifest, spare)) = self.completed.take() {
            self.vacuum = Some(manifest);
            self.shared.count.snapshots.fetch_add(1, Ordering::Relaxed);
            let mut hand_over = lock(&self.shared.hand_over);
            hand_over.is_writing = false;
            hand_over.spare = spare;
        }
        self.acknowledge();
        self.settle();
    }

    /// A snapshot that is not yet complete is not settled, whatever was taken since.
    fn settle(&self) {
        let unfinished = self.snapshot.as_ref().map(|snapshot| snapshot.sequence - 1);
        if self.group.is_none() {
            self.shared.settle(unfinished.map_or(self.taken, |before| self.taken.min(before)));
        }
    }

    fn acknowledge(&mut self) {
        if self.unsettled.records > 0 {
            self.shared.count.acknowledged_next_id.store(self.unsettled.next_id, Ordering::Release);
        }
        self.unsettled = Losses::default();
    }

    /// Counts everything that can no longer become durable.
    pub(crate) fn give_up(&mut self, failure: Failure) {
        while let Some(mut entry) = self.shared.queue.pop() {
            self.unsettled.count(&entry);
            self.shared.queue.recycle(&mut entry);
        }
        self.shared.lose(&self.unsettled);
        self.shared.fail(failure);
    }

    /// The life of the writing thread.
    pub(crate) fn run(mut self, options: &Options) {
        let mut pace = Pace::new(options, Instant::now());
        let shared = Arc::clone(&self.shared);
        while !shared.stop.load(Ordering::Acquire) {
            let now = Instant::now();
            let Some(round) = pace.next(&shared, now) else {
                thread::park_timeout(pace.wait(now));
                continue;
            };
            if let Err(failure) = self.round(round) {
                return self.give_up(failure);
            }
        }
        match self.finish() {
            Ok(()) => self.close().unwrap_or_else(|failure| shared.fail(failure)),
            Err(failure) => self.give_up(failure),
        }
    }

    /// Writes everything that is left.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        loop {
            self.round(Round::Sync)?;
            let is_empty = self.shared.queue.len() == 0 && self.snapshot.is_none();
            if is_empty && lock(&self.shared.hand_over).waiting.is_none() {
                return Ok(());
            }
        }
    }

    /// Closes the file.
    pub(crate) fn close(self) -> Result<(), Failure> {
        drop(self.group);
        self.store.close()
    }
}
