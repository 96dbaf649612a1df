//! Where experiences lie: dense blocks of 64, and the exact answer to "which are nearest?".
//!
//! Callers ask for neighbours and never learn how they are found. Experiences are compared by their
//! *key*: the observation, and the action where it is continuous. Experiences of one discrete
//! action share blocks, so that "the nearest that took action a" reads only those.

use std::collections::TryReserveError;

use minbrain_kernels::{Kernel, LANES, Lanes, Probe, TopK};

use crate::fingerprint::Fingerprint;
use crate::metric::Metric;

/// Among which experiences to look.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Among {
    /// All of them.
    All,
    /// Those of one part: of one discrete action.
    Part(usize),
}

/// The keys of all experiences, in blocks.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    kernel: Kernel,
    metric: Metric,
    sensors: usize,
    dims: usize,
    /// Dimension-major values: `rows()` lanes for each block.
    values: Vec<Lanes>,
    /// Which slot each lane of a block belongs to.
    tenants: Vec<[u32; LANES]>,
    /// How many lanes of a block are taken; they are the first ones.
    counts: Vec<u8>,
    /// Blocks that nobody uses.
    spare: Vec<u32>,
    /// The blocks of each part; all but the last are full.
    parts: Vec<Vec<u32>>,
    /// Where each slot's key lies: `block * LANES + lane`.
    places: Vec<u32>,
}

impl Space {
    /// An empty space with room for `capacity` experiences in `parts` parts.
    pub(crate) fn new(
        (kernel, metric): (Kernel, Metric),
        (sensors, dims): (usize, usize),
        parts: usize,
        capacity: usize,
    ) -> Result<Self, TryReserveError> {
        let mut space = Self {
            kernel,
            metric,
            sensors,
            dims,
            values: Vec::new(),
            tenants: Vec::new(),
            counts: Vec::new(),
            spare: Vec::new(),
            parts: vec![Vec::new(); parts],
            places: Vec::new(),
        };
        let blocks = Self::blocks(parts, capacity);
        space.values.try_reserve_exact(blocks * space.rows())?;
        space.tenants.try_reserve_exact(blocks)?;
        space.counts.try_reserve_exact(blocks)?;
        space.spare.try_reserve_exact(blocks)?;
        for part in &mut space.parts {
            part.try_reserve_exact(capacity.div_ceil(LANES))?;
        }
        space.places.try_reserve_exact(capacity)?;
        Ok(space)
    }

    /// Bytes for one more experience.
    pub(crate) fn bytes_each(metric: Metric, dims: usize) -> usize {
        (dims + usize::from(metric == Metric::Cosine)) * size_of::<f32>() + 2 * size_of::<u32>() + 1
    }

    /// Most blocks that are ever in use: every part may leave one unfilled.
    fn blocks(parts: usize, capacity: usize) -> usize {
        capacity.div_ceil(LANES) + parts
    }

    /// Lanes per block: one per dimension, and for the cosine the inverse norms.
    fn rows(&self) -> usize {
        self.dims + usize::from(self.metric == Metric::Cosine)
    }

    /// Takes in `key` as the experience in `slot`; slots are handed out from 0 upwards.
    pub(crate) fn insert(&mut self, part: usize, slot: u32, key: &[f32]) {
        let block = match self.parts[part].last() {
            Some(&last) if usize::from(self.counts[last as usize]) < LANES => last,
            _ => self.add_block(part),
        };
        let lane = self.counts[block as usize];
        self.counts[block as usize] += 1;
        let first = block as usize * self.rows();
        for (row, &value) in self.values[first..].iter_mut().zip(key) {
            row.0[usize::from(lane)] = value;
        }
        if self.metric == Metric::Cosine {
            self.values[first + self.dims].0[usize::from(lane)] = 1.0 / norm(&key[..self.sensors]);
        }
        self.tenants[block as usize][usize::from(lane)] = slot;
        if self.places.len() == slot as usize {
            self.places.push(0);
        }
        self.places[slot as usize] = block * LANES as u32 + u32::from(lane);
    }

    fn add_block(&mut self, part: usize) -> u32 {
        let block = self.spare.pop().unwrap_or_else(|| {
            self.values.extend(std::iter::repeat_n(Lanes::ZERO, self.rows()));
            self.tenants.push([0; LANES]);
            self.counts.push(0);
            self.counts.len() as u32 - 1
        });
        self.parts[part].push(block);
        block
    }

