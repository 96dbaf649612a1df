//! Nothing is left for later in the text: no ignored test, no note to come back.

use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule = Rule {
    name: "leftovers",
    reason: "an ignored test holds nothing and a note in the code is read by nobody; mend it, or open \
             an issue",
    check,
};

/// Spelt in halves, so that this file does not find itself.
const NOTES: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

fn check(house: &House<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for code in &house.code {
        let ignored = code.words("ignore").filter(|&at| at >= 2 && code.reads(at - 2, &["#", "["]));
        findings
            .extend(ignored.map(|at| Finding::new(code.path, code.line(at), "an ignored test")));
    }
    for file in &house.tree.files {
        for (number, line) in file.lines() {
            let mut words = line.split(|c: char| c != '_' && !c.is_alphanumeric());
            if let Some(note) = words.find(|word| NOTES.contains(word)) {
                findings.push(Finding::new(&file.path, number, format!("a {note} left behind")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    #[test]
    fn an_ignored_test_is_found() {
        let text = "#[test]\n#[ignore = \"slow\"]\nfn a() {}\n// #[ignore] in prose\n";
        assert_eq!(findings(&RULE, &[("a.rs", text)]), ["a.rs:2: an ignored test"]);
    }

    #[test]
    fn a_note_left_behind_is_found() {
        for note in NOTES {
            let text = format!("# fine\n# {note}: later");
            assert_eq!(findings(&RULE, &[("a.py", &text)]).len(), 1, "{note}");
        }
        assert!(findings(&RULE, &[("a.sh", "mktemp -d name.XXXXXX # \\uXXXX")]).is_empty());
    }
}
