//! A driven oscillator: the smallest body whose prediction takes all of its sensors.

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// The sensor that tells how fast the body moves; the one before tells where it is.
pub(super) const MOTION: usize = 1;
/// The sensor of pure noise.
pub(super) const BESIDE: usize = 2;
/// Sensors that say something, the first ones.
pub(super) const TELLING: usize = 2;
/// All sensors.
pub(super) const SENSORS: usize = 3;

/// Seconds per step.
const STEP_S: f64 = 0.1;
/// In which share of the steps a new action is drawn.
const CHANGES: f64 = 0.2;
/// Deviation of the noise sensor, around 1.
const NOISE: f64 = 0.1;
/// Deviation of the other sensors while the body rests: no real sensor is entirely still.
const REST_NOISE: f64 = 1e-6;
/// Keeps the dice of the noise apart from those of the actions.
const NOISE_DICE: u64 = 0x5eed_0015;

/// When the body rests, whatever the actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// Never.
    Never,
    /// In all steps before this one.
    Before(usize),
    /// In this step and all after it.
    From(usize),
}

/// A mass on a spring that is not linear, pushed by actions that are drawn at random and held for a
/// while. Every step draws the same numbers whether the body moves or rests.
#[derive(Clone, Debug)]
pub(super) struct Oscillator {
    position: f64,
    speed: f64,
    action: f64,
    rest: Rest,
    rests: bool,
    hands: Xoshiro256PlusPlus,
    noise: Xoshiro256PlusPlus,
}

impl Oscillator {
    pub(super) fn new(rest: Rest, seed: u64) -> Self {
        Self {
            position: 0.3,
            speed: 0.0,
            action: 0.0,
            rest,
            rests: false,
            hands: Xoshiro256PlusPlus::seed_from_u64(seed),
            noise: Xoshiro256PlusPlus::seed_from_u64(seed ^ NOISE_DICE),
        }
    }

    /// The action of the last step, from -1 to 1.
    pub(super) fn action(&self) -> f32 {
        self.action as f32
    }

    /// Takes the step of this number.
    pub(super) fn step(&mut self, step: usize) {
        let (chance, drawn) = (unit(&mut self.hands), 2.0 * unit(&mut self.hands) - 1.0);
        self.rests = match self.rest {
            Rest::Never => false,
            Rest::Before(first) => step < first,
            Rest::From(first) => step >= first,
        };
        if self.rests {
            (self.action, self.speed) = (0.0, 0.0);
            return;
        }
        if chance < CHANGES {
            self.action = drawn;
        }
        let spring = 1.5 * (2.0 * self.position).sin() + self.position;
        self.speed += STEP_S * (self.action - spring - 0.2 * self.speed);
        self.position += STEP_S * self.speed;
    }

    /// The truth that the sensors would read: position, speed, noise. Once per step.
    pub(super) fn sense(&mut self) -> [f32; SENSORS] {
        let [first, second, third] = std::array::from_fn(|_| normal(&mut self.noise));
        let stir = if self.rests { REST_NOISE } else { 0.0 };
        let truth = [self.position + stir * first, self.speed + stir * second, 1.0 + NOISE * third];
        truth.map(|value| value as f32)
    }
}

/// A value from 0 to just under 1.
pub(super) fn unit(random: &mut Xoshiro256PlusPlus) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Deviates by 1 around 0: twelve uniform values add up to nearly a bell, with sums alone.
fn normal(random: &mut Xoshiro256PlusPlus) -> f64 {
    (0..12).map(|_| unit(random)).sum::<f64>() - 6.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is sensed and done in so many steps.
    fn life(rest: Rest, steps: usize) -> Vec<([f32; SENSORS], f32)> {
        let mut body = Oscillator::new(rest, 5);
        let one = |step| {
            body.step(step);
            (body.sense(), body.action())
        };
        (0..steps).map(one).collect()
    }

    #[test]
    fn rest_changes_nothing_but_the_motion() {
        let (twin, later) = (life(Rest::Never, 900), life(Rest::From(400), 900));
        let first = life(Rest::Before(400), 900);
        assert_eq!(twin[..400], later[..400]);
        let noise =
            |life: &[([f32; 3], f32)]| -> Vec<f32> { life.iter().map(|one| one.0[2]).collect() };
        assert_eq!(noise(&twin), noise(&later));
        assert_eq!(noise(&twin), noise(&first));
        for (sensed, action) in later[400..].iter().chain(&first[..400]) {
            assert!(sensed[1].abs() < 1e-5 && *action == 0.0, "{sensed:?}");
        }
        // The hands draw the same again as soon as they draw at all.
        assert_eq!(
            twin[500..].iter().map(|one| one.1).collect::<Vec<_>>(),
            first[500..].iter().map(|one| one.1).collect::<Vec<_>>()
        );
    }

    #[test]
    fn it_swings_for_ever_and_never_far() {
        let life = life(Rest::Never, 8_000);
        let late = || life[6_000..].iter();
        assert!(late().any(|one| one.0[0] > 0.1) && late().any(|one| one.0[0] < -0.1));
        assert!(life.iter().all(|one| one.0[0].abs() < 3.0 && one.0[1].abs() < 5.0));
        let noise = life.iter().map(|one| f64::from(one.0[2]) - 1.0);
        let deviation = (noise.map(|value| value * value).sum::<f64>() / 8_000.0).sqrt();
        assert!((deviation - 0.1).abs() < 0.005, "{deviation}");
    }
}
