//! The recall of a brain without the brain: the exact nearest of plain vectors, while they come
//! and go.
//!
//! Vectors lie in blocks of 64, dimension by dimension, and a skeleton of boxes over the blocks
//! skips those that lie too far away. Nothing is approximate, nothing has to be trained or built,
//! and the weight of each dimension may change from one query to the next.
//!
//! ```
//! use minbrain::recall::{Nearest, Recall};
//!
//! let mut recall = Recall::new(2, 1_000)?;
//! let home = recall.insert(&[0.0, 0.0])?;
//! let shop = recall.insert(&[3.0, 4.0])?;
//! let mut nearest = Nearest::default();
//! recall.nearest(&[3.0, 3.0], &[1.0, 1.0], 2, &mut nearest)?;
//! assert!(nearest.iter().eq([(shop, 1.0), (home, 18.0)]));
//!
//! recall.remove(shop)?;
//! recall.nearest(&[3.0, 3.0], &[1.0, 0.0], 2, &mut nearest)?;
//! assert!(nearest.iter().eq([(home, 9.0)]));
//! # Ok::<(), minbrain::recall::RecallError>(())
//! ```

use minbrain_kernels::{Isa, Kernel, Probe, TopK};
use thiserror::Error;

use crate::crossover::Crossover;
use crate::error::Problem;
use crate::limits::{MAX_EXPERIENCES, MAX_MAGNITUDE, MAX_NEIGHBOURS, MAX_SENSORS};
use crate::metric::Metric;
#[cfg(feature = "gpu")]
use crate::space::GpuHelp;
use crate::space::{Among, Read, Space};
pub use crate::space::{Effort, Way};
use crate::telemetry::GpuUse;

/// Plain vectors, and the exact answer to "which are nearest?".
///
/// Room for `capacity` vectors is reserved at the start; no call allocates after that, but that
/// [`Nearest`] grows to the largest `k` asked for. A vector is named by its slot, a number that is
/// used again once the vector was removed.
#[derive(Clone, Debug)]
pub struct Recall {
    space: Space,
    dims: usize,
    capacity: usize,
    /// By which weights the vectors are laid out.
    weights: Vec<f32>,
    is_taken: Vec<bool>,
    /// Slots to be used again, the next one last.
    free: Vec<u32>,
}

/// Why a [`Recall`] refused a call. It is what it was before the call.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum RecallError {
    /// A setting, a vector, weights or `k` cannot be used.
    #[error("{field}: expected {expected}, got {problem}")]
    Input {
        /// Which argument.
        field: &'static str,
        /// What would have been taken.
        expected: String,
        /// What came.
        problem: Problem,
    },
    /// There is no room for another vector.
    #[error("insert: expected fewer than {capacity} vectors, got a full recall; remove one first")]
    Full {
        /// How many fit.
        capacity: usize,
    },
    /// There is no vector in a slot.
    #[error("slot: expected one that insert returned and that was not removed since, got {slot}")]
    NoSuchSlot {
        /// What came.
        slot: u32,
    },
    /// The processor has not got the instructions.
    #[error("isa: expected instructions that this processor has, got {got}")]
    Unavailable {
        /// What was asked for.
        got: Isa,
    },
    /// The bytes could not be reserved.
    #[error("capacity: expected room for {capacity} vectors, the system refused {bytes} bytes")]
    OutOfMemory {
        /// How many vectors were asked for.
        capacity: usize,
        /// About how many bytes they need.
        bytes: usize,
    },
}

/// The answer of one query, used again for the next.
#[derive(Clone, Debug, Default)]
pub struct Nearest {
    found: TopK,
    work_units: u32,
}

impl Nearest {
    /// Slots and their distances, nearest first and, where distances tie, by slot.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, f32)> + '_ {
        self.found.iter().map(|found| (found.slot, found.distance))
    }

    /// How many were found: fewer than `k` only if there are fewer.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether none was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many blocks of vectors and nodes of boxes were read.
    pub fn work_units(&self) -> u32 {
        self.work_units
    }
}

impl Recall {
    /// Room for `capacity` vectors (1 to 2^24) of `dims` values (1 to 256).
    ///
    /// # Errors
    /// [`RecallError::Input`] for sizes out of range, [`RecallError::OutOfMemory`] if the system
    /// has not got the bytes.
    pub fn new(dims: usize, capacity: usize) -> Result<Self, RecallError> {
        Self::with_isa(dims, capacity, None)
    }

