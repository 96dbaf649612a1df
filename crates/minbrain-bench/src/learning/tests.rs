//! Runs as a whole, on tasks that are short.

use std::num::NonZeroUsize;

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
