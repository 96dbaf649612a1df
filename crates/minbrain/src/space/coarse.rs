//! The blocks once more in 7 bits per value, for scans: what they rule out is not read.
//!
//! Codes are made a few blocks at a time while queries scan, and kept in step with the keys from then
//! on. Blocks without codes are read in full.

use std::collections::TryReserveError;

use minbrain_kernels::{Grid, Kernel, LANES, Lanes, MOST_QUADS, Probe, Quad, Sieve, first_lanes};

use crate::image::{Image, ImageError, Reader, Writer};
use crate::space::MAX_DIMS;

const _: () = assert!(MAX_DIMS <= 4 * MOST_QUADS, "every key fits");

/// Fewer blocks than this stay in a core's own caches, where a scan is fast enough without: codes
/// would only take more bytes. Tests use them for far less.
const WORTH_BLOCKS: usize = if cfg!(test) { 48 } else { 512 };
/// From how many blocks the grid is laid out.
const SAMPLED: usize = 16;
/// The grid is laid out afresh after so many insertions per key: the world may have moved.
const LIFE: usize = 4;

/// Codes of the first blocks.
#[derive(Clone, Debug)]
pub(super) struct Coarse {
    dims: usize,
    /// `dims / 4` for each block.
    codes: Vec<Quad>,
    grid: Grid,
    insertions: usize,
}

impl Coarse {
    pub(super) fn new(dims: usize, blocks: usize) -> Result<Self, TryReserveError> {
        let mut made = Self { dims, codes: Vec::new(), grid: Grid::default(), insertions: 0 };
        made.codes.try_reserve_exact(blocks * made.quads())?;
        Ok(made)
    }

    fn quads(&self) -> usize {
        self.dims.div_ceil(4)
    }

    /// Bytes in use.
    pub(super) fn bytes(&self) -> usize {
        self.codes.len() * size_of::<Quad>()
    }

    /// Whether no block has codes.
    pub(super) fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// How many blocks have codes: the first ones.
    fn coded(&self) -> usize {
        self.codes.len() / self.quads()
    }

    /// Something was inserted.
    pub(super) fn age(&mut self) {
        self.insertions += 1;
    }

    /// Forgets all codes.
    pub(super) fn clear(&mut self) {
        self.codes.clear();
    }

    /// The codes of a block, if it has any.
    #[inline]
    fn of(&mut self, block: u32) -> Option<&mut [Quad]> {
        let quads = self.quads();
        self.codes.get_mut(block as usize * quads..)?.get_mut(..quads)
    }

    /// Codes a lane that was written.
    #[inline]
    pub(super) fn code_lane(&mut self, block: u32, lane: usize, rows: &[Lanes]) {
        if block as usize >= self.coded() {
            return;
        }
        let first = block as usize * self.quads();
        for (dim, row) in rows[..self.dims].iter().enumerate() {
            self.codes[first + dim / 4].0[lane][dim % 4] = self.grid.code(dim, row.0[lane]);
        }
    }

    /// Copies a lane over another of the same block.
    #[inline]
    pub(super) fn copy(&mut self, block: u32, from: usize, to: usize) {
        if let Some(quads) = self.of(block) {
            quads.iter_mut().for_each(|quad| quad.0[to] = quad.0[from]);
        }
    }

    /// Codes so many blocks more while queries scan. Returns how many were.
    pub(super) fn maintain(
        &mut self,
        (values, counts): (&[Lanes], &[u8]),
        weights: &[f32],
        blocks: usize,
    ) -> usize {
        if counts.len() < WORTH_BLOCKS {
            return 0;
        }
        let has_aged = self.insertions > LIFE * LANES * counts.len();
        if self.codes.is_empty() || has_aged || !self.grid.suits(weights) {
            self.codes.clear();
            self.insertions = 0;
            self.lay_grid((values, counts), weights);
        }
        self.code_more((values, counts), blocks)
    }

    /// Codes so many blocks more on the grid there is. Returns how many were.
    fn code_more(&mut self, (values, counts): (&[Lanes], &[u8]), blocks: usize) -> usize {
        let rows = values.len() / counts.len().max(1);
        for coded in 0..blocks {
            let block = self.coded();
            let Some(&count) = counts.get(block) else { return coded };
            self.codes.extend(std::iter::repeat_n(Quad::ZERO, self.quads()));
            let rows = &values[block * rows..][..rows];
            (0..usize::from(count)).for_each(|lane| self.code_lane(block as u32, lane, rows));
        }
        blocks
    }

    /// Lays the grid out by the means and deviations of a sample.
    fn lay_grid(&mut self, (values, counts): (&[Lanes], &[u8]), weights: &[f32]) {
        let rows = values.len() / counts.len();
        let (mut means, mut deviations) = (vec![0.0; self.dims], vec![0.0; self.dims]);
        for dim in 0..self.dims {
            let sampled = || {
                let blocks = (0..SAMPLED).map(|at| at * counts.len() / SAMPLED);
                blocks.flat_map(|block| {
                    let row = &values[block * rows + dim].0[..usize::from(counts[block])];
                    row.iter().map(|&value| f64::from(value))
                })
            };
            let count = sampled().count().max(1) as f64;
            let mean = sampled().sum::<f64>() / count;
            let variance = sampled().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
            (means[dim], deviations[dim]) = (mean, variance.sqrt());
        }
        self.grid.fit(&means, &deviations, &weights[..self.dims]);
    }

    /// A query in codes, if there are any.
    pub(super) fn sieve(&self, probe: Probe<'_>) -> Option<Sieve> {
        (!self.is_empty()).then(|| Sieve::new(&self.grid, probe))
    }

    /// Which of a block's first `count` keys may lie within `limit`: all that do are among them.
    #[inline]
    pub(super) fn near(
        &self,
        kernel: Kernel,
        (sieve, limit): (&Sieve, u32),
        block: u32,
        count: usize,
    ) -> u64 {
        let quads = self.quads();
        let codes = self.codes.get(block as usize * quads..).and_then(|codes| codes.get(..quads));
        let all = first_lanes(count);
        codes.map_or(all, |codes| kernel.codes_within(codes, sieve, count, limit))
    }
}

impl Coarse {
    /// Writes what codes follow from. The codes themselves are made again.
    pub(super) fn write(&self, out: &mut Writer<'_>) {
        self.coded().write(out);
        self.insertions.write(out);
        let (centre, scale) = self.grid.parts();
        out.fixed(&[centre.len()]);
        out.fixed(centre);
        out.fixed(scale);
    }

    /// Reads what [`write`](Self::write) has written, and codes the same blocks as before.
    pub(super) fn read(
        &mut self,
        (values, counts): (&[Lanes], &[u8]),
        from: &mut Reader<'_>,
    ) -> Result<(), ImageError> {
        let (coded, insertions, dims): (usize, _, usize) = (from.one()?, from.one()?, from.one()?);
        let is_laid = dims == self.dims || (dims == 0 && coded == 0);
        from.check(|| is_laid && coded <= counts.len(), "a grid for these blocks")?;
        let (mut centre, mut scale) = (Vec::with_capacity(dims), Vec::with_capacity(dims));
        from.each(dims, |value| centre.push(value))?;
        from.each(dims, |value| scale.push(value))?;
        self.grid = Grid::from_parts(centre, scale);
        self.insertions = insertions;
        self.code_more((values, counts), coded);
        Ok(())
    }
}
