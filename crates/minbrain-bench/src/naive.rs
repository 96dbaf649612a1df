//! The original brain's algorithms, written plainly, and the guide's cures for them.
//!
//! This is what the ladder compares minbrain with. It is written to be read, not to be fast, but
//! nothing in it is slowed down on purpose, and it runs as compiled code: the original ran the
//! same steps in Python.
//!
//! | step | original | cured |
//! |---|---|---|
//! | search | cosine similarity with one separately allocated vector after the other; all that reach 0.3 are sorted | one contiguous matrix of normalised rows, in blocks, keeping the best 20 |
//! | associations | after every outcome, the association of every pair of activated experiences moves a tenth of the way to how well the outcome was predicted | each experience's 20 most similar, found once, when it is stored |
//! | spreading | a pass over all associations | only those 20 of each activated experience |
//! | GPU | from 50 experiences (for activation 10) all vectors are first gathered into a fresh buffer | from 1,000 (500) |
//! | storage | unbounded | 2,000, by utility |
//! | prediction | the average outcome of the 20 most similar experiences, or of those among them that took the same action, weighed by similarity and activation | the same |
//!
//! Where it is not exact:
//! - There is no GPU. Of what a premature one costs only the gathering of the vectors is done, as
//!   an upload needs it; transfer and launch are not simulated. The ladder understates that cure.
//! - Associations stand in a triangle of numbers; the original kept them in dictionaries, which
//!   takes many times as long. The ladder understates that cure, too.
//! - Every experience of similarity 0.3 is activated, as the guide describes it ("connects every
//!   experience to every other"). The times that the guide gives grow with the number of
//!   experiences, not with its square, so that the original's working memory must have held
//!   fewer of them. In this the ladder overstates the cure.
//! - Filling the original before a measurement skips its cycles: see [`NaiveBrain::remember`].

mod associations;
mod pressure;
mod search;

use minbrain::Action;

use crate::stream::Step;
use associations::{Dense, Sparse};
use search::{Matrix, Similar};

/// Most experiences that a prediction rests on, and most associations of one experience.
pub const NEIGHBOURS: usize = 20;
/// Least cosine similarity of an activated experience and of an association.
pub const MIN_SIMILARITY: f32 = 0.3;
/// What share of an activation reaches an associated experience.
pub const SPREAD_PER_HOP: f32 = 0.1;
/// What share of an activation is left after one cycle.
pub const DECAY_PER_CYCLE: f32 = 0.9;
/// What share of the way an association moves after one outcome.
pub const LEARNING_RATE: f32 = 0.1;
/// Least success of a prediction, 0 to 1, after which associations change.
pub const MIN_SUCCESS: f32 = 0.6;
/// How much time one cycle stands for.
pub const CYCLE_PERIOD_US: u64 = 20_000;

/// How many of the guide's cures are in force: each has those before it, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cures {
    /// None: the original.
    None,
    /// Sparse associations.
    SparseAssociations,
    /// And fast search.
    FastSearch,
    /// And no GPU for small work.
    NoPrematureGpu,
    /// And forgetting under pressure.
    MemoryPressure,
}

/// From how many experiences on work is prepared for a GPU.
#[derive(Clone, Copy)]
struct GpuThresholds {
    search: usize,
    activation: usize,
}

impl Cures {
    fn gpu_thresholds(self) -> GpuThresholds {
        if self >= Self::NoPrematureGpu {
            GpuThresholds { search: 1_000, activation: 500 }
        } else {
            GpuThresholds { search: 50, activation: 10 }
        }
    }
}

/// One stored experience; its vectors are allocated on their own.
#[derive(Clone, Debug)]
struct Remembered {
    observation: Vec<f32>,
    action: Action,
    outcome: Vec<f32>,
    prediction_error: f32,
    access_count: u32,
    time_us: u64,
}

/// The original brain with some of the guide's cures.
#[derive(Clone, Debug)]
pub struct NaiveBrain {
    cures: Cures,
    experiences: Vec<Remembered>,
    activation: Vec<f32>,
    /// Those that the current observation activated, most similar first.
    activated: Vec<Similar>,
    dense: Dense,
    sparse: Sparse,
    matrix: Matrix,
    time_us: u64,
    last_cleanup_us: u64,
}

impl NaiveBrain {
    /// An empty brain.
    pub fn new(cures: Cures) -> Self {
        Self {
            cures,
            experiences: Vec::new(),
            activation: Vec::new(),
            activated: Vec::new(),
            dense: Dense::default(),
            sparse: Sparse::default(),
            matrix: Matrix::default(),
            time_us: 0,
            last_cleanup_us: 0,
        }
    }

    /// How many experiences it holds.
    pub fn len(&self) -> usize {
        self.experiences.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.experiences.is_empty()
    }

