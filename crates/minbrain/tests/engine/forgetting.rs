//! What is forgotten, by every policy: never too little, never too much, and what was promised.

use minbrain::{Action, ActionSpace, Brain, ExperienceId, Forgetting, Outcome};

use crate::dice::Dice;
use crate::worlds::{FORGETTING, Ring, action_spaces, brain, outcome};

/// Numbers of all that is kept.
fn kept(brain: &Brain) -> Vec<u64> {
    let all = 0..brain.stats().learned;
    all.filter(|&id| brain.experience(ExperienceId(id)).is_some()).collect()
}

/// Stores one experience at `place`.
fn store(brain: &mut Brain, place: &[f32], action: usize, after: &[f32]) -> Option<ExperienceId> {
    brain.accompany(place, &Action::Discrete(action)).unwrap();
    brain.learn(outcome(after)).unwrap().id
}

#[test]
fn all_experiences_are_those_found_one_by_one() {
    for forgetting in FORGETTING {
        let mut brain =
            brain(3, ActionSpace::discrete(2), 40).forgetting(forgetting).build().unwrap();
        let mut ring = Ring::new(3);
        for _ in 0..100 {
            let action = brain.decide(&ring.sense()).unwrap().action.clone();
            ring.advance(&action);
            brain.learn(outcome(&ring.sense())).unwrap();
        }
        let mut all: Vec<_> = brain.experiences().collect();
        all.sort_by_key(|experience| experience.id);
        let one_by_one = kept(&brain).into_iter().map(|id| brain.experience(ExperienceId(id)));
        assert_eq!(Some(all), one_by_one.collect(), "{forgetting:?}");
    }
}

#[test]
fn the_budget_holds_at_every_moment() {
    for budget in [1, 2, 3, 5, 10, 49, 50, 51, 99, 300] {
        for forgetting in FORGETTING {
            for actions in action_spaces() {
                let builder = brain(3, actions, budget).forgetting(forgetting);
                let mut brain = builder.cycle_period_us(3_000_000).build().unwrap();
                let mut ring = Ring::new(budget as u64);
                let mut forgotten = 0;
                for _ in 0..budget + 150 {
                    let before = ring.sense();
                    let action = brain.decide(&before).unwrap().action.clone();
                    ring.advance(&action);
                    let learned = brain.learn(outcome(&ring.sense())).unwrap();
                    let stats = brain.stats();
                    forgotten += u64::from(learned.forgotten);
                    assert!(stats.experiences <= budget && stats.capacity == budget);
                    assert_eq!(stats.forgotten, forgotten);
                    let taken = stats.learned - stats.refused;
                    assert_eq!(stats.experiences as u64, taken - forgotten, "{forgetting:?}");
                    assert_eq!(
                        learned.id.is_none(),
                        forgetting == Forgetting::None && stats.refused > 0
                    );
                }
                assert_eq!(kept(&brain).len(), brain.stats().experiences);
            }
        }
    }
}

/// A new experience is told to the caller by number: it must be there. And the newest fiftieth had
/// no chance yet to prove itself.
#[test]
fn the_newest_are_never_forgotten() {
    for forgetting in FORGETTING.into_iter().filter(|&f| f != Forgetting::None) {
        for budget in [1, 2, 7, 60, 150] {
            let builder = brain(3, ActionSpace::discrete(3), budget).forgetting(forgetting);
            let mut brain = builder.cycle_period_us(61_000_000).build().unwrap();
            let mut ring = Ring::new(3);
            for _ in 0..4 * budget + 50 {
                brain.decide(&ring.sense()).unwrap();
                ring.advance(&Action::Discrete(2));
                let id = brain.learn(outcome(&ring.sense())).unwrap().id.unwrap();
                for newest in id.0.saturating_sub(budget as u64 / 50)..=id.0 {
                    let is_kept = brain.experience(ExperienceId(newest)).is_some();
                    assert!(
                        is_kept || newest == id.0 - budget as u64 / 50,
                        "{forgetting:?} {budget}"
                    );
                }
            }
        }
    }
}

