//! How long it takes to find the nearest vectors, to take one out and to put one in, and whether
//! the answer is right: fresh, and after everything was replaced several times over.

mod quantiles;
mod reference;
mod standing;
mod vectors;

use std::time::Instant;

use minbrain::Isa;
use minbrain::limits::MAX_NEIGHBOURS;
use minbrain::recall::{Effort, Nearest, Recall};
use serde::Serialize;

use crate::error::BenchError;
use crate::latency::Latency;

pub use quantiles::Quantiles;
pub use reference::Reference;
pub use standing::{Exchange, Standing};
pub use vectors::{Needs, Vectors};

/// What the queries of a measurement ask.
#[derive(Clone, Copy, Debug)]
pub struct RecallSettings {
    /// How many neighbours a query asks for.
    pub k: usize,
    /// How many queries are timed.
    pub queries: usize,
    /// How many times everything is replaced: for each vector kept, one is queried, one is taken
    /// out and one is put in.
    pub turnover: usize,
    /// Most work units of upkeep after each exchange.
    pub upkeep_units: u32,
    /// Where random numbers start.
    pub seed: u64,
    /// How far a query goes.
    pub effort: Effort,
    /// The instructions to compute with; `None` for the fastest there are.
    pub isa: Option<Isa>,
}

impl Default for RecallSettings {
    fn default() -> Self {
        Self {
            k: 16,
            queries: 2_000,
            turnover: 0,
            upkeep_units: 16,
            seed: 0,
            effort: Effort::Exact,
            isa: None,
        }
    }
}

impl RecallSettings {
    fn make(&self, dims: usize, capacity: usize) -> Result<Recall, BenchError> {
        let mut recall = Recall::with_isa(dims, capacity, self.isa)?;
        recall.set_effort(self.effort)?;
        Ok(recall)
    }
}

/// What was measured at one size.
#[derive(Clone, Debug, Serialize)]
pub struct RecallRow {
    /// Names this measurement.
    pub bench: &'static str,
    /// Vectors kept.
    pub experiences: usize,
    /// Values per vector.
    pub dims: usize,
    /// Where the vectors come from.
    pub data: String,
    /// How many neighbours a query asked for.
    pub k: usize,
    /// Share of the true neighbours that were found, after the turnover.
    pub recall: f64,
    /// What the recall itself measured of that on a sample, where it is not exact.
    pub measured_recall: Option<f32>,
    /// Most blocks that a query read; `None` for as many as it takes.
    pub effort_blocks: Option<u32>,
    /// How many queries were checked for recall against a naive search in double precision.
    pub checked: usize,
    /// How many times everything was replaced before the queries were timed.
    pub turnover: usize,
    /// Latency of a query.
    #[serde(flatten)]
    pub query: Quantiles,
    /// Latency of taking one out.
    pub delete: Quantiles,
    /// Latency of putting one in.
    pub insert: Quantiles,
    /// Latency of the whole step: query, take one out, put one in.
    pub step: Quantiles,
    /// The whole step and the upkeep after it, on average.
    pub step_and_upkeep_mean_us: f64,
    /// Most work units of upkeep after each step.
    pub upkeep_units: u32,
    /// Latency of a query that reads every block, in the same run.
    pub scan: Quantiles,
    /// Median query by median scan.
    pub ratio_to_scan: f64,
    /// The median time of a query among 16 that are asked together.
    pub batched_p50_us: f64,
    /// Blocks and nodes that a query reads, on average, by all blocks.
    pub work_share: f64,
    /// Median query by the median query of a fresh structure with the same contents; `None`
    /// without a turnover.
    pub ratio_to_fresh: Option<f64>,
    /// How long it took to fill, per vector.
    pub fill_us_per_vector: f64,
    /// Bytes that one vector takes.
    pub bytes_per_vector: f64,
    /// That, by the bytes of its plain floats.
    pub ratio_to_floats: f64,
    /// How many queries were timed.
    pub queries: usize,
    /// Where random numbers started.
    pub seed: u64,
}

