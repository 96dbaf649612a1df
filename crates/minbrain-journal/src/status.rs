//! How far the disk has come.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::shared::Shared;

/// How far the disk has come, at one moment. The fields are read one after the other while the
/// writer works, so two of them may be a group apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Every record up to this id is durable, in the sense of the chosen durability, or was
    /// reported as not durable.
    pub acknowledged_id: Option<u64>,
    /// The newest record that was pushed.
    pub pushed_id: Option<u64>,
    /// Entries that wait in the queue: the lag.
    pub waiting_entries: usize,
    /// Records that gave way in a full queue, or that a failure took, since the opening.
    pub lost_records: u64,
    /// Evictions of which the same is true: their records come back after a restart.
    pub lost_evictions: u64,
    /// The newest record among them.
    pub newest_lost_id: Option<u64>,
    /// Commits to the device since the opening.
    pub commits: u64,
    /// Snapshots that became durable since the opening.
    pub snapshots: u64,
    /// Entries that were written since the newest snapshot, or the opening: what recovery has to
    /// replay, and what makes the file grow.
    pub entries_since_snapshot: u64,
    /// Whether a failure has poisoned the journal.
    pub is_poisoned: bool,
}

impl Status {
    pub(crate) fn read(shared: &Shared) -> Self {
        let count = &shared.count;
        let number = |counter: &AtomicU64| counter.load(Ordering::Acquire);
        // The acknowledgement is read first: it may lag behind the rest and not run ahead.
        let acknowledged = number(&count.acknowledged_next_id);
        Self {
            acknowledged_id: acknowledged.checked_sub(1),
            pushed_id: number(&count.next_id).checked_sub(1),
            waiting_entries: shared.queue.len(),
            lost_records: number(&count.lost_records),
            lost_evictions: number(&count.lost_evictions),
            newest_lost_id: number(&count.lost_next_id).checked_sub(1),
            commits: number(&count.commits),
            snapshots: number(&count.snapshots),
            entries_since_snapshot: number(&count.since_snapshot),
            is_poisoned: shared.failure().is_some(),
        }
    }
}
