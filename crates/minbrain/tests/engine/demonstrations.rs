//! The imitation policy: being taught, asking ever less, and going on alone.

use minbrain::{Action, ActionSpace, Brain, Budget, Forgetting, Method, Origin, Policy};

use crate::dice::Dice;
use crate::worlds::outcome;

fn brain(sensors: usize, actions: ActionSpace, budget: usize) -> Brain {
    let builder = Brain::builder().sensors(sensors).actions(actions).policy(Policy::Imitation);
    builder.budget(Budget::Experiences(budget)).build().unwrap()
}

/// Drives a point over a plane by one of three actions.
fn rule([x, y]: [f32; 2]) -> usize {
    if x > 0.6 * y + 0.2 { 0 } else { 1 + usize::from(y > 0.4) }
}

fn place(dice: &mut Dice) -> [f32; 2] {
    [dice.signed(), 2.0 * dice.signed()]
}

/// Whether it was asked: acts by the brain where that is sure, and by `teacher` elsewhere.
fn taught(brain: &mut Brain, here: &[f32], teacher: &Action) -> (Action, bool) {
    let decision = brain.decide(here).unwrap();
    let (action, is_sure) = (decision.action.clone(), decision.confidence >= 0.5);
    if is_sure {
        return (action, false);
    }
    brain.accompany(here, teacher).unwrap();
    (teacher.clone(), true)
}

/// In how many of 500 places the brain does what the rule says.
fn right(brain: &Brain) -> usize {
    let (mut clone, mut dice) = (brain.clone(), Dice::new(99));
    let is_right = |_: &usize| {
        let here = place(&mut dice);
        clone.decide(&here).unwrap().action == Action::Discrete(rule(here))
    };
    (0..500).filter(is_right).count()
}

#[test]
fn it_asks_ever_less_and_is_right_alone() {
    let (mut brain, mut dice) = (brain(2, ActionSpace::discrete(3), 2_000), Dice::new(1));
    let mut asked = [0; 4];
    for cycle in 0..4_000 {
        let here = place(&mut dice);
        let (_, is_asked) = taught(&mut brain, &here, &Action::Discrete(rule(here)));
        asked[cycle / 1_000] += usize::from(is_asked);
        brain.learn(outcome(&here)).unwrap();
    }
    assert!(asked[3] < 100 && asked[3] * 2 < asked[0], "{asked:?}");
    assert!(right(&brain) > 475, "{}", right(&brain));
    let shown = brain.experiences().filter(|e| e.origin == Origin::Demonstrated).count();
    assert_eq!(shown, asked.iter().sum::<usize>(), "what was done alone is no demonstration");
}

#[test]
fn where_nothing_was_shown_it_acts_by_chance_and_asks() {
    let mut brain = brain(1, ActionSpace::discrete(3), 100);
    let decision = brain.decide(&[0.0]).unwrap();
    assert_eq!((decision.method, decision.confidence), (Method::Bootstrap, 0.0));
    brain.accompany(&[0.0], &Action::Discrete(2)).unwrap();
    brain.learn(outcome(&[0.1])).unwrap();
    let decision = brain.decide(&[0.05]).unwrap();
    assert_eq!((decision.method, &decision.action), (Method::Imitated, &Action::Discrete(2)));
    assert_eq!(decision.confidence, 0.0, "one demonstration says little");
}

#[test]
fn it_is_sure_of_what_is_near_and_plain_only() {
    let (mut brain, mut dice) = (brain(2, ActionSpace::discrete(3), 1_000), Dice::new(2));
    for _ in 0..600 {
        let here = place(&mut dice);
        brain.accompany(&here, &Action::Discrete(rule(here))).unwrap();
        brain.learn(outcome(&here)).unwrap();
    }
    let mut sure = |here: [f32; 2]| brain.decide(&here).unwrap().confidence >= 0.5;
    let along = |off: f32| (0..50).map(move |at| [0.1 + off, 0.02 * (at as f32 - 25.0)]);
    let edge = along(0.0).map(|[x, y]| [x + 0.6 * y + 0.1, y]);
    let (amid, unsure) =
        (along(0.7).filter(|&h| sure(h)).count(), 50 - edge.filter(|&h| sure(h)).count());
    assert!(amid >= 48 && unsure > 20, "{amid} amid one action, {unsure} at an edge");
    assert!(!sure([40.0, 0.0]), "far from all");
}

