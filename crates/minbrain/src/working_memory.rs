//! What is active now.

use std::collections::TryReserveError;

use crate::fingerprint::Fingerprint;
use crate::limits::WORKING_MEMORY;

/// After so many cycles an activation counts as gone.
const FADED_CYCLES: usize = 256;
/// Least activation that counts.
const LEAST: f32 = 1e-3;

/// The activation of every experience, decayed when it is looked at, and the few strongest.
///
/// Nothing passes over all experiences: an activation is kept with the cycle of its last change,
/// and what is left of it now follows from how long ago that was.
#[derive(Clone, Debug)]
pub(crate) struct WorkingMemory {
    activations: Vec<f32>,
    changed: Vec<u32>,
    /// What is left of an activation after so many cycles.
    left: Vec<f32>,
    cycle: u32,
    settled: usize,
    /// The strongest now, in no order.
    strongest: Vec<(u32, f32)>,
    weakest: f32,
}

impl WorkingMemory {
    pub(crate) const BYTES_EACH: usize = size_of::<f32>() + size_of::<u32>();

    pub(crate) fn new(decay_per_cycle: f32, capacity: usize) -> Result<Self, TryReserveError> {
        let mut activations = Vec::new();
        activations.try_reserve_exact(capacity)?;
        let mut changed = Vec::new();
        changed.try_reserve_exact(capacity)?;
        let left = (0..FADED_CYCLES).map(|cycles| decay_per_cycle.powi(cycles as i32)).collect();
        let strongest = Vec::with_capacity(WORKING_MEMORY);
        Ok(Self { activations, changed, left, cycle: 0, settled: 0, strongest, weakest: 0.0 })
    }

    /// Makes a place for `slot`, not active.
    pub(crate) fn clear(&mut self, slot: u32) {
        if self.activations.len() == slot as usize {
            self.activations.push(0.0);
            self.changed.push(self.cycle);
        }
        self.activations[slot as usize] = 0.0;
        self.strongest.retain(|&(s, _)| s != slot);
        self.weigh();
    }

    /// A cycle begins: everything active decays.
    pub(crate) fn begin(&mut self) {
        self.cycle = self.cycle.wrapping_add(1);
        let left = self.left[1];
        self.strongest.iter_mut().for_each(|(_, activation)| *activation *= left);
        self.strongest.retain(|&(_, activation)| activation >= LEAST);
        self.weigh();
    }

    /// Nothing is active any longer.
    pub(crate) fn interrupt(&mut self) {
        self.cycle = self.cycle.wrapping_add(FADED_CYCLES as u32);
        self.strongest.clear();
        self.weakest = 0.0;
    }

    /// How active `slot` is now, 0 to 1.
    #[inline]
    pub(crate) fn activation(&self, slot: u32) -> f32 {
        let age = self.cycle.wrapping_sub(self.changed[slot as usize]) as usize;
        self.left.get(age).map_or(0.0, |left| self.activations[slot as usize] * left)
    }

    /// Recalled: `slot` is at least as active as it is similar.
    pub(crate) fn recall(&mut self, slot: u32, similarity: f32) {
        self.set(slot, self.activation(slot).max(similarity));
    }

    /// Reached: `slot` gets `amount` on top, up to 1. Returns its activation.
    pub(crate) fn reach(&mut self, slot: u32, amount: f32) {
        self.set(slot, (self.activation(slot) + amount).min(1.0));
    }

    fn set(&mut self, slot: u32, activation: f32) {
        self.activations[slot as usize] = activation;
        self.changed[slot as usize] = self.cycle;
        if activation <= self.weakest || activation < LEAST {
            return;
        }
        if let Some(entry) = self.strongest.iter_mut().find(|(s, _)| *s == slot) {
            entry.1 = activation;
        } else if self.strongest.len() < WORKING_MEMORY {
            self.strongest.push((slot, activation));
        } else if let Some(entry) = self.strongest.iter_mut().min_by(|a, b| a.1.total_cmp(&b.1)) {
            *entry = (slot, activation);
        }
        self.weigh();
    }

    /// The least activation that is among the strongest, once they are complete.
    fn weigh(&mut self) {
        self.weakest = if self.strongest.len() < WORKING_MEMORY {
            0.0
        } else {
            self.strongest.iter().fold(f32::MAX, |least, &(_, a)| least.min(a))
        };
    }

    /// Forgets how long ago one slot's activation faded, each call the next slot's, so that the
    /// count of cycles may wrap.
    pub(crate) fn settle(&mut self) {
        self.settled = (self.settled + 1) % self.activations.len().max(1);
        let slot = self.settled as u32;
        if self.settled < self.activations.len() && self.activation(slot) == 0.0 {
            self.activations[self.settled] = 0.0;
            self.changed[self.settled] = self.cycle;
        }
    }

    /// The strongest, in no order.
    pub(crate) fn strongest(&self) -> &[(u32, f32)] {
        &self.strongest
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.word(u64::from(self.cycle));
        print.floats(&self.activations);
        print.words(&self.changed);
        for &(slot, activation) in &self.strongest {
            print.words(&[slot]);
            print.floats(&[activation]);
        }
    }
}
