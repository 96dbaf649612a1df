//! What an approximation misses, measured while it runs.

use minbrain_kernels::TopK;

use crate::image::image;
use crate::limits::MAX_NEIGHBOURS;

/// One query in so many is answered exactly, too.
const SAMPLED_EVERY: u32 = 64;
/// Weight of the newest sample in the running share, once as many are in.
const RATE: f32 = 1.0 / 256.0;

/// The running share of the true neighbours that are found.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    share: f32,
    samples: u64,
    since: u32,
}

impl Sample {
    pub(super) fn new() -> Self {
        // The first query is the first sample.
        Self { share: 1.0, samples: 0, since: SAMPLED_EVERY }
    }

    /// Whether the next query is to be compared with the exact answer.
    pub(super) fn is_due(&self) -> bool {
        self.since >= SAMPLED_EVERY
    }

    /// Takes into account what a query found, if that was measured.
    pub(super) fn learn(&mut self, recall: Option<f32>) {
        self.since = self.since.saturating_add(1);
        if let Some(recall) = recall {
            self.since = 1;
            self.samples += 1;
            self.share += RATE.max(1.0 / self.samples as f32) * (recall - self.share);
        }
    }

    /// The running share, and over how many queries.
    pub(super) fn state(&self) -> (f32, u64) {
        (self.share, self.samples)
    }
}

/// Some slots, to be compared with others.
pub(super) struct Slots {
    slots: [u32; MAX_NEIGHBOURS + 1],
    count: usize,
}

impl Slots {
    pub(super) fn of(found: &TopK) -> Self {
        let mut made = Self { slots: [0; _], count: found.len() };
        made.slots.iter_mut().zip(found.iter()).for_each(|(to, found)| *to = found.slot);
        made
    }

    /// The share of `found` that is among these.
    pub(super) fn share_of(&self, found: &TopK) -> f32 {
        let known = &self.slots[..self.count];
        let hits = found.iter().filter(|found| known.contains(&found.slot)).count();
        if found.is_empty() { 1.0 } else { hits as f32 / found.len() as f32 }
    }
}

image!(Sample keeps share samples since; not);
