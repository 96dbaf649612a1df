//! What a person and a program get to read.

use std::fs;

use clap::Parser;
use serde_json::Value;

use super::*;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    bench: BenchArgs,
}

fn run(words: &str) -> Result<String, String> {
    let line = Line::try_parse_from(["minbrain"].into_iter().chain(words.split_whitespace()))
        .map_err(|error| error.to_string())?;
    let mut out = Vec::new();
    main(&line.bench, None, &mut out).map_err(|error| error.to_string())?;
    Ok(String::from_utf8(out).unwrap())
}

fn rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn cycle_gives_one_object_per_size_with_the_promised_keys() {
    let rows = rows(&run("cycle --sizes 30,100 --cycles 25 --sensors 5 --json").unwrap());
    assert_eq!(rows.len(), 2);
    for (row, size) in rows.iter().zip([30, 100]) {
        assert_eq!(
            (row["bench"].as_str(), row["experiences"].as_u64()),
            (Some("cycle"), Some(size))
        );
        for key in ["p50_us", "p99_us", "p999_us", "max_us", "bytes_per_experience"] {
            assert!(row[key].as_f64().unwrap() > 0.0, "{key} in {row}");
        }
        assert_eq!((row["cycles"].as_u64(), row["sensors"].as_u64()), (Some(25), Some(5)));
        assert_eq!(row["policy"].as_str(), Some("consensus"));
    }
    assert!(rows[0]["pass"].is_null());
    assert!(rows[1]["pass"].is_boolean());
}

#[test]
fn ladder_gives_every_rung_with_its_speedup_and_error() {
    let rows = rows(&run("ladder --sizes 40 --json").unwrap());
    let rungs: Vec<&str> = rows.iter().map(|row| row["rung"].as_str().unwrap()).collect();
    assert_eq!((rungs.len(), rungs[0], rungs[5]), (6, "baseline", "minbrain"));
    for row in &rows {
        assert_eq!(
            (row["bench"].as_str(), row["experiences"].as_u64()),
            (Some("ladder"), Some(40))
        );
        for key in ["p50_us", "p99_us", "p999_us", "max_us", "speedup", "prediction_error"] {
            assert!(row[key].as_f64().unwrap() > 0.0, "{key} in {row}");
        }
    }
    assert_eq!(rows[0]["speedup"].as_f64(), Some(1.0));
}

#[test]
fn prediction_compares_all_policies_with_the_unbounded_brain() {
    let rows = rows(&run("prediction --steps 1000 --json").unwrap());
    let said: Vec<(&str, Option<u64>)> =
        rows.iter().map(|row| (row["policy"].as_str().unwrap(), row["budget"].as_u64())).collect();
    let quarter = |policy| (policy, Some(250));
    let bounded = ["coverage", "utility", "fifo", "random", "none"].map(quarter);
    assert_eq!(said[0], ("none", None));
    assert_eq!(said[1..], bounded);
    for row in &rows[1..] {
        let ratio = row["nrmse"].as_f64().unwrap() / rows[0]["nrmse"].as_f64().unwrap();
        assert!((row["ratio_to_unbounded"].as_f64().unwrap() - ratio).abs() < 1e-9);
    }
}

#[test]
fn faults_gives_one_object_per_part_and_fault_with_the_promised_keys() {
    let words = "faults --seeds 1 --first-seed 7 --faults none,first:65535 --json";
    let rows = rows(&run(words).unwrap());
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let said: Vec<_> = rows.iter().map(|row| (text(row, "part"), text(row, "fault"))).collect();
    let parts = ["prediction", "cartpole"]
        .map(|part| ["none", "first:65535"].map(|fault| (part.to_owned(), fault.to_owned())));
    assert_eq!(said, parts.concat());
    for row in &rows {
        assert_eq!((row["bench"].as_str(), row["seeds"].as_u64()), (Some("faults"), Some(1)));
        assert_eq!(row["before"].is_null(), row["fault"] == "first:65535");
        for window in ["after_100", "after_500", "after_2000"] {
            let keys: &[&str] = match row["part"].as_str() {
                Some("prediction") => &["error", "ratio"],
                _ => &["median", "least", "twin_median", "twin_least"],
            };
            assert!(keys.iter().all(|key| row[window][key].as_f64().unwrap() > 0.0), "{row}");
        }
    }
    assert_eq!(rows[0]["after_2000"]["ratio"].as_f64(), Some(1.0));
    assert_eq!(rows[2]["before"]["median"], rows[2]["before"]["twin_median"]);
}

