//! The same seed and the same calls: the same bytes.

use minbrain::{Action, ActionSpace, Brain, ExperienceId, Exploration, Forgetting, Policy};

use crate::worlds::{FORGETTING, Ring, action_spaces, brain, outcome};

const CYCLES: usize = 10_000;

/// All that a decision says, as bits.
fn bits(brain: &Brain, into: &mut Vec<u32>) {
    let decision = brain.waiting().unwrap();
    into.push(decision.action.index().map_or(u32::MAX, |index| index as u32));
    into.extend(decision.action.values().iter().map(|v| v.to_bits()));
    into.extend([decision.confidence.to_bits(), decision.method as u32, decision.work_units]);
    let prediction = &decision.prediction;
    into.extend(prediction.outcome.iter().chain(&prediction.expected_error).map(|v| v.to_bits()));
    into.extend([prediction.reward, prediction.ended, prediction.knownness].map(f32::to_bits));
    for neighbour in &decision.recalled {
        into.push(neighbour.id.0 as u32);
        into.extend([neighbour.distance, neighbour.similarity, neighbour.weight].map(f32::to_bits));
    }
}

/// Lives, and returns every decision and now and then the whole state, folded together.
fn live(brain: &mut Brain, ring: &mut Ring, cycles: usize) -> Vec<u64> {
    let mut trace = Vec::with_capacity(cycles);
    let mut said = Vec::new();
    for cycle in 0..cycles {
        let before = ring.sense();
        brain.decide(&before).unwrap();
        said.clear();
        bits(brain, &mut said);
        let action = brain.waiting().unwrap().action.clone();
        ring.advance(&action);
        let learned = brain.learn(outcome(&ring.sense())).unwrap();
        said.extend([learned.surprise.to_bits(), learned.forgotten]);
        let fold = |hash: u64, &word: &u32| (hash ^ u64::from(word)).wrapping_mul(0x100_0000_01b3);
        trace.push(said.iter().fold(0xcbf2_9ce4_8422_2325, fold));
        match cycle % 500 {
            77 => {
                brain.consolidate(40);
            }
            210 => brain.interrupt(),
            499 => trace.push(brain.fingerprint()),
            _ => {}
        }
    }
    trace
}

fn fresh(actions: &ActionSpace, forgetting: Forgetting, seed: u64) -> Brain {
    let builder = brain(3, actions.clone(), 150).forgetting(forgetting).seed(seed);
    // A cycle a second: the policy that goes by the minute cleans up many times.
    builder.cycle_period_us(1_000_000).build().unwrap()
}

#[test]
fn ten_thousand_cycles_are_the_same_again() {
    for actions in action_spaces() {
        for forgetting in FORGETTING {
            let run = |seed| {
                let mut brain = fresh(&actions, forgetting, seed);
                let trace = live(&mut brain, &mut Ring::new(4), CYCLES);
                (trace, brain.fingerprint(), brain.stats())
            };
            let first = run(11);
            assert_eq!(first, run(11), "{forgetting:?}");
            // What is compared does depend on what happens.
            assert_ne!(first.0, run(12).0, "{forgetting:?}");
        }
    }
}

#[test]
fn a_clone_goes_on_alike_and_on_its_own() {
    for actions in action_spaces() {
        for forgetting in FORGETTING {
            let mut brain = fresh(&actions, forgetting, 5);
            let mut ring = Ring::new(6);
            live(&mut brain, &mut ring, 700);
            brain.decide(&ring.sense()).unwrap();
            let (mut twin, mut twin_ring) = (brain.clone(), ring.clone());
            assert_eq!(twin.fingerprint(), brain.fingerprint());
            let print = brain.fingerprint();
            let trace = live(&mut twin, &mut twin_ring, 700);
            assert_eq!(brain.fingerprint(), print, "the twin's life is its own");
            assert_eq!(live(&mut brain, &mut ring, 700), trace, "{forgetting:?}");
            assert_eq!(twin.fingerprint(), brain.fingerprint());
        }
    }
}

