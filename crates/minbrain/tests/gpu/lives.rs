//! Whole lives beside each other: one with a GPU, one without.

use minbrain::gpu::GpuPrecision;
use minbrain::{
    ActionSpace, Bounds, Brain, BrainBuilder, Budget, Crossover, Metric, Outcome, Policy, Stats,
    Tape,
};

use crate::help;

/// What a robot senses on its way, the same on every machine.
pub(crate) struct Path(u64);

impl Path {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn value(&mut self) -> f32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }

    pub(crate) fn sensed(&mut self, sensors: usize) -> Vec<f32> {
        (0..sensors).map(|at| self.value() * (1 + at) as f32).collect()
    }
}

pub(crate) const SENSORS: usize = 5;

pub(crate) fn builder(metric: Metric, actions: ActionSpace) -> BrainBuilder {
    Brain::builder()
        .sensors(SENSORS)
        .actions(actions)
        .metric(metric)
        .budget(Budget::Experiences(1_400))
        .policy(Policy::Consensus)
        .crossover(Crossover::GUIDE)
}

/// Lives for so many cycles, with some idle time. What happened, and what the brain answered, is on the
/// tape.
pub(crate) fn live(brain: &mut Brain, path: &mut Path, cycles: usize) -> Tape {
    let mut tape = Tape::default();
    for cycle in 0..cycles {
        let sensed = path.sensed(SENSORS);
        tape.decided(&sensed, brain.decide(&sensed).unwrap());
        let next = path.sensed(SENSORS);
        let outcome = Outcome { observation: &next, reward: path.value(), ended: cycle % 97 == 0 };
        tape.learned(outcome, brain.learn(outcome).unwrap());
        if cycle % 8 == 0 {
            tape.consolidated(40, brain.consolidate(40));
        }
    }
    tape
}

fn same_life(with: BrainBuilder, without: BrainBuilder, cycles: usize) -> Stats {
    let (mut with, mut without) = (with.build().unwrap(), without.build().unwrap());
    let tapes = [&mut with, &mut without].map(|brain| live(brain, &mut Path::new(5), cycles));
    assert!(tapes[0].calls() == tapes[1].calls(), "the tapes are the same");
    assert_eq!(with.fingerprint(), without.fingerprint());
    assert!(with.to_bytes() == without.to_bytes(), "the images are the same");
    assert_eq!(without.stats().gpu.answered, 0);
    assert_eq!(with.stats().gpu.dispatched, without.stats().gpu.dispatched);
    with.stats()
}

#[test]
fn a_life_with_a_gpu_is_the_life_without() {
    let one_torque = || ActionSpace::Continuous(vec![Bounds { low: -1.0, high: 1.0 }]);
    for (metric, actions, precision) in [
        (Metric::Euclidean, ActionSpace::discrete(3), GpuPrecision::Full),
        (Metric::Euclidean, one_torque(), GpuPrecision::Half),
        (Metric::Cosine, ActionSpace::discrete(2), GpuPrecision::Full),
        (Metric::Cosine, one_torque(), GpuPrecision::Half),
    ] {
        let plain = builder(metric, actions);
        let with = plain.clone().gpu(minbrain::gpu::GpuHelp { precision, ..help() });
        let stats = same_life(with, plain, 2_000);
        assert_eq!((stats.experiences, stats.gpu.losses), (1_400, 0));
        // From the 1,126th experience on; what is late, behind or unproven is little.
        assert_eq!(stats.gpu.dispatched, 2_000 - 1_126);
        assert!(stats.gpu.answered > 800, "{metric:?} {precision:?}: {:?}", stats.gpu);
    }
}

#[test]
fn answers_past_the_crossover_are_those_of_a_brain_that_never_crosses() {
    let plain = builder(Metric::Euclidean, ActionSpace::discrete(3));
    let mut with = plain.clone().gpu(help()).build().unwrap();
    let mut never = plain.crossover(Crossover::NEVER).build().unwrap();
    let mut path = Path::new(8);
    for _ in 0..1_500 {
        let sensed = path.sensed(SENSORS);
        let decided = with.decide(&sensed).unwrap();
        let expected = never.decide(&sensed).unwrap();
        assert_eq!(decided.recalled, expected.recalled);
        assert_eq!(decided.action, expected.action);
        assert_eq!(decided.prediction, expected.prediction);
        let next = path.sensed(SENSORS);
        let outcome = Outcome { observation: &next, reward: 0.0, ended: false };
        assert_eq!(with.learn(outcome).unwrap(), never.learn(outcome).unwrap());
    }
    assert!(with.stats().gpu.answered > 300, "{:?}", with.stats().gpu);
    assert_eq!(never.stats().gpu.dispatched, 0);
}

#[test]
fn a_brain_with_a_gpu_may_move_to_another_thread() {
    let plain = builder(Metric::Euclidean, ActionSpace::discrete(3));
    let mut brain = plain.gpu(help()).build().unwrap();
    let moved = std::thread::spawn(move || {
        live(&mut brain, &mut Path::new(5), 1_200);
        brain
    });
    assert!(moved.join().unwrap().stats().gpu.answered > 50);
}
