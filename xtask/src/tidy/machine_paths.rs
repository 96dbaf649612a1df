//! No paths of one machine: they work for their author only, and tell the world who that is.

use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule = Rule {
    name: "machine-paths",
    reason: "a path of one machine works for its author only; make it relative, or take it as an argument",
    check,
};

/// Where people's own files lie. Spelt in halves, so that this file does not find itself.
const OWN: &[&str] = &[concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];

fn check(house: &House<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &house.tree.files {
        for (number, line) in file.lines() {
            if let Some(own) = OWN.iter().find(|own| names(line, own)) {
                findings.push(Finding::new(&file.path, number, format!("a path under {own}")));
            }
        }
    }
    findings
}

/// Whether an absolute path in `line` starts with `own`; the middle of an address does not count.
fn names(line: &str, own: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || "_.-~}".contains(c);
    line.match_indices(own).any(|(at, _)| !line[..at].ends_with(goes_on))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    #[test]
    fn a_path_of_one_machine_is_found() {
        for own in OWN {
            for line in [format!("{own}me/x"), format!("let a = \"{own}x\";"), format!("A={own}")] {
                assert_eq!(findings(&RULE, &[("a.txt", &line)]).len(), 1, "{line}");
            }
            let inside = format!("https://example.org{own} $D{own} ../x{own}");
            assert_eq!(findings(&RULE, &[("a.txt", &inside)]), [""; 0]);
        }
    }
}
