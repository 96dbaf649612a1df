//! How fast a brain learns a task by itself, and whether it stays good at it.
//!
//! One run is one task and one seed: a brain lives in a world, decides, learns and consolidates, and
//! nobody shows it anything. Every so many steps a clone that does not explore plays episodes from
//! fixed starts, the same ones for every seed; it only decides. What it earns is a [`Checkpoint`].

mod checkpoint;
mod course;
mod crew;
mod demonstration;
mod fault;
mod life;
mod play;
mod row;
mod summary;
mod task;

pub use checkpoint::{Checkpoint, Score};
pub use course::{Course, LearningSettings};
pub use crew::{Told, learn_all};
pub use demonstration::{Demonstrations, Demonstrator};
pub use fault::NamedFault;
pub use row::{LearningRow, Published};
pub use summary::Summary;
pub(crate) use summary::median_figure;
pub use task::{Measure, TASKS, Task};

use std::ops::ControlFlow;

use crate::error::BenchError;
use checkpoint::Trials;
use life::Life;

/// Work units of consolidation after each step unless it is told otherwise.
pub const IDLE_UNITS: u32 = 1_000;
/// Most experiences kept unless it is told otherwise.
pub const BUDGET: usize = 5_000;
/// How many seeds are run unless it is told otherwise, and the first of them.
pub const SEEDS: u32 = 10;
/// The first seed unless it is told otherwise.
pub const FIRST_SEED: u64 = 100;

/// Lets a brain learn one task by itself and tells what it reached. Deterministic but for the
/// latencies. After each checkpoint `each` hears how many steps were taken since the last one, and
/// may end the run.
///
/// # Errors
/// [`BenchError::Stopped`] if `each` ended the run; what the brain or the world refuses.
pub fn learning(
    course: &Course,
    seed: u64,
    mut each: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<LearningRow, BenchError> {
    let mut life = Life::new(course, seed)?;
    let mut trials = Trials::new(course);
    if course.demonstrations().episodes > 0 {
        life.watch()?;
        trials.try_out(life.brain(), 0)?;
    }
    while life.steps() < course.steps() {
        let from = life.steps();
        let to = (from + course.checkpoint_every()).min(course.steps());
        for _ in from..to {
            life.step()?;
        }
        trials.try_out(life.brain(), to)?;
        if each(to - from).is_break() {
            return Err(BenchError::Stopped);
        }
    }
    Ok(LearningRow::new(course, &life, trials.checkpoints()))
}

#[cfg(test)]
mod tests;
