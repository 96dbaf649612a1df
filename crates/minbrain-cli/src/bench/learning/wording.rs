//! Goals and what was reached, in words.

use minbrain_bench::learning::{Measure, Score, Task};

use crate::wording::{count, figure};

/// What a checkpoint has to reach.
pub(crate) fn goal(task: &Task) -> String {
    let at = value(task, task.threshold);
    match task.measure {
        Measure::Return => format!("a return of {at}"),
        Measure::FinalDistance => format!("a final distance of at most {at} m"),
        Measure::ScriptedShare => format!("{at} of the scripted controller's beacons"),
    }
}

/// What a checkpoint is judged by, in the task's unit.
pub(crate) fn value(task: &Task, value: f64) -> String {
    match task.measure {
        Measure::ScriptedShare => format!("{:.0} %", value * 100.0),
        Measure::Return | Measure::FinalDistance => figure(value),
    }
}

/// What somebody reached, by what his task is about.
pub(crate) fn reached(score: &Score) -> String {
    match (score.final_distance, score.beacons_per_1000_ticks) {
        (Some(distance), _) => format!("{} m", figure(distance)),
        (_, Some(beacons)) => format!("{} beacons per 1,000 ticks", figure(beacons)),
        _ => figure(score.mean_return),
    }
}

/// How many episodes a checkpoint plays.
pub(crate) fn episodes(task: &Task) -> String {
    match task.episodes {
        1 => "one episode".into(),
        many => format!("{} episodes", count(u64::from(many))),
    }
}
