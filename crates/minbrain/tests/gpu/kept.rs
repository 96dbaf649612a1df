//! What was recorded beside a GPU is replayed without one, and a brain in a directory comes back.

use minbrain::{ActionSpace, Brain, Crossover, Metric, Outcome, Recorder, Replay, Tape};

use crate::help;
use crate::lives::{Path, SENSORS, builder, live};

#[test]
fn a_run_beside_a_gpu_is_replayed_without_one() {
    let builder = builder(Metric::Euclidean, ActionSpace::discrete(2));
    // A replay says with which instructions it computes, and so does an image.
    let isa = Some(builder.clone().build().unwrap().isa());
    let builder = builder.isa(isa).crossover(Crossover::NEVER).gpu(help());
    let mut brain = builder.build().unwrap();
    live(&mut brain, &mut Path::new(9), 1_200);
    let mut recording = Recorder::begin(&brain);
    // The crossover is set while the run is recorded, and changed once more.
    let mut tape = Tape::default();
    for crossover in [Crossover::GUIDE, Crossover::above(Some(1_100), None).unwrap()] {
        brain.set_crossover(crossover);
        tape.crossed(crossover);
        recording.extend(Recorder::group(&mut tape));
        recording.extend(Recorder::group(&mut live(&mut brain, &mut Path::new(10), 150)));
    }
    let gpu = brain.stats().gpu;
    assert!(gpu.answered > 250, "{gpu:?}");
    let (replayed, twin) = Replay::open(&recording).unwrap().run().unwrap();
    assert_eq!((replayed.cycles, replayed.first_different), (300, None));
    assert_eq!(twin.stats().gpu.dispatched, gpu.dispatched);
    assert!(twin.to_bytes() == brain.to_bytes());
}

#[test]
fn a_brain_in_a_directory_comes_back_without_the_gpu_it_lived_with() {
    let directory = std::env::temp_dir().join(format!("minbrain-gpu-{}", std::process::id()));
    let settings = || builder(Metric::Euclidean, ActionSpace::discrete(2));
    let (mut brain, _) = Brain::open(&directory, settings().gpu(help())).unwrap();
    let mut path = Path::new(12);
    for _ in 0..1_300 {
        brain.decide(&path.sensed(SENSORS)).unwrap();
        let next = path.sensed(SENSORS);
        brain.learn(Outcome { observation: &next, reward: 0.5, ended: false }).unwrap();
        brain.consolidate(30);
    }
    brain.flush().unwrap();
    assert!(brain.brain().stats().gpu.answered > 100, "{:?}", brain.brain().stats().gpu);
    let image = brain.brain().to_bytes();
    drop(brain);
    let (again, revival) = Brain::open(&directory, settings()).unwrap();
    assert_eq!((revival.experiences, revival.first_different), (1_300, None));
    assert_eq!(again.brain().stats().crossover, Crossover::GUIDE);
    assert!(!again.brain().stats().gpu.is_in_use);
    drop(again);
    // What was asked for is what it goes on with.
    let (never, _) = Brain::open(&directory, settings().crossover(Crossover::NEVER)).unwrap();
    assert_eq!(never.brain().stats().crossover, Crossover::NEVER);
    let never_image = never.brain().to_bytes();
    assert_eq!(never_image.len(), image.len());
    drop(never);
    std::fs::remove_dir_all(&directory).unwrap();
}
