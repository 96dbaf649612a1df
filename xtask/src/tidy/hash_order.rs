//! No hash maps in the engine: their order differs from run to run, and one loop over such a map is
//! enough to break replay.

use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule = Rule {
    name: "hash-order",
    reason: "the order of a hash map differs from run to run, and replay promises the same bytes; use \
             a vector indexed by slot, or a BTreeMap",
    check,
};

const FORBIDDEN: &[&str] = &["HashMap", "HashSet", "hash_map", "hash_set"];

fn check(house: &House<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for code in house.code.iter().filter(|code| code.shipped_by() == Some("minbrain")) {
        for word in FORBIDDEN {
            let places = code.shipped_words(word);
            findings.extend(places.map(|at| Finding::new(code.path, code.line(at), *word)));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    #[test]
    fn a_hash_map_in_the_engine_is_found() {
        let text = "struct A {\n    m: HashMap<u8, u8>,\n}";
        let found = findings(&RULE, &[("crates/minbrain/src/a.rs", text)]);
        assert_eq!(found, ["crates/minbrain/src/a.rs:2: HashMap"]);
    }

    #[test]
    fn oracles_in_tests_and_other_crates_may_use_one() {
        let text = "#[cfg(test)] mod tests { use std::collections::HashMap; }";
        assert!(findings(&RULE, &[("crates/minbrain/src/a.rs", text)]).is_empty());
        assert!(findings(&RULE, &[("crates/minbrain-cli/src/a.rs", "HashSet")]).is_empty());
    }
}