    /// The same with just these instructions; `None` for the fastest that the processor has.
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`RecallError::Unavailable`] if the processor has not got them.
    pub fn with_isa(dims: usize, capacity: usize, isa: Option<Isa>) -> Result<Self, RecallError> {
        let kernel = isa.map_or(Some(Kernel::detect()), Kernel::forced);
        let kernel =
            kernel.ok_or(RecallError::Unavailable { got: isa.unwrap_or(Isa::Portable) })?;
        within("dims", dims, MAX_SENSORS)?;
        within("capacity", capacity, MAX_EXPERIENCES)?;
        let refused = |_| RecallError::OutOfMemory {
            capacity,
            bytes: capacity * Space::bytes_each(Metric::Euclidean, dims),
        };
        let engine = (kernel, Metric::Euclidean);
        let mut made = Self {
            space: Space::new(engine, (dims, dims), 1, capacity).map_err(refused)?,
            dims,
            capacity,
            weights: vec![1.0; dims],
            is_taken: Vec::new(),
            free: Vec::new(),
        };
        made.is_taken.try_reserve_exact(capacity).map_err(refused)?;
        made.free.try_reserve_exact(capacity).map_err(refused)?;
        Ok(made)
    }

    /// Lays vectors out by these weights from now on, one per dimension; at first all are 1.
    ///
    /// No answer depends on it. Queries are fastest if their weights are about these: tell them
    /// where the dimensions have different units.
    ///
    /// # Errors
    /// [`RecallError::Input`] as for the weights of [`nearest`](Self::nearest).
    pub fn lay_out_by(&mut self, weights: &[f32]) -> Result<(), RecallError> {
        self.check_weights(weights)?;
        self.weights.copy_from_slice(weights);
        Ok(())
    }

    /// Takes a vector in and returns its slot. Cost: one value per dimension written, and boxes on
    /// the way widened; one insertion in some thirty cuts a block in two.
    ///
    /// # Errors
    /// [`RecallError::Input`] for a wrong number of values, NaN, infinities and magnitudes over
    /// 1e15, [`RecallError::Full`] if there is no room.
    pub fn insert(&mut self, vector: &[f32]) -> Result<u32, RecallError> {
        self.check_vector(vector)?;
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None if self.is_taken.len() == self.capacity => {
                return Err(RecallError::Full { capacity: self.capacity });
            }
            None => {
                self.is_taken.push(false);
                self.is_taken.len() as u32 - 1
            }
        };
        self.is_taken[slot as usize] = true;
        self.space.insert(0, slot, vector, &self.weights);
        Ok(slot)
    }

    /// Takes the vector in `slot` out. Cost: one block at most is read to shrink its box, two are
    /// merged now and then.
    ///
    /// # Errors
    /// [`RecallError::NoSuchSlot`] if there is none.
    pub fn remove(&mut self, slot: u32) -> Result<(), RecallError> {
        self.check_slot(slot)?;
        self.space.remove(0, slot);
        self.is_taken[slot as usize] = false;
        self.free.push(slot);
        Ok(())
    }

    /// Copies the vector in `slot` to `out`.
    ///
    /// # Errors
    /// [`RecallError::NoSuchSlot`] if there is none, [`RecallError::Input`] if `out` has another
    /// number of values.
    pub fn copy(&self, slot: u32, out: &mut [f32]) -> Result<(), RecallError> {
        self.check_slot(slot)?;
        self.check_length("out", out.len())?;
        self.space.copy_key(slot, out);
        Ok(())
    }

    /// How far queries go from now on; exact at first. See [`Effort::Blocks`] for when less is enough,
    /// and [`measured_recall`](Self::measured_recall) for what it misses.
    ///
    /// # Errors
    /// [`RecallError::Input`] for 0 blocks.
    pub fn set_effort(&mut self, effort: Effort) -> Result<(), RecallError> {
        if effort == Effort::Blocks(0) {
            return Err(refuse("effort", "1 block or more".into(), Problem::WrongCount { got: 0 }));
        }
        self.space.set_effort(effort);
        Ok(())
    }

    /// From how many vectors on queries are put to a GPU; never at first. Past it a query counts as one
    /// that reads every block, whoever answers.
    pub fn set_crossover(&mut self, crossover: Crossover) {
        self.space.set_crossover(crossover);
    }

    /// Queries past the [crossover](Self::set_crossover) are put to this GPU from now on; `None` for
    /// no GPU. No answer depends on it. A clone has none.
    ///
    /// Cost: compiles the GPU's programs the first time. Vectors are sent with the queries that
    /// follow, a bounded number of blocks with a single one and all of them with a batch; until all
    /// are there, the processor answers.
    #[cfg(feature = "gpu")]
    pub fn attach(&mut self, help: Option<GpuHelp>) {
        self.space.attach(help);
    }

    /// What was put to a GPU, and what became of it.
    pub fn gpu_use(&self) -> GpuUse {
        self.space.gpu_use()
    }

    /// The share of the true neighbours that [`nearest`](Self::nearest) finds, and on how many queries
    /// that was measured: 1 and none while every answer is exact.
    pub fn measured_recall(&self) -> (f32, u64) {
        self.space.measured_recall()
    }

    /// Finds the `k` nearest to `query` exactly (1 to 256), by the weighted squared distance `sum
    /// of weight * difference^2` as `f32`. A weight of 0 leaves a dimension out. Cost: the blocks
    /// that reach into the distance of the k-th nearest are read, all of them at worst. The recall
    /// counts what was read, and takes the cheaper way next time: through the boxes or over all
    /// blocks.
    ///
    /// # Errors
    /// [`RecallError::Input`] for a query that [`insert`](Self::insert) would refuse, for weights
    /// that are negative or not finite, and for a `k` out of range.
    pub fn nearest(
        &mut self,
        query: &[f32],
        weights: &[f32],
        k: usize,
        out: &mut Nearest,
    ) -> Result<(), RecallError> {
        let (probe, vectors) = (self.probe(query, weights, k)?, self.len());
        out.found.reset(k);
        let read = self.space.recall(probe, Among::All, vectors, &mut out.found);
        out.work_units = read.units();
        Ok(())
    }

    /// The same for many queries at once: `queries` holds one after the other, and each finds its answer
    /// in its place of `out`, the same bits as one by one. Cost: where queries read every block in full,
    /// it is fetched once for up to eight of them; else that of one by one.
    ///
    /// # Errors
    /// As [`nearest`](Self::nearest), and if `queries` does not hold as many vectors as `out` has
    /// places. Then nothing was asked.
    pub fn nearest_many(
        &mut self,
        queries: &[f32],
        weights: &[f32],
        k: usize,
        out: &mut [Nearest],
    ) -> Result<(), RecallError> {
        if queries.len() != out.len() * self.dims {
            let expected = format!("{} values for {} answers", out.len() * self.dims, out.len());
            let problem = Problem::WrongLength { got: queries.len() };
            return Err(refuse("queries", expected, problem));
        }
        let probes = queries.chunks_exact(self.dims).map(|query| self.probe(query, weights, k));
        let probes = probes.collect::<Result<Vec<_>, _>>()?;
        let mut found: Vec<TopK> =
            out.iter_mut().map(|out| std::mem::take(&mut out.found)).collect();
        found.iter_mut().for_each(|found| found.reset(k));
        let mut read = vec![Read::default(); out.len()];
        let vectors = self.len();
        self.space.recall_many((&probes, Among::All), vectors, &mut found, &mut read);
        for ((out, found), read) in out.iter_mut().zip(found).zip(read) {
            (out.found, out.work_units) = (found, read.units());
        }
        Ok(())
    }

    /// The same among only those slots that `admit` lets in. Cost: as long as few are let in, more
    /// blocks have to be read.
    ///
    /// # Errors
    /// As [`nearest`](Self::nearest).
    pub fn nearest_where(
        &self,
        (query, weights): (&[f32], &[f32]),
        k: usize,
        admit: impl Fn(u32) -> bool,
        out: &mut Nearest,
    ) -> Result<(), RecallError> {
        let probe = self.probe(query, weights, k)?;
        out.found.reset(k);
        let read = self.space.nearest_where(probe, Among::All, &mut out.found, &admit);
        out.work_units = read.units();
        Ok(())
    }

    /// An approximation: the nearest among the vectors of the `blocks` blocks (1 or more) whose
    /// boxes lie nearest. For where the exact answer takes too long, in hundreds of dimensions or
    /// among tens of millions; measure on a sample what it misses.
    ///
    /// # Errors
    /// As [`nearest`](Self::nearest), and for `blocks` of 0.
    pub fn near(
        &self,
        (query, weights): (&[f32], &[f32]),
        k: usize,
        blocks: u32,
        out: &mut Nearest,
    ) -> Result<(), RecallError> {
        within("blocks", blocks as usize, u32::MAX as usize)?;
        let probe = self.probe(query, weights, k)?;
        out.found.reset(k);
        let effort = Effort::Blocks(blocks);
        out.work_units = self.space.near(probe, Among::All, &mut out.found, effort).units();
        Ok(())
    }

    /// The exact answer by reading every block: what a query costs without the skeleton, for
    /// measurements.
    ///
    /// # Errors
    /// As [`nearest`](Self::nearest).
    pub fn nearest_by_scan(
        &self,
        query: &[f32],
        weights: &[f32],
        k: usize,
        out: &mut Nearest,
    ) -> Result<(), RecallError> {
        let probe = self.probe(query, weights, k)?;
        out.found.reset(k);
        out.work_units = self.space.scan(probe, Among::All, &mut out.found).units();
        Ok(())
    }

    /// By which way most queries go now, and the share of blocks and boxes (of all blocks) that
    /// they read by way of the boxes.
    pub fn way(&self) -> (Way, f32) {
        self.space.way()
    }

    /// Uses idle time to lay out anew what insertions and removals have thinned out, until about
    /// `work_units` blocks were read or written. Returns how many were: 0 or few if nothing is due.
    /// No answer depends on it; without it queries slow down as vectors come and go.
    pub fn upkeep(&mut self, work_units: u32) -> u32 {
        self.space.rebuild(work_units, &self.weights)
    }

    /// How many vectors there are.
    pub fn len(&self) -> usize {
        self.is_taken.len() - self.free.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many values a vector has.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// How many vectors fit.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Bytes that the vectors take now: blocks, boxes and slots.
    pub fn bytes(&self) -> usize {
        let slots = self.is_taken.len() * (size_of::<bool>() + size_of::<u32>());
        self.space.bytes() + slots
    }

    fn probe<'a>(
        &self,
        query: &'a [f32],
        weights: &'a [f32],
        k: usize,
    ) -> Result<Probe<'a>, RecallError> {
        self.check_vector(query)?;
        self.check_weights(weights)?;
        within("k", k, MAX_NEIGHBOURS)?;
        Ok(Probe { key: query, weights })
    }

    fn check_slot(&self, slot: u32) -> Result<(), RecallError> {
        let is_taken = self.is_taken.get(slot as usize).copied().unwrap_or(false);
        if is_taken { Ok(()) } else { Err(RecallError::NoSuchSlot { slot }) }
    }

    fn check_length(&self, field: &'static str, got: usize) -> Result<(), RecallError> {
        let expected = || format!("{} values", self.dims);
        let problem = Problem::WrongLength { got };
        if got == self.dims { Ok(()) } else { Err(refuse(field, expected(), problem)) }
    }

    fn check_vector(&self, vector: &[f32]) -> Result<(), RecallError> {
        self.check_length("vector", vector.len())?;
        match vector.iter().position(|value| !is_usable(*value)) {
            None => Ok(()),
            Some(at) => {
                let expected = format!("values from -{MAX_MAGNITUDE:e} to {MAX_MAGNITUDE:e}");
                Err(refuse("vector", expected, unusable(at, vector[at])))
            }
        }
    }

    fn check_weights(&self, weights: &[f32]) -> Result<(), RecallError> {
        self.check_length("weights", weights.len())?;
        match weights.iter().position(|&weight| !(is_usable(weight) && weight >= 0.0)) {
            None => Ok(()),
            Some(at) => {
                let expected = format!("weights from 0 to {MAX_MAGNITUDE:e}");
                Err(refuse("weights", expected, unusable(at, weights[at])))
            }
        }
    }
}

/// Whether a value is finite and not too large.
fn is_usable(value: f32) -> bool {
    value.abs() <= MAX_MAGNITUDE
}

fn unusable(at: usize, got: f32) -> Problem {
    if got.is_finite() { Problem::OutOfBounds { at, got } } else { Problem::NotFinite { at, got } }
}

fn within(field: &'static str, got: usize, most: usize) -> Result<(), RecallError> {
    if (1..=most).contains(&got) {
        return Ok(());
    }
    Err(refuse(field, format!("1 to {most}"), Problem::WrongCount { got }))
}

fn refuse(field: &'static str, expected: String, problem: Problem) -> RecallError {
    RecallError::Input { field, expected, problem }
}

#[cfg(test)]
mod tests;
