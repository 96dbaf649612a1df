//! No bool parameters. `scan(true)` says nothing where it is read; two functions or an enum do.

use crate::tidy::function::parameters;
use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule = Rule {
    name: "no-switches",
    reason: "`true` says nothing where it is read; make two functions, or an enum that names both",
    check,
};

/// Python's keyword arguments are named where they are given, so its bindings may take them.
const NAMED_AT_THE_CALL: &str = "crates/minbrain-python/";

fn check(house: &House<'_>) -> Vec<Finding> {
    let bound = |path: &str| !path.starts_with(NAMED_AT_THE_CALL);
    let mut findings = Vec::new();
    for code in house.code.iter().filter(|code| bound(code.path)) {
        let switches = parameters(code).into_iter().filter(|p| p.kind == "bool");
        findings.extend(switches.map(|parameter| {
            let problem = format!("the parameter {} is a bool", parameter.name);
            Finding::new(code.path, parameter.line, problem)
        }));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    #[test]
    fn a_bool_parameter_is_found() {
        let text = "fn f(a: u8,\n  fast: bool) {}\nfn g(a: Option<bool>) -> bool { |b: bool| b }";
        let found = findings(&RULE, &[("a.rs", text)]);
        assert_eq!(found, ["a.rs:2: the parameter fast is a bool"]);
    }

    #[test]
    fn python_names_its_arguments_at_the_call() {
        let path = "crates/minbrain-python/src/lib.rs";
        assert!(findings(&RULE, &[(path, "fn f(fast: bool) {}")]).is_empty());
    }
}
