//! What a `Cargo.toml` depends on. Only the keys of its dependency tables are read.

/// One direct dependency.
#[derive(Debug, PartialEq)]
pub(crate) struct Dependency<'a> {
    pub(crate) name: &'a str,
    pub(crate) line: usize,
    /// Needed by tests, examples and benchmarks only.
    pub(crate) is_for_tests: bool,
}

/// All direct dependencies, for whatever target.
pub(crate) fn dependencies(text: &str) -> Vec<Dependency<'_>> {
    let mut found = Vec::new();
    let mut table = "";
    for (at, line) in text.lines().enumerate() {
        let code = line.trim();
        let named = match header(code) {
            Some(name) => {
                table = name;
                // `[dependencies.name]` is the table of one dependency.
                name.rsplit_once('.')
            }
            None => key(code).map(|name| (table, name)),
        };
        if let Some((table, name)) = named.filter(|(table, _)| table.ends_with("dependencies")) {
            let is_for_tests = table.ends_with("dev-dependencies");
            found.push(Dependency { name, line: at + 1, is_for_tests });
        }
    }
    found
}

fn header(line: &str) -> Option<&str> {
    line.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')).map(|(name, _)| name.trim())
}

/// The name in `name = ...` and in `name.workspace = true`.
fn key(line: &str) -> Option<&str> {
    let name = line.split(['=', '.', ' ']).next()?;
    (line.contains('=') && !name.is_empty() && !name.starts_with('#'))
        .then_some(name.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "[package]\nname = \"a\"\n\n[dependencies]\n# not = this\nb.workspace = true\n\
                          c = { version = \"1\" }\n[target.'cfg(unix)'.dependencies]\nd = \"1\"\n\
                          [dependencies.e]\nversion = \"1\"\n[dev-dependencies]\nf = \"1\"\n[lints]\nworkspace = true\n";

    #[test]
    fn every_sort_of_dependency_is_read() {
        let found = dependencies(SAMPLE);
        let names: Vec<(&str, usize)> = found.iter().map(|d| (d.name, d.line)).collect();
        assert_eq!(names, [("b", 6), ("c", 7), ("d", 9), ("e", 10), ("f", 13)]);
        let for_tests: Vec<&str> =
            found.iter().filter(|d| d.is_for_tests).map(|d| d.name).collect();
        assert_eq!(for_tests, ["f"]);
    }
}
