//! The tests that need an adapter: run where there is one, and named where there is none.

use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::progress::succeeds;

/// The line that brings an adapter to a machine without a GPU: a program on the processor.
const REMEDY: &str = "apt-get install mesa-vulkan-drivers libvulkan1";
/// The suites that need one, as arguments of `cargo test`.
const SUITES: [&[&str]; 3] = [
    &["-p", "minbrain-gpu", "--test", "adapter"],
    &["-p", "minbrain", "--features", "gpu,journal", "--test", "gpu"],
    &["-p", "minbrain-cli", "--test", "gpu"],
];

/// Runs the suites; true if they hold, or if there is no adapter and they were left out by name.
pub(crate) fn run(root: &Path, out: &mut dyn Write) -> io::Result<bool> {
    let mut probe = cargo();
    probe.args(["run", "--quiet", "--locked", "-p", "minbrain-gpu", "--example", "cards"]);
    let probed = probe.current_dir(root).stderr(Stdio::inherit()).output()?;
    match (probed.status.code(), probed.stdout.is_empty()) {
        (Some(0), _) => out.write_all(&probed.stdout)?,
        // The example ends with 1 where it found nothing, and cargo with another number where it does
        // not build.
        (Some(1), true) => return leave_out(root, out),
        _ => return Ok(false),
    }
    for suite in SUITES {
        let line = [&["cargo", "test", "--locked"], suite].concat();
        if !succeeds(&line, (root, &[]), out)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Names every test that did not run, and why.
fn leave_out(root: &Path, out: &mut dyn Write) -> io::Result<bool> {
    writeln!(out, "No Vulkan, Metal or DX12 adapter was found; to install one, type: {REMEDY}")?;
    writeln!(out, "These tests were left out:")?;
    for suite in SUITES {
        let mut list = cargo();
        list.args(["test", "--quiet", "--locked"]).args(suite).args(["--", "--list"]);
        let listed = list.current_dir(root).stderr(Stdio::inherit()).output()?;
        if !listed.status.success() {
            return Ok(false);
        }
        for name in names(&String::from_utf8_lossy(&listed.stdout)) {
            writeln!(out, "  {} {name}", suite[1])?;
        }
    }
    Ok(true)
}

/// The names in what a test program lists.
fn names(listed: &str) -> impl Iterator<Item = &str> {
    listed.lines().filter_map(|line| line.strip_suffix(": test"))
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn tests_are_listed_by_name() {
        let listed = "loss::a_device: test\noracle::b: test\n\n2 tests, 0 benchmarks\n";
        assert_eq!(names(listed).collect::<Vec<_>>(), ["loss::a_device", "oracle::b"]);
    }
}