    /// Lives one step: predicts its outcome, learns from the true one, and returns the prediction.
    pub fn cycle(&mut self, step: &Step) -> Vec<f32> {
        let predicted = self.predict(&step.observation, &step.action);
        let success = success(&predicted, &step.outcome);
        self.associate(success);
        self.store(step, 1.0 - success);
        predicted
    }

    /// Stores a step without living it, as from a saved life, to fill a brain quickly: for the
    /// original, whose every cycle costs the square of what it remembers. Associations of the
    /// dense kind are not made by this; the first cycles after it make them.
    pub fn remember(&mut self, step: &Step) {
        self.activated = self.search(&step.observation);
        self.store(step, 0.5);
    }

    /// Predicts what an action leads to, which activates what is similar.
    pub fn predict(&mut self, observation: &[f32], action: &Action) -> Vec<f32> {
        self.activated = self.search(observation);
        self.activate();
        for similar in self.activated.iter().take(NEIGHBOURS) {
            self.experiences[similar.index].access_count += 1;
        }
        self.average_outcome(action).unwrap_or_else(|| observation.to_vec())
    }

    fn search(&self, observation: &[f32]) -> Vec<Similar> {
        let upload = self.len() > self.cures.gpu_thresholds().search;
        if self.cures >= Cures::FastSearch {
            if upload {
                self.matrix.gather();
            }
            return self.matrix.most_similar(observation, NEIGHBOURS);
        }
        if upload {
            search::gather(self.experiences.iter().map(|e| e.observation.as_slice()));
        }
        search::one_by_one(self.experiences.iter().map(|e| e.observation.as_slice()), observation)
    }

    /// Lets old activation decay, sets that of what is similar now, and spreads it.
    fn activate(&mut self) {
        for activation in &mut self.activation {
            *activation *= DECAY_PER_CYCLE;
        }
        if self.activated.len() > self.cures.gpu_thresholds().activation {
            search::gather(self.activated.iter().map(|s| std::slice::from_ref(&s.similarity)));
        }
        for similar in &self.activated {
            let activation = &mut self.activation[similar.index];
            *activation = activation.max(similar.similarity);
        }
        let received = if self.cures >= Cures::SparseAssociations {
            self.sparse.spread(&self.activated, &self.activation)
        } else {
            self.dense.spread(&self.activated, &self.activation)
        };
        for (index, amount) in received {
            self.activation[index] = (self.activation[index] + amount).min(1.0);
        }
    }

    fn average_outcome(&self, action: &Action) -> Option<Vec<f32>> {
        let nearest = &self.activated[..self.activated.len().min(NEIGHBOURS)];
        let same = |similar: &&Similar| self.experiences[similar.index].action == *action;
        let mut voices: Vec<&Similar> = nearest.iter().filter(same).collect();
        if voices.is_empty() {
            voices = nearest.iter().collect();
        }
        let first = &self.experiences[voices.first()?.index];
        let mut sum = vec![0.0; first.outcome.len()];
        let mut total = 0.0;
        for voice in voices {
            let weight = voice.similarity * (1.0 + self.activation[voice.index]);
            total += weight;
            for (sum, value) in sum.iter_mut().zip(&self.experiences[voice.index].outcome) {
                *sum += weight * value;
            }
        }
        Some(sum.into_iter().map(|value| value / total).collect())
    }

    /// Associates what was activated together.
    fn associate(&mut self, success: f32) {
        if self.cures < Cures::SparseAssociations && success > MIN_SUCCESS {
            self.dense.associate(&self.activated, success);
        }
    }

    fn store(&mut self, step: &Step, prediction_error: f32) {
        self.time_us += CYCLE_PERIOD_US;
        self.experiences.push(Remembered {
            observation: step.observation.clone(),
            action: step.action.clone(),
            outcome: step.outcome.clone(),
            prediction_error,
            access_count: 0,
            time_us: self.time_us,
        });
        self.activation.push(0.0);
        if self.cures >= Cures::SparseAssociations {
            let most_similar = self.activated.iter().take(NEIGHBOURS);
            self.sparse.push(most_similar.copied().collect());
        } else {
            self.dense.push();
        }
        if self.cures >= Cures::FastSearch {
            self.matrix.push(&step.observation);
        }
        if self.cures >= Cures::MemoryPressure {
            self.clean_up();
        }
    }
}

/// How well an outcome was predicted, 0 to 1: one minus the length of the error over the sum of
/// the lengths of both.
fn success(predicted: &[f32], outcome: &[f32]) -> f32 {
    let length = |values: &[f32]| values.iter().map(|v| v * v).sum::<f32>().sqrt();
    let error: Vec<f32> = predicted.iter().zip(outcome).map(|(p, o)| p - o).collect();
    let most = length(predicted) + length(outcome);
    if most > 0.0 { 1.0 - (length(&error) / most).min(1.0) } else { 1.0 }
}

#[cfg(test)]
mod tests;
