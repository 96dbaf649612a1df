//! What `cargo xtask test` does, as a table: to add a step, add a row.

use std::io::{self, Write};
use std::path::Path;

use crate::{fleet, gpu, python, tidy};

/// One step of the test command, and a chore of its own name.
pub(crate) struct Step {
    /// What one types after `cargo xtask`.
    pub(crate) name: &'static str,
    /// What it holds, for the help and the announcement.
    pub(crate) about: &'static str,
    /// What has to be installed, and how.
    pub(crate) needs: Option<Need>,
    /// What it does.
    pub(crate) work: Work,
}

/// What a step does.
pub(crate) enum Work {
    /// Runs a program in the workspace's root; it holds if the program ends with 0.
    Program {
        /// The program and its arguments; `cargo` stands for the cargo that runs this.
        line: &'static [&'static str],
        /// What it finds in its environment beside what is there already.
        with: &'static [(&'static str, &'static str)],
    },
    /// Runs inside this program; true if it holds.
    Inside(fn(&Path, &mut dyn Write) -> io::Result<bool>),
}

/// Something that a step cannot do without.
pub(crate) struct Need {
    /// A command that succeeds where it is there.
    pub(crate) probe: &'static [&'static str],
    /// The one line that installs it.
    pub(crate) remedy: &'static str,
}

/// The steps in order: the quickest to fail come first.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "format",
        about: "every file is formatted (cargo fmt --all mends it)",
        needs: Some(Need {
            probe: &["cargo", "fmt", "--version"],
            remedy: "rustup component add rustfmt",
        }),
        work: cargo(&["cargo", "fmt", "--all", "--check"]),
    },
    Step {
        name: "tidy",
        about: "the rules of STYLE.md that a program can hold",
        needs: None,
        work: Work::Inside(tidy::run),
    },
    Step {
        name: "lint",
        about: "clippy finds nothing, in tests and benchmarks either",
        needs: Some(Need {
            probe: &["cargo", "clippy", "--version"],
            remedy: "rustup component add clippy",
        }),
        work: cargo(&[
            "cargo",
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]),
    },
    // Benchmarks are compiled by the step before; run as tests they would only cost time. The bindings
    // are tested from Python, below.
    Step {
        name: "suite",
        about: "all tests of all crates",
        needs: None,
        work: cargo(&[
            "cargo",
            "test",
            "--workspace",
            "--exclude",
            "minbrain-python",
            "--lib",
            "--bins",
            "--tests",
            "--examples",
            "--locked",
        ]),
    },
    Step {
        name: "doctest",
        about: "the examples in the documentation run",
        needs: None,
        work: cargo(&[
            "cargo",
            "test",
            "--workspace",
            "--exclude",
            "minbrain-python",
            "--doc",
            "--locked",
        ]),
    },
    Step {
        name: "gpu",
        about: "recall on a GPU, or on a software adapter; without either, names what was left out",
        needs: None,
        work: Work::Inside(gpu::run),
    },
    Step {
        name: "browser",
        about: "the dashboard in a real browser: it lives, is clicked, loses its server and recovers",
        needs: Some(Need {
            probe: &["node", "crates/minbrain-server/tests/browser/needs.mjs"],
            remedy: "apt-get install chromium nodejs npm",
        }),
        work: Work::Program {
            line: &["node", "crates/minbrain-server/tests/browser/run.mjs"],
            with: &[],
        },
    },
    Step {
        name: "fleet",
        about: "robots and a real Redis cluster: nodes die, fill up, demand passwords and TLS",
        needs: Some(python::NEED),
        work: Work::Inside(fleet::run),
    },
    // Libraries only: the program and the engine share a name, and so would their pages.
    Step {
        name: "docs",
        about: "the documentation builds without a warning",
        needs: None,
        work: Work::Program {
            line: &["cargo", "doc", "--workspace", "--lib", "--no-deps", "--locked"],
            with: &[("RUSTDOCFLAGS", "-D warnings")],
        },
    },
    Step {
        name: "python",
        about: "the Python package, built and tested in a fresh virtual environment",
        needs: Some(python::NEED),
        work: Work::Inside(python::run),
    },
];

/// Chores that are no part of the test command: they fetch too much, or take too long.
pub(crate) const MORE: &[Step] = &[Step {
    name: "python-peers",
    about: "the Python package beside Stable-Baselines3 (fetches gigabytes)",
    needs: Some(python::NEED),
    work: Work::Inside(python::run_peers),
}];

const fn cargo(line: &'static [&'static str]) -> Work {
    Work::Program { line, with: &[] }
}
