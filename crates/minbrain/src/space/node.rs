//! A node of the skeleton: up to 16 children, and the planes that route a key to one of them.

use minbrain_kernels::BOXES;

use crate::image::{Fixed, fixed};

/// What a node leads to: a block, or another node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Child {
    Block(u32),
    Node(u32),
}

/// A cut through space: keys with `key[dim] <= at` lie on its left.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Plane {
    pub(super) dim: u16,
    pub(super) at: f32,
}

impl Plane {
    #[inline]
    pub(super) fn is_left(&self, key: &[f32]) -> bool {
        key[usize::from(self.dim)] <= self.at
    }
}

/// One end of a split: another split, or a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Split(u8),
    Child(u8),
}

/// A plane and what lies on either side of it.
#[derive(Clone, Copy, Debug)]
struct Split {
    plane: Plane,
    left: End,
    right: End,
}

const NO_SPLIT: Split = Split { plane: Plane { dim: 0, at: 0.0 }, left: NOWHERE, right: NOWHERE };

/// Not an end of any split in use.
const NOWHERE: End = End::Child(u8::MAX);

/// Children and a small k-d tree over them. The planes only route insertions: queries go by the
/// children's boxes, which always hold whatever lies below them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    children: [Child; BOXES],
    count: u8,
    splits: [Split; BOXES - 1],
    root: End,
    /// The node above and which of its children this is.
    pub(super) parent: Option<(u32, u8)>,
    /// Insertions and deletions below since the node was built.
    pub(super) changes: u32,
}

impl Node {
    /// A node with one child.
    pub(super) fn new(child: Child) -> Self {
        Self {
            children: [child; BOXES],
            count: 1,
            splits: [NO_SPLIT; BOXES - 1],
            root: End::Child(0),
            parent: None,
            changes: 0,
        }
    }

    pub(super) fn children(&self) -> &[Child] {
        &self.children[..usize::from(self.count)]
    }

    pub(super) fn is_full(&self) -> bool {
        usize::from(self.count) == BOXES
    }

    /// Something below was inserted or deleted.
    pub(super) fn age(&mut self) {
        self.changes = self.changes.saturating_add(1).min(u32::MAX - 1);
    }

    pub(super) fn set_child(&mut self, at: u8, child: Child) {
        self.children[usize::from(at)] = child;
    }

