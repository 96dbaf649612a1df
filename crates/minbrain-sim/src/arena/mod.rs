//! The arena: a 10 m x 10 m room with five obstacles and three beacons, one of which is lit.
//!
//! A round robot with two driven wheels earns +1 when it reaches the lit beacon; that one then goes
//! dark and another of the three lights up. A tick in which it touches something costs 0.1, and
//! driving costs at most 0.002 a tick. Nothing ends an episode. The battery lasts 1,500 ticks of
//! full drive and is filled at every beacon reached; empty, it leaves the robot 40 % of its speed.
//!
//! Contacts and ranges are rapier2d's, the wheels and sensors our own. The physics engine allocates
//! in its steps; the classic tasks do not.

mod body;
mod field;
mod robot;
mod sensors;
mod trail;

pub use field::{ARENA_SIDE_M, BEACON_RADIUS_M, Beacon, Obstacle};
pub use robot::{Pose, ROBOT_RADIUS_M};
pub use trail::TRAIL_TICKS;

use minbrain::{Action, ActionSpace};

use crate::dice::Dice;
use crate::world::{Step, World, WorldError};
use body::Body;
use field::{BEACONS, OBSTACLES};
use robot::{ACTIONS, Robot};
use sensors::SENSORS;
use trail::Trail;

const CYCLE_PERIOD_US: u64 = 100_000;
const SUBSTEPS: usize = 4;
const SUBSTEP_S: f32 = 0.025;
const REWARD_BEACON: f32 = 1.0;
const COST_TOUCH: f32 = 0.1;
const COST_FULL_DRIVE: f32 = 0.002;

/// The arena with its robot. See the [module's description](self) for rewards and battery.
///
/// Sensors, 16, each near -1 to 1 and with Gaussian noise of its own kind (0.0005 to 0.005): eight ranges from the
/// robot's rim, counter-clockwise from its front (1 is 3 m or more), four readings of the lit
/// beacon's light (front, left, back, right; falling with distance and angle, and seen over
/// obstacles), sine and cosine of the heading, speed along it, and battery. Actions: forward, turn
/// left, turn right, reverse. One tick is 0.1 s.
pub struct Arena {
    body: Body,
    robot: Robot,
    dice: Dice,
    lit: usize,
    touching: bool,
    counts: Counts,
    trail: Trail,
    observation: [f32; SENSORS],
    sensor_names: Vec<String>,
    space: ActionSpace,
}

/// What happened in the arena since its last reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Steps taken.
    pub ticks: u64,
    /// Beacons reached.
    pub beacons: u64,
    /// Contacts begun: a robot that leans on a wall collides once.
    pub collisions: u64,
}

impl Arena {
    /// An arena, reset with `seed`.
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let (robot, at_m) = Robot::placed(&mut dice);
        let mut made = Self {
            body: Body::new(at_m),
            robot,
            lit: dice.below(BEACONS.len()),
            dice,
            touching: false,
            counts: Counts::default(),
            trail: Trail::default(),
            observation: [0.0; SENSORS],
            sensor_names: sensors::names(),
            space: ActionSpace::discrete(ACTIONS.len()),
        };
        made.trail.push(at_m);
        made.sense();
        made
    }

    /// Where the robot is and where it looks.
    pub fn pose(&self) -> Pose {
        let [x_m, y_m] = self.body.position_m();
        Pose { x_m, y_m, heading_rad: self.robot.heading_rad }
    }

    /// The three beacons; exactly one is lit.
    pub fn beacons(&self) -> [Beacon; BEACONS.len()] {
        std::array::from_fn(|i| Beacon {
            x_m: BEACONS[i][0],
            y_m: BEACONS[i][1],
            lit: i == self.lit,
        })
    }

    /// The five obstacles. The walls stand around the square from 0 to [`ARENA_SIDE_M`].
    pub fn obstacles(&self) -> &'static [Obstacle] {
        &OBSTACLES
    }

    /// Where the robot went, oldest first: one point in metres per tick, at most
    /// [`TRAIL_TICKS`] of them.
    pub fn trail(&self) -> impl Iterator<Item = [f32; 2]> + '_ {
        self.trail.points()
    }

    /// What happened since the last reset.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How full the battery is, 0 to 1.
    pub fn battery(&self) -> f32 {
        self.robot.battery
    }

    /// Whether the robot touched something in the last tick.
    pub fn is_touching(&self) -> bool {
        self.touching
    }

    /// Lets one tick pass under an action and tells whether the robot touched something.
    fn drive(&mut self, action: usize) -> bool {
        let before_m = self.body.position_m();
        let mut touched = false;
        for _ in 0..SUBSTEPS {
            let velocity = self.robot.turn_wheels(action, SUBSTEP_S);
            self.body.advance(velocity, SUBSTEP_S);
            touched |= self.body.is_touching();
        }
        let after_m = self.body.position_m();
        let moved_m = [after_m[0] - before_m[0], after_m[1] - before_m[1]];
        self.robot.measure_speed(moved_m, SUBSTEPS as f32 * SUBSTEP_S);
        self.robot.drain(action);
        self.trail.push(after_m);
        touched
    }

    /// Puts out the lit beacon and lights another, if the robot has reached it.
    fn reach(&mut self) -> bool {
        let ([x, y], at) = (BEACONS[self.lit], self.body.position_m());
        let reached = libm::hypotf(x - at[0], y - at[1]) <= BEACON_RADIUS_M;
        if reached {
            self.lit = (self.lit + 1 + self.dice.below(BEACONS.len() - 1)) % BEACONS.len();
            self.robot.battery = 1.0;
        }
        reached
    }

    fn sense(&mut self) {
        let pose = self.pose();
        sensors::read(&self.body, &self.robot, (pose, BEACONS[self.lit]), &mut self.observation);
        sensors::add_noise(&mut self.observation, &mut self.dice);
    }
}

impl World for Arena {
    fn name(&self) -> &str {
        "arena"
    }

    fn sensor_names(&self) -> &[String] {
        &self.sensor_names
    }

    fn action_space(&self) -> ActionSpace {
        self.space.clone()
    }

    fn action_names(&self) -> &[&'static str] {
        &ACTIONS
    }

    fn cycle_period_us(&self) -> u64 {
        CYCLE_PERIOD_US
    }

    fn reset(&mut self, seed: u64) {
        let slip = self.robot.left_wheel_share;
        *self = Self::new(seed);
        self.robot.left_wheel_share = slip;
    }

    fn observation(&self) -> &[f32] {
        &self.observation
    }

    fn step(&mut self, action: &Action) -> Result<Step, WorldError> {
        self.space.check(action)?;
        let action = action.index().unwrap_or(0);
        let touched = self.drive(action);
        let reached = self.reach();
        self.counts.ticks += 1;
        self.counts.beacons += u64::from(reached);
        self.counts.collisions += u64::from(touched && !self.touching);
        self.touching = touched;
        self.sense();
        let mut reward = -COST_FULL_DRIVE * robot::effort(action);
        reward -= if touched { COST_TOUCH } else { 0.0 };
        reward += if reached { REWARD_BEACON } else { 0.0 };
        Ok(Step { reward, ended: false, truncated: false })
    }

    fn change_dynamics(&mut self) -> &'static str {
        self.robot.left_wheel_share = robot::WORN_WHEEL_SHARE;
        "the left wheel turns a quarter slower than asked"
    }

    fn arena(&self) -> Option<&Arena> {
        Some(self)
    }
}

#[cfg(test)]
mod tests;
