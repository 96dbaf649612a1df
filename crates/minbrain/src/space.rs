//! Where experiences lie: dense blocks of 64, and the exact answer to "which are nearest?".
//!
//! Callers ask for neighbours and never learn how they are found. Experiences are compared by their
//! *key*: the observation, and the action where it is continuous. Experiences of one discrete
//! action share blocks, so that "the nearest that took action a" reads only those.

#[cfg_attr(not(feature = "gpu"), path = "space/no_assistant.rs")]
mod assistant;
mod blocks;
mod coarse;
mod crossing;
mod cut;
#[cfg(test)]
mod list_tests;
mod node;
mod rebuild;
mod route;
mod sample;
mod scan;
mod search;
mod skeleton;
mod sound;
#[cfg(test)]
mod tests;

use std::collections::TryReserveError;
use std::ops::Range;

use minbrain_kernels::{BOXES, Boxes, Kernel, LANES, Probe, TopK};

use crate::crossover::Crossover;
use crate::fingerprint::Fingerprint;
use crate::limits::{MAX_ACTION_DIMS, MAX_SENSORS};
use crate::metric::Metric;
use crate::telemetry::GpuUse;
use assistant::Assistant;
#[cfg(feature = "gpu")]
pub use assistant::{GpuHelp, GpuPrecision};
use blocks::Blocks;
use crossing::Crossing;
use rebuild::Keys;
pub(crate) use route::Read;
use route::Route;
pub use route::Way;
use sample::{Sample, Slots};
use scan::Scan;
pub use search::Effort;
use search::Search;
use skeleton::Skeleton;

/// Among which experiences to look.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Among {
    /// All of them.
    All,
    /// Those of one part: of one discrete action.
    Part(usize),
}

impl Among {
    /// Which of so many parts.
    fn parts(self, all: usize) -> Range<usize> {
        match self {
            Self::All => 0..all,
            Self::Part(part) => part..part + 1,
        }
    }
}

/// The keys of all experiences: in blocks, and a skeleton over them.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    kernel: Kernel,
    metric: Metric,
    sensors: usize,
    dims: usize,
    parts: usize,
    blocks: Blocks,
    skeleton: Skeleton,
    route: Route,
    crossing: Crossing,
    assistant: Assistant,
    effort: Effort,
    sample: Sample,
    /// Scratch of [`rebuild`](Self::rebuild).
    keys: Keys,
    /// The node that was looked at last.
    rebuilt: usize,
}

impl Space {
    /// An empty space with room for `capacity` experiences in `parts` parts.
    pub(crate) fn new(
        (kernel, metric): (Kernel, Metric),
        (sensors, dims): (usize, usize),
        parts: usize,
        capacity: usize,
    ) -> Result<Self, TryReserveError> {
        let rows = dims + usize::from(metric == Metric::Cosine);
        let most_blocks = FILL_MARGIN * capacity.div_ceil(LANES) + 2 * parts;
        Ok(Self {
            kernel,
            metric,
            sensors,
            dims,
            parts,
            blocks: Blocks::new((dims, rows, parts), most_blocks, capacity)?,
            skeleton: Skeleton::new(dims, parts, most_blocks)?,
            route: Route::default(),
            crossing: Crossing::default(),
            assistant: Assistant::default(),
            effort: Effort::Exact,
            sample: Sample::new(),
            keys: Keys::new(rows),
            rebuilt: 0,
        })
    }

    /// How distances are measured.
    pub(crate) fn metric(&self) -> Metric {
        self.metric
    }

    /// Bytes for one more experience: a lane of a block that is filled to two thirds, and its share
    /// of the boxes above.
    pub(crate) fn bytes_each(metric: Metric, dims: usize) -> usize {
        let row = dims + usize::from(metric == Metric::Cosine);
        let block = LANES * (row * size_of::<f32>() + size_of::<u32>());
        let boxes = (dims * size_of::<Boxes>() + size_of::<[u32; BOXES]>()) / BOXES;
        (block + boxes) / (LANES * 2 / 3) + size_of::<u32>()
    }

    /// Bytes in use now.
    pub(crate) fn bytes(&self) -> usize {
        let row_bytes = self.blocks.row_count() * size_of::<f32>() + size_of::<u32>();
        let used = self.blocks.len() - self.blocks.spares();
        used * LANES * row_bytes
            + self.skeleton.bytes()
            + self.blocks.coarse().bytes()
            + self.blocks.slots() * size_of::<u32>()
    }

