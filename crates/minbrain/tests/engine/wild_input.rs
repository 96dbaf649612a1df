//! Whatever floats come in, in whatever order of calls: no panic, no NaN in an answer, and a call
//! that is refused or only reads leaves no trace.

use minbrain::{
    Action, ActionSpace, Brain, Budget, Config, Decision, ExperienceId, Forgetting, Metric,
    Outcome, Policy, Prediction,
};
use proptest::prelude::*;

use crate::dice::Dice;
use crate::worlds::FORGETTING;

#[derive(Clone, Debug)]
enum Call {
    Decide(Vec<f32>),
    Accompany(Vec<f32>, Action),
    Learn(Vec<f32>, f32, bool),
    Recall(Vec<f32>, usize),
    Predict(Vec<f32>, Action),
    Consolidate(u32),
    Interrupt,
    SetTime(u64),
    /// Many cycles of values of this magnitude, some of them repeated.
    Live {
        seed: u64,
        cycles: usize,
        exponent: i32,
    },
}

/// Any bit pattern, and those that break things.
fn float() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => -10.0_f32..10.0,
        2 => any::<u32>().prop_map(f32::from_bits),
        1 => Just(0.0),
        1 => Just(-0.0),
        1 => prop_oneof![Just(1e15_f32), Just(-1e15_f32), Just(1.000_001e15_f32)],
        1 => prop_oneof![Just(f32::MIN_POSITIVE), Just(1e-45_f32), Just(-1e-40_f32)],
        1 => prop_oneof![Just(f32::NAN), Just(f32::INFINITY), Just(f32::MAX)],
    ]
}

fn usable() -> impl Strategy<Value = f32> {
    float().prop_map(|x| if x.is_finite() { x.clamp(-1e15, 1e15) } else { 1.0 })
}

fn vector(length: usize) -> impl Strategy<Value = Vec<f32>> {
    prop_oneof![
        8 => prop::collection::vec(usable(), length),
        1 => prop::collection::vec(float(), length),
        1 => prop::collection::vec(usable(), 0..6),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        (0_usize..4).prop_map(Action::Discrete),
        prop::collection::vec(-1.0_f32..1.0, 1..3).prop_map(Action::Continuous),
        prop::collection::vec(float(), 0..3).prop_map(Action::Continuous),
    ]
}

fn call(sensors: usize) -> impl Strategy<Value = Call> {
    prop_oneof![
        3 => vector(sensors).prop_map(Call::Decide),
        2 => (vector(sensors), action()).prop_map(|(o, a)| Call::Accompany(o, a)),
        4 => (vector(sensors), float(), any::<bool>()).prop_map(|(o, r, e)| Call::Learn(o, r, e)),
        1 => (vector(sensors), 0_usize..300).prop_map(|(o, k)| Call::Recall(o, k)),
        1 => (vector(sensors), action()).prop_map(|(o, a)| Call::Predict(o, a)),
        1 => prop_oneof![0_u32..500, Just(u32::MAX)].prop_map(Call::Consolidate),
        1 => Just(Call::Interrupt),
        1 => any::<u64>().prop_map(|t| Call::SetTime(t >> (t % 64))),
        4 => (any::<u64>(), 1_usize..50, -44_i32..16)
            .prop_map(|(seed, cycles, exponent)| Call::Live { seed, cycles, exponent }),
    ]
}

fn actions() -> impl Strategy<Value = ActionSpace> {
    prop_oneof![
        (1_usize..4).prop_map(ActionSpace::discrete),
        Just(ActionSpace::continuous([(-1.0, 1.0)])),
        Just(ActionSpace::continuous([(-1.0, 1.0), (-1e-20, 1e-20)])),
        Just(ActionSpace::continuous([(-1.0, 1.0), (-1e15, 1e15)])),
    ]
}

fn config() -> impl Strategy<Value = Config> {
    let metric = prop_oneof![Just(Metric::Euclidean), Just(Metric::Cosine)];
    let policy = prop_oneof![Just(Policy::Consensus), Just(Policy::Value), Just(Policy::Imitation)];
    let tuned = (1_usize..30, 0.0_f32..=1.0, 0.0_f32..=1.0, 0.0_f32..=1.0);
    (1_usize..4, actions(), (metric, policy), 0_usize..5, 1_usize..60, tuned).prop_map(
        |(
            sensors,
            actions,
            (metric, policy),
            forgetting,
            budget,
            (neighbours, least, spread, decay),
        )| {
            let forgetting: Forgetting = FORGETTING[forgetting];
            Config {
                sensors,
                actions,
                metric,
                policy,
                forgetting,
                budget: Budget::Experiences(budget),
                neighbours,
                min_similarity: least,
                spread_per_hop: spread,
                decay_per_cycle: decay,
                ..Config::default()
            }
        },
    )
}

