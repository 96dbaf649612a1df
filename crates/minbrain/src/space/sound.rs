//! Blocks and skeleton as bytes, and whether what was read back makes a tree.
//!
//! Both are kept as they stand, and not built anew from the keys: how many blocks a query reads follows
//! from where they were cut, plans and idle time are bounded in blocks, and so a rebuilt tree would
//! make other decisions.

use minbrain_kernels::{BOXES, Boxes};

use crate::columns::Columns;
use crate::image::{Fixed, image};
use crate::space::Space;
use crate::space::node::Child;
use crate::space::skeleton::Skeleton;

image!(Space keeps blocks skeleton route crossing sample rebuilt;
    not kernel metric sensors dims parts effort keys assistant);

/// Deeper than any tree over as many experiences as there may be: see
/// [`MAX_OPEN`](crate::limits::MAX_OPEN).
const MOST_DEEP: usize = 16;

impl Fixed for Boxes {
    const BYTES: usize = 2 * <[f32; BOXES]>::BYTES;
    #[inline]
    fn put(self, out: &mut [u8]) {
        (self.low, self.high).put(out);
    }
    #[inline]
    fn get(from: &[u8]) -> Option<Self> {
        Fixed::get(from).map(|(low, high)| Self { low, high })
    }
}

/// What a walk over the trees has met.
struct Walk<'a> {
    space: &'a Space,
    columns: &'a Columns,
    nodes: Vec<bool>,
    blocks: Vec<bool>,
    keys: usize,
}

impl Space {
    /// Whether all that was read fits together and to `columns`, of which it holds `keys`: each key
    /// lies in one block of its part, and each block in one place of one tree.
    pub(crate) fn is_sound(&self, columns: &Columns, keys: usize) -> bool {
        let Self { blocks, skeleton, .. } = self;
        let mut walk = Walk {
            space: self,
            columns,
            nodes: vec![false; skeleton.nodes.len()],
            blocks: vec![false; blocks.len()],
            keys: 0,
        };
        self.rebuilt < skeleton.nodes.len().max(1)
            && skeleton.has_its_rows(blocks.len())
            && blocks.slots() <= columns.slots()
            && (0..self.parts).all(|part| walk.covers(part))
            && walk.keys == keys
            && all_marked(&mut walk.blocks, blocks.spare_blocks())
            && blocks.spare_blocks().iter().all(|&block| blocks.count(block) == 0)
            && all_marked(&mut walk.nodes, &skeleton.spare)
            && skeleton.spare.iter().all(|&node| skeleton.is_spare(node))
    }
}

/// Whether those that are spare are just those that were not met, each once.
fn all_marked(met: &mut [bool], spare: &[u32]) -> bool {
    let is_new = |&at: &u32| met.get_mut(at as usize).is_some_and(|m| !std::mem::replace(m, true));
    spare.iter().all(is_new) && met.iter().all(|&met| met)
}

impl Walk<'_> {
    /// Whether the tree of a part is one, and has all blocks of the part.
    fn covers(&mut self, part: usize) -> bool {
        let Skeleton { nodes, .. } = &self.space.skeleton;
        let mut open = Vec::from_iter(self.space.skeleton.root(part).map(|root| (root, None, 0)));
        let mut blocks = 0;
        while let Some((child, home, depth)) = open.pop() {
            match child {
                Child::Block(block) => {
                    blocks += 1;
                    if !self.takes_block(block, part, home) {
                        return false;
                    }
                }
                Child::Node(at) => {
                    let Some(node) = nodes.get(at as usize) else { return false };
                    let is_met = std::mem::replace(&mut self.nodes[at as usize], true);
                    let is_spare = self.space.skeleton.is_spare(at);
                    let fits = node.parent == home && node.is_sound(self.space.dims);
                    if is_met || is_spare || !fits || depth == MOST_DEEP {
                        return false;
                    }
                    let below = node.children().iter().zip(0..);
                    open.extend(below.map(|(&child, place)| (child, Some((at, place)), depth + 1)));
                }
            }
        }
        blocks == self.space.blocks.in_part(part)
    }

    fn takes_block(&mut self, block: u32, part: usize, home: Option<(u32, u8)>) -> bool {
        let Space { blocks, skeleton, parts, .. } = self.space;
        let Some(met) = self.blocks.get_mut(block as usize) else { return false };
        let is_met = std::mem::replace(met, true);
        self.keys += blocks.count(block);
        !is_met
            && skeleton.home(Child::Block(block)) == home
            && blocks.part(block) == part
            && blocks.count(block) > 0
            && blocks.holds_its_tenants(block, *parts, self.columns)
    }
}
