//! Libraries that are at home in Python, measured by a script: it does what
//! [`contest`](super::contest) does, with the same vectors in the same order.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Serialize;

use crate::failure::Failure;
use crate::recall::contest::{EFFORTS, RECALL_WANTED};
use crate::recall::row::{Measured, Row};
use crate::recall::task::Task;

/// What the script knows.
pub(crate) const LIBRARIES: [&str; 4] = ["faiss-flat", "faiss-ivf", "faiss-hnsw", "hnswlib"];
const SCRIPT: &str = include_str!("../../peers.py");

/// What the script is told beside the arrays.
#[derive(Serialize)]
struct Job<'a> {
    library: &'a str,
    dims: usize,
    experiences: usize,
    k: usize,
    /// How many of the exchanges are the turnover; the others are timed.
    turnover: usize,
    efforts: &'a [usize],
    recall_wanted: f64,
}

/// Lets the script measure one library.
pub(crate) fn run(program: &str, library: &'static str, task: &Task<'_>) -> Result<Row, Failure> {
    let folder = Folder::new()?;
    write(task, &folder.0)?;
    let job = Job {
        library,
        dims: task.vectors.dims(),
        experiences: task.experiences,
        k: task.k,
        turnover: task.phases().0.len(),
        efforts: &EFFORTS,
        recall_wanted: RECALL_WANTED,
    };
    let mut child = Command::new(program)
        .args(["-c", SCRIPT])
        .arg(&folder.0)
        .env("OMP_NUM_THREADS", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|why| Failure::peer(library, format!("{program} does not start: {why}")))?;
    if let Some(mut input) = child.stdin.take() {
        serde_json::to_writer(&mut input, &job).map_err(std::io::Error::from)?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or("nothing").to_owned();
        return Err(Failure::peer(library, format!("{program} says: {last}")));
    }
    let measured: Measured =
        serde_json::from_slice(&output.stdout).map_err(|why| Failure::peer(library, why))?;
    Ok(Row::new(library, task, measured))
}

/// Writes the arrays, as raw little-endian numbers.
fn write(task: &Task<'_>, folder: &Path) -> Result<(), Failure> {
    let rows = (0..task.vectors.rows() as u32).flat_map(|row| task.vectors.row(row).iter());
    array(&folder.join("rows.f32"), rows.map(|value| value.to_le_bytes()))?;
    let queries = (0..task.queries).flat_map(|at| task.vectors.query(at).iter());
    array(&folder.join("queries.f32"), queries.map(|value| value.to_le_bytes()))?;
    let exchanges = task.exchanges.iter().flat_map(|e| [e.taken_out, e.put_in]);
    array(&folder.join("exchanges.u32"), exchanges.map(u32::to_le_bytes))?;
    for (name, answers) in [("fresh.f64", &task.fresh), ("aged.f64", &task.aged)] {
        array(&folder.join(name), answers.bounds.iter().map(|bound| bound.to_le_bytes()))?;
    }
    Ok(())
}

fn array<const N: usize>(
    path: &Path,
    values: impl Iterator<Item = [u8; N]>,
) -> Result<(), Failure> {
    let mut file = std::io::BufWriter::new(fs::File::create(path)?);
    for value in values {
        file.write_all(&value)?;
    }
    Ok(file.flush()?)
}

/// A folder that is gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("minbrain-compare-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is the system's to clear.
        let _ = fs::remove_dir_all(&self.0);
    }
}
