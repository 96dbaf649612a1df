//! The classic control tasks, with the dynamics, rewards, endings and time limits that Gymnasium
//! publishes (`CartPole-v1`, `Pendulum-v1`, `MountainCar-v0`, `MountainCarContinuous-v0`,
//! `Acrobot-v1`). Tests replay transitions recorded from it; `fixtures/record.py` records them.
//!
//! Only the start states differ: they follow the same distributions, drawn from another generator.

mod acrobot;
mod cartpole;
mod mountain_car;
mod pendulum;
#[cfg(test)]
mod replay;

pub(crate) use acrobot::Acrobot;
pub(crate) use cartpole::CartPole;
pub(crate) use mountain_car::{MountainCar, MountainCarContinuous};
pub(crate) use pendulum::Pendulum;

/// Writes what the sensors see, rounded to their precision.
fn write(sensors: &mut [f32], values: &[f64]) {
    sensors.iter_mut().zip(values).for_each(|(sensor, &value)| *sensor = value as f32);
}

/// The first value of a continuous action; 0 if there is none.
fn first(action: &minbrain::Action) -> f64 {
    f64::from(action.values().first().copied().unwrap_or(0.0))
}
