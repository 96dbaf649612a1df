//! What the GPU is held against: keys in a plain list, compared one by one in the order of their
//! dimensions, by the scalar kernel's arithmetic and, where that matters, in double precision.

use minbrain_gpu::{GpuError, Resident, Tenancy};
use minbrain_kernels::{LANES, Lanes};

/// Keys by their places, and which blocks changed since they were last written.
pub(crate) struct List {
    rows: usize,
    /// Part and keys of each block.
    blocks: Vec<(u32, Vec<Vec<f32>>)>,
    changed: Vec<bool>,
}

impl List {
    pub(crate) fn new(rows: usize) -> Self {
        Self { rows, blocks: Vec::new(), changed: Vec::new() }
    }

    /// Puts a key into the first block of its part that has room.
    pub(crate) fn insert(&mut self, part: u32, key: Vec<f32>) {
        let room = self.blocks.iter().position(|(of, keys)| *of == part && keys.len() < LANES);
        let block = room.unwrap_or_else(|| {
            self.blocks.push((part, Vec::new()));
            self.changed.push(true);
            self.blocks.len() - 1
        });
        self.blocks[block].1.push(key);
        self.changed[block] = true;
    }

    /// Takes the `nth` key out of all; the last of its block fills the gap.
    pub(crate) fn remove(&mut self, nth: usize) {
        let mut left = nth % self.len().max(1);
        for (block, (_, keys)) in self.blocks.iter_mut().enumerate() {
            if left < keys.len() {
                keys.swap_remove(left);
                self.changed[block] = true;
                return;
            }
            left -= keys.len();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.blocks.iter().map(|(_, keys)| keys.len()).sum()
    }

    /// Writes what changed, and only that. Returns how many blocks it were.
    pub(crate) fn send(&mut self, to: &mut Resident) -> Result<usize, GpuError> {
        let mut sent = 0;
        for (block, (part, keys)) in self.blocks.iter().enumerate() {
            if !std::mem::take(&mut self.changed[block]) {
                continue;
            }
            // What stands in lanes that are not taken must not matter.
            let mut rows = vec![Lanes([12.345; LANES]); self.rows];
            for (lane, key) in keys.iter().enumerate() {
                rows.iter_mut().zip(key).for_each(|(row, &value)| row.0[lane] = value);
            }
            to.write(block as u32, &rows, Tenancy { count: keys.len(), part: *part })?;
            sent += 1;
        }
        Ok(sent)
    }

    /// Every place with its distance, nearest first.
    fn ranked(&self, part: Option<u32>, distance: impl Fn(&[f32]) -> f32) -> Vec<(f32, u32)> {
        let mut ranked = Vec::new();
        for (block, (of, keys)) in self.blocks.iter().enumerate() {
            if part.is_some_and(|part| part != *of) {
                continue;
            }
            ranked.extend(
                keys.iter()
                    .enumerate()
                    .map(|(lane, key)| (distance(key), (block * LANES + lane) as u32)),
            );
        }
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        ranked
    }

    /// The places of the `k` nearest and of all that tie with the last.
    pub(crate) fn nearest(
        &self,
        part: Option<u32>,
        k: usize,
        distance: impl Fn(&[f32]) -> f32,
    ) -> Vec<u32> {
        let ranked = self.ranked(part, distance);
        let Some(&(kth, _)) = ranked.get(k.min(ranked.len()).wrapping_sub(1)) else {
            return Vec::new();
        };
        ranked.into_iter().take_while(|(distance, _)| *distance <= kth).map(|(_, at)| at).collect()
    }
}

/// The weighted squared distance, one operation after the other.
pub(crate) fn squared(key: &[f32], query: &[f32], weights: &[f32]) -> f32 {
    key.iter().zip(query).zip(weights).fold(0.0, |sum, ((&v, &q), &w)| {
        let difference = q - v;
        sum + w * difference * difference
    })
}

/// One minus the dot product, and never below 0.
pub(crate) fn turned(key: &[f32], query: &[f32]) -> f32 {
    let product = key.iter().zip(query).fold(0.0, |sum, (&v, &q)| sum + q * v);
    (1.0_f32 - product).max(0.0)
}
