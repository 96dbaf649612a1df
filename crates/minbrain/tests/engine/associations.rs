//! Who is associated with whom, over so many reuses of the same places that generations wrap.

use std::collections::HashSet;

use minbrain::{Action, ActionSpace, Brain, ExperienceId, Forgetting};

use crate::dice::Dice;
use crate::worlds::{FORGETTING, brain, outcome};

/// Every pair that was ever recalled together with a new experience: no other may be associated.
type Pairs = HashSet<(ExperienceId, ExperienceId)>;

/// Lives for `cycles` in a world where most moments fall into a crowd and some are seldom visited.
fn live(brain: &mut Brain, cycles: usize, period_us: u64, pairs: &mut Pairs) {
    let mut dice = Dice::new(9);
    let least = brain.config().min_similarity;
    for cycle in 0..cycles {
        brain.set_time_us(cycle as u64 * period_us).unwrap();
        let place = if dice.below(20) == 0 { 5.0 * dice.signed() } else { 0.3 * dice.signed() };
        let decision = brain.decide(&[place, dice.signed()]).unwrap();
        let similar = decision.recalled.iter().filter(|r| r.similarity >= least);
        let recalled: Vec<ExperienceId> = similar.map(|r| r.id).collect();
        let learned = brain.learn(outcome(&[place + 0.1 * dice.signed(), dice.signed()])).unwrap();
        if let Some(id) = learned.id {
            pairs.extend(recalled.into_iter().map(|other| (other, id)));
        }
    }
}

fn check(brain: &Brain, pairs: &Pairs) -> usize {
    let mut links = 0;
    for id in (0..brain.stats().learned).map(ExperienceId) {
        let Some(known) = brain.experience(id) else { continue };
        assert!(known.associations.len() <= brain.config().associations);
        assert!(known.associations.windows(2).all(|w| w[0].1 >= w[1].1), "strongest first");
        let mut others: Vec<_> = known.associations.iter().map(|a| a.0).collect();
        others.sort_unstable();
        assert!(others.windows(2).all(|w| w[0] < w[1]), "each other end once");
        for other in others {
            assert!(pairs.contains(&(other.min(id), other.max(id))), "{id} never met {other}");
            links += 1;
        }
    }
    links
}

#[test]
fn no_association_is_ever_with_somebody_else() {
    for forgetting in FORGETTING {
        for budget in [1, 2, 3, 10, 60, 149, 400] {
            // A cycle a minute: the policy that goes by the minute cleans up whenever it may.
            for period_us in [20_000, 60_000_000] {
                let builder = brain(2, ActionSpace::discrete(2), budget).associations(4);
                let mut brain = builder.forgetting(forgetting).neighbours(6).build().unwrap();
                let mut pairs = Pairs::new();
                // The place of a new experience is reused some 300 times while the oldest stay.
                let cycles = if budget < 100 { 1_500 } else { 8 * budget };
                live(&mut brain, cycles, period_us, &mut pairs);
                let links = check(&brain, &pairs);
                let counts = brain.stats();
                assert!(links > 0 || budget < 10, "{forgetting:?} {budget}");
                assert!(counts.associations_made as usize >= links);
            }
        }
    }
}

#[test]
fn associations_go_both_ways_while_there_is_room() {
    let builder = brain(1, ActionSpace::discrete(1), 100).forgetting(Forgetting::None);
    let mut brain = builder.build().unwrap();
    for step in 0..10 {
        brain.decide(&[step as f32 * 0.1]).unwrap();
        brain.learn(outcome(&[step as f32 * 0.1 + 0.1])).unwrap();
    }
    for id in (0..10).map(ExperienceId) {
        for (other, strength) in brain.experience(id).unwrap().associations {
            let back = brain.experience(other).unwrap().associations;
            let same = back.iter().find(|(end, _)| *end == id).expect("the other end knows it");
            assert_eq!(same.1, strength);
        }
    }
}

/// The strength between two experiences after both supported the same prediction many times.
fn strengthened(after: impl Fn(u32) -> f32) -> (f32, f32) {
    let builder = brain(1, ActionSpace::discrete(1), 4).min_similarity(0.0);
    let mut brain = builder.forgetting(Forgetting::None).build().unwrap();
    let live = |brain: &mut Brain, place: f32, after: f32| {
        brain.accompany(&[place], &Action::Discrete(0)).unwrap();
        brain.learn(outcome(&[after])).unwrap().surprise
    };
    for place in [0.0, 1.0, 0.2, 0.9] {
        live(&mut brain, place, place + 1.0);
    }
    let strength = |brain: &Brain| {
        let links = brain.experience(ExperienceId(3)).unwrap().associations;
        links.iter().find(|link| link.0 == ExperienceId(0)).unwrap().1
    };
    let before = strength(&brain);
    (0..200).for_each(|cycle| {
        live(&mut brain, 0.5, after(cycle));
    });
    (before, strength(&brain))
}

#[test]
fn what_predicts_well_together_belongs_together() {
    let (before, after) = strengthened(|_| 1.5);
    assert!(before < 0.8 && after > 0.9 && after <= 1.0, "{before} to {after}");
    let (before, after) = strengthened(|cycle| if cycle % 2 == 0 { 9.0 } else { -9.0 });
    assert!(after - before < 0.2, "bad predictions tell nothing: {before} to {after}");
}
