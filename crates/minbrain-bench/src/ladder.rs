//! The guide's ladder: the original's algorithms, then each of its cures in turn, then minbrain.

use std::time::Instant;

use minbrain::{Brain, Budget, Forgetting};
use serde::Serialize;

use crate::accuracy::Accuracy;
use crate::error::BenchError;
use crate::latency::{Latency, LatencySummary};
use crate::naive::{Cures, NaiveBrain};
use crate::stream::{Step, Stream};

/// Cycles before the measurement, in which dense associations form.
const WARM_UP_CYCLES: usize = 5;
/// Fewest and most cycles that are measured in one life; between them, one for so many
/// experiences: the original never forgets, and so grows while it is measured.
const CYCLES_PER_LIFE: [usize; 2] = [20, 200];
const GROWTH: usize = 10;
/// Cycles that are measured in all, in as many lives as it takes.
const CYCLES: usize = 400;
/// minbrain's default budget.
const DEFAULT_BUDGET: usize = 20_000;

/// One rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// The naive brain with some of the guide's cures.
    Naive(Cures),
    /// minbrain with its default settings and room for everything.
    Minbrain,
}

impl Rung {
    /// From the original upwards.
    pub const ALL: [Self; 6] = [
        Self::Naive(Cures::None),
        Self::Naive(Cures::SparseAssociations),
        Self::Naive(Cures::FastSearch),
        Self::Naive(Cures::NoPrematureGpu),
        Self::Naive(Cures::MemoryPressure),
        Self::Minbrain,
    ];

    /// Its name, for people and programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Naive(Cures::None) => "baseline",
            Self::Naive(Cures::SparseAssociations) => "sparse_associations",
            Self::Naive(Cures::FastSearch) => "fast_search",
            Self::Naive(Cures::NoPrematureGpu) => "no_premature_gpu",
            Self::Naive(Cures::MemoryPressure) => "memory_pressure",
            Self::Minbrain => "minbrain",
        }
    }
}

/// What was measured at one size and rung.
#[derive(Clone, Debug, Serialize)]
pub struct LadderRow {
    /// Names this measurement.
    pub bench: &'static str,
    /// Experiences lived through before the measurement.
    pub experiences: usize,
    /// Which rung.
    pub rung: &'static str,
    /// Latency of a whole cycle: recall, activation, prediction, learning, storing.
    #[serde(flatten)]
    pub latency: LatencySummary,
    /// The baseline's `p50_us` at this size over this rung's.
    pub speedup: f64,
    /// Normalised root mean square error of the predicted outcomes in the measured cycles, by the
    /// deviations of the changes in the whole stream.
    pub prediction_error: f64,
    /// Experiences kept at the end of the measurement.
    pub kept: usize,
    /// Which life was lived.
    pub data: String,
    /// Where random numbers started.
    pub seed: u64,
}

/// The lives that all rungs of one size live through: exactly the same for each.
struct Lives<'a> {
    /// Experiences before the measurement.
    fill: usize,
    streams: Vec<&'a [Step]>,
    whole: &'a Stream,
    /// How much each sensor changes in the whole stream.
    changes: Accuracy,
}

/// Measures every rung at one size, on lives cut from `stream`.
///
/// # Errors
/// [`BenchError::Setting`] if the size is 0 or the stream is too short for it; see
/// [`steps_needed`].
pub fn ladder(
    experiences: usize,
    stream: &Stream,
    seed: u64,
) -> Result<Vec<LadderRow>, BenchError> {
    let lives = Lives::cut(experiences, stream)?;
    let mut rows = Vec::with_capacity(Rung::ALL.len());
    let mut baseline_us = None;
    for rung in Rung::ALL {
        let mut row = lives.measure(rung, seed)?;
        row.speedup = *baseline_us.get_or_insert(row.latency.p50_us) / row.latency.p50_us;
        rows.push(row);
    }
    Ok(rows)
}

/// How many steps a stream needs for a size.
pub fn steps_needed(experiences: usize) -> usize {
    lives(experiences) * (experiences + WARM_UP_CYCLES + cycles_per_life(experiences))
}

fn cycles_per_life(experiences: usize) -> usize {
    (experiences / GROWTH).clamp(CYCLES_PER_LIFE[0], CYCLES_PER_LIFE[1])
}

fn lives(experiences: usize) -> usize {
    CYCLES / cycles_per_life(experiences)
}

impl<'a> Lives<'a> {
    fn cut(experiences: usize, stream: &'a Stream) -> Result<Self, BenchError> {
        if experiences == 0 {
            return Err(BenchError::setting("sizes", "1 or more", 0));
        }
        let (needed, got) = (steps_needed(experiences), stream.steps.len());
        if got < needed {
            let expected = format!("{needed} steps for {experiences} experiences");
            return Err(BenchError::setting("data", expected, got));
        }
        let length = needed / lives(experiences);
        let streams = stream.steps[..needed].chunks_exact(length).collect();
        let mut changes = Accuracy::new(stream.sensors);
        for step in &stream.steps {
            changes.add(&step.observation, &step.observation, &step.outcome);
        }
        Ok(Self { fill: experiences, streams, whole: stream, changes })
    }

