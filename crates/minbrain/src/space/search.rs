//! The exact answer by way of the skeleton: depth first, the nearest child first, skipping every box
//! that lies beyond what was already found.

use minbrain_kernels::{BOXES, Kernel, Lanes, Probe, TopK};

use crate::limits::MAX_OPEN;
use crate::space::blocks::Blocks;
use crate::space::node::Child;
use crate::space::skeleton::Skeleton;

/// What a query has looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Visited {
    pub(super) blocks: u32,
    pub(super) nodes: u32,
}

/// Children still to be visited, the nearest last. A distance and a place in the tree are packed
/// into one integer that sorts as the distance does.
struct Open {
    keys: [u64; MAX_OPEN],
    count: usize,
}

const IS_NODE: u32 = 1 << 31;

impl Open {
    fn push(&mut self, distance: f32, child: Child) {
        let place = match child {
            Child::Block(block) => block,
            Child::Node(node) => node | IS_NODE,
        };
        // A tree this deep cannot be built from the number of blocks that fit into memory.
        debug_assert!(self.count < MAX_OPEN, "the tree is too deep");
        if self.count < MAX_OPEN {
            self.keys[self.count] = u64::from(distance.to_bits()) << 32 | u64::from(place);
            self.count += 1;
        }
    }

    fn pop(&mut self) -> Option<(f32, Child)> {
        self.count = self.count.checked_sub(1)?;
        let key = self.keys[self.count];
        let place = key as u32;
        let child =
            if place & IS_NODE == 0 { Child::Block(place) } else { Child::Node(place & !IS_NODE) };
        Some((f32::from_bits((key >> 32) as u32), child))
    }

    /// Sorts what was pushed since the stack held `from`, so that the nearest comes out first.
    fn sort_from(&mut self, from: usize) {
        self.keys[from..self.count].sort_unstable_by(|a, b| b.cmp(a));
    }
}

/// Offers every key below `root` that may be among the nearest.
pub(super) fn nearest(
    (skeleton, blocks): (&Skeleton, &Blocks),
    kernel: Kernel,
    root: Child,
    probe: Probe<'_>,
    found: &mut TopK,
) -> Visited {
    let mut visited = Visited::default();
    let mut open = Open { keys: [0; MAX_OPEN], count: 0 };
    let mut distances = Lanes::ZERO;
    let mut to_boxes = [0.0; BOXES];
    open.push(0.0, root);
    while let Some((distance, child)) = open.pop() {
        // What lies exactly at the bound may win by its slot.
        if distance > found.bound() {
            continue;
        }
        match child {
            Child::Block(block) => {
                visited.blocks += 1;
                offer_block((kernel, blocks), block, probe, (found, &mut distances));
            }
            Child::Node(node) => {
                visited.nodes += 1;
                kernel.box_distances(skeleton.boxes(node), probe, &mut to_boxes);
                let (first, bound) = (open.count, found.bound());
                for (&child, &distance) in skeleton.node(node).children().iter().zip(&to_boxes) {
                    if distance <= bound {
                        open.push(distance, child);
                    }
                }
                open.sort_from(first);
            }
        }
    }
    visited
}

/// Offers the keys of one block.
#[inline]
pub(super) fn offer_block(
    (kernel, blocks): (Kernel, &Blocks),
    block: u32,
    probe: Probe<'_>,
    (found, distances): (&mut TopK, &mut Lanes),
) {
    let rows = &blocks.rows(block)[..probe.key.len()];
    let within = kernel.distances(rows, probe, found.bound(), distances);
    let taken = mask(blocks.count(block));
    found.offer_lanes(distances, blocks.tenants(block), within & taken);
}

/// A bit for each of the first `count` lanes.
#[inline]
pub(super) fn mask(count: usize) -> u64 {
    if count == 0 { 0 } else { u64::MAX >> (64 - count) }
}