    /// Bytes that one insertion commonly takes at most: those of a block and of a node.
    pub(crate) fn growth_bytes(&self) -> usize {
        let row_bytes = self.blocks.row_count() * size_of::<f32>() + size_of::<u32>();
        LANES * row_bytes + self.skeleton.node_bytes()
    }

    /// Takes in `key` as the experience in `slot`; slots are handed out from 0 upwards. `weights`
    /// say which dimension to cut when a block is full.
    pub(crate) fn insert(&mut self, part: usize, slot: u32, key: &[f32], weights: &[f32]) {
        let mut block = self.skeleton.descend(part, (slot, key), &mut self.blocks);
        if self.blocks.count(block) == LANES {
            block = self.skeleton.make_room(block, (part, key), &mut self.blocks, weights);
            self.skeleton.grow(block, (slot, key));
        }
        let norm = (self.metric == Metric::Cosine).then(|| 1.0 / norm(&key[..self.sensors]));
        self.blocks.push(block, slot, key.iter().copied().chain(norm));
        self.code(CODED, weights);
    }

    /// Codes a few blocks more while queries scan, and forgets the codes when they no longer do.
    /// Returns how many blocks it were.
    fn code(&mut self, blocks: usize, weights: &[f32]) -> usize {
        if self.metric == Metric::Euclidean && self.route.state().0 == Way::Scan {
            return self.blocks.code(weights, blocks);
        }
        self.blocks.forget_codes();
        0
    }

    /// Takes out the experience in `slot`.
    pub(crate) fn remove(&mut self, part: usize, slot: u32) {
        let mut key = [0.0; MAX_DIMS];
        let key = &mut key[..self.dims];
        self.copy_key(slot, key);
        let (block, lane) = self.blocks.place(slot);
        self.blocks.remove(block, lane);
        self.skeleton.shrink(block, part, (slot, key), &mut self.blocks);
    }

    /// Codes blocks, and rebuilds aged nodes in turn, each once at most, until about `work_units` blocks
    /// were read or written. Returns how many were.
    pub(crate) fn rebuild(&mut self, work_units: u32, weights: &[f32]) -> u32 {
        self.catch_up(work_units);
        let mut used = self.code(work_units as usize, weights) as u32;
        for _ in 0..self.skeleton.nodes.len() {
            if used >= work_units {
                break;
            }
            self.rebuilt = (self.rebuilt + 1) % self.skeleton.nodes.len();
            let Self { skeleton, blocks, keys, .. } = self;
            used += 1 + skeleton.rebuild_aged(self.rebuilt as u32, blocks, weights, keys);
        }
        used
    }

    /// Sends a GPU what it has not heard of yet, so that the next cycle need not.
    fn catch_up(&mut self, blocks: u32) {
        if self.crossing.state().0 {
            let mut assistant = std::mem::take(&mut self.assistant);
            assistant.catch_up(self, blocks as usize);
            self.assistant = assistant;
        }
    }

    /// Copies the key of `slot` to `out`.
    #[inline]
    pub(crate) fn copy_key(&self, slot: u32, out: &mut [f32]) {
        let (block, lane) = self.blocks.place(slot);
        for (to, row) in out.iter_mut().zip(&self.blocks.rows(block)[..self.dims]) {
            *to = row.0[lane];
        }
    }

    /// Whether the experience in `slot` has a key here.
    pub(crate) fn holds(&self, slot: u32) -> bool {
        self.blocks.holds(slot)
    }

    /// One value of the key of `slot`.
    #[inline]
    pub(crate) fn value(&self, slot: u32, dim: usize) -> f32 {
        let (block, lane) = self.blocks.place(slot);
        self.blocks.rows(block)[dim].0[lane]
    }

    /// Finds the nearest to `probe`, as many as `found` was reset for, by the way that was cheaper so
    /// far: exactly, unless less effort was asked for. Tell [`learn`](Self::learn) what was read.
    pub(crate) fn nearest(&self, probe: Probe<'_>, among: Among, found: &mut TopK) -> Read {
        let search = self.search(probe, None);
        let Effort::Blocks(_) = self.effort else { return self.exact(search, among, found) };
        let read = self.approximate(search, (among, self.effort), found);
        if !self.sample.is_due() {
            return read;
        }
        let approximation = Slots::of(found);
        found.restart();
        let exact = self.exact(search, among, found);
        Read { recall: Some(approximation.share_of(found)), ..read.and(exact) }
    }