    fn measure(&self, rung: Rung, seed: u64) -> Result<LadderRow, BenchError> {
        let mut latency = Latency::new();
        let mut accuracy = Accuracy::new(self.whole.sensors);
        let mut kept = 0;
        for life in &self.streams {
            let mut subject = Subject::new(rung, self, seed)?;
            let (past, present) = life.split_at(self.fill);
            past.iter().try_for_each(|step| subject.fill(step))?;
            let (warm_up, measured) = present.split_at(WARM_UP_CYCLES);
            for step in warm_up {
                subject.cycle(step)?;
            }
            for step in measured {
                let start = Instant::now();
                let predicted = subject.cycle(step)?;
                latency.push(start.elapsed());
                accuracy.add(&step.observation, &predicted, &step.outcome);
            }
            kept = subject.kept();
        }
        Ok(LadderRow {
            bench: "ladder",
            experiences: self.fill,
            rung: rung.name(),
            latency: latency.summary(),
            speedup: 1.0,
            prediction_error: accuracy.nrmse_against(&self.changes),
            kept,
            data: self.whole.name.clone(),
            seed,
        })
    }
}

/// What is measured.
enum Subject {
    Naive(Box<NaiveBrain>, Cures),
    Minbrain(Box<Brain>),
}

impl Subject {
    fn new(rung: Rung, lives: &Lives<'_>, seed: u64) -> Result<Self, BenchError> {
        Ok(match rung {
            Rung::Naive(cures) => Self::Naive(Box::new(NaiveBrain::new(cures)), cures),
            Rung::Minbrain => {
                let budget = Budget::Experiences(DEFAULT_BUDGET.max(2 * lives.fill));
                let brain = lives.whole.brain().budget(budget).forgetting(Forgetting::Coverage);
                Self::Minbrain(Box::new(brain.seed(seed).build()?))
            }
        })
    }

    /// Lives a step before the measurement. The original only remembers it: living it would cost
    /// the square of what it remembers.
    fn fill(&mut self, step: &Step) -> Result<(), BenchError> {
        match self {
            Self::Naive(brain, Cures::None) => brain.remember(step),
            Self::Naive(..) | Self::Minbrain(_) => drop(self.cycle(step)?),
        }
        Ok(())
    }

    fn cycle(&mut self, step: &Step) -> Result<Vec<f32>, BenchError> {
        match self {
            Self::Naive(brain, _) => Ok(brain.cycle(step)),
            Self::Minbrain(brain) => step.live(brain, <[f32]>::to_vec),
        }
    }

    fn kept(&self) -> usize {
        match self {
            Self::Naive(brain, _) => brain.len(),
            Self::Minbrain(brain) => brain.stats().experiences,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rung_is_measured_on_the_same_cycles() {
        let stream = Stream::wanderer(6, 3, steps_needed(60), 3);
        let rows = ladder(60, &stream, 1).unwrap();
        let rungs: Vec<&str> = rows.iter().map(|row| row.rung).collect();
        let expected = [
            "baseline",
            "sparse_associations",
            "fast_search",
            "no_premature_gpu",
            "memory_pressure",
            "minbrain",
        ];
        assert_eq!(rungs, expected);
        for row in &rows {
            assert_eq!((row.experiences, row.latency.cycles), (60, 400), "{}", row.rung);
            assert_eq!(row.kept, 60 + 5 + 20, "{}", row.rung);
            let speedup = rows[0].latency.p50_us / row.latency.p50_us;
            assert!((row.speedup - speedup).abs() < 1e-9 * speedup, "{}", row.rung);
        }
        // Small uploads and forgetting change no prediction here.
        assert_eq!(rows[2].prediction_error, rows[3].prediction_error);
        assert_eq!(rows[2].prediction_error, rows[4].prediction_error);
    }

    #[test]
    fn the_error_of_a_rung_is_that_of_its_brain_alone() {
        let stream = Stream::wanderer(6, 3, steps_needed(60), 4);
        let row = Lives::cut(60, &stream).unwrap().measure(Rung::ALL[2], 0).unwrap();
        let [mut accuracy, mut changes] = std::array::from_fn(|_| Accuracy::new(6));
        for step in &stream.steps {
            changes.add(&step.observation, &step.outcome, &step.outcome);
        }
        for life in stream.steps.chunks(85) {
            let mut brain = NaiveBrain::new(Cures::FastSearch);
            for (at, step) in life.iter().enumerate() {
                let predicted = brain.cycle(step);
                if at >= 65 {
                    accuracy.add(&step.observation, &predicted, &step.outcome);
                }
            }
        }
        assert_eq!(accuracy.cycles(), 400);
        assert_eq!(row.prediction_error, accuracy.nrmse_against(&changes));
    }

    #[test]
    fn a_stream_that_is_too_short_is_refused() {
        let stream = Stream::wanderer(6, 3, 100, 3);
        let said = ladder(100, &stream, 0).unwrap_err().to_string();
        assert_eq!(said, "data: expected 2500 steps for 100 experiences, got 100");
        assert!(ladder(0, &stream, 0).is_err());
    }
}