fn check_prediction(prediction: &Prediction, sensors: usize) {
    assert_eq!(prediction.outcome.len(), sensors);
    assert!(prediction.outcome.iter().all(|x| x.is_finite()), "{prediction:?}");
    assert!(prediction.expected_error.iter().all(|&x| x.is_finite() && x >= 0.0), "{prediction:?}");
    assert!(prediction.reward.is_finite(), "{prediction:?}");
    assert!((0.0..=1.0).contains(&prediction.ended), "{prediction:?}");
    assert!((0.0..=1.0).contains(&prediction.knownness), "{prediction:?}");
}

fn check_decision(decision: &Decision, config: &Config) {
    config.actions.check(&decision.action).unwrap();
    assert!((0.0..=1.0).contains(&decision.confidence), "{decision:?}");
    check_prediction(&decision.prediction, config.sensors);
    let mut before = f32::NEG_INFINITY;
    for neighbour in &decision.recalled {
        assert!(neighbour.distance >= before, "nearest first");
        assert!((0.0..=1.0).contains(&neighbour.similarity));
        assert!((0.0..=1.0 + 1e-6).contains(&neighbour.weight), "{neighbour:?}");
        before = neighbour.distance;
    }
}

fn check_state(brain: &Brain) {
    let print = brain.fingerprint();
    let stats = brain.stats();
    assert!(stats.experiences <= stats.capacity);
    assert!(stats.surprise.is_finite() && stats.forgotten_age_cycles.is_finite(), "{stats:?}");
    let active = brain.working_memory();
    assert!(active.len() <= 32);
    assert!(active.iter().all(|a| (0.0..=1.0).contains(&a.activation)), "{active:?}");
    for id in 0..stats.learned {
        if let Some(known) = brain.experience(ExperienceId(id)) {
            assert!(known.associations.len() <= brain.config().associations);
            assert!(known.associations.iter().all(|&(other, strength)| {
                brain.experience(other).is_some() && (0.0..=1.0).contains(&strength)
            }));
            assert!(known.surprise.is_finite() && known.surprise >= 0.0);
        }
    }
    assert_eq!(brain.fingerprint(), print, "reading leaves no trace");
}

fn live(brain: &mut Brain, seed: u64, cycles: usize, exponent: i32) {
    let mut dice = Dice::new(seed);
    let config = brain.config().clone();
    let scale = 10.0_f32.powi(exponent);
    let mut now = vec![scale; config.sensors];
    for _ in 0..cycles {
        if brain.decide(&now).is_err() {
            now.fill(1.0);
            continue;
        }
        check_decision(brain.waiting().unwrap(), &config);
        match dice.below(4) {
            0 => {}
            1 => now[0] = scale * dice.signed(),
            _ => now.iter_mut().for_each(|x| *x = scale * dice.signed()),
        }
        let reward = scale * dice.signed();
        let ended = dice.below(8) == 0;
        if let Ok(learned) = brain.learn(Outcome { observation: &now, reward, ended }) {
            assert!(learned.surprise.is_finite() && learned.surprise >= 0.0);
        }
    }
}

/// Makes the call; returns whether it had to leave no trace.
fn make(brain: &mut Brain, call: &Call) -> bool {
    let config = brain.config().clone();
    match call {
        Call::Decide(observation) => {
            brain.decide(observation).map(|d| check_decision(d, &config)).is_err()
        }
        Call::Accompany(observation, action) => {
            brain.accompany(observation, action).map(|d| check_decision(d, &config)).is_err()
        }
        Call::Learn(observation, reward, ended) => {
            let outcome = Outcome { observation, reward: *reward, ended: *ended };
            brain.learn(outcome).map(|l| assert!(l.surprise.is_finite())).is_err()
        }
        Call::Recall(observation, k) => {
            let _ = brain.recall(observation, *k);
            true
        }
        Call::Predict(observation, action) => {
            if let Ok(prediction) = brain.predict(observation, action) {
                check_prediction(&prediction, config.sensors);
            }
            true
        }
        Call::Consolidate(units) => {
            brain.consolidate(*units);
            false
        }
        Call::Interrupt => {
            brain.interrupt();
            false
        }
        Call::SetTime(time_us) => brain.set_time_us(*time_us).is_err(),
        Call::Live { seed, cycles, exponent } => {
            live(brain, *seed, *cycles, *exponent);
            false
        }
    }
}

fn case() -> impl Strategy<Value = (Config, Vec<Call>)> {
    config().prop_flat_map(|config| {
        let sensors = config.sensors;
        (Just(config), prop::collection::vec(call(sensors), 1..40))
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(4),
        failure_persistence: None,
        max_shrink_iters: 500,
        ..ProptestConfig::with_cases(1000)
    })]

    #[test]
    fn nothing_that_comes_in_breaks_a_brain((config, calls) in case()) {
        let mut brain = Brain::builder().config(config).build().unwrap();
        for call in &calls {
            let before = brain.fingerprint();
            if make(&mut brain, call) {
                prop_assert_eq!(brain.fingerprint(), before, "{:?} left a trace", call);
            }
        }
        check_state(&brain);
    }
}
