//! Who kills, and compares what is left with what was acknowledged.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use minbrain_journal::{Journal, Options, Recovered, Recovery};

use crate::victim::{WINDOW, mix, record, state};
use crate::{LEVELS, Outcome};

/// Longest time that a writer lives after it is started. A quarter dies while it still opens.
const LONGEST_LIFE_MS: u64 = 120;

/// What is known of the journal by what its writers said.
#[derive(Default)]
struct Known {
    /// From which id on which writer wrote.
    writers: Vec<(u64, u64)>,
    acknowledged: Option<u64>,
}

/// What was found over the whole run.
#[derive(Default)]
struct Tally {
    kills: u64,
    checks: u64,
    records: u64,
    snapshots: u64,
    longest_opening: Duration,
}

pub(crate) fn run(directory: &Path, kills: u64, seed: u64, out: &mut dyn Write) -> Outcome<()> {
    let mut known = Known::default();
    let mut tally = Tally::default();
    for kill in 0..kills {
        let dice = mix(seed, kill, 0);
        let context =
            |error: Box<dyn std::error::Error>| format!("kill {kill}, seed {seed}: {error}");
        let writer = start(directory, dice, LEVELS[(dice % 2) as usize].0)?;
        let life = Duration::from_micros(mix(seed, kill, 1) % (LONGEST_LIFE_MS * 1_000));
        known.hear(writer, life).map_err(context)?;
        tally.kills += 1;
        // The other half of what was killed is opened by the next writer.
        if mix(seed, kill, 2).is_multiple_of(2) || kill + 1 == kills {
            tally.check(directory, &known).map_err(context)?;
        }
    }
    writeln!(
        out,
        "{} kills, {} checks of {} records and {} snapshots: 0 acknowledged lost, 0 failed opens; \
         {} records written, longest opening {} ms",
        tally.kills,
        tally.checks,
        tally.records,
        tally.snapshots,
        known.acknowledged.map_or(0, |id| id + 1),
        tally.longest_opening.as_millis(),
    )?;
    Ok(())
}

fn start(directory: &Path, seed: u64, level: &str) -> Outcome<Child> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("write").arg(directory).args([&seed.to_string(), level]);
    Ok(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?)
}

impl Known {
    /// Lets a writer live for a while, kills it, and takes down all that it said.
    fn hear(&mut self, mut writer: Child, life: Duration) -> Outcome<()> {
        let pipe = writer.stdout.take().ok_or("the writer has no output")?;
        let listener = thread::spawn(move || BufReader::new(pipe).lines().collect::<Vec<_>>());
        thread::sleep(life);
        writer.kill()?;
        let end = writer.wait_with_output()?;
        if let Some(code) = end.status.code() {
            let said = String::from_utf8_lossy(&end.stderr).into_owned();
            return Err(format!("the writer ended by itself with {code}: {said}").into());
        }
        let lines = listener.join().map_err(|_| "the listener failed")?;
        // The last line may be cut off by the kill; a number that is cut off is a lesser one.
        lines.into_iter().try_for_each(|line| self.note(&line?))
    }

    fn note(&mut self, line: &str) -> Outcome<()> {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["open", first, seed] => {
                let (first, seed) = (first.parse()?, seed.parse()?);
                self.writers.retain(|(earlier, _)| *earlier < first);
                self.writers.push((first, seed));
            }
            ["durable", id] => self.acknowledged = self.acknowledged.max(id.parse().ok()),
            _ => {}
        }
        Ok(())
    }

    fn writer_of(&self, id: u64) -> Option<u64> {
        let writers = self.writers.iter().rev();
        writers.clone().find(|(first, _)| *first <= id).map(|(_, seed)| *seed)
    }
}

impl Tally {
    fn check(&mut self, directory: &Path, known: &Known) -> Outcome<()> {
        let start = Instant::now();
        let (journal, recovery) = Journal::open(directory, b"to be killed", &Options::default())?;
        let next_id = journal.next_id();
        self.snapshots += u64::from(check_contents(recovery, known, next_id)?);
        self.longest_opening = self.longest_opening.max(start.elapsed());
        self.records += next_id.min(WINDOW);
        self.checks += 1;
        journal.close()?;
        Ok(())
    }
}

/// Checks that what is there is what was written, without a gap, up to what was acknowledged at
/// least; the number of snapshots.
fn check_contents(mut recovery: Recovery, known: &Known, next_id: u64) -> Outcome<u8> {
    if known.acknowledged.is_some_and(|id| id >= next_id) {
        let came = next_id.checked_sub(1);
        return Err(
            format!("{:?} was acknowledged; {came:?} is the newest", known.acknowledged).into()
        );
    }
    let mut live = std::collections::BTreeSet::new();
    let snapshot = recovery.take_snapshot();
    for step in recovery {
        match step? {
            Recovered::Evicted { id } => drop(live.remove(&id)),
            Recovered::Kept { id, bytes } | Recovered::Pushed { id, bytes } => {
                let seed = known.writer_of(id).ok_or_else(|| format!("{id} has no writer"))?;
                if bytes != record(seed, id) {
                    return Err(format!("record {id} is not what was pushed").into());
                }
                live.insert(id);
            }
        }
    }
    let first = live.first().copied().unwrap_or(next_id);
    // The newest record and its eviction of the oldest may lie on both sides of the end.
    let has_gap = live.len() as u64 != next_id - first;
    let expected = next_id.saturating_sub(WINDOW);
    if has_gap || first > expected || first + 1 < expected {
        return Err(format!("{} records from {first}; next is {next_id}", live.len()).into());
    }
    check_snapshot(snapshot, known, next_id)
}

fn check_snapshot(snapshot: Option<Vec<u8>>, known: &Known, next_id: u64) -> Outcome<u8> {
    let Some(bytes) = snapshot else { return Ok(0) };
    let word = |at: usize| bytes.get(at..at + 8).and_then(|word| word.try_into().ok());
    let (Some(seed), Some(id)) = (word(0).map(u64::from_le_bytes), word(8).map(u64::from_le_bytes))
    else {
        return Err("a snapshot without its head".into());
    };
    let is_own = known.writer_of(id) == Some(seed) && id < next_id;
    if !is_own || bytes != state(seed, id) {
        return Err(format!("the snapshot after {id} is not what was handed over").into());
    }
    Ok(1)
}
