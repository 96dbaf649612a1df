//! What cannot be used is refused by name, and the brain stays what it was.

use minbrain::{
    Action, ActionSpace, Bounds, Brain, BrainBuilder, BrainError, Budget, Hold, Metric,
    MinimalBrain, Outcome, Policy, Problem,
};

use crate::worlds::{Ring, action_spaces, brain, outcome};

/// A brain that has lived a little, and has decided.
fn lived(builder: BrainBuilder) -> Brain {
    let mut brain = builder.build().unwrap();
    let mut ring = Ring::new(1);
    (0..60).for_each(|_| {
        ring.live(&mut brain);
    });
    brain.decide(&ring.sense()).unwrap();
    brain
}

/// Makes the call; it must fail in these words and leave no trace.
fn refuses<T: std::fmt::Debug>(
    brain: &mut Brain,
    call: impl FnOnce(&mut Brain) -> Result<T, BrainError>,
    words: &str,
) -> BrainError {
    let before = brain.fingerprint();
    let waiting = brain.waiting().cloned();
    let error = call(brain).unwrap_err();
    assert_eq!(error.to_string(), words);
    assert_eq!(brain.fingerprint(), before, "{words} left a trace");
    assert_eq!(brain.waiting().cloned(), waiting, "{words} touched the decision that waits");
    error
}

/// Observations that no brain of three sensors takes, with what is said of them.
fn observations() -> Vec<(Vec<f32>, &'static str)> {
    vec![
        (vec![], "expected 3 values, got 0 values"),
        (vec![1.0, 2.0], "expected 3 values, got 2 values"),
        (vec![1.0; 4], "expected 3 values, got 4 values"),
        (vec![1.0, f32::NAN, 2.0], "expected finite values, got NaN at position 1"),
        (vec![f32::INFINITY, 1.0, 2.0], "expected finite values, got inf at position 0"),
        (vec![0.0, 1.0, f32::NEG_INFINITY], "expected finite values, got -inf at position 2"),
        (
            vec![0.0, 2e15, 0.0],
            "expected values from -1e15 to 1e15, got 2000000000000000 at position 1",
        ),
        (
            vec![0.0, -3e20, 0.0],
            "expected values from -1e15 to 1e15, got -300000000000000000000 at position 1",
        ),
    ]
}

#[test]
fn observations_are_checked_at_every_door() {
    let one = ActionSpace::continuous([(-1.0, 1.0)]);
    let spaces = action_spaces().into_iter().chain([one]);
    for (actions, policy) in spaces.flat_map(|s| {
        [(s.clone(), Policy::Consensus), (s.clone(), Policy::Value), (s, Policy::Imitation)]
    }) {
        let action = actions.neutral();
        let mut brain = lived(brain(3, actions, 50).policy(policy));
        for (bad, words) in observations() {
            let words = &format!("observation: {words}");
            refuses(&mut brain, |b| b.decide(&bad).cloned(), words);
            refuses(&mut brain, |b| b.accompany(&bad, &action).cloned(), words);
            refuses(&mut brain, |b| b.learn(outcome(&bad)), words);
            refuses(&mut brain, |b| b.recall(&bad, 5), words);
            refuses(&mut brain, |b| b.predict(&bad, &action), words);
        }
        brain.learn(outcome(&[0.1, 0.2, 0.3])).unwrap();
    }
}

#[test]
fn a_vector_without_direction_has_no_cosine() {
    let builder = brain(3, ActionSpace::discrete(3), 50).metric(Metric::Cosine);
    let mut brain = lived(builder);
    let words =
        "observation: expected a direction, for the cosine metric, got a vector of norm zero";
    for bad in [[0.0; 3], [0.0, -0.0, 1e-45]] {
        refuses(&mut brain, |b| b.decide(&bad).cloned(), words);
        refuses(&mut brain, |b| b.accompany(&bad, &Action::Discrete(0)).cloned(), words);
        refuses(&mut brain, |b| b.learn(outcome(&bad)), words);
        refuses(&mut brain, |b| b.recall(&bad, 1), words);
        refuses(&mut brain, |b| b.predict(&bad, &Action::Discrete(0)), words);
    }
    brain.decide(&[0.0, 0.0, 1e-37]).unwrap();
}

