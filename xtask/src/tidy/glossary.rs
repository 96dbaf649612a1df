//! One name for one thing: a term stands in the glossary once, with a meaning that is a sentence and
//! with the place where it lives, which exists.

use crate::tidy::tree::Tree;
use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule = Rule {
    name: "glossary",
    reason: "one name for one thing: a term that is explained twice means two things, and a place that \
             is gone misleads",
    check,
};

/// Where places are looked for: the crates themselves, and the engine's files.
const ROOTS: &[&str] = &["crates/", "crates/minbrain/src/"];

fn check(house: &House<'_>) -> Vec<Finding> {
    let Some(file) = house.tree.file("GLOSSARY.md") else {
        return Vec::new(); // The rule on papers says so.
    };
    let mut terms: Vec<String> = Vec::new();
    let mut findings = Vec::new();
    for entry in entries(&file.text) {
        let term = entry.term.to_lowercase();
        if terms.contains(&term) {
            let problem = format!("{} is explained twice", entry.term);
            findings.push(Finding::new(&file.path, entry.line, problem));
        }
        terms.push(term);
        let problems = entry.problems(house.tree);
        findings.extend(problems.into_iter().map(|p| Finding::new(&file.path, entry.line, p)));
    }
    findings
}

/// `- **term**: meaning.`, on as many lines as it needs, then perhaps its place: `` (`file.rs`) ``.
struct Entry<'a> {
    line: usize,
    term: &'a str,
    meaning: String,
}

impl Entry<'_> {
    fn problems(&self, tree: &Tree) -> Vec<String> {
        let (sentence, place) = match self.meaning.rsplit_once(" (`") {
            Some((sentence, rest)) if rest.ends_with("`)") => {
                (sentence, Some(&rest[..rest.len() - 2]))
            }
            _ => (self.meaning.as_str(), None),
        };
        let exists = |place: &str| {
            let place = place.trim_end_matches('/');
            ROOTS.iter().any(|root| tree.contains(&format!("{root}{place}")))
        };
        let mut problems = Vec::new();
        if !sentence.ends_with('.') {
            problems.push(format!("the meaning of {} is no sentence", self.term));
        }
        if let Some(gone) = place.filter(|place| !exists(place)) {
            problems.push(format!("{} lives in {gone}, which does not exist", self.term));
        }
        problems
    }
}

fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut goes_on = false;
    for (at, line) in text.lines().enumerate() {
        let head = line.strip_prefix("- **").and_then(|rest| rest.split_once("**"));
        if let Some((term, rest)) = head {
            let meaning = rest.trim_start_matches(':').trim().to_owned();
            entries.push(Entry { line: at + 1, term, meaning });
            goes_on = true;
            continue;
        }
        goes_on &= !line.trim().is_empty();
        if let Some(entry) = entries.last_mut().filter(|_| goes_on) {
            entry.meaning = format!("{} {}", entry.meaning, line.trim());
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    fn in_glossary(text: &str) -> Vec<String> {
        let samples = [("GLOSSARY.md", text), ("crates/minbrain/src/cycle/act.rs", "")];
        findings(&RULE, &samples)
    }

    #[test]
    fn a_term_explained_twice_or_not_at_all_is_found() {
        let text = "# Words\n\n- **cycle**: One step\n  of the loop.\n\n## More\n\n- **Cycle**: Again.\n- **spread**:\n";
        let expected = [
            "GLOSSARY.md:8: Cycle is explained twice",
            "GLOSSARY.md:9: the meaning of spread is no sentence",
        ];
        assert_eq!(in_glossary(text), expected);
    }

    #[test]
    fn a_place_that_is_gone_is_found() {
        for place in ["cycle/act.rs", "cycle/", "minbrain"] {
            let text = format!("- **act**: What is done.\n  (`{place}`)");
            assert_eq!(in_glossary(&text), [""; 0], "{place}");
        }
        let expected = ["GLOSSARY.md:1: act lives in act.rs, which does not exist"];
        assert_eq!(in_glossary("- **act**: What is done. (`act.rs`)"), expected);
    }
}
