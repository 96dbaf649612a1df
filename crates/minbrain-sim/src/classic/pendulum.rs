//! A pendulum to be swung up and held, with a torque too weak to lift it directly.

use std::f64::consts::{PI, TAU};

use minbrain::Action;

use super::{first, write};
use crate::dice::Dice;
use crate::episodic::{Dynamics, Facts};

const GRAVITY: f64 = 10.0;
const LENGTH_M: f64 = 1.0;
const MASS_KG: f64 = 1.0;
const MAX_SPEED: f64 = 8.0;
const PERIOD_S: f64 = 0.05;

/// Angle from upright and angular speed.
pub(crate) struct Pendulum {
    state: [f64; 2],
    mass_kg: f64,
}

impl Default for Pendulum {
    fn default() -> Self {
        Self { state: [0.0; 2], mass_kg: MASS_KG }
    }
}

impl Dynamics for Pendulum {
    const FACTS: Facts = Facts {
        name: "pendulum",
        sensors: &["cos_angle", "sin_angle", "angular_speed"],
        actions: &["torque"],
        action_limit: Some(2.0),
        step_limit: 200,
        cycle_period_us: 50_000,
        // Gymnasium publishes no threshold; -200 is the mark commonly used.
        solved_return: -200.0,
        change: "the pendulum is a quarter heavier",
    };

    fn start(&mut self, dice: &mut Dice) {
        self.state = [dice.uniform(-PI, PI), dice.uniform(-1.0, 1.0)];
    }

    fn observe(&self, sensors: &mut [f32]) {
        let [theta, speed] = self.state;
        let (sin, cos) = libm::sincos(theta);
        write(sensors, &[cos, sin, speed]);
    }

    fn advance(&mut self, action: &Action) -> (f64, bool) {
        let [theta, speed] = self.state;
        let torque = first(action);
        let angle = (theta + PI).rem_euclid(TAU) - PI;
        let cost = angle * angle + 0.1 * (speed * speed) + 0.001 * (torque * torque);
        let fall = 3.0 * GRAVITY / (2.0 * LENGTH_M) * libm::sin(theta);
        let push = 3.0 / (self.mass_kg * (LENGTH_M * LENGTH_M)) * torque;
        let speed = (speed + (fall + push) * PERIOD_S).clamp(-MAX_SPEED, MAX_SPEED);
        self.state = [theta + speed * PERIOD_S, speed];
        (-cost, false)
    }

    fn change(&mut self) {
        self.mass_kg = 1.25 * MASS_KG;
    }

    #[cfg(test)]
    fn place(&mut self, state: &[f64]) {
        self.state.copy_from_slice(state);
    }
}
