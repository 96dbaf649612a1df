//! What was reached at some step, and what a list of such tells.

use minbrain::{Brain, Exploration};
use serde::Serialize;

use super::course::Course;
use super::play::Player;
use crate::error::BenchError;

/// What episodes from the fixed starts came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Score {
    /// The mean return.
    #[serde(rename = "return")]
    pub mean_return: f64,
    /// The return of the worst episode.
    pub least: f64,
    /// How far an arm's tip was from its target in the end, on average, in metres; `None` where
    /// there is no arm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub final_distance: Option<f64>,
    /// Beacons reached per 1,000 ticks; `None` where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beacons_per_1000_ticks: Option<f64>,
}

/// What a brain could do at some step of its life.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Checkpoint {
    /// After how many steps.
    pub step: u64,
    /// What it earned.
    #[serde(flatten)]
    pub score: Score,
    /// What it is judged by; the return unless the task has a measure of its own.
    pub value: f64,
    /// Whether that reaches the threshold.
    pub solved: bool,
}

/// The checkpoints of one life, as they come.
pub(super) struct Trials<'a> {
    course: &'a Course,
    checkpoints: Vec<Checkpoint>,
}

impl<'a> Trials<'a> {
    pub(super) fn new(course: &'a Course) -> Self {
        Self { course, checkpoints: Vec::new() }
    }

    /// Lets a clone of the brain play without exploring. The brain itself notices nothing.
    pub(super) fn try_out(&mut self, brain: &Brain, step: u64) -> Result<(), BenchError> {
        let mut clone = brain.clone();
        clone.set_exploration(Exploration::Off);
        let score = self.course.play(&mut Player::Brain(Box::new(clone)), step)?;
        let (value, task) = (self.course.value(&score, step), self.course.task());
        let solved = task.measure.reaches(value, task.threshold);
        self.checkpoints.push(Checkpoint { step, score, value, solved });
        Ok(())
    }

    pub(super) fn checkpoints(self) -> Vec<Checkpoint> {
        self.checkpoints
    }
}

/// What a list of checkpoints tells of learning and keeping, where each is good or is not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Verdict {
    /// The step of the first good one.
    pub(super) solved_step: Option<u64>,
    /// The step of the first one from which on all are good.
    pub(super) sustained_step: Option<u64>,
    /// How many are good from there to the end; 1 says that only the last one is.
    pub(super) sustained_checkpoints: usize,
    /// The share of good ones among those after the first good one; `None` if none came after.
    pub(super) kept_share: Option<f64>,
}

impl Verdict {
    /// Judges checkpoints, given as their steps and whether they are good.
    pub(super) fn of(checkpoints: &[(u64, bool)]) -> Self {
        let first = checkpoints.iter().position(|(_, good)| *good);
        let sustained_checkpoints = checkpoints.iter().rev().take_while(|(_, good)| *good).count();
        let from = checkpoints.len() - sustained_checkpoints;
        let after = first.map_or(&[][..], |first| &checkpoints[first + 1..]);
        let kept = after.iter().filter(|(_, good)| *good).count();
        Self {
            solved_step: first.map(|first| checkpoints[first].0),
            sustained_step: checkpoints.get(from).map(|(step, _)| *step),
            sustained_checkpoints,
            kept_share: (!after.is_empty()).then(|| kept as f64 / after.len() as f64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One letter per checkpoint, 500 steps apart: `+` is good.
    fn judge(letters: &str) -> (Option<u64>, Option<u64>, usize, Option<f64>) {
        let steps = (1..).map(|nth| nth * 500);
        let list: Vec<_> = steps.zip(letters.chars().map(|letter| letter == '+')).collect();
        let verdict = Verdict::of(&list);
        (
            verdict.solved_step,
            verdict.sustained_step,
            verdict.sustained_checkpoints,
            verdict.kept_share,
        )
    }

    #[test]
    fn sustained_means_good_from_there_to_the_end() {
        assert_eq!(judge(""), (None, None, 0, None));
        assert_eq!(judge("----"), (None, None, 0, None));
        assert_eq!(judge("++++"), (Some(500), Some(500), 4, Some(1.0)));
        assert_eq!(judge("-+-+++"), (Some(1_000), Some(2_000), 3, Some(0.75)));
        assert_eq!(judge("-++-"), (Some(1_000), None, 0, Some(0.5)));
        assert_eq!(judge("+--+"), (Some(500), Some(2_000), 1, Some(1.0 / 3.0)));
        assert_eq!(judge("---+"), (Some(2_000), Some(2_000), 1, None));
    }
}
