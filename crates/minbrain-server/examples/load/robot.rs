//! A robot that drives about: 16 sensors that see three things, where it is and where it looks.

use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use minbrain_wire::client::{Client, ClientError};
use minbrain_wire::{Actions, Hello, Origin, Phase};

const SENSORS: usize = 16;
const ACTIONS: usize = 4;
/// How far a step goes, and how far a turn.
const STEP: f32 = 0.05;
const TURN: f32 = 0.3;
/// What sensors are wrong by, at most.
const NOISE: f32 = 0.005;

/// A robot, and the world that it is alone in.
pub(crate) struct Robot {
    client: Client<TcpStream>,
    place: [f32; 2],
    heading: f32,
    sensed: [f32; SENSORS],
    dice: u64,
    /// How often it was told a fallback.
    pub(crate) fallbacks: u64,
}

impl Robot {
    pub(crate) fn connect(address: SocketAddr, number: u64) -> Result<Self, ClientError> {
        let hello = Hello::new(SENSORS, ACTIONS, Actions::Discrete);
        let client = Client::connect(address, &hello, None)?;
        let (place, sensed) = ([0.0; 2], [0.0; SENSORS]);
        Ok(Self { client, place, heading: 0.0, sensed, dice: number + 1, fallbacks: 0 })
    }

    /// How long the brain itself takes, half and 99 of 100 of the last cycles, and what it keeps.
    pub(crate) fn brain_us(&mut self) -> Result<(f32, f32, f32), ClientError> {
        let figures = self.client.statistics()?;
        Ok((figures.p50_us, figures.p99_us, figures.experiences))
    }

    /// One cycle; returns how long the answer took.
    pub(crate) fn cycle(&mut self) -> Result<Duration, ClientError> {
        self.sense();
        let began = Instant::now();
        let decided = self.client.observe(Phase::GoesOn, 0.0, &self.sensed)?;
        let took = began.elapsed();
        self.fallbacks += u64::from(decided.origin == Origin::Fallback);
        let action = decided.action.first().map_or(0, |action| *action as usize);
        self.drive(action);
        Ok(took)
    }

    fn drive(&mut self, action: usize) {
        let forward = [STEP, 0.0, 0.0, -STEP][action % ACTIONS];
        self.heading += [0.0, TURN, -TURN, 0.0][action % ACTIONS] + 0.1 * self.noise();
        let [x, y] = self.place;
        let (sin, cos) = self.heading.sin_cos();
        self.place = [(x + forward * cos).clamp(-1.0, 1.0), (y + forward * sin).clamp(-1.0, 1.0)];
    }

    /// Each sensor looks at place and heading in a way of its own.
    fn sense(&mut self) {
        for at in 0..SENSORS {
            let own = at as f32;
            let [x, y] = self.place;
            let seen = (1.0 + 0.2 * own) * x + (2.0 - 0.2 * own) * y + own;
            let turned = (self.heading + 0.4 * own).cos();
            self.sensed[at] = 0.7 * seen.sin() + 0.3 * turned + NOISE * self.noise();
        }
    }

    /// From -1 to 1, by Marsaglia's xorshift.
    fn noise(&mut self) -> f32 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        (self.dice % 2_001) as f32 / 1_000.0 - 1.0
    }
}