#[test]
fn actions_are_checked_at_every_door() {
    let wrong: [(usize, Action, &str); 8] = [
        (0, Action::Discrete(3), "expected 0 to 2, got 3 at position 0"),
        (0, Action::Continuous(vec![0.0]), "expected a discrete action, got a continuous action"),
        (1, Action::Discrete(0), "expected a continuous action, got a discrete action"),
        (1, Action::Continuous(vec![]), "expected 2 values, got 0 values"),
        (1, Action::Continuous(vec![0.0; 3]), "expected 2 values, got 3 values"),
        (1, Action::Continuous(vec![0.0, 2.1]), "expected -0.5 to 2, got 2.1 at position 1"),
        (1, Action::Continuous(vec![-1.5, 0.0]), "expected -1 to 1, got -1.5 at position 0"),
        (
            1,
            Action::Continuous(vec![0.0, f32::NAN]),
            "expected finite values, got NaN at position 1",
        ),
    ];
    for (space, action, words) in wrong {
        let mut brain = lived(brain(3, action_spaces()[space].clone(), 50));
        let words = &format!("action: {words}");
        refuses(&mut brain, |b| b.accompany(&[0.0; 3], &action).cloned(), words);
        refuses(&mut brain, |b| b.predict(&[0.0; 3], &action), words);
    }
}

#[test]
fn rewards_are_numbers_within_bounds() {
    let mut brain = lived(brain(3, ActionSpace::discrete(3), 50));
    let rewards = [
        (f32::NAN, "expected finite values, got NaN at position 0"),
        (f32::INFINITY, "expected finite values, got inf at position 0"),
        (-1e16, "expected values from -1e15 to 1e15, got -10000000000000000 at position 0"),
    ];
    for (reward, words) in rewards {
        let outcome = Outcome { observation: &[0.0; 3], reward, ended: false };
        refuses(&mut brain, |b| b.learn(outcome), &format!("reward: {words}"));
    }
}

#[test]
fn nothing_is_learned_without_a_decision() {
    let words =
        "learn: expected a decision that waits for its outcome, got none; call decide first";
    let mut fresh = brain(3, ActionSpace::discrete(3), 50).build().unwrap();
    let error = refuses(&mut fresh, |b| b.learn(outcome(&[0.0; 3])), words);
    assert_eq!(error, BrainError::NothingDecided);
    let mut brain = lived(brain(3, ActionSpace::discrete(3), 50));
    brain.learn(outcome(&[0.0; 3])).unwrap();
    refuses(&mut brain, |b| b.learn(outcome(&[0.0; 3])), words);
    brain.decide(&[0.0; 3]).unwrap();
    brain.interrupt();
    assert_eq!(brain.waiting(), None);
    refuses(&mut brain, |b| b.learn(outcome(&[0.0; 3])), words);
}

#[test]
fn a_recall_asks_for_one_to_256() {
    let mut brain = lived(brain(3, ActionSpace::discrete(3), 50));
    for k in [0, 257, usize::MAX] {
        let words = format!("k: expected 1 to 256, got {k}");
        let error = refuses(&mut brain, |b| b.recall(&[0.0; 3], k), &words);
        assert!(
            matches!(error, BrainError::Input { problem: Problem::WrongCount { got }, .. } if got == k)
        );
    }
    assert_eq!(brain.recall(&[0.0; 3], 256).unwrap().len(), brain.stats().experiences);
}

#[test]
fn time_does_not_go_back() {
    let mut brain = lived(brain(3, ActionSpace::discrete(3), 50));
    brain.set_time_us(5_000_000).unwrap();
    let words = "time_us: expected 5000000 us or later, got 4999999 us, 1 us before the last";
    refuses(&mut brain, |b| b.set_time_us(4_999_999), words);
    brain.set_time_us(5_000_000).unwrap();
    brain.set_time_us(u64::MAX).unwrap();
    brain.learn(outcome(&[0.0; 3])).unwrap();
    assert_eq!(brain.time_us(), u64::MAX);
}

