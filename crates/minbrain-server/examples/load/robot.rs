//! A robot that wanders: 16 sensors, 4 actions.

use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use minbrain_wire::client::{Client, ClientError};
use minbrain_wire::{Actions, Hello, Origin, Phase};

const SENSORS: usize = 16;
const ACTIONS: usize = 4;

/// A robot, and the world that it is alone in.
pub(crate) struct Robot {
    client: Client<TcpStream>,
    place: [f32; SENSORS],
    dice: u64,
    /// How often it was told a fallback.
    pub(crate) fallbacks: u64,
}

impl Robot {
    pub(crate) fn connect(address: SocketAddr, number: u64) -> Result<Self, ClientError> {
        let hello = Hello::new(SENSORS, ACTIONS, Actions::Discrete);
        let client = Client::connect(address, &hello, None)?;
        Ok(Self { client, place: [0.0; SENSORS], dice: number + 1, fallbacks: 0 })
    }

    /// One cycle; returns how long the answer took.
    pub(crate) fn cycle(&mut self) -> Result<Duration, ClientError> {
        let began = Instant::now();
        let decided = self.client.observe(Phase::GoesOn, 0.0, &self.place)?;
        let took = began.elapsed();
        self.fallbacks += u64::from(decided.origin == Origin::Fallback);
        let push = decided.action.first().map_or(0.0, |action| 0.05 * (action - 1.5));
        for at in 0..SENSORS {
            // Marsaglia's xorshift: the world need not be fair, only to go on.
            self.dice ^= self.dice << 13;
            self.dice ^= self.dice >> 7;
            self.dice ^= self.dice << 17;
            let noise = (self.dice % 1_000) as f32 / 1_000.0 - 0.5;
            self.place[at] = 0.95 * self.place[at] + push + 0.1 * noise;
        }
        Ok(took)
    }
}
