//! Blocks of 64 keys, dimension-major.

use std::collections::TryReserveError;

use minbrain_kernels::{LANES, Lanes};

use crate::columns::Columns;
use crate::fingerprint::Fingerprint;
use crate::image::{Fixed, Image, ImageError, Reader, Writer};
use crate::space::assistant::Changed;
use crate::space::coarse::Coarse;

/// All blocks, used and spare.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    /// Lanes per block: one per dimension, and for the cosine the inverse norms.
    rows: usize,
    values: Vec<Lanes>,
    /// Which slot each lane of a block belongs to.
    tenants: Vec<[u32; LANES]>,
    /// How many lanes of a block are taken; they are the first ones.
    counts: Vec<u8>,
    /// Which part each block belongs to.
    parts: Vec<u8>,
    /// How many blocks each part uses.
    in_parts: Vec<u32>,
    spare: Vec<u32>,
    coarse: Coarse,
    /// Where each slot's key lies: `block * LANES + lane`.
    places: Vec<u32>,
    /// Which blocks a GPU has not heard of yet.
    pub(super) changed: Changed,
}

impl Blocks {
    /// Room for `blocks` blocks of `rows` lanes, of which `dims` are dimensions, in `parts` parts, and
    /// for the keys of `capacity` slots.
    pub(super) fn new(
        (dims, rows, parts): (usize, usize, usize),
        blocks: usize,
        capacity: usize,
    ) -> Result<Self, TryReserveError> {
        let mut made = Self {
            rows,
            values: Vec::new(),
            tenants: Vec::new(),
            counts: Vec::new(),
            parts: Vec::new(),
            in_parts: vec![0; parts],
            spare: Vec::new(),
            coarse: Coarse::new(dims, blocks)?,
            places: Vec::new(),
            changed: Changed::default(),
        };
        made.values.try_reserve_exact(blocks * rows)?;
        made.tenants.try_reserve_exact(blocks)?;
        made.counts.try_reserve_exact(blocks)?;
        made.parts.try_reserve_exact(blocks)?;
        made.spare.try_reserve_exact(blocks)?;
        made.places.try_reserve_exact(capacity)?;
        Ok(made)
    }

    /// An empty block for `part`, a spare one if there is any.
    pub(super) fn take(&mut self, part: usize) -> u32 {
        let block = self.spare.pop().unwrap_or_else(|| {
            self.values.extend(std::iter::repeat_n(Lanes::ZERO, self.rows));
            self.tenants.push([0; LANES]);
            self.counts.push(0);
            self.parts.push(0);
            self.counts.len() as u32 - 1
        });
        self.parts[block as usize] = part as u8;
        self.in_parts[part] += 1;
        block
    }

    /// Gives an empty block back.
    pub(super) fn release(&mut self, block: u32) {
        debug_assert_eq!(self.count(block), 0, "a block in use is not released");
        let part = self.part(block);
        self.in_parts[part] -= 1;
        self.spare.push(block);
    }

    /// How many blocks a part uses.
    pub(super) fn in_part(&self, part: usize) -> u32 {
        self.in_parts[part]
    }

    /// The blocks in codes.
    pub(super) fn coarse(&self) -> &Coarse {
        &self.coarse
    }

    /// Codes so many blocks more, as `weights` see them. Returns how many were.
    pub(super) fn code(&mut self, weights: &[f32], blocks: usize) -> usize {
        self.coarse.maintain((&self.values, &self.counts), weights, blocks)
    }

    /// Forgets all codes.
    pub(super) fn forget_codes(&mut self) {
        self.coarse.clear();
    }

    /// Empties a block; its keys live elsewhere from now on.
    pub(super) fn clear(&mut self, block: u32) {
        self.changed.touch(block);
        self.counts[block as usize] = 0;
    }

    /// How many blocks were ever taken.
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    /// Lanes per block.
    pub(super) fn row_count(&self) -> usize {
        self.rows
    }

    /// How many slots have or had a place.
    pub(super) fn slots(&self) -> usize {
        self.places.len()
    }

    /// How many of them are spare.
    pub(super) fn spares(&self) -> usize {
        self.spare.len()
    }

    /// The spare ones.
    pub(super) fn spare_blocks(&self) -> &[u32] {
        &self.spare
    }

    #[inline]
    pub(super) fn part(&self, block: u32) -> usize {
        usize::from(self.parts[block as usize])
    }

    #[inline]
    pub(super) fn count(&self, block: u32) -> usize {
        usize::from(self.counts[block as usize])
    }

    /// The values of a block, one [`Lanes`] per row.
    #[inline]
    pub(super) fn rows(&self, block: u32) -> &[Lanes] {
        &self.values[block as usize * self.rows..][..self.rows]
    }

    #[inline]
    pub(super) fn tenants(&self, block: u32) -> &[u32; LANES] {
        &self.tenants[block as usize]
    }

    /// The lowest slot whose key is in a block.
    pub(super) fn lowest_slot(&self, block: u32) -> u32 {
        self.tenants(block)[..self.count(block)].iter().copied().fold(u32::MAX, u32::min)
    }

    /// Which block and lane hold the key of `slot`.
    #[inline]
    pub(super) fn place(&self, slot: u32) -> (u32, usize) {
        let place = self.places[slot as usize];
        (place / LANES as u32, place as usize % LANES)
    }

    /// Whether `slot` has a key.
    pub(super) fn holds(&self, slot: u32) -> bool {
        self.places.get(slot as usize).is_some_and(|&place| {
            let (block, lane) = (place / LANES as u32, place as usize % LANES);
            (block as usize) < self.len()
                && lane < self.count(block)
                && self.tenants(block)[lane] == slot
        })
    }

