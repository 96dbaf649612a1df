//! Brains that outlive a run: directories, files and recordings, as users meet them.

mod program;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use program::{Folder, Said, finish, interrupt, json_lines, minbrain, run, start};
use serde_json::Value;

/// A run in `folder`; its figures.
fn lived(folder: &Folder, args: &[&str]) -> Value {
    let said = said(folder, &[&["run", "--json", "--no-report"], args].concat());
    assert_eq!((said.status, said.err.as_str()), (0, ""), "{args:?}");
    json_lines(&said.out).swap_remove(0)
}

fn said(folder: &Folder, args: &[&str]) -> Said {
    run(minbrain().current_dir(folder.path()).args(args))
}

fn inspected(folder: &Folder, directory: &str) -> Value {
    json_lines(&said(folder, &["inspect", "--json", directory]).out).swap_remove(0)
}

/// The second run starts as good as the first one ended: better by far than who knows nothing.
#[test]
fn what_was_learned_is_there_the_next_time() {
    let folder = Folder::new();
    let cartpole = ["--world", "cartpole", "--seed", "1", "--brain", "pole"];
    let first = lived(&folder, &[&cartpole[..], &["--steps", "3000"]].concat());
    assert_eq!(first["kept"]["began_with"], 0);
    let again = lived(&folder, &[&cartpole[..], &["--steps", "600"]].concat());
    assert_eq!(
        (&again["kept"]["began_with"], &again["kept"]["relived"]),
        (&3000.into(), &0.into())
    );
    assert_eq!(again["experiences"], 3_600);
    let fresh = lived(&folder, &["--world", "cartpole", "--seed", "1", "--steps", "600"]);
    let score = |run: &Value| run["brain"]["return_per_episode"].as_f64().unwrap_or(600.0);
    assert!(score(&again) > 2.0 * score(&fresh), "{again} {fresh}");
    assert!(again["surprise_first"].as_f64() < fresh["surprise_first"].as_f64());
    let report = inspected(&folder, "pole");
    assert_eq!(
        [&report["records"], &report["sensors"], &report["since_snapshot"]],
        [3_600, 4, 0].map(Value::from).each_ref()
    );
}

/// Taught in one run, alone from the first cycle of the next on.
#[test]
fn what_was_taught_is_there_when_the_teacher_is_not() {
    let folder = Folder::new();
    let pole = ["--world", "cartpole", "--policy", "imitation", "--seed", "3", "--brain", "pole"];
    let first = lived(&folder, &[&pole[..], &["--steps", "2000", "--taught", "2000"]].concat());
    assert!(first["methods"]["given"].as_f64() > Some(0.0), "{first}");
    let again = lived(&folder, &[&pole[..], &["--steps", "500", "--alone"]].concat());
    assert_eq!((&again["kept"]["began_with"], &again["alone"]), (&2000.into(), &true.into()));
    assert_eq!(again["methods"]["given"], Value::Null);
    let before = again["alone_score"]["scores"][0][1].as_f64().unwrap();
    assert!(before > 400.0 && again["brain"]["return"] == 500.0, "{again}");
}

#[test]
fn a_run_that_is_ended_loses_nothing() {
    let folder = Folder::new();
    let args = ["run", "--json", "--no-report", "--brain", "b", "--steps", "10000000"];
    let child = start(minbrain().current_dir(folder.path()).args(args));
    thread::sleep(Duration::from_millis(700));
    interrupt(&child);
    let said = finish(child);
    assert_eq!(said.status, 0, "{}", said.err);
    let run = json_lines(&said.out).swap_remove(0);
    assert!(run["cycles"].as_u64().unwrap() > 0);
    assert_eq!(run["kept"]["not_durable"], 0);
    let again = lived(&folder, &["--brain", "b", "--steps", "10"]);
    assert_eq!(again["kept"]["began_with"], run["experiences"]);
    assert_eq!(again["kept"]["relived"], 0);
}

#[test]
fn a_directory_in_use_and_other_settings_are_refused() {
    let folder = Folder::new();
    let args = ["run", "--json", "--no-report", "--brain", "b", "--steps", "10000000"];
    let mut child = start(minbrain().current_dir(folder.path()).args(args));
    while !folder.path().join("b/journal.redb").exists() {
        thread::sleep(Duration::from_millis(10));
    }
    let refused = said(&folder, &["run", "--brain", "b", "--steps", "5"]);
    let holder = format!("process {}", child.id());
    assert_eq!((refused.status, refused.out.as_str()), (1, ""));
    assert!(refused.err.contains(&holder), "{}", refused.err);
    child.kill().unwrap();
    child.wait().unwrap();
    let other = said(&folder, &["run", "--world", "pendulum", "--brain", "b", "--steps", "5"]);
    assert_eq!(other.status, 1);
    assert!(other.err.contains("sensors: expected 3, found 16"), "{}", other.err);
    let budget = said(&folder, &["run", "--budget", "7", "--brain", "b", "--steps", "5"]);
    let words = "budget: expected 7 experiences, found 20000 experiences";
    assert!(budget.err.contains(words), "{}", budget.err);
}

