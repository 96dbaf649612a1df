//! Whether the error that is expected is the error that comes.

use minbrain::{Action, ActionSpace, Brain};

use crate::dice::Dice;
use crate::worlds::{action_spaces, brain, outcome, push};

/// Five sensors with unlike noise: a smooth one, a noisy one, one whose noise grows with the first,
/// one that is known exactly, and pure noise.
fn sense(angle: f32, dice: &mut Dice) -> [f32; 5] {
    let (sine, cosine) = angle.sin_cos();
    [
        sine + 0.01 * dice.normal(),
        10.0 * cosine + 2.0 * dice.normal(),
        sine * cosine + 0.2 * (1.0 + sine) * dice.normal(),
        cosine,
        100.0 * dice.normal(),
    ]
}

/// Mean squared error over mean squared expectation, for each sensor.
fn ratios(brain: &mut Brain, seed: u64) -> [f64; 5] {
    let mut dice = Dice::new(seed);
    let mut angle = 0.0_f32;
    let mut now = sense(angle, &mut dice);
    let (mut came, mut expected) = ([0.0; 5], [0.0; 5]);
    for cycle in 0..4_000 {
        let decision = brain.decide(&now).unwrap();
        let action: Action = decision.action.clone();
        let prediction = decision.prediction.clone();
        angle += 0.15 + 0.1 * push(&action);
        now = sense(angle, &mut dice);
        brain.learn(outcome(&now)).unwrap();
        for at in 0..5 {
            if cycle >= 1_000 {
                came[at] += f64::from(prediction.outcome[at] - now[at]).powi(2);
                expected[at] += f64::from(prediction.expected_error[at]).powi(2);
            }
        }
    }
    std::array::from_fn(|at| came[at] / expected[at])
}

#[test]
fn the_expected_error_is_the_error_that_comes() {
    for (seed, actions) in action_spaces().into_iter().enumerate() {
        let mut brain = brain(5, actions, 1_500).build().unwrap();
        let ratios = ratios(&mut brain, seed as u64);
        assert!(ratios.iter().all(|ratio| (0.7..1.4).contains(ratio)), "{ratios:?}");
    }
}

/// A jump of a sensor that was always predicted exactly must not blow up what is expected of it
/// from then on.
#[test]
fn one_surprise_does_not_spoil_what_is_expected() {
    let mut brain = brain(2, ActionSpace::discrete(1), 1_000).build().unwrap();
    let mut dice = Dice::new(4);
    for cycle in 0..900 {
        let place = dice.signed();
        let still = if cycle == 500 { 3.0 } else { 1.0 };
        let decision = brain.decide(&[place, 1.0]).unwrap();
        let expected = decision.prediction.expected_error[1];
        assert!(expected < 10.0, "{expected} at {cycle}");
        brain.learn(outcome(&[0.5 * place, still])).unwrap();
    }
}

/// Knownness is high where much was lived through and falls to nothing far away.
#[test]
fn knownness_follows_how_much_is_known() {
    let mut brain = brain(2, ActionSpace::discrete(1), 1_000).build().unwrap();
    let mut dice = Dice::new(4);
    let action = Action::Discrete(0);
    assert_eq!(brain.predict(&[0.0, 0.0], &action).unwrap().knownness, 0.0);
    let mut before = 0.0;
    for count in [30, 200, 700] {
        for _ in 0..count {
            let place = [dice.signed(), dice.signed()];
            brain.decide(&place).unwrap();
            brain.learn(outcome(&place)).unwrap();
        }
        let here = brain.predict(&[0.0, 0.0], &action).unwrap().knownness;
        assert!(here > before, "{here} after {before}");
        before = here;
    }
    assert!(before > 0.9, "{before}");
    assert_eq!(brain.predict(&[9.0, 9.0], &action).unwrap().knownness, 0.0);
}
