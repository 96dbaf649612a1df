//! The k nearest seen so far.

use crate::lanes::{LANES, Lanes};

/// One that was found: which slot, and how far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// Where the experience lives.
    pub slot: u32,
    /// Its distance; lower is closer.
    pub distance: f32,
}

/// The `k` nearest of everything offered, in order of distance and, where distances tie, of slot:
/// the answer does not depend on the order of the offers.
///
/// A distance and its slot are packed into one integer. Distances are never negative, and the bit
/// patterns of non-negative floats sort as the floats do, so one comparison orders both.
#[derive(Clone, Debug, Default)]
pub struct TopK {
    keys: Vec<u64>,
    k: usize,
}

impl TopK {
    /// Room for up to `k`, so that no later call allocates.
    pub fn with_capacity(k: usize) -> Self {
        Self { keys: Vec::with_capacity(k), k }
    }

    /// Forgets what was found and looks for the `k` nearest from now on; at least one.
    pub fn reset(&mut self, k: usize) {
        self.k = k.max(1);
        self.keys.clear();
    }

    /// A distance that no longer gets in, or infinity while there is room. What lies exactly at
    /// the bound may still get in, by a lower slot.
    #[inline]
    pub fn bound(&self) -> f32 {
        if self.keys.len() < self.k {
            f32::INFINITY
        } else {
            unpack(self.keys[self.k - 1]).distance
        }
    }

    /// Takes `slot` in if it is among the `k` nearest. `distance` must not be negative nor NaN.
    #[inline]
    pub fn offer(&mut self, slot: u32, distance: f32) {
        debug_assert!(distance >= 0.0, "a distance is never negative nor NaN");
        let key = u64::from(distance.to_bits()) << 32 | u64::from(slot);
        if self.keys.len() < self.k {
            self.keys.push(key);
        } else if key < self.keys[self.k - 1] {
            self.keys[self.k - 1] = key;
        } else {
            return;
        }
        let mut at = self.keys.len() - 1;
        while at > 0 && self.keys[at - 1] > key {
            self.keys[at] = self.keys[at - 1];
            at -= 1;
        }
        self.keys[at] = key;
    }

    /// Offers the lanes of a block whose bit is set in `lanes`.
    #[inline]
    pub fn offer_lanes(&mut self, distances: &Lanes, slots: &[u32; LANES], mut lanes: u64) {
        while lanes != 0 {
            let lane = lanes.trailing_zeros() as usize;
            lanes &= lanes - 1;
            self.offer(slots[lane], distances.0[lane]);
        }
    }

    /// Takes `slot` out again, if it is in.
    pub fn discard(&mut self, slot: u32) {
        self.keys.retain(|&key| unpack(key).slot != slot);
    }

    /// How many were found.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// What was found, nearest first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Found> + DoubleEndedIterator + '_ {
        self.keys.iter().map(|&key| unpack(key))
    }
}

#[inline]
fn unpack(key: u64) -> Found {
    Found { slot: key as u32, distance: f32::from_bits((key >> 32) as u32) }
}
