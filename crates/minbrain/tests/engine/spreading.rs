//! Activation: what a decision makes active, worked out by hand, and its bounds.

use minbrain::{ActionSpace, Brain, ExperienceId};

use crate::worlds::{Ring, action_spaces, brain, outcome};

/// Activations are kept in steps.
const STEP: f32 = 1.0 / 65_535.0;

fn store(brain: &mut Brain, place: f32) -> ExperienceId {
    brain.decide(&[place]).unwrap();
    brain.learn(outcome(&[place])).unwrap().id.unwrap()
}

fn strength(brain: &Brain, a: ExperienceId, b: ExperienceId) -> f32 {
    let links = brain.experience(a).unwrap().associations;
    links.iter().find(|(other, _)| *other == b).map_or(0.0, |link| link.1)
}

fn active(brain: &Brain, id: ExperienceId) -> f32 {
    brain.working_memory().iter().find(|a| a.id == id).map_or(0.0, |a| a.activation)
}

/// A chain of three, a - b - c: each decision recalls only the nearest, so a and c never met.
fn chain() -> (Brain, [ExperienceId; 3]) {
    let builder = brain(1, ActionSpace::discrete(1), 10).neighbours(1).min_similarity(0.0);
    let mut brain = builder.decay_per_cycle(0.5).build().unwrap();
    let chain = [0.0, 1.0, 1.2].map(|place| store(&mut brain, place));
    brain.interrupt();
    (brain, chain)
}

#[test]
fn activation_spreads_over_two_hops_as_in_the_guide() {
    let (mut brain, [a, b, c]) = chain();
    let (ab, bc) = (strength(&brain, a, b), strength(&brain, b, c));
    assert!(ab > 0.3 && bc > 0.5 && strength(&brain, a, c) == 0.0, "{ab} {bc}");
    assert_eq!(brain.working_memory(), []);
    brain.decide(&[0.0]).unwrap();
    // Similarity 1 of what is recalled, times the association, times 0.1 for each hop.
    let expected = [(a, 1.0), (b, 0.1 * ab), (c, 0.1 * ab * 0.1 * bc)];
    for (id, activation) in expected {
        assert!((active(&brain, id) - activation).abs() <= STEP, "{id} {activation}");
    }
    let order: Vec<ExperienceId> = brain.working_memory().iter().map(|a| a.id).collect();
    assert_eq!(order, [a, b, c]);
    // The next cycle: all of it decays to half; c is recalled, and b and a are reached from there.
    brain.decide(&[1.2]).unwrap();
    let expected = [(a, 0.5 + 0.1 * bc * 0.1 * ab), (b, 0.5 * 0.1 * ab + 0.1 * bc), (c, 1.0)];
    for (id, activation) in expected {
        assert!((active(&brain, id) - activation).abs() <= STEP, "{id} {activation}");
    }
}

#[test]
fn the_share_that_spreads_is_a_setting() {
    let (brain, [a, b, _]) = chain();
    let ab = strength(&brain, a, b);
    for share in [0.0, 1.0] {
        let config = minbrain::Config { spread_per_hop: share, ..brain.config().clone() };
        let mut other = Brain::builder().config(config).build().unwrap();
        let [_, second, _] = [0.0, 1.0, 1.2].map(|place| store(&mut other, place));
        other.interrupt();
        other.decide(&[0.0]).unwrap();
        assert!((active(&other, second) - share * ab).abs() <= STEP);
    }
}

#[test]
fn working_memory_is_bounded_and_sorted_for_ever() {
    for actions in action_spaces() {
        let builder = brain(3, actions, 200).neighbours(60).spread_per_hop(1.0);
        let mut brain = builder.decay_per_cycle(1.0).build().unwrap();
        let mut ring = Ring::new(8);
        for _ in 0..1_000 {
            ring.live(&mut brain);
            let active = brain.working_memory();
            assert!(active.len() <= 32);
            assert!(active.iter().all(|a| a.activation > 0.0 && a.activation <= 1.0));
            assert!(active.windows(2).all(|w| w[0].activation >= w[1].activation));
            assert!(active.iter().all(|a| brain.experience(a.id).is_some()), "none is forgotten");
        }
        brain.interrupt();
        assert_eq!(brain.working_memory(), []);
    }
}
