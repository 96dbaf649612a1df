//! A car in a valley whose engine is too weak to climb straight out (Moore 1990), with discrete
//! and with continuous throttle.

use minbrain::Action;

use super::{first, write};
use crate::dice::Dice;
use crate::episodic::{Dynamics, Facts};

const SLOPE: f64 = 0.0025;
const LEFT_END: f64 = -1.2;
const RIGHT_END: f64 = 0.6;
const MAX_SPEED: f64 = 0.07;
const PUSH: f64 = 0.001;
const GOAL: f64 = 0.5;
const POWER: f64 = 0.0015;
const GOAL_CONTINUOUS: f64 = 0.45;
const SENSORS: &[&str] = &["position", "speed"];
const CHANGE: &str = "the engine is a fifth weaker";
/// The tasks were published without a unit of time; their films run at 30 frames a second.
const CYCLE_PERIOD_US: u64 = 33_333;

fn start(dice: &mut Dice) -> [f64; 2] {
    [dice.uniform(-0.6, -0.4), 0.0]
}

/// The car with three settings of its engine.
pub(crate) struct MountainCar {
    state: [f64; 2],
    push: f64,
}

impl Default for MountainCar {
    fn default() -> Self {
        Self { state: [0.0; 2], push: PUSH }
    }
}

impl Dynamics for MountainCar {
    const FACTS: Facts = Facts {
        name: "mountain-car",
        sensors: SENSORS,
        actions: &["left", "coast", "right"],
        action_limit: None,
        step_limit: 200,
        cycle_period_us: CYCLE_PERIOD_US,
        solved_return: -110.0,
        change: CHANGE,
    };

    fn start(&mut self, dice: &mut Dice) {
        self.state = start(dice);
    }

    fn observe(&self, sensors: &mut [f32]) {
        write(sensors, &self.state);
    }

    fn advance(&mut self, action: &Action) -> (f64, bool) {
        let [position, speed] = self.state;
        let gear = action.index().unwrap_or(1) as f64 - 1.0;
        let pull = gear * self.push - libm::cos(3.0 * position) * SLOPE;
        let speed = (speed + pull).clamp(-MAX_SPEED, MAX_SPEED);
        let position = (position + speed).clamp(LEFT_END, RIGHT_END);
        let stopped = position == LEFT_END && speed < 0.0;
        self.state = [position, if stopped { 0.0 } else { speed }];
        (-1.0, position >= GOAL && speed >= 0.0)
    }

    fn change(&mut self) {
        self.push = 0.8 * PUSH;
    }

    #[cfg(test)]
    fn place(&mut self, state: &[f64]) {
        self.state.copy_from_slice(state);
    }
}

/// The car with a throttle. Its published dynamics compute in single precision; so does this.
pub(crate) struct MountainCarContinuous {
    state: [f32; 2],
    power: f64,
}

impl Default for MountainCarContinuous {
    fn default() -> Self {
        Self { state: [0.0; 2], power: POWER }
    }
}

impl Dynamics for MountainCarContinuous {
    const FACTS: Facts = Facts {
        name: "mountain-car-continuous",
        sensors: SENSORS,
        actions: &["throttle"],
        action_limit: Some(1.0),
        step_limit: 999,
        cycle_period_us: CYCLE_PERIOD_US,
        solved_return: 90.0,
        change: CHANGE,
    };

    fn start(&mut self, dice: &mut Dice) {
        self.state = start(dice).map(|v| v as f32);
    }

    fn observe(&self, sensors: &mut [f32]) {
        sensors.copy_from_slice(&self.state);
    }

    fn advance(&mut self, action: &Action) -> (f64, bool) {
        let [position, speed] = self.state;
        let throttle = first(action);
        let fall = (SLOPE * libm::cos(f64::from(3.0 * position))) as f32;
        let push = throttle as f32 * self.power as f32;
        let speed = (speed + (push - fall)).clamp(-MAX_SPEED as f32, MAX_SPEED as f32);
        let position = (position + speed).clamp(LEFT_END as f32, RIGHT_END as f32);
        let stopped = position == LEFT_END as f32 && speed < 0.0;
        let arrived = position >= GOAL_CONTINUOUS as f32 && speed >= 0.0;
        self.state = [position, if stopped { 0.0 } else { speed }];
        (f64::from(u8::from(arrived)) * 100.0 - 0.1 * (throttle * throttle), arrived)
    }

    fn change(&mut self) {
        self.power = 0.8 * POWER;
    }

    #[cfg(test)]
    fn place(&mut self, state: &[f64]) {
        self.state = [state[0] as f32, state[1] as f32];
    }
}
