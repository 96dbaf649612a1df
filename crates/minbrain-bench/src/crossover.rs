//! From how many experiences on a GPU is faster than the processor, on this machine: recalls on both,
//! over sizes, dimensions and batches, and what activation would have to beat.

mod activation;

use std::time::{Duration, Instant};

use minbrain::gpu::{GpuHelp, GpuPrecision};
use minbrain::recall::{Nearest, Recall};
use minbrain::{Crossover, Isa, Measured, Profile};
use serde::Serialize;

use crate::error::BenchError;
use crate::latency::Latency;
use crate::recall::{Needs, Vectors};
pub use activation::activation;

/// What to measure.
#[derive(Clone, Debug)]
pub struct CrossoverSettings {
    /// How many vectors are kept, one measurement for each; above 1,125, the fewest that are ever put to
    /// a GPU.
    pub sizes: Vec<usize>,
    /// How many queries are asked at once.
    pub batches: Vec<usize>,
    /// How many neighbours a query asks for.
    pub k: usize,
    /// How many calls are timed, at most.
    pub calls: usize,
    /// Where random numbers start.
    pub seed: u64,
    /// The instructions of the processor; `None` for the fastest there are.
    pub isa: Option<Isa>,
}

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// The processor.
    Cpu,
    /// The GPU, and the processor that compares its contenders.
    Gpu,
}

/// One measurement.
#[derive(Clone, Debug, Serialize)]
pub struct CrossoverRow {
    /// Names this measurement.
    pub bench: &'static str,
    /// `recall` or `activation`.
    pub operation: &'static str,
    /// Who answered.
    pub backend: Backend,
    /// The card, or the instructions of the processor.
    pub device: String,
    /// Whether the device is a program on the processor: then the figures say nothing about GPUs.
    pub is_software: bool,
    /// In what precision it keeps vectors.
    pub precision: &'static str,
    /// Vectors kept.
    pub experiences: usize,
    /// Values per vector.
    pub dims: usize,
    /// Queries of a call.
    pub batch: usize,
    /// Half of the calls took at most this long, from the call to the exact answer.
    pub p50_us: f64,
    /// 99 of 100 took at most this long; `None` where times were subtracted.
    pub p99_us: Option<f64>,
    /// The median call, per query.
    pub query_us: f64,
    /// What the vectors take, read once in the median call, in GB/s: for a single query on a GPU, to be
    /// held against the bandwidth of its memory.
    pub gb_per_s: Option<f64>,
    /// The share of queries that the GPU answered; `None` where none was asked.
    pub answered: Option<f64>,
    /// How many calls were timed.
    pub calls: usize,
    /// Queries whose answer was not that of the processor, to the bit.
    pub mismatches: usize,
}

/// Nobody waits in a measurement.
const PATIENCE: Duration = Duration::from_secs(60);
/// No measurement of one kind takes longer than about this.
const MOST_TIME: Duration = Duration::from_secs(4);
const FEWEST_CALLS: usize = 5;
/// A GPU has to be faster by a tenth, here and at every larger size, to count as faster.
const MARGIN: f64 = 0.9;
/// The batch that the figure for batches is taken from.
const BATCH: usize = 64;

impl Backend {
    /// Its name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Gpu => "gpu",
        }
    }
}

