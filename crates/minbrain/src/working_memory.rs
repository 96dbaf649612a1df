//! What is active now.

use std::collections::TryReserveError;

use crate::fingerprint::Fingerprint;
use crate::image::{fixed, image};
use crate::limits::{MAX_TOUCHED, WORKING_MEMORY};

/// After so many cycles an activation counts as gone.
const FADED_CYCLES: usize = 256;
/// Least activation that counts.
const LEAST: f32 = 1e-3;
/// Within so many cycles every slot is settled once: the count of cycles has 16 bits, and what faded
/// must not come back when it wraps.
const SETTLED_CYCLES: usize = 1 << 14;
const _: () = assert!(SETTLED_CYCLES + 2 * FADED_CYCLES < 1 << u16::BITS, "before it wraps");
/// An activation of 1, in steps.
const FULL: f32 = u16::MAX as f32;

/// An activation in steps of 1/65,535, and the cycle of its last change.
#[derive(Clone, Copy, Debug, Default)]
struct Trace {
    activation: u16,
    changed: u16,
}

/// The activation of every experience, decayed when it is looked at, and the few strongest.
///
/// Nothing passes over all experiences: an activation is kept with the cycle of its last change,
/// and what is left of it now follows from how long ago that was.
#[derive(Clone, Debug)]
pub(crate) struct WorkingMemory {
    traces: Vec<Trace>,
    /// What is left of an activation after so many cycles.
    left: Vec<f32>,
    cycle: u16,
    settled: usize,
    /// Slots that were due to be settled, times [`SETTLED_CYCLES`], and have not been.
    unsettled: usize,
    /// Those that changed in this cycle.
    touched: Vec<u32>,
    /// The strongest, as of the last [`gather`](Self::gather): activation and slot packed into one
    /// integer that sorts as the activation does.
    strongest: Vec<u64>,
}

impl WorkingMemory {
    pub(crate) const BYTES_EACH: usize = size_of::<Trace>();

    pub(crate) fn new(decay_per_cycle: f32, capacity: usize) -> Result<Self, TryReserveError> {
        let mut traces = Vec::new();
        traces.try_reserve_exact(capacity)?;
        let left = (0..FADED_CYCLES).map(|cycles| decay_per_cycle.powi(cycles as i32)).collect();
        let touched = Vec::with_capacity(MAX_TOUCHED);
        let strongest = Vec::with_capacity(WORKING_MEMORY + MAX_TOUCHED);
        Ok(Self { traces, left, cycle: 0, settled: 0, unsettled: 0, touched, strongest })
    }

    /// Makes a place for `slot`, not active.
    pub(crate) fn clear(&mut self, slot: u32) {
        if self.traces.len() == slot as usize {
            self.traces.push(Trace::default());
        }
        self.traces[slot as usize] = self.faded();
        self.strongest.retain(|&key| key as u32 != slot);
    }

    /// A cycle begins: everything active decays.
    pub(crate) fn begin(&mut self) {
        self.pass(1);
        self.touched.clear();
    }

    /// Nothing is active any longer.
    pub(crate) fn interrupt(&mut self) {
        self.pass(FADED_CYCLES as u16);
        self.strongest.clear();
    }

    /// Lets cycles pass, and forgets of a few slots, each time of the next, how long ago their
    /// activation faded.
    fn pass(&mut self, cycles: u16) {
        self.cycle = self.cycle.wrapping_add(cycles);
        self.unsettled += usize::from(cycles) * self.traces.len();
        while self.unsettled >= SETTLED_CYCLES {
            self.unsettled -= SETTLED_CYCLES;
            self.settled = (self.settled + 1) % self.traces.len();
            if self.activation(self.settled as u32) == 0.0 {
                self.traces[self.settled] = self.faded();
            }
        }
    }

    /// Not active, and not changed in this cycle.
    fn faded(&self) -> Trace {
        Trace { activation: 0, changed: self.cycle.wrapping_sub(FADED_CYCLES as u16) }
    }

    /// How active `slot` is now, 0 to 1.
    #[inline]
    pub(crate) fn activation(&self, slot: u32) -> f32 {
        let Trace { activation, changed } = self.traces[slot as usize];
        let age = usize::from(self.cycle.wrapping_sub(changed));
        self.left.get(age).map_or(0.0, |left| f32::from(activation) / FULL * left)
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
        let trace = &mut self.traces[slot as usize];
        if trace.changed != self.cycle && self.touched.len() < MAX_TOUCHED {
            self.touched.push(slot);
        }
        // Adding a half rounds: an activation is never negative.
        *trace = Trace { activation: (activation * FULL + 0.5) as u16, changed: self.cycle };
    }

    /// Everything that becomes active in this cycle is: finds the strongest.
    pub(crate) fn gather(&mut self) {
        let mut strongest = std::mem::take(&mut self.strongest);
        strongest.retain(|&key| self.traces[key as u32 as usize].changed != self.cycle);
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

    /// The strongest, strongest first, with their activation as of the last decision.
    pub(crate) fn strongest(&self) -> impl Iterator<Item = (u32, f32)> {
        let mut keys = self.strongest.clone();
        keys.sort_unstable_by(|a, b| b.cmp(a));
        keys.into_iter().map(|key| (key as u32, activation_of(key)))
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.word(u64::from(self.cycle));
        print.count(self.settled);
        print.count(self.unsettled);
        for trace in &self.traces {
            print.words(&[u32::from(trace.activation) << u16::BITS | u32::from(trace.changed)]);
        }
        self.strongest().for_each(|(slot, activation)| {
            print.words(&[slot]);
            print.floats(&[activation]);
        });
    }
}

fn activation_of(key: u64) -> f32 {
    f32::from_bits((key >> 32) as u32)
}

fixed!(Trace { activation: u16, changed: u16 });
image!(WorkingMemory keeps traces cycle settled unsettled strongest; not left touched);

impl WorkingMemory {
    /// Whether all that was read fits together and to so many slots.
    pub(crate) fn is_sound(&self, slots: usize) -> bool {
        self.traces.len() == slots
            && self.settled < slots.max(1)
            && self.unsettled < SETTLED_CYCLES
            && self.strongest.len() <= WORKING_MEMORY
            && self.strongest.iter().all(|&key| (key as u32 as usize) < slots)
    }
}

#[cfg(test)]
mod tests;
