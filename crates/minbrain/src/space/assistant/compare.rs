//! Contenders compared by the processor, with the instructions that it always uses.

use minbrain_gpu::Answers;
use minbrain_kernels::{LANES, Lanes, Probe, TopK, first_lanes};

use crate::metric::Metric;
use crate::space::assistant::{AUDITED, Inner};
use crate::space::{Among, Space};

impl Inner {
    /// Compares the contenders of every query, and finds those that have none by itself. False if the
    /// device names places where nobody lives, or not the nearest.
    pub(super) fn compare(
        &mut self,
        (space, probes, among): (&Space, &[Probe<'_>], Among),
        answers: &Answers,
        found: &mut [TopK],
    ) -> bool {
        for (query, (&probe, found)) in probes.iter().zip(found).enumerate() {
            let Some(contenders) = answers.contenders(query) else {
                self.counts.unproven += 1;
                space.nearest(probe, among, found);
                continue;
            };
            self.places.clear();
            self.places.extend_from_slice(contenders);
            self.places.sort_unstable();
            let is_right = offer(space, (probe, among), &self.places, found)
                && (!self.counts.answered.is_multiple_of(AUDITED)
                    || is_nearest(space, (probe, among), found));
            if !is_right {
                self.give_up();
                return false;
            }
            self.counts.answered += 1;
        }
        true
    }
}

/// Whether these are what the processor finds by itself.
fn is_nearest(space: &Space, (probe, among): (Probe<'_>, Among), found: &TopK) -> bool {
    let mut own = TopK::with_capacity(found.k());
    own.reset(found.k());
    space.nearest(probe, among, &mut own);
    own.iter().eq(found.iter())
}

/// Offers the keys at sorted places, block by block; false where there is none.
fn offer(
    space: &Space,
    (probe, among): (Probe<'_>, Among),
    places: &[u32],
    found: &mut TopK,
) -> bool {
    let blocks = &space.blocks;
    let search = space.search(probe, None);
    let is_cosine = space.metric == Metric::Cosine;
    let direction = if is_cosine { space.direction(probe.key) } else { [0.0; _] };
    let mut distances = Lanes::ZERO;
    for group in places.chunk_by(|a, b| a / LANES as u32 == b / LANES as u32) {
        let block = group[0] / LANES as u32;
        let lanes = group.iter().fold(0_u64, |lanes, place| lanes | 1 << (place % LANES as u32));
        let is_there = (block as usize) < blocks.len()
            && lanes & !first_lanes(blocks.count(block)) == 0
            && !matches!(among, Among::Part(part) if blocks.part(block) != part);
        if !is_there {
            return false;
        }
        if is_cosine {
            let query = (probe, &direction[..]);
            let within = space.cosine(block, query, found.bound(), &mut distances);
            found.offer_lanes(&distances, blocks.tenants(block), within & lanes);
        } else {
            search.offer_lanes((block, lanes), found, &mut distances);
        }
    }
    true
}
