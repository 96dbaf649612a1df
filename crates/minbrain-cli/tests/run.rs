//! `minbrain run` as its users meet it: a process with arguments, output and an exit status.

mod program;

use std::io::{BufRead, BufReader, Read};

use program::{Folder, json_lines, minbrain, run};

#[test]
fn help_shows_what_can_be_done() {
    let said = run(minbrain().arg("--help"));
    assert_eq!(said.status, 0);
    for word in ["--world", "--stream", "--report", "Examples:", "Exit status:"] {
        assert!(said.out.contains(word), "{word} is missing in {}", said.out);
    }
}

#[test]
fn wrong_usage_exits_with_2() {
    let wrong: [&[&str]; 12] = [
        &["run", "--policy", "imitate"],
        &["run", "--history", "2"],
        &["run", "--alone", "--taught", "5"],
        &["run", "--stream", "life.csv", "--taught", "5"],
        &["--nonsense"],
        &["dance"],
        &["run", "--steps", "0"],
        &["run", "--steps", "many"],
        &["run", "--world", "moon"],
        &["run", "--world", "arena", "--stream", "life.csv"],
        &["run", "--report", "a.html", "--no-report"],
        &["run", "left-over"],
    ];
    for args in wrong {
        let said = run(minbrain().args(args));
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{args:?}: {}", said.err);
    }
}

#[test]
fn an_unknown_world_is_answered_with_the_known_ones() {
    let said = run(minbrain().args(["run", "--world", "moon"]));
    for world in minbrain_sim::WORLDS {
        assert!(said.err.contains(world), "{}", said.err);
    }
}

#[test]
fn a_budget_of_nothing_is_refused_by_name() {
    let folder = Folder::new();
    let said = run(minbrain().current_dir(folder.path()).args(["--budget", "0", "--steps", "9"]));
    assert_eq!((said.status, said.out.as_str()), (2, ""));
    assert!(said.err.contains("--budget") && said.err.contains("1..="), "{}", said.err);
}

#[test]
fn without_a_command_it_runs_and_sums_up() {
    let folder = Folder::new();
    let said = run(minbrain().current_dir(folder.path()).args(["--steps", "400"]));
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    assert_eq!(said.out.lines().filter(|line| line.contains(" %  cycle ")).count(), 10);
    for word in ["beacons per 1,000 ticks", "random", "scripted", "p99.9", "minbrain-report.html"] {
        assert!(said.out.contains(word), "{word} is missing in {}", said.out);
    }
    assert!(folder.path().join("minbrain-report.html").is_file());
}

#[test]
fn json_is_one_object_and_nothing_else() {
    let folder = Folder::new();
    let args = ["run", "--json", "--steps", "300", "--seed", "7", "--budget", "150"];
    let said = run(minbrain().current_dir(folder.path()).args(args));
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    let [object] = &json_lines(&said.out)[..] else { panic!("{}", said.out) };
    assert_eq!(object["run"], "arena");
    let settings = ["steps", "cycles", "seed", "budget", "experiences", "forgotten"];
    assert_eq!(settings.map(|key| object[key].as_u64().unwrap()), [300, 300, 7, 150, 150, 150]);
    for key in ["p50_us", "p99_us", "p999_us", "max_us", "surprise_first", "surprise_last"] {
        assert!(object[key].as_f64().unwrap() > 0.0, "{key} in {object}");
    }
    for player in ["brain", "random", "scripted"] {
        assert!(object[player]["beacons_per_1000_ticks"].is_number(), "{object}");
        assert!(object[player]["collisions"].is_number(), "{object}");
    }
}

#[test]
fn every_world_runs_and_compares_three_players() {
    for world in minbrain_sim::WORLDS {
        let args = ["run", "--world", world, "--steps", "450", "--json", "--no-report"];
        let said = run(minbrain().args(args));
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{world}");
        let [object] = &json_lines(&said.out)[..] else { panic!("{}", said.out) };
        assert_eq!(object["run"], world);
        assert_eq!(object["report"], serde_json::Value::Null);
        assert!(["brain", "random", "scripted"].iter().all(|p| object[p]["return"].is_number()));
    }
}

/// Where there is a reward to learn from the brain learns from that; in the arena it is taught.
#[test]
fn worlds_have_a_policy_and_may_be_given_another() {
    let lived = |more: &[&str]| {
        let args = ["run", "--steps", "300", "--json", "--no-report"];
        let object = json_lines(&run(minbrain().args(args).args(more)).out).remove(0);
        let methods: Vec<String> = object["methods"].as_object().unwrap().keys().cloned().collect();
        (object["policy"].clone(), object["alone"].clone(), methods)
    };
    for (more, policy, alone, method) in [
        (&["--world", "cartpole"][..], "value", true, "novelty"),
        (&["--world", "cartpole", "--policy", "consensus"], "consensus", false, "given"),
        (&["--world", "arena", "--policy", "consensus"], "consensus", false, "given"),
        (&["--world", "arena"], "imitation", false, "given"),
        (&["--world", "pendulum", "--policy", "imitation"], "imitation", false, "given"),
        (&["--alone"], "imitation", true, "bootstrap"),
        (&["--world", "arena", "--policy", "value"], "value", true, "novelty"),
    ] {
        let (said_policy, said_alone, methods) = lived(more);
        assert_eq!((said_policy.as_str(), said_alone.as_bool()), (Some(policy), Some(alone)));
        assert!(methods.iter().any(|m| m == method), "{more:?}: {methods:?}");
    }
}

