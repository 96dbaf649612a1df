//! Balances the pole and brings the cart back to the middle.

use minbrain::Action;

use super::{Controller, sensors};

/// Pushes to where a weighted sum of position, speed, angle and angular speed points.
pub(super) struct Balancer;

const WEIGHTS: [f32; 4] = [0.06, 0.12, 1.0, 0.4];

impl Controller for Balancer {
    fn act(&mut self, observation: &[f32]) -> Action {
        let state: [f32; 4] = sensors(observation);
        let lean: f32 = state.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        Action::Discrete(usize::from(lean > 0.0))
    }
}
