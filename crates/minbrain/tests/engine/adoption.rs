//! What other robots lived through: of use like the brain's own, and never taken for it.

use minbrain::{
    Action, ActionSpace, Brain, BrainError, Echo, Experience, ExperienceId, Exploration, Foreign,
    Forgetting, Origin, Outcome, Policy, Tape,
};

use crate::worlds::{Ring, brain};

/// Cells of a corridor: who leaves it on the right earns 1, who leaves it on the left nothing. It begins
/// in the middle, with as far to go to either side.
const CELLS: usize = 11;
const MIDDLE: usize = CELLS / 2;
/// An episode ends unfinished after so many cycles.
const PATIENCE: usize = 60;

fn sense(cell: usize) -> [f32; 2] {
    [cell as f32, (cell as f32 * 0.3).sin()]
}

fn walker(seed: u64) -> Brain {
    let builder = brain(2, ActionSpace::discrete(2), 2_000).policy(Policy::Value);
    builder.seed(seed).build().unwrap()
}

/// One episode; returns after how many cycles it ended on the right, if it did.
fn walk(brain: &mut Brain) -> Option<usize> {
    let mut cell = MIDDLE;
    for cycle in 1..=PATIENCE {
        let goes_right = brain.decide(&sense(cell)).unwrap().action == Action::Discrete(1);
        let is_out = cell == if goes_right { CELLS - 1 } else { 0 };
        cell = if goes_right { cell + 1 } else { cell.saturating_sub(1) };
        let reward = f32::from(u8::from(is_out && goes_right));
        brain.learn(Outcome { observation: &sense(cell), reward, ended: is_out }).unwrap();
        brain.consolidate(400);
        if is_out {
            return goes_right.then_some(cycle);
        }
    }
    brain.interrupt();
    None
}

/// As another brain is given it.
fn foreign(theirs: &Experience) -> Foreign<'_> {
    let Experience { observation, action, outcome, reward, ended, confidence, .. } = theirs;
    let outcome = Outcome { observation: outcome, reward: *reward, ended: *ended };
    Foreign { observation, action, outcome, confidence: *confidence, follows: false }
}

fn adopt_all(brain: &mut Brain, life: &[Experience]) {
    let mut before: Option<&Experience> = None;
    for theirs in life {
        let follows = before.is_some_and(|b| !b.ended && b.outcome == theirs.observation);
        brain.adopt(Foreign { follows, ..foreign(theirs) }).unwrap();
        before = Some(theirs);
    }
}

#[test]
fn who_adopts_a_life_walks_the_shortest_way_in_the_first_episode() {
    let mut first = walker(0);
    for _ in 0..15 {
        walk(&mut first);
    }
    let life = first.own_from(ExperienceId(0), 10_000);
    let seeds = 10..20;
    let shortest = Some(CELLS - MIDDLE);
    let alone = seeds.clone().filter(|seed| walk(&mut walker(*seed)) == shortest).count();
    assert!(alone < 10, "a fresh brain must not know the way");
    for seed in seeds {
        let mut fresh = walker(seed);
        adopt_all(&mut fresh, &life);
        for _ in 0..life.len() {
            fresh.consolidate(300);
        }
        assert_eq!(walk(&mut fresh), shortest, "seed {seed}");
    }
}

#[test]
fn what_is_adopted_is_marked_recalled_and_never_counted_as_own() {
    for policy in [Policy::Consensus, Policy::Value, Policy::Imitation] {
        let actions = ActionSpace::continuous([(-1.0, 1.0)]);
        let mut brain = brain(3, actions, 100).policy(policy).build().unwrap();
        let (mut ring, mut other) = (Ring::new(5), Ring::new(6));
        (0..60).for_each(|_| {
            ring.live(&mut brain);
        });
        let (before, time_us) = (brain.stats(), brain.time_us());
        let mut adopted = Vec::new();
        for _ in 0..30 {
            let (seen, action) = (other.sense(), Action::Continuous(vec![0.25]));
            other.advance(&action);
            let found = other.sense();
            let outcome = Outcome { observation: &found, reward: 5.0, ended: false };
            let theirs = Foreign {
                observation: &seen,
                action: &action,
                outcome,
                confidence: 0.75,
                follows: true,
            };
            adopted.push((brain.adopt(theirs).unwrap().id.unwrap(), seen));
        }
        let after = brain.stats();
        assert_eq!((after.decisions, after.learned), (before.decisions, before.learned));
        assert_eq!((after.surprise, after.bootstraps), (before.surprise, before.bootstraps));
        assert_eq!((after.adopted, brain.time_us()), (30, time_us));
        for (id, seen) in &adopted {
            let kept = brain.experience(*id).unwrap();
            assert_eq!((kept.origin, kept.reward), (Origin::Fleet, 5.0));
            assert!((kept.confidence - 0.75).abs() < 0.01);
            assert_eq!(brain.recall(seen, 1).unwrap()[0].id, *id);
        }
        assert!(brain.own_from(ExperienceId(0), 1_000).iter().all(|e| e.origin != Origin::Fleet));
        // They can be forgotten like any other.
        (0..2_000).for_each(|_| {
            ring.live(&mut brain);
        });
        let left = brain.experiences().filter(|e| e.origin == Origin::Fleet).count();
        assert!(left < 30 && brain.stats().experiences == 100, "{left}");
    }
}