/// The teacher changes its mind where the brain is sure by now. Nobody would ever be asked there
/// again.
#[test]
fn who_is_surely_wrong_is_told_as_long_as_somebody_answers() {
    let (mut brain, mut dice) = (brain(2, ActionSpace::discrete(3), 2_000), Dice::new(12));
    let mut live = |brain: &mut Brain, cycles: usize, turned: usize| {
        let mut asked = 0;
        for _ in 0..cycles {
            let here = place(&mut dice);
            let teacher = Action::Discrete((rule(here) + turned) % 3);
            asked += u32::from(taught(brain, &here, &teacher).1);
            brain.learn(outcome(&here)).unwrap();
        }
        asked
    };
    live(&mut brain, 2_000, 0);
    let mut alone = brain.clone();
    let corrected = live(&mut brain, 1_000, 1);
    assert!(corrected > 100, "a check that finds it wrong leads to more: {corrected}");
    let mut unsure = 0;
    for _ in 0..1_000 {
        let here = [0.9, 0.1];
        unsure += u32::from(alone.decide(&here).unwrap().confidence < 0.5);
        alone.learn(outcome(&here)).unwrap();
    }
    assert_eq!(unsure, 1, "who gets no answer does not ask again and again");
}

/// Pushes until it has crossed 0.7, then back until it has crossed 0.3: what it does in between
/// hangs on what it did before.
fn hysteresis(x: f32, last: usize) -> usize {
    if x > 0.7 {
        0
    } else if x < 0.3 {
        1
    } else {
        last
    }
}

/// The share of 600 cycles in which a brain alone does what the teacher would, in percent.
fn alone_with(history: usize) -> u32 {
    let builder = Brain::builder().sensors(1).actions(ActionSpace::discrete(2));
    let mut brain = builder.policy(Policy::Imitation).history(history).build().unwrap();
    let (mut x, mut last, mut dice) = (0.5_f32, 1, Dice::new(5));
    let mut same = 0;
    for cycle in 0..2_600 {
        let teacher = hysteresis(x, last);
        let here = [x + 0.01 * dice.signed()];
        let action = if cycle < 2_000 {
            taught(&mut brain, &here, &Action::Discrete(teacher)).0
        } else {
            brain.decide(&here).unwrap().action.clone()
        };
        let done = action.index().unwrap();
        same += u32::from(cycle >= 2_000 && done == teacher);
        // The teacher goes on from what was done.
        last = done;
        x += if done == 1 { 0.05 } else { -0.05 };
        brain.learn(outcome(&[x])).unwrap();
    }
    same / 6
}

#[test]
fn a_teacher_with_a_memory_is_imitated_by_who_has_one() {
    let [without, with] = [0, 1].map(alone_with);
    assert!(with > 95 && without < 80, "{with} {without}");
}

#[test]
fn what_was_done_before_a_break_is_no_context() {
    let next = |is_broken: bool| {
        let builder = Brain::builder().sensors(1).actions(ActionSpace::discrete(2)).history(1);
        let mut brain = builder.policy(Policy::Imitation).build().unwrap();
        // The one after the other, and 0 where it begins.
        for cycle in 0..41 {
            brain.accompany(&[0.5], &Action::Discrete(cycle % 2)).unwrap();
            brain.learn(outcome(&[0.5])).unwrap();
        }
        if is_broken {
            brain.interrupt();
        }
        brain.decide(&[0.5]).unwrap().action.clone()
    };
    assert_eq!([false, true].map(next), [1, 0].map(Action::Discrete));
}

