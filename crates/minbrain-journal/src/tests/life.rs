//! A journal's life without a thread: a script of what is pushed, and what has to be left of it.

use std::collections::BTreeMap;

use super::disk::{Dice, Disk, Fault, Image, STORE, Spell, TAIL};
use crate::error::Failure;
use crate::journal::{Journal, Parts};
use crate::options::{Durability, Options};
use crate::pace::Round;
use crate::recovery::Recovered;
use crate::store::{Refusal, Store};
use crate::writer::Writer;

/// A life: the journal, and beside it everything that was handed in.
pub(super) struct Life {
    pub(super) disk: Disk,
    pub(super) journal: Journal,
    writer: Writer,
    pub(super) past: Past,
}

/// Everything that was handed in, in order, as sums by which a state is recognised.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    /// The sum over all live records after each entry; first that of none.
    sums: Vec<u64>,
    /// After how many entries each snapshot came, and its bytes.
    snapshots: Vec<(usize, Vec<u8>)>,
    pub(super) live: BTreeMap<u64, u64>,
    /// So many entries and snapshots have to survive.
    pub(super) safe_entries: usize,
    safe_snapshots: usize,
    /// Snapshots before the present opening.
    earlier_snapshots: usize,
}

/// What was found after a crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The sum over the records that the snapshot covers.
    kept: u64,
    /// The sum over all live records.
    live: u64,
    snapshot: Option<Vec<u8>>,
    /// The live records, each with its weight.
    pub(super) records: BTreeMap<u64, u64>,
}

/// The bytes of a record: so long and so odd that no two are alike.
pub(super) fn record(id: u64, dice: &mut Dice) -> Vec<u8> {
    let words = 1 + dice.below(40);
    (0..words).flat_map(|word| (id ^ dice.next().rotate_left(word as u32)).to_le_bytes()).collect()
}

fn weigh(id: u64, bytes: &[u8]) -> u64 {
    let mut dice = Dice(id);
    bytes.iter().fold(dice.next(), |sum, &byte| Dice(sum ^ u64::from(byte)).next())
}

impl Past {
    fn entries(&self) -> usize {
        self.sums.len()
    }

    fn sum(&self) -> u64 {
        self.sums.last().copied().unwrap_or(0)
    }

    fn sum_after(&self, entries: usize) -> u64 {
        entries.checked_sub(1).map_or(0, |last| self.sums[last])
    }

    /// What is safe now, to be held against a crash a little later.
    pub(super) fn clone_safety(&self) -> Self {
        let (safe_entries, safe_snapshots) = (self.safe_entries, self.safe_snapshots);
        Self { safe_entries, safe_snapshots, ..Self::default() }
    }

    /// Takes over what happened, but not what became safe.
    pub(super) fn extend_from(&mut self, later: &Self) {
        let (safe_entries, safe_snapshots) = (self.safe_entries, self.safe_snapshots);
        *self = Self { safe_entries, safe_snapshots, ..later.clone() };
    }

    /// Every entry has to survive.
    pub(super) fn all_safe(&mut self) {
        self.safe_entries = self.entries();
    }

    /// Whether `found` is the state after some number of entries between those that are safe and
    /// all of them, with a snapshot no older than the safe one; panics if not. Returns the past as
    /// whoever found this knows it.
    pub(super) fn check(&self, found: &Found, context: &str) -> Self {
        let newest = |bytes: &Vec<u8>| self.snapshots.iter().position(|(_, state)| state == bytes);
        let snapshots = found.snapshot.as_ref().map_or(0, |bytes| newest(bytes).unwrap() + 1);
        assert!(snapshots >= self.safe_snapshots, "{context}: an older snapshot came back");
        let at = snapshots.checked_sub(1).map_or(0, |newest| self.snapshots[newest].0);
        assert_eq!(found.kept, self.sum_after(at), "{context}: other records under the snapshot");
        let least = self.safe_entries.max(at);
        let mut states = (least..=self.entries()).map(|entries| self.sum_after(entries));
        let entries = least
            + states.position(|sum| sum == found.live).unwrap_or_else(|| {
                let (records, most) = (found.records.len(), self.entries());
                panic!("{context}: {records} records are no state between {least} and {most}")
            });
        Self {
            sums: self.sums[..entries].to_vec(),
            snapshots: self.snapshots[..snapshots].to_vec(),
            live: found.records.clone(),
            safe_entries: entries,
            safe_snapshots: snapshots,
            earlier_snapshots: snapshots,
        }
    }
}

pub(super) fn options(durability: Durability) -> Options {
    Options { durability, group_entries: 64, queue_entries: 256, ..Options::default() }
}

