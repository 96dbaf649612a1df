//! The skeleton: nodes of 16 boxes over the blocks of each part, so that a query skips what lies
//! far away.
//!
//! It grows like a B-tree: a full block is cut in two, a full node is cut in two and the cut moves
//! up, so all blocks of a part lie equally deep. Insertions are routed by k-d planes, which
//! measured far better boxes than choosing the box that grows least. Deletions shrink boxes at
//! once, merge siblings early, and leave the rest to [`rebuild`](super::rebuild) in idle time.

use std::collections::TryReserveError;

use minbrain_kernels::{BOXES, Boxes, LANES};

use crate::image::image;
use crate::space::blocks::Blocks;
use crate::space::cut;
use crate::space::node::{Child, End, Node, Plane, Side};

/// Sibling blocks merge when they hold at most so many together: early, so that blocks stay filled,
/// and far enough from full that the next insertions do not cut them again.
const MERGE_AT: usize = 48;
/// A sibling with room for fewer keys than this takes none of a full block's: it would soon be full
/// itself.
const LEAST_ROOM: usize = 16;
/// Least children on either side of a cut through a full node.
const LEAST_SIDE: u32 = 5;

/// Where a block or node hangs: which node, and which of its children.
type Home = (u32, u8);

/// The nodes of all parts.
#[derive(Clone, Debug)]
pub(super) struct Skeleton {
    dims: usize,
    pub(super) nodes: Vec<Node>,
    /// `dims` rows per node.
    boxes: Vec<Boxes>,
    /// The lowest slot below each child, or one that is lower still.
    lowest: Vec<[u32; BOXES]>,
    pub(super) spare: Vec<u32>,
    /// Where each block hangs; `None` for a root.
    homes: Vec<Option<Home>>,
    /// What each part starts from.
    roots: Vec<Option<Child>>,
    /// Scratch: the boxes of a node that is being cut.
    cut_boxes: Vec<Boxes>,
}

impl Skeleton {
    pub(super) fn new(dims: usize, parts: usize, blocks: usize) -> Result<Self, TryReserveError> {
        let nodes = blocks / 4 + 2 * parts;
        let mut made = Self {
            dims,
            nodes: Vec::new(),
            boxes: Vec::new(),
            lowest: Vec::new(),
            spare: Vec::new(),
            homes: Vec::new(),
            roots: vec![None; parts],
            cut_boxes: Vec::with_capacity(dims),
        };
        made.nodes.try_reserve_exact(nodes)?;
        made.boxes.try_reserve_exact(nodes * dims)?;
        made.lowest.try_reserve_exact(nodes)?;
        made.spare.try_reserve_exact(nodes)?;
        made.homes.try_reserve_exact(blocks)?;
        Ok(made)
    }

    /// Bytes of the nodes in use.
    pub(super) fn bytes(&self) -> usize {
        (self.nodes.len() - self.spare.len()) * self.node_bytes()
    }

    /// Bytes of one node and its boxes.
    pub(super) fn node_bytes(&self) -> usize {
        size_of::<Node>() + self.dims * size_of::<Boxes>() + size_of::<[u32; BOXES]>()
    }

    pub(super) fn root(&self, part: usize) -> Option<Child> {
        self.roots[part]
    }

    #[inline]
    pub(super) fn node(&self, node: u32) -> &Node {
        &self.nodes[node as usize]
    }

    /// The boxes of a node's children, one row per dimension.
    #[inline]
    pub(super) fn boxes(&self, node: u32) -> &[Boxes] {
        &self.boxes[node as usize * self.dims..][..self.dims]
    }

    /// For each child of a node, no slot below it is lower.
    #[inline]
    pub(super) fn lowest_slots(&self, node: u32) -> &[u32; BOXES] {
        &self.lowest[node as usize]
    }

    fn boxes_mut(&mut self, node: u32) -> &mut [Boxes] {
        &mut self.boxes[node as usize * self.dims..][..self.dims]
    }

    /// The block in which `key` of `slot` belongs; boxes on the way grow to hold it.
    pub(super) fn descend(
        &mut self,
        part: usize,
        (slot, key): (u32, &[f32]),
        blocks: &mut Blocks,
    ) -> u32 {
        let mut child = match self.roots[part] {
            Some(root) => root,
            None => {
                let block = self.take_block(part, blocks);
                self.roots[part] = Some(Child::Block(block));
                return block;
            }
        };
        loop {
            match child {
                Child::Block(block) => return block,
                Child::Node(node) => {
                    self.nodes[node as usize].age();
                    let at = self.node(node).route(key);
                    self.widen((node, at), (slot, key));
                    child = self.node(node).children()[usize::from(at)];
                }
            }
        }
    }

