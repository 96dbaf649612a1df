//! Recovery: the newest snapshot, then everything that it covers, then everything since, in order.

use std::collections::BTreeSet;
use std::iter::Peekable;

use redb::{OwnedRange, ReadTransaction};

use crate::error::Failure;
use crate::frame::{Frame, Kind};
use crate::store::{EVICTIONS, RECORDS, Snapshots, evicted_id};

/// One step of recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// A record that was there when the snapshot was taken: the snapshot knows it.
    Kept {
        /// Its id.
        id: u64,
        /// What was pushed.
        bytes: Vec<u8>,
    },
    /// A record that was pushed after the snapshot.
    Pushed {
        /// Its id.
        id: u64,
        /// What was pushed.
        bytes: Vec<u8>,
    },
    /// An eviction after the snapshot. The record with this id came before, as kept or pushed,
    /// unless it was reported as not durable.
    Evicted {
        /// The id of the record that was evicted.
        id: u64,
    },
}

/// What a journal holds, as of its last commit.
///
/// It is an iterator: first every record that the snapshot covers, in the order of their ids; then
/// every push and eviction since, in the order in which they came. Without a snapshot everything is
/// "since". A damaged record is an error in its place and the iteration goes on behind it; after an
/// error of the file itself it ends.
///
/// It reads from the open journal: once that is closed, what was not read yet is an error. While it
/// lives, the journal keeps everything that it may still read, so drop it when you are done.
///
/// Reading costs one pass over the file; it holds the ids of evictions before the snapshot in RAM
/// (8 bytes each), and the snapshot.
pub struct Recovery {
    snapshot: Option<Vec<u8>>,
    damaged: Vec<Failure>,
    /// The sequence number of the snapshot.
    through: u64,
    /// What was evicted before the snapshot and not yet removed.
    gone: BTreeSet<u64>,
    records: Peekable<Records>,
    evictions: Peekable<Evictions>,
}

impl std::fmt::Debug for Recovery {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Recovery").field("through", &self.through).finish_non_exhaustive()
    }
}

impl Recovery {
    pub(crate) fn read(transaction: &ReadTransaction) -> Result<Self, Failure> {
        let Snapshots { newest, damaged } = Snapshots::read(transaction)?;
        let through = newest.as_ref().map_or(0, |(manifest, _)| manifest.sequence);
        let failed = |error: redb::Error| Failure::new("read the records", error);
        let range = read_ranges(transaction).map_err(failed)?;
        let mut evictions = Evictions { range: Some(range.1) }.peekable();
        let mut gone = BTreeSet::new();
        let before =
            |item: &Step<(u64, u64)>| matches!(item, Ok((sequence, _)) if *sequence <= through);
        while let Some(eviction) = evictions.next_if(before) {
            gone.extend(eviction.map(|(_, id)| id).ok());
        }
        let records = Records { range: Some(range.0) }.peekable();
        let snapshot = newest.map(|(_, bytes)| bytes);
        Ok(Self { snapshot, damaged, through, gone, records, evictions })
    }

    /// The newest intact snapshot, as it was handed in. It can be taken once.
    pub fn take_snapshot(&mut self) -> Option<Vec<u8>> {
        self.snapshot.take()
    }

    /// What is wrong with snapshots newer than that one. Where this is not empty, an older state
    /// is what there is, and what was evicted before the damaged one may be missing among the kept
    /// records.
    pub fn damaged_snapshots(&self) -> &[Failure] {
        &self.damaged
    }
}

impl Iterator for Recovery {
    type Item = Result<Recovered, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let record = self.records.peek().map(place);
            let eviction = self.evictions.peek().map(place);
            let is_records_turn = match (record, eviction) {
                (None, None) => return None,
                (Some(record), Some(eviction)) => record < eviction,
                (record, None) => record.is_some(),
                (None, _) => false,
            };
            if !is_records_turn {
                return self
                    .evictions
                    .next()
                    .map(|step| step.map(|(_, id)| Recovered::Evicted { id }));
            }
            match self.records.next()? {
                Ok((sequence, (id, bytes))) if sequence > self.through => {
                    return Some(Ok(Recovered::Pushed { id, bytes }));
                }
                Ok((_, (id, _))) if self.gone.remove(&id) => {}
                Ok((_, (id, bytes))) => return Some(Ok(Recovered::Kept { id, bytes })),
                Err(failure) => return Some(Err(failure)),
            }
        }
    }
}

type Step<T> = Result<T, Failure>;

/// Where a step belongs; failures are told at once.
fn place<T>(step: &Step<(u64, T)>) -> u64 {
    step.as_ref().map_or(0, |(sequence, _)| *sequence)
}

type Range = OwnedRange<u64, &'static [u8]>;

fn read_ranges(transaction: &ReadTransaction) -> Result<(Range, Range), redb::Error> {
    let records = transaction.open_table(RECORDS)?.range_owned::<u64>(..)?;
    let evictions = transaction.open_table(EVICTIONS)?.range_owned::<u64>(..)?;
    Ok((records, evictions))
}

/// All records as sequence number, id and payload.
struct Records {
    range: Option<Range>,
}

impl Iterator for Records {
    type Item = Step<(u64, (u64, Vec<u8>))>;

    fn next(&mut self) -> Option<Self::Item> {
        let (id, bytes) = match self.range.as_mut()?.next()? {
            Ok((id, bytes)) => (id.value(), bytes),
            Err(error) => {
                self.range = None;
                return Some(Err(Failure::new("read a record", error)));
            }
        };
        let frame = Frame::expect(bytes.value(), Kind::Record, id);
        let damaged = || Failure::damaged("read a record", format!("record {id} is damaged"));
        let read = frame.map(|frame| (frame.sequence, (id, frame.payload.to_vec())));
        Some(read.ok_or_else(damaged))
    }
}

/// All evictions as sequence number and id. A damaged one is passed over: its record comes back,
/// which is no wrong record.
struct Evictions {
    range: Option<Range>,
}

impl Iterator for Evictions {
    type Item = Step<(u64, u64)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.range.as_mut()?.next()? {
                Ok((sequence, bytes)) => {
                    let sequence = sequence.value();
                    if let Some(id) = evicted_id(sequence, bytes.value()) {
                        return Some(Ok((sequence, id)));
                    }
                }
                Err(error) => {
                    self.range = None;
                    return Some(Err(Failure::new("read an eviction", error)));
                }
            }
        }
    }
}
