//! Which crate may depend on which, and how heavy the engine may be.

use crate::tidy::manifest::{Dependency, dependencies};
use crate::tidy::tree::File;
use crate::tidy::{Finding, House, Rule};

pub(super) const RULE: Rule = Rule {
    name: "dependencies",
    reason: "dependencies point one way only, so that each crate is understood with what lies below it, \
             and whoever adds the engine does not add the server",
    check,
};

/// A crate may depend on those above it in this list only, in tests too.
const ORDER: &[&str] = &[
    "minbrain-kernels",
    "minbrain-gpu",
    "minbrain-journal",
    "minbrain",
    "minbrain-fleet",
    "minbrain-sim",
    "minbrain-wire",
    "minbrain-server",
    "minbrain-bench",
    "minbrain-bench-compare",
    "minbrain-python",
    "minbrain-cli",
];
const ENGINE: &str = "minbrain";
/// Most direct dependencies of the engine, optional ones included and those of its tests not.
const ENGINE_DEPENDENCIES: usize = 10;

fn check(house: &House<'_>) -> Vec<Finding> {
    let crates = house.tree.files.iter().filter_map(|file| {
        let name = file.path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
        (!name.contains('/')).then_some((name, file))
    });
    crates.flat_map(|(name, file)| check_crate(name, file)).collect()
}

fn check_crate(name: &str, file: &File) -> Vec<Finding> {
    let Some(own) = rank(name) else {
        let problem = format!("{name} has no place in the order of xtask/src/tidy/dependencies.rs");
        return vec![Finding::new(&file.path, 0, problem)];
    };
    let direct = dependencies(&file.text);
    let upward = direct.iter().filter(|d| rank(d.name).is_some_and(|other| other >= own));
    let mut findings: Vec<Finding> = upward
        .map(|d| Finding::new(&file.path, d.line, format!("{name} may not depend on {}", d.name)))
        .collect();
    let count = count_shipped(&direct);
    if name == ENGINE && count > ENGINE_DEPENDENCIES {
        let problem = format!("{count} direct dependencies, {ENGINE_DEPENDENCIES} at most");
        findings.push(Finding::new(&file.path, 0, problem));
    }
    findings
}

fn rank(name: &str) -> Option<usize> {
    ORDER.iter().position(|listed| *listed == name)
}

fn count_shipped(direct: &[Dependency<'_>]) -> usize {
    let mut names: Vec<&str> = direct.iter().filter(|d| !d.is_for_tests).map(|d| d.name).collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tests::findings;

    #[test]
    fn a_dependency_against_the_order_is_found() {
        let text = "[dependencies]\nminbrain-kernels.workspace = true\n[dev-dependencies]\nminbrain-sim = {}\n";
        let found = findings(&RULE, &[("crates/minbrain/Cargo.toml", text)]);
        assert_eq!(
            found,
            ["crates/minbrain/Cargo.toml:4: minbrain may not depend on minbrain-sim"]
        );
        assert!(findings(&RULE, &[("crates/minbrain-cli/Cargo.toml", text)]).is_empty());
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        assert_eq!(findings(&RULE, &[("crates/minbrain-new/Cargo.toml", "")]).len(), 1);
        assert!(findings(&RULE, &[("fuzz/Cargo.toml", "")]).is_empty());
    }

    #[test]
    fn the_engine_stays_light() {
        let keys = |n: usize| (0..n).map(|k| format!("d{k} = \"1\"\n")).collect::<String>();
        let fits =
            format!("[dependencies]\n{}[dev-dependencies]\nx = \"1\"\n", keys(ENGINE_DEPENDENCIES));
        assert!(findings(&RULE, &[("crates/minbrain/Cargo.toml", &fits)]).is_empty());
        let heavy = format!("[dependencies]\n{}", keys(ENGINE_DEPENDENCIES + 1));
        let found = findings(&RULE, &[("crates/minbrain/Cargo.toml", &heavy)]);
        assert_eq!(found, ["crates/minbrain/Cargo.toml: 11 direct dependencies, 10 at most"]);
    }
}
