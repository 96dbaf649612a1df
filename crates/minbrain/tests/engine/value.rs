//! Acting by value, through the brain's public interface.

use minbrain::{
    Action, ActionSpace, Brain, Budget, Exploration, Forgetting, Hold, Method, Metric, Outcome,
    Policy,
};

use crate::dice::Dice;
use crate::worlds::brain;

/// Cells of a corridor; leaving it on the right earns 1 and ends the episode.
const CELLS: usize = 10;
/// An episode ends unfinished after so many cycles.
const PATIENCE: usize = 60;

/// One episode from the left; returns after how many cycles it ended, if it did.
fn walk(brain: &mut Brain) -> Option<usize> {
    let sense = |cell: usize| [cell as f32, (cell as f32 * 0.3).sin()];
    let mut cell = 0;
    for cycle in 1..=PATIENCE {
        let action = brain.decide(&sense(cell)).unwrap().action.clone();
        let goes_right = match action {
            Action::Discrete(index) => index == 1,
            Action::Continuous(values) => values[0] > 0.25,
        };
        cell = if goes_right { cell + 1 } else { cell.saturating_sub(1) };
        let ended = cell == CELLS;
        let reward = f32::from(u8::from(ended));
        brain.learn(Outcome { observation: &sense(cell), reward, ended }).unwrap();
        brain.consolidate(400);
        if ended {
            return Some(cycle);
        }
    }
    brain.interrupt();
    None
}

/// What somebody does who acts at random, with a third of the actions or half of them to the right.
fn at_random(seed: u64) -> usize {
    let mut dice = Dice::new(seed);
    let mut cell = 0_usize;
    let step = |_: &usize| {
        cell = if dice.below(2) == 0 { cell + 1 } else { cell.saturating_sub(1) };
        cell < CELLS
    };
    (1..=10_000).take_while(step).count() + 1
}

#[test]
fn a_corridor_is_walked_the_shortest_way() {
    let random: usize = (0..100).map(at_random).sum::<usize>() / 100;
    assert!(random > 5 * CELLS, "chance is no help: {random}");
    for actions in [ActionSpace::discrete(2), ActionSpace::continuous([(-1.0, 1.0)])] {
        // One seed in twenty is unlucky and finds the end too seldom.
        let learned = (0..6).filter(|&seed| {
            let brain = brain(2, actions.clone(), 2_000).policy(Policy::Value).seed(seed);
            let mut brain = brain.build().unwrap();
            let found = (0..15).filter_map(|_| walk(&mut brain)).count();
            brain.set_exploration(Exploration::Off);
            let is_shortest = |_| {
                let cycles = walk(&mut brain.clone());
                walk(&mut brain);
                cycles == Some(CELLS)
            };
            found >= 5 && (0..3).all(is_shortest)
        });
        assert!(learned.count() >= 5, "{actions:?}");
    }
}

#[test]
fn a_decision_says_whether_it_explores() {
    let mut brain = brain(2, ActionSpace::discrete(2), 500).policy(Policy::Value).build().unwrap();
    assert_eq!(brain.decide(&[0.0, 0.0]).unwrap().method, Method::Novelty);
    assert_eq!(brain.decide(&[0.0, 0.0]).unwrap().confidence, 0.0, "nothing is known");
    brain.set_exploration(Exploration::Off);
    assert_eq!(brain.decide(&[0.0, 0.0]).unwrap().method, Method::Value);
    let action = Action::Discrete(1);
    let given = brain.accompany(&[0.0, 0.0], &action).unwrap();
    assert_eq!((given.method, given.confidence), (Method::Given, 1.0));
    brain.set_exploration(Exploration::Annealed);
    (0..12).for_each(|_| _ = walk(&mut brain));
    let mut methods = std::collections::BTreeMap::new();
    for _ in 0..100 {
        let method = brain.decide(&[0.0, 0.0]).unwrap().method;
        *methods.entry(method.name()).or_insert(0) += 1;
        walk(&mut brain);
    }
    assert!(methods["value"] > 30 && methods["novelty"] > 30, "half of the episodes: {methods:?}");
}

