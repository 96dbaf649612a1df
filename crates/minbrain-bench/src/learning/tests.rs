//! Runs as a whole, on tasks that are short.

use std::num::NonZeroUsize;

use minbrain::Hold;
use minbrain::limits::PLAN_UNITS;
use minbrain_sim::Fault;

use super::*;

fn settings(steps: u64) -> LearningSettings {
    LearningSettings {
        budget: 400,
        idle_units: 20,
        steps: Some(steps),
        checkpoint_every: Some(150),
        episodes: Some(3),
        threshold: None,
        faults: Vec::new(),
        hold: Hold::default(),
        plan_units: PLAN_UNITS,
        isa: None,
        demonstrations: Demonstrations::default(),
    }
}

fn course(name: &str, settings: &LearningSettings) -> Result<Course, BenchError> {
    Course::new(Task::named(name).unwrap(), settings)
}

fn row(name: &str, settings: &LearningSettings, seed: u64) -> LearningRow {
    learning(&course(name, settings).unwrap(), seed, |_| ControlFlow::Continue(())).unwrap()
}

/// What a program would read, without what differs by nature.
fn without_times(row: &LearningRow) -> serde_json::Value {
    let mut value = serde_json::to_value(row).unwrap();
    let keys = value.as_object_mut().unwrap();
    keys.retain(|key, _| !key.ends_with("_us"));
    value
}

#[test]
fn checkpoints_come_when_they_should_and_at_the_end() {
    let row = row("cartpole", &settings(400), 1);
    let steps: Vec<u64> = row.checkpoints.iter().map(|c| c.step).collect();
    assert_eq!(steps, [150, 300, 400]);
    assert_eq!((row.experiences, row.cycle_us.cycles), (400, 400));
    assert_eq!(row.final_return, row.checkpoints[2].score.mean_return);
    // The rewards of this task are 1 a step: a return is how long the pole stood.
    assert!(row.checkpoints.iter().all(|c| c.score.least >= 8.0 && c.score.least <= c.value));
    assert_eq!(row.scripted.mean_return, 500.0);
}

#[test]
fn checkpoints_leave_no_trace_in_the_brain() {
    for name in ["cartpole", "pendulum"] {
        let often = settings(300);
        let rarely = LearningSettings { checkpoint_every: Some(300), ..often.clone() };
        let (often, rarely) = (row(name, &often, 5), row(name, &rarely, 5));
        assert_eq!((often.checkpoints.len(), rarely.checkpoints.len()), (2, 1));
        assert_eq!(often.fingerprint, rarely.fingerprint, "{name}");
        assert_eq!(often.checkpoints[1], rarely.checkpoints[0], "{name}");
    }
}

#[test]
fn the_number_of_threads_changes_no_figure_and_no_order() {
    let courses = ["cartpole", "pendulum"].map(|name| course(name, &settings(300)).unwrap());
    let told = |threads| {
        let (mut rows, mut steps) = (Vec::new(), 0);
        learn_all(&courses, 3..6, NonZeroUsize::new(threads).unwrap(), |told| {
            match told {
                Told::Steps(more) => steps += more,
                Told::Row(row) => rows.push(without_times(&row)),
            }
            Ok::<(), BenchError>(())
        })
        .unwrap();
        assert_eq!(steps, 2 * 3 * 300);
        rows
    };
    let alone = told(1);
    let order: Vec<_> =
        alone.iter().map(|row| (row["task"].as_str().unwrap(), row["seed"].as_u64())).collect();
    let expected = ["cartpole", "pendulum"].map(|task| (3..6).map(move |seed| (task, Some(seed))));
    assert_eq!(order, expected.into_iter().flatten().collect::<Vec<_>>());
    assert_eq!(alone, told(2));
    assert_ne!(alone[0]["fingerprint"], alone[1]["fingerprint"]);
}

#[test]
fn who_stops_listening_stops_the_runs() {
    let course = course("cartpole", &settings(100_000)).unwrap();
    let threads = NonZeroUsize::new(2).unwrap();
    let heard =
        learn_all(std::slice::from_ref(&course), 0..4, threads, |_| Err(BenchError::Stopped));
    assert!(matches!(heard, Err(BenchError::Stopped)));
    let stopped = learning(&course, 0, |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(BenchError::Stopped)));
}

#[test]
fn a_changed_world_is_changed_in_checkpoints_after_the_change_only() {
    let plain = LearningSettings { episodes: Some(4), ..settings(300) };
    let change = vec![Fault::ChangedDynamics { after_steps: 150 }];
    let changing = LearningSettings { faults: change, ..plain.clone() };
    let (plain, changing) = (course("pendulum", &plain), course("pendulum", &changing));
    let (plain, changing) = (plain.unwrap(), changing.unwrap());
    // The oracle: a world that was changed by hand.
    let mut world = minbrain_sim::world("pendulum").unwrap();
    world.change_dynamics();
    let mut hands = minbrain_sim::scripted("pendulum").unwrap();
    let returns = (10_000..10_004).map(|seed| {
        minbrain_sim::run_episode(world.as_mut(), hands.as_mut(), seed, 1_000).unwrap().total_reward
    });
    let changed = returns.sum::<f64>() / 4.0;
    assert!((changing.scripted(151).mean_return - changed).abs() < 1e-9);
    assert!((changed - plain.scripted(151).mean_return).abs() > 1.0, "the change is felt");
    assert_eq!(changing.scripted(150), plain.scripted(150));
    // Until the change both lives are the same.
    let rows = [&plain, &changing]
        .map(|course| learning(course, 3, |_| ControlFlow::Continue(())).unwrap());
    assert_eq!(rows[0].checkpoints[0], rows[1].checkpoints[0]);
    assert_ne!(rows[0].checkpoints[1], rows[1].checkpoints[1]);
    assert_ne!(rows[0].fingerprint, rows[1].fingerprint);
}

