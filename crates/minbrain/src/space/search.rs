//! The answer by way of the skeleton: the nearest child first, skipping every box that lies beyond
//! what was already found.

use minbrain_kernels::{BOXES, Kernel, LANES, Lanes, Probe, TopK, first_lanes};

use crate::limits::MAX_OPEN;
use crate::space::blocks::Blocks;
use crate::space::node::Child;
use crate::space::route::Read;
use crate::space::skeleton::Skeleton;

/// Children still to be visited, the nearest last. A distance, the lowest slot below and a place in the
/// tree are packed into one integer that sorts as the distance does, and where distances tie as the
/// slot: where a thousand keys are all the same, the first few of them are enough.
struct Open {
    keys: [u128; MAX_OPEN],
    count: usize,
}

/// What comes out of it.
struct Next {
    distance: f32,
    lowest_slot: u32,
    child: Child,
}

const IS_NODE: u32 = 1 << 31;

impl Open {
    fn push(&mut self, distance: f32, lowest_slot: u32, child: Child) {
        let place = match child {
            Child::Block(block) => block,
            Child::Node(node) => node | IS_NODE,
        };
        // A tree this deep cannot be built from the number of blocks that fit into memory.
        debug_assert!(self.count < MAX_OPEN, "the tree is too deep");
        if self.count < MAX_OPEN {
            let order = u64::from(distance.to_bits()) << 32 | u64::from(lowest_slot);
            self.keys[self.count] = u128::from(order) << 32 | u128::from(place);
            self.count += 1;
        }
    }

    fn pop(&mut self) -> Option<Next> {
        self.count = self.count.checked_sub(1)?;
        let key = self.keys[self.count];
        let place = key as u32;
        let child =
            if place & IS_NODE == 0 { Child::Block(place) } else { Child::Node(place & !IS_NODE) };
        let distance = f32::from_bits((key >> 64) as u32);
        Some(Next { distance, lowest_slot: (key >> 32) as u32, child })
    }

    /// Drops the farthest until another node's children fit; all must be sorted.
    fn make_room(&mut self) {
        let over = (self.count + BOXES).saturating_sub(MAX_OPEN);
        self.keys.copy_within(over..self.count, 0);
        self.count -= over;
    }

    /// Sorts what was pushed since the stack held `from`, so that the nearest comes out first.
    fn sort_from(&mut self, from: usize) {
        self.keys[from..self.count].sort_unstable_by(|a, b| b.cmp(a));
    }
}

/// How far a query goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effort {
    /// Until nothing nearer can be left: the answer is exact.
    // Depth first. Best first would read a tenth less and take longer.
    #[default]
    Exact,
    /// Over so many blocks of up to 64 experiences at most (in each discrete action, if there are
    /// any), those with the nearest boxes: an approximation, for where the exact answer takes too
    /// long. What it finds of the true neighbours is measured while it runs: one query in 64 is
    /// answered exactly, too, and compared. Under the cosine metric answers stay exact.
    Blocks(u32),
}

/// What a search reads, and what for.
#[derive(Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) skeleton: &'a Skeleton,
    pub(super) blocks: &'a Blocks,
    pub(super) kernel: Kernel,
    pub(super) probe: Probe<'a>,
    /// Which slots may be found; all, if nothing is said.
    pub(super) admit: Option<&'a dyn Fn(u32) -> bool>,
}

impl Search<'_> {
    /// Offers every key below `root` that may be among the nearest, as far as `effort` goes.
    pub(super) fn below(&self, root: Child, effort: Effort, found: &mut TopK, read: &mut Read) {
        let mut open = Open { keys: [0; MAX_OPEN], count: 0 };
        let mut distances = Lanes::ZERO;
        let mut to_boxes = [0.0; BOXES];
        let before = read.blocks;
        open.push(0.0, 0, root);
        while let Some(Next { distance, lowest_slot, child }) = open.pop() {
            // What lies exactly at the bound may win by its slot.
            if !found.admits(lowest_slot, distance) {
                continue;
            }
            match child {
                Child::Block(_) if effort == Effort::Blocks(read.blocks - before) => return,
                Child::Block(block) => {
                    read.blocks += 1;
                    self.offer_block(block, found, &mut distances);
                }
                Child::Node(node) => {
                    read.nodes += 1;
                    let (boxes, children) =
                        (self.skeleton.boxes(node), self.skeleton.node(node).children());
                    self.kernel.box_distances(boxes, self.probe, &mut to_boxes);
                    let (first, bound) = (open.count, found.bound());
                    let lowest = self.skeleton.lowest_slots(node);
                    for ((&child, &distance), &lowest) in children.iter().zip(&to_boxes).zip(lowest)
                    {
                        if distance <= bound {
                            open.push(distance, lowest, child);
                        }
                    }
                    if effort == Effort::Exact {
                        open.sort_from(first);
                    } else {
                        open.sort_from(0);
                        open.make_room();
                    }
                }
            }
        }
    }

    /// Offers the keys of one block.
    #[inline]
    pub(super) fn offer_block(&self, block: u32, found: &mut TopK, distances: &mut Lanes) {
        let all = first_lanes(self.blocks.count(block));
        self.offer_lanes((block, all), found, distances);
    }

    /// Offers some keys of one block.
    #[inline]
    pub(super) fn offer_lanes(
        &self,
        (block, lanes): (u32, u64),
        found: &mut TopK,
        distances: &mut Lanes,
    ) {
        let rows = &self.blocks.rows(block)[..self.probe.key.len()];
        let within = self.kernel.distances(rows, self.probe, (lanes, found.bound()), distances);
        let tenants = self.blocks.tenants(block);
        found.offer_lanes(distances, tenants, self.admitted(tenants, within));
    }

    /// Those of `lanes` whose slots may be found.
    #[inline]
    pub(super) fn admitted(&self, tenants: &[u32; LANES], lanes: u64) -> u64 {
        let Some(admit) = self.admit else { return lanes };
        let (mut left, mut admitted) = (lanes, 0);
        while left != 0 {
            let lane = left.trailing_zeros();
            left &= left - 1;
            admitted |= u64::from(admit(tenants[lane as usize])) << lane;
        }
        admitted
    }
}
