//! What a user sees a brain do: it tries, imitates, gets less surprised, and says how sure it is.

use minbrain::{Action, ActionSpace, Brain, Method};

use crate::dice::Dice;
use crate::worlds::{Ring, action_spaces, brain, outcome};

fn teach(brain: &mut Brain, place: [f32; 2], action: Action) {
    brain.accompany(&place, &action).unwrap();
    brain.learn(outcome(&place)).unwrap();
}

#[test]
fn with_fewer_than_three_similar_it_tries_anything() {
    for actions in action_spaces() {
        let mut brain = brain(2, actions.clone(), 100).build().unwrap();
        for known in 0..3 {
            let decision = brain.decide(&[1.0, 1.0]).unwrap();
            assert_eq!((decision.method, decision.confidence), (Method::Bootstrap, 0.0), "{known}");
            assert_eq!(brain.stats().bootstraps, known + 1);
            brain.learn(outcome(&[1.0, 1.0])).unwrap();
        }
        assert_eq!(brain.decide(&[1.0, 1.0]).unwrap().method, Method::Consensus);
        // Three are known, but none of them is like this.
        teach(&mut brain, [1.5, 1.5], actions.neutral());
        assert_eq!(brain.decide(&[50.0, -50.0]).unwrap().method, Method::Bootstrap);
    }
}

#[test]
fn trying_tries_all_actions_alike() {
    let mut discrete = brain(1, ActionSpace::discrete(3), 10).build().unwrap();
    let mut counts = [0; 3];
    for _ in 0..900 {
        counts[discrete.decide(&[0.0]).unwrap().action.index().unwrap()] += 1;
    }
    assert!(counts.iter().all(|count| (240..360).contains(count)), "{counts:?}");
    let bounds = ActionSpace::continuous([(-1.0, 3.0)]);
    let mut continuous = brain(1, bounds, 10).build().unwrap();
    let drawn: Vec<f32> =
        (0..900).map(|_| continuous.decide(&[0.0]).unwrap().action.values()[0]).collect();
    assert!(drawn.iter().all(|a| (-1.0..=3.0).contains(a)));
    let mean = drawn.iter().sum::<f32>() / 900.0;
    let square = drawn.iter().map(|a| (a - mean).powi(2)).sum::<f32>() / 900.0;
    assert!((mean - 1.0).abs() < 0.15 && (square - 16.0 / 12.0).abs() < 0.15, "{mean} {square}");
}

#[test]
fn it_does_what_a_teacher_did_there() {
    let mut brain = brain(2, ActionSpace::discrete(3), 500).build().unwrap();
    let mut dice = Dice::new(3);
    let lesson = [([0.0, 0.0], 0), ([4.0, 0.0], 1), ([0.0, 4.0], 2)];
    let mut near = |[x, y]: [f32; 2]| [x + 0.3 * dice.normal(), y + 0.3 * dice.normal()];
    for _ in 0..40 {
        for (place, action) in lesson {
            teach(&mut brain, near(place), Action::Discrete(action));
        }
    }
    for _ in 0..20 {
        for (place, action) in lesson {
            let decision = brain.decide(&near(place)).unwrap();
            assert_eq!(decision.action, Action::Discrete(action), "{place:?}");
            assert_eq!(decision.method, Method::Consensus);
            assert!(decision.confidence > 0.6, "{decision:?}");
            let say: f32 = decision.recalled.iter().map(|r| r.weight).sum();
            assert!(say > 0.6 && say <= 1.0 + 1e-5, "{say}");
        }
    }
}

/// An experience whose outcome nobody could predict has less say.
#[test]
fn what_was_predicted_badly_is_followed_less() {
    let mut brain = brain(2, ActionSpace::discrete(2), 500).neighbours(60).build().unwrap();
    let mut dice = Dice::new(3);
    for lesson in 0..55 {
        let place = [dice.normal(), dice.normal()];
        // The larger part of the lessons is for action 1, with an outcome that makes no sense.
        let action = usize::from(lesson % 11 < 6);
        let after = if action == 0 { place } else { [9.0 * dice.normal(), 9.0 * dice.normal()] };
        brain.accompany(&place, &Action::Discrete(action)).unwrap();
        brain.learn(outcome(&after)).unwrap();
    }
    assert_eq!(brain.decide(&[0.0, 0.0]).unwrap().action, Action::Discrete(0));
}

/// Of two that are equally similar, what is active already has more say.
#[test]
fn what_is_active_is_followed_more() {
    for (seen, expected) in [(-1.0, 0), (1.0, 1)] {
        let mut brain = brain(1, ActionSpace::discrete(2), 500).neighbours(60).build().unwrap();
        for _ in 0..6 {
            for (place, action) in [(-1.0, 0), (1.0, 1)] {
                brain.interrupt();
                brain.accompany(&[place], &Action::Discrete(action)).unwrap();
                brain.learn(outcome(&[place])).unwrap();
            }
        }
        brain.interrupt();
        brain.decide(&[seen]).unwrap();
        assert_eq!(brain.decide(&[0.0]).unwrap().action, Action::Discrete(expected), "{seen}");
    }
}

