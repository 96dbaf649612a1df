//! Two hanging links with a motor at the elbow only (Sutton 1996; equations of Sutton and Barto's
//! book), integrated with one Runge-Kutta step of fourth order per cycle.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use minbrain::Action;

use super::write;
use crate::dice::Dice;
use crate::episodic::{Dynamics, Facts};
use crate::integrate::runge_kutta;

const GRAVITY: f64 = 9.8;
const LINK_M: f64 = 1.0;
const CENTRE_M: f64 = 0.5;
const LINK_KG: f64 = 1.0;
const INERTIA: f64 = 1.0;
const MAX_SPEED: [f64; 2] = [4.0 * PI, 9.0 * PI];
const PERIOD_S: f64 = 0.2;

/// Shoulder angle from hanging, elbow angle from straight, and their speeds.
pub(crate) struct Acrobot {
    state: [f64; 4],
    forearm_kg: f64,
}

impl Default for Acrobot {
    fn default() -> Self {
        Self { state: [0.0; 4], forearm_kg: LINK_KG }
    }
}

/// Brings an angle back between -pi and pi.
fn wrap(angle: f64) -> f64 {
    let turns = ((angle.abs() + PI) / TAU).floor();
    angle - turns * TAU.copysign(angle)
}

impl Acrobot {
    /// The change of the state per second under an elbow torque.
    fn motion(&self, state: [f64; 4], torque: f64) -> [f64; 4] {
        let [shoulder, elbow, shoulder_speed, elbow_speed] = state;
        let m2 = self.forearm_kg;
        let (sin, cos) = libm::sincos(elbow);
        let reach = LINK_M * LINK_M + CENTRE_M * CENTRE_M + 2.0 * LINK_M * CENTRE_M * cos;
        let d1 = LINK_KG * (CENTRE_M * CENTRE_M) + m2 * reach + 2.0 * INERTIA;
        let d2 = m2 * (CENTRE_M * CENTRE_M + LINK_M * CENTRE_M * cos) + INERTIA;
        let swing = m2 * LINK_M * CENTRE_M * sin;
        let phi2 = m2 * CENTRE_M * GRAVITY * libm::cos(shoulder + elbow - FRAC_PI_2);
        let phi1 = -swing * (elbow_speed * elbow_speed)
            - 2.0 * swing * elbow_speed * shoulder_speed
            + (LINK_KG * CENTRE_M + m2 * LINK_M) * GRAVITY * libm::cos(shoulder - FRAC_PI_2)
            + phi2;
        let drive = torque + d2 / d1 * phi1 - swing * (shoulder_speed * shoulder_speed) - phi2;
        let elbow_acc = drive / (m2 * (CENTRE_M * CENTRE_M) + INERTIA - d2 * d2 / d1);
        [shoulder_speed, elbow_speed, -(d2 * elbow_acc + phi1) / d1, elbow_acc]
    }
}

impl Dynamics for Acrobot {
    const FACTS: Facts = Facts {
        name: "acrobot",
        sensors: &[
            "cos_shoulder",
            "sin_shoulder",
            "cos_elbow",
            "sin_elbow",
            "shoulder_speed",
            "elbow_speed",
        ],
        actions: &["torque_minus", "torque_zero", "torque_plus"],
        action_limit: None,
        step_limit: 500,
        cycle_period_us: 200_000,
        solved_return: -100.0,
        change: "the lower link is a quarter heavier",
    };

    fn start(&mut self, dice: &mut Dice) {
        self.state = std::array::from_fn(|_| dice.uniform(-0.1, 0.1));
    }

    fn observe(&self, sensors: &mut [f32]) {
        let [shoulder, elbow, shoulder_speed, elbow_speed] = self.state;
        let ((sin1, cos1), (sin2, cos2)) = (libm::sincos(shoulder), libm::sincos(elbow));
        write(sensors, &[cos1, sin1, cos2, sin2, shoulder_speed, elbow_speed]);
    }

    fn advance(&mut self, action: &Action) -> (f64, bool) {
        let torque = action.index().unwrap_or(1) as f64 - 1.0;
        let next = runge_kutta(self.state, PERIOD_S, |state| self.motion(state, torque));
        self.state = [
            wrap(next[0]),
            wrap(next[1]),
            next[2].clamp(-MAX_SPEED[0], MAX_SPEED[0]),
            next[3].clamp(-MAX_SPEED[1], MAX_SPEED[1]),
        ];
        let [shoulder, elbow, ..] = self.state;
        let up = -libm::cos(shoulder) - libm::cos(elbow + shoulder) > 1.0;
        (if up { 0.0 } else { -1.0 }, up)
    }

    fn change(&mut self) {
        self.forearm_kg = 1.25 * LINK_KG;
    }

    #[cfg(test)]
    fn place(&mut self, state: &[f64]) {
        self.state.copy_from_slice(state);
    }
}
