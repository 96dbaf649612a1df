//! By which way a query goes: through the skeleton, or over every block.
//!
//! Both are exact; which is faster depends on how much the boxes let a query skip. That share is
//! counted, not timed, so that the same life takes the same ways again.

use crate::image::{Fixed, image};

/// The way of a query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// Through the skeleton of boxes, skipping what lies far away.
    #[default]
    Skeleton,
    /// Over every block: where boxes overlap too much to skip enough.
    Scan,
}

/// Above the first running share of blocks and nodes read, the skeleton gives way to the scan; below
/// the second it comes back. The gap keeps the two from taking turns. Measured with
/// `minbrain bench recall`.
const BOUNDS: [f32; 2] = [0.4, 0.3];
/// The same for a query among so few blocks that they stay in a core's caches: there are no codes
/// then, and both ways read as fast.
const CACHED_BOUNDS: [f32; 2] = [0.95, 0.85];
const CACHED_BLOCKS: u32 = 512;
/// Weight of the newest query in the running share.
const RATE: f32 = 1.0 / 16.0;
/// While scanning, one query in so many goes through the skeleton to see whether it would pay.
const PROBE_EVERY: u32 = 64;

/// What a query has read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Read {
    /// Blocks of experiences.
    pub(crate) blocks: u32,
    /// Nodes of boxes.
    pub(crate) nodes: u32,
    /// Blocks there were.
    pub(crate) of: u32,
    /// The share of the true neighbours that were found, where that was measured.
    pub(crate) recall: Option<f32>,
    pub(crate) way: Way,
}

impl Read {
    /// This and another one.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { blocks: self.blocks + other.blocks, nodes: self.nodes + other.nodes, ..other }
    }

    /// Work units: one for each block or node.
    pub(crate) fn units(self) -> u32 {
        self.blocks + self.nodes
    }
}

/// Chooses the way, and learns from what queries read.
#[derive(Clone, Debug, Default)]
pub(super) struct Route {
    way: Way,
    share: f32,
    since_probe: u32,
}

impl Route {
    /// The way of the next query.
    pub(super) fn next(&self) -> Way {
        if self.since_probe >= PROBE_EVERY { Way::Skeleton } else { self.way }
    }

    /// The way of most queries, and the running share of blocks and nodes that the skeleton reads.
    pub(super) fn state(&self) -> (Way, f32) {
        (self.way, self.share)
    }

    /// Takes into account what a query read.
    pub(super) fn learn(&mut self, read: Read) {
        self.since_probe += 1;
        if read.way == Way::Scan || read.of == 0 {
            return;
        }
        self.since_probe = 0;
        self.share += RATE * (read.units() as f32 / read.of as f32 - self.share);
        let [give_way, come_back] = if read.of < CACHED_BLOCKS { CACHED_BOUNDS } else { BOUNDS };
        if self.share > give_way {
            self.way = Way::Scan;
        } else if self.share < come_back {
            self.way = Way::Skeleton;
        }
    }
}

impl Fixed for Way {
    const BYTES: usize = 1;
    fn put(self, out: &mut [u8]) {
        (self == Self::Scan).put(out);
    }
    fn get(from: &[u8]) -> Option<Self> {
        bool::get(from).map(|is_scan| if is_scan { Self::Scan } else { Self::Skeleton })
    }
}

image!(Route keeps way share since_probe; not);

#[cfg(test)]
mod tests {
    use super::{PROBE_EVERY, Read, Route, Way};

    fn read(units: u32, route: &Route) -> Read {
        Read { blocks: 10 * units, of: 1_000, way: route.next(), ..Read::default() }
    }

    #[test]
    fn a_query_that_skips_little_makes_the_skeleton_give_way_and_come_back() {
        let mut route = Route::default();
        (0..100).for_each(|_| route.learn(read(90, &route)));
        assert_eq!(route.state().0, Way::Scan);
        let mut probes = 0;
        for _ in 0..100 * PROBE_EVERY {
            probes += u32::from(route.state().0 == Way::Scan && route.next() == Way::Skeleton);
            route.learn(read(5, &route));
        }
        assert_eq!(route.state().0, Way::Skeleton);
        // As many probes as it takes the running share to fall from just above 0.4 to 0.3.
        assert!((3..10).contains(&probes), "{probes}");
    }

    #[test]
    fn shares_between_the_two_bounds_change_nothing() {
        for start in [10, 90] {
            let mut route = Route::default();
            (0..100).for_each(|_| route.learn(read(start, &route)));
            let way = route.state().0;
            (0..10_000).for_each(|_| route.learn(read(35, &route)));
            assert_eq!(route.state().0, way);
        }
    }
}