    /// The planes, in no order.
    pub(super) fn planes(&self) -> impl Iterator<Item = Plane> + '_ {
        self.splits[..self.children().len() - 1].iter().map(|split| split.plane)
    }

    /// Which child `key` belongs to.
    #[inline]
    pub(super) fn route(&self, key: &[f32]) -> u8 {
        let mut end = self.root;
        loop {
            match end {
                End::Child(child) => return child,
                End::Split(split) => {
                    let Split { plane, left, right } = self.splits[usize::from(split)];
                    end = if plane.is_left(key) { left } else { right };
                }
            }
        }
    }

    /// Cuts `old` by `plane`: it stays on one side, and the new child comes to the other. Returns
    /// the new child's place. The node must not be full.
    pub(super) fn cut(&mut self, old: u8, plane: Plane, new: Child, new_is: Side) -> u8 {
        let (added, split) = (self.count, self.count - 1);
        let (left, right) = match new_is {
            Side::Left => (End::Child(added), End::Child(old)),
            Side::Right => (End::Child(old), End::Child(added)),
        };
        self.replace(End::Child(old), End::Split(split));
        self.splits[usize::from(split)] = Split { plane, left, right };
        self.children[usize::from(added)] = new;
        self.count += 1;
        added
    }

    /// Takes a child out; the last one moves into its place. At least one must stay. Returns the
    /// place that the moved child came from.
    pub(super) fn remove(&mut self, child: u8) -> u8 {
        let last = self.count - 1;
        if let Some((split, sibling)) = self.sibling(child) {
            self.replace(End::Split(split), sibling);
            // What the split led to has moved up: nothing below may find it here.
            self.splits[usize::from(split)] = NO_SPLIT;
            let last_split = last - 1;
            if split != last_split {
                self.replace(End::Split(last_split), End::Split(split));
                self.splits[usize::from(split)] = self.splits[usize::from(last_split)];
            }
        }
        self.count = last;
        if child != last {
            self.replace(End::Child(last), End::Child(child));
            self.children[usize::from(child)] = self.children[usize::from(last)];
        }
        last
    }

    /// The split right above a child, and what lies on its other side.
    pub(super) fn sibling(&self, child: u8) -> Option<(u8, End)> {
        let end = End::Child(child);
        let splits = self.splits[..self.children().len() - 1].iter().enumerate();
        splits.map(|(at, split)| (at as u8, split)).find_map(|(at, split)| {
            (split.left == end)
                .then_some((at, split.right))
                .or((split.right == end).then_some((at, split.left)))
        })
    }

    /// The plane of a split, and on which of its sides a child lies right below it.
    pub(super) fn plane(&self, split: u8, child: u8) -> (Plane, Side) {
        let Split { plane, left, .. } = self.splits[usize::from(split)];
        (plane, if left == End::Child(child) { Side::Left } else { Side::Right })
    }

    /// Moves the plane of a split along its dimension.
    pub(super) fn move_plane(&mut self, split: u8, at: f32) {
        self.splits[usize::from(split)].plane.at = at;
    }

    /// Makes whatever led to `from` lead to `to`.
    fn replace(&mut self, from: End, to: End) {
        let splits = &mut self.splits[..usize::from(self.count) - 1];
        let ends = splits.iter_mut().flat_map(|split| [&mut split.left, &mut split.right]);
        for end in ends.chain([&mut self.root]) {
            if *end == from {
                *end = to;
                return;
            }
        }
    }

    /// The same planes over only those children whose bit is set in `keep`, which stay in their
    /// order. `parent` is the new node's.
    pub(super) fn pruned(&self, keep: u16, parent: Option<(u32, u8)>) -> Self {
        let mut made = Self { count: 0, parent, changes: 0, ..*self };
        for at in (0..BOXES).filter(|at| keep >> at & 1 == 1) {
            made.children[usize::from(made.count)] = self.children[at];
            made.count += 1;
        }
        let mut splits = 0;
        if let Some(root) = self.prune(self.root, keep, &mut made, &mut splits) {
            made.root = root;
        }
        made
    }

    /// Copies the splits below `end`; recursion is at most 15 deep.
    fn prune(&self, end: End, keep: u16, to: &mut Self, splits: &mut u8) -> Option<End> {
        match end {
            End::Child(child) if keep >> child & 1 == 0 => None,
            End::Child(child) => {
                let before = keep & ((1 << child) - 1);
                Some(End::Child(before.count_ones() as u8))
            }
            End::Split(split) => {
                let Split { plane, left, right } = self.splits[usize::from(split)];
                let left = self.prune(left, keep, to, splits);
                let right = self.prune(right, keep, to, splits);
                let (Some(left), Some(right)) = (left, right) else { return left.or(right) };
                to.splits[usize::from(*splits)] = Split { plane, left, right };
                *splits += 1;
                Some(End::Split(*splits - 1))
            }
        }
    }
}

/// A side of a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

impl Fixed for Child {
    const BYTES: usize = <(bool, u32)>::BYTES;
    fn put(self, out: &mut [u8]) {
        match self {
            Self::Block(block) => (false, block).put(out),
            Self::Node(node) => (true, node).put(out),
        }
    }
    fn get(from: &[u8]) -> Option<Self> {
        let (is_node, at) = Fixed::get(from)?;
        Some(if is_node { Self::Node(at) } else { Self::Block(at) })
    }
}

impl Fixed for End {
    const BYTES: usize = <(bool, u8)>::BYTES;
    fn put(self, out: &mut [u8]) {
        match self {
            Self::Split(split) => (true, split).put(out),
            Self::Child(child) => (false, child).put(out),
        }
    }
    fn get(from: &[u8]) -> Option<Self> {
        let (is_split, at) = Fixed::get(from)?;
        Some(if is_split { Self::Split(at) } else { Self::Child(at) })
    }
}

/// Where a node hangs.
type Home = Option<(u32, u8)>;

fixed!(Plane { dim: u16, at: f32 });
fixed!(Split { plane: Plane, left: End, right: End });
fixed!(Node {
    children: [Child; BOXES],
    count: u8,
    splits: [Split; BOXES - 1],
    root: End,
    parent: Home,
    changes: u32
});

impl Node {
    /// Whether the planes, which cut so many dimensions, lead to each child once.
    pub(super) fn is_sound(&self, dims: usize) -> bool {
        let count = usize::from(self.count);
        if !(1..=BOXES).contains(&count) {
            return false;
        }
        let (mut splits, mut children) = ([false; BOXES], [false; BOXES]);
        let mut open = vec![self.root];
        while let Some(end) = open.pop() {
            let (met, at, of) = match end {
                End::Split(at) => (&mut splits, usize::from(at), count - 1),
                End::Child(at) => (&mut children, usize::from(at), count),
            };
            if at >= of || std::mem::replace(&mut met[at], true) {
                return false;
            }
            if let End::Split(split) = end {
                let Split { plane, left, right } = self.splits[usize::from(split)];
                open.extend([left, right]);
                if usize::from(plane.dim) >= dims {
                    return false;
                }
            }
        }
        children[..count].iter().all(|&met| met)
    }
}