/// Builder settings that no brain has, with what is said of them.
fn settings() -> Vec<(BrainBuilder, &'static str)> {
    let good = || brain(3, ActionSpace::discrete(3), 50);
    let bounds = |low, high| good().actions(ActionSpace::Continuous(vec![Bounds { low, high }]));
    let between = "expected bounds from -1e15 to 1e15, low below high";
    let mut all = vec![
        (Brain::builder(), "sensors: expected 1 to 256, got 0".to_string()),
        (good().sensors(257), "sensors: expected 1 to 256, got 257".into()),
        (Brain::builder().sensors(1), "actions: expected 1 to 64, got 0".into()),
        (good().actions(ActionSpace::discrete(65)), "actions: expected 1 to 64, got 65".into()),
        (
            good().actions(ActionSpace::continuous([])),
            "actions: expected 1 to 64 dimensions, got 0".into(),
        ),
        (
            good().actions(ActionSpace::continuous([(0.0, 1.0); 65])),
            "actions: expected 1 to 64 dimensions, got 65".into(),
        ),
        (
            good().budget(Budget::Experiences(0)),
            "budget: expected 1 to 16777215 experiences, got 0".into(),
        ),
        (
            good().budget(Budget::Experiences(usize::MAX)),
            format!("budget: expected 1 to 16777215 experiences, got {}", usize::MAX),
        ),
        (good().neighbours(0), "neighbours: expected 1 to 256, got 0".into()),
        (good().neighbours(257), "neighbours: expected 1 to 256, got 257".into()),
        (good().associations(0), "associations: expected 1 to 32, got 0".into()),
        (good().associations(33), "associations: expected 1 to 32, got 33".into()),
        (good().min_similarity(1.1), "min_similarity: expected 0 to 1, got 1.1".into()),
        (good().min_similarity(f32::NAN), "min_similarity: expected 0 to 1, got NaN".into()),
        (good().spread_per_hop(-0.1), "spread_per_hop: expected 0 to 1, got -0.1".into()),
        (good().decay_per_cycle(f32::INFINITY), "decay_per_cycle: expected 0 to 1, got inf".into()),
        (good().hold(Hold::Cycles(0)), "hold: expected 1 to 1000, got 0".into()),
        (good().hold(Hold::Cycles(1_001)), "hold: expected 1 to 1000, got 1001".into()),
        (good().cycle_period_us(0), "cycle_period_us: expected 1 or more, got 0".into()),
    ];
    for (low, high) in
        [(1.0, -1.0), (1.0, 1.0), (0.0, f32::INFINITY), (f32::NAN, 1.0), (-1e16, 0.0)]
    {
        all.push((bounds(low, high), format!("actions: {between}, got {low} and {high}")));
    }
    all.into_iter().map(|(builder, words)| (builder, &*words.leak())).collect()
}

#[test]
fn settings_are_checked_once_and_by_name() {
    for (builder, words) in settings() {
        let error = builder.build().unwrap_err();
        assert_eq!(error.to_string(), words);
        assert!(matches!(error, BrainError::Config { .. }));
    }
}

#[test]
fn a_budget_in_bytes_that_holds_nothing_is_refused_with_what_is_needed() {
    let with = |bytes| brain(3, ActionSpace::discrete(3), 1).budget(Budget::Bytes(bytes)).build();
    for bytes in [0, 1, 1_000] {
        let BrainError::Config { field, expected, got } = with(bytes).unwrap_err() else {
            panic!("a setting is wrong");
        };
        assert_eq!((field, got), ("budget", bytes.to_string()));
        let least: usize =
            expected.trim_start_matches("at least ").trim_end_matches(" bytes").parse().unwrap();
        assert_eq!(with(least).unwrap().stats().capacity, 1);
        assert!(with(least - 1).is_err());
    }
}

#[test]
fn the_guide_checks_its_vectors_and_stores_nothing_of_a_bad_call() {
    let mut guide = MinimalBrain::new(2, 1).unwrap();
    guide.process_sensory_input(&[0.5, 0.5]).unwrap();
    let before = guide.brain().fingerprint();
    let good: &[f32] = &[0.5, 0.5];
    let bad: &[f32] = &[f32::NAN, 0.0];
    assert!(guide.process_sensory_input(bad).is_err());
    assert!(guide.store_experience(bad, &[0.0], good, None).is_err());
    assert!(guide.store_experience(good, &[2.0], good, None).is_err());
    assert!(guide.store_experience(good, &[], good, None).is_err());
    assert!(guide.store_experience(good, &[0.0], bad, None).is_err());
    assert!(guide.store_experience(good, &[0.0], good, Some(bad)).is_err());
    assert!(guide.store_experience(good, &[0.0], good, Some(&[1.0])).is_err());
    assert_eq!(guide.brain().fingerprint(), before);
    assert!(MinimalBrain::new(0, 1).is_err() && MinimalBrain::new(1, 0).is_err());
}

/// Over a discrete brain the guide's action vector is one whole number within range, nothing else.
#[test]
fn the_guide_takes_no_fraction_for_a_discrete_action() {
    let engine = brain(2, ActionSpace::discrete(3), 50).build().unwrap();
    let mut guide = MinimalBrain::from(engine);
    let place: &[f32] = &[0.5, 0.5];
    let before = guide.brain().fingerprint();
    for action in [&[][..], &[0.5], &[-1.0], &[3.0], &[f32::NAN], &[1.0, 1.0], &[f32::INFINITY]] {
        let error = guide.store_experience(place, action, place, None).unwrap_err();
        assert!(error.to_string().starts_with("action: expected"), "{error}");
        assert_eq!(guide.brain().fingerprint(), before);
    }
    let id = guide.store_experience(place, &[2.0], place, None).unwrap().unwrap();
    assert_eq!(guide.brain().experience(id).unwrap().action, Action::Discrete(2));
}