    /// The block in which `key` would belong.
    pub(super) fn nearest_block(&self, part: usize, key: &[f32]) -> Option<u32> {
        let mut child = self.roots[part]?;
        loop {
            match child {
                Child::Block(block) => return Some(block),
                Child::Node(node) => {
                    let node = self.node(node);
                    child = node.children()[usize::from(node.route(key))];
                }
            }
        }
    }

    pub(super) fn take_block(&mut self, part: usize, blocks: &mut Blocks) -> u32 {
        let block = blocks.take(part);
        if self.homes.len() <= block as usize {
            self.homes.push(None);
        }
        self.homes[block as usize] = None;
        block
    }

    /// Makes room for `key` in a full block: its sibling takes some of its keys if that has room for
    /// them, else it is cut in two. Returns the block that now has room for `key`.
    pub(super) fn make_room(
        &mut self,
        block: u32,
        (part, key): (usize, &[f32]),
        blocks: &mut Blocks,
        weights: &[f32],
    ) -> u32 {
        let shared = self.share(block, key, blocks);
        shared.unwrap_or_else(|| self.split_block(block, (part, key), blocks, weights))
    }

    /// Moves keys of a full block over to its sibling, and the plane between the two along: to where
    /// both hold about as many. `None` if there is no sibling with room, or no distinct value to cut
    /// at.
    fn share(&mut self, block: u32, key: &[f32], blocks: &mut Blocks) -> Option<u32> {
        let (node, at) = self.homes[block as usize]?;
        let sibling = self.sibling_block(node, at)?;
        let room = LANES - blocks.count(sibling);
        if room < LEAST_ROOM {
            return None;
        }
        let (split, _) = self.node(node).sibling(at)?;
        let (plane, side) = self.node(node).plane(split, at);
        let left = if side == Side::Left { LANES - room / 2 } else { room / 2 };
        let row = &blocks.rows(block)[usize::from(plane.dim)];
        let at = cut::near(row, plane.dim, (left, room / 4))?.at;
        for lane in (0..LANES).rev() {
            let is_left = blocks.rows(block)[usize::from(plane.dim)].0[lane] <= at;
            if is_left != (side == Side::Left) {
                blocks.move_lane(block, lane, sibling);
            }
        }
        self.nodes[node as usize].move_plane(split, at);
        self.measure_block(block, blocks);
        self.measure_block(sibling, blocks);
        let stays = (key[usize::from(plane.dim)] <= at) == (side == Side::Left);
        Some(if stays { block } else { sibling })
    }

    /// Cuts a full block in two, by a plane through its keys; if they are all the same, the new block
    /// is empty. Returns the block that now has room for `key`.
    fn split_block(
        &mut self,
        block: u32,
        (part, key): (usize, &[f32]),
        blocks: &mut Blocks,
        weights: &[f32],
    ) -> u32 {
        let rows = &blocks.rows(block)[..self.dims];
        let through = cut::through_block(rows, weights, LANES).map(|plane| (plane, Side::Right));
        let (plane, side) = through.unwrap_or_else(|| cut::beside_block(rows, key));
        let new = self.take_block(part, blocks);
        for lane in (0..LANES).rev().filter(|_| through.is_some()) {
            if blocks.rows(block)[usize::from(plane.dim)].0[lane] > plane.at {
                blocks.move_lane(block, lane, new);
            }
        }
        self.hang(Child::Block(block), Child::Block(new), (plane, side), part);
        self.measure_block(block, blocks);
        self.measure_block(new, blocks);
        if plane.is_left(key) == (side == Side::Left) { new } else { block }
    }

    /// Makes all boxes above `block` hold `key` of `slot`.
    pub(super) fn grow(&mut self, block: u32, (slot, key): (u32, &[f32])) {
        let mut home = self.homes[block as usize];
        while let Some((node, at)) = home {
            self.widen((node, at), (slot, key));
            home = self.node(node).parent;
        }
    }

    fn widen(&mut self, (node, at): Home, (slot, key): (u32, &[f32])) {
        let at = usize::from(at);
        let lowest = &mut self.lowest[node as usize][at];
        *lowest = slot.min(*lowest);
        for (ends, &value) in self.boxes_mut(node).iter_mut().zip(key) {
            ends.low[at] = ends.low[at].min(value);
            ends.high[at] = ends.high[at].max(value);
        }
    }

