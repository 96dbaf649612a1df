//! The robot's wheels, heading and battery.

use std::f32::consts::{PI, TAU};

use super::field::{ARENA_SIDE_M, BEACONS, clearance_m};
use crate::dice::Dice;

/// The robot is a disc of this radius, in metres.
pub const ROBOT_RADIUS_M: f32 = 0.2;

pub(super) const ACTIONS: [&str; 4] = ["forward", "turn_left", "turn_right", "reverse"];
/// What each action asks of the left and the right wheel, as a share of full speed.
const WHEELS: [[f32; 2]; ACTIONS.len()] = [[1.0, 1.0], [-0.25, 0.25], [0.25, -0.25], [-0.6, -0.6]];
/// What of its speed a worn left wheel keeps.
pub(super) const WORN_WHEEL_SHARE: f32 = 0.75;

/// The pace of an indoor robot of this size; at 10 Hz it moves less than its radius in a tick.
const FULL_SPEED_M_PER_S: f32 = 0.8;
const TRACK_M: f32 = 0.3;
/// The motors follow what is asked with this time constant.
const MOTOR_LAG_S: f32 = 0.08;
const DRAIN_PER_FULL_TICK: f32 = 1.0 / 1_500.0;
const EMPTY_SPEED_SHARE: f32 = 0.4;

const START_CLEARANCE_M: f32 = 0.5;
const START_BEACON_DISTANCE_M: f32 = 1.5;
/// Two fifths of the floor are free to start on: this many draws fail once in 10^14.
const MAX_START_DRAWS: usize = 64;
/// Free floor, should all draws fail.
const FALLBACK_START_M: [f32; 2] = [5.0, 6.7];

/// Where the robot is and where it looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Its place along the bottom wall, in metres.
    pub x_m: f32,
    /// Its place along the left wall, in metres.
    pub y_m: f32,
    /// Its direction in radians, counter-clockwise from the x axis, -pi to pi.
    pub heading_rad: f32,
}

/// What moves the body and how much of it is left.
pub(super) struct Robot {
    pub(super) heading_rad: f32,
    pub(super) battery: f32,
    /// Speed along the heading over the last tick, as a share of full speed.
    pub(super) speed: f32,
    /// What of its asked speed the left wheel reaches.
    pub(super) left_wheel_share: f32,
    wheels_m_per_s: [f32; 2],
}

impl Robot {
    /// A robot at rest on free floor, away from the beacons.
    pub(super) fn placed(dice: &mut Dice) -> (Self, [f32; 2]) {
        let at_m = draw_start_m(dice);
        let robot = Self {
            heading_rad: dice.uniform(f64::from(-PI), f64::from(PI)) as f32,
            battery: 1.0,
            speed: 0.0,
            left_wheel_share: 1.0,
            wheels_m_per_s: [0.0; 2],
        };
        (robot, at_m)
    }

    /// Lets the wheels follow an action for a moment, turns the heading, and gives the velocity
    /// that the wheels would move the body with.
    pub(super) fn turn_wheels(&mut self, action: usize, seconds: f32) -> [f32; 2] {
        let power = if self.battery > 0.0 { 1.0 } else { EMPTY_SPEED_SHARE };
        let share = [self.left_wheel_share, 1.0];
        for (side, wheel) in self.wheels_m_per_s.iter_mut().enumerate() {
            let asked = WHEELS[action][side] * share[side] * power * FULL_SPEED_M_PER_S;
            *wheel += (asked - *wheel) * (seconds / MOTOR_LAG_S).min(1.0);
        }
        let [left, right] = self.wheels_m_per_s;
        self.heading_rad = wrap(self.heading_rad + (right - left) / TRACK_M * seconds);
        let (sin, cos) = libm::sincosf(self.heading_rad);
        let speed = (left + right) / 2.0;
        [speed * cos, speed * sin]
    }

    /// What the odometer shows after the body moved: blocked wheels cover no ground.
    pub(super) fn measure_speed(&mut self, moved_m: [f32; 2], seconds: f32) {
        let (sin, cos) = libm::sincosf(self.heading_rad);
        self.speed = (moved_m[0] * cos + moved_m[1] * sin) / seconds / FULL_SPEED_M_PER_S;
    }

    /// Takes one tick's drive out of the battery.
    pub(super) fn drain(&mut self, action: usize) {
        self.battery = (self.battery - DRAIN_PER_FULL_TICK * effort(action)).max(0.0);
    }
}

/// How hard an action drives the wheels, 0 to 1.
pub(super) fn effort(action: usize) -> f32 {
    WHEELS[action].iter().map(|wheel| wheel.abs()).sum::<f32>() / 2.0
}

fn wrap(angle: f32) -> f32 {
    if angle > PI {
        angle - TAU
    } else if angle < -PI {
        angle + TAU
    } else {
        angle
    }
}

fn draw_start_m(dice: &mut Dice) -> [f32; 2] {
    for _ in 0..MAX_START_DRAWS {
        let at: [f32; 2] =
            std::array::from_fn(|_| dice.uniform(0.0, f64::from(ARENA_SIDE_M)) as f32);
        let far = |b: &[f32; 2]| libm::hypotf(b[0] - at[0], b[1] - at[1]) > START_BEACON_DISTANCE_M;
        if clearance_m(at) > START_CLEARANCE_M && BEACONS.iter().all(far) {
            return at;
        }
    }
    FALLBACK_START_M
}
