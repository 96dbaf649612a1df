//! What the brain gets to read of the truth.

use rand_core::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::fault::{Kind, ReadingFault};
use super::oscillator::unit;

/// In which share of the steps there is a spike, where there are many.
const SPIKES: f64 = 0.02;
/// Keeps the dice of the faults apart from those of the world and of the brain.
const FAULT_DICE: u64 = 0x5eed_fa17;

/// Sensors of which one may be faulty.
pub(super) struct Senses {
    fault: ReadingFault,
    held: f32,
    random: Xoshiro256PlusPlus,
}

/// One value per sensor.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) values: Vec<f32>,
    /// Whether all values can be believed. A shifted zero can, once it has been shifted.
    pub(super) is_sound: bool,
}

impl Senses {
    pub(super) fn new(fault: &ReadingFault, seed: u64) -> Self {
        let random = Xoshiro256PlusPlus::seed_from_u64(seed ^ FAULT_DICE);
        Self { fault: *fault, held: 0.0, random }
    }

    /// Reads the truth at the end of so many steps.
    pub(super) fn read(&mut self, truth: &[f32], step: usize) -> Reading {
        let mut values = truth.to_vec();
        let Some(value) = values.get_mut(self.fault.sensor) else {
            return Reading { values, is_sound: true };
        };
        let chance = unit(&mut self.random);
        let onset = self.fault.onset;
        let (read, is_sound) = match self.fault.kind {
            Kind::Spike(spike) if step == onset => (spike, false),
            Kind::Spikes(spike) if chance < SPIKES => (spike, false),
            Kind::First(spike) if step == 0 => (spike, false),
            Kind::Stuck(steps) if (onset..onset + steps).contains(&step) => (self.held, false),
            Kind::Dead(steps) if step < steps => (0.0, false),
            Kind::Offset(by) if step >= onset => (*value + by, step > onset),
            Kind::Tremble => (if chance < 0.5 { 1_000.0 } else { 1_001.0 }, true),
            _ => (*value, true),
        };
        *value = read;
        if is_sound {
            self.held = read;
        }
        Reading { values, is_sound }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fault::{CARTPOLE_FAULTS, PREDICTION_FAULTS};
    use super::*;

    /// The steps, of 24,000, at which the faulty sensor does not read the truth, and those that are
    /// not sound. No other sensor may ever read anything but the truth.
    fn wrong(fault: &ReadingFault) -> (Vec<usize>, Vec<usize>) {
        let mut senses = Senses::new(fault, 3);
        let (mut untrue, mut unsound) = (Vec::new(), Vec::new());
        for step in 0..24_000_usize {
            let truth = [0, 1, 2, 3].map(|sensor| 0.5 + (step * 4 + sensor) as f32);
            let reading = senses.read(&truth, step);
            for (sensor, value) in truth.iter().enumerate() {
                if reading.values[sensor] != *value {
                    assert_eq!(sensor, fault.sensor, "{}", fault.name());
                    untrue.push(step);
                }
            }
            if !reading.is_sound {
                unsound.push(step);
            }
        }
        (untrue, unsound)
    }

    #[test]
    fn a_fault_changes_only_what_it_should() {
        for fault in PREDICTION_FAULTS.iter().chain(&CARTPOLE_FAULTS) {
            let (untrue, unsound) = wrong(fault);
            let onset = fault.onset;
            let expected = match fault.kind {
                Kind::None | Kind::RestsFirst | Kind::RestsLater => 0..0,
                Kind::Spike(_) => onset..onset + 1,
                Kind::First(_) => 0..1,
                Kind::Stuck(steps) => onset..onset + steps,
                Kind::Dead(steps) => 0..steps,
                Kind::Offset(_) => onset..24_000,
                Kind::Tremble => 0..24_000,
                Kind::Spikes(_) => {
                    assert!((360..600).contains(&untrue.len()), "{}", untrue.len());
                    assert_eq!(untrue, unsound);
                    continue;
                }
            };
            assert_eq!(untrue, expected.collect::<Vec<_>>(), "{}", fault.name());
            match fault.kind {
                Kind::Offset(_) => assert_eq!(unsound, [onset]),
                Kind::Tremble => assert!(unsound.is_empty()),
                _ => assert_eq!(unsound, untrue, "{}", fault.name()),
            }
        }
    }

    #[test]
    fn a_stuck_sensor_repeats_its_last_reading() {
        let fault = CARTPOLE_FAULTS.into_iter().find(|one| one.name() == "stuck:300").unwrap();
        let mut senses = Senses::new(&fault, 1);
        let read: Vec<f32> = (0..5_302)
            .map(|step| senses.read(&[0.0, 0.0, 0.0, step as f32], step).values[3])
            .collect();
        assert!(read[5_000..5_300].iter().all(|&value| value == 4_999.0));
        assert_eq!((read[4_999], read[5_300]), (4_999.0, 5_300.0));
    }
}