/// Measures one size at one number of dimensions: on the processor, and on the GPU in both precisions,
/// for every batch.
///
/// # Errors
/// [`BenchError::Setting`] for a size that is never put to a GPU, and what a recall or the GPU refuses.
pub fn crossover(
    (size, dims): (usize, usize),
    settings: &CrossoverSettings,
    help: &GpuHelp,
) -> Result<Vec<CrossoverRow>, BenchError> {
    let lowest = Crossover::above(Some(1_000), Some(1_000))?;
    if size <= 1_125 {
        return Err(BenchError::setting("sizes", "above 1,125 vectors", size));
    }
    let widest = settings.batches.iter().copied().max().unwrap_or(1).max(BATCH);
    let needs =
        Needs { dims, experiences: size, turnover: 0, queries: widest, seed: settings.seed };
    let vectors = Vectors::load("trajectory", &needs)?;
    let mut plain = Recall::with_isa(dims, size, settings.isa)?;
    for at in 0..size {
        plain.insert(vectors.row(at as u32))?;
    }
    let queries: Vec<f32> = (0..widest).flat_map(|at| vectors.query(at)).copied().collect();
    let mut rows = Vec::new();
    for &batch in &settings.batches {
        let scene = Scene { queries: &queries, settings, size, dims, batch };
        rows.push(scene.measure(&mut plain, None)?);
    }
    for precision in [GpuPrecision::Full, GpuPrecision::Half] {
        let mut helped = plain.clone();
        helped.set_crossover(lowest);
        let help = GpuHelp { precision, patience: PATIENCE, ..help.clone() };
        helped.attach(Some(help.clone()));
        for &batch in &settings.batches {
            let scene = Scene { queries: &queries, settings, size, dims, batch };
            // A batch sends everything that the GPU has not heard of.
            scene.ask_all(&mut helped, &queries)?;
            let mut row = scene.measure(&mut helped, Some(&help))?;
            row.mismatches = scene.mismatches(&mut plain, &mut helped)?;
            rows.push(row);
        }
    }
    Ok(rows)
}

/// One call, and what it is asked of.
struct Scene<'a> {
    queries: &'a [f32],
    settings: &'a CrossoverSettings,
    size: usize,
    dims: usize,
    batch: usize,
}

impl Scene<'_> {
    fn measure(
        &self,
        recall: &mut Recall,
        help: Option<&GpuHelp>,
    ) -> Result<CrossoverRow, BenchError> {
        let mut latency = Latency::new();
        let mut out = vec![Nearest::default(); self.batch];
        let before = recall.gpu_use();
        let began = Instant::now();
        let mut calls = 0;
        while calls < self.settings.calls && (calls < FEWEST_CALLS || began.elapsed() < MOST_TIME) {
            let start = Instant::now();
            self.ask(recall, calls, &mut out)?;
            latency.push(start.elapsed());
            calls += 1;
        }
        let (summary, after) = (latency.summary(), recall.gpu_use());
        let asked = after.dispatched - before.dispatched;
        let width = match help.map(|help| help.precision) {
            Some(GpuPrecision::Half) => 2,
            _ => 4,
        };
        let bytes = (self.size * self.dims * width) as f64;
        Ok(CrossoverRow {
            bench: "crossover",
            operation: "recall",
            backend: if help.is_some() { Backend::Gpu } else { Backend::Cpu },
            device: help
                .map_or_else(|| processor(self.settings), |help| help.gpu.card().name.clone()),
            is_software: help.is_some_and(|help| help.gpu.card().is_software),
            precision: if width == 2 { "half" } else { "full" },
            experiences: self.size,
            dims: self.dims,
            batch: self.batch,
            p50_us: summary.p50_us,
            p99_us: Some(summary.p99_us),
            query_us: summary.p50_us / self.batch as f64,
            gb_per_s: Some(bytes / summary.p50_us / 1e3),
            answered: help.map(|_| (after.answered - before.answered) as f64 / asked.max(1) as f64),
            calls,
            mismatches: 0,
        })
    }

    /// One call: a single query in turn, or all of the batch.
    fn ask(&self, recall: &mut Recall, turn: usize, out: &mut [Nearest]) -> Result<(), BenchError> {
        let weights = vec![1.0; self.dims];
        match out {
            [only] => {
                let at = turn % (self.queries.len() / self.dims);
                let query = &self.queries[at * self.dims..][..self.dims];
                Ok(recall.nearest(query, &weights, self.settings.k, only)?)
            }
            all => Ok(recall.nearest_many(
                &self.queries[..all.len() * self.dims],
                &weights,
                self.settings.k,
                all,
            )?),
        }
    }

    fn ask_all(&self, recall: &mut Recall, queries: &[f32]) -> Result<(), BenchError> {
        let mut out = vec![Nearest::default(); queries.len() / self.dims];
        let weights = vec![1.0; self.dims];
        Ok(recall.nearest_many(queries, &weights, self.settings.k, &mut out)?)
    }

    fn mismatches(&self, plain: &mut Recall, helped: &mut Recall) -> Result<usize, BenchError> {
        let [mut own, mut other] = [(); 2].map(|()| vec![Nearest::default(); self.batch]);
        self.ask(plain, 0, &mut own)?;
        self.ask(helped, 0, &mut other)?;
        Ok(own.iter().zip(&other).filter(|(own, other)| !own.iter().eq(other.iter())).count())
    }
}