/// Between two teachers who disagree the mean is taken, with less confidence.
#[test]
fn continuous_actions_are_averaged() {
    let taught = |pair: [f32; 2]| {
        let mut brain = brain(2, ActionSpace::continuous([(-1.0, 1.0)]), 500).build().unwrap();
        let mut dice = Dice::new(3);
        for lesson in 0..60 {
            let place = [dice.normal(), dice.normal()];
            teach(&mut brain, place, Action::Continuous(vec![pair[lesson % 2]]));
        }
        let decision = brain.decide(&[0.0, 0.0]).unwrap().clone();
        assert_eq!(decision.method, Method::Consensus);
        let say: f32 = decision.recalled.iter().map(|r| r.weight).sum();
        assert!((say - 1.0).abs() < 1e-4, "all speak for the mean: {say}");
        // The mean is that of the actions by the say that is told.
        let action = |id| brain.experience(id).unwrap().action.values()[0];
        let mean: f32 = decision.recalled.iter().map(|r| r.weight * action(r.id)).sum();
        assert!((mean - decision.action.values()[0]).abs() < 1e-5);
        (decision.action.values()[0], decision.confidence)
    };
    let (action, confidence) = taught([0.4, 0.4]);
    assert!((action - 0.4).abs() < 1e-5 && confidence > 0.7, "{action} {confidence}");
    let (action, doubt) = taught([0.0, 0.8]);
    assert!((action - 0.4).abs() < 0.2 && doubt < 0.8 * confidence, "{action} {doubt}");
}

#[test]
fn accompanying_says_what_was_given_and_predicts_for_it() {
    for actions in action_spaces() {
        let mut brain = brain(3, actions.clone(), 200).build().unwrap();
        let mut ring = Ring::new(3);
        (0..100).for_each(|_| {
            ring.live(&mut brain);
        });
        let (place, action) = ([0.0, 1.0, 0.0], actions.neutral());
        let asked = brain.predict(&place, &action).unwrap();
        let decision = brain.accompany(&place, &action).unwrap();
        assert_eq!((&decision.action, decision.method), (&action, Method::Given));
        assert_eq!(decision.prediction, asked);
    }
}

fn mean_surprise(brain: &mut Brain, ring: &mut Ring, cycles: usize) -> f32 {
    (0..cycles).map(|_| ring.live(brain)).sum::<f32>() / cycles as f32
}

#[test]
fn surprise_falls_where_the_world_can_be_learned() {
    for actions in action_spaces() {
        let mut brain = brain(3, actions, 2_000).build().unwrap();
        let mut ring = Ring::new(5);
        ring.noise = 0.001;
        let first = mean_surprise(&mut brain, &mut ring, 30);
        mean_surprise(&mut brain, &mut ring, 1_000);
        let last = mean_surprise(&mut brain, &mut ring, 100);
        assert!(last < 0.25 * first && last < 0.1, "{first} to {last}");
        assert!((brain.stats().surprise - last).abs() < 0.1, "the running mean follows");
    }
}

/// A random walk: the best prediction is that nothing changes, and its surprise is 1.
#[test]
fn surprise_is_about_one_where_nothing_can_be_learned() {
    let mut brain = brain(2, ActionSpace::discrete(2), 1_000).build().unwrap();
    let mut dice = Dice::new(12);
    let mut place = [0.0, 0.0];
    let mut sum = 0.0;
    for cycle in 0..2_000 {
        brain.decide(&place).unwrap();
        place = [place[0] + dice.normal(), place[1] + 10.0 * dice.normal()];
        let surprise = brain.learn(outcome(&place)).unwrap().surprise;
        sum += if cycle < 1_000 { 0.0 } else { surprise.powi(2) };
    }
    let surprise = (sum / 1_000.0).sqrt();
    assert!((0.95..1.15).contains(&surprise), "{surprise}");
}

#[test]
fn an_interrupted_brain_goes_on_afresh() {
    let mut brain = brain(3, ActionSpace::discrete(3), 200).build().unwrap();
    let mut ring = Ring::new(4);
    (0..50).for_each(|_| {
        ring.live(&mut brain);
    });
    brain.decide(&ring.sense()).unwrap();
    assert!(brain.waiting().is_some() && !brain.working_memory().is_empty());
    let stats = brain.stats();
    brain.interrupt();
    assert!(brain.waiting().is_none() && brain.working_memory().is_empty());
    assert_eq!(brain.stats(), stats, "nothing is forgotten");
    ring.live(&mut brain);
    assert_eq!(brain.stats().experiences, stats.experiences + 1);
}

/// Deciding again gives the first decision up: what is learned belongs to the second.
#[test]
fn the_last_decision_counts() {
    let mut brain = brain(1, ActionSpace::discrete(2), 10).build().unwrap();
    brain.accompany(&[1.0], &Action::Discrete(0)).unwrap();
    brain.accompany(&[2.0], &Action::Discrete(1)).unwrap();
    let id = brain.learn(outcome(&[3.0])).unwrap().id.unwrap();
    let known = brain.experience(id).unwrap();
    assert_eq!((known.observation[0], known.action), (2.0, Action::Discrete(1)));
    assert_eq!(brain.stats().experiences, 1);
}
