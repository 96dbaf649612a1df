//! A full disk: a typed failure, everything that was acknowledged, and a clean opening once there
//! is room again.

use std::fs;
use std::io::Write;
use std::path::Path;

use minbrain_journal::{Cause, Journal, Options, Recovered, inspect};

use crate::Outcome;
use crate::victim::record;

const SEED: u64 = 1;
/// Bytes that somebody else has on the disk, and removes later.
const BALLAST_BYTES: usize = 256 * 1024;
/// A disk of more bytes is not small, and somebody's.
const MOST_RECORDS: u64 = 200_000;

pub(crate) fn run(directory: &Path, out: &mut dyn Write) -> Outcome<()> {
    fs::create_dir_all(directory)?;
    let ballast = directory.join("ballast");
    fs::write(&ballast, vec![1; BALLAST_BYTES])?;
    let place = directory.join("journal");
    let acknowledged = fill(&place, out)?;
    let report = inspect(&place)?;
    let (records, is_sound) = (report.contents.records, report.damage.is_empty());
    writeln!(out, "inspected on the full disk: {records} records, sound: {is_sound}")?;
    if records < acknowledged || !is_sound {
        return Err(format!("the inspection disagrees: {report:?}").into());
    }
    match Journal::open(&place, b"", &Options::default()) {
        Ok((journal, _)) => drop(journal),
        Err(error) => writeln!(out, "opened on the full disk: {error}")?,
    }
    fs::remove_file(&ballast)?;
    let (mut journal, recovery) = Journal::open(&place, b"", &Options::default())?;
    let mut found = 0;
    for step in recovery {
        match step? {
            Recovered::Pushed { id, bytes } if bytes == record(SEED, id) && id == found => {
                found += 1
            }
            other => return Err(format!("found {other:?}").into()),
        }
    }
    let next = journal.next_id();
    journal.push(next, b"there is room again")?;
    journal.flush()?;
    if found < acknowledged || found != next {
        return Err(format!("{acknowledged} acknowledged, {found} found").into());
    }
    writeln!(out, "{acknowledged} acknowledged, {found} found with room again, 0 lost")?;
    Ok(())
}

/// Pushes until nothing fits; the number of records that were acknowledged.
fn fill(place: &Path, out: &mut dyn Write) -> Outcome<u64> {
    let (mut journal, _) = Journal::open(place, b"", &Options::default())?;
    for id in 0..MOST_RECORDS {
        if journal.push(id, &record(SEED, id)).is_err() {
            break;
        }
        if id % 50 == 0 && journal.flush().is_err() {
            break;
        }
    }
    let status = journal.status();
    let failure = journal.close().err().ok_or("the disk did not fill")?;
    writeln!(out, "failed as it should: {failure} ({:?})", failure.cause)?;
    if failure.cause != Cause::Full {
        return Err(format!("expected a full disk, not {:?}", failure.cause).into());
    }
    Ok(status.acknowledged_id.map_or(0, |id| id + 1))
}
