//! The engine never asks the world: time, randomness, files and threads enter as parameters. So the
//! same inputs give the same bytes, on a robot and in a replay.

use crate::tidy::code::Code;
use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule = Rule {
    name: "purity",
    reason: "time, randomness, files and threads enter the engine as parameters: the same inputs give \
             the same bytes, and a cycle waits for nothing",
    check,
};

const PURE: &[&str] = &["minbrain", "minbrain-kernels"];
/// Modules of the standard library that reach outside the program, or wait.
const WORLD: &[&str] = &["env", "fs", "net", "process", "thread", "time"];
/// What reaches outside by whatever path it was imported.
const REACHES_OUT: &[&str] = &["Instant", "SystemTime", "async", "await"];
const PRINTS: &[&str] = &["print", "println", "eprint", "eprintln", "dbg"];

fn check(house: &House<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let pure = |code: &&Code<'_>| code.shipped_by().is_some_and(|name| PURE.contains(&name));
    for code in house.code.iter().filter(pure) {
        let mut found = |at: usize, what: String| {
            findings.push(Finding::new(code.path, code.line(at), what));
        };
        for at in code.shipped_words("std").chain(code.shipped_words("core")) {
            for module in modules(code, at) {
                found(module, format!("std::{}", code.text_at(module)));
            }
        }
        for word in REACHES_OUT {
            code.shipped_words(word).for_each(|at| found(at, (*word).to_owned()));
        }
        for word in PRINTS {
            let calls = code.shipped_words(word).filter(|at| code.text_at(at + 1) == "!");
            calls.for_each(|at| found(at, format!("{word}!")));
        }
    }
    findings
}

/// The places of the forbidden modules in the path or the group that follows the `std` at `at`.
fn modules(code: &Code<'_>, at: usize) -> Vec<usize> {
    if !code.reads(at + 1, &[":", ":"]) {
        return Vec::new();
    }
    let first = at + 3;
    let mut firsts = vec![first];
    if code.text_at(first) == "{" {
        let group = first + 1..code.close(first);
        let starts = group.filter(|&place| ["{", ","].contains(&code.text_at(place - 1)));
        firsts = starts.collect();
    }
    firsts.retain(|&place| WORLD.contains(&code.text_at(place)) && !is_length_of_time(code, place));
    firsts
}

/// A `Duration` is a number with a unit; it asks nobody.
fn is_length_of_time(code: &Code<'_>, at: usize) -> bool {
    code.reads(at, &["time", ":", ":", "Duration"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    fn in_engine(text: &str) -> Vec<String> {
        findings(&RULE, &[("crates/minbrain/src/a.rs", text)])
    }

    #[test]
    fn asking_the_world_is_found() {
        for text in [
            "use std::time::Instant as Now;",
            "use std::{fmt, fs::File};",
            "let x = std::env::var(\"X\");",
            "std::thread::spawn(f);",
            "let now = SystemTime::now();",
            "println!(\"x\");",
            "async fn f() {}",
        ] {
            assert!(!in_engine(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn numbers_of_time_tests_and_other_crates_are_fine() {
        for text in [
            "use std::time::Duration; use core::fmt;",
            "use std::{fmt, path::Path}; fn process() { env::f() }",
            "#[cfg(test)] mod tests { use std::fs; }",
            "// std::time\nlet a = \"std::fs\";",
        ] {
            assert_eq!(in_engine(text), [""; 0], "{text}");
        }
        let elsewhere = ["crates/minbrain-cli/src/a.rs", "crates/minbrain/tests/a.rs"];
        for path in elsewhere {
            assert!(findings(&RULE, &[(path, "use std::fs;")]).is_empty(), "{path}");
        }
    }
}
