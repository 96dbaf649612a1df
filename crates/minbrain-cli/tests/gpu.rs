//! The program with a GPU, a software one here, by force: the same runs, a measurement with its profile,
//! and what a robot is told.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod program;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use program::{Folder, interrupt, json_lines, minbrain, run, start};
use serde_json::Value;

/// The program in a home of its own, where no profile is.
fn at_home(home: &Path) -> Command {
    let mut command = minbrain();
    command.env("HOME", home).env("XDG_CONFIG_HOME", home).env("XDG_RUNTIME_DIR", home);
    command
}

fn lived(home: &Path, gpu: &[&str]) -> Value {
    let args =
        ["run", "--steps", "2500", "--budget", "2000", "--seed", "3", "--json", "--no-report"];
    let said = run(at_home(home).args(args).args(gpu));
    assert_eq!(said.status, 0, "{}", said.err);
    json_lines(&said.out).pop().unwrap()
}

#[test]
fn a_run_beside_a_gpu_is_replayed_without_one() {
    let home = Folder::new();
    let life = home.path().join("life");
    let record = ["--record", life.to_str().unwrap()];
    let with =
        lived(home.path(), &[&["--gpu", "software", "--gpu-above", "1500"], &record[..]].concat());
    assert_eq!(with["gpu"]["crossover_experiences"], 1_500);
    let count = |key: &str| with["gpu"][key].as_u64().unwrap();
    assert!(with["gpu"]["in_use"] == true && count("losses") == 0);
    assert!(count("dispatched") > 500, "{}", with["gpu"]);
    let said = run(at_home(home.path()).arg("replay").arg(&life));
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    let without = lived(home.path(), &["--gpu", "off"]);
    assert_eq!(without["gpu"]["dispatched"], 0);
}

#[test]
fn the_crossover_is_measured_told_and_kept_only_where_it_is_asked_for() {
    let home = Folder::new();
    let profile = home.path().join("here/crossover");
    let words = ["bench", "crossover", "--force-software", "--sizes", "1200,2000", "--dims", "3"];
    let words = [&words[..], &["--batches", "1,64", "--calls", "3", "--json"]].concat();
    let said = run(at_home(home.path()).args(&words));
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(!home.path().join("minbrain").exists(), "software leaves no profile behind");
    let rows = json_lines(&said.out);
    let recalls: Vec<&Value> = rows.iter().filter(|row| row["operation"] == "recall").collect();
    // Two sizes, two batches: the processor, and the GPU in both precisions.
    assert_eq!(recalls.len(), 2 * 2 * 3);
    for row in &recalls {
        assert!(row["p50_us"].as_f64().unwrap() > 0.0 && row["mismatches"] == 0, "{row}");
        let is_gpu = row["backend"] == "gpu";
        assert_eq!(row["is_software"], is_gpu);
        assert_eq!(row["answered"], if is_gpu { Value::from(1.0) } else { Value::Null });
    }
    assert_eq!(rows.iter().filter(|row| row["operation"] == "activation").count(), 6);
    assert_eq!(rows.iter().filter(|row| row["operation"] == "crossing").count(), 2);
    let said = run(at_home(home.path()).args(&words).arg("--profile").arg(&profile));
    assert_eq!(said.status, 0, "{}", said.err);
    let text = fs::read_to_string(&profile).unwrap();
    assert!(text.parse::<minbrain::Profile>().is_ok(), "{text}");
    // A run goes by it: here it says never, or a size that was measured.
    let with = lived(home.path(), &["--gpu", "software", "--profile", profile.to_str().unwrap()]);
    let from = &with["gpu"]["crossover_experiences"];
    assert!(from.is_null() || [1_200, 2_000].map(Value::from).contains(from), "{from}");
}

#[test]
fn a_profile_that_is_none_is_refused_by_line() {
    let home = Folder::new();
    let file = home.file("profile", "minbrain crossover 1\ncard x\n16 soon later\n");
    let words = ["run", "--steps", "10", "--no-report", "--profile"];
    let said = run(at_home(home.path()).args(words).arg(&file));
    assert!(said.status == 1 && said.err.contains("line 3"), "{}", said.err);
}

#[test]
fn a_figure_below_a_thousand_is_wrong_usage() {
    let said = run(minbrain().args(["run", "--gpu-above", "999"]));
    assert_eq!(said.status, 2, "{}", said.err);
}

/// A message of the wire.
fn message(kind: u8, values: &[f32]) -> Vec<u8> {
    let mut bytes = ((5 + 4 * values.len()) as u32).to_be_bytes().to_vec();
    bytes.push(kind);
    bytes.extend((values.len() as u32).to_be_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// The handshake that a robot of the original's kind gets.
fn greeted(home: &Path, gpu: &str) -> Vec<f32> {
    let any = "127.0.0.1:0";
    let words = ["serve", "--bind", any, "--http", any, "--gpu", gpu];
    let mut child = start(at_home(home).args(words));
    let mut told = BufReader::new(child.stderr.as_mut().unwrap()).lines().map(Result::unwrap);
    let line = told.find(|line| line.contains("robots connect to ")).unwrap();
    let address = line.split("robots connect to ").nth(1).unwrap().split(',').next().unwrap();
    let mut robot = TcpStream::connect(address).unwrap();
    robot.write_all(&message(2, &[1.0, 4.0, 2.0, 0.0])).unwrap();
    let mut answer = [0; 9 + 4 * 4];
    robot.read_exact(&mut answer).unwrap();
    drop(robot);
    interrupt(&child);
    assert!(child.wait().unwrap().success());
    answer[9..].chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect()
}

#[test]
fn a_robot_is_told_whether_there_is_a_gpu() {
    let home = Folder::new();
    assert_eq!(greeted(home.path(), "software"), [1.0, 4.0, 2.0, 1.0]);
    assert_eq!(greeted(home.path(), "off"), [1.0, 4.0, 2.0, 0.0]);
}
