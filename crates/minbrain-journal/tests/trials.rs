//! Real processes and a real full disk; `journal-trial` does the work, here for a short while.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_journal-trial");

fn place(name: &str) -> PathBuf {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    if place.exists() {
        std::fs::remove_dir_all(&place).unwrap();
    }
    place
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let directory = place("kills");
    let run = Command::new(PROGRAM).arg("kill").arg(&directory).args(["40", "1"]).output().unwrap();
    assert!(run.status.success(), "{}", said(&run));
    assert!(said(&run).starts_with("40 kills, "), "{}", said(&run));
    println!("{}", said(&run));
}

/// Mounts a tmpfs of 2 MiB in a namespace of its own, which needs no rights where user namespaces
/// are allowed, and which is gone with the process.
#[test]
fn a_full_disk_is_named_and_loses_nothing() {
    let directory = place("full");
    std::fs::create_dir_all(&directory).unwrap();
    let mount = |then: &str| {
        let script = format!("mount -t tmpfs -o size=2m none \"$0\" && {then}");
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", &script]).arg(&directory);
        command.arg(PROGRAM).output()
    };
    if !mount("true").is_ok_and(|tried| tried.status.success()) {
        println!("no tmpfs can be mounted here: only the simulated full disk was tried");
        return;
    }
    let run = mount("exec \"$1\" full \"$0\"").unwrap();
    assert!(run.status.success(), "{}", said(&run));
    assert!(said(&run).contains("0 lost"), "{}", said(&run));
    println!("{}", said(&run));
}

#[test]
fn a_large_journal_opens_after_a_clean_end_and_after_a_kill() {
    let directory = place("reopen");
    let run = Command::new(PROGRAM).arg("reopen").arg(&directory).arg("5000").output().unwrap();
    assert!(run.status.success(), "{}", said(&run));
    assert!(said(&run).contains("after a kill: open"), "{}", said(&run));
}

#[test]
fn a_steady_beat_loses_nothing() {
    let directory = place("beat");
    let run = Command::new(PROGRAM).arg("beat").arg(&directory).arg("2").output().unwrap();
    assert!(run.status.success(), "{}", said(&run));
    assert!(
        said(&run).starts_with("2000 pushes") && said(&run).contains(" 0 lost"),
        "{}",
        said(&run)
    );
}

#[test]
fn wrong_usage_is_refused() {
    for words in [&["kill"][..], &["kill", "d", "many", "1"], &["write", "d", "1", "maybe"]] {
        let run = Command::new(PROGRAM).args(words).output().unwrap();
        assert_eq!(run.status.code(), Some(2));
        assert!(said(&run).starts_with("Usage: journal-trial kill"));
    }
}