/// A decision carries the prediction that whoever asks for the action gets, and leaves it to learn
/// from: for kept first steps, those beyond, levels, and continuous actions between them.
#[test]
fn a_decision_predicts_what_its_action_leads_to() {
    for actions in [ActionSpace::discrete(10), ActionSpace::continuous([(-1.0, 1.0)])] {
        let mut brain = brain(2, actions.clone(), 300).policy(Policy::Value).build().unwrap();
        let mut dice = Dice::new(6);
        for cycle in 0..400 {
            let now = [dice.signed(), dice.signed()];
            let given = match &actions {
                ActionSpace::Discrete(n) => Action::Discrete(cycle % n),
                ActionSpace::Continuous(_) => Action::Continuous(vec![dice.signed()]),
            };
            let expected = brain.predict(&now, &given).unwrap();
            assert_eq!(brain.accompany(&now, &given).unwrap().prediction, expected);
            let own = brain.decide(&now).unwrap().clone();
            assert_eq!(own.prediction, brain.predict(&now, &own.action).unwrap());
            brain.consolidate(100);
            let after = [now[0] + 0.1 * now[1], now[1] * 0.9];
            brain.learn(Outcome { observation: &after, reward: now[0], ended: false }).unwrap();
        }
    }
}

/// What comes next does not depend on whether anything is kept: episodes go on.
#[test]
fn a_full_brain_that_forgets_nothing_still_turns_to_what_it_knows() {
    let builder = brain(2, ActionSpace::discrete(2), 5).policy(Policy::Value);
    let mut brain = builder.forgetting(Forgetting::None).build().unwrap();
    let mut methods = [0; 2];
    for _ in 0..60 {
        for cycle in 0..4 {
            let method = brain.decide(&[0.1, cycle as f32]).unwrap().method;
            methods[usize::from(method == Method::Value)] += 1;
            let ended = cycle == 3;
            let outcome = Outcome { observation: &[0.1, cycle as f32 + 1.0], reward: 0.0, ended };
            brain.learn(outcome).unwrap();
        }
    }
    assert_eq!(brain.stats().experiences, 5);
    assert!(methods[0] > 40 && methods[1] > 40, "{methods:?}");
}

/// Sensors that stand still, are huge or tiny, and rewards of every size: an action of the space,
/// and numbers.
#[test]
fn hostile_lives_get_valid_actions() {
    let spaces = [
        ActionSpace::discrete(1),
        ActionSpace::discrete(3),
        ActionSpace::continuous([(-1e15, 1e15)]),
    ];
    let mut dice = Dice::new(5);
    for (nth, scale) in [0.0, 1e-30, 1e15].into_iter().enumerate() {
        for actions in &spaces {
            for metric in [Metric::Euclidean, Metric::Cosine] {
                let forgetting = [Forgetting::None, Forgetting::Coverage][nth % 2];
                let builder = brain(3, actions.clone(), 80).policy(Policy::Value).metric(metric);
                let mut brain = builder.forgetting(forgetting).build().unwrap();
                for cycle in 0..160 {
                    let now = [1.0, scale * dice.signed(), if cycle > 80 { scale } else { -scale }];
                    let decision = brain.decide(&now).unwrap();
                    actions.check(&decision.action).unwrap();
                    assert!((0.0..=1.0).contains(&decision.confidence), "{decision:?}");
                    let expected = &decision.prediction;
                    assert!(expected.outcome.iter().all(|v| v.is_finite()), "{decision:?}");
                    assert!(expected.reward.is_finite(), "{decision:?}");
                    let reward = scale * dice.signed();
                    let ended = cycle % 33 == 32;
                    brain.learn(Outcome { observation: &now, reward, ended }).unwrap();
                    brain.consolidate(200);
                }
            }
        }
    }
}

/// However much time there is, consolidation ends, and does no more than was asked.
#[test]
fn idle_time_is_bounded() {
    let builder = Brain::builder().sensors(2).actions(ActionSpace::discrete(2));
    let mut brain = builder.policy(Policy::Value).budget(Budget::Experiences(100)).build().unwrap();
    brain.consolidate(u32::MAX);
    (0..6).for_each(|_| _ = walk(&mut brain));
    let most = brain.consolidate(u32::MAX);
    for units in [0, 1, 500, 2_000] {
        let used = brain.consolidate(units);
        assert!(used <= units + 600 && used <= most + 600, "{used} for {units} of {most}");
    }
}

