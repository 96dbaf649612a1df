//! The root reads as a table of contents: what a visitor looks for is there, under its usual name.

use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule =
    Rule { name: "papers", reason: "a visitor looks for these under their usual names", check };

const PAPERS: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "GLOSSARY.md",
    "STYLE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "docs/numbers.md",
];

fn check(house: &House<'_>) -> Vec<Finding> {
    let is_absent =
        |path: &str| house.tree.file(path).is_none_or(|file| file.text.trim().is_empty());
    let absent = PAPERS.iter().filter(|path| is_absent(path));
    absent.map(|path| Finding::new(path, 0, "missing or empty")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    #[test]
    fn a_missing_and_an_empty_paper_are_found() {
        let mut samples: Vec<(&str, &str)> = PAPERS.iter().map(|path| (*path, "text")).collect();
        assert!(findings(&RULE, &samples).is_empty());
        samples[0].1 = "\n";
        samples.pop();
        let found = findings(&RULE, &samples);
        assert_eq!(found, ["README.md: missing or empty", "docs/numbers.md: missing or empty"]);
    }
}
