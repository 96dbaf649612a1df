//! What the robot senses.

use std::f32::consts::{FRAC_PI_2, FRAC_PI_4};

use super::body::Body;
use super::robot::{Pose, Robot};
use crate::dice::Dice;

const RANGES: usize = 8;
const LIGHTS: usize = 4;
pub(super) const SENSORS: usize = RANGES + LIGHTS + 4;
const RANGE_M: f32 = 3.0;
/// At this distance a light is half as bright as at the beacon itself.
const HALF_LIGHT_M: f32 = 3.0;
/// Deviation of each sensor's noise, as a share of its range: 1.5 cm for a range, a photodiode's few
/// parts in a thousand for a light, 0.2 degrees for the compass; a wheel encoder for the speed, and a
/// gauge that counts charge for the battery.
const NOISE: [f64; SENSORS] = {
    let mut noise = [0.005; SENSORS];
    let mut at = RANGES;
    while at < SENSORS {
        noise[at] = if at < RANGES + LIGHTS { 0.002 } else { 0.003 };
        at += 1;
    }
    noise[SENSORS - 1] = 0.0005;
    noise
};

pub(super) fn names() -> Vec<String> {
    let ranges = (0..RANGES).map(|i| format!("range_{}", 45 * i));
    let others = [
        "light_front",
        "light_left",
        "light_back",
        "light_right",
        "heading_sin",
        "heading_cos",
        "speed",
        "battery",
    ];
    ranges.chain(others.map(str::to_owned)).collect()
}

/// Reads all sensors without noise, given the pose and where the lit beacon stands.
pub(super) fn read(
    body: &Body,
    robot: &Robot,
    (pose, beacon): (Pose, [f32; 2]),
    out: &mut [f32; SENSORS],
) {
    for (i, range) in out[..RANGES].iter_mut().enumerate() {
        let direction = pose.heading_rad + i as f32 * FRAC_PI_4;
        *range = body.range_m(direction, RANGE_M) / RANGE_M;
    }
    let (dx, dy) = (beacon[0] - pose.x_m, beacon[1] - pose.y_m);
    let brightness = 1.0 / (1.0 + libm::hypotf(dx, dy) / HALF_LIGHT_M);
    let bearing = libm::atan2f(dy, dx) - pose.heading_rad;
    for (i, light) in out[RANGES..RANGES + LIGHTS].iter_mut().enumerate() {
        *light = brightness * libm::cosf(bearing - i as f32 * FRAC_PI_2).max(0.0);
    }
    let (sin, cos) = libm::sincosf(pose.heading_rad);
    out[RANGES + LIGHTS..].copy_from_slice(&[sin, cos, robot.speed, robot.battery]);
}

pub(super) fn add_noise(out: &mut [f32; SENSORS], dice: &mut Dice) {
    for (sensor, noise) in out.iter_mut().zip(NOISE) {
        *sensor += (noise * dice.normal()) as f32;
    }
}
