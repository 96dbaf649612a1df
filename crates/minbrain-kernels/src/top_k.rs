//! The k nearest seen so far.

use crate::lanes::{LANES, Lanes};

/// So many of a block are taken in one by one; more are sorted first. A cycle takes
/// alike long, within 4 %, with 3, 12 and 64.
const FEW: u32 = 12;

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

    /// Forgets what was found and looks for as many again.
    pub fn restart(&mut self) {
        self.keys.clear();
    }

    /// How many are looked for.
    pub fn k(&self) -> usize {
        self.k
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

    /// Whether `slot` at `distance`, or any slot above it or farther away, may still get in.
    #[inline]
    pub fn admits(&self, slot: u32, distance: f32) -> bool {
        self.keys.len() < self.k || pack(slot, distance) < self.keys[self.k - 1]
    }

    /// Takes `slot` in if it is among the `k` nearest. `distance` must not be negative nor NaN.
    #[inline]
    pub fn offer(&mut self, slot: u32, distance: f32) {
        let key = pack(slot, distance);
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
        if lanes.count_ones() <= FEW {
            while lanes != 0 {
                let lane = lanes.trailing_zeros() as usize;
                lanes &= lanes - 1;
                self.offer(slots[lane], distances.0[lane]);
            }
            return;
        }
        let mut fresh = [0; LANES];
        let mut count = 0;
        while lanes != 0 {
            let lane = lanes.trailing_zeros() as usize;
            lanes &= lanes - 1;
            fresh[count] = pack(slots[lane], distances.0[lane]);
            count += 1;
        }
        self.merge(&mut fresh[..count]);
    }

    /// Takes many in at once: sorted among themselves, then merged from the back.
    fn merge(&mut self, mut fresh: &mut [u64]) {
        if fresh.len() > self.k {
            fresh.select_nth_unstable(self.k - 1);
            fresh = &mut fresh[..self.k];
        }
        fresh.sort_unstable();
        let (mut old, mut new) = (self.keys.len(), fresh.len());
        let kept = (old + new).min(self.k);
        self.keys.resize(kept.max(old), 0);
        let mut place = old + new;
        while new > 0 {
            let (is_old, last) = match old.checked_sub(1).map(|last| self.keys[last]) {
                Some(last) if last > fresh[new - 1] => (true, last),
                _ => (false, fresh[new - 1]),
            };
            old -= usize::from(is_old);
            new -= usize::from(!is_old);
            place -= 1;
            // The farthest of all no longer fit.
            if place < kept {
                self.keys[place] = last;
            }
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
fn pack(slot: u32, distance: f32) -> u64 {
    debug_assert!(distance >= 0.0, "a distance is never negative nor NaN");
    u64::from(distance.to_bits()) << 32 | u64::from(slot)
}

#[inline]
fn unpack(key: u64) -> Found {
    Found { slot: key as u32, distance: f32::from_bits((key >> 32) as u32) }
}