#[test]
fn noise_is_as_strong_in_the_first_episode_as_in_the_last() {
    let noisy = |share| LearningSettings {
        faults: vec![Fault::SensorNoise { share }],
        episodes: Some(1),
        ..settings(150)
    };
    let scripted = |share| course("cartpole", &noisy(share)).unwrap().scripted(1).mean_return;
    // With more noise than signal from the first step on, nobody balances a pole.
    assert_eq!(scripted(0.0), 500.0);
    assert!(scripted(10.0) < 100.0, "{}", scripted(10.0));
}

#[test]
fn faults_reach_the_brain_in_training() {
    let with = |fault| LearningSettings { faults: vec![fault], ..settings(150) };
    let plain = row("cartpole", &settings(150), 1).fingerprint;
    for fault in [
        Fault::SensorNoise { share: 0.05 },
        Fault::ActionDelay { ticks: 1 },
        Fault::ExtraNoiseSensors { count: 8 },
        Fault::ChangedDynamics { after_steps: 100 },
    ] {
        let row = row("cartpole", &with(fault), 1);
        assert_ne!(row.fingerprint, plain, "{fault:?}");
        assert_eq!(row.faults, [NamedFault(fault).to_string()]);
    }
}

#[test]
fn the_arena_is_judged_by_the_scripted_controllers_beacons() {
    let short = LearningSettings { steps: Some(60), episodes: Some(1), ..settings(60) };
    let row = row("arena", &short, 1);
    let beacons = |score: &Score| score.beacons_per_1000_ticks.unwrap();
    assert!(beacons(&row.scripted) >= 5.0, "{:?}", row.scripted);
    let last = &row.checkpoints[0];
    assert_eq!(last.value, beacons(&last.score) / beacons(&row.scripted));
    assert_eq!((row.measure, row.training_return, row.published), ("scripted_share", None, None));
}

#[test]
fn settings_out_of_range_are_refused() {
    let good = settings(100);
    for (bad, expected) in [
        (LearningSettings { steps: Some(0), ..good.clone() }, "steps: expected 1 to"),
        (LearningSettings { episodes: Some(0), ..good.clone() }, "episodes: expected 1 to"),
        (LearningSettings { threshold: Some(f64::NAN), ..good.clone() }, "a finite number"),
        (
            LearningSettings {
                faults: vec![Fault::ChangedDynamics { after_steps: 100 }],
                ..good.clone()
            },
            "before step 100",
        ),
        (
            LearningSettings { faults: vec![Fault::ActionDelay { ticks: 65 }], ..good.clone() },
            "at most 64",
        ),
    ] {
        let said = course("cartpole", &bad).unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
    }
    let no_room = LearningSettings { budget: 0, ..good };
    let refused = learning(&course("cartpole", &no_room).unwrap(), 1, |_| ControlFlow::Break(()));
    assert!(matches!(refused, Err(BenchError::Brain(_))));
}

#[test]
fn demonstrations_come_before_the_first_step() {
    let shown = |words: &str| LearningSettings {
        demonstrations: words.parse().unwrap(),
        budget: 2_000,
        ..settings(150)
    };
    let row = |words| row("cartpole", &shown(words), 1);
    let (plain, taught, chance) = (row("0"), row("1"), row("random:2"));
    let steps = |row: &LearningRow| row.checkpoints.iter().map(|c| c.step).collect::<Vec<_>>();
    assert_eq!((steps(&plain), steps(&taught)), (vec![150], vec![0, 150]));
    assert_eq!((plain.experiences, taught.experiences), (150, 500 + 150));
    assert!(chance.experiences < 150 + 2 * 200, "{}", chance.experiences);
    assert_eq!((taught.steps, taught.demonstrations.as_str()), (150, "1"));
}

/// One demonstration of the pole and a few of chance, right after them: seeds differ, so their mean.
#[test]
fn a_demonstrator_is_worth_more_than_chance() {
    let at_first = |words: &str, seed| {
        let demonstrations = words.parse().unwrap();
        let shown =
            LearningSettings { demonstrations, budget: 2_000, idle_units: 1_000, ..settings(1) };
        row("cartpole", &shown, seed).checkpoints[0].score.mean_return
    };
    let mean = |words| (100..106).map(|seed| at_first(words, seed)).sum::<f64>() / 6.0;
    let (taught, chance) = (mean("1"), mean("random:2"));
    assert!(taught > 1.5 * chance, "{taught} {chance}");
}