/// The actions of `cycles` cycles of somebody to whom nothing ever happens.
fn actions_of(brain: &mut Brain, cycles: usize, ends: impl Fn(usize) -> bool) -> Vec<usize> {
    let live = |cycle: usize| {
        let here = [(cycle as f32 * 0.7).sin(), (cycle as f32 * 0.3).cos()];
        let action = brain.decide(&here).unwrap().action.index().unwrap();
        let ended = ends(cycle);
        brain.learn(Outcome { observation: &here, reward: 0.0, ended }).unwrap();
        action
    };
    (0..cycles).map(live).collect()
}

#[test]
fn a_held_action_lasts_until_its_time_or_its_episode_is_over() {
    let builder = || brain(2, ActionSpace::discrete(7), 500).policy(Policy::Value);
    let held = |cycles| builder().hold(Hold::Cycles(cycles)).build().unwrap();
    let actions = actions_of(&mut held(5), 400, |_| false);
    assert!(actions.chunks(5).all(|chunk| chunk.iter().all(|action| *action == chunk[0])));
    let changes = actions.chunks(5).zip(actions.chunks(5).skip(1)).filter(|(a, b)| a[0] != b[0]);
    assert!(changes.count() > 20, "it decides anew every five cycles");
    // Every third cycle ends an episode: the next one begins with a decision of its own.
    let short = actions_of(&mut held(5), 300, |cycle| cycle % 3 == 2);
    assert!(short.chunks(3).all(|chunk| chunk.iter().all(|action| *action == chunk[0])));
    assert!(short.chunks(5).any(|chunk| chunk.iter().any(|action| *action != chunk[0])));
    // Who no longer explores does not go on with what was tried out.
    let mut calm = held(1_000);
    assert_eq!(calm.decide(&[0.0, 0.0]).unwrap().method, Method::Novelty);
    calm.set_exploration(Exploration::Off);
    assert_eq!(calm.decide(&[0.0, 0.0]).unwrap().method, Method::Value);
    // One after an interruption is decided anew, too, and one after somebody else did something else.
    let mut brain = held(1_000);
    let first = actions_of(&mut brain, 30, |_| false);
    assert!(first.iter().all(|action| *action == first[0]));
    let other = Action::Discrete((first[0] + 1) % 7);
    brain.accompany(&[0.0, 0.0], &other).unwrap();
    brain.learn(Outcome { observation: &[0.0, 0.0], reward: -1.0, ended: false }).unwrap();
    let after: Vec<usize> = (0..30)
        .map(|_| {
            brain.interrupt();
            actions_of(&mut brain, 1, |_| false)[0]
        })
        .collect();
    assert!(after.iter().any(|action| *action != after[0]), "{after:?}");
    let never = actions_of(&mut builder().build().unwrap(), 60, |_| false);
    assert_eq!(never, actions_of(&mut held(1), 60, |_| false), "one cycle is no hold");
}

#[test]
fn an_image_remembers_what_is_held() {
    for actions in [ActionSpace::discrete(7), ActionSpace::continuous([(-1.0, 1.0)])] {
        let builder = brain(2, actions, 500).policy(Policy::Value).hold(Hold::Cycles(40));
        let mut brain = builder.build().unwrap();
        let cycle = |brain: &mut Brain, at: usize| {
            let here = [at as f32, 0.5];
            let action = brain.decide(&here).unwrap().action.clone();
            brain.learn(Outcome { observation: &here, reward: 0.0, ended: false }).unwrap();
            action
        };
        (0..50).for_each(|at| _ = cycle(&mut brain, at));
        let mut back = Brain::from_bytes(&brain.to_bytes()).unwrap();
        assert_eq!(back.fingerprint(), brain.fingerprint());
        for at in 50..130 {
            assert_eq!(cycle(&mut back, at), cycle(&mut brain, at), "{at}");
        }
    }
}
