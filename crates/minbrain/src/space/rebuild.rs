//! Rebuilding what has aged: under many insertions and deletions blocks thin out and their boxes
//! overlap. A node above blocks is built afresh from its keys, one at a time, in idle time.

use minbrain_kernels::{BOXES, LANES};

use crate::space::blocks::Blocks;
use crate::space::node::{Child, End, Node, Plane, Side};
use crate::space::skeleton::Skeleton;

/// A node is due once so many insertions and deletions passed it for each of its blocks.
const CHANGES_PER_BLOCK: usize = 24;
/// Blocks are filled with about so many keys: room for the next ones, and few enough blocks.
const FILL: usize = 56;
/// A node is due, too, once its keys fit into so many blocks fewer.
const SPARED_BLOCKS: usize = 2;

/// Sibling nodes become one when they need at most so many blocks together.
const MERGED_CHILDREN: usize = 12;

/// The keys of the node that is being rebuilt.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    rows: usize,
    slots: Vec<u32>,
    /// One row of values for each slot.
    values: Vec<f32>,
    /// The order in which they are laid down, as places in the two above.
    order: Vec<u32>,
}

impl Keys {
    /// Room for the keys of a full node.
    pub(super) fn new(rows: usize) -> Self {
        Self {
            rows,
            slots: Vec::with_capacity(BOXES * LANES),
            values: Vec::with_capacity(BOXES * LANES * rows),
            order: Vec::with_capacity(BOXES * LANES),
        }
    }

    /// Empties a block and takes its keys.
    fn take(&mut self, block: u32, blocks: &mut Blocks) {
        for lane in 0..blocks.count(block) {
            self.order.push(self.slots.len() as u32);
            self.slots.push(blocks.tenants(block)[lane]);
            self.values.extend(blocks.rows(block).iter().map(|row| row.0[lane]));
        }
        blocks.clear(block);
    }

    fn value(&self, key: u32, dim: usize) -> f32 {
        self.values[key as usize * self.rows + dim]
    }

    /// The dimension of the largest weighted variance among some keys.
    fn widest(&self, keys: &[u32], weights: &[f32]) -> usize {
        let spread = |dim: usize| {
            let values = || keys.iter().map(|&key| self.value(key, dim));
            let mean = values().sum::<f32>() / keys.len() as f32;
            weights[dim] * values().map(|v| (v - mean) * (v - mean)).sum::<f32>()
        };
        let spreads = (0..weights.len()).map(|dim| (dim, spread(dim)));
        spreads.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(dim, _)| dim)
    }

    /// Sorts a stretch of the order along `dim`, and finds where to cut it in two of which the
    /// left takes `share` of `blocks` blocks: between distinct values if any are near.
    fn cut(&mut self, (from, to): (usize, usize), dim: usize, left: usize, right: usize) -> usize {
        let Self { rows, values, order, .. } = self;
        let value = |key: u32| values[key as usize * *rows + dim];
        order[from..to].sort_unstable_by(|&a, &b| value(a).total_cmp(&value(b)).then(a.cmp(&b)));
        let count = to - from;
        let wanted = count * left / (left + right);
        let fits = |at: usize| at <= left * LANES && count - at <= right * LANES;
        let is_distinct = |at: usize| value(order[from + at - 1]) < value(order[from + at]);
        let near = (1..count).filter(|&at| at.abs_diff(wanted) <= count / 4 && fits(at));
        from + near
            .filter(|&at| is_distinct(at))
            .min_by_key(|&at| at.abs_diff(wanted))
            .unwrap_or(wanted)
    }
}

impl Skeleton {
    /// Rebuilds `node` if it lies right above blocks and has aged. Returns the number of blocks that
    /// were read and written.
    pub(super) fn rebuild_aged(
        &mut self,
        node: u32,
        blocks: &mut Blocks,
        weights: &[f32],
        keys: &mut Keys,
    ) -> u32 {
        let children = self.node(node).children();
        let Some(&Child::Block(first)) = children.first() else { return 0 };
        let part = blocks.part(first);
        let before = children.len();
        let keys_of = |child: &Child| match *child {
            Child::Block(block) => blocks.count(block),
            Child::Node(_) => 0,
        };
        let count: usize = children.iter().map(keys_of).sum();
        let wanted = count.div_ceil(FILL).min(BOXES);
        let has_aged = self.node(node).changes as usize > CHANGES_PER_BLOCK * before;
        let is_thin = wanted + SPARED_BLOCKS <= before;
        if self.is_spare(node) {
            return 0;
        }
        let sibling = self.sparse_sibling(node, wanted);
        if !(has_aged || is_thin || sibling.is_some()) {
            return 0;
        }
        keys.slots.clear();
        keys.values.clear();
        keys.order.clear();
        for node in [Some(node), sibling].into_iter().flatten() {
            for at in 0..self.node(node).children().len() {
                if let Child::Block(block) = self.node(node).children()[at] {
                    keys.take(block, blocks);
                    blocks.release(block);
                }
            }
        }
        if let Some(sibling) = sibling {
            self.unhang(Child::Node(sibling), part);
            self.retire(sibling);
        }
        let wanted = keys.slots.len().div_ceil(FILL).min(BOXES);
        let start = self.take_block(part, blocks);
        let parent = self.node(node).parent;
        self.nodes[node as usize] = Node::new(Child::Block(start));
        self.nodes[node as usize].parent = parent;
        self.settle(Child::Block(start), (node, 0));
        self.lay((node, start), (0, keys.slots.len()), wanted, (blocks, weights, keys));
        self.collapse(node, part);
        (before + wanted) as u32
    }

    /// The node beside one that wants so many blocks, if both together fit into one with room to
    /// spare: where the world has moved on, nodes are left with few children.
    fn sparse_sibling(&self, node: u32, wanted: usize) -> Option<u32> {
        let (parent, at) = self.node(node).parent?;
        let (_, End::Child(beside)) = self.node(parent).sibling(at)? else { return None };
        let Child::Node(sibling) = self.node(parent).children()[usize::from(beside)] else {
            return None;
        };
        (wanted + self.node(sibling).children().len() <= MERGED_CHILDREN).then_some(sibling)
    }

    /// Lays the keys of a stretch down in `wanted` blocks, of which `block` is the first; recursion
    /// is at most four deep.
    fn lay(
        &mut self,
        (node, block): (u32, u32),
        (from, to): (usize, usize),
        wanted: usize,
        (blocks, weights, keys): (&mut Blocks, &[f32], &mut Keys),
    ) {
        if wanted == 1 {
            for at in from..to {
                let key = keys.order[at] as usize;
                let row = &keys.values[key * keys.rows..][..keys.rows];
                blocks.push(block, keys.slots[key], row.iter().copied());
            }
            return self.measure_block(block, blocks);
        }
        let (left, right) = (wanted / 2, wanted - wanted / 2);
        let dim = keys.widest(&keys.order[from..to], weights);
        let middle = keys.cut((from, to), dim, left, right);
        let plane = Plane { dim: dim as u16, at: keys.value(keys.order[middle - 1], dim) };
        let new = self.take_block(blocks.part(block), blocks);
        self.hang(Child::Block(block), Child::Block(new), (plane, Side::Right), blocks.part(block));
        self.lay((node, block), (from, middle), left, (blocks, weights, keys));
        self.lay((node, new), (middle, to), right, (blocks, weights, keys));
    }
}
