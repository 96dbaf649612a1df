//! A pole on a cart (Barto, Sutton and Anderson 1983; equations of Florian 2007).

use std::f64::consts::PI;

use minbrain::Action;

use super::write;
use crate::dice::Dice;
use crate::episodic::{Dynamics, Facts};

const GRAVITY: f64 = 9.8;
const CART_KG: f64 = 1.0;
const POLE_KG: f64 = 0.1;
const TOTAL_KG: f64 = CART_KG + POLE_KG;
const HALF_POLE_M: f64 = 0.5;
const FORCE_N: f64 = 10.0;
const PERIOD_S: f64 = 0.02;
const TRACK_M: f64 = 2.4;
const FALLEN_RAD: f64 = 12.0 * 2.0 * PI / 360.0;

/// Position, speed, angle from upright, angular speed.
pub(crate) struct CartPole {
    state: [f64; 4],
    half_pole_m: f64,
}

impl Default for CartPole {
    fn default() -> Self {
        Self { state: [0.0; 4], half_pole_m: HALF_POLE_M }
    }
}

impl Dynamics for CartPole {
    const FACTS: Facts = Facts {
        name: "cartpole",
        sensors: &["position", "speed", "angle", "angular_speed"],
        actions: &["left", "right"],
        action_limit: None,
        step_limit: 500,
        cycle_period_us: 20_000,
        solved_return: 475.0,
        change: "the pole is twice as long",
    };

    fn start(&mut self, dice: &mut Dice) {
        self.state = std::array::from_fn(|_| dice.uniform(-0.05, 0.05));
    }

    fn observe(&self, sensors: &mut [f32]) {
        write(sensors, &self.state);
    }

    fn advance(&mut self, action: &Action) -> (f64, bool) {
        let [x, x_dot, theta, theta_dot] = self.state;
        let force = if action.index() == Some(1) { FORCE_N } else { -FORCE_N };
        let (sin, cos) = libm::sincos(theta);
        let pole_kg_m = POLE_KG * self.half_pole_m;
        let push = (force + pole_kg_m * (theta_dot * theta_dot) * sin) / TOTAL_KG;
        let lever = self.half_pole_m * (4.0 / 3.0 - POLE_KG * (cos * cos) / TOTAL_KG);
        let theta_acc = (GRAVITY * sin - cos * push) / lever;
        let x_acc = push - pole_kg_m * theta_acc * cos / TOTAL_KG;
        self.state = [
            x + PERIOD_S * x_dot,
            x_dot + PERIOD_S * x_acc,
            theta + PERIOD_S * theta_dot,
            theta_dot + PERIOD_S * theta_acc,
        ];
        (1.0, self.state[0].abs() > TRACK_M || self.state[2].abs() > FALLEN_RAD)
    }

    fn change(&mut self) {
        self.half_pole_m = 2.0 * HALF_POLE_M;
    }

    #[cfg(test)]
    fn place(&mut self, state: &[f64]) {
        self.state.copy_from_slice(state);
    }
}
