//! Faults as they are written on a command line: `noise:0.05`, `delay:1`, `change@5000`,
//! `noise-sensors:8`.

use std::fmt;
use std::str::FromStr;

use minbrain_sim::{Fault, MAX_DELAY_TICKS, MAX_NOISE_SENSORS};

use crate::error::BenchError;

/// The most noise: a deviation a hundred times the signal's.
const MAX_NOISE_SHARE: f32 = 100.0;

/// A fault that can be written and read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NamedFault(pub Fault);

impl fmt::Display for NamedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Fault::SensorNoise { share } => write!(f, "noise:{share}"),
            Fault::ActionDelay { ticks } => write!(f, "delay:{ticks}"),
            Fault::ChangedDynamics { after_steps } => write!(f, "change@{after_steps}"),
            Fault::ExtraNoiseSensors { count } => write!(f, "noise-sensors:{count}"),
        }
    }
}

impl FromStr for NamedFault {
    type Err = BenchError;

    fn from_str(words: &str) -> Result<Self, BenchError> {
        let at = words.find([':', '@']).ok_or_else(|| unknown(words))?;
        let (name, amount) = (&words[..=at], &words[at + 1..]);
        let fault = match name {
            "noise:" => Fault::SensorNoise { share: share(words, amount)? },
            "delay:" => Fault::ActionDelay { ticks: count(words, amount, MAX_DELAY_TICKS)? },
            "noise-sensors:" => {
                Fault::ExtraNoiseSensors { count: count(words, amount, MAX_NOISE_SENSORS)? }
            }
            "change@" => {
                let after_steps = amount.parse();
                let after_steps = after_steps.map_err(|_| refused("a number of steps", words))?;
                Fault::ChangedDynamics { after_steps }
            }
            _ => return Err(unknown(words)),
        };
        Ok(Self(fault))
    }
}

fn share(words: &str, amount: &str) -> Result<f32, BenchError> {
    let share = amount.parse().ok().filter(|share| (0.0..=MAX_NOISE_SHARE).contains(share));
    share.ok_or_else(|| {
        refused(&format!("a share of the signal's deviation, 0 to {MAX_NOISE_SHARE}"), words)
    })
}

fn count(words: &str, amount: &str, most: usize) -> Result<usize, BenchError> {
    let count = amount.parse().ok().filter(|count| *count <= most);
    count.ok_or_else(|| refused(&format!("a whole number from 0 to {most}"), words))
}

fn unknown(words: &str) -> BenchError {
    refused("noise:SHARE, delay:TICKS, noise-sensors:COUNT or change@STEP", words)
}

fn refused(expected: &str, got: &str) -> BenchError {
    BenchError::setting("fault", expected, format!("{got:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for (words, fault) in [
            ("noise:0.05", Fault::SensorNoise { share: 0.05 }),
            ("delay:1", Fault::ActionDelay { ticks: 1 }),
            ("change@5000", Fault::ChangedDynamics { after_steps: 5_000 }),
            ("noise-sensors:8", Fault::ExtraNoiseSensors { count: 8 }),
        ] {
            let read: NamedFault = words.parse().unwrap();
            assert_eq!((read.0, read.to_string().as_str()), (fault, words));
        }
    }

    #[test]
    fn what_cannot_be_is_told_with_what_can() {
        for (words, expected) in [
            ("", "noise:SHARE"),
            ("noise", "noise:SHARE"),
            ("love:1", "change@STEP"),
            ("change:5", "change@STEP"),
            ("noise:-0.1", "0 to 100"),
            ("noise:NaN", "0 to 100"),
            ("delay:0.5", "0 to 64"),
            ("delay:65", "0 to 64"),
            ("noise-sensors:1025", "0 to 1024"),
            ("change@soon", "number of steps"),
            ("change@-1", "number of steps"),
        ] {
            let said = words.parse::<NamedFault>().unwrap_err().to_string();
            assert!(said.contains(expected) && said.ends_with(&format!("{words:?}")), "{said}");
        }
    }
}
