//! A planar arm of two links whose tip should rest on a target.
//!
//! Observation, reward, start states and episode length are those of Gymnasium's `Reacher-v5`. The
//! physics is our own: the textbook equations of a two-link arm (Spong, Hutchinson and Vidyasagar,
//! *Robot Modeling and Control*, section 7.4) with the masses, motor inertia, damping and gear of
//! that task's model, integrated as there: two Runge-Kutta steps of 10 ms per cycle. Tests replay
//! transitions recorded from it. One thing differs, and is left out of those: the elbow meets its
//! limit of 3 rad without bouncing, where MuJoCo's limit is soft.

use minbrain::Action;

use crate::dice::Dice;
use crate::episodic::{Dynamics, Facts};
use crate::integrate::runge_kutta;

const LINK_M: f64 = 0.1;
const LINK_RADIUS_M: f64 = 0.01;
const TIP_M: f64 = 0.11;
const DENSITY: f64 = 1_000.0;
const MOTOR_INERTIA: f64 = 1.0;
const DAMPING: f64 = 1.0;
const GEAR_NM: f64 = 200.0;
const ELBOW_LIMIT_RAD: f64 = 3.0;
const SUBSTEP_S: f64 = 0.01;
const SUBSTEPS: usize = 2;
const TARGET_REACH_M: f64 = 0.2;
/// A square holds its disc with probability 0.79: this many draws fail once in 10^43.
const MAX_DRAWS: usize = 64;

const BALL_KG: f64 =
    DENSITY * 4.0 / 3.0 * std::f64::consts::PI * LINK_RADIUS_M * LINK_RADIUS_M * LINK_RADIUS_M;
const TUBE_KG: f64 = DENSITY * std::f64::consts::PI * LINK_RADIUS_M * LINK_RADIUS_M * LINK_M;
const LINK_KG: f64 = TUBE_KG + BALL_KG;
/// A capsule about its centre, across its length: a tube with half a ball at either end.
const LINK_INERTIA: f64 = TUBE_KG * (LINK_M * LINK_M / 12.0 + LINK_RADIUS_M * LINK_RADIUS_M / 4.0)
    + BALL_KG
        * (0.4 * LINK_RADIUS_M * LINK_RADIUS_M
            + LINK_M * LINK_M / 4.0
            + 3.0 * LINK_M * LINK_RADIUS_M / 8.0);
/// The forearm with its tip, about the elbow.
const FOREARM_INERTIA: f64 = LINK_INERTIA
    + LINK_KG * LINK_M * LINK_M / 4.0
    + BALL_KG * (0.4 * LINK_RADIUS_M * LINK_RADIUS_M + TIP_M * TIP_M);
/// The forearm's mass times the distance of its centre from the elbow, times the upper arm.
const COUPLING: f64 = (LINK_KG * LINK_M / 2.0 + BALL_KG * TIP_M) * LINK_M;
/// The upper arm about the shoulder, with the forearm's mass at the elbow.
const UPPER_INERTIA: f64 =
    LINK_INERTIA + LINK_KG * LINK_M * LINK_M / 4.0 + (LINK_KG + BALL_KG) * LINK_M * LINK_M;

/// Shoulder and elbow angle, their speeds, and where the target lies.
pub(crate) struct Reacher {
    state: [f64; 4],
    target: [f64; 2],
    gear_nm: f64,
}

impl Default for Reacher {
    fn default() -> Self {
        Self { state: [0.0; 4], target: [0.0; 2], gear_nm: GEAR_NM }
    }
}

/// The change of the state per second under the torques of the two motors.
fn motion(state: [f64; 4], torque: [f64; 2]) -> [f64; 4] {
    let [_, elbow, speed1, speed2] = state;
    let (sin, cos) = libm::sincos(elbow);
    let m22 = FOREARM_INERTIA + MOTOR_INERTIA;
    let m12 = FOREARM_INERTIA + COUPLING * cos;
    let m11 = UPPER_INERTIA + FOREARM_INERTIA + 2.0 * COUPLING * cos + MOTOR_INERTIA;
    let whirl = COUPLING * sin;
    let f1 = torque[0] - DAMPING * speed1 + whirl * speed2 * (2.0 * speed1 + speed2);
    let f2 = torque[1] - DAMPING * speed2 - whirl * speed1 * speed1;
    let determinant = m11 * m22 - m12 * m12;
    let acc1 = (m22 * f1 - m12 * f2) / determinant;
    let acc2 = (m11 * f2 - m12 * f1) / determinant;
    [speed1, speed2, acc1, acc2]
}

