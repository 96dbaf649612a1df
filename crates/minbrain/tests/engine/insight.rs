//! What a look into a brain shows, held against what its other calls say.

use std::collections::BTreeMap;

use minbrain::{
    Action, ActionSpace, Brain, Budget, ExperienceId, Exploration, Method, Outcome, Policy,
};

use crate::dice::Dice;

const BUDGET: usize = 60;

fn brain(policy: Policy) -> Brain {
    let builder = Brain::builder().sensors(2).actions(ActionSpace::discrete(3));
    builder.policy(policy).budget(Budget::Experiences(BUDGET)).seed(5).build().unwrap()
}

/// Shows it in so many cycles how to stay in the middle.
fn show(brain: &mut Brain, cycles: usize) {
    let mut dice = Dice::new(4);
    for _ in 0..cycles {
        let place = [dice.signed(), dice.signed()];
        let action = 1 + usize::from(place[0] < -0.2) - usize::from(place[0] > 0.2);
        brain.accompany(&place, &Action::Discrete(action)).unwrap();
        brain.learn(Outcome { observation: &place, reward: place[0], ended: false }).unwrap();
        brain.interrupt();
    }
}

/// Lives for `cycles`, and calls `look` after each decision.
fn live(brain: &mut Brain, cycles: usize, mut look: impl FnMut(&Brain)) {
    let mut dice = Dice::new(3);
    let mut place = [0.0_f32, 0.0];
    for _ in 0..cycles {
        let step = brain.decide(&place).unwrap().action.index().unwrap() as f32 - 1.0;
        look(brain);
        place = [(place[0] + 0.1 * step).clamp(-1.0, 1.0), dice.signed()];
        let outcome = Outcome { observation: &place, reward: place[0], ended: false };
        brain.learn(outcome).unwrap();
    }
}

#[test]
fn active_experiences_and_witnesses_are_as_other_calls_tell() {
    let mut brain = brain(Policy::Consensus);
    let (mut links, mut witnesses) = (0, 0);
    live(&mut brain, 300, |brain| {
        let insight = brain.insight();
        let active: Vec<_> = insight.active.iter().map(|a| (a.id, a.activation)).collect();
        let told: Vec<_> =
            brain.working_memory().into_iter().map(|a| (a.id, a.activation)).collect();
        assert_eq!(active, told);
        for shown in &insight.active {
            let known = brain.experience(shown.id).unwrap();
            assert_eq!((shown.surprise, shown.reward), (known.surprise, known.reward));
            let among = known.associations.into_iter();
            let among: BTreeMap<_, _> =
                among.filter(|(id, _)| told.iter().any(|(other, _)| other == id)).collect();
            assert_eq!(shown.links.iter().copied().collect::<BTreeMap<_, _>>(), among);
            links += among.len();
        }
        let decision = brain.waiting().unwrap();
        assert_eq!(insight.witnesses.len(), decision.recalled.len(), "nothing is forgotten yet");
        for (witness, neighbour) in insight.witnesses.iter().zip(&decision.recalled) {
            let known = brain.experience(witness.id).unwrap();
            assert_eq!((witness.id, witness.weight), (neighbour.id, neighbour.weight));
            assert_eq!((&witness.action, witness.reward), (&known.action, known.reward));
            witnesses += 1;
        }
    });
    assert!(links > 1_000 && witnesses > 1_000, "{links} {witnesses}");
}

#[test]
fn the_action_chosen_is_the_one_of_the_greatest_worth() {
    for policy in [Policy::Consensus, Policy::Value, Policy::Imitation] {
        let mut brain = brain(policy);
        live(&mut brain, 200, |_| {});
        if policy == Policy::Imitation {
            show(&mut brain, 50);
        }
        brain.set_exploration(Exploration::Off);
        let mut compared = 0;
        live(&mut brain, 100, |brain| {
            let decision = brain.waiting().unwrap();
            if !matches!(decision.method, Method::Consensus | Method::Value | Method::Imitated) {
                return;
            }
            let considered = brain.insight().considered;
            assert_eq!(considered.len(), 3);
            let of = |action: &Action| considered.iter().find(|c| c.0 == *action).unwrap().1;
            let most = considered.iter().fold(f32::MIN, |most, c| most.max(c.1));
            assert_eq!(of(&decision.action), most, "{considered:?}");
            compared += 1;
        });
        assert!(compared > 50, "{compared} under {policy:?}");
    }
}

#[test]
fn those_forgotten_last_are_named_in_their_order() {
    let mut brain = brain(Policy::Consensus);
    let mut gone: Vec<ExperienceId> = Vec::new();
    let mut kept: Vec<ExperienceId> = Vec::new();
    live(&mut brain, 200, |brain| {
        let now: Vec<ExperienceId> = (0..brain.stats().learned)
            .map(ExperienceId)
            .filter(|&id| brain.experience(id).is_some())
            .collect();
        gone.extend(kept.iter().filter(|id| !now.contains(id)));
        kept = now;
        let named: Vec<ExperienceId> = brain.insight().forgotten.iter().map(|f| f.id).collect();
        assert_eq!(named, gone[gone.len().saturating_sub(16)..]);
    });
    assert!(gone.len() > 100);
}

#[test]
fn a_decision_that_is_taken_up_again_is_learned_from_as_if_it_had_waited() {
    let (mut waits, mut resumes) = (brain(Policy::Consensus), brain(Policy::Consensus));
    live(&mut waits, 80, |_| {});
    live(&mut resumes, 80, |_| {});
    let decision = waits.decide(&[0.2, 0.1]).unwrap().clone();
    resumes.decide(&[0.2, 0.1]).unwrap();
    resumes.decide(&[-0.9, 0.9]).unwrap(); // Another robot's turn.
    let chosen = (decision.method, decision.confidence);
    let again = resumes.resume(&[0.2, 0.1], &decision.action, chosen).unwrap();
    assert_eq!(
        (again.method, again.confidence, &again.action),
        (chosen.0, chosen.1, &decision.action)
    );
    let outcome = Outcome { observation: &[0.3, 0.1], reward: 0.5, ended: false };
    let (a, b) = (waits.learn(outcome).unwrap(), resumes.learn(outcome).unwrap());
    assert_eq!(a.id, b.id);
    let (a, b) =
        (waits.experience(a.id.unwrap()).unwrap(), resumes.experience(b.id.unwrap()).unwrap());
    assert_eq!((a.observation, a.action, a.outcome), (b.observation, b.action, b.outcome));
}