#[test]
fn one_policy_without_a_budget_keeps_everything() {
    let rows = rows(&run("prediction --steps 1000 --policy fifo --budget 0 --json").unwrap());
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["experiences"].as_u64(), Some(1_000));
    assert!(rows[0]["budget"].is_null());
}

#[test]
fn recall_is_exact_and_gives_the_promised_keys() {
    let words = "recall --sizes 200,300 --dims 4,6 --queries 50 --turnover 1";
    for data in ["trajectory", "gaussian"] {
        let rows = rows(&run(&format!("{words} --data {data} --json")).unwrap());
        let said = |key: &str| rows.iter().map(|row| row[key].as_u64()).collect::<Vec<_>>();
        assert_eq!(said("experiences"), [200, 300, 200, 300].map(Some));
        assert_eq!(said("dims"), [4, 4, 6, 6].map(Some));
        for row in &rows {
            assert_eq!((row["bench"].as_str(), row["data"].as_str()), (Some("recall"), Some(data)));
            assert_eq!((row["recall"].as_f64(), row["turnover"].as_u64()), (Some(1.0), Some(1)));
            for key in ["p50_us", "p99_us", "p999_us", "max_us"] {
                for of in [row, &row["insert"], &row["delete"], &row["step"], &row["scan"]] {
                    assert!(of[key].as_f64().unwrap() > 0.0, "{key} in {row}");
                }
            }
        }
    }
}

#[test]
fn learning_gives_one_object_per_task_and_seed_with_the_promised_keys() {
    let words = "learning --tasks pendulum,cartpole --seeds 2 --first-seed 7 --steps 120 --every 50 \
                 --episodes 2 --idle 10 --budget 90 --fault delay:1 --noise-sensors 3 --threads 2 \
                 --json";
    let rows = rows(&run(words).unwrap());
    let said: Vec<_> =
        rows.iter().map(|row| (row["task"].as_str().unwrap(), row["seed"].as_u64())).collect();
    let expected = ["pendulum", "cartpole"].map(|task| [7, 8].map(|seed| (task, Some(seed))));
    assert_eq!(said, expected.concat());
    for row in &rows {
        assert_eq!(row["bench"].as_str(), Some("learning"));
        assert_eq!(row["faults"], serde_json::json!(["delay:1", "noise-sensors:3"]));
        assert_eq!((row["steps"].as_u64(), row["experiences"].as_u64()), (Some(120), Some(90)));
        let checkpoints = row["checkpoints"].as_array().unwrap();
        let steps: Vec<_> = checkpoints.iter().map(|c| c["step"].as_u64().unwrap()).collect();
        assert_eq!(steps, [50, 100, 120]);
        assert_eq!(row["final_return"], checkpoints[2]["return"]);
        assert!(checkpoints.iter().all(|c| c["least"].as_f64() <= c["return"].as_f64()));
        for key in ["solved_step", "sustained_step"] {
            assert!(row.as_object().unwrap()[key].is_null(), "{row}");
        }
        for key in ["decide_us", "learn_us", "consolidate_us"] {
            assert!(row[key]["p99_us"].as_f64() >= row[key]["p50_us"].as_f64(), "{key} in {row}");
        }
    }
}

#[test]
fn a_threshold_that_is_low_enough_is_reached_and_kept() {
    let words = "learning --tasks pendulum --threshold -5000 --seeds 2 --steps 150 --every 50 \
                 --episodes 1 --idle 0";
    for row in rows(&run(&format!("{words} --json")).unwrap()) {
        assert_eq!(row["solved_step"].as_u64(), Some(50));
        assert_eq!(row["sustained_step"].as_u64(), Some(50));
        assert_eq!(row["kept_share"].as_f64(), Some(1.0));
    }
    let table = run(words).unwrap();
    assert!(table.contains("2 of 2 solved, 2 sustained.\n"), "{table}");
    let changed = run(&format!("{words} --fault change@20")).unwrap();
    assert!(changed.contains("2 recovered after the change"), "{changed}");
    assert!(changed.contains("Scripted, after the change: "), "{changed}");
    assert!(table.lines().chain(changed.lines()).all(|line| line.len() <= 105), "{table}");
}

