//! Rocks the car out of the valley.

use minbrain::Action;

use super::{Controller, sensors};

/// Pushes along the motion.
pub(super) struct Rocker;

/// Pushes along the motion with less than full throttle, which costs by its square.
pub(super) struct SmoothRocker;

const THROTTLE: f32 = 0.8;

impl Controller for Rocker {
    fn act(&mut self, observation: &[f32]) -> Action {
        let [_, speed] = sensors(observation);
        Action::Discrete(if speed < 0.0 { 0 } else { 2 })
    }
}

impl Controller for SmoothRocker {
    fn act(&mut self, observation: &[f32]) -> Action {
        let [_, speed] = sensors(observation);
        Action::Continuous(vec![if speed < 0.0 { -THROTTLE } else { THROTTLE }])
    }
}
