//! A journal as its user holds it: a directory, a handle, and what they say.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use minbrain_journal::{
    Durability, Journal, MAX_RECORD_BYTES, NotDurable, OpenError, Options, PushError, Recovered,
    SnapshotError, inspect, salvage,
};

/// An empty directory of this test's own.
fn place(name: &str) -> PathBuf {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("directory").join(name);
    if place.exists() {
        fs::remove_dir_all(&place).unwrap();
    }
    place
}

fn open(place: &Path, durability: Durability) -> Journal {
    let options = Options { durability, ..Options::default() };
    Journal::open(place, b"16 sensors", &options).unwrap().0
}

/// Everything that recovery gives, without the bytes; the snapshot as its text.
fn recovered(place: &Path) -> (Option<String>, Vec<String>) {
    let (_journal, mut recovery) = Journal::open(place, b"", &Options::default()).unwrap();
    let snapshot = recovery.take_snapshot().map(|state| String::from_utf8(state).unwrap());
    let steps = recovery.map(|step| match step.unwrap() {
        Recovered::Kept { id, bytes } => format!("kept {id} {}", bytes.len()),
        Recovered::Pushed { id, bytes } => format!("pushed {id} {}", bytes.len()),
        Recovered::Evicted { id } => format!("evicted {id}"),
    });
    (snapshot, steps.collect())
}

#[test]
fn recovery_tells_the_snapshot_what_it_covers_and_what_came_since() {
    let place = place("recovery");
    let mut journal = open(&place, Durability::PowerCut);
    for id in [0, 1, 2, 5] {
        assert_eq!(journal.push(id, &vec![1; id as usize]), Ok(None));
    }
    journal.evict(1).unwrap();
    journal.snapshot(b"learned".to_vec()).unwrap();
    journal.evict(5).unwrap();
    journal.push(7, b"").unwrap();
    journal.flush().unwrap();
    let status = journal.status();
    assert_eq!((status.acknowledged_id, status.pushed_id), (Some(7), Some(7)));
    assert_eq!((status.waiting_entries, status.lost_records, status.snapshots), (0, 0, 1));
    journal.close().unwrap();
    let (snapshot, steps) = recovered(&place);
    assert_eq!(snapshot.as_deref(), Some("learned"));
    assert_eq!(steps, ["kept 0 0", "kept 2 2", "kept 5 5", "evicted 5", "pushed 7 0"]);
    let (journal, _) = Journal::open(&place, b"other", &Options::default()).unwrap();
    assert_eq!((journal.next_id(), journal.configuration()), (8, &b"16 sensors"[..]));
}

#[test]
fn what_was_evicted_before_a_snapshot_leaves_the_file() {
    let place = place("vacuum");
    let mut journal = open(&place, Durability::PowerCut);
    let mut sizes = Vec::new();
    for round in 0..10_u64 {
        for n in 0..500 {
            let id = round * 500 + n;
            journal.push(id, &[7; 600]).unwrap();
            id.checked_sub(500).map(|old| journal.evict(old).unwrap());
        }
        journal.snapshot(vec![3; 200_000]).unwrap();
        journal.flush().unwrap();
        sizes.push(fs::metadata(place.join("journal.redb")).unwrap().len());
    }
    journal.close().unwrap();
    let report = inspect(&place).unwrap();
    assert_eq!((report.contents.records, report.contents.record_bytes), (500, 300_000));
    assert_eq!((report.contents.first_id, report.contents.last_id), (Some(4_500), Some(4_999)));
    // Each round brings 500 KB; what is there at most is the same in each from the second on.
    assert!(sizes[9] <= sizes[4] + sizes[4] / 4, "{sizes:?}");
}

#[test]
fn nothing_is_taken_that_is_no_record() {
    let mut journal = open(&place("refusals"), Durability::PowerCut);
    assert_eq!(journal.evict(0), Err(PushError::NoId { came: 0 }));
    journal.push(4, b"four").unwrap();
    assert_eq!(journal.push(4, b"again"), Err(PushError::NotNew { newest: 4, came: 4 }));
    assert_eq!(journal.push(u64::MAX, b""), Err(PushError::NoId { came: u64::MAX }));
    let came = MAX_RECORD_BYTES + 1;
    let refused = Err(PushError::TooLong { expected: MAX_RECORD_BYTES, came });
    assert_eq!(journal.push(5, &vec![0; came]), refused);
    assert_eq!(journal.evict(5), Err(PushError::NoId { came: 5 }));
    journal.push(5, &vec![0; MAX_RECORD_BYTES]).unwrap();
    assert_eq!(journal.next_id(), 6);
    journal.flush().unwrap();
}

#[test]
fn on_request_nothing_is_written_before_it_is_asked_for() {
    let place = place("request");
    let mut journal = open(&place, Durability::OnRequest);
    let commits = journal.status().commits;
    for id in 0..100 {
        journal.push(id, b"waits").unwrap();
    }
    std::thread::sleep(Duration::from_millis(100));
    let status = journal.status();
    assert_eq!((status.waiting_entries, status.acknowledged_id), (100, None));
    assert_eq!(status.commits, commits);
    journal.flush().unwrap();
    assert_eq!(journal.status().acknowledged_id, Some(99));
}

#[test]
fn without_a_request_groups_become_durable_by_themselves() {
    for (name, durability) in
        [("power", Durability::PowerCut), ("process", Durability::ProcessDeath)]
    {
        let mut journal = open(&place(name), durability);
        journal.push(0, b"soon").unwrap();
        while journal.status().acknowledged_id.is_none() {
            std::thread::yield_now();
        }
    }
}

