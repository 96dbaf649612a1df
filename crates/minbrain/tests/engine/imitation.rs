//! Demonstrations under the value policy, through the brain's public interface.

use minbrain::{
    Action, ActionSpace, Brain, Budget, Exploration, Forgetting, Method, Outcome, Policy,
};

use crate::dice::Dice;

fn brain(sensors: usize, actions: ActionSpace, seed: u64) -> Brain {
    let builder = Brain::builder().sensors(sensors).actions(actions).policy(Policy::Value);
    let builder = builder.budget(Budget::Experiences(1_000)).forgetting(Forgetting::Fifo);
    builder.seed(seed).build().unwrap()
}

/// Shows what `hands` does in `steps` places drawn at random. Nothing comes of it.
fn show(brain: &mut Brain, steps: usize, seed: u64, hands: impl Fn([f32; 2]) -> Action) {
    let mut dice = Dice::new(seed);
    for _ in 0..steps {
        let place = [dice.signed(), 3.0 * dice.signed()];
        brain.accompany(&place, &hands(place)).unwrap();
        brain.learn(Outcome { observation: &place, reward: 0.0, ended: false }).unwrap();
        brain.interrupt();
    }
}

/// Asks in places that were not shown.
fn ask(brain: &mut Brain, mut each: impl FnMut([f32; 2], &Action, Method)) {
    let mut dice = Dice::new(77);
    brain.set_exploration(Exploration::Off);
    for _ in 0..200 {
        let place = [0.8 * dice.signed(), 2.4 * dice.signed()];
        let decision = brain.decide(&place).unwrap();
        each(place, &decision.action, decision.method);
    }
}

#[test]
fn a_linear_controller_is_reproduced() {
    let mut brain = brain(2, ActionSpace::continuous([(-4.0, 4.0)]), 1);
    let rule = |[x, y]: [f32; 2]| 0.5 + 1.5 * x - 0.4 * y;
    show(&mut brain, 300, 5, |place| Action::Continuous(vec![rule(place)]));
    ask(&mut brain, |place, action, method| {
        assert_eq!(method, Method::Imitated, "{place:?}");
        assert!((action.values()[0] - rule(place)).abs() < 0.01, "{place:?}: {action:?}");
    });
}

#[test]
fn an_imitated_action_stays_within_its_bounds() {
    let mut brain = brain(2, ActionSpace::continuous([(-1.0, 1.0)]), 1);
    let rule = |[x, y]: [f32; 2]| (3.0 * (x - 0.3 * y)).clamp(-1.0, 1.0);
    show(&mut brain, 400, 5, |place| Action::Continuous(vec![rule(place)]));
    let mut off = 0.0;
    ask(&mut brain, |place, action, _| {
        assert!(action.values()[0].abs() <= 1.0, "{place:?}: {action:?}");
        off += (action.values()[0] - rule(place)).abs() / 200.0;
    });
    assert!(off < 0.1, "{off}");
}

#[test]
fn a_rule_between_two_actions_is_reproduced_but_at_its_edge() {
    let mut brain = brain(2, ActionSpace::discrete(3), 1);
    let lean = |[x, y]: [f32; 2]| x + 0.5 * y;
    show(&mut brain, 400, 5, |place| Action::Discrete(2 * usize::from(lean(place) > 0.0)));
    ask(&mut brain, |place, action, method| {
        assert_eq!(method, Method::Imitated, "{place:?}");
        if lean(place).abs() > 0.25 {
            assert_eq!(action.index(), Some(2 * usize::from(lean(place) > 0.0)), "{place:?}");
        }
    });
}

#[test]
fn chance_is_not_imitated() {
    for actions in [ActionSpace::discrete(3), ActionSpace::continuous([(-1.0, 1.0)])] {
        let mut brain = brain(2, actions.clone(), 1);
        let mut dice = Dice::new(4);
        let drawn: Vec<Action> = (0..600)
            .map(|_| match &actions {
                ActionSpace::Discrete(count) => Action::Discrete(dice.below(*count)),
                ActionSpace::Continuous(_) => Action::Continuous(vec![dice.signed()]),
            })
            .collect();
        let next = std::cell::Cell::new(0);
        show(&mut brain, 600, 5, |_| {
            next.set(next.get() + 1);
            drawn[next.get() - 1].clone()
        });
        ask(&mut brain, |place, _, method| assert_eq!(method, Method::Value, "{place:?}"));
    }
}

