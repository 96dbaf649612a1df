//! Points the arm at the target.

use minbrain::Action;

use super::{Controller, sensors};

/// Solves for the joint angles that put the tip on the target, then acts as a spring and a damper
/// on each joint.
pub(super) struct Pointer;

const UPPER_M: f32 = 0.1;
const FOREARM_M: f32 = 0.11;
/// A torque of 1 accelerates a joint by about 200 rad/s^2.
const STIFFNESS: f32 = 0.35;
const DAMPING: f32 = 0.06;

/// Shoulder and elbow angle that reach a point, with the elbow bent to the side of `bend`.
fn angles(x: f32, y: f32, bend: f32) -> [f32; 2] {
    let square = x * x + y * y;
    let cos = (square - UPPER_M * UPPER_M - FOREARM_M * FOREARM_M) / (2.0 * UPPER_M * FOREARM_M);
    let elbow = libm::acosf(cos.clamp(-0.98, 1.0)).copysign(bend);
    let (sin, cos) = libm::sincosf(elbow);
    [libm::atan2f(y, x) - libm::atan2f(FOREARM_M * sin, UPPER_M + FOREARM_M * cos), elbow]
}

impl Controller for Pointer {
    fn act(&mut self, observation: &[f32]) -> Action {
        let [cos1, cos2, sin1, sin2, x, y, speed1, speed2] = sensors(observation);
        let now = [libm::atan2f(sin1, cos1), libm::atan2f(sin2, cos2)];
        let wanted = angles(x, y, now[1]);
        let turn = libm::remainderf(wanted[0] - now[0], std::f32::consts::TAU);
        let torque = [
            STIFFNESS * turn - DAMPING * speed1,
            STIFFNESS * (wanted[1] - now[1]) - DAMPING * speed2,
        ];
        Action::Continuous(torque.map(|u| u.clamp(-1.0, 1.0)).to_vec())
    }
}