#[test]
fn dropping_a_journal_loses_nothing() {
    for durability in [Durability::PowerCut, Durability::ProcessDeath, Durability::OnRequest] {
        let place = place("drop");
        let mut journal = open(&place, durability);
        for id in 0..2_000 {
            journal.push(id, b"kept").unwrap();
        }
        journal.snapshot(vec![b'a'; 3_000_000]).unwrap();
        drop(journal);
        let (snapshot, steps) = recovered(&place);
        assert_eq!((snapshot.map(|state| state.len()), steps.len()), (Some(3_000_000), 2_000));
    }
}

#[test]
fn where_the_disk_falls_behind_the_oldest_give_way_and_are_counted() {
    let place = place("lag");
    let options = Options {
        durability: Durability::PowerCut,
        commit_interval: Duration::from_secs(60),
        queue_entries: 4,
        group_entries: 4,
        ..Options::default()
    };
    let (mut journal, _) = Journal::open(&place, b"", &options).unwrap();
    let mut lost = Vec::new();
    for id in 0..20_000 {
        lost.extend(journal.push(id, &id.to_le_bytes()).unwrap());
        lost.extend(journal.evict(id / 2).unwrap());
    }
    journal.flush().unwrap();
    let records = lost.iter().filter(|lost| matches!(lost, NotDurable::Record(_))).count();
    let status = journal.status();
    assert_eq!(status.lost_records as usize, records);
    assert_eq!(status.lost_evictions as usize, lost.len() - records);
    assert!(records > 100, "{records}");
    assert_eq!(status.acknowledged_id, Some(19_999));
    journal.close().unwrap();
    // Each record is there or was named.
    let (_, steps) = recovered(&place);
    let there = steps.iter().filter(|step| step.starts_with("pushed")).count();
    assert_eq!(there + records, 20_000);
    for lost in lost {
        let NotDurable::Record(id) = lost else { continue };
        assert!(!steps.contains(&format!("pushed {id} 8")), "{id}");
    }
}

#[test]
fn pushing_allocates_nothing() {
    let mut journal = open(&place("allocation"), Durability::OnRequest);
    let record = vec![1; 1_024];
    journal.push(0, &record).unwrap();
    let allocations = allocation_counter::measure(|| {
        for id in 1..20_000 {
            journal.push(id, &record).unwrap();
            journal.evict(id - 1).unwrap();
            let _ = journal.status();
        }
    });
    assert_eq!(allocations.count_total, 0);
}

#[test]
fn one_snapshot_goes_at_a_time_and_its_buffer_comes_back() {
    let mut journal = open(&place("snapshots"), Durability::OnRequest);
    journal.snapshot(vec![1; 5_000_000]).unwrap();
    let Err(SnapshotError::Busy(back)) = journal.snapshot(vec![2; 3]) else {
        panic!("a second one was taken")
    };
    assert_eq!(back, [2, 2, 2]);
    journal.flush().unwrap();
    let spare = journal.spare_buffer();
    assert!(spare.is_empty() && spare.capacity() >= 5_000_000);
    journal.snapshot(back).unwrap();
    journal.flush().unwrap();
    assert_eq!(journal.status().snapshots, 2);
}

#[test]
fn a_directory_in_use_names_its_holder() {
    let place = place("lock");
    let journal = open(&place, Durability::PowerCut);
    let here = std::process::id();
    for result in [
        Journal::open(&place, b"", &Options::default()).map(drop),
        inspect(&place).map(drop),
        salvage(&place, &place.join("out")).map(drop),
    ] {
        let error = result.unwrap_err();
        assert!(matches!(error, OpenError::InUse { holder: Some(pid), .. } if pid == here));
        assert!(error.to_string().contains(&format!("is in use by process {here}")), "{error}");
    }
    drop(journal);
    open(&place, Durability::PowerCut);
}

#[test]
fn a_holder_that_is_another_process_is_named_and_its_death_frees_the_directory() {
    let place = place("other");
    let mut other = Command::new(env!("CARGO_BIN_EXE_journal-trial"))
        .args(["write".as_ref(), place.as_os_str(), "1".as_ref(), "power-cut".as_ref()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Its first line says that it is open.
    let mut byte = [0];
    std::io::Read::read_exact(&mut other.stdout.take().unwrap(), &mut byte).unwrap();
    let refused = Journal::open(&place, b"", &Options::default()).map(drop);
    other.kill().unwrap();
    other.wait().unwrap();
    let pid = other.id();
    // Its pipe is closed by now, so it may have ended by itself before; then it was still named.
    match refused {
        Err(OpenError::InUse { holder, .. }) => assert_eq!(holder, Some(pid)),
        other => panic!("{other:?}"),
    }
    open(&place, Durability::PowerCut);
}

#[test]
fn what_is_no_journal_is_refused() {
    let place = place("missing");
    assert!(matches!(inspect(&place), Err(OpenError::Missing { .. })));
    fs::create_dir_all(&place).unwrap();
    assert!(matches!(salvage(&place, &place.join("out")), Err(OpenError::Missing { .. })));
    assert!(!place.join("out").exists());
    fs::write(place.join("journal.redb"), b"something else entirely").unwrap();
    let error = Journal::open(&place, b"", &Options::default()).unwrap_err();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    let long = vec![0; (1 << 20) + 1];
    let error = Journal::open(&place, &long, &Options::default()).unwrap_err();
    assert!(error.to_string().starts_with("option configuration: expected "), "{error}");
}

#[test]
fn a_layout_that_was_cut_short_is_begun_again() {
    let place = place("layout");
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join("journal.redb.new"), b"half").unwrap();
    open(&place, Durability::PowerCut).close().unwrap();
    assert!(!place.join("journal.redb.new").exists());
    assert_eq!(recovered(&place), (None, Vec::new()));
}