#[test]
fn continuous_actions_are_sure_where_one_line_fits_them() {
    let sure_of = |noise: f32| {
        let mut brain = brain(2, ActionSpace::continuous([(-9.0, 9.0), (0.0, 1.0)]), 1_000);
        let mut dice = Dice::new(3);
        let act = |[x, y]: [f32; 2], off: [f32; 2]| {
            let both = [2.0 * x - y + off[0], (0.5 + 0.2 * x + 0.1 * off[1]).clamp(0.0, 1.0)];
            Action::Continuous(both.to_vec())
        };
        for _ in 0..400 {
            let here = place(&mut dice);
            let off = [noise * dice.normal(), noise * dice.normal()];
            brain.accompany(&here, &act(here, off)).unwrap();
            brain.learn(outcome(&here)).unwrap();
        }
        let mut off = 0.0_f32;
        let mut sure = 0;
        for _ in 0..100 {
            let here = [0.7 * dice.signed(), 1.4 * dice.signed()];
            let decision = brain.decide(&here).unwrap();
            sure += u32::from(decision.confidence >= 0.5);
            let right = act(here, [0.0; 2]);
            off = off.max((decision.action.values()[0] - right.values()[0]).abs());
        }
        (sure, off)
    };
    let ((sure, off), (unsure, _)) = (sure_of(0.0), sure_of(2.0));
    // One of them was put to a check.
    assert!(sure == 99 && off < 0.05 && unsure < 10, "{sure} {off} {unsure}");
}

/// A line that saturates far away, shown near its middle only: beyond what was shown it goes on, as
/// far as six deviations. A sensor gone mad moves the robot no farther.
#[test]
fn a_line_goes_on_beyond_what_was_shown() {
    let (mut brain, mut dice) =
        (brain(2, ActionSpace::continuous([(-9.0, 9.0)]), 1_000), Dice::new(9));
    for _ in 0..300 {
        let here = [0.1 * dice.signed(), 0.1 * dice.signed()];
        brain.accompany(&here, &Action::Continuous(vec![3.0 * here[0] - 2.0 * here[1]])).unwrap();
        brain.learn(outcome(&here)).unwrap();
    }
    let decision = brain.decide(&[0.3, -0.3]).unwrap();
    assert!((decision.action.values()[0] - 1.5).abs() < 0.15, "{decision:?}");
    assert!(decision.confidence < 0.5, "nobody showed that");
    let six = 6.0 * 0.1 / 3.0_f32.sqrt();
    for far in [1.0, 65535.0, 1e12] {
        let decision = brain.decide(&[far, -far]).unwrap();
        let most = 3.0 * six + 2.0 * six + 0.15;
        assert!((1.2..most).contains(&decision.action.values()[0]), "{far}: {decision:?}");
        assert!(decision.confidence < 0.5, "{decision:?}");
    }
}

#[test]
fn demonstrations_keep_their_place_among_what_was_lived_alone() {
    let (mut brain, mut dice) = (brain(2, ActionSpace::discrete(3), 400), Dice::new(4));
    for _ in 0..200 {
        let here = place(&mut dice);
        brain.accompany(&here, &Action::Discrete(rule(here))).unwrap();
        brain.learn(outcome(&here)).unwrap();
    }
    let before = right(&brain);
    for _ in 0..5_000 {
        let here = place(&mut dice);
        brain.decide(&here).unwrap();
        brain.learn(outcome(&here)).unwrap();
        brain.consolidate(40);
    }
    let shown = brain.experiences().filter(|e| e.origin == Origin::Demonstrated).count();
    assert_eq!((shown, brain.stats().experiences), (200, 400));
    assert_eq!(right(&brain), before, "nothing of what was shown was forgotten");
}

