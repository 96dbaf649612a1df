//! What a brain has done so far, for people and monitors.

use crate::config::Forgetting;
use crate::crossover::Crossover;
use crate::image::image;
use crate::space::Way;

/// Counts since the brain was built.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    /// Experiences kept now.
    pub experiences: usize,
    /// Most experiences that may be kept.
    pub capacity: usize,
    /// Bytes that the experiences take now, all columns, blocks and boxes included.
    pub bytes: usize,
    /// Bytes that are reserved whatever the number of experiences.
    pub bytes_fixed: usize,
    /// By which way most queries go now.
    pub way: Way,
    /// The running share of blocks and boxes, of all blocks, that a query reads by way of the boxes.
    pub share_read: f32,
    /// The share of the true neighbours that recall finds: 1 while it is exact, measured where
    /// [`recall_effort`](crate::BrainBuilder::recall_effort) asks for less.
    pub recall: f32,
    /// On how many queries that was measured.
    pub recall_samples: u64,
    /// Decisions made.
    pub decisions: u64,
    /// Outcomes learned from.
    pub learned: u64,
    /// Experiences of other robots taken in.
    pub adopted: u64,
    /// Decisions at random, since too little was known.
    pub bootstraps: u64,
    /// Experiences forgotten.
    pub forgotten: u64,
    /// By which policy.
    pub forgetting: Forgetting,
    /// Experiences not kept, since the budget was full and nothing may be forgotten.
    pub refused: u64,
    /// Experiences with a reading far outside of what is usual for its sensor. They are the first to
    /// be forgotten.
    pub outliers: u64,
    /// Moving average of surprise over the last hundred outcomes or so.
    pub surprise: f32,
    /// Moving average of how old experiences were when they were forgotten, in cycles.
    pub forgotten_age_cycles: f32,
    /// Associations made, replaced ones included.
    pub associations_made: u64,
    /// Work units done by consolidation.
    pub consolidated_units: u64,
    /// From how many experiences on recalls are put to a GPU.
    pub crossover: Crossover,
    /// What was put to a GPU, and what became of it.
    pub gpu: GpuUse,
}

/// What was put to a GPU, and what became of it. Answers are the same bits in every case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GpuUse {
    /// Whether there is one, and it answers.
    pub is_in_use: bool,
    /// Whether there are so many experiences now that recalls are put to it.
    pub is_past_crossover: bool,
    /// Recalls past the crossover since the brain was built, whether there was a GPU or not.
    pub dispatched: u64,
    /// Those that this GPU answered.
    pub answered: u64,
    /// Those that the processor answered, since the GPU was late, or rested after it was late.
    pub late: u64,
    /// The same, since the GPU had not yet heard of all that changed.
    pub behind: u64,
    /// The same, since too many lay too close to the last neighbour to tell them apart.
    pub unproven: u64,
    /// The same, since values or weights leave the range in which a proof holds.
    pub unsuited: u64,
    /// How often the GPU was lost, or gave an answer that the processor found wrong. It is not asked
    /// again then.
    pub losses: u64,
}

impl Stats {
    /// Bytes for one experience, as it is now; 0 if there is none.
    pub fn bytes_per_experience(&self) -> usize {
        self.bytes.checked_div(self.experiences).unwrap_or(0)
    }
}

image!(Stats keeps decisions learned adopted bootstraps forgotten refused outliers surprise forgotten_age_cycles
    associations_made consolidated_units;
    not experiences capacity bytes bytes_fixed way share_read recall recall_samples forgetting
    crossover gpu);