/// The processor's instructions, by name.
fn processor(settings: &CrossoverSettings) -> String {
    let isa = settings.isa.map(|isa| isa.name());
    isa.unwrap_or("fastest instructions").to_owned()
}

/// From how many experiences on the GPU was faster: the fewest measured, there and at every larger
/// size; `None` if it was not at the largest.
pub fn crossing(rows: &[CrossoverRow], (dims, batch): (usize, usize)) -> Option<usize> {
    let of = |backend: Backend| {
        let fits = rows.iter().filter(move |row| {
            row.backend == backend
                && row.operation == "recall"
                && (row.dims, row.batch) == (dims, batch)
        });
        fits.filter(|row| row.precision == "full")
    };
    let mut cpu: Vec<&CrossoverRow> = of(Backend::Cpu).collect();
    cpu.sort_by_key(|row| row.experiences);
    let is_faster = |cpu: &&&CrossoverRow| {
        let gpu = of(Backend::Gpu).find(|gpu| gpu.experiences == cpu.experiences);
        gpu.is_some_and(|gpu| gpu.p50_us < MARGIN * cpu.p50_us)
    };
    cpu.iter().rev().take_while(is_faster).last().map(|row| row.experiences)
}

/// What was measured as a profile.
pub fn profile(rows: &[CrossoverRow]) -> Option<Profile> {
    let card = rows.iter().find(|row| row.backend == Backend::Gpu)?.device.clone();
    let mut dims: Vec<usize> =
        rows.iter().filter(|row| row.operation == "recall").map(|row| row.dims).collect();
    dims.sort_unstable();
    dims.dedup();
    let measured = dims.into_iter().map(|dims| Measured {
        dims,
        recall: crossing(rows, (dims, 1)),
        batch: crossing(rows, (dims, BATCH)),
    });
    Some(Profile { card, measured: measured.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(backend: Backend, (experiences, batch): (usize, usize), p50_us: f64) -> CrossoverRow {
        CrossoverRow {
            bench: "crossover",
            operation: "recall",
            backend,
            device: "Card".into(),
            is_software: false,
            precision: "full",
            experiences,
            dims: 16,
            batch,
            p50_us,
            p99_us: Some(p50_us),
            query_us: p50_us,
            gb_per_s: None,
            answered: None,
            calls: 1,
            mismatches: 0,
        }
    }

    /// Sizes with the times of both.
    fn rows(batch: usize, times: &[(usize, f64, f64)]) -> Vec<CrossoverRow> {
        let both = times.iter().flat_map(|&(size, cpu, gpu)| {
            [row(Backend::Cpu, (size, batch), cpu), row(Backend::Gpu, (size, batch), gpu)]
        });
        both.collect()
    }

    #[test]
    fn the_gpu_has_to_be_faster_from_there_on() {
        let crossing = |times: &[(usize, f64, f64)]| crossing(&rows(1, times), (16, 1));
        assert_eq!(crossing(&[(2, 1.0, 9.0), (4, 8.0, 9.0)]), None);
        assert_eq!(crossing(&[(2, 1.0, 9.0), (4, 12.0, 9.0), (8, 30.0, 9.0)]), Some(4));
        assert_eq!(crossing(&[(2, 20.0, 9.0), (4, 8.0, 9.0), (8, 30.0, 9.0)]), Some(8));
        assert_eq!(crossing(&[(2, 20.0, 9.0), (4, 20.0, 19.0)]), None, "a twentieth is no more");
        assert_eq!(crossing(&[]), None);
    }

    #[test]
    fn a_profile_holds_both_figures() {
        let mut all = rows(1, &[(2_000, 1.0, 9.0), (4_000, 8.0, 9.0)]);
        assert_eq!(profile(&rows(1, &[])), None);
        all.extend(rows(64, &[(2_000, 10.0, 9.0), (4_000, 80.0, 9.0)]));
        let profile = profile(&all).unwrap();
        assert_eq!(profile.card, "Card");
        let expected = Measured { dims: 16, recall: None, batch: Some(4_000) };
        assert_eq!(profile.measured, [expected]);
    }
}
