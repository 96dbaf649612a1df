//! The answer by reading every block, or its codes where those rule it out.

use minbrain_kernels::{LANES, Lanes, Probe, Sieve, TopK, first_lanes};

use crate::limits::{MAX_DISCRETE_ACTIONS, MAX_SENSORS};
use crate::metric::Metric;
use crate::space::route::{Read, Way};
use crate::space::search::Search;
use crate::space::{Among, BATCH, Space, norm};

/// One query on its way over the blocks.
pub(super) struct Scan<'a> {
    space: &'a Space,
    search: Search<'a>,
    among: Among,
    /// The sensors at length 1, for the cosine metric.
    direction: [f32; MAX_SENSORS],
    sieve: Option<Sieve>,
    /// The bound on distances, and the limit on codes that follows from it.
    limit: (f32, u32),
    /// The block of each part where the query itself would lie: read first, since it makes the bound
    /// sharp.
    homes: [u32; MAX_DISCRETE_ACTIONS],
    distances: Lanes,
    read: Read,
}

const NOWHERE: u32 = u32::MAX;

impl<'a> Scan<'a> {
    /// A query that has read nothing yet.
    pub(super) fn new(space: &'a Space, search: Search<'a>, among: Among) -> Self {
        let is_cosine = space.metric == Metric::Cosine;
        Self {
            space,
            search,
            among,
            direction: if is_cosine { space.direction(search.probe.key) } else { [0.0; _] },
            sieve: if is_cosine { None } else { space.blocks.coarse().sieve(search.probe) },
            limit: (f32::INFINITY, u32::MAX),
            homes: [NOWHERE; _],
            distances: Lanes::ZERO,
            read: Read { way: Way::Scan, ..Read::default() },
        }
    }

    /// Reads all blocks.
    pub(super) fn run(mut self, found: &mut TopK) -> Read {
        self.begin(found);
        (0..self.space.blocks.len() as u32).for_each(|block| self.visit(block, found));
        self.read
    }

    /// Where there are codes, reads what is probably nearest.
    fn begin(&mut self, found: &mut TopK) {
        if self.sieve.is_none() {
            return;
        }
        for part in self.among.parts(self.space.parts) {
            if let Some(home) = self.space.skeleton.nearest_block(part, self.search.probe.key) {
                self.visit(home, found);
                self.homes[part] = home;
            }
        }
    }

    /// Offers the keys of a block, unless they were already.
    #[inline]
    fn visit(&mut self, block: u32, found: &mut TopK) {
        let part = self.space.blocks.part(block);
        if matches!(self.among, Among::Part(only) if only != part) || self.homes[part] == block {
            return;
        }
        self.read.blocks += 1;
        self.read.of += 1;
        if self.space.metric == Metric::Cosine {
            return self.visit_cosine(block, found);
        }
        let Some(sieve) = &self.sieve else {
            return self.search.offer_block(block, found, &mut self.distances);
        };
        let (bound, kernel) = (found.bound(), self.space.kernel);
        if bound != self.limit.0 {
            self.limit = (bound, sieve.limit(bound));
        }
        let count = self.space.blocks.count(block);
        let lanes = self.space.blocks.coarse().near(kernel, (sieve, self.limit.1), block, count);
        if lanes != 0 {
            self.search.offer_lanes((block, lanes), found, &mut self.distances);
        }
    }

    fn visit_cosine(&mut self, block: u32, found: &mut TopK) {
        let query = (self.search.probe, &self.direction[..]);
        let within = self.space.cosine(block, query, found.bound(), &mut self.distances);
        let tenants = self.space.blocks.tenants(block);
        found.offer_lanes(&self.distances, tenants, self.search.admitted(tenants, within));
    }
}

/// Answers up to [`BATCH`] queries while every block is read once.
pub(super) fn run_many(
    space: &Space,
    (probes, among): (&[Probe<'_>], Among),
    found: &mut [TopK],
    read: &mut [Read],
) {
    let mut scans: [Option<Scan<'_>>; BATCH] = std::array::from_fn(|at| {
        probes.get(at).map(|&probe| Scan::new(space, space.search(probe, None), among))
    });
    for (scan, found) in scans.iter_mut().flatten().zip(&mut *found) {
        scan.begin(found);
    }
    for block in 0..space.blocks.len() as u32 {
        for (scan, found) in scans.iter_mut().flatten().zip(&mut *found) {
            scan.visit(block, found);
        }
    }
    for (scan, read) in scans.iter().flatten().zip(read) {
        *read = scan.read;
    }
}

impl Space {
    /// The sensors of `key` at length 1, for the cosine metric: products of two short vectors would
    /// vanish in single precision.
    pub(super) fn direction(&self, key: &[f32]) -> [f32; MAX_SENSORS] {
        let mut direction = [0.0; MAX_SENSORS];
        let norm = f64::from(norm(&key[..self.sensors]));
        for (to, &value) in direction.iter_mut().zip(&key[..self.sensors]) {
            *to = (f64::from(value) / norm) as f32;
        }
        direction
    }

    /// One minus the cosine over the sensors, plus the weighted squared distance over the action.
    /// Returns the lanes in use at or under `bound`.
    pub(super) fn cosine(
        &self,
        block: u32,
        (probe, direction): (Probe<'_>, &[f32]),
        bound: f32,
        out: &mut Lanes,
    ) -> u64 {
        let (sensors, dims) = (self.sensors, self.dims);
        let rows = self.blocks.rows(block);
        let acted = Probe { key: &probe.key[sensors..], weights: &probe.weights[sensors..] };
        let mut products = Lanes::ZERO;
        self.kernel.dot(&rows[..sensors], &direction[..sensors], &mut products);
        self.kernel.distances(&rows[sensors..dims], acted, (u64::MAX, f32::MAX), out);
        let mut within = 0;
        for lane in 0..LANES {
            let cosine = products.0[lane] * rows[dims].0[lane];
            out.0[lane] += (1.0 - cosine).max(0.0);
            within |= u64::from(out.0[lane] <= bound) << lane;
        }
        within & first_lanes(self.blocks.count(block))
    }
}
