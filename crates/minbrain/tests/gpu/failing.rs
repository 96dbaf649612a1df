//! A GPU that goes away, dawdles, or cannot tell: counted, and no answer is another one.

use std::time::Duration;

use minbrain::gpu::GpuHelp;
use minbrain::{ActionSpace, Brain, Metric, Outcome};

use crate::help;
use crate::lives::{Path, SENSORS, builder, live};

fn pair(help: GpuHelp) -> (Brain, Brain) {
    let plain = builder(Metric::Euclidean, ActionSpace::discrete(2));
    (plain.clone().gpu(help).build().unwrap(), plain.build().unwrap())
}

/// Lives in both, and compares all they said.
fn same(pair: &mut (Brain, Brain), path: &mut Path, cycles: usize) {
    let mut again = Path::new(0);
    std::mem::swap(&mut again, path);
    let seed = again.value().to_bits();
    let with = live(&mut pair.0, &mut Path::new(u64::from(seed)), cycles);
    let without = live(&mut pair.1, &mut Path::new(u64::from(seed)), cycles);
    *path = again;
    assert!(with.calls() == without.calls(), "the tapes are the same");
    assert!(pair.0.to_bytes() == pair.1.to_bytes(), "the images are the same");
}

#[test]
fn a_device_lost_in_the_middle_of_a_life_changes_nothing_but_the_count() {
    let help = help();
    let (mut path, mut brains) = (Path::new(1), pair(help.clone()));
    same(&mut brains, &mut path, 1_300);
    let before = brains.0.stats().gpu;
    assert!(before.is_in_use && before.answered > 100 && before.losses == 0, "{before:?}");
    help.gpu.close();
    same(&mut brains, &mut path, 300);
    let after = brains.0.stats().gpu;
    assert!(!after.is_in_use && after.losses == 1, "{after:?}");
    assert_eq!(after.answered, before.answered);
    assert_eq!(after.dispatched, before.dispatched + 300);
    // Another one takes over.
    brains.0.attach(Some(crate::help()));
    same(&mut brains, &mut path, 100);
    let another = brains.0.stats().gpu;
    assert!(another.is_in_use && another.answered > 80, "{another:?}");
}

#[test]
fn a_gpu_that_is_late_is_not_waited_for() {
    let impatient = GpuHelp { patience: Duration::ZERO, ..help() };
    let mut brains = pair(impatient);
    same(&mut brains, &mut Path::new(3), 1_500);
    let gpu = brains.0.stats().gpu;
    assert!(gpu.is_in_use && gpu.losses == 0 && gpu.late > 200, "{gpu:?}");
    assert_eq!(gpu.late + gpu.answered + gpu.behind + gpu.unproven, gpu.dispatched);
}

#[test]
fn too_many_ties_are_told_apart_by_the_processor() {
    let mut brains = pair(help());
    for brain in [&mut brains.0, &mut brains.1] {
        for _ in 0..1_300 {
            brain.decide(&[1.0; SENSORS]).unwrap();
            let outcome = Outcome { observation: &[1.0; SENSORS], reward: 0.0, ended: false };
            brain.learn(outcome).unwrap();
        }
    }
    assert!(brains.0.to_bytes() == brains.1.to_bytes());
    let gpu = brains.0.stats().gpu;
    assert!(gpu.unproven > 100 && gpu.answered == 0, "{gpu:?}");
}

#[test]
fn observations_close_to_0_have_no_direction_and_stay_here() {
    let plain = builder(Metric::Cosine, ActionSpace::discrete(2));
    let mut brains = (plain.clone().gpu(help()).build().unwrap(), plain.build().unwrap());
    let mut path = Path::new(6);
    for _ in 0..1_200 {
        let mut sensed = path.sensed(SENSORS);
        sensed.iter_mut().for_each(|value| *value *= 1e-36);
        for brain in [&mut brains.0, &mut brains.1] {
            brain.decide(&sensed).unwrap();
            brain.learn(Outcome { observation: &sensed, reward: 0.0, ended: false }).unwrap();
        }
    }
    assert!(brains.0.to_bytes() == brains.1.to_bytes());
    let gpu = brains.0.stats().gpu;
    assert!(gpu.unsuited > 50 && gpu.answered == 0 && gpu.is_in_use, "{gpu:?}");
}
