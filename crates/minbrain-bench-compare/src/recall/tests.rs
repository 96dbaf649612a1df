//! That the comparison compares what it says.

use clap::Parser;
use serde_json::Value;

use super::*;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    args: RecallArgs,
}

fn run(words: &str) -> (String, String) {
    let line = Line::try_parse_from(["compare"].into_iter().chain(words.split_whitespace()));
    let (mut out, mut notes) = (Vec::new(), Vec::new());
    main(&line.unwrap().args, &mut out, &mut notes).unwrap();
    (String::from_utf8(out).unwrap(), String::from_utf8(notes).unwrap())
}

const SMALL: &str = "--sizes 300 --dims 4 --turnover 2 --queries 60";

#[test]
fn ours_is_exact_and_every_library_is_held_against_it() {
    let (out, _) = run(&format!("{SMALL} --only none --json"));
    let rows: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said: Vec<&str> = rows.iter().map(|row| row["library"].as_str().unwrap()).collect();
    assert_eq!(said, ["minbrain", "scan"]);
    for row in &rows {
        for key in ["recall", "fresh_recall", "recall_at_fresh_effort"] {
            assert_eq!(row[key].as_f64(), Some(1.0), "{key} in {row}");
        }
        for key in ["query", "fresh_query", "insert", "delete", "step"] {
            assert!(row[key]["p50_us"].as_f64().unwrap() > 0.0, "{key} in {row}");
        }
    }
    assert_eq!(rows[0]["step_ratio_to_ours"].as_f64(), Some(1.0));
}

#[test]
fn what_is_not_installed_is_said_and_left_out() {
    let (out, notes) = run(&format!("{SMALL} --only faiss-flat --python no-such-python"));
    assert!(notes.contains("faiss-flat is left out: faiss-flat: no-such-python does not start"));
    assert!(!out.contains("faiss"));
    assert_eq!(notes.contains("--features peers"), cfg!(not(feature = "peers")));
}

#[test]
fn the_table_has_a_line_for_each_library() {
    let (out, _) = run(&format!("{SMALL} --only none"));
    let last: Vec<&str> = out.lines().rev().take(2).collect();
    assert!(last[0].starts_with("scan") && last[1].starts_with("minbrain"), "{out}");
}