/// Opens what a disk holds.
pub(super) fn open(disk: &Disk) -> Result<Parts, Refusal> {
    Parts::open(disk.file(STORE), Box::new(disk.file(TAIL)))
}

/// What is left in an image.
pub(super) fn recover(image: Image) -> Result<Found, String> {
    let parts = open(&Disk::holding(image)).map_err(|refusal| format!("{refusal:?}"))?;
    find(&parts).map_err(|failure| failure.to_string())
}

pub(super) fn find(parts: &Parts) -> Result<Found, Failure> {
    let mut recovery = parts.recovery()?;
    let snapshot = recovery.take_snapshot();
    let (mut live, mut kept) = (BTreeMap::new(), 0_u64);
    for step in recovery {
        match step? {
            Recovered::Kept { id, bytes } => {
                kept = kept.wrapping_add(weigh(id, &bytes));
                live.insert(id, weigh(id, &bytes));
            }
            Recovered::Pushed { id, bytes } => drop(live.insert(id, weigh(id, &bytes))),
            Recovered::Evicted { id } => drop(live.remove(&id)),
        }
    }
    let sum = live.values().fold(0_u64, |sum, weight| sum.wrapping_add(*weight));
    Ok(Found { kept, live: sum, snapshot, records: live })
}

impl Life {
    pub(super) fn begin(disk: Disk, durability: Durability) -> Result<Self, Refusal> {
        if disk.now()[STORE].is_empty() {
            Store::lay_out(disk.file(STORE), b"a life")?;
        }
        let (journal, writer) = open(&disk)?.split(&options(durability));
        Ok(Self { disk, journal, writer, past: Past::default() })
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        let id = self.journal.next_id();
        assert_eq!(self.journal.push(id, bytes), Ok(None));
        let weight = weigh(id, bytes);
        self.past.sums.push(self.past.sum().wrapping_add(weight));
        self.past.live.insert(id, weight);
    }

    /// Evicts the n-th of the live records, if there are any.
    pub(super) fn evict(&mut self, n: u64) {
        let count = self.past.live.len().max(1) as u64;
        let Some((&id, &weight)) = self.past.live.iter().nth((n % count) as usize) else { return };
        assert_eq!(self.journal.evict(id), Ok(None));
        self.past.live.remove(&id);
        self.past.sums.push(self.past.sum().wrapping_sub(weight));
    }

    /// Takes a snapshot, unless one is still on its way.
    pub(super) fn snapshot(&mut self, state: Vec<u8>) {
        if self.journal.snapshot(state.clone()).is_ok() {
            self.past.snapshots.push((self.past.entries(), state));
        }
    }

    pub(super) fn round(&mut self, round: Round) -> Result<(), Failure> {
        self.writer.round(round)?;
        if round == Round::Sync {
            let status = self.journal.status();
            if status.waiting_entries == 0 {
                self.past.safe_entries = self.past.entries();
            }
            let earlier = self.past.earlier_snapshots;
            self.past.safe_snapshots = earlier + status.snapshots as usize;
        }
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        self.writer.finish()?;
        self.past.safe_entries = self.past.entries();
        self.past.safe_snapshots = self.past.snapshots.len();
        Ok(())
    }

    pub(super) fn close(mut self) -> (Disk, Past) {
        self.finish().unwrap();
        self.writer.close().unwrap();
        (self.disk, self.past)
    }

    /// What the thread does when a round has failed.
    pub(super) fn give_up(&mut self, failure: Failure) {
        self.writer.give_up(failure);
    }

    /// The death of the process: nothing more is written.
    pub(super) fn die(self) -> (Disk, Past) {
        self.disk.fail(Some(Fault { at: 0, spell: Spell::ForGood }));
        drop(self.writer);
        (self.disk, self.past)
    }

    /// A random step of a life with about 100 records; a group now and then.
    pub(super) fn step(&mut self, dice: &mut Dice, append: Round) -> Result<(), Failure> {
        match dice.below(100) {
            0..45 => {
                let id = self.journal.next_id();
                self.push(&record(id, dice));
            }
            45..80 if self.past.live.len() > 100 => self.evict(dice.next()),
            80 => {
                let length = dice.below(200_000) as usize;
                let byte = dice.next() as u8;
                let mut state = vec![byte; length];
                state.extend_from_slice(&(self.past.snapshots.len() as u64).to_le_bytes());
                self.snapshot(state);
            }
            81..86 => self.round(Round::Sync)?,
            86..90 => self.round(append)?,
            _ => {}
        }
        if self.journal.status().waiting_entries > 200 {
            self.round(append)?;
        }
        Ok(())
    }
}
