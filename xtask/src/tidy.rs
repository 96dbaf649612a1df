//! The rules of STYLE.md that a program can hold. Each rule is a small module: the reason first,
//! the check, and samples that show that it can fail.

mod code;
mod dependencies;
mod figures;
mod function;
mod glossary;
mod hash_order;
mod leftovers;
mod lexer;
mod links;
mod machine_paths;
mod manifest;
mod markdown;
mod names;
mod papers;
mod pictures;
mod purity;
mod queues;
mod shape;
mod switches;
mod tree;
mod unsafe_code;

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use crate::tidy::code::Code;
use crate::tidy::tree::{File, Tree};

/// What a rule looks at: all tracked files, and the Rust among them as code.
struct House<'a> {
    tree: &'a Tree,
    code: Vec<Code<'a>>,
}

/// One rule.
struct Rule {
    name: &'static str,
    reason: &'static str,
    check: fn(&House<'_>) -> Vec<Finding>,
}

/// A place where a rule does not hold.
struct Finding {
    path: String,
    /// Counted from 1; 0 where the whole file or the whole project is meant.
    line: usize,
    problem: String,
}

const RULES: &[Rule] = &[
    shape::FILES,
    shape::FUNCTIONS,
    switches::RULE,
    names::RULE,
    unsafe_code::RULE,
    purity::RULE,
    hash_order::RULE,
    queues::RULE,
    dependencies::RULE,
    leftovers::RULE,
    pictures::RULE,
    machine_paths::RULE,
    papers::RULE,
    links::RULE,
    glossary::RULE,
    figures::RULE,
];

/// Checks every rule over the workspace at `root`; true if all hold.
pub(crate) fn run(root: &Path, out: &mut dyn Write) -> io::Result<bool> {
    let tree = Tree::read(root)?;
    let house = House::new(&tree);
    let mut broken = 0;
    for rule in RULES {
        let findings = (rule.check)(&house);
        for finding in &findings {
            writeln!(out, "{finding} [{}]", rule.name)?;
        }
        if !findings.is_empty() {
            writeln!(out, "  why: {}", rule.reason)?;
            broken += 1;
        }
    }
    for line in shape::summary(&house) {
        writeln!(out, "{line}")?;
    }
    match broken {
        0 => writeln!(out, "{} rules hold over {} files", RULES.len(), tree.files.len())?,
        _ => writeln!(out, "{broken} of {} rules are broken", RULES.len())?,
    }
    Ok(broken == 0)
}

impl<'a> House<'a> {
    fn new(tree: &'a Tree) -> Self {
        let rust = tree.files.iter().filter(|file| file.has_extension("rs"));
        Self { tree, code: rust.map(|file| Code::read(&file.path, &file.text)).collect() }
    }

    /// The Markdown files.
    fn prose(&self) -> impl Iterator<Item = &'a File> {
        self.tree.files.iter().filter(|file| file.has_extension("md"))
    }
}

impl Finding {
    fn new(path: &str, line: usize, problem: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, problem: problem.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.problem),
            line => write!(f, "{}:{line}: {}", self.path, self.problem),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `rule` finds in `samples` of path and text, a line each.
    pub(super) fn findings(rule: &Rule, samples: &[(&str, &str)]) -> Vec<String> {
        let tree = Tree::of(samples);
        (rule.check)(&House::new(&tree)).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn every_rule_is_explained_in_style() {
        let style = include_str!("../../STYLE.md");
        for rule in RULES {
            let name = format!("`{}`", rule.name);
            assert!(style.contains(&name), "STYLE.md does not say that tidy holds {name}");
        }
    }

    #[test]
    fn a_broken_rule_fails_the_run_and_gives_its_reason() {
        let root = std::env::temp_dir().join(format!("minbrain-tidy-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(root.join("helpers.rs"), "fn f() {}\n").unwrap();
        let mut text = Vec::new();
        let holds = run(&root, &mut text).unwrap();
        std::fs::remove_dir_all(&root).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(!holds);
        assert!(text.contains("helpers.rs: ") && text.contains("[names]\n  why: "), "{text}");
    }
}
