//! hold: an action that was chosen by value is kept for some cycles, where one cycle changes too little
//! to choose by.

use crate::action::{Action, ActionSpace};
use crate::config::{Config, Hold};
use crate::cycle::predict::Calibration;
use crate::decision::{Decision, Method};
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::scale::Scale;

/// By how much what an action changes shall stand out from what cannot be predicted of it.
const STANDS_OUT: f32 = 4.0;
/// Most cycles of a measured hold: as many as a value follows an action for.
const MOST_CYCLES: u32 = 8;

/// The action that is held.
#[derive(Clone, Debug)]
pub(crate) struct Holding {
    /// For so many more cycles.
    left: u32,
    index: usize,
    values: Vec<f32>,
    is_novel: bool,
}

impl Holding {
    /// Nothing is held.
    pub(crate) fn new(config: &Config) -> Self {
        Self { left: 0, index: 0, values: vec![0.0; config.actions.dims()], is_novel: false }
    }

    /// Somebody acts: what is held is let go, unless that is it.
    pub(super) fn give_way(&mut self, action: &Action) {
        if self.index != action.part() || self.values != action.values() {
            self.release();
        }
    }

    /// Whatever was held is let go.
    pub(crate) fn release(&mut self) {
        self.left = 0;
    }

    /// Decides for the action that is held, if one is.
    pub(super) fn repeat(&mut self, decision: &mut Decision) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        match &mut decision.action {
            Action::Discrete(index) => *index = self.index,
            Action::Continuous(values) => values.copy_from_slice(&self.values),
        }
        decision.method = if self.is_novel { Method::Novelty } else { Method::Value };
        true
    }

    /// Holds what was just decided for so many cycles, this one among them.
    pub(super) fn take(&mut self, decision: &Decision, cycles: u32) {
        self.left = cycles.saturating_sub(1);
        self.index = decision.action.part();
        self.values.copy_from_slice(decision.action.values());
        self.is_novel = decision.method == Method::Novelty;
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.words(&[self.left]);
        if self.left > 0 {
            print.count(self.index);
            print.floats(&self.values);
            print.word(u64::from(self.is_novel));
        }
    }

    /// Whether what was read is an action of this space.
    pub(crate) fn is_sound(&self, config: &Config) -> bool {
        let is_within = match &config.actions {
            ActionSpace::Discrete(_) => self.index < config.actions.parts(),
            ActionSpace::Continuous(bounds) => {
                let mut held = self.values.iter().zip(bounds);
                held.all(|(value, b)| (b.low..=b.high).contains(value))
            }
        };
        self.left == 0 || is_within
    }
}

/// For how many cycles an action is held.
pub(super) fn cycles(hold: Hold, calibration: &Calibration, scale: &Scale) -> u32 {
    match hold {
        Hold::Cycles(cycles) => cycles,
        Hold::Measured => {
            let unclear = calibration.error_per_change(scale);
            ((STANDS_OUT * unclear).ceil() as u32).clamp(1, MOST_CYCLES)
        }
    }
}

image!(Holding keeps left index values is_novel; not);

#[cfg(test)]
mod tests;