#[test]
fn learning_curves_are_written_where_they_are_wanted() {
    let folder = std::env::temp_dir().join(format!("minbrain-curves-{}", std::process::id()));
    let nested = folder.join("today");
    let words = "learning --tasks cartpole,pendulum --seeds 3 --steps 120 --every 40 --episodes 1 \
                 --idle 0 --fault change@60 --json --report";
    let said = run(&format!("{words} {}", nested.display())).unwrap();
    assert_eq!(said.lines().count(), 6, "{said}");
    let page = fs::read_to_string(nested.join("learning.html")).unwrap();
    for (part, times) in [
        (r#"class="line brain thin""#, 2 * 3),
        (r#"class="line brain bold""#, 2),
        (r#"class="level scripted""#, 2),
        ("the world changes", 2),
        ("<svg", 2),
        ("seeds 100 to 102", 1),
        ("Faults: change@60", 1),
        ("http", 0),
        ("NaN", 0),
    ] {
        assert_eq!(page.matches(part).count(), times, "{part}");
    }
    // Three checkpoints make a line of three points.
    let line = page.split(r#"class="line brain thin" d=""#).nth(1).unwrap();
    assert_eq!(line.split('"').next().unwrap().matches(['M', 'L']).count(), 3);
    let blocked = run(&format!("{words} {}", nested.join("learning.html/x").display()));
    assert!(blocked.unwrap_err().contains("learning.html/x"));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn tables_have_a_line_per_row_and_no_line_is_wider_than_a_page() {
    for (words, expected) in [
        ("cycle --sizes 30,100 --cycles 25 --sensors 5", 2),
        ("ladder --sizes 40", 6),
        ("prediction --steps 1000", 6),
        ("faults --parts prediction --faults spike:8,tremble --seeds 1", 2),
        ("recall --sizes 100,200 --queries 50 --turnover 2", 2),
    ] {
        let text = run(words).unwrap();
        let (_, body) = text.split_once("---\n").unwrap();
        assert_eq!(body.lines().count(), expected, "{text}");
        assert!(text.lines().all(|line| line.len() <= 105), "{text}");
    }
}

#[test]
fn a_csv_file_is_read_as_a_run_reads_it() {
    let path = std::env::temp_dir().join(format!("minbrain-bench-{}.csv", std::process::id()));
    let mut text = String::from("time,obs.x,act.u,ended\n");
    for at in 0..1_300 {
        // One episode ends at row 650, and time jumps at row 900.
        let time = f64::from(at) * 0.1 + if at >= 900 { 60.0 } else { 0.0 };
        let x = (f64::from(at) * 0.05).sin();
        text.push_str(&format!("{time},{x},{},{}\n", at % 7, u8::from(at == 650)));
    }
    fs::write(&path, text).unwrap();
    let stream = lives::load(path.to_str().unwrap(), None, 0);
    fs::remove_file(&path).unwrap();
    let stream = stream.unwrap();
    // Of 1,300 rows the last leads nowhere, nor does the one that ended, nor the one before the jump.
    assert_eq!(stream.steps.len(), 1_297);
    assert_eq!((stream.sensors, stream.cycle_period_us), (1, 100_000));
    let cuts: Vec<usize> = (0..1_297).filter(|&at| stream.steps[at].cut).collect();
    assert_eq!(cuts, [649, 897]);
    assert!(stream.steps[649].ended && !stream.steps[648].ended);
    assert_eq!(stream.steps[650].observation, [(651.0_f64 * 0.05).sin() as f32]);
}

#[test]
fn wrong_usage_is_told() {
    for (words, expected) in [
        ("cycle --sizes 0", "0"),
        ("cycle --policy love", "consensus"),
        ("prediction --policy lru", "coverage"),
        ("prediction --data moon", "moon"),
        ("prediction --data nowhere.npz", "nowhere.npz"),
        ("prediction --steps 10", "1000 steps"),
        ("learning --tasks moon", "mountain-car"),
        ("learning --fault love:1", "change@STEP"),
        ("learning --tasks cartpole --fault change@5000", "a change before step 5000"),
        ("learning --threshold 3", "one task"),
        ("learning --tasks cartpole --threshold inf", "finite"),
        ("learning --tasks cartpole --steps 0", "steps: expected 1 to"),
        ("learning --tasks cartpole --every 0", "checkpoint_every: expected 1 to"),
        ("learning --seeds 0", "1..=10000"),
        ("learning --threads 0", "zero"),
        ("faults --parts love", "cartpole"),
        ("faults --faults love", "rests-first"),
        ("faults --seeds 0", "1..=10000"),
        ("recall --k 0", "1 to 256"),
        ("recall --data nowhere.npy", "nowhere.npy"),
        ("recall --dims 257", "257"),
        ("", "cycle"),
    ] {
        let said = run(words).unwrap_err();
        assert!(said.contains(expected), "{words}: {said}");
    }
}