#[test]
fn fifo_keeps_the_newest() {
    for budget in [1, 2, 5, 64, 200] {
        let builder = brain(1, ActionSpace::discrete(2), budget).forgetting(Forgetting::Fifo);
        let mut brain = builder.build().unwrap();
        let mut dice = Dice::new(2);
        for count in 1..=3 * budget as u64 + 7 {
            store(&mut brain, &[dice.signed()], dice.below(2), &[dice.signed()]);
            let first = count.saturating_sub(budget as u64);
            assert_eq!(kept(&brain), (first..count).collect::<Vec<_>>());
        }
    }
}

#[test]
fn none_keeps_the_first_and_counts_what_it_refused() {
    let builder = brain(1, ActionSpace::discrete(2), 40).forgetting(Forgetting::None);
    let mut brain = builder.build().unwrap();
    for count in 0..100 {
        let id = store(&mut brain, &[count as f32], 0, &[0.0]);
        assert_eq!(id, (count < 40).then_some(ExperienceId(count)));
    }
    let stats = brain.stats();
    assert_eq!((stats.refused, stats.forgotten, stats.learned), (60, 0, 100));
    assert_eq!(kept(&brain), (0..40).collect::<Vec<_>>());
}

#[test]
fn random_is_repeatable_and_spares_nobody_for_age() {
    let run = |seed| {
        let builder = brain(1, ActionSpace::discrete(1), 200).forgetting(Forgetting::Random);
        let mut brain = builder.seed(seed).build().unwrap();
        let mut dice = Dice::new(1);
        (0..1_000).for_each(|_| {
            store(&mut brain, &[dice.signed()], 0, &[dice.signed()]);
        });
        kept(&brain)
    };
    let first = run(1);
    assert_eq!(first, run(1));
    assert_ne!(first, run(2));
    // A share of 199/200 survives each store: of the 200 that are 400 to 600 stores old, e^-2 to
    // e^-3, about 17.
    let old = first.iter().filter(|&&id| (400..600).contains(&id)).count();
    assert!((6..35).contains(&old), "{old} of 200");
    let young = first.iter().filter(|&&id| id >= 900).count();
    assert!((60..97).contains(&young), "{young} of 100");
}

/// A few experiences of a rare place, then thousands of a crowded one.
fn rare_and_crowded(forgetting: Forgetting) -> (Brain, usize) {
    let builder = brain(2, ActionSpace::discrete(2), 200).forgetting(forgetting);
    let mut brain = builder.build().unwrap();
    let mut dice = Dice::new(5);
    let mut live = |brain: &mut Brain, centre: f32, count: usize| {
        for _ in 0..count {
            let place = [centre + dice.signed(), centre + dice.signed()];
            let action = dice.below(2);
            let after =
                [place[0] + 0.1 * (3.0 * place[1]).sin(), place[1] - 0.1 + 0.2 * action as f32];
            store(brain, &place, action, &after);
        }
    };
    live(&mut brain, 0.0, 150);
    live(&mut brain, 20.0, 30);
    live(&mut brain, 0.0, 4_000);
    let rare = kept(&brain).iter().filter(|&&id| (150..180).contains(&id)).count();
    (brain, rare)
}

#[test]
fn coverage_keeps_the_rare_place() {
    let (brain, rare) = rare_and_crowded(Forgetting::Coverage);
    assert!(rare >= 12, "{rare} of 30");
    let (_, by_age) = rare_and_crowded(Forgetting::Fifo);
    let (_, by_chance) = rare_and_crowded(Forgetting::Random);
    assert!(by_age == 0 && by_chance <= 2, "{by_age} {by_chance}");
    for action in 0..2 {
        let prediction = brain.predict(&[20.3, 19.8], &Action::Discrete(action)).unwrap();
        let expected = [20.3 + 0.1 * (3.0_f32 * 19.8).sin(), 19.7 + 0.2 * action as f32];
        for (got, expected) in prediction.outcome.iter().zip(expected) {
            assert!((got - expected).abs() < 0.06, "{prediction:?}");
        }
    }
}

