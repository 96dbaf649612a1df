//! The thresholds, through the public calls, with an adapter that is there by force.

use minbrain::recall::{Nearest, Recall};
use minbrain::{ActionSpace, Brain, Budget, Crossover, Metric};

use crate::help;
use crate::lives::{Path, SENSORS, builder, live};

fn lived(experiences: usize, crossover: Crossover) -> Brain {
    let builder = builder(Metric::Euclidean, ActionSpace::discrete(2)).gpu(help());
    let builder = builder.budget(Budget::Experiences(experiences)).crossover(crossover);
    let mut brain = builder.build().unwrap();
    live(&mut brain, &mut Path::new(2), experiences + 200);
    assert_eq!(brain.stats().experiences, experiences);
    brain
}

#[test]
fn a_hundred_five_hundred_and_a_thousand_experiences_never_run_on_a_gpu() {
    let lowest = Crossover::above(Some(1_000), Some(1_000)).unwrap();
    for experiences in [100, 500, 1_000] {
        for crossover in [Crossover::GUIDE, lowest] {
            let gpu = lived(experiences, crossover).stats().gpu;
            assert!(gpu.is_in_use && !gpu.is_past_crossover);
            assert_eq!((gpu.dispatched, gpu.answered), (0, 0), "at {experiences}");
        }
        assert!(Crossover::above(Some(experiences - 1), None).is_err());
    }
    let gpu = lived(1_200, Crossover::GUIDE).stats().gpu;
    assert!(gpu.is_past_crossover && gpu.answered > 200, "{gpu:?}");
}

#[test]
fn a_figure_set_by_hand_is_the_figure() {
    let brain = lived(1_700, Crossover::above(Some(1_600), None).unwrap());
    assert_eq!(brain.stats().crossover.recall(), Some(1_600));
    assert_eq!((brain.stats().gpu.dispatched, brain.stats().gpu.answered), (0, 0), "in the gap");
    let brain = lived(1_801, Crossover::above(Some(1_600), None).unwrap());
    assert_eq!(brain.stats().gpu.dispatched, 200);
    let brain = lived(1_200, Crossover::NEVER);
    assert_eq!(brain.stats().gpu.dispatched, 0);
}

#[test]
fn recalls_that_thin_out_come_back_to_the_processor_at_the_figure() {
    let mut recall = Recall::new(SENSORS, 4_000).unwrap();
    recall.attach(Some(help()));
    recall.set_crossover(Crossover::above(Some(1_000), Some(2_000)).unwrap());
    let (mut path, mut nearest) = (Path::new(4), Nearest::default());
    let mut ask = |recall: &mut Recall, path: &mut Path| {
        let before = recall.gpu_use().answered;
        recall.nearest(&path.sensed(SENSORS), &[1.0; SENSORS], 5, &mut nearest).unwrap();
        recall.gpu_use().answered > before
    };
    let slots: Vec<u32> =
        (0..1_500).map(|_| recall.insert(&path.sensed(SENSORS)).unwrap()).collect();
    assert!(ask(&mut recall, &mut path));
    slots[..499].iter().for_each(|&slot| recall.remove(slot).unwrap());
    assert!(ask(&mut recall, &mut path), "1,001 are still past it");
    recall.remove(slots[499]).unwrap();
    assert!(!ask(&mut recall, &mut path), "1,000 are not");
    for _ in 0..120 {
        recall.insert(&path.sensed(SENSORS)).unwrap();
    }
    assert!(!ask(&mut recall, &mut path), "1,120 are not yet again");
    for _ in 0..6 {
        recall.insert(&path.sensed(SENSORS)).unwrap();
    }
    assert!(ask(&mut recall, &mut path), "1,126 are");
}