#[test]
fn a_brain_goes_through_one_file() {
    let folder = Folder::new();
    lived(&folder, &["--world", "acrobot", "--brain", "a", "--steps", "300"]);
    assert_eq!(said(&folder, &["export", "a", "a.brain"]).status, 0);
    assert_eq!(said(&folder, &["import", "a.brain", "b"]).status, 0);
    assert_eq!(said(&folder, &["export", "b", "b.brain"]).status, 0);
    let [one, other] =
        ["a.brain", "b.brain"].map(|name| fs::read(folder.path().join(name)).unwrap());
    assert!(one == other, "the same brain to the bit");
    let taken = said(&folder, &["import", "a.brain", "b"]);
    assert_eq!(taken.status, 1);
    assert!(taken.err.contains("expected no brain yet"), "{}", taken.err);
    let mut flipped = one;
    flipped[5_000] ^= 1;
    fs::write(folder.path().join("a.brain"), flipped).unwrap();
    let damaged = said(&folder, &["import", "a.brain", "c"]);
    assert!(damaged.status == 1 && damaged.err.contains("checksum"), "{}", damaged.err);
    let missing = said(&folder, &["export", "nowhere", "n.brain"]);
    assert!(missing.status == 1 && missing.err.contains("there is no journal"), "{}", missing.err);
    assert!(!folder.path().join("nowhere").exists());
}

#[test]
fn a_recorded_run_is_reproduced_to_the_bit() {
    let folder = Folder::new();
    for world in ["arena", "cartpole", "pendulum"] {
        let args = ["--world", world, "--steps", "400", "--brain", world, "--record", "life"];
        // The second one begins with what the first one knows.
        for _ in 0..2 {
            lived(&folder, &args);
            let replayed = said(&folder, &["replay", "--json", "life"]);
            assert_eq!(replayed.status, 0, "{}", replayed.err);
            let object = &json_lines(&replayed.out)[0];
            assert_eq!((&object["cycles"], &object["same"]), (&400.into(), &true.into()));
        }
    }
    // The last group is damaged; the others are whole.
    let path = folder.path().join("life");
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    let damaged = said(&folder, &["replay", "life"]);
    assert!(damaged.status == 1 && damaged.err.contains("are damaged"), "{}", damaged.err);
}

/// The files may not grow beyond a limit, as on a full disk: the brain lives on, and says so.
#[test]
fn a_full_disk_is_told_and_the_run_goes_on() {
    let folder = Folder::new();
    let line = "trap '' XFSZ; ulimit -f 1500; exec \"$0\" run --json --no-report --seed 3 \
                --world acrobot --steps 6000 --brain b";
    let mut command = Command::new("sh");
    command.args(["-c", line, env!("CARGO_BIN_EXE_minbrain")]).current_dir(folder.path());
    let full = run(&mut command);
    assert_eq!(full.status, 1, "{}", full.out);
    assert!(full.err.contains("the brain in b is not durable"), "{}", full.err);
    let object = &json_lines(&full.out)[0];
    assert_eq!(object["cycles"], 6_000, "it lived on");
    assert!(object["kept"]["not_durable"].as_u64().unwrap() > 0, "{object}");
    let durable = object["kept"]["durable_id"].as_u64().unwrap();
    // With room again, everything up to there is there, and nothing else is wrong.
    let again =
        lived(&folder, &["--world", "acrobot", "--seed", "3", "--brain", "b", "--steps", "5"]);
    assert!(again["kept"]["began_with"].as_u64().unwrap() > durable, "{again}");
    assert_eq!(again["kept"]["damaged"], 0);
}

#[test]
fn damage_is_told_and_what_is_intact_is_salvaged() {
    let folder = Folder::new();
    lived(&folder, &["--world", "cartpole", "--brain", "b", "--steps", "400"]);
    let store = folder.path().join("b/journal.redb");
    let mut bytes = fs::read(&store).unwrap();
    let middle = bytes.len() / 2;
    let at = find_record(&bytes).unwrap_or(middle);
    bytes[at + 40] ^= 0x10;
    fs::write(&store, bytes).unwrap();
    let inspected = said(&folder, &["inspect", "b"]);
    assert!(inspected.status == 1 && inspected.err.contains("--salvage"), "{}", inspected.err);
    let salvaged = said(&folder, &["inspect", "b", "--salvage", "c"]);
    assert_eq!(salvaged.status, 0, "{}", salvaged.err);
    let again = lived(&folder, &["--world", "cartpole", "--brain", "c", "--steps", "10"]);
    assert!(again["kept"]["began_with"].as_u64().unwrap() >= 390, "{again}");
}

/// Where a record stands in a store, behind its headers.
fn find_record(bytes: &[u8]) -> Option<usize> {
    bytes.windows(5).position(|w| w == b"mbJ1\x02")
}

#[test]
fn what_is_no_brain_is_told_apart() {
    let folder = Folder::new();
    fs::write(folder.path().join("text"), "hello").unwrap();
    for args in [&["replay", "text"][..], &["import", "text", "d"], &["inspect", "nowhere"]] {
        let refused = said(&folder, args);
        assert_eq!((refused.status, refused.out.as_str()), (1, ""), "{args:?}");
        assert!(refused.err.starts_with("minbrain: "), "{}", refused.err);
    }
    assert!(!Path::new(&folder.path().join("d")).exists());
}
