//! The Python package: builds its wheel into a fresh virtual environment and tests it there.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::progress::succeeds;
use crate::steps::Need;

/// Virtual environments come with Python, but not with every distribution's.
pub(crate) const NEED: Need = Need {
    probe: &["python3", "-c", "import ensurepip, sys; sys.exit(sys.version_info < (3, 10))"],
    remedy: "sudo apt-get install python3 python3-venv    (Python 3.10 or newer)",
};

const CRATE: &str = "crates/minbrain-python";
/// The tests that need what is heavy, which live apart so that none is ever skipped.
const PEERS: &str = "crates/minbrain-python/tests-peers";

/// Where everything lies that a run makes and uses.
struct Bench<'a> {
    root: &'a Path,
    environment: PathBuf,
    built: PathBuf,
}

/// The step: builds, installs, and runs pytest, mypy and stubtest.
pub(crate) fn run(root: &Path, out: &mut dyn Write) -> io::Result<bool> {
    let bench = Bench::new(root, "python");
    let program = bench.built.join("debug/minbrain");
    let program = program.to_string_lossy();
    let own: &[&[&str]] = &[
        &["-m", "pytest", "--quiet"],
        &["-m", "mypy", "python/minbrain", "tests"],
        &[
            "-m",
            "mypy.stubtest",
            "minbrain._minbrain",
            "--concise",
            "--mypy-config-file",
            "pyproject.toml",
        ],
    ];
    let cargo = ["cargo", "build", "--quiet", "--locked", "--package", "minbrain-cli"];
    if !bench.prepare(out, "tests/requirements.txt")? || !succeeds(&cargo, (root, &[]), out)? {
        return Ok(false);
    }
    for words in own {
        if !bench.python(words, ("MINBRAIN_PROGRAM", &program), out)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The chore: the same wheel beside Stable-Baselines3, which brings gigabytes.
pub(crate) fn run_peers(root: &Path, out: &mut dyn Write) -> io::Result<bool> {
    let bench = Bench::new(root, "python-peers");
    let tests = root.join(PEERS);
    let words = ["-m", "pytest", "--quiet", &tests.to_string_lossy()];
    Ok(bench.prepare(out, "tests-peers/requirements.txt")?
        && bench.python(&words, ("MINBRAIN_PEERS", "1"), out)?)
}

impl<'a> Bench<'a> {
    fn new(root: &'a Path, name: &str) -> Self {
        let elsewhere = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
        let built = elsewhere.unwrap_or_else(|| root.join("target"));
        Self { root, environment: root.join("target").join(name), built }
    }

    /// A fresh environment with everything in it that the tests need, and the wheel.
    fn prepare(&self, out: &mut dyn Write, requirements: &str) -> io::Result<bool> {
        let environment = self.environment.to_string_lossy();
        let wheels = self.environment.join("wheels");
        let requirements = format!("{CRATE}/{requirements}");
        let manifest = format!("{CRATE}/Cargo.toml");
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        let mut build: Vec<&str> = vec!["-m", "maturin", "build", "--quiet", "--locked"];
        let into = wheels.to_string_lossy();
        // Without link-time optimisation: the tests share what was compiled for the other steps.
        build.extend(["--profile", "dev", "--manifest-path", &manifest, "--out", &into]);
        let made =
            succeeds(&["python3", "-m", "venv", "--clear", &environment], (self.root, &[]), out)?
                && self.in_root(&[&pip[..], &["--requirement", &requirements]].concat(), out)?
                && self.in_root(&build, out)?;
        if !made {
            return Ok(false);
        }
        let Some(wheel) = only_wheel(&wheels)? else {
            writeln!(out, "maturin left no wheel in {}", wheels.display())?;
            return Ok(false);
        };
        self.in_root(&[&pip[..], &["--no-deps", &wheel]].concat(), out)
    }

    /// Runs the environment's Python in the workspace's root.
    fn in_root(&self, words: &[&str], out: &mut dyn Write) -> io::Result<bool> {
        let python = self.environment.join("bin/python");
        let python = python.to_string_lossy();
        succeeds(&[&[&*python], words].concat(), (self.root, &[]), out)
    }

    /// Runs it in the package's folder.
    fn python(&self, words: &[&str], with: (&str, &str), out: &mut dyn Write) -> io::Result<bool> {
        let python = self.environment.join("bin/python");
        let python = python.to_string_lossy();
        succeeds(&[&[&*python], words].concat(), (&self.root.join(CRATE), &[with]), out)
    }
}

fn only_wheel(folder: &Path) -> io::Result<Option<String>> {
    let mut found = fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.path());
    let wheel = found.find(|path| path.extension().is_some_and(|ending| ending == "whl"));
    Ok(wheel.map(|path| path.to_string_lossy().into_owned()))
}
