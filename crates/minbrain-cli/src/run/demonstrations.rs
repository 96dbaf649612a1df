//! What a brain is shown from a file before it lives in a world.

use std::path::Path;

use minbrain::{Action, ActionSpace, BrainError, Outcome};
use minbrain_sim::World;
use thiserror::Error;

use super::mind::Mind;
use super::stream::Recording;
use super::world_run::idle_units;
use crate::failure::Failure;

/// Why a file cannot be demonstrated in a world. Rows are numbered from 1, below the names of the
/// columns.
#[derive(Debug, Error)]
pub(crate) enum DemonstrationError {
    #[error("{file}: expected the columns {expected}, which {world} has, got {got}")]
    Columns { file: String, world: String, expected: String, got: String },
    #[error(
        "{file}, row {row}, column act.{column}: expected a whole number {expected}, got {got}"
    )]
    NotWhole { file: String, row: usize, column: String, expected: String, got: f32 },
    #[error("{file}, row {row}: {source}")]
    Refused { file: String, row: usize, source: BrainError },
    #[error("{file}: expected a row that leads to the next one, got none")]
    Nothing { file: String },
}

/// Lets `brain` accompany every step that the file holds. Returns how many there were.
///
/// # Errors
/// [`Failure::Stream`] if it holds no recorded life, [`Failure::Demonstration`] if that is not one in
/// this world.
pub(crate) fn show(brain: &mut Mind, world: &dyn World, file: &Path) -> Result<u64, Failure> {
    let recording = Recording::open(file)?;
    Lesson::new(&recording, world, file.display().to_string())?.give(brain)
}

/// A recording, and how it fits a world.
struct Lesson<'a> {
    recording: &'a Recording,
    file: String,
    actions: ActionSpace,
    /// The recording's columns in the order of the world's sensors, and of the action's dimensions.
    sensors: Vec<usize>,
    dims: Vec<usize>,
}

impl<'a> Lesson<'a> {
    fn new(
        recording: &'a Recording,
        world: &dyn World,
        file: String,
    ) -> Result<Self, DemonstrationError> {
        let actions = world.action_space();
        // One column says which of the discrete actions.
        let action_names = match &actions {
            ActionSpace::Discrete(_) => vec!["action".to_owned()],
            ActionSpace::Continuous(_) => {
                world.action_names().iter().map(|&name| name.to_owned()).collect()
            }
        };
        let sensors = places(world.sensor_names(), recording.sensor_names());
        let dims = places(&action_names, recording.action_names());
        let (Some(sensors), Some(dims)) = (sensors, dims) else {
            return Err(DemonstrationError::Columns {
                file,
                world: world.name().to_owned(),
                expected: titles(world.sensor_names(), &action_names),
                got: titles(recording.sensor_names(), recording.action_names()),
            });
        };
        Ok(Self { recording, file, actions, sensors, dims })
    }

    fn give(&self, brain: &mut Mind) -> Result<u64, Failure> {
        let mut steps = 0;
        for at in 1..self.recording.len() {
            let (now, next) = (self.recording.row(at - 1), self.recording.row(at));
            if !now.leads_to(&next) {
                brain.interrupt();
                continue;
            }
            let refused =
                |source| DemonstrationError::Refused { file: self.file.clone(), row: at, source };
            let action = self.action(now.action, at)?;
            brain.accompany(&ordered(&self.sensors, now.observation), &action).map_err(refused)?;
            let observation = &ordered(&self.sensors, next.observation);
            let outcome = Outcome { observation, reward: next.reward, ended: next.ended };
            brain.learn(outcome).map_err(refused)?;
            brain.consolidate(idle_units(brain.brain().config().policy))?;
            steps += 1;
        }
        brain.interrupt();
        if steps == 0 {
            return Err(DemonstrationError::Nothing { file: self.file.clone() }.into());
        }
        Ok(steps)
    }

    /// What was done in a row.
    fn action(&self, values: &[f32], row: usize) -> Result<Action, DemonstrationError> {
        let values = ordered(&self.dims, values);
        let ActionSpace::Discrete(count) = self.actions else {
            return Ok(Action::Continuous(values));
        };
        let got = values[0];
        if got.fract() == 0.0 && (0.0..count as f32).contains(&got) {
            return Ok(Action::Discrete(got as usize));
        }
        Err(DemonstrationError::NotWhole {
            file: self.file.clone(),
            row,
            column: self.recording.action_names()[0].clone(),
            expected: format!("from 0 to {}", count - 1),
            got,
        })
    }
}

/// Where each of the `wanted` names stands among those that are `there`; `None` unless they are the
/// same names.
fn places(wanted: &[String], there: &[String]) -> Option<Vec<usize>> {
    if wanted.len() != there.len() {
        return None;
    }
    wanted.iter().map(|name| there.iter().position(|other| other == name)).collect()
}

fn ordered(places: &[usize], values: &[f32]) -> Vec<f32> {
    places.iter().map(|&at| values[at]).collect()
}

fn titles(sensors: &[String], actions: &[String]) -> String {
    let sensors = sensors.iter().map(|name| format!("obs.{name}"));
    let actions = actions.iter().map(|name| format!("act.{name}"));
    sensors.chain(actions).collect::<Vec<_>>().join(", ")
}
