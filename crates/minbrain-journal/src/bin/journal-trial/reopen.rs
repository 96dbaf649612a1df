//! How long a large journal takes to open, after a clean end and after a kill.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use minbrain_journal::{Journal, Options};

use crate::Outcome;

/// An experience of 64 sensors: two observations, and what goes with them.
const RECORD_BYTES: usize = 600;
/// Learned state for each record, as a guess at what an engine hands over.
const STATE_BYTES: usize = 64;
const GROUP: u64 = 4_000;

pub(crate) fn run(directory: &Path, records: u64, out: &mut dyn Write) -> Outcome<()> {
    let start = Instant::now();
    write(directory, records)?;
    let writing = start.elapsed();
    let bytes = std::fs::metadata(directory.join("journal.redb"))?.len();
    writeln!(
        out,
        "{records} records of {RECORD_BYTES} bytes written in {:.2} s; the file has {} MB",
        writing.as_secs_f64(),
        bytes / 1_000_000
    )?;
    tell("after a clean end", open(directory, records)?, out)?;
    kill_writer(directory)?;
    tell("after a kill", open(directory, records)?, out)
}

/// Time to open, and time to read everything.
fn open(directory: &Path, records: u64) -> Outcome<(Duration, Duration)> {
    let start = Instant::now();
    let (_journal, mut recovery) = Journal::open(directory, b"", &Options::default())?;
    let opened = start.elapsed();
    let snapshot = recovery.take_snapshot().map_or(0, |state| state.len());
    let mut count = 0;
    for step in recovery {
        step?;
        count += 1;
    }
    if count < records || snapshot == 0 {
        return Err(format!("{count} records and a snapshot of {snapshot} bytes").into());
    }
    Ok((opened, start.elapsed()))
}

fn tell(when: &str, times: (Duration, Duration), out: &mut dyn Write) -> Outcome<()> {
    let (opened, read) = (times.0.as_secs_f64(), times.1.as_secs_f64());
    writeln!(out, "{when}: open after {opened:.2} s, everything read after {read:.2} s")?;
    Ok(())
}

fn write(directory: &Path, records: u64) -> Outcome<()> {
    let (mut journal, _) = Journal::open(directory, b"", &Options::default())?;
    for id in 0..records {
        let mut record = [0; RECORD_BYTES];
        record[..8].copy_from_slice(&id.to_le_bytes());
        journal.push(id, &record)?;
        if id % GROUP == 0 {
            journal.flush()?;
        }
    }
    journal.snapshot(vec![1; records as usize * STATE_BYTES])?;
    journal.close()?;
    Ok(())
}

/// Pushes one record after the other, and says when each is durable; until it is killed.
pub(crate) fn append(directory: &Path, out: &mut dyn Write) -> Outcome<()> {
    let (mut journal, _) = Journal::open(directory, b"", &Options::default())?;
    loop {
        journal.push(journal.next_id(), &[0; RECORD_BYTES])?;
        journal.flush()?;
        writeln!(out, "durable")?;
        out.flush()?;
    }
}

/// Starts a writer on the same directory and kills it as soon as something is durable.
fn kill_writer(directory: &Path) -> Outcome<()> {
    let mut command = Command::new(env::current_exe()?);
    let mut writer = command.arg("append").arg(directory).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    let pipe = writer.stdout.take().ok_or("the writer has no output")?;
    BufReader::new(pipe).read_line(&mut line)?;
    writer.kill()?;
    writer.wait()?;
    if line.is_empty() { Err("the writer made nothing durable".into()) } else { Ok(()) }
}
