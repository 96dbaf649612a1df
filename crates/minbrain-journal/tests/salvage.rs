//! Inspection and salvage: of a sound journal, and of ones that were damaged on purpose.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use minbrain_journal::{Durability, Journal, OpenError, Options, Recovered, inspect, salvage};

fn place(name: &str) -> PathBuf {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("salvage").join(name);
    if place.exists() {
        fs::remove_dir_all(&place).unwrap();
    }
    place
}

fn record(id: u64) -> Vec<u8> {
    format!("what was felt, done and found out in experience {id}; ").repeat(8).into_bytes()
}

/// Records 0 to 299 without every tenth below 200, a snapshot after 150, evictions after it too.
fn write(place: &Path) -> BTreeMap<u64, Vec<u8>> {
    let (mut journal, _) = Journal::open(place, b"the settings", &Options::default()).unwrap();
    for id in 0..300 {
        journal.push(id, &record(id)).unwrap();
        if id % 10 == 9 && id < 200 {
            journal.evict(id).unwrap();
        }
        if id % 50 == 0 {
            journal.flush().unwrap();
        }
        if id == 150 {
            journal.snapshot(b"learned by then".repeat(9_000)).unwrap();
        }
    }
    journal.close().unwrap();
    (0..300).filter(|id| id % 10 != 9 || *id >= 200).map(|id| (id, record(id))).collect()
}

fn read(place: &Path) -> (Option<Vec<u8>>, BTreeMap<u64, Vec<u8>>) {
    let (journal, mut recovery) = Journal::open(place, b"", &Options::default()).unwrap();
    assert_eq!(journal.configuration(), b"the settings");
    let mut live = BTreeMap::new();
    let snapshot = recovery.take_snapshot();
    for step in recovery {
        match step.unwrap() {
            Recovered::Kept { id, bytes } | Recovered::Pushed { id, bytes } => {
                assert_eq!(bytes, record(id));
                live.insert(id, bytes);
            }
            Recovered::Evicted { id } => drop(live.remove(&id)),
        }
    }
    (snapshot, live)
}

fn bytes_of(place: &Path) -> Vec<u8> {
    fs::read(place.join("journal.redb")).unwrap()
}

#[test]
fn a_sound_journal_is_told_and_copied_whole() {
    let (from, to) = (place("sound"), place("sound-copy"));
    let live = write(&from);
    let before = bytes_of(&from);
    let report = inspect(&from).unwrap();
    assert!(report.opens && report.damage.is_empty());
    assert_eq!((report.format, report.configuration.as_slice()), (1, &b"the settings"[..]));
    assert_eq!(report.store_bytes, before.len() as u64);
    assert_eq!(report.contents.records, 280);
    assert_eq!(report.contents.record_bytes, live.values().map(|r| r.len() as u64).sum::<u64>());
    assert_eq!((report.contents.first_id, report.contents.last_id), (Some(0), Some(299)));
    assert_eq!(report.contents.snapshot_bytes, Some(15 * 9_000));
    // 149 pushes and the evictions of 159, 169, ..., 199.
    assert_eq!(report.contents.since_snapshot, 149 + 5);
    let salvaged = salvage(&from, &to).unwrap();
    assert_eq!(salvaged, report);
    assert!(bytes_of(&from) == before, "the original was changed");
    assert_eq!(read(&to), read(&from));
    assert_eq!(read(&to).1, live);
    assert_eq!(inspect(&to).unwrap().contents, report.contents);
    let again = salvage(&from, &to).unwrap_err();
    assert!(matches!(again, OpenError::Option { option: "target", .. }), "{again}");
}

#[test]
fn what_a_crash_left_is_inspected_without_touching_it() {
    let from = place("crashed");
    let options = Options { durability: Durability::ProcessDeath, ..Options::default() };
    let (mut journal, _) = Journal::open(&from, b"the settings", &options).unwrap();
    for id in 0..10 {
        journal.push(id, &record(id)).unwrap();
    }
    while journal.status().acknowledged_id != Some(9) {
        std::thread::yield_now();
    }
    // What a kill would leave now: the files as they are.
    let to = place("crashed-copy");
    fs::create_dir_all(&to).unwrap();
    for file in ["journal.redb", "tail"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let (store, tail) = (bytes_of(&to), fs::read(to.join("tail")).unwrap());
    let report = inspect(&to).unwrap();
    assert_eq!((report.contents.records, report.tail_bytes), (10, tail.len() as u64));
    assert!(report.tail_bytes > 0);
    assert!(bytes_of(&to) == store && fs::read(to.join("tail")).unwrap() == tail);
    assert_eq!(read(&to).1.len(), 10);
    assert_eq!(inspect(&to).unwrap().tail_bytes, 0);
}

#[test]
fn whatever_part_is_overwritten_the_rest_is_found() {
    let from = place("damaged");
    let live = write(&from);
    let sound = bytes_of(&from);
    let (mut least, mut with_snapshot) = (live.len(), 0);
    // A hole of 8 KiB, everywhere.
    for start in (0..sound.len()).step_by(8_192) {
        let (broken, to) = (place("damaged-hole"), place("damaged-copy"));
        fs::create_dir_all(&broken).unwrap();
        let mut bytes = sound.clone();
        let end = bytes.len().min(start + 8_192);
        bytes[start..end].fill(0xa5);
        fs::write(broken.join("journal.redb"), &bytes).unwrap();
        let report = inspect(&broken).unwrap();
        if report.opens {
            assert_eq!(report.contents.records, live.len() as u64, "at {start}");
            continue;
        }
        assert!(!report.damage.is_empty());
        let salvaged = salvage(&broken, &to).unwrap();
        assert_eq!(salvaged.contents.records, report.contents.records);
        if report.configuration.is_empty() {
            continue;
        }
        // `read` compares each record with what was pushed under its id.
        let (snapshot, found) = read(&to);
        with_snapshot += usize::from(snapshot.is_some_and(|state| state.len() == 15 * 9_000));
        least = least.min(found.keys().filter(|id| live.contains_key(id)).count());
    }
    // 8 KiB are at most 22 records of 400 bytes.
    assert!(least >= live.len() - 22, "{least} of {}", live.len());
    assert!(with_snapshot > 0);
}
