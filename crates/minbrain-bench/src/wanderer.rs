//! A made-up robot whose life is as long, and whose senses are as many, as a measurement needs.

use std::f32::consts::{PI, TAU};

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Deviation of the noise on every sensor; their signals lie between -1 and 1.
const NOISE: f32 = 0.002;
/// Most that the robot turns in one step, in radians.
const TURN_PER_STEP: f32 = 0.15;
/// How far it gets in one step at full speed; the room is 1 long and 1 wide.
const REACH_PER_STEP: f32 = 0.02;
/// How much of its old speed is left after one step.
const INERTIA: f32 = 0.9;

/// A point robot that drives about in a square room.
///
/// Four hidden values make up its state: where it is (two), where it heads and how fast it is. All
/// change smoothly, as a body with inertia does, but for the heading when it bounces off a wall.
/// Action `a` of `n` stands for the angle `tau a / n`: its cosine sets the speed aimed at, its
/// sine turns the robot. Each sensor is a fixed smooth function of the hidden state, drawn from
/// the seed, plus noise: a landmark (a wave over the room), a lamp (a landmark that also depends
/// on the heading), a compass, or the speed. So observations of any width lie near a
/// four-dimensional surface, close to those just before and to those of earlier visits: what a
/// robot senses, unlike independent random vectors.
#[derive(Clone, Debug)]
pub struct Wanderer {
    actions: usize,
    channels: Vec<Channel>,
    position: [f32; 2],
    heading: f32,
    speed: f32,
    observation: Vec<f32>,
    random: Xoshiro256PlusPlus,
}

#[derive(Clone, Copy, Debug)]
enum Channel {
    Landmark { wave: [f32; 2], phase: f32 },
    Lamp { wave: [f32; 2], phase: f32 },
    Compass { phase: f32 },
    Speed,
}

impl Channel {
    fn draw(kind: usize, random: &mut Xoshiro256PlusPlus) -> Self {
        let mut wave = || TAU * (0.3 + 0.7 * uniform(random)) * (uniform(random) - 0.5).signum();
        let wave = [wave(), wave()];
        let phase = TAU * uniform(random);
        match kind % 8 {
            3 => Self::Compass { phase },
            7 => Self::Speed,
            1 | 5 => Self::Lamp { wave, phase },
            _ => Self::Landmark { wave, phase },
        }
    }

    fn signal(self, position: [f32; 2], heading: f32, speed: f32) -> f32 {
        let angle = |wave: [f32; 2]| wave[0] * position[0] + wave[1] * position[1];
        match self {
            Self::Landmark { wave, phase } => (angle(wave) + phase).sin(),
            Self::Lamp { wave, phase } => angle(wave).sin() * (heading - phase).cos(),
            Self::Compass { phase } => (heading - phase).cos(),
            Self::Speed => speed,
        }
    }
}

impl Wanderer {
    /// A robot with so many sensors and actions; the seed draws its senses, its start and its
    /// noise.
    pub fn new(sensors: usize, actions: usize, seed: u64) -> Self {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let channels = (0..sensors).map(|kind| Channel::draw(kind, &mut random)).collect();
        let mut robot = Self {
            actions: actions.max(1),
            channels,
            position: [uniform(&mut random), uniform(&mut random)],
            heading: TAU * uniform(&mut random),
            speed: 0.5,
            observation: vec![0.0; sensors],
            random,
        };
        robot.sense();
        robot
    }

    /// What it senses now.
    pub fn observation(&self) -> &[f32] {
        &self.observation
    }

    /// How fast it is, 0 to 1.
    pub fn speed(&self) -> f32 {
        self.speed
    }

    /// Drives on by one step. An action beyond the last counts from the first again.
    pub fn step(&mut self, action: usize) {
        let angle = TAU * (action % self.actions) as f32 / self.actions as f32;
        self.speed = INERTIA * self.speed + (1.0 - INERTIA) * (0.5 + 0.5 * angle.cos());
        self.heading = (self.heading + TURN_PER_STEP * angle.sin()).rem_euclid(TAU);
        let reach = REACH_PER_STEP * self.speed;
        let [x, y] = self.position;
        let ahead = [x + reach * self.heading.cos(), y + reach * self.heading.sin()];
        if !(0.0..=1.0).contains(&ahead[0]) {
            self.heading = (PI - self.heading).rem_euclid(TAU);
        }
        if !(0.0..=1.0).contains(&ahead[1]) {
            self.heading = (-self.heading).rem_euclid(TAU);
        }
        self.position = ahead.map(|value| value.clamp(0.0, 1.0));
        self.sense();
    }

    fn sense(&mut self) {
        for (value, channel) in self.observation.iter_mut().zip(&self.channels) {
            let signal = channel.signal(self.position, self.heading, self.speed);
            // Uniform noise of the wanted deviation: sqrt(3) to either side.
            let noise = 3.0_f32.sqrt() * (2.0 * uniform(&mut self.random) - 1.0);
            *value = signal + NOISE * noise;
        }
    }
}

/// Random actions as somebody at the controls gives them: each is held for a while.
#[derive(Clone, Debug)]
pub struct HeldActions {
    actions: usize,
    held: usize,
    random: Xoshiro256PlusPlus,
}

/// In how many of 100 steps a new action is drawn.
const CHANGES_IN_100: u64 = 12;

impl HeldActions {
    /// Draws from `actions` actions.
    pub fn new(actions: usize, seed: u64) -> Self {
        let random = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x5eed_ac70);
        Self { actions: actions.max(1), held: 0, random }
    }

    /// The action of this step.
    pub fn next_action(&mut self) -> usize {
        if self.random.next_u64() % 100 < CHANGES_IN_100 {
            self.held = (self.random.next_u64() % self.actions as u64) as usize;
        }
        self.held
    }
}

/// A value from 0 to just under 1.
fn uniform(random: &mut Xoshiro256PlusPlus) -> f32 {
    (random.next_u64() >> 40) as f32 / (1_u64 << 24) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drive(steps: usize, seed: u64) -> Vec<Vec<f32>> {
        let mut robot = Wanderer::new(16, 4, seed);
        let mut hands = HeldActions::new(4, seed);
        (0..steps)
            .map(|_| {
                robot.step(hands.next_action());
                robot.observation().to_vec()
            })
            .collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_life_and_another_gives_another() {
        assert_eq!(drive(500, 3), drive(500, 3));
        assert_ne!(drive(500, 3), drive(500, 4));
    }

    #[test]
    fn moves_smoothly_through_the_whole_room() {
        let mut robot = Wanderer::new(16, 4, 1);
        let mut hands = HeldActions::new(4, 1);
        let mut quarters = [false; 4];
        for _ in 0..20_000 {
            let before = robot.position;
            robot.step(hands.next_action());
            let after = robot.position;
            assert!((before[0] - after[0]).hypot(before[1] - after[1]) <= REACH_PER_STEP * 1.001);
            quarters[usize::from(after[0] > 0.5) + 2 * usize::from(after[1] > 0.5)] = true;
        }
        assert_eq!(quarters, [true; 4]);
    }

    #[test]
    fn senses_change_little_in_one_step_and_much_over_a_life() {
        let life = drive(5_000, 2);
        let step: f32 = life.windows(2).map(|pair| (pair[0][0] - pair[1][0]).abs()).sum::<f32>()
            / (life.len() - 1) as f32;
        let lowest = life.iter().map(|o| o[0]).fold(f32::MAX, f32::min);
        let highest = life.iter().map(|o| o[0]).fold(f32::MIN, f32::max);
        assert!(highest - lowest > 10.0 * step, "{lowest} to {highest}, {step} a step");
    }
}
