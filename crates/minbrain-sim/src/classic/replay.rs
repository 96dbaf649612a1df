//! Replays transitions recorded from Gymnasium; `fixtures/record.py` says how they were made.

use minbrain::{Action, ActionSpace};

use super::{Acrobot, CartPole, MountainCar, MountainCarContinuous, Pendulum};
use crate::episodic::{Dynamics, Episodic};
use crate::reacher::Reacher;
use crate::world::{Step, World};

/// Observations are written in single precision: this is what rounding costs, and little more.
const TOLERANCE: f32 = 1e-6;
/// MuJoCo tells where the arm's tip was estimated to be in the last stage of its integration, a few
/// micrometres from where it is. The joints themselves agree as closely as in the other tasks.
const REACHER_TOLERANCE: f32 = 1e-5;

/// One recorded step. State and observation are empty where they were not kept.
struct Row {
    episode: usize,
    state: Vec<f64>,
    action: Action,
    observation: Vec<f32>,
    step: Step,
}

fn cells<T: std::str::FromStr>(cells: &[&str]) -> Vec<T> {
    cells.iter().filter_map(|cell| cell.parse().ok()).collect()
}

fn rows(csv: &str, space: &ActionSpace) -> Vec<Row> {
    let mut lines = csv.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let first = |start: &str| header.iter().position(|name| name.starts_with(start)).unwrap();
    let (action_at, seen_at) = (first("a0"), first("o0"));
    let row = |line: &str| {
        let all: Vec<&str> = line.split(',').collect();
        let (before, [reward, ended, truncated]) = all.split_last_chunk().unwrap();
        let values: Vec<f32> = cells(&before[action_at..seen_at]);
        Row {
            episode: all[0].parse().unwrap(),
            state: cells(&before[1..action_at]),
            action: match space {
                ActionSpace::Discrete(_) => Action::Discrete(values[0] as usize),
                ActionSpace::Continuous(_) => Action::Continuous(values),
            },
            observation: cells(&before[seen_at..]),
            step: Step {
                reward: reward.parse().unwrap(),
                ended: *ended == "1",
                truncated: *truncated == "1",
            },
        }
    };
    lines.map(row).collect()
}

/// The largest difference, as a share of the value where that is above 1.
fn off(got: &[f32], recorded: &[f32]) -> f32 {
    assert_eq!(got.len(), recorded.len());
    let pairs = got.iter().zip(recorded);
    pairs.map(|(a, b)| (a - b).abs() / b.abs().max(1.0)).fold(0.0, f32::max)
}

/// Replays every kept transition from its own recorded state.
fn replay_steps<D: Dynamics + Default>(csv: &str, tolerance: f32) {
    let mut world = Episodic::new(D::default());
    let kept = rows(csv, &world.action_space());
    let kept = kept.iter().filter(|row| !row.observation.is_empty());
    let mut count = 0;
    for (at, row) in kept.enumerate() {
        world.reset(0);
        world.place(&row.state);
        let step = world.step(&row.action).unwrap();
        let error = off(world.observation(), &row.observation);
        assert!(error <= tolerance, "kept row {at}: off by {error}");
        assert!(off(&[step.reward], &[row.step.reward]) <= tolerance, "kept row {at}: {step:?}");
        assert_eq!(step.ended, row.step.ended, "kept row {at}");
        count += 1;
    }
    assert!(count >= 100, "only {count} transitions were kept");
}

/// Replays whole episodes. They are put back onto a recorded state after every `RESUME` steps: a
/// balanced pole multiplies a difference in the last bit by ten about every half second.
fn replay_episodes<D: Dynamics + Default>(csv: &str, tolerance: f32) {
    const RESUME: usize = 50;
    let mut world = Episodic::new(D::default());
    let rows = rows(csv, &world.action_space());
    let episodes = rows.chunk_by(|a, b| a.episode == b.episode);
    for (number, episode) in episodes.enumerate() {
        world.reset(0);
        for (at, row) in episode.iter().enumerate() {
            if at % RESUME == 0 {
                world.place(&row.state);
            }
            let step = world.step(&row.action).unwrap();
            let reward_error = off(&[step.reward], &[row.step.reward]);
            assert!(reward_error <= 10.0 * tolerance, "episode {number}, step {at}: {step:?}");
            assert_eq!((step.ended, step.truncated), (row.step.ended, row.step.truncated));
            if !row.observation.is_empty() {
                let error = off(world.observation(), &row.observation);
                assert!(error <= 10.0 * tolerance, "episode {number}, step {at}: {error}");
            }
        }
        assert!(episode.last().unwrap().step.is_last(), "episode {number} was cut short");
    }
}

macro_rules! replays {
    ($($task:ident, $dynamics:ty, $file:literal, $tolerance:expr;)*) => {$(
        mod $task {
            use super::*;

            const RECORDED: &str = include_str!(concat!("../../fixtures/", $file));

            #[test]
            fn single_steps_are_those_recorded() {
                replay_steps::<$dynamics>(RECORDED, $tolerance);
            }

            #[test]
            fn whole_episodes_are_those_recorded() {
                replay_episodes::<$dynamics>(RECORDED, $tolerance);
            }
        }
    )*};
}

replays! {
    cartpole, CartPole, "cartpole.csv", TOLERANCE;
    pendulum, Pendulum, "pendulum.csv", TOLERANCE;
    mountain_car, MountainCar, "mountain-car.csv", TOLERANCE;
    mountain_car_continuous, MountainCarContinuous, "mountain-car-continuous.csv", TOLERANCE;
    acrobot, Acrobot, "acrobot.csv", TOLERANCE;
    reacher, Reacher, "reacher.csv", REACHER_TOLERANCE;
}