/// Fills a recall with `experiences` vectors, replaces them as often as asked, and measures it.
///
/// Vectors come and go in a seeded random order. Queries are drawn from vectors that are never put
/// in. All dimensions weigh the same.
///
/// # Errors
/// [`BenchError::Setting`] if there are too few vectors or `k` is out of range, and what the recall
/// refuses.
pub fn recall(
    vectors: &Vectors,
    experiences: usize,
    settings: &RecallSettings,
) -> Result<RecallRow, BenchError> {
    if !(1..=MAX_NEIGHBOURS).contains(&settings.k) {
        return Err(BenchError::setting("k", format!("1 to {MAX_NEIGHBOURS}"), settings.k));
    }
    let mut trial = Trial::new(vectors, experiences, settings)?;
    let start = Instant::now();
    trial.fill()?;
    let fill_us = start.elapsed().as_secs_f64() * 1e6 / experiences as f64;
    // Without a turnover a few steps still show what they cost, on a copy.
    let untouched = (settings.turnover == 0).then(|| trial.clone());
    let steps = trial.steps(settings.queries.max(settings.turnover * experiences))?;
    let mut trial = untouched.unwrap_or(trial);
    let [query, scan] = trial.queries()?;
    let batched_p50_us = trial.batches()?;
    let measured_recall = trial.recall.measured_recall().0;
    let ratio_to_fresh = (settings.turnover > 0).then(|| trial.ratio_to_fresh()).transpose()?;
    let (recall, checked) = trial.check()?;
    let bytes = trial.recall.bytes() as f64 / experiences as f64;
    Ok(RecallRow {
        bench: "recall",
        experiences,
        dims: vectors.dims(),
        data: vectors.name().to_owned(),
        k: settings.k,
        recall,
        measured_recall: (settings.effort != Effort::Exact).then_some(measured_recall),
        effort_blocks: match settings.effort {
            Effort::Exact => None,
            Effort::Blocks(blocks) => Some(blocks),
        },
        checked,
        turnover: settings.turnover,
        query,
        delete: steps.delete.summary().into(),
        insert: steps.insert.summary().into(),
        step: steps.whole.summary().into(),
        step_and_upkeep_mean_us: steps.mean_us,
        upkeep_units: settings.upkeep_units,
        scan,
        ratio_to_scan: query.p50_us / scan.p50_us,
        batched_p50_us,
        work_share: trial.work_share()?,
        ratio_to_fresh,
        fill_us_per_vector: fill_us,
        bytes_per_vector: bytes,
        ratio_to_floats: bytes / (vectors.dims() * size_of::<f32>()) as f64,
        queries: settings.queries,
        seed: settings.seed,
    })
}

/// What the steps of a turnover took.
struct Steps {
    delete: Latency,
    insert: Latency,
    whole: Latency,
    /// The whole step with its upkeep, on average.
    mean_us: f64,
}

/// A recall, and what is in it.
#[derive(Clone)]
struct Trial<'a> {
    vectors: &'a Vectors,
    settings: RecallSettings,
    recall: Recall,
    standing: Standing,
    /// The slot of each vector that is kept, by its place in `standing`.
    slots: Vec<u32>,
    weights: Vec<f32>,
    nearest: Nearest,
}

/// A way to ask for the nearest exactly: as the recall does, or by a scan.
pub type Way = fn(
    &mut Recall,
    &[f32],
    &[f32],
    usize,
    &mut Nearest,
) -> Result<(), minbrain::recall::RecallError>;

/// The reference in the same run: every block read.
pub const BY_SCAN: Way =
    |recall, query, weights, k, out| recall.nearest_by_scan(query, weights, k, out);

impl<'a> Trial<'a> {
    fn new(
        vectors: &'a Vectors,
        experiences: usize,
        settings: &RecallSettings,
    ) -> Result<Self, BenchError> {
        Ok(Self {
            vectors,
            settings: *settings,
            recall: settings.make(vectors.dims(), experiences)?,
            standing: Standing::new(vectors, experiences, settings.seed)?,
            slots: Vec::with_capacity(experiences),
            weights: vec![1.0; vectors.dims()],
            nearest: Nearest::default(),
        })
    }

    fn fill(&mut self) -> Result<(), BenchError> {
        for &row in self.standing.rows() {
            self.slots.push(self.recall.insert(self.vectors.row(row))?);
        }
        Ok(())
    }

    fn ask(&mut self, way: Way, query: &[f32]) -> Result<(), BenchError> {
        Ok(way(&mut self.recall, query, &self.weights, self.settings.k, &mut self.nearest)?)
    }

    /// Replaces vectors, one at a time.
    fn steps(&mut self, count: usize) -> Result<Steps, BenchError> {
        let [mut delete, mut insert, mut whole] = std::array::from_fn(|_| Latency::new());
        let mut total_s = 0.0;
        for at in 0..count {
            let query = self.vectors.query(at);
            let Exchange { place, put_in, .. } = self.standing.exchange();
            let slot = self.slots[place];
            let start = Instant::now();
            self.ask(Recall::nearest, query)?;
            let asked = Instant::now();
            self.recall.remove(slot)?;
            let deleted = Instant::now();
            self.slots[place] = self.recall.insert(self.vectors.row(put_in))?;
            let end = Instant::now();
            self.recall.upkeep(self.settings.upkeep_units);
            total_s += start.elapsed().as_secs_f64();
            delete.push(deleted - asked);
            insert.push(end - deleted);
            whole.push(end - start);
        }
        Ok(Steps { delete, insert, whole, mean_us: total_s * 1e6 / count as f64 })
    }