#[test]
fn own_experiences_are_given_in_order_and_in_parts() {
    let mut brain = walker(0);
    (0..4).for_each(|_| {
        walk(&mut brain);
    });
    let all = brain.own_from(ExperienceId(0), 10_000);
    assert_eq!(all.len(), brain.stats().experiences);
    assert!(all.windows(2).all(|pair| pair[0].id < pair[1].id));
    let mut parts = Vec::new();
    let mut first = ExperienceId(0);
    loop {
        let part = brain.own_from(first, 7);
        let Some(last) = part.last() else { break };
        first = ExperienceId(last.id.0 + 1);
        parts.extend(part);
    }
    assert_eq!(parts, all);
}

#[test]
fn a_refused_adoption_changes_nothing() {
    let mut brain = walker(0);
    walk(&mut brain);
    let place = sense(3);
    brain.decide(&place).unwrap();
    let (action, print) = (Action::Discrete(1), brain.fingerprint());
    let outcome = Outcome { observation: &place, reward: 0.0, ended: false };
    let good =
        Foreign { observation: &place, action: &action, outcome, confidence: 1.0, follows: true };
    let (wild, beyond) = ([f32::NAN, 0.0], Action::Discrete(2));
    let wild_outcome = |reward| Outcome { observation: &wild, reward, ended: false };
    let bad = [
        Foreign { observation: &wild, ..good },
        Foreign { observation: &place[..1], ..good },
        Foreign { action: &beyond, ..good },
        Foreign { outcome: wild_outcome(0.0), ..good },
        Foreign { outcome: Outcome { reward: f32::INFINITY, ..outcome }, ..good },
        Foreign { confidence: 1.5, ..good },
        Foreign { confidence: f32::NAN, ..good },
    ];
    for foreign in bad {
        let refused = brain.adopt(foreign).unwrap_err();
        assert!(matches!(refused, BrainError::Input { .. }), "{foreign:?}: {refused}");
        assert_eq!(brain.fingerprint(), print, "{foreign:?}");
    }
    assert!(brain.waiting().is_some());
    brain.adopt(good).unwrap();
    assert!(brain.waiting().is_none(), "the decision is given up");
}

#[test]
fn a_full_brain_that_forgets_nothing_refuses_them_too() {
    let mut brain =
        brain(2, ActionSpace::discrete(2), 5).forgetting(Forgetting::None).build().unwrap();
    let (place, action) = (sense(1), Action::Discrete(0));
    let outcome = Outcome { observation: &place, reward: 0.0, ended: false };
    let theirs =
        Foreign { observation: &place, action: &action, outcome, confidence: 0.0, follows: false };
    let stored = (0..8).filter(|_| brain.adopt(theirs).unwrap().id.is_some()).count();
    assert_eq!((stored, brain.stats().refused, brain.stats().adopted), (5, 3, 5));
}

#[test]
fn adoptions_are_relived_and_live_on_in_images() {
    for policy in [Policy::Consensus, Policy::Value, Policy::Imitation] {
        let mut own = brain(3, ActionSpace::discrete(3), 80).policy(policy).build().unwrap();
        let (mut twin, mut tape) = (own.clone(), Tape::default());
        let (mut ring, mut other) = (Ring::new(1), Ring::new(2));
        for cycle in 0..300 {
            let before = ring.sense();
            let decision = own.decide(&before).unwrap().clone();
            tape.decided(&before, &decision);
            if cycle % 3 == 0 {
                let (seen, action) = (other.sense(), Action::Discrete(cycle % 2));
                other.advance(&action);
                let found = other.sense();
                let outcome = Outcome { observation: &found, reward: 0.5, ended: cycle % 30 == 0 };
                let (confidence, follows) = (0.5, cycle % 9 != 0);
                let theirs =
                    Foreign { observation: &seen, action: &action, outcome, confidence, follows };
                tape.adopted(theirs, own.adopt(theirs).unwrap());
                let chosen = (decision.method, decision.confidence);
                own.resume(&before, &decision.action, chosen).unwrap();
                tape.resumed(&before, &decision.action, chosen);
            }
            ring.advance(&decision.action);
            let after = ring.sense();
            let outcome = Outcome { observation: &after, reward: after[1], ended: false };
            tape.learned(outcome, own.learn(outcome).unwrap());
            tape.consolidated(30, own.consolidate(30));
            if cycle == 150 {
                own = Brain::from_bytes(&own.to_bytes()).unwrap();
            }
        }
        own.set_exploration(Exploration::Off);
        tape.explored(Exploration::Off);
        assert!(twin.relive(tape.calls()).all(|echo| matches!(echo, Ok(Echo::Same))));
        assert_eq!(twin.fingerprint(), own.fingerprint());
    }
}
