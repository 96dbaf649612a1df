//! What pushing costs whoever has a deadline: a thousand cycles in a second, with snapshots between.

use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use minbrain_journal::{Journal, Options};

use crate::Outcome;
use crate::victim::{WINDOW, record};

const CYCLE: Duration = Duration::from_millis(1);
const CYCLES_PER_SECOND: u64 = 1_000;
/// Cycles from one snapshot to the next, and its size: 100,000 experiences at 64 bytes each.
const SNAPSHOT_EVERY: u64 = 5_000;
const SNAPSHOT_BYTES: usize = 6_400_000;
/// Records are made before the loop, so that only the journal is timed.
const RECORDS: u64 = 97;

pub(crate) fn run(directory: &Path, seconds: u64, out: &mut dyn Write) -> Outcome<()> {
    let (mut journal, _) = Journal::open(directory, b"", &Options::default())?;
    let records: Vec<Vec<u8>> = (0..RECORDS).map(|id| record(1, id)).collect();
    let mut times = Vec::with_capacity((seconds * CYCLES_PER_SECOND) as usize);
    let (mut state, mut most_waiting) = (vec![1; SNAPSHOT_BYTES], 0);
    let first = journal.next_id();
    let start = Instant::now();
    for cycle in 0..seconds * CYCLES_PER_SECOND {
        let due = CYCLE * cycle as u32;
        thread::sleep(due.saturating_sub(start.elapsed()));
        let id = first + cycle;
        let before = Instant::now();
        journal.push(id, &records[(cycle % RECORDS) as usize])?;
        if cycle >= WINDOW {
            journal.evict(id - WINDOW)?;
        }
        times.push(before.elapsed());
        most_waiting = most_waiting.max(journal.status().waiting_entries);
        if cycle % SNAPSHOT_EVERY == SNAPSHOT_EVERY - 1 {
            journal.snapshot(std::mem::take(&mut state))?;
        }
        if state.is_empty() {
            state = journal.spare_buffer();
            state.resize(if state.capacity() > 0 { SNAPSHOT_BYTES } else { 0 }, 1);
        }
    }
    let status = journal.close()?;
    times.sort_unstable();
    tell(&times, out)?;
    writeln!(
        out,
        "{} commits, {} snapshots of {SNAPSHOT_BYTES} bytes, at most {most_waiting} entries waiting, \
         {} lost",
        status.commits,
        status.snapshots,
        status.lost_records + status.lost_evictions,
    )?;
    Ok(())
}

fn tell(times: &[Duration], out: &mut dyn Write) -> Outcome<()> {
    let at = |part: f64| {
        let place = (times.len() as f64 * part) as usize;
        times
            .get(place.min(times.len().saturating_sub(1)))
            .map_or(0.0, |t| t.as_nanos() as f64 / 1e3)
    };
    writeln!(
        out,
        "{} pushes with an eviction each: median {:.2} us, p99 {:.2} us, p99.9 {:.2} us, longest {:.0} us",
        times.len(),
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0),
    )?;
    Ok(())
}
