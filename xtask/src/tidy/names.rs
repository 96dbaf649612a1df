//! Names that say nothing. What has no better name than "helpers" has no place of its own yet.

use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule = Rule {
    name: "names",
    reason: "a name says what a thing is for; these collect what nobody found a place for",
    check,
};

/// As the whole name of a file, a folder or a module.
const EMPTY: &[&str] =
    &["util", "utils", "utilities", "helper", "helpers", "manager", "managers", "misc", "common"];
/// As the end of a type's name.
const EMPTY_TYPES: &[&str] = &["Util", "Utils", "Helper", "Helpers", "Manager"];

fn check(house: &House<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &house.tree.files {
        let parts = file.path.split(['/', '.']);
        let empty = parts.filter(|part| EMPTY.contains(part));
        findings.extend(empty.map(|part| Finding::new(&file.path, 0, named("a path", part))));
    }
    for code in &house.code {
        for keyword in ["mod", "struct", "enum", "trait", "type", "union"] {
            for at in code.words(keyword) {
                let name = code.text_at(at + 1);
                let is_empty = EMPTY_TYPES.iter().any(|end| name.ends_with(end));
                if is_empty || keyword == "mod" && EMPTY.contains(&name) {
                    findings.push(Finding::new(code.path, code.line(at), named(keyword, name)));
                }
            }
        }
    }
    findings
}

fn named(what: &str, name: &str) -> String {
    format!("{what} named {name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    #[test]
    fn empty_names_are_found_in_paths_modules_and_types() {
        let samples = [
            ("src/utils/a.rs", ""),
            ("b/helpers.py", ""),
            ("c.rs", "mod misc {}\nstruct MemoryManager;"),
        ];
        let found = findings(&RULE, &samples);
        assert_eq!(
            found,
            [
                "src/utils/a.rs: a path named utils",
                "b/helpers.py: a path named helpers",
                "c.rs:1: mod named misc",
                "c.rs:2: struct named MemoryManager",
            ]
        );
    }

    #[test]
    fn words_that_only_contain_them_are_fine() {
        let text = "enum Policy { Utility } struct Common; // utils\nfn utility() {}";
        assert!(findings(&RULE, &[("src/utility/manager_of_robots.rs", text)]).is_empty());
    }
}
