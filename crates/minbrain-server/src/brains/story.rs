//! How a run goes on that its owner tells of: the score, the score alone, and the teacher.

use serde::Serialize;

/// Curves over a run; each point is after how many cycles, and the value.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Story {
    /// What a score is.
    pub unit: String,
    /// How many cycles the run takes.
    pub total: u64,
    /// The score of a clone without a teacher and without trying things out.
    pub alone: Vec<(f64, f64)>,
    /// What a hand-written controller reaches in its place.
    pub scripted: f64,
    /// What one that acts at random reaches.
    pub random: f64,
    /// The score of the run itself.
    pub score: Vec<(f64, f64)>,
    /// In which share of the cycles the teacher acted, in percent; empty where there never was one.
    pub asked: Vec<(f64, f64)>,
    /// After how many cycles the teacher left, if it has.
    pub left: Option<u64>,
}

/// What the owner of a brain shows beside it.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Where the robot is.
    pub stage: Option<super::stage::Stage>,
    /// How its run goes on.
    pub story: Option<Story>,
}
