//! The cosine metric, where observations differ in length and not in direction.

use minbrain::{Action, ActionSpace, Metric};

use crate::dice::Dice;
use crate::worlds::{brain, outcome};

/// All observations lie on one ray, so all of them are at distance zero from each other; what an
/// action leads to depends on the length all the same.
#[test]
fn observations_of_one_direction_are_predicted_by_their_length() {
    for sensors in [1, 3] {
        let builder = brain(sensors, ActionSpace::discrete(2), 500).metric(Metric::Cosine);
        let mut brain = builder.build().unwrap();
        let mut dice = Dice::new(3);
        let along =
            |length: f32| (0..sensors).map(|s| length * (1.0 + s as f32)).collect::<Vec<_>>();
        let after = |length: f32, action: usize| 0.9 * length + 0.5 * action as f32;
        for _ in 0..200 {
            let (length, action) = (1.0 + dice.unit(), dice.below(2));
            brain.accompany(&along(length), &Action::Discrete(action)).unwrap();
            brain.learn(outcome(&along(after(length, action)))).unwrap();
        }
        for action in 0..2 {
            let prediction = brain.predict(&along(1.3), &Action::Discrete(action)).unwrap();
            let expected = along(after(1.3, action));
            for (got, expected) in prediction.outcome.iter().zip(&expected) {
                assert!((got - expected).abs() < 0.01, "{got} against {expected}");
            }
        }
    }
}