    /// The same among the slots that `admit` lets in.
    pub(crate) fn nearest_where(
        &self,
        probe: Probe<'_>,
        among: Among,
        found: &mut TopK,
        admit: &dyn Fn(u32) -> bool,
    ) -> Read {
        self.approximate(self.search(probe, Some(admit)), (among, self.effort), found)
    }

    /// The nearest to each of `probes`, each in its place of `found`: the same answers as one by one.
    /// Where queries scan blocks without codes, a block is read once for several of them. With codes
    /// that measured slower, up to three times, and without, on data that fits no cache, twice as
    /// fast.
    pub(crate) fn nearest_many(
        &self,
        probes: &[Probe<'_>],
        among: Among,
        found: &mut [TopK],
        read: &mut [Read],
    ) {
        let is_scanned = self.metric == Metric::Cosine
            || self.effort == Effort::Exact && self.route.state().0 == Way::Scan;
        let alone = match self.route.next() {
            _ if !is_scanned || !self.blocks.coarse().is_empty() => probes.len(),
            // One is enough to see whether the skeleton would pay.
            Way::Skeleton if self.metric == Metric::Euclidean => probes.len().min(1),
            _ => 0,
        };
        let (probes_alone, probes) = probes.split_at(alone);
        let (found_alone, found) = found.split_at_mut(alone);
        let (read_alone, read) = read.split_at_mut(alone);
        for ((probe, found), read) in probes_alone.iter().zip(found_alone).zip(read_alone) {
            *read = self.nearest(*probe, among, found);
        }
        let batches = probes.chunks(BATCH).zip(found.chunks_mut(BATCH)).zip(read.chunks_mut(BATCH));
        for ((probes, found), read) in batches {
            scan::run_many(self, (probes, among), found, read);
        }
    }

    /// The nearest to `probe` among `experiences` in all, for a cycle: [`nearest`](Self::nearest), and
    /// past the crossover put to a GPU. What was read is taken into account already.
    ///
    /// Past the crossover a recall counts as one that reads every block, whoever answers: what a brain
    /// does in its idle time must not depend on whether there is a GPU, nor on how fast that is.
    pub(crate) fn recall(
        &mut self,
        probe: Probe<'_>,
        among: Among,
        experiences: usize,
        found: &mut TopK,
    ) -> Read {
        if !self.is_for_gpu(experiences, 1) {
            let read = self.nearest(probe, among, found);
            self.learn(read);
            return read;
        }
        let asked = (&[probe][..], among);
        if !self.put_to_gpu(asked, std::slice::from_mut(found)) {
            found.restart();
            self.nearest(probe, among, found);
        }
        self.read_of_all()
    }

    /// The same for many at once: [`nearest_many`](Self::nearest_many), and past the crossover of
    /// batches put to a GPU.
    pub(crate) fn recall_many(
        &mut self,
        (probes, among): (&[Probe<'_>], Among),
        experiences: usize,
        found: &mut [TopK],
        read: &mut [Read],
    ) {
        if !self.is_for_gpu(experiences, probes.len()) {
            self.nearest_many(probes, among, found, read);
            read.iter().for_each(|&read| self.learn(read));
            return;
        }
        if !self.put_to_gpu((probes, among), found) {
            found.iter_mut().for_each(TopK::restart);
            self.nearest_many(probes, among, found, read);
        }
        read.fill(self.read_of_all());
    }

    fn is_for_gpu(&mut self, experiences: usize, queries: usize) -> bool {
        self.effort == Effort::Exact && self.crossing.takes(experiences, queries)
    }

    /// Whether a GPU has answered, exactly.
    fn put_to_gpu(&mut self, asked: (&[Probe<'_>], Among), found: &mut [TopK]) -> bool {
        let mut assistant = std::mem::take(&mut self.assistant);
        let is_answered = assistant.answer(self, asked, found);
        self.assistant = assistant;
        is_answered
    }

    /// As if every block was read.
    fn read_of_all(&self) -> Read {
        let blocks = (self.blocks.len() - self.blocks.spares()) as u32;
        Read { blocks, of: blocks, way: Way::Scan, ..Read::default() }
    }

    /// From how many experiences on recalls are put to a GPU.
    pub(crate) fn set_crossover(&mut self, crossover: Crossover) {
        self.crossing.set(crossover);
    }

    pub(crate) fn crossover(&self) -> Crossover {
        self.crossing.crossover()
    }

    /// What was put to a GPU, and what became of it.
    pub(crate) fn gpu_use(&self) -> GpuUse {
        let (is_past_crossover, dispatched) = self.crossing.state();
        GpuUse { is_past_crossover, dispatched, ..self.assistant.counts() }
    }

    /// A GPU that recalls are put to from now on, or none.
    #[cfg(feature = "gpu")]
    pub(crate) fn attach(&mut self, help: Option<GpuHelp>) {
        self.assistant = Assistant::new(help);
        self.blocks.changed = assistant::Changed::default();
    }

    fn exact(&self, search: Search<'_>, among: Among, found: &mut TopK) -> Read {
        match (self.metric, self.route.next()) {
            (Metric::Euclidean, Way::Skeleton) => {
                self.through(search, (among, Effort::Exact), found)
            }
            _ => Scan::new(self, search, among).run(found),
        }
    }

    /// As near as `effort` goes.
    fn approximate(
        &self,
        search: Search<'_>,
        (among, effort): (Among, Effort),
        found: &mut TopK,
    ) -> Read {
        if effort == Effort::Exact || self.metric == Metric::Cosine {
            return self.exact(search, among, found);
        }
        Read { way: Way::Scan, ..self.through(search, (among, effort), found) }
    }

    /// The nearest by reading every block, whatever way would be cheaper.
    pub(crate) fn scan(&self, probe: Probe<'_>, among: Among, found: &mut TopK) -> Read {
        Scan::new(self, self.search(probe, None), among).run(found)
    }

    /// The same with just this effort.
    pub(crate) fn near(
        &self,
        probe: Probe<'_>,
        among: Among,
        found: &mut TopK,
        effort: Effort,
    ) -> Read {
        self.approximate(self.search(probe, None), (among, effort), found)
    }

    /// How far queries go from now on.
    pub(crate) fn set_effort(&mut self, effort: Effort) {
        self.effort = effort;
        self.sample = Sample::new();
    }

    /// The share of the true neighbours that queries find, 1 unless less effort is made, and over how
    /// many queries it was measured.
    pub(crate) fn measured_recall(&self) -> (f32, u64) {
        self.sample.state()
    }

    /// Takes into account what a query read, for the way of the next.
    pub(crate) fn learn(&mut self, read: Read) {
        self.route.learn(read);
        if self.effort != Effort::Exact {
            self.sample.learn(read.recall);
        }
    }

    /// The way of most queries, and the running share of blocks and nodes that the skeleton reads.
    pub(crate) fn way(&self) -> (Way, f32) {
        self.route.state()
    }

    fn search<'a>(
        &'a self,
        probe: Probe<'a>,
        admit: Option<&'a dyn Fn(u32) -> bool>,
    ) -> Search<'a> {
        let Self { skeleton, blocks, kernel, .. } = self;
        Search { skeleton, blocks, kernel: *kernel, probe, admit }
    }

    /// Skips what lies far away.
    fn through(
        &self,
        search: Search<'_>,
        (among, effort): (Among, Effort),
        found: &mut TopK,
    ) -> Read {
        let mut read = Read::default();
        for part in among.parts(self.parts) {
            read.of += self.blocks.in_part(part);
            if let Some(root) = self.skeleton.root(part) {
                search.below(root, effort, found, &mut read);
            }
        }
        read
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        self.blocks.fingerprint(print);
    }
}

/// How many queries share the reading of a block.
const BATCH: usize = 8;
/// How many blocks are coded for each insertion while queries scan.
const CODED: usize = 2;
/// Blocks are reserved for the case that they are filled to a sixth only: where the random are
/// forgotten and nothing comes back to their place, blocks thin out for long before they are empty.
const FILL_MARGIN: usize = 6;
/// Most dimensions of a key.
pub(crate) const MAX_DIMS: usize = MAX_SENSORS + MAX_ACTION_DIMS;

/// Length of a vector, summed in double precision so that no observation overflows it.
pub(crate) fn norm(vector: &[f32]) -> f32 {
    vector.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt() as f32
}
