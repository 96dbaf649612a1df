//! A brain that lives in the server.

use minbrain::{BrainError, Policy};

use super::life::Life;
use super::pulse::Pulse;
use crate::limits::CONSOLIDATION_UNITS;

/// A brain, and what is measured about it.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) life: Life,
    pub(crate) pulse: Pulse,
    /// Whose decision waits for its outcome, by the robot's number.
    pub(crate) owner: Option<u64>,
    /// Whether the log says that the brain's GPU was lost.
    is_loss_told: bool,
}

impl Seat {
    pub(crate) fn new(life: Life, pulse: Pulse) -> Self {
        Self { life, pulse, owner: None, is_loss_told: false }
    }

    /// Uses the time until the robot asks again.
    pub(crate) fn consolidate(&mut self) {
        let by_value = usize::from(self.life.brain().config().policy == Policy::Value);
        self.life.consolidate(CONSOLIDATION_UNITS[by_value]);
        self.pulse.durability = self.life.durability();
        if !self.is_loss_told && self.life.brain().stats().gpu.losses > 0 {
            self.is_loss_told = true;
            tracing::warn!("a GPU was lost; the processor answers from now on");
        }
    }

    /// Takes a decision up again if another robot's came between.
    pub(crate) fn take_up(
        &mut self,
        robot: u64,
        observation: &[f32],
        (action, chosen): (&minbrain::Action, (minbrain::Method, f32)),
    ) -> Result<(), BrainError> {
        if self.owner != Some(robot) {
            self.life.resume(observation, action, chosen)?;
            self.owner = Some(robot);
        }
        Ok(())
    }
}
