//! What a brain has done so far.

use pyo3::prelude::*;

use crate::settings::forgetting_name;

/// Counts since the brain was built.
#[pyclass(module = "minbrain", frozen, get_all)]
pub(crate) struct Stats {
    /// Experiences kept now.
    experiences: usize,
    /// Most experiences that may be kept.
    capacity: usize,
    /// Bytes that the experiences take now, all columns, blocks and boxes included.
    bytes: usize,
    /// Bytes that are reserved whatever the number of experiences.
    bytes_fixed: usize,
    /// By which way most queries go now: 'skeleton' or 'scan'.
    way: String,
    /// The running share of blocks and boxes that a query reads by way of the boxes.
    share_read: f32,
    /// The share of the true neighbours that recall finds: 1 while it is exact.
    recall: f32,
    /// On how many queries that was measured.
    recall_samples: u64,
    /// Decisions made.
    decisions: u64,
    /// Outcomes learned from.
    learned: u64,
    /// Experiences of other robots taken in.
    adopted: u64,
    /// Decisions at random, since too little was known.
    bootstraps: u64,
    /// Experiences forgotten.
    forgotten: u64,
    /// By which policy.
    forgetting: &'static str,
    /// Experiences not kept, since the budget was full and nothing may be forgotten.
    refused: u64,
    /// Experiences with a reading far outside of what is usual for its sensor.
    outliers: u64,
    /// Moving average of surprise over the last hundred outcomes or so.
    surprise: f32,
    /// Moving average of how old experiences were when they were forgotten, in cycles.
    forgotten_age_cycles: f32,
    /// Associations made, replaced ones included.
    associations_made: u64,
    /// Work units done by consolidation.
    consolidated_units: u64,
}

impl From<minbrain::Stats> for Stats {
    fn from(stats: minbrain::Stats) -> Self {
        Self {
            experiences: stats.experiences,
            capacity: stats.capacity,
            bytes: stats.bytes,
            bytes_fixed: stats.bytes_fixed,
            way: format!("{:?}", stats.way).to_lowercase(),
            share_read: stats.share_read,
            recall: stats.recall,
            recall_samples: stats.recall_samples,
            decisions: stats.decisions,
            learned: stats.learned,
            adopted: stats.adopted,
            bootstraps: stats.bootstraps,
            forgotten: stats.forgotten,
            forgetting: forgetting_name(stats.forgetting),
            refused: stats.refused,
            outliers: stats.outliers,
            surprise: stats.surprise,
            forgotten_age_cycles: stats.forgotten_age_cycles,
            associations_made: stats.associations_made,
            consolidated_units: stats.consolidated_units,
        }
    }
}

#[pymethods]
impl Stats {
    fn __repr__(&self) -> String {
        let Self { experiences, capacity, learned, surprise, .. } = self;
        format!(
            "Stats(experiences={experiences}, capacity={capacity}, learned={learned}, surprise={surprise:.3})"
        )
    }
}