    /// Hangs `new` beside `old`, on the given side of a plane; makes room above if there is none.
    pub(super) fn hang(
        &mut self,
        old: Child,
        new: Child,
        (plane, side): (Plane, Side),
        part: usize,
    ) {
        let (node, at) = match self.home(old) {
            Some((node, _)) if self.node(node).is_full() => {
                self.split_node(node, part);
                return self.hang(old, new, (plane, side), part);
            }
            Some(home) => home,
            None => {
                let node = self.take_node(Node::new(old));
                self.roots[part] = Some(Child::Node(node));
                self.settle(old, (node, 0));
                (node, 0)
            }
        };
        let added = self.nodes[node as usize].cut(at, plane, new, side);
        self.settle(new, (node, added));
    }

    fn take_node(&mut self, made: Node) -> u32 {
        if let Some(node) = self.spare.pop() {
            self.nodes[node as usize] = made;
            self.boxes_mut(node).fill(Boxes::EMPTY);
            self.lowest[node as usize].fill(u32::MAX);
            return node;
        }
        self.nodes.push(made);
        self.lowest.push([u32::MAX; BOXES]);
        self.boxes.extend(std::iter::repeat_n(Boxes::EMPTY, self.dims));
        self.nodes.len() as u32 - 1
    }

    pub(super) fn home(&self, child: Child) -> Option<Home> {
        match child {
            Child::Block(block) => self.homes[block as usize],
            Child::Node(node) => self.node(node).parent,
        }
    }

    pub(super) fn settle(&mut self, child: Child, home: Home) {
        match child {
            Child::Block(block) => self.homes[block as usize] = Some(home),
            Child::Node(node) => self.nodes[node as usize].parent = Some(home),
        }
        self.nodes[home.0 as usize].set_child(home.1, child);
    }

    /// Cuts a full node in two and hangs the halves in its place.
    fn split_node(&mut self, node: u32, part: usize) {
        let (plane, left) = self.plane_through(node);
        let whole = *self.node(node);
        let mut boxes = std::mem::take(&mut self.cut_boxes);
        boxes.clear();
        boxes.extend_from_slice(self.boxes(node));
        let lowest = *self.lowest_slots(node);
        let new = self.take_node(whole.pruned(!left, None));
        self.nodes[node as usize] = whole.pruned(left, whole.parent);
        for (half, keep) in [(node, left), (new, !left)] {
            let kept = (0..BOXES).filter(|at| keep >> at & 1 == 1);
            for (to, from) in kept.enumerate() {
                self.lowest[half as usize][to] = lowest[from];
                for (ends, old) in self.boxes_mut(half).iter_mut().zip(&boxes) {
                    ends.low[to] = old.low[from];
                    ends.high[to] = old.high[from];
                }
            }
            for at in 0..self.node(half).children().len() {
                self.settle(self.node(half).children()[at], (half, at as u8));
            }
        }
        self.cut_boxes = boxes;
        self.hang(Child::Node(node), Child::Node(new), (plane, Side::Right), part);
        self.measure_node(node);
        self.measure_node(new);
    }

    /// The plane that parts a full node's children best, and the children on its left: balanced,
    /// with few boxes that reach across. One of the planes in the node, or, where none is balanced,
    /// one through the middle.
    fn plane_through(&self, node: u32) -> (Plane, u16) {
        let sides = |plane: Plane| {
            let ends = &self.boxes(node)[usize::from(plane.dim)];
            let (mut left, mut across) = (0_u16, 0);
            for at in 0..BOXES {
                let is_left = 0.5 * ends.low[at] + 0.5 * ends.high[at] <= plane.at;
                left |= u16::from(is_left) << at;
                across += u32::from(ends.low[at] <= plane.at && plane.at < ends.high[at]);
            }
            (left, across)
        };
        let known = self.node(node).planes().map(|plane| (plane, sides(plane)));
        let balanced = |left: u16| left.count_ones().min(left.count_zeros());
        let best = known
            .filter(|(_, (left, _))| balanced(*left) >= LEAST_SIDE)
            .min_by_key(|(_, (left, across))| (2 * across) as i32 - balanced(*left) as i32);
        best.map_or_else(|| self.plane_through_middle(node), |(plane, (left, _))| (plane, left))
    }