    /// Times every query by the skeleton, then every one by a scan.
    fn queries(&mut self) -> Result<[Quantiles; 2], BenchError> {
        let mut timed = [Quantiles::default(); 2];
        for (way, quantiles) in [Recall::nearest as Way, BY_SCAN].into_iter().zip(&mut timed) {
            let mut latency = Latency::new();
            self.time(way, &mut latency)?;
            *quantiles = latency.summary().into();
        }
        Ok(timed)
    }

    fn time(&mut self, way: Way, latency: &mut Latency) -> Result<(), BenchError> {
        for at in 0..self.settings.queries / WARM_UP_SHARE {
            self.ask(way, self.vectors.query(at))?;
        }
        for at in 0..self.settings.queries {
            let query = self.vectors.query(at);
            let start = Instant::now();
            self.ask(way, query)?;
            latency.push(start.elapsed());
        }
        Ok(())
    }

    /// The median time per query of all queries, asked 16 at a time.
    fn batches(&mut self) -> Result<f64, BenchError> {
        let (mut latency, dims) = (Latency::new(), self.vectors.dims());
        let mut out = vec![Nearest::default(); BATCHED];
        let mut queries = vec![0.0; BATCHED * dims];
        for batch in 0..self.settings.queries.div_ceil(BATCHED) {
            for (at, query) in queries.chunks_exact_mut(dims).enumerate() {
                query.copy_from_slice(self.vectors.query(batch * BATCHED + at));
            }
            let start = Instant::now();
            self.recall.nearest_many(&queries, &self.weights, self.settings.k, &mut out)?;
            latency.push(start.elapsed());
        }
        Ok(latency.summary().p50_us / BATCHED as f64)
    }

    /// The median query by that of a fresh recall with the same contents, asked in turn.
    fn ratio_to_fresh(&mut self) -> Result<f64, BenchError> {
        let mut fresh = self.clone();
        fresh.recall = self.settings.make(self.vectors.dims(), self.standing.rows().len())?;
        let mut rows = self.standing.rows().to_vec();
        rows.sort_unstable();
        for row in rows {
            fresh.recall.insert(self.vectors.row(row))?;
        }
        let [mut aged, mut new] = std::array::from_fn(|_| Latency::new());
        // What idle time does for the one it does for the other.
        fresh.time(Recall::nearest, &mut Latency::new())?;
        fresh.recall.upkeep(u32::MAX);
        for _ in 0..ROUNDS {
            self.time(Recall::nearest, &mut aged)?;
            fresh.time(Recall::nearest, &mut new)?;
        }
        Ok(aged.summary().p50_us / new.summary().p50_us)
    }

    /// The share of the true neighbours that is found, and how many queries were checked for it.
    fn check(&mut self) -> Result<(f64, usize), BenchError> {
        let reference = Reference::new(self.vectors, self.standing.rows(), self.settings.k);
        let count = reference.affordable(self.settings.queries);
        let mut row_of = vec![0; self.recall.capacity()];
        for (&slot, &row) in self.slots.iter().zip(self.standing.rows()) {
            row_of[slot as usize] = row;
        }
        let mut found = 0;
        for at in 0..count {
            let query = self.vectors.query(at);
            self.ask(Recall::nearest, query)?;
            let rows: Vec<u32> =
                self.nearest.iter().map(|(slot, _)| row_of[slot as usize]).collect();
            found += reference.count_true(query, reference.bound(query), &rows);
        }
        Ok((found as f64 / (count * reference.k()) as f64, count))
    }

    fn work_share(&mut self) -> Result<f64, BenchError> {
        let mut used = [0_u64; 2];
        for at in 0..self.settings.queries.min(WORK_SAMPLE) {
            for (way, used) in [Recall::nearest as Way, BY_SCAN].into_iter().zip(&mut used) {
                self.ask(way, self.vectors.query(at))?;
                *used += u64::from(self.nearest.work_units());
            }
        }
        Ok(used[0] as f64 / used[1] as f64)
    }
}

/// One in so many queries is asked before the clock starts.
const WARM_UP_SHARE: usize = 10;
/// How many queries are asked together.
const BATCHED: usize = 16;
/// How often the queries are asked of the aged and of the fresh recall in turn.
const ROUNDS: usize = 3;
/// Over how many queries work is averaged.
const WORK_SAMPLE: usize = 200;

#[cfg(test)]
mod tests;
