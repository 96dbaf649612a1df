//! What one brain reached in one task.

use minbrain::Hold;
use serde::Serialize;

use super::checkpoint::{Checkpoint, Score, Verdict};
use super::course::Course;
use super::fault::NamedFault;
use super::life::Life;
use super::task::Measure;
use crate::latency::LatencySummary;

/// What one brain reached in one task.
#[derive(Clone, Debug, Serialize)]
pub struct LearningRow {
    /// Names this measurement.
    pub bench: &'static str,
    /// Which task.
    pub task: String,
    /// Where the random numbers of brain and world started.
    pub seed: u64,
    /// The first checkpoint that reached the threshold.
    pub solved_step: Option<u64>,
    /// The first checkpoint from which on all reached it.
    pub sustained_step: Option<u64>,
    /// How many did, from there to the end; 1 says that only the last one is known to.
    pub sustained_checkpoints: usize,
    /// Of the checkpoints after the first that reached it, the share that did; `None` if none came
    /// after.
    pub kept_share: Option<f64>,
    /// The first checkpoint after the world's change that reached the threshold; `None` also
    /// where nothing changed.
    pub recovered_step: Option<u64>,
    /// The mean return at the last checkpoint.
    pub final_return: f64,
    /// What the last checkpoint is judged by.
    pub final_value: f64,
    /// The mean return of the last ten episodes of training, exploration included.
    pub training_return: Option<f64>,
    /// The same by the mean return that the task's publishers ask for, where they ask for one.
    pub published: Option<Published>,
    /// What the scripted controller reaches from the same starts in the end.
    pub scripted: Score,
    /// What was reached on the way.
    pub checkpoints: Vec<Checkpoint>,
    /// What a checkpoint is judged by.
    pub measure: &'static str,
    /// From which value on it counts.
    pub threshold: f64,
    /// Steps lived.
    pub steps: u64,
    /// Steps between two checkpoints.
    pub checkpoint_every: u64,
    /// Episodes per checkpoint.
    pub episodes: u32,
    /// Most experiences.
    pub budget: usize,
    /// Experiences kept in the end.
    pub experiences: usize,
    /// Most work units of consolidation after each step.
    pub idle_units: u32,
    /// For how many steps an action was kept; `None` where that was measured.
    pub hold_steps: Option<u32>,
    /// Most work units of a plan.
    pub plan_units: u32,
    /// How actions were chosen.
    pub policy: String,
    /// What was wrong with the world.
    pub faults: Vec<String>,
    /// What the brain was shown before its first step.
    pub demonstrations: String,
    /// A hash of the brain in the end: equal for equal lives.
    pub fingerprint: String,
    /// Latency of `decide` in training.
    pub decide_us: LatencySummary,
    /// Latency of `learn`.
    pub learn_us: LatencySummary,
    /// Latency of both together.
    pub cycle_us: LatencySummary,
    /// How long the idle time's work took.
    pub consolidate_us: LatencySummary,
}

/// How a task was learned by the mean return that its publishers ask for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Published {
    /// The mean return from which the task counts as solved.
    pub threshold: f64,
    /// The first checkpoint that reached it.
    pub solved_step: Option<u64>,
    /// The first checkpoint from which on all reached it.
    pub sustained_step: Option<u64>,
}

impl LearningRow {
    pub(super) fn new(course: &Course, life: &Life<'_>, checkpoints: Vec<Checkpoint>) -> Self {
        let (task, brain, times) = (course.task(), life.brain(), life.times());
        let solved: Vec<_> = checkpoints.iter().map(|c| (c.step, c.solved)).collect();
        let verdict = Verdict::of(&solved);
        let last = checkpoints.last();
        Self {
            bench: "learning",
            task: task.name.to_owned(),
            seed: life.seed(),
            solved_step: verdict.solved_step,
            sustained_step: verdict.sustained_step,
            sustained_checkpoints: verdict.sustained_checkpoints,
            kept_share: verdict.kept_share,
            recovered_step: course.change_after().and_then(|after| recovered(after, &solved)),
            final_return: last.map_or(f64::NAN, |c| c.score.mean_return),
            final_value: last.map_or(f64::NAN, |c| c.value),
            training_return: life.training_return(),
            published: course.published_threshold().map(|at| Published::new(at, &checkpoints)),
            scripted: *course.scripted(task.steps),
            checkpoints,
            measure: task.measure.name(),
            threshold: task.threshold,
            steps: task.steps,
            checkpoint_every: task.checkpoint_every,
            episodes: task.episodes,
            budget: course.budget(),
            experiences: brain.stats().experiences,
            idle_units: course.idle_units(),
            hold_steps: match course.hold() {
                Hold::Cycles(steps) => Some(steps),
                Hold::Measured => None,
            },
            plan_units: course.plan_units(),
            policy: format!("{:?}", brain.config().policy).to_lowercase(),
            faults: course.faults().iter().map(|&fault| NamedFault(fault).to_string()).collect(),
            demonstrations: course.demonstrations().to_string(),
            fingerprint: format!("{:016x}", brain.fingerprint()),
            decide_us: times.decide.summary(),
            learn_us: times.learn.summary(),
            cycle_us: times.cycle.summary(),
            consolidate_us: times.consolidate.summary(),
        }
    }
}

impl Published {
    fn new(threshold: f64, checkpoints: &[Checkpoint]) -> Self {
        let reaches = |c: &Checkpoint| Measure::Return.reaches(c.score.mean_return, threshold);
        let good: Vec<_> = checkpoints.iter().map(|c| (c.step, reaches(c))).collect();
        let Verdict { solved_step, sustained_step, .. } = Verdict::of(&good);
        Self { threshold, solved_step, sustained_step }
    }
}

/// The first good checkpoint after a change.
fn recovered(change_after: u64, checkpoints: &[(u64, bool)]) -> Option<u64> {
    let after = checkpoints.iter().filter(|(step, _)| *step > change_after);
    after.filter(|(_, good)| *good).map(|(step, _)| *step).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_counts_from_the_change() {
        let list = [(500, true), (1_000, true), (1_500, false), (2_000, true)];
        assert_eq!(recovered(1_000, &list), Some(2_000));
        assert_eq!(recovered(999, &list), Some(1_000));
        assert_eq!(recovered(2_000, &list), None);
    }

    #[test]
    fn what_is_published_is_judged_by_returns() {
        let at = |step, mean_return| Checkpoint {
            step,
            score: Score { mean_return, ..Score::default() },
            value: 0.0,
            solved: false,
        };
        let list = [at(500, 480.0), at(1_000, 470.0), at(1_500, 475.0)];
        let Published { threshold, solved_step, sustained_step } = Published::new(475.0, &list);
        assert_eq!((threshold, solved_step, sustained_step), (475.0, Some(500), Some(1_500)));
    }
}
