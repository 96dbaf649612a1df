//! What is active now.

use std::collections::TryReserveError;

use crate::fingerprint::Fingerprint;
use crate::limits::{MAX_TOUCHED, WORKING_MEMORY};

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
    /// Those that changed in this cycle.
    touched: Vec<u32>,
    /// The strongest, as of the last [`gather`](Self::gather): activation and slot packed into one
    /// integer that sorts as the activation does.
    strongest: Vec<u64>,
}

impl WorkingMemory {
    pub(crate) const BYTES_EACH: usize = size_of::<f32>() + size_of::<u32>();

    pub(crate) fn new(decay_per_cycle: f32, capacity: usize) -> Result<Self, TryReserveError> {
        let mut activations = Vec::new();
        activations.try_reserve_exact(capacity)?;
        let mut changed = Vec::new();
        changed.try_reserve_exact(capacity)?;
        let left = (0..FADED_CYCLES).map(|cycles| decay_per_cycle.powi(cycles as i32)).collect();
        let touched = Vec::with_capacity(MAX_TOUCHED);
        let strongest = Vec::with_capacity(WORKING_MEMORY + MAX_TOUCHED);
        Ok(Self { activations, changed, left, cycle: 0, settled: 0, touched, strongest })
    }

    /// Makes a place for `slot`, not active.
    pub(crate) fn clear(&mut self, slot: u32) {
        if self.activations.len() == slot as usize {
            self.activations.push(0.0);
            self.changed.push(self.cycle);
        }
        self.activations[slot as usize] = 0.0;
        self.strongest.retain(|&key| key as u32 != slot);
    }

    /// A cycle begins: everything active decays.
    pub(crate) fn begin(&mut self) {
        self.cycle = self.cycle.wrapping_add(1);
        self.touched.clear();
    }

    /// Nothing is active any longer.
    pub(crate) fn interrupt(&mut self) {
        self.cycle = self.cycle.wrapping_add(FADED_CYCLES as u32);
        self.strongest.clear();
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

    /// Reached: `slot` gets `amount` on top, up to 1.
    pub(crate) fn reach(&mut self, slot: u32, amount: f32) {
        self.set(slot, (self.activation(slot) + amount).min(1.0));
    }

    fn set(&mut self, slot: u32, activation: f32) {
        if self.changed[slot as usize] != self.cycle && self.touched.len() < MAX_TOUCHED {
            self.touched.push(slot);
        }
        self.activations[slot as usize] = activation;
        self.changed[slot as usize] = self.cycle;
    }

    /// Everything that becomes active in this cycle is: finds the strongest.
    pub(crate) fn gather(&mut self) {
        let mut strongest = std::mem::take(&mut self.strongest);
        strongest.retain(|&key| self.changed[key as u32 as usize] != self.cycle);
        strongest.iter_mut().for_each(|key| *key = self.key(*key as u32));
        strongest.extend(self.touched.iter().map(|&slot| self.key(slot)));
        strongest.retain(|&key| activation_of(key) >= LEAST);
        if strongest.len() > WORKING_MEMORY {
            strongest.select_nth_unstable_by(WORKING_MEMORY, |a, b| b.cmp(a));
            strongest.truncate(WORKING_MEMORY);
        }
        self.strongest = strongest;
    }

    /// Activations are never negative, and the bits of such floats sort as the floats do.
    fn key(&self, slot: u32) -> u64 {
        u64::from(self.activation(slot).to_bits()) << 32 | u64::from(slot)
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

    /// The strongest, strongest first, with their activation as of the last decision.
    pub(crate) fn strongest(&self) -> impl Iterator<Item = (u32, f32)> {
        let mut keys = self.strongest.clone();
        keys.sort_unstable_by(|a, b| b.cmp(a));
        keys.into_iter().map(|key| (key as u32, activation_of(key)))
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.word(u64::from(self.cycle));
        print.floats(&self.activations);
        print.words(&self.changed);
        self.strongest().for_each(|(slot, activation)| {
            print.words(&[slot]);
            print.floats(&[activation]);
        });
    }
}

fn activation_of(key: u64) -> f32 {
    f32::from_bits((key >> 32) as u32)
}

#[cfg(test)]
mod tests;
