//! kill -9 at random moments: the brain that is opened again is the one that lived, byte for byte.
//!
//! `MINBRAIN_KILLS=200 cargo test --release -p minbrain-cli --test crash` is the long run.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod program;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use minbrain::journal::inspect;
use minbrain::{Brain, Config, DurableBrain, Keeping};
use program::{Folder, minbrain, run, start};

/// Work units of idle time after each cycle, as `minbrain run` gives them.
const IDLE_UNITS: u32 = minbrain_bench::learning::IDLE_UNITS;
/// Most time that a run has before it is killed.
const LONGEST_MS: u64 = 600;

/// A few steps of a generator, for moments that nobody chose.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

fn open(directory: &Path) -> DurableBrain {
    let settings = Config::from_bytes(&inspect(directory).unwrap().configuration).unwrap();
    let builder = Brain::builder().config(settings);
    let (brain, revival) = DurableBrain::open(directory, builder, &Keeping::default()).unwrap();
    assert_eq!((revival.first_different, revival.damaged), (None, 0), "{revival:?}");
    brain
}

fn life(directory: &Path, steps: u64) -> std::process::Command {
    let mut command = minbrain();
    command.args(["run", "--no-report", "--json", "--world", "cartpole", "--budget", "400"]);
    command.args(["--steps", &steps.to_string(), "--brain"]).arg(directory);
    command
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

#[test]
fn whoever_is_killed_comes_back_as_who_lived() {
    let kills = std::env::var("MINBRAIN_KILLS").map_or(8, |kills| kills.parse().unwrap());
    let (folder, mut chance, mut lived, mut most) = (Folder::new(), 11, 0, 0);
    let directory = folder.path().join("brain");
    run(&mut life(&directory, 5));
    for kill in 0..kills {
        let reference = folder.path().join(format!("reference-{kill}"));
        copy(&directory, &reference);
        let mut child = start(&mut life(&directory, 1_000_000));
        thread::sleep(Duration::from_millis(next(&mut chance) % LONGEST_MS));
        child.kill().unwrap();
        child.wait().unwrap();
        let brain = open(&directory);
        let before = open(&reference).brain().stats().learned;
        let cycles = brain.brain().stats().learned - before;
        (lived, most) = (lived + cycles, most.max(cycles));
        if cycles > 0 {
            let said = run(&mut life(&reference, cycles));
            assert_eq!(said.status, 0, "{}", said.err);
            same(brain.brain(), open(&reference).brain(), kill);
        }
        brain.close().unwrap();
        fs::remove_dir_all(&reference).unwrap();
    }
    assert!(most > 0, "no run got anywhere before it was killed");
    println(&format!("{kills} kills, {lived} cycles, at most {most} in one life: all as lived"));
}

/// What came after the last outcome is gone with the process, unless a snapshot saw it: an interruption
/// and idle time, as the program gives them.
fn same(recovered: &Brain, lived: &Brain, kill: u32) {
    let mut rested = recovered.clone();
    rested.consolidate(IDLE_UNITS);
    let mut interrupted = recovered.clone();
    interrupted.interrupt();
    interrupted.consolidate(IDLE_UNITS);
    let all = [recovered.clone(), rested, interrupted].map(|brain| brain.to_bytes());
    assert!(all.contains(&lived.to_bytes()), "kill {kill}: another brain");
}

#[allow(clippy::print_stdout, reason = "the count is the result of the long run")]
fn println(text: &str) {
    println!("{text}");
}
