//! A GPU that names contenders, and the processor that compares them: the same answer to the bit.

mod changed;
mod compare;

use std::time::Duration;

use minbrain_gpu::{Answers, Gpu, GpuError, Precision, Question, Resident, Shape, Tenancy};
use minbrain_kernels::{LANES, Lanes, Probe, TopK};

use crate::metric::Metric;
use crate::space::{Among, Space};
use crate::telemetry::GpuUse;
pub(super) use changed::Changed;

/// A GPU that is asked past the crossover, and how.
#[derive(Clone, Debug)]
pub struct GpuHelp {
    /// The device; brains may share one.
    pub gpu: Gpu,
    /// How precisely it keeps experiences. Default: [`GpuPrecision::Full`].
    pub precision: GpuPrecision,
    /// How long one recall waits for it; the processor answers then. Default: 1 ms.
    pub patience: Duration,
}

/// How precisely a GPU keeps experiences. Answers are exact either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GpuPrecision {
    /// In single precision.
    #[default]
    Full,
    /// In half precision: half the bytes, half the reading, and a few contenders more.
    Half,
}

/// How long a recall waits unless it is told otherwise.
const PATIENCE: Duration = Duration::from_millis(1);
/// How long a batch waits, which no cycle waits for.
const BATCH_PATIENCE: Duration = Duration::from_secs(60);
/// Queries for which a GPU that was late is not asked.
const REST: u32 = 64;
/// Blocks that are sent for one recall at most.
const SENT_AT_ONCE: usize = 256;
/// One answer in so many is compared with the processor's own: a device that computes wrongly is not
/// asked again.
const AUDITED: u64 = 256;
/// Where the inverse length of an observation is beyond this, its direction is lost in single precision.
const MOST_INVERSE: f32 = 1e28;

impl GpuHelp {
    /// With the defaults.
    pub fn new(gpu: Gpu) -> Self {
        Self { gpu, precision: GpuPrecision::Full, patience: PATIENCE }
    }
}

/// Who answers past the crossover, if anybody does. A clone has nobody.
#[derive(Debug, Default)]
pub(super) struct Assistant(Option<Box<Inner>>);

#[derive(Debug)]
struct Inner {
    help: GpuHelp,
    resident: Option<Resident>,
    /// Queries for which it is still not asked.
    rest: u32,
    counts: GpuUse,
    /// Scratch: the points of questions, the rows of a block, the places of contenders.
    keys: Vec<f32>,
    rows: Vec<Lanes>,
    places: Vec<u32>,
}

impl Clone for Assistant {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Assistant {
    pub(super) fn new(help: Option<GpuHelp>) -> Self {
        Self(help.map(|help| {
            // Means and deviations matter to what is kept, and not to what is compiled.
            help.gpu.prepare(&match help.precision {
                GpuPrecision::Full => Precision::Full,
                GpuPrecision::Half => Precision::Half { means: Vec::new(), deviations: Vec::new() },
            });
            let counts = GpuUse { is_in_use: !help.gpu.is_lost(), ..GpuUse::default() };
            let (keys, rows, places) = (Vec::new(), Vec::new(), Vec::new());
            Box::new(Inner { help, resident: None, rest: 0, counts, keys, rows, places })
        }))
    }

