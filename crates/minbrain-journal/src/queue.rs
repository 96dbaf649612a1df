//! Between the cycle and the disk: a bounded queue that gives way at its old end.
//!
//! Pushing moves one buffer out of a pool and one entry into a ring, both lock-free and made when
//! the journal is opened. Where the ring is full the oldest entry comes out, and is reported: the
//! cycle waits for nothing, and nothing is lost without a word.

use crossbeam_queue::ArrayQueue;

use crate::frame::{FRAME_BYTES, Frame, Kind};

/// What waits for the disk.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) kind: EntryKind,
    pub(crate) sequence: u64,
    pub(crate) id: u64,
    /// The record in its frame; empty for an eviction.
    pub(crate) frame: Vec<u8>,
}

/// What is to be remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    Record,
    Eviction,
}

/// The ring and the pool of buffers.
#[derive(Debug)]
pub(crate) struct Queue {
    ring: ArrayQueue<Entry>,
    spare: ArrayQueue<Vec<u8>>,
}

/// Buffers outside the ring: one that is being filled, one that is being written.
const IN_HAND: usize = 2;

impl Queue {
    /// Room for `entries`, records of up to `record_bytes` without allocating.
    pub(crate) fn new(entries: usize, record_bytes: usize) -> Self {
        let spare = ArrayQueue::new(entries + IN_HAND);
        for _ in 0..spare.capacity() {
            // The pool has exactly this many places.
            let _ = spare.push(Vec::with_capacity(record_bytes + FRAME_BYTES));
        }
        Self { ring: ArrayQueue::new(entries), spare }
    }

    /// Puts a record at the new end; what falls out at the old end is returned.
    pub(crate) fn push_record(&self, sequence: u64, id: u64, payload: &[u8]) -> Option<Entry> {
        let mut frame = self.spare.pop().unwrap_or_default();
        Frame { kind: Kind::Record, sequence, id, payload }.write(&mut frame);
        self.push(Entry { kind: EntryKind::Record, sequence, id, frame })
    }

    /// The same with an eviction.
    pub(crate) fn push_eviction(&self, sequence: u64, id: u64) -> Option<Entry> {
        self.push(Entry { kind: EntryKind::Eviction, sequence, id, frame: Vec::new() })
    }

    fn push(&self, entry: Entry) -> Option<Entry> {
        let mut displaced = self.ring.force_push(entry)?;
        self.recycle(&mut displaced);
        Some(displaced)
    }

    /// The oldest entry that waits.
    pub(crate) fn pop(&self) -> Option<Entry> {
        self.ring.pop()
    }

    /// Takes the buffer of an entry back.
    pub(crate) fn recycle(&self, entry: &mut Entry) {
        if entry.kind == EntryKind::Record {
            // A pool that is full has all the buffers that it needs.
            let _ = self.spare.push(std::mem::take(&mut entry.frame));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.ring.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_gives_way_and_is_named() {
        let queue = Queue::new(2, 8);
        assert!(queue.push_record(1, 10, b"a").is_none());
        assert!(queue.push_eviction(2, 10).is_none());
        let displaced = queue.push_record(3, 11, b"b").unwrap();
        assert_eq!((displaced.kind, displaced.id), (EntryKind::Record, 10));
        let displaced = queue.push_record(4, 12, b"c").unwrap();
        assert_eq!((displaced.kind, displaced.id), (EntryKind::Eviction, 10));
        assert_eq!(queue.len(), 2);
        let left: Vec<u64> = std::iter::from_fn(|| queue.pop()).map(|entry| entry.id).collect();
        assert_eq!(left, [11, 12]);
    }

    #[test]
    fn buffers_go_round() {
        let queue = Queue::new(4, 100);
        for id in 0..100 {
            let allocations = allocation_counter::measure(|| {
                queue.push_record(id, id, &[id as u8; 100]);
                queue.push_eviction(id, id);
                if id % 3 == 0 {
                    let mut entry = queue.pop().unwrap();
                    queue.recycle(&mut entry);
                }
            });
            assert_eq!(allocations.count_total, 0, "id {id}");
        }
        assert_eq!(queue.spare.len() + records_in(&queue), 4 + IN_HAND);
    }

    fn records_in(queue: &Queue) -> usize {
        std::iter::from_fn(|| queue.pop()).filter(|e| e.kind == EntryKind::Record).count()
    }
}
