//! Swings the pendulum up by its energy, then holds it.

use minbrain::Action;

use super::{Controller, sensors};

/// Feeds energy until there is enough to reach the top (Astrom and Furuta 2000), and near the top
/// acts as a spring and a damper.
pub(super) struct SwingUp;

/// Of the published pendulum: gravity gives up to 15 rad/s^2, a torque of 1 gives 3.
const GRAVITY_ACC: f32 = 15.0;
const MAX_TORQUE: f32 = 2.0;
const CATCH_RAD: f32 = 0.5;
const STIFFNESS: f32 = 12.0;
const DAMPING: f32 = 2.5;
const PUMP_GAIN: f32 = 2.0;

impl Controller for SwingUp {
    fn act(&mut self, observation: &[f32]) -> Action {
        let [cos, sin, speed] = sensors(observation);
        let angle = libm::atan2f(sin, cos);
        let torque = if angle.abs() < CATCH_RAD {
            -STIFFNESS * angle - DAMPING * speed
        } else {
            let missing_energy = GRAVITY_ACC * (1.0 - cos) - 0.5 * speed * speed;
            PUMP_GAIN * missing_energy * if speed < 0.0 { -1.0 } else { 1.0 }
        };
        Action::Continuous(vec![torque.clamp(-MAX_TORQUE, MAX_TORQUE)])
    }
}
