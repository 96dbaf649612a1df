//! Swings the two links up.

use minbrain::Action;

use super::{Controller, sensors};

/// Drives the elbow along its own motion, so that the motor always adds energy.
pub(super) struct Pumper;

impl Controller for Pumper {
    fn act(&mut self, observation: &[f32]) -> Action {
        let [_, _, _, _, _, elbow_speed] = sensors(observation);
        Action::Discrete(if elbow_speed < 0.0 { 0 } else { 2 })
    }
}
