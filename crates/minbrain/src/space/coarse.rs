//! The blocks once more in a quarter of the bytes, for scans that memory limits.

use std::collections::TryReserveError;

use minbrain_kernels::{Lanes, Quantised, widened};

use crate::space::blocks::Blocks;
use crate::space::search::Search;

/// Scans over fewer bytes than this stay in a processor's caches, where unpacking costs more than
/// reading: copies took 1.9 to 2.1 times as long at 6 MB, and 0.2 to 0.4 times from 70 MB on. Tests
/// use them for far less.
const WORTH_BYTES: usize = if cfg!(test) { 1 << 20 } else { 32 << 20 };
/// How many blocks are written anew for each insertion, and how many are looked at for it.
const REFRESHED: usize = 4;
const LOOKED_AT: usize = 256;

/// A coarse copy of every block that has one. It is made and refreshed a few blocks at a time;
/// blocks without a fresh copy are read in full.
#[derive(Clone, Debug)]
pub(super) struct Coarse {
    dims: usize,
    codes: Vec<Quantised>,
    /// The version of each block that its copy was made of; `None` if there is no copy.
    made_of: Vec<Option<u32>>,
    next: usize,
}

impl Coarse {
    pub(super) fn new(dims: usize, blocks: usize) -> Result<Self, TryReserveError> {
        let mut made = Self { dims, codes: Vec::new(), made_of: Vec::new(), next: 0 };
        made.codes.try_reserve_exact(blocks * dims)?;
        made.made_of.try_reserve_exact(blocks)?;
        Ok(made)
    }

    /// Bytes in use.
    pub(super) fn bytes(&self) -> usize {
        self.codes.len() * size_of::<Quantised>() + self.made_of.len() * size_of::<Option<u32>>()
    }

    fn is_fresh(&self, block: u32, blocks: &Blocks) -> bool {
        self.made_of.get(block as usize).is_some_and(|&made| made == Some(blocks.version(block)))
    }

    /// Writes a few stale blocks anew, if scans are long enough to gain by it.
    pub(super) fn refresh(&mut self, blocks: &Blocks) {
        if blocks.len() * blocks.block_bytes() < WORTH_BYTES {
            return;
        }
        let missing = blocks.len() - self.made_of.len();
        for _ in 0..missing.min(REFRESHED) {
            self.codes.extend(std::iter::repeat_n(Quantised::ZERO, self.dims));
            self.made_of.push(None);
        }
        let mut written = 0;
        for _ in 0..self.made_of.len().min(LOOKED_AT) {
            self.next = (self.next + 1) % self.made_of.len();
            let block = self.next as u32;
            if self.is_fresh(block, blocks) {
                continue;
            }
            let count = blocks.count(block);
            let codes = &mut self.codes[self.next * self.dims..][..self.dims];
            for (code, row) in codes.iter_mut().zip(blocks.rows(block)) {
                *code = Quantised::of(row, count);
            }
            self.made_of[self.next] = Some(blocks.version(block));
            written += 1;
            if written == REFRESHED {
                break;
            }
        }
    }

    /// Whether any of a block's keys may lie within `bound`: never wrong when it says no.
    #[inline]
    pub(super) fn may_hold(
        &self,
        search: &Search<'_>,
        block: u32,
        bound: f32,
        distances: &mut Lanes,
    ) -> bool {
        if !bound.is_finite() || !self.is_fresh(block, search.blocks) {
            return true;
        }
        let codes = &self.codes[block as usize * self.dims..][..self.dims];
        let wide = widened(bound, codes, search.probe);
        let within = (search.blocks.count(block), wide);
        search.kernel.quantised_distances(codes, search.probe, within, distances) != 0
    }
}
