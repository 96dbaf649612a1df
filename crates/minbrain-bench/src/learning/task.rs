//! The tasks, and what counts as having learned them.

/// What a checkpoint is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The mean return per episode; higher is better.
    Return,
    /// How far the arm's tip is from its target at the end of an episode, on average, in metres;
    /// lower is better.
    FinalDistance,
    /// Beacons reached, as a share of those that the scripted controller reaches from the same
    /// starts; higher is better.
    ScriptedShare,
}

impl Measure {
    /// Its name, for people and programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Return => "return",
            Self::FinalDistance => "final_distance",
            Self::ScriptedShare => "scripted_share",
        }
    }

    /// Whether a value is as good as the threshold. No number is not.
    pub fn reaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::FinalDistance => value <= threshold,
            Self::Return | Self::ScriptedShare => value >= threshold,
        }
    }
}

/// A world to learn in and the goal that is set there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Task {
    /// The world's name.
    pub name: &'static str,
    /// What a checkpoint is judged by.
    pub measure: Measure,
    /// The goal: as good as this ...
    pub threshold: f64,
    /// ... within so many steps ...
    pub steps: u64,
    /// ... for so many of ten seeds.
    pub seeds_of_ten: u32,
    /// How many steps lie between two checkpoints.
    pub checkpoint_every: u64,
    /// How many episodes a checkpoint plays.
    pub episodes: u32,
    /// How many steps an episode has at most; what the world says if that is less.
    pub episode_steps: u64,
}

/// More than any world's own limit.
const UNTIL_IT_ENDS: u64 = 10_000;
/// The arena has no episodes: this many ticks count as one.
const ARENA_TICKS: u64 = 1_000;

const fn task(name: &'static str, threshold: f64, steps: u64, seeds_of_ten: u32) -> Task {
    Task {
        name,
        measure: Measure::Return,
        threshold,
        steps,
        seeds_of_ten,
        checkpoint_every: 500,
        episodes: 30,
        episode_steps: UNTIL_IT_ENDS,
    }
}

/// All tasks with their goals.
pub const TASKS: [Task; 7] = [
    task("cartpole", 500.0, 5_000, 9),
    task("pendulum", -150.0, 2_000, 10),
    task("mountain-car", -110.0, 8_000, 9),
    task("mountain-car-continuous", 90.0, 5_000, 9),
    task("acrobot", -100.0, 6_000, 9),
    Task { measure: Measure::FinalDistance, ..task("reacher", 0.03, 3_000, 9) },
    Task {
        measure: Measure::ScriptedShare,
        checkpoint_every: 2_000,
        episodes: 10,
        episode_steps: ARENA_TICKS,
        ..task("arena", 0.8, 20_000, 8)
    },
];

impl Task {
    /// The task of that name; `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        TASKS.into_iter().find(|task| task.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_world_is_a_task() {
        let mut tasks = TASKS.map(|task| task.name);
        let mut worlds = minbrain_sim::WORLDS;
        tasks.sort_unstable();
        worlds.sort_unstable();
        assert_eq!(tasks, worlds);
        assert!(TASKS.iter().all(|task| Task::named(task.name) == Some(*task)));
        assert_eq!(Task::named("moon"), None);
    }

    #[test]
    fn distances_should_be_small_and_returns_large() {
        let reached =
            |measure: Measure| [-1.0, 0.5, 2.0, f64::NAN].map(|value| measure.reaches(value, 0.5));
        assert_eq!(reached(Measure::Return), [false, true, true, false]);
        assert_eq!(reached(Measure::ScriptedShare), [false, true, true, false]);
        assert_eq!(reached(Measure::FinalDistance), [true, true, false, false]);
    }
}