    /// A plane across the dimension in which the boxes' centres differ most, with eight of them on
    /// its left; boxes that all lie in one place are parted by their number.
    fn plane_through_middle(&self, node: u32) -> (Plane, u16) {
        let centre = |ends: &Boxes, at: usize| 0.5 * ends.low[at] + 0.5 * ends.high[at];
        let spread = |ends: &Boxes| {
            let centres = (0..BOXES).map(|at| centre(ends, at));
            let (low, high) = centres.fold((f32::MAX, f32::MIN), |(l, h), c| (l.min(c), h.max(c)));
            let width: f32 = (0..BOXES).map(|at| ends.high[at] - ends.low[at]).sum();
            (high - low) / (width + (high - low) + f32::MIN_POSITIVE)
        };
        let boxes = self.boxes(node).iter().enumerate();
        let widest = boxes.max_by(|a, b| spread(a.1).total_cmp(&spread(b.1)));
        let (dim, ends) = widest.map_or((0, &Boxes::EMPTY), |(dim, ends)| (dim, ends));
        let mut order: [usize; BOXES] = std::array::from_fn(|at| at);
        order.sort_by(|&a, &b| centre(ends, a).total_cmp(&centre(ends, b)).then(a.cmp(&b)));
        let left = order[..BOXES / 2].iter().fold(0, |left, at| left | 1 << at);
        (Plane { dim: dim as u16, at: centre(ends, order[BOXES / 2 - 1]) }, left)
    }

    /// Measures the box of a block anew, and those above it as far as they change.
    pub(super) fn measure_block(&mut self, block: u32, blocks: &Blocks) {
        let Some((node, at)) = self.homes[block as usize] else { return };
        let count = blocks.count(block);
        let at = usize::from(at);
        for dim in 0..self.dims {
            let (low, high) = ends(&blocks.rows(block)[dim].0[..count]);
            let row = &mut self.boxes_mut(node)[dim];
            (row.low[at], row.high[at]) = (low, high);
        }
        self.lowest[node as usize][at] = blocks.lowest_slot(block);
        self.measure_node(node);
    }

    /// Measures the box of a node in its parent anew, and those above it as far as they change.
    fn measure_node(&mut self, node: u32) {
        let mut node = node;
        while let Some((parent, at)) = self.node(node).parent {
            let (count, at) = (self.node(node).children().len(), usize::from(at));
            let mut has_changed = false;
            for dim in 0..self.dims {
                let below = &self.boxes(node)[dim];
                let (low, high) = (lowest(&below.low[..count]), highest(&below.high[..count]));
                let row = &mut self.boxes_mut(parent)[dim];
                has_changed |= row.low[at] != low || row.high[at] != high;
                (row.low[at], row.high[at]) = (low, high);
            }
            let lowest = self.lowest_below(node);
            has_changed |= self.lowest[parent as usize][at] != lowest;
            self.lowest[parent as usize][at] = lowest;
            if !has_changed {
                return;
            }
            node = parent;
        }
    }

    /// The lowest slot below a node.
    fn lowest_below(&self, node: u32) -> u32 {
        let count = self.node(node).children().len();
        self.lowest_slots(node)[..count].iter().copied().fold(u32::MAX, u32::min)
    }

    /// `key` of `slot` left `block`: shrinks boxes if it lay on their surface, merges the block with
    /// its sibling, drops it if it is empty.
    pub(super) fn shrink(
        &mut self,
        block: u32,
        part: usize,
        (slot, key): (u32, &[f32]),
        blocks: &mut Blocks,
    ) {
        let Some((node, at)) = self.homes[block as usize] else {
            if blocks.count(block) == 0 {
                self.roots[part] = None;
                blocks.release(block);
            }
            return;
        };
        self.nodes[node as usize].age();
        if blocks.count(block) == 0 {
            self.unhang(Child::Block(block), part);
            blocks.release(block);
            return;
        }
        if let Some(sibling) = self.sibling_block(node, at)
            && blocks.count(block) + blocks.count(sibling) <= MERGE_AT
        {
            while blocks.count(block) > 0 {
                blocks.move_last(block, sibling);
            }
            self.unhang(Child::Block(block), part);
            blocks.release(block);
            return self.measure_block(sibling, blocks);
        }
        let place = usize::from(at);
        for (dim, &value) in key.iter().enumerate() {
            let around = &self.boxes(node)[dim];
            if around.low[place] == value || around.high[place] == value {
                let around = ends(&blocks.rows(block)[dim].0[..blocks.count(block)]);
                self.narrow((node, at), dim, around);
            }
        }
        if self.lowest_slots(node)[place] == slot {
            self.raise((node, at), blocks.lowest_slot(block));
        }
    }