/// The pole is taught, and then kept up by the brain alone; who only repeats what the teacher does
/// now and then lets it fall.
#[test]
fn a_run_with_a_teacher_is_taught_and_then_goes_on_alone() {
    let args = ["run", "--world", "cartpole", "--policy", "imitation", "--json", "--no-report"];
    let said = run(minbrain().args(args).args(["--steps", "3000", "--history", "0"]));
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    let object = json_lines(&said.out).remove(0);
    assert_eq!((&object["taught_until"], &object["history"]), (&2250.into(), &0.into()));
    let asked: Vec<[f64; 2]> = serde_json::from_value(object["asked_percent"].clone()).unwrap();
    let taught = asked.iter().filter(|point| (1_500.0..2_200.0).contains(&point[0]));
    let mean = taught.clone().map(|point| point[1]).sum::<f64>() / taught.count() as f64;
    assert!(asked[0][1] > 60.0 && mean < 30.0, "{mean} in the end of {asked:?}");
    let late = asked.iter().filter(|point| point[0] > 2_325.0);
    assert!(late.clone().count() > 5 && late.clone().all(|point| point[1] == 0.0), "{asked:?}");
    let alone = &object["alone_score"];
    let scores: Vec<[f64; 2]> = serde_json::from_value(alone["scores"].clone()).unwrap();
    let at: Vec<f64> = scores.iter().map(|score| score[0]).collect();
    assert_eq!(at, [0.0, 1_000.0, 2_000.0, 3_000.0]);
    assert!(scores[0][1] < 100.0 && scores[3][1] > 450.0, "{scores:?}");
    assert_eq!((&alone["last"], &alone["scripted"]), (&scores[3][1].into(), &500.0.into()));
    let earned = |who: &str| object[who]["return_per_episode"].as_f64().unwrap_or(3_000.0);
    assert!(earned("repeating") < 0.5 * earned("brain"), "{object}");
}

#[test]
fn what_leads_the_summary_is_the_score_alone() {
    for (args, lines) in [
        (
            &["--steps", "1500", "--seed", "2"][..],
            &["alone ", "teacher ", "after the teacher left"][..],
        ),
        (&["--steps", "300", "--world", "pendulum"], &["alone "]),
    ] {
        let said = run(minbrain().args(["run", "--no-report"]).args(args));
        let summary = said.out.split_once("minbrain     ").unwrap().1;
        let second = summary.lines().nth(1).unwrap();
        assert!(second.starts_with(lines[0]) && second.contains("scripted"), "{}", said.out);
        assert!(lines.iter().all(|line| summary.contains(line)), "{}", said.out);
    }
}

#[test]
fn the_same_seed_gives_the_same_life() {
    let life = |seed: &str| {
        let args = ["run", "--steps", "300", "--json", "--no-report", "--seed", seed];
        let said = run(minbrain().args(args));
        let object = json_lines(&said.out).remove(0);
        ["brain", "random", "scripted", "repeating", "alone_score", "methods"]
            .map(|key| object[key].clone())
    };
    assert_eq!(life("3"), life("3"));
    assert_ne!(life("3"), life("4"));
}

#[test]
fn the_report_needs_no_network() {
    let folder = Folder::new();
    let path = folder.path().join("report.html");
    let said = run(minbrain().args(["run", "--steps", "400", "--report"]).arg(&path));
    assert_eq!(said.status, 0);
    let page = std::fs::read_to_string(path).unwrap();
    for outside in ["http:", "https:", "//", "src=", "<link", "@import", "url("] {
        assert!(!page.contains(outside), "{outside} in the report");
    }
    for shown in [
        "Alone",
        "Asked",
        "the teacher leaves",
        "Surprise",
        "Where the robot went",
        "Latency",
        "--steps 400",
        "<svg",
    ] {
        assert!(page.contains(shown), "{shown} is missing");
    }
    assert!(!page.contains("NaN"), "a figure is missing");
}

#[test]
fn a_report_that_cannot_be_written_fails_after_the_summary() {
    let folder = Folder::new();
    let path = folder.path().join("nowhere/report.html");
    let said = run(minbrain().args(["run", "--steps", "100", "--report"]).arg(&path));
    assert_eq!(said.status, 1);
    assert!(said.out.contains("experiences"), "{}", said.out);
    assert!(said.err.contains("the report could not be written to"), "{}", said.err);
    assert!(said.err.contains("nowhere"), "{}", said.err);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_run_with_its_summary() {
    let folder = Folder::new();
    let report = folder.path().join("report.html");
    let mut command = minbrain();
    command.args(["run", "--steps", "30000", "--report"]).arg(&report);
    let mut child = program::start(&mut command);
    // The first line comes after a tenth of the run: it is well under way.
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    output.read_line(&mut text).unwrap();
    program::interrupt(&child);
    output.read_to_string(&mut text).unwrap();
    let said = program::finish(child);
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    assert!(text.contains("ended early of 30,000") && text.contains("experiences"), "{text}");
    assert!(report.is_file());
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_it_quietly() {
    let mut command = minbrain();
    command.args(["run", "--steps", "200", "--no-report"]);
    let mut child = program::start(&mut command);
    drop(child.stdout.take());
    let said = program::finish(child);
    assert_eq!((said.status, said.err.as_str()), (0, ""));
}
