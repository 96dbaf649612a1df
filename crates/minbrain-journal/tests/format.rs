//! The fixture of this format: a journal that was written once and is read for ever.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use minbrain_journal::{Durability, FORMAT_VERSION, Journal, Options, Recovered, inspect};

/// A copy of a fixture, since opening writes.
fn copy(version: u32, name: &str) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/format-{version}"));
    let to = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("format").join(name);
    if to.exists() {
        fs::remove_dir_all(&to).unwrap();
    }
    fs::create_dir_all(&to).unwrap();
    for file in ["journal.redb", "tail"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    to
}

fn record(id: u64) -> Vec<u8> {
    format!("experience {id}").repeat(1 + id as usize % 5).into_bytes()
}

/// How the fixture was written; the tail is what a kill left. It is written again only for a new
/// format: `MINBRAIN_FIXTURE=DIRECTORY cargo test -p minbrain-journal --test format`.
fn write(place: &Path) {
    let options = Options {
        durability: Durability::ProcessDeath,
        sync_interval: std::time::Duration::from_secs(3_600),
        ..Options::default()
    };
    let (mut journal, _) = Journal::open(place, b"fixture", &options).unwrap();
    for id in 0..20 {
        journal.push(id, &record(id)).unwrap();
    }
    journal.evict(3).unwrap();
    journal.snapshot(b"learned".repeat(10_000)).unwrap();
    journal.flush().unwrap();
    journal.evict(4).unwrap();
    journal.push(30, &record(30)).unwrap();
    journal.flush().unwrap();
    journal.push(31, &record(31)).unwrap();
    journal.evict(5).unwrap();
    while journal.status().acknowledged_id != Some(31) {
        std::thread::yield_now();
    }
    let kept = place.with_extension("kept");
    fs::create_dir_all(&kept).unwrap();
    for file in ["journal.redb", "tail"] {
        fs::copy(place.join(file), kept.join(file)).unwrap();
    }
}

#[test]
fn the_fixture_of_this_format_opens_with_all_that_was_written() {
    assert_eq!(FORMAT_VERSION, 1, "a new format needs a new fixture beside the old ones");
    if let Some(place) = std::env::var_os("MINBRAIN_FIXTURE") {
        write(Path::new(&place));
    }
    let place = copy(1, "opens");
    let report = inspect(&place).unwrap();
    assert!(report.opens && report.damage.is_empty(), "{report:?}");
    assert_eq!((report.format, report.contents.records), (1, 22 - 3));
    let (journal, mut recovery) = Journal::open(&place, b"", &Options::default()).unwrap();
    assert_eq!((journal.configuration(), journal.next_id()), (&b"fixture"[..], 32));
    assert_eq!(recovery.take_snapshot(), Some(b"learned".repeat(10_000)));
    let mut expected = Vec::new();
    for id in (0..20).filter(|&id| id != 3) {
        expected.push(Recovered::Kept { id, bytes: record(id) });
    }
    expected.push(Recovered::Evicted { id: 4 });
    expected.push(Recovered::Pushed { id: 30, bytes: record(30) });
    expected.push(Recovered::Pushed { id: 31, bytes: record(31) });
    expected.push(Recovered::Evicted { id: 5 });
    let found: Vec<Recovered> = recovery.map(Result::unwrap).collect();
    assert_eq!(found, expected);
}
