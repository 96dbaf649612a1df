//! The original's two calls are the engine's, by other names.

use minbrain::{Action, ActionSpace, MinimalBrain};

use crate::dice::Dice;
use crate::worlds::{action_spaces, brain, outcome};

#[test]
fn the_guides_calls_are_decide_and_learn() {
    for actions in action_spaces() {
        let mut engine = brain(2, actions, 100).build().unwrap();
        let mut guide = MinimalBrain::from(engine.clone());
        let mut dice = Dice::new(8);
        for _ in 0..300 {
            let (now, after) = ([dice.signed(), dice.signed()], [dice.signed(), dice.signed()]);
            let (action, state) = guide.process_sensory_input(&now).unwrap();
            let decision = engine.decide(&now).unwrap();
            match &decision.action {
                Action::Discrete(index) => assert_eq!(action, [*index as f32]),
                Action::Continuous(values) => assert_eq!(&action, values),
            }
            assert_eq!((state.confidence, state.method), (decision.confidence, decision.method));
            assert_eq!(state.experiences, engine.stats().experiences);
            assert_eq!(state.working_memory, engine.working_memory().len());
            let id = guide.store_experience(&now, &action, &after, None).unwrap();
            assert_eq!(id, engine.learn(outcome(&after)).unwrap().id);
            assert_eq!(guide.brain().fingerprint(), engine.fingerprint());
        }
    }
}

/// Storing what was never decided is accompanying.
#[test]
fn an_experience_of_ones_own_is_stored_as_it_is() {
    let mut guide = MinimalBrain::new(2, 2).unwrap();
    let mut engine = guide.brain().clone();
    let action = Action::Continuous(vec![0.25, -0.5]);
    for step in 0..50 {
        let (now, after) = ([step as f32, 1.0], [step as f32 + 1.0, 1.0]);
        let id = guide.store_experience(&now, action.values(), &after, None).unwrap();
        engine.accompany(&now, &action).unwrap();
        assert_eq!(id, engine.learn(outcome(&after)).unwrap().id);
        let known = guide.brain().experience(id.unwrap()).unwrap();
        assert_eq!((known.action, known.outcome), (action.clone(), after.to_vec()));
    }
    assert_eq!(guide.brain().fingerprint(), engine.fingerprint());
}

#[test]
fn surprise_goes_by_the_callers_prediction_if_there_is_one() {
    let engine = brain(2, ActionSpace::discrete(2), 100).build().unwrap();
    let mut guide = MinimalBrain::from(engine);
    let mut dice = Dice::new(2);
    let mut surprise = |predicts: fn([f32; 2]) -> [f32; 2]| {
        let (now, after) = ([dice.signed(), dice.signed()], [dice.signed(), dice.signed()]);
        let said = predicts(after);
        let id = guide.store_experience(&now, &[1.0], &after, Some(&said)).unwrap().unwrap();
        guide.brain().experience(id).unwrap().surprise
    };
    for _ in 0..40 {
        assert_eq!(surprise(|after| after), 0.0);
        assert!(surprise(|after| after.map(|x| x + 5.0)) > 3.0);
    }
}

/// What a caller predicts is the caller's: it tells the brain nothing about its own errors.
#[test]
fn the_callers_prediction_does_not_touch_what_the_brain_expects_of_itself() {
    let mut own = MinimalBrain::new(1, 1).unwrap();
    let mut told = own.clone();
    let mut dice = Dice::new(2);
    for _ in 0..200 {
        let (now, after) = ([dice.signed()], [dice.signed()]);
        own.store_experience(&now, &[0.0], &after, None).unwrap();
        told.store_experience(&now, &[0.0], &after, Some(&[1e3])).unwrap();
    }
    let action = Action::Continuous(vec![0.0]);
    let expected =
        |guide: &MinimalBrain| guide.brain().predict(&[0.1], &action).unwrap().expected_error[0];
    let (own, told) = (expected(&own), expected(&told));
    assert!(told < 2.0 * own, "{told} against {own}");
}