#[test]
fn a_long_lesson_fits_into_a_small_budget() {
    let rights = |budget: usize, forgetting: Forgetting| {
        let builder = Brain::builder().sensors(2).actions(ActionSpace::discrete(3));
        let builder = builder.policy(Policy::Imitation).forgetting(forgetting);
        let mut brain = builder.budget(Budget::Experiences(budget)).build().unwrap();
        let mut dice = Dice::new(8);
        for _ in 0..6_000 {
            let here = place(&mut dice);
            brain.accompany(&here, &Action::Discrete(rule(here))).unwrap();
            brain.learn(outcome(&here)).unwrap();
            brain.consolidate(60);
        }
        right(&brain)
    };
    let all = rights(6_000, Forgetting::Coverage);
    let few = rights(300, Forgetting::Coverage);
    let newest = rights(300, Forgetting::Fifo);
    // The edges are what is kept.
    assert!(few + 5 >= all && few > newest, "{all} of all, {few}, the newest {newest}");
}

/// A decision that is taken up again is the brain's own, though it is told like somebody else's.
#[test]
fn what_is_taken_up_again_is_no_demonstration() {
    let (mut brain, mut dice) = (brain(2, ActionSpace::discrete(3), 500), Dice::new(10));
    live(&mut brain, &mut dice, 200);
    let mut resumed = brain.clone();
    let here = [0.9, 0.0];
    for at in 0..100 {
        let decision = brain.decide(&here).unwrap();
        let (action, chosen) = (decision.action.clone(), (decision.method, decision.confidence));
        brain.learn(outcome(&here)).unwrap();
        resumed.decide(&here).unwrap();
        resumed.resume(&here, &action, chosen).unwrap();
        resumed.learn(outcome(&here)).unwrap();
        let [one, other] = [&mut brain, &mut resumed].map(|brain| {
            let decision = brain.clone().decide(&[0.2, at as f32 * 0.01]).unwrap().clone();
            (decision.action, decision.confidence)
        });
        assert_eq!(one, other);
    }
}

/// One life with a teacher, breaks and idle time.
fn live(brain: &mut Brain, dice: &mut Dice, cycles: usize) {
    for cycle in 0..cycles {
        let here = place(dice);
        let teacher = Action::Discrete(rule(here));
        taught(brain, &here, &teacher);
        brain.learn(outcome(&here)).unwrap();
        brain.consolidate(30);
        if cycle % 70 == 69 {
            brain.interrupt();
        }
    }
}

#[test]
fn who_is_restored_imitates_as_who_lives_on() {
    let builder = Brain::builder().sensors(2).actions(ActionSpace::discrete(3)).history(1);
    let builder = builder.policy(Policy::Imitation).budget(Budget::Experiences(150));
    let (mut brain, mut dice) = (builder.build().unwrap(), Dice::new(6));
    for cycles in [3, 40, 500, 33] {
        live(&mut brain, &mut dice, cycles);
        let mut restored = Brain::from_bytes(&brain.to_bytes()).unwrap();
        assert_eq!(restored.to_bytes(), brain.to_bytes());
        let mut clone = brain.clone();
        live(&mut clone, &mut dice.clone(), 100);
        live(&mut restored, &mut dice.clone(), 100);
        assert_eq!(restored.fingerprint(), clone.fingerprint());
        assert_eq!(restored.to_bytes(), clone.to_bytes());
    }
}

#[test]
fn looking_after_demonstrations_between_a_decision_and_its_outcome_is_harmless() {
    let builder = || {
        let builder = Brain::builder().sensors(2).actions(ActionSpace::discrete(3));
        builder.policy(Policy::Imitation).budget(Budget::Experiences(5_000)).build().unwrap()
    };
    let (mut plain, mut busy, mut dice) = (builder(), builder(), Dice::new(7));
    for _ in 0..200 {
        let here = place(&mut dice);
        let teacher = Action::Discrete(rule(here));
        for (brain, idle) in [(&mut plain, 0), (&mut busy, 200)] {
            brain.accompany(&here, &teacher).unwrap();
            brain.consolidate(idle);
            brain.learn(outcome(&here)).unwrap();
        }
    }
    for _ in 0..50 {
        let here = place(&mut dice);
        let [one, other] = [&mut plain, &mut busy].map(|brain| {
            let decision = brain.decide(&here).unwrap();
            (decision.action.clone(), decision.confidence)
        });
        assert_eq!(one, other);
    }
}
