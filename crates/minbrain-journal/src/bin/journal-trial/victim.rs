//! The process that is killed: it pushes, evicts, takes snapshots, and says what is acknowledged.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::Duration;

use minbrain_journal::{Durability, Journal, Options, Recovered, Recovery};

use crate::Outcome;

/// Records that are kept; what is older is evicted as new ones come.
pub(crate) const WINDOW: u64 = 500;
/// Pushes from one snapshot to the next.
const SNAPSHOT_EVERY: u64 = 700;
const SNAPSHOT_WORDS: u64 = 40_000;
/// Lag at which the writer waits, so that nothing gives way.
const MOST_WAITING: usize = 2_000;

pub(crate) fn run(
    directory: &Path,
    seed: u64,
    durability: Durability,
    out: &mut dyn Write,
) -> Outcome<()> {
    let options =
        Options { durability, commit_interval: Duration::from_millis(5), ..Options::default() };
    let (mut journal, recovery) = Journal::open(directory, b"to be killed", &options)?;
    let left = outside_window(recovery, journal.next_id())?;
    writeln!(out, "open {} {seed}", journal.next_id())?;
    out.flush()?;
    for id in left {
        journal.evict(id)?;
    }
    let mut told = None;
    loop {
        step(&mut journal, seed)?;
        let status = journal.status();
        if status.acknowledged_id != told {
            told = status.acknowledged_id;
            writeln!(out, "durable {}", told.unwrap_or_default())?;
            out.flush()?;
        }
        if status.waiting_entries > MOST_WAITING {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn step(journal: &mut Journal, seed: u64) -> Outcome<()> {
    let id = journal.next_id();
    let mut displaced = journal.push(id, &record(seed, id))?;
    if let Some(old) = id.checked_sub(WINDOW) {
        displaced = displaced.or(journal.evict(old)?);
    }
    if id.is_multiple_of(SNAPSHOT_EVERY) {
        // Busy is an answer too: the next one will come.
        let _ = journal.snapshot(state(seed, id));
    }
    match displaced {
        None => Ok(()),
        Some(lost) => Err(format!("gave way although it waited: {lost:?}").into()),
    }
}

/// Records whose eviction a crash has taken, but not the push before it.
fn outside_window(recovery: Recovery, next_id: u64) -> Outcome<BTreeSet<u64>> {
    let mut live = BTreeSet::new();
    for step in recovery {
        match step? {
            Recovered::Evicted { id } => drop(live.remove(&id)),
            Recovered::Kept { id, .. } | Recovered::Pushed { id, .. } => {
                live.insert(id);
            }
        }
    }
    live.retain(|id| id + WINDOW < next_id);
    Ok(live)
}

/// The bytes of a record, which nobody else would have written under this id.
pub(crate) fn record(seed: u64, id: u64) -> Vec<u8> {
    let words = 2 + (id % 97);
    (0..words).flat_map(|word| mix(seed, id, word).to_le_bytes()).collect()
}

/// The bytes of a snapshot: whose it is, and then as much as it takes to be caught on the way.
pub(crate) fn state(seed: u64, id: u64) -> Vec<u8> {
    let words = [seed, id].into_iter().chain((0..SNAPSHOT_WORDS).map(|word| mix(seed, id, word)));
    words.flat_map(u64::to_le_bytes).collect()
}

/// Three numbers stirred (the finaliser of splitmix64, by Steele, Lea and Flood, 2014).
pub(crate) fn mix(a: u64, b: u64, c: u64) -> u64 {
    let mut z = a ^ b.rotate_left(24) ^ c.rotate_left(48) ^ 0x9e37_79b9_7f4a_7c15;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