impl Reacher {
    /// From the target to the tip, in metres.
    fn miss(&self) -> [f64; 2] {
        let [shoulder, elbow, ..] = self.state;
        let (sin1, cos1) = libm::sincos(shoulder);
        let (sin12, cos12) = libm::sincos(shoulder + elbow);
        let tip = [LINK_M * cos1 + TIP_M * cos12, LINK_M * sin1 + TIP_M * sin12];
        [tip[0] - self.target[0], tip[1] - self.target[1]]
    }

    fn stop_at_limit(&mut self) {
        let [_, elbow, _, speed] = self.state;
        if elbow.abs() > ELBOW_LIMIT_RAD {
            self.state[1] = ELBOW_LIMIT_RAD.copysign(elbow);
            self.state[3] = if speed * elbow > 0.0 { 0.0 } else { speed };
        }
    }
}

impl Dynamics for Reacher {
    const FACTS: Facts = Facts {
        name: "reacher",
        sensors: &[
            "cos_shoulder",
            "cos_elbow",
            "sin_shoulder",
            "sin_elbow",
            "target_x",
            "target_y",
            "shoulder_speed",
            "elbow_speed",
            "miss_x",
            "miss_y",
        ],
        actions: &["shoulder_torque", "elbow_torque"],
        action_limit: Some(1.0),
        step_limit: 50,
        cycle_period_us: 20_000,
        solved_return: -3.75,
        change: "the motors pull half as strong",
    };

    fn start(&mut self, dice: &mut Dice) {
        let angles = [dice.uniform(-0.1, 0.1), dice.uniform(-0.1, 0.1)];
        let speeds = [dice.uniform(-0.005, 0.005), dice.uniform(-0.005, 0.005)];
        self.state = [angles[0], angles[1], speeds[0], speeds[1]];
        for _ in 0..MAX_DRAWS {
            self.target = std::array::from_fn(|_| dice.uniform(-TARGET_REACH_M, TARGET_REACH_M));
            if libm::hypot(self.target[0], self.target[1]) < TARGET_REACH_M {
                return;
            }
        }
        self.target = [TARGET_REACH_M / 2.0, 0.0];
    }

    fn observe(&self, sensors: &mut [f32]) {
        let [shoulder, elbow, speed1, speed2] = self.state;
        let ((sin1, cos1), (sin2, cos2)) = (libm::sincos(shoulder), libm::sincos(elbow));
        let ([x, y], miss) = (self.target, self.miss());
        let seen = [cos1, cos2, sin1, sin2, x, y, speed1, speed2, miss[0], miss[1]];
        sensors.iter_mut().zip(seen).for_each(|(sensor, value)| *sensor = value as f32);
    }

    fn advance(&mut self, action: &Action) -> (f64, bool) {
        let pull: [f64; 2] =
            std::array::from_fn(|i| action.values().get(i).map_or(0.0, |&v| f64::from(v)));
        let torque = pull.map(|u| u * self.gear_nm);
        for _ in 0..SUBSTEPS {
            self.state = runge_kutta(self.state, SUBSTEP_S, |state| motion(state, torque));
            self.stop_at_limit();
        }
        let miss = self.miss();
        (-libm::hypot(miss[0], miss[1]) - pull[0] * pull[0] - pull[1] * pull[1], false)
    }

    fn change(&mut self) {
        self.gear_nm = GEAR_NM / 2.0;
    }

    #[cfg(test)]
    fn place(&mut self, state: &[f64]) {
        self.state.copy_from_slice(&state[..4]);
        self.target.copy_from_slice(&state[4..6]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::episodic::Episodic;
    use crate::world::World;

    #[test]
    fn the_elbow_stops_at_its_limit_and_comes_back() {
        let mut arm = Episodic::new(Reacher::default());
        let bend = |arm: &mut Episodic<Reacher>, torque: f32| {
            arm.step(&Action::Continuous(vec![0.0, torque])).unwrap();
            arm.dynamics.state
        };
        (0..30).for_each(|_| assert!(bend(&mut arm, 1.0)[1] <= ELBOW_LIMIT_RAD));
        let [_, elbow, _, speed] = arm.dynamics.state;
        assert_eq!((elbow, speed), (ELBOW_LIMIT_RAD, 0.0));
        let [_, elbow, _, speed] = bend(&mut arm, -0.1);
        assert!(elbow < ELBOW_LIMIT_RAD && speed < 0.0, "{elbow} {speed}");
    }

    #[test]
    fn targets_lie_within_reach() {
        let mut arm = Episodic::new(Reacher::default());
        let mut farthest = 0.0_f32;
        for seed in 0..500 {
            arm.reset(seed);
            farthest = farthest.max(arm.observation()[4].hypot(arm.observation()[5]));
        }
        assert!(farthest < 0.2 && farthest > 0.19, "{farthest}");
    }
}