/// Copies teach nothing: among copies and singles, the copies go.
#[test]
fn coverage_forgets_copies_first() {
    let mut brain = brain(1, ActionSpace::discrete(1), 100).build().unwrap();
    let mut dice = Dice::new(6);
    for single in 0..60 {
        store(&mut brain, &[10.0 * single as f32], 0, &[10.0 * single as f32 + dice.signed()]);
    }
    for _ in 0..400 {
        store(&mut brain, &[-50.0], 0, &[-50.0]);
    }
    let singles = kept(&brain).iter().filter(|&&id| id < 60).count();
    assert!(singles >= 58, "{singles} of 60");
}

/// Where all is predicted perfectly, what lies apart is kept.
#[test]
fn coverage_keeps_what_lies_apart() {
    let mut brain = brain(1, ActionSpace::discrete(1), 100).build().unwrap();
    let mut dice = Dice::new(6);
    for single in 0..50 {
        let place = [10.0 * single as f32];
        store(&mut brain, &place, 0, &place);
    }
    for _ in 0..500 {
        let place = [-50.0 + dice.signed()];
        store(&mut brain, &place, 0, &place);
    }
    let singles = kept(&brain).iter().filter(|&&id| id < 50).count();
    assert!(singles >= 45, "{singles} of 50");
}

/// Where all lie alike, what cannot be predicted is kept.
#[test]
fn coverage_keeps_what_is_hard_to_predict() {
    let mut brain = brain(2, ActionSpace::discrete(1), 200).build().unwrap();
    let mut dice = Dice::new(6);
    for _ in 0..3_000 {
        let place = [dice.signed(), dice.signed()];
        let rough = if place[0] > 0.0 { dice.signed() } else { 0.0 };
        store(&mut brain, &place, 0, &[place[0], place[1] + rough]);
    }
    let all = kept(&brain).into_iter().filter_map(|id| brain.experience(ExperienceId(id)));
    let rough = all.filter(|known| known.observation[0] > 0.0).count();
    assert!(rough > 130, "{rough} of 200");
}

#[test]
fn work_is_bounded_and_told() {
    for forgetting in FORGETTING {
        let builder = brain(3, ActionSpace::discrete(3), 640).forgetting(forgetting);
        let mut brain = builder.build().unwrap();
        let mut ring = Ring::new(1);
        (0..900).for_each(|_| {
            ring.live(&mut brain);
        });
        // Two queries over ten full blocks, filled to a third at worst, with the nodes above them,
        // and one regression.
        let most = 2 * (3 * 10 + 3 * 3) + 8;
        let decision = brain.decide(&ring.sense()).unwrap();
        assert!((9..=most).contains(&decision.work_units), "{}", decision.work_units);
        for units in [0, 1, 30, 500] {
            let before = brain.stats().consolidated_units;
            let used = brain.consolidate(units);
            assert!(used <= units + most, "{used} of {units}");
            assert!(used >= units.min(1), "there is always something to look at");
            assert_eq!(brain.stats().consolidated_units, before + u64::from(used));
        }
    }
}

#[test]
fn an_empty_brain_has_nothing_to_consolidate() {
    let mut brain = brain(1, ActionSpace::discrete(1), 10).build().unwrap();
    let print = brain.fingerprint();
    assert_eq!(brain.consolidate(u32::MAX), 0);
    assert_eq!(brain.fingerprint(), print);
    brain.decide(&[1.0]).unwrap();
    brain.learn(Outcome { observation: &[1.0], reward: 0.0, ended: true }).unwrap();
    assert!(brain.consolidate(u32::MAX) > 0);
}