    /// Sets the lowest slot below a child, and those above as far as they change.
    fn raise(&mut self, (mut node, mut at): Home, mut lowest: u32) {
        loop {
            let place = &mut self.lowest[node as usize][usize::from(at)];
            if std::mem::replace(place, lowest) == lowest {
                return;
            }
            lowest = self.lowest_below(node);
            let Some(home) = self.node(node).parent else { return };
            (node, at) = home;
        }
    }

    /// Sets from where to where a box reaches in one dimension, and the boxes above it as far as they
    /// change.
    fn narrow(&mut self, (mut node, mut at): Home, dim: usize, (mut low, mut high): (f32, f32)) {
        loop {
            let count = self.node(node).children().len();
            let around = &mut self.boxes_mut(node)[dim];
            let at_before = usize::from(at);
            if (around.low[at_before], around.high[at_before]) == (low, high) {
                return;
            }
            (around.low[at_before], around.high[at_before]) = (low, high);
            (low, high) = (lowest(&around.low[..count]), highest(&around.high[..count]));
            let Some(home) = self.node(node).parent else { return };
            (node, at) = home;
        }
    }

    fn sibling_block(&self, node: u32, at: u8) -> Option<u32> {
        let (_, End::Child(sibling)) = self.node(node).sibling(at)? else { return None };
        match self.node(node).children()[usize::from(sibling)] {
            Child::Block(block) => Some(block),
            Child::Node(_) => None,
        }
    }

    /// Takes `child` out of the tree; nodes that become empty go with it, and a root with a single
    /// child gives way to it.
    pub(super) fn unhang(&mut self, child: Child, part: usize) {
        let Some((node, at)) = self.home(child) else {
            self.roots[part] = None;
            return;
        };
        if self.node(node).children().len() == 1 {
            self.unhang(Child::Node(node), part);
            return self.retire(node);
        }
        let moved_from = self.nodes[node as usize].remove(at);
        for ends in self.boxes_mut(node) {
            let (to, from) = (usize::from(at), usize::from(moved_from));
            (ends.low[to], ends.high[to]) = (ends.low[from], ends.high[from]);
        }
        let lowest = &mut self.lowest[node as usize];
        lowest[usize::from(at)] = lowest[usize::from(moved_from)];
        if moved_from != at {
            self.settle(self.node(node).children()[usize::from(at)], (node, at));
        }
        self.measure_node(node);
        self.collapse(node, part);
    }

    /// A root with a single child gives way to it.
    pub(super) fn collapse(&mut self, node: u32, part: usize) {
        if let ([only], None) = (self.node(node).children(), self.node(node).parent) {
            let only = *only;
            self.roots[part] = Some(only);
            match only {
                Child::Block(block) => self.homes[block as usize] = None,
                Child::Node(below) => self.nodes[below as usize].parent = None,
            }
            self.retire(node);
        }
    }

    pub(super) fn retire(&mut self, node: u32) {
        self.nodes[node as usize].changes = RETIRED;
        self.spare.push(node);
    }

    /// Whether a node is in use.
    pub(super) fn is_spare(&self, node: u32) -> bool {
        self.node(node).changes == RETIRED
    }
}

/// Marks a node that nobody uses.
const RETIRED: u32 = u32::MAX;

/// The lowest and the highest of some values.
fn ends(values: &[f32]) -> (f32, f32) {
    (lowest(values), highest(values))
}

fn lowest(values: &[f32]) -> f32 {
    fold(values, f32::INFINITY, |a, b| if b < a { b } else { a })
}

fn highest(values: &[f32]) -> f32 {
    fold(values, f32::NEG_INFINITY, |a, b| if b > a { b } else { a })
}

/// Folds values eight side by side, so that the compiler makes vectors of them.
fn fold(values: &[f32], start: f32, take: impl Fn(f32, f32) -> f32) -> f32 {
    let mut sides = [start; 8];
    let mut groups = values.chunks_exact(8);
    for group in groups.by_ref() {
        for (side, &value) in sides.iter_mut().zip(group) {
            *side = take(*side, value);
        }
    }
    sides.iter().chain(groups.remainder()).fold(start, |so_far, &value| take(so_far, value))
}

image!(Skeleton keeps nodes boxes lowest spare homes roots; not dims cut_boxes);

impl Skeleton {
    /// Whether there is a row of boxes for each dimension of each node, a row of slots for each node,
    /// and a home for each block.
    pub(super) fn has_its_rows(&self, blocks: usize) -> bool {
        let nodes = self.nodes.len();
        self.boxes.len() == nodes * self.dims
            && self.lowest.len() == nodes
            && self.homes.len() == blocks
    }
}