    /// Adds a key to a block that has room; `row_values` has one value per row.
    pub(super) fn push(&mut self, block: u32, slot: u32, row_values: impl Iterator<Item = f32>) {
        self.changed.touch(block);
        let lane = self.count(block);
        let first = block as usize * self.rows;
        for (row, value) in self.values[first..first + self.rows].iter_mut().zip(row_values) {
            row.0[lane] = value;
        }
        self.coarse.age();
        self.coarse.code_lane(block, lane, &self.values[first..first + self.rows]);
        if self.places.len() <= slot as usize {
            self.places.resize(slot as usize + 1, 0);
        }
        self.settle(block, lane, slot);
        self.counts[block as usize] += 1;
    }

    fn settle(&mut self, block: u32, lane: usize, slot: u32) {
        self.tenants[block as usize][lane] = slot;
        self.places[slot as usize] = block * LANES as u32 + lane as u32;
    }

    /// Takes the key in `lane` out; the block's last one moves into its place.
    pub(super) fn remove(&mut self, block: u32, lane: usize) {
        self.changed.touch(block);
        let last = self.count(block) - 1;
        let first = block as usize * self.rows;
        for row in &mut self.values[first..first + self.rows] {
            row.0[lane] = row.0[last];
        }
        self.coarse.copy(block, last, lane);
        self.settle(block, lane, self.tenants[block as usize][last]);
        self.counts[block as usize] -= 1;
    }

    /// Moves the key in the last lane of `from` to `to`, which has room.
    pub(super) fn move_last(&mut self, from: u32, to: u32) {
        self.move_lane(from, self.count(from) - 1, to);
    }

    /// Moves the key in `lane` of `from` to `to`, which has room; the last one of `from` fills the
    /// gap.
    pub(super) fn move_lane(&mut self, from: u32, lane: usize, to: u32) {
        self.changed.touch(to);
        let slot = self.tenants(from)[lane];
        let (lane_to, rows) = (self.count(to), self.rows);
        for row in 0..rows {
            let value = self.values[from as usize * rows + row].0[lane];
            self.values[to as usize * rows + row].0[lane_to] = value;
        }
        self.coarse.code_lane(to, lane_to, &self.values[to as usize * rows..][..rows]);
        self.remove(from, lane);
        self.settle(to, lane_to, slot);
        self.counts[to as usize] += 1;
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        for block in 0..self.len() as u32 {
            let count = self.count(block);
            print.count(count);
            print.words(&self.tenants(block)[..count]);
            self.rows(block).iter().for_each(|row| print.floats(&row.0[..count]));
        }
    }
}

impl Fixed for Lanes {
    const BYTES: usize = <[f32; LANES]>::BYTES;
    #[inline]
    fn put(self, out: &mut [u8]) {
        self.0.put(out);
    }
    #[inline]
    fn get(from: &[u8]) -> Option<Self> {
        Fixed::get(from).map(Self)
    }
}

impl Image for Blocks {
    fn write(&self, out: &mut Writer<'_>) {
        let Self { rows: _, values, tenants, counts, parts, in_parts, spare, .. } = self;
        let Self { coarse, places, changed: _, .. } = self;
        values.write(out);
        tenants.write(out);
        counts.write(out);
        parts.write(out);
        in_parts.write(out);
        spare.write(out);
        places.write(out);
        coarse.write(out);
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), ImageError> {
        let Self { rows, values, tenants, counts, parts, in_parts, spare, .. } = self;
        let Self { coarse, places, changed, .. } = self;
        values.read(from)?;
        tenants.read(from)?;
        counts.read(from)?;
        parts.read(from)?;
        in_parts.read(from)?;
        spare.read(from)?;
        places.read(from)?;
        let blocks = counts.len();
        let fits = values.len() == blocks * *rows
            && [tenants.len(), parts.len()] == [blocks; 2]
            && counts.iter().all(|&count| usize::from(count) <= LANES)
            && parts.iter().all(|&part| usize::from(part) < in_parts.len())
            && spare.iter().all(|&block| (block as usize) < blocks);
        from.check(|| fits, "blocks that fit together")?;
        // A brain that is read anew is attached anew.
        *changed = Changed::default();
        coarse.read((values, counts), from)
    }
}

impl Blocks {
    /// Whether each key of a block is where its slot says, and of the part that the block is of.
    pub(super) fn holds_its_tenants(&self, block: u32, parts: usize, columns: &Columns) -> bool {
        self.tenants(block)[..self.count(block)].iter().enumerate().all(|(lane, &slot)| {
            let place = self.places.get(slot as usize);
            place == Some(&(block * LANES as u32 + lane as u32))
                && columns.is_alive(slot)
                && (parts == 1 || columns.part(slot) == self.part(block))
        })
    }
}

#[cfg(feature = "gpu")]
impl Blocks {
    /// The mean and the deviation of a dimension over all keys, about.
    pub(super) fn spread_of(&self, dim: usize) -> (f32, f32) {
        let blocks = 0..self.len() as u32;
        let (mut count, mut sum, mut squares) = (0_usize, 0.0_f64, 0.0_f64);
        for value in blocks.flat_map(|block| &self.rows(block)[dim].0[..self.count(block)]) {
            count += 1;
            sum += f64::from(*value);
            squares += f64::from(*value).powi(2);
        }
        let mean = sum / count.max(1) as f64;
        let variance = (squares / count.max(1) as f64 - mean * mean).max(0.0);
        (mean as f32, variance.sqrt() as f32)
    }
}