    /// Answers all queries at once, exactly, or none.
    pub(super) fn answer(
        &mut self,
        space: &mut Space,
        asked: (&[Probe<'_>], Among),
        found: &mut [TopK],
    ) -> bool {
        self.0.as_deref_mut().is_some_and(|inner| inner.answer(space, asked, found))
    }

    /// Sends what changed, so many blocks at most.
    pub(super) fn catch_up(&mut self, space: &mut Space, blocks: usize) {
        if let Some(inner) = self.0.as_deref_mut().filter(|inner| inner.counts.is_in_use)
            && let Err(error) = inner.send(space, blocks)
        {
            inner.take_failure(&error, 0);
        }
    }

    pub(super) fn counts(&self) -> GpuUse {
        self.0.as_ref().map_or_else(GpuUse::default, |inner| inner.counts)
    }
}

impl Inner {
    fn answer(
        &mut self,
        space: &mut Space,
        (probes, among): (&[Probe<'_>], Among),
        found: &mut [TopK],
    ) -> bool {
        let queries = probes.len() as u64;
        if !self.counts.is_in_use {
            return false;
        }
        if self.rest > 0 {
            self.rest -= 1;
            self.counts.late += queries;
            return false;
        }
        let k = found.first().map_or(1, TopK::k);
        let answers = match self.ask(space, (probes, among), k) {
            Ok(Some(answers)) => answers,
            Ok(None) => {
                self.counts.behind += queries;
                return false;
            }
            Err(error) => {
                self.take_failure(&error, queries);
                return false;
            }
        };
        self.compare((space, probes, among), &answers, found)
    }

    /// Counts what went wrong, and gives up a device that will not answer again.
    fn take_failure(&mut self, error: &GpuError, queries: u64) {
        match error {
            GpuError::Late { .. } => {
                self.counts.late += queries;
                self.rest = REST;
            }
            GpuError::Unsuited { .. } => self.counts.unsuited += queries,
            _ => self.give_up(),
        }
    }

    fn give_up(&mut self) {
        self.counts.is_in_use = false;
        self.counts.losses += 1;
        self.resident = None;
    }

    /// Asks and waits as long as is right; `None` if the GPU has not heard of everything yet.
    fn ask(
        &mut self,
        space: &mut Space,
        (probes, among): (&[Probe<'_>], Among),
        k: usize,
    ) -> Result<Option<Answers>, GpuError> {
        let (most, patience) = match probes.len() {
            1 => (SENT_AT_ONCE, self.help.patience),
            _ => (usize::MAX, BATCH_PATIENCE.max(self.help.patience)),
        };
        if !self.send(space, most)? {
            return Ok(None);
        }
        let Self { resident: Some(resident), keys, .. } = self else { return Ok(None) };
        let dims = space.dims;
        let part = match among {
            Among::All => None,
            Among::Part(part) => Some(part as u32),
        };
        keys.clear();
        for probe in probes {
            let first = keys.len();
            keys.extend_from_slice(&probe.key[..dims]);
            if space.metric == Metric::Cosine {
                let direction = space.direction(probe.key);
                let sensors = space.sensors;
                keys[first..first + sensors].copy_from_slice(&direction[..sensors]);
            }
        }
        let questions: Vec<Question<'_>> = keys
            .chunks_exact(dims)
            .zip(probes)
            .map(|(key, probe)| Question { probe: Probe { key, weights: probe.weights }, part })
            .collect();
        resident.ask(&questions, k)?.wait(patience).map(Some)
    }

    /// Sends blocks that changed, so many at most. Returns whether the GPU knows them all now.
    fn send(&mut self, space: &mut Space, most: usize) -> Result<bool, GpuError> {
        let Self { help, resident, rows, .. } = self;
        let dims = space.dims;
        let resident = match resident {
            Some(resident) => resident,
            None => {
                let directions = if space.metric == Metric::Cosine { space.sensors } else { 0 };
                let shape = Shape { rows: dims, directions };
                let precision = precision_for(space, help.precision);
                space.blocks.changed.touch_all(space.blocks.len());
                resident.insert(Resident::with_precision(&help.gpu, shape, &precision)?)
            }
        };
        for _ in 0..most {
            let Some(block) = space.blocks.changed.next() else { break };
            let count = space.blocks.count(block);
            rows.clear();
            rows.extend_from_slice(&space.blocks.rows(block)[..dims]);
            if space.metric == Metric::Cosine {
                let inverse = &space.blocks.rows(block)[dims].0;
                if inverse[..count].iter().any(|&inverse| inverse > MOST_INVERSE) {
                    space.blocks.changed.touch(block);
                    return Err(GpuError::Unsuited { what: "an observation close to 0" });
                }
                for row in &mut rows[..space.sensors] {
                    (0..LANES).for_each(|lane| row.0[lane] *= inverse[lane]);
                }
            }
            let part = space.blocks.part(block) as u32;
            resident.write(block, rows, Tenancy { count, part })?;
        }
        Ok(space.blocks.changed.is_empty())
    }
}

/// Halves from the means and deviations of what is there now.
fn precision_for(space: &Space, wanted: GpuPrecision) -> Precision {
    if wanted == GpuPrecision::Full {
        return Precision::Full;
    }
    let (means, deviations) = (0..space.dims).map(|dim| space.blocks.spread_of(dim)).unzip();
    Precision::Half { means, deviations }
}
