//! Weighted references to experiences that may have been forgotten since.

use crate::fingerprint::Fingerprint;
use crate::image::fixed;
use crate::value::EDGES;

/// The low bits of a reference, for the generation of its slot.
const GENERATION_BITS: u32 = u8::BITS;

/// An experience, by its slot and the slot's generation, and its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Edge {
    end: u32,
    pub(crate) weight: f32,
}

impl Edge {
    /// Leads nowhere.
    pub(crate) const NONE: Self = Self { end: u32::MAX, weight: 0.0 };

    pub(crate) fn new(slot: u32, weight: f32, generations: &[u8]) -> Self {
        let generation = u32::from(generations[slot as usize]);
        Self { end: slot << GENERATION_BITS | generation, weight }
    }

    /// Where it leads, if that experience is still there.
    #[inline]
    pub(crate) fn slot(self, generations: &[u8]) -> Option<u32> {
        let slot = self.end >> GENERATION_BITS;
        (generations.get(slot as usize) == Some(&(self.end as u8))).then_some(slot)
    }

    pub(crate) fn fingerprint(self, print: &mut Fingerprint) {
        print.words(&[self.end]);
        print.floats(&[self.weight]);
    }
}

/// A few edges, without an allocation.
#[derive(Clone, Debug)]
pub(crate) struct EdgeList {
    edges: [Edge; EDGES],
    count: usize,
}

impl Default for EdgeList {
    fn default() -> Self {
        Self { edges: [Edge::NONE; EDGES], count: 0 }
    }
}

impl EdgeList {
    pub(crate) fn clear(&mut self) {
        self.count = 0;
    }

    /// Adds an edge; drops it if there are enough.
    pub(crate) fn push(&mut self, edge: Edge) {
        if self.count < EDGES {
            self.edges[self.count] = edge;
            self.count += 1;
        }
    }

    pub(crate) fn as_slice(&self) -> &[Edge] {
        &self.edges[..self.count]
    }
}

fixed!(Edge { end: u32, weight: f32 });
