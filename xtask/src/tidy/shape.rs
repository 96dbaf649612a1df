//! How long files and functions are. The limits are ratchets: what stays under them is never worse
//! than what was found readable in projects that we learned from.

use crate::tidy::function::{Function, functions};
use crate::tidy::{Finding, House, Rule};

/// Lines of the longest file, of whatever language.
const FILE_LINES: usize = 600;
/// Lines of the Rust file in the middle of all.
const FILE_LINES_MEDIAN: usize = 200;
/// Lines of the longest function.
const FUNCTION_LINES: usize = 70;
/// Nine of ten functions have no more lines.
const FUNCTION_LINES_P90: usize = 35;
/// Lines of the function in the middle of all.
const FUNCTION_LINES_MEDIAN: usize = 10;
/// What people write by hand and read as code.
const SOURCES: &[&str] = &["rs", "py", "js", "ts", "css", "wgsl"];

pub(super) const FILES: Rule = Rule {
    name: "file-length",
    reason: "a file is one thing that a reader holds in mind; split it by meaning, not by length",
    check: check_files,
};

pub(super) const FUNCTIONS: Rule = Rule {
    name: "function-length",
    reason: "a function does one thing at one level and is seen whole on a screen",
    check: check_functions,
};

fn check_files(house: &House<'_>) -> Vec<Finding> {
    let sources = house.tree.files.iter().filter(|f| SOURCES.iter().any(|e| f.has_extension(e)));
    let long = sources.filter(|file| file.lines().count() > FILE_LINES).map(|file| {
        let problem = format!("{} lines, {FILE_LINES} at most", file.lines().count());
        Finding::new(&file.path, 0, problem)
    });
    let mut findings: Vec<Finding> = long.collect();
    let median = percentile(&file_lengths(house), 50);
    if median > FILE_LINES_MEDIAN {
        let problem = format!("a median of {median} lines, {FILE_LINES_MEDIAN} at most");
        findings.push(Finding::new("all Rust files", 0, problem));
    }
    findings
}

fn check_functions(house: &House<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for code in &house.code {
        let long = functions(code).into_iter().filter(|f| f.lines > FUNCTION_LINES);
        findings.extend(long.map(|Function { name, line, lines }| {
            let problem = format!("fn {name} has {lines} lines, {FUNCTION_LINES} at most");
            Finding::new(code.path, line, problem)
        }));
    }
    let lengths = function_lengths(house);
    for (percent, limit) in [(50, FUNCTION_LINES_MEDIAN), (90, FUNCTION_LINES_P90)] {
        let lines = percentile(&lengths, percent);
        if lines > limit {
            let problem = format!("{percent} % reach up to {lines} lines, {limit} at most");
            findings.push(Finding::new("all functions", 0, problem));
        }
    }
    findings
}

/// The two figures of shape, a line each.
pub(super) fn summary(house: &House<'_>) -> [String; 2] {
    let line = |what: &str, lengths: &[usize]| {
        let [median, p90, longest] = [50, 90, 100].map(|percent| percentile(lengths, percent));
        let count = lengths.len();
        format!("{count} {what}: median {median} lines, 90 % within {p90}, longest {longest}")
    };
    [line("Rust files", &file_lengths(house)), line("functions", &function_lengths(house))]
}

fn file_lengths(house: &House<'_>) -> Vec<usize> {
    house.code.iter().map(|code| code.text.lines().count()).collect()
}

fn function_lengths(house: &House<'_>) -> Vec<usize> {
    house.code.iter().flat_map(functions).map(|function| function.lines).collect()
}

/// The nearest-rank percentile: the smallest value that `percent` of all do not exceed; 0 of none.
fn percentile(values: &[usize], percent: usize) -> usize {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    fn function_of(lines: usize) -> String {
        format!("fn f() {{\n{}}}\n", "    x();\n".repeat(lines - 2))
    }

    #[test]
    fn a_file_over_the_limit_is_found() {
        let (fits, long) = ("x\n".repeat(FILE_LINES), "x\n".repeat(FILE_LINES + 1));
        let found = findings(&FILES, &[("a.py", &fits), ("b.py", &long)]);
        assert_eq!(found, ["b.py: 601 lines, 600 at most"]);
    }

    #[test]
    fn the_median_file_is_bounded() {
        let (short, long) = ("x\n".repeat(10), "x\n".repeat(FILE_LINES_MEDIAN + 1));
        assert!(findings(&FILES, &[("a.rs", &short), ("b.rs", &long)]).is_empty());
        let samples = [("a.rs", short.as_str()), ("b.rs", &long), ("c.rs", &long)];
        assert_eq!(
            findings(&FILES, &samples),
            ["all Rust files: a median of 201 lines, 200 at most"]
        );
    }

    #[test]
    fn a_function_over_the_limit_is_found() {
        let short = "fn s() {}\n".repeat(20);
        let fits = short.clone() + &function_of(FUNCTION_LINES);
        assert!(findings(&FUNCTIONS, &[("a.rs", &fits)]).is_empty());
        let long = short + &function_of(FUNCTION_LINES + 1);
        assert_eq!(
            findings(&FUNCTIONS, &[("a.rs", &long)]),
            ["a.rs:21: fn f has 71 lines, 70 at most"]
        );
    }

    #[test]
    fn most_functions_are_short() {
        let medium = function_of(FUNCTION_LINES_MEDIAN + 1);
        let found = findings(&FUNCTIONS, &[("a.rs", &medium)]);
        assert_eq!(found, ["all functions: 50 % reach up to 11 lines, 10 at most"]);
        let long = "fn s() {}\n".repeat(8) + &function_of(FUNCTION_LINES_P90 + 1).repeat(2);
        let found = findings(&FUNCTIONS, &[("a.rs", &long)]);
        assert_eq!(found, ["all functions: 90 % reach up to 36 lines, 35 at most"]);
    }

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        assert_eq!(percentile(&[], 50), 0);
        assert_eq!([50, 90, 100].map(|p| percentile(&[4, 1, 3, 2], p)), [2, 4, 4]);
    }
}