#[test]
fn looking_leaves_no_trace() {
    for actions in action_spaces() {
        let mut brain = fresh(&actions, Forgetting::Coverage, 5);
        live(&mut brain, &mut Ring::new(6), 300);
        let print = brain.fingerprint();
        for place in [[0.1, 0.9, 0.0], [5.0, -3.0, 1.0]] {
            let neighbours = brain.recall(&place, 7).unwrap();
            assert_eq!(neighbours, brain.recall(&place, 7).unwrap());
            let prediction = brain.predict(&place, &actions.neutral()).unwrap();
            assert_eq!(prediction, brain.predict(&place, &actions.neutral()).unwrap());
            assert!(brain.experience(neighbours[0].id).is_some());
        }
        assert!(brain.experience(ExperienceId(u64::MAX)).is_none());
        assert_eq!(brain.working_memory(), brain.working_memory());
        assert_eq!(brain.stats(), brain.stats());
        assert_eq!(brain.fingerprint(), print);
    }
}

/// What differs in what comes next must differ in the fingerprint.
#[test]
fn the_fingerprint_sees_what_matters() {
    let fresh = || brain(1, ActionSpace::discrete(2), 10).build().unwrap();
    let with = |action| {
        let mut brain = fresh();
        brain.accompany(&[0.5], &Action::Discrete(action)).unwrap();
        brain.fingerprint()
    };
    assert_ne!(with(0), with(1), "the action that waits");
    let mut told = fresh();
    told.set_time_us(0).unwrap();
    assert_ne!(told.fingerprint(), fresh().fingerprint(), "whether time goes on by itself");
    let mut reward = [0.0, 1.0].map(|reward| {
        let mut brain = fresh();
        brain.decide(&[0.5]).unwrap();
        let outcome = minbrain::Outcome { observation: &[0.6], reward, ended: false };
        brain.learn(outcome).unwrap();
        brain.fingerprint()
    });
    reward.sort_unstable();
    assert_ne!(reward[0], reward[1], "the reward");
}

/// All ways to act by value: by candidates, by levels, by plans.
fn by_value() -> [Brain; 3] {
    let spaces = [vec![], vec![(-1.0, 1.0)], vec![(-1.0, 1.0), (-0.5, 2.0)]];
    spaces.map(|bounds| {
        let continuous = ActionSpace::continuous(bounds.iter().copied());
        let actions = if bounds.is_empty() { ActionSpace::discrete(3) } else { continuous };
        brain(3, actions, 120).policy(Policy::Value).seed(9).build().unwrap()
    })
}

#[test]
fn values_are_the_same_again_and_a_clone_answers_alike() {
    for (mut brain, mut again) in by_value().into_iter().zip(by_value()) {
        let (mut ring, mut ring_again) = (Ring::new(2), Ring::new(2));
        let trace = live(&mut brain, &mut ring, 600);
        assert_eq!(live(&mut again, &mut ring_again, 600), trace);
        brain.decide(&ring.sense()).unwrap();
        let (mut twin, mut twin_ring) = (brain.clone(), ring.clone());
        assert_eq!(twin.fingerprint(), brain.fingerprint());
        let print = brain.fingerprint();
        let trace = live(&mut twin, &mut twin_ring, 400);
        assert_eq!(brain.fingerprint(), print, "the twin's life is its own");
        assert_eq!(live(&mut brain, &mut ring, 400), trace);
        assert_eq!(twin.fingerprint(), brain.fingerprint());
    }
}

/// Idle time may come while the robot moves: it changes what is known, not what was decided.
#[test]
fn idle_time_before_the_outcome_leaves_the_decision_alone() {
    for mut brain in by_value() {
        let mut ring = Ring::new(3);
        live(&mut brain, &mut ring, 300);
        let (now, after) = (ring.sense(), ring.sense());
        let action = brain.config().actions.neutral();
        let mut other = brain.clone();
        brain.consolidate(500);
        brain.accompany(&now, &action).unwrap();
        other.accompany(&now, &action).unwrap();
        other.consolidate(500);
        for brain in [&mut brain, &mut other] {
            brain.learn(outcome(&after)).unwrap();
        }
        assert_eq!(brain.fingerprint(), other.fingerprint());
    }
}

/// Whether novelty counts changes what comes next.
#[test]
fn the_fingerprint_sees_whether_it_explores() {
    let [mut brain, ..] = by_value();
    let before = brain.fingerprint();
    brain.set_exploration(Exploration::Off);
    assert_ne!(brain.fingerprint(), before);
    brain.set_exploration(Exploration::Annealed);
    assert_eq!(brain.fingerprint(), before);
}