    /// Takes out the experience in `slot`; the part's last one moves into its place.
    pub(crate) fn remove(&mut self, part: usize, slot: u32) {
        let Some(&last) = self.parts[part].last() else { return };
        let last_lane = usize::from(self.counts[last as usize]) - 1;
        let (block, lane) = self.place(slot);
        let moved = self.tenants[last as usize][last_lane];
        let (to, from) = (block * self.rows(), last as usize * self.rows());
        for row in 0..self.rows() {
            self.values[to + row].0[lane] = self.values[from + row].0[last_lane];
        }
        self.tenants[block][lane] = moved;
        self.places[moved as usize] = (block * LANES + lane) as u32;
        self.counts[last as usize] -= 1;
        if last_lane == 0 {
            self.parts[part].pop();
            self.spare.push(last);
        }
    }

    fn place(&self, slot: u32) -> (usize, usize) {
        let place = self.places[slot as usize] as usize;
        (place / LANES, place % LANES)
    }

    /// Copies the key of `slot` to `out`.
    #[inline]
    pub(crate) fn copy_key(&self, slot: u32, out: &mut [f32]) {
        let (block, lane) = self.place(slot);
        for (to, row) in out.iter_mut().zip(&self.values[block * self.rows()..]).take(self.dims) {
            *to = row.0[lane];
        }
    }

    /// One value of the key of `slot`.
    #[inline]
    pub(crate) fn value(&self, slot: u32, dim: usize) -> f32 {
        let (block, lane) = self.place(slot);
        self.values[block * self.rows() + dim].0[lane]
    }

    /// Finds the nearest to `probe`, as many as `found` was reset for, and leaves out those beyond
    /// `f32::MAX`. Exact. Returns the number of blocks that were read.
    pub(crate) fn nearest(&self, probe: Probe<'_>, among: Among, found: &mut TopK) -> u32 {
        let mut distances = Lanes::ZERO;
        let mut blocks_read = 0;
        let parts = match among {
            Among::All => &self.parts[..],
            Among::Part(part) => &self.parts[part..=part],
        };
        let query_norm = norm(&probe.key[..self.sensors]);
        for &block in parts.iter().flatten() {
            let first = block as usize * self.rows();
            let rows = &self.values[first..first + self.rows()];
            let bound = found.bound();
            let within = match self.metric {
                Metric::Euclidean => self.kernel.distances(rows, probe, bound, &mut distances),
                Metric::Cosine => self.cosine(rows, probe, query_norm, &mut distances),
            };
            let taken = u64::MAX >> (LANES - usize::from(self.counts[block as usize]));
            found.offer_lanes(&distances, &self.tenants[block as usize], within & taken);
            blocks_read += 1;
        }
        blocks_read
    }

    /// One minus the cosine over the sensors, plus the weighted squared distance over the action.
    /// Returns all lanes.
    fn cosine(&self, rows: &[Lanes], probe: Probe<'_>, query_norm: f32, out: &mut Lanes) -> u64 {
        let (sensors, dims) = (self.sensors, self.dims);
        let acted = Probe { key: &probe.key[sensors..], weights: &probe.weights[sensors..] };
        let mut products = Lanes::ZERO;
        self.kernel.dot(&rows[..sensors], &probe.key[..sensors], &mut products);
        self.kernel.distances(&rows[sensors..dims], acted, f32::MAX, out);
        let inverse_norms = &rows[dims].0;
        for ((distance, product), inverse) in out.0.iter_mut().zip(&products.0).zip(inverse_norms) {
            *distance += (1.0 - product * inverse / query_norm).max(0.0);
        }
        u64::MAX
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        for part in &self.parts {
            print.count(part.len());
            for &block in part {
                let count = usize::from(self.counts[block as usize]);
                print.words(&self.tenants[block as usize][..count]);
                let first = block as usize * self.rows();
                for row in &self.values[first..first + self.rows()] {
                    print.floats(&row.0[..count]);
                }
            }
        }
    }
}

/// Length of a vector, summed in double precision so that no observation overflows it.
pub(crate) fn norm(vector: &[f32]) -> f32 {
    vector.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt() as f32
}
