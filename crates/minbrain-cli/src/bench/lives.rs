//! The lives that a measurement can be made on: worlds, archives and CSV files.

use std::path::Path;

use minbrain::{Action, ActionSpace, Config};
use minbrain_bench::{Step, Stream};

use crate::failure::Failure;
use crate::run::stream::{Recording, Row};

/// How many steps are recorded in a world unless it is told otherwise.
const WORLD_STEPS: usize = 20_000;

/// Records or reads the life that `data` names, at most `steps` of it.
pub(super) fn load(data: &str, steps: Option<usize>, seed: u64) -> Result<Stream, Failure> {
    let path = Path::new(data);
    let mut stream = match path.extension().and_then(|ending| ending.to_str()) {
        Some("npz") => Stream::from_npz(path)?,
        Some("csv") => from_csv(&Recording::open(path)?, path),
        _ => Stream::of_world(data, steps.unwrap_or(WORLD_STEPS), seed)?,
    };
    stream.steps.truncate(steps.unwrap_or(usize::MAX));
    Ok(stream)
}

/// The rows that lead somewhere, each with the observation of the next one as its outcome.
fn from_csv(recording: &Recording, path: &Path) -> Stream {
    let actions = match recording.action_dims() {
        0 => ActionSpace::discrete(1),
        _ => ActionSpace::continuous(recording.action_bounds()),
    };
    let mut steps: Vec<Step> = Vec::with_capacity(recording.len());
    for at in 0..recording.len() - 1 {
        let (now, next) = (recording.row(at), recording.row(at + 1));
        if now.ended || next.after_gap {
            if let Some(last) = steps.last_mut() {
                last.cut = true;
            }
            continue;
        }
        steps.push(step(&now, &next));
    }
    let usual_us = recording.usual_step_s.map(|seconds| (seconds * 1e6).round() as u64);
    Stream {
        name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        sensors: recording.sensors(),
        actions,
        cycle_period_us: usual_us.unwrap_or(Config::default().cycle_period_us).max(1),
        isa: None,
        steps,
    }
}

fn step(now: &Row<'_>, next: &Row<'_>) -> Step {
    Step {
        observation: now.observation.to_vec(),
        action: match now.action {
            [] => Action::Discrete(0),
            values => Action::Continuous(values.to_vec()),
        },
        outcome: next.observation.to_vec(),
        reward: next.reward,
        ended: next.ended,
        cut: false,
    }
}