#[test]
fn what_the_brain_did_itself_is_no_demonstration() {
    let mut brain = brain(2, ActionSpace::discrete(2), 1);
    for _ in 0..400 {
        // Always the same place: as sure as can be.
        brain.decide(&[0.5, 0.5]).unwrap();
        brain.learn(Outcome { observation: &[0.5, 0.5], reward: 0.0, ended: false }).unwrap();
    }
    assert_eq!(brain.decide(&[0.5, 0.5]).unwrap().confidence, 1.0);
    ask(&mut brain, |_, _, method| assert_eq!(method, Method::Value));
}

#[test]
fn far_from_all_demonstrations_nothing_is_imitated() {
    let mut brain = brain(2, ActionSpace::continuous([(-4.0, 4.0)]), 1);
    show(&mut brain, 300, 5, |[x, _]| Action::Continuous(vec![x]));
    brain.set_exploration(Exploration::Off);
    assert_eq!(brain.decide(&[0.0, 0.0]).unwrap().method, Method::Imitated);
    assert_eq!(brain.decide(&[90.0, -90.0]).unwrap().method, Method::Value);
}

#[test]
fn forgotten_demonstrations_are_not_imitated() {
    let mut brain = brain(2, ActionSpace::discrete(2), 1);
    show(&mut brain, 300, 5, |[x, _]| Action::Discrete(usize::from(x > 0.0)));
    let mut dice = Dice::new(9);
    let mut imitated = 0;
    for _ in 0..1_001 {
        let place = [dice.signed(), 3.0 * dice.signed()];
        imitated += u32::from(brain.decide(&place).unwrap().method == Method::Imitated);
        brain.learn(Outcome { observation: &place, reward: 0.0, ended: false }).unwrap();
    }
    ask(&mut brain, |place, _, method| assert_eq!(method, Method::Value, "{place:?}"));
    assert!(imitated < 1_001, "{imitated}");
}

/// A point on a line that should get to 0: it earns less the farther away it is.
fn live(brain: &mut Brain, cycles: usize, hands: Option<&dyn Fn(f32) -> usize>) -> f32 {
    let (mut dice, mut place, mut earned) = (Dice::new(3), 0.0_f32, 0.0);
    for cycle in 0..cycles {
        if cycle % 20 == 0 {
            brain.interrupt();
            place = 2.0 * dice.signed();
        }
        let action = match hands {
            Some(hands) => brain.accompany(&[place], &Action::Discrete(hands(place))),
            None => brain.decide(&[place]),
        };
        let push = action.unwrap().action.index().unwrap() as f32 - 1.0;
        place = (place + 0.2 * push).clamp(-3.0, 3.0);
        earned -= place.abs();
        let outcome = Outcome { observation: &[place], reward: -place.abs(), ended: false };
        brain.learn(outcome).unwrap();
        brain.consolidate(200);
    }
    earned / cycles as f32
}

/// Towards 0, and away from it.
fn well(place: f32) -> usize {
    if place > 0.1 { 0 } else { 1 + usize::from(place < -0.1) }
}

fn badly(place: f32) -> usize {
    if place > 0.0 { 2 } else { 0 }
}

#[test]
fn a_good_demonstrator_is_imitated_at_once_and_a_bad_one_is_outgrown() {
    let judged = |brain: &Brain| {
        let mut clone = brain.clone();
        clone.set_exploration(Exploration::Off);
        live(&mut clone, 400, None)
    };
    let expert = live(&mut brain(1, ActionSpace::discrete(3), 1), 400, Some(&well));
    let mut taught = brain(1, ActionSpace::discrete(3), 1);
    live(&mut taught, 400, Some(&well));
    assert!(judged(&taught) > 1.2 * expert, "{} {expert}", judged(&taught));
    let mut misled = brain(1, ActionSpace::discrete(3), 1);
    let shown = live(&mut misled, 400, Some(&badly));
    live(&mut misled, 600, None);
    let outgrown = judged(&misled);
    assert!(shown < 5.0 * expert && outgrown > 2.0 * expert, "{shown} {outgrown} {expert}");
}

#[test]
fn the_same_demonstrations_make_the_same_brain() {
    let lives = || {
        let mut brain = brain(1, ActionSpace::discrete(3), 6);
        live(&mut brain, 200, Some(&well));
        live(&mut brain, 300, None);
        brain.fingerprint()
    };
    assert_eq!(lives(), lives());
}
