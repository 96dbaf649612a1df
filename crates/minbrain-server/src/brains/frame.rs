//! One moment of a brain, as the dashboard shows it.

use std::time::Instant;

use minbrain::{Active, Brain, Forgotten, Stats, Witness};
use serde::Serialize;

use super::life::Durability;
use super::pulse::{Last, Point, Pulse};
use super::stage::Stage;
use super::story::{Story, Surroundings};
use super::wording;

/// Everything that changes from frame to frame.
#[derive(Debug, Serialize)]
pub(crate) struct Frame {
    at_ms: u64,
    cycles: u64,
    latency: Latency,
    kept: Kept,
    point: Option<Point>,
    decision: Option<Decided>,
    active: Vec<Node>,
    stage: Option<Stage>,
    story: Option<Story>,
}

/// How long the last cycles took, against the deadline.
#[derive(Debug, Serialize)]
pub(crate) struct Latency {
    p50_us: f64,
    p99_us: f64,
    p999_us: f64,
    max_us: f64,
    deadline_us: Option<f64>,
    missed: u64,
    bars: Vec<(f64, f64, u64)>,
}

#[derive(Debug, Serialize)]
struct Kept {
    experiences: usize,
    capacity: usize,
    bytes: usize,
    learned: u64,
    forgotten: u64,
    refused: u64,
    outliers: u64,
    policy: &'static str,
    reason: &'static str,
    age_cycles: f32,
    last: Vec<Gone>,
    journal: Option<Durability>,
    gpu: Option<GpuSeen>,
}

/// What a GPU does for a brain; none where nothing was ever put to one.
#[derive(Debug, Serialize)]
struct GpuSeen {
    is_in_use: bool,
    is_past_crossover: bool,
    crossover_experiences: Option<usize>,
    dispatched: u64,
    answered: u64,
    losses: u64,
}

#[derive(Debug, Serialize)]
struct Gone {
    id: u64,
    age_cycles: u64,
    surprise: f32,
    access_count: u32,
}

#[derive(Debug, Serialize)]
struct Decided {
    action: String,
    method: &'static str,
    confidence: f32,
    recalled: Vec<Spoke>,
    considered: Vec<(String, f32)>,
    compared_by: &'static str,
}

#[derive(Debug, Serialize)]
struct Spoke {
    id: u64,
    similarity: f32,
    weight: f32,
    action: String,
    reward: f32,
}

#[derive(Debug, Serialize)]
struct Node {
    id: u64,
    activation: f32,
    surprise: f32,
    reward: f32,
    age_cycles: u64,
    links: Vec<(u64, f32)>,
}

impl Frame {
    pub(crate) fn new(pulse: &Pulse, brain: &Brain, around: Surroundings, now: Instant) -> Self {
        let stats = brain.stats();
        let insight = brain.insight();
        let names = &pulse.action_names;
        let spoke = |witness: &Witness| Spoke {
            id: witness.id.0,
            similarity: witness.similarity,
            weight: witness.weight,
            action: wording::action(&witness.action, names),
            reward: witness.reward,
        };
        let considered = insight.considered.iter();
        let considered = considered.map(|(action, worth)| (wording::action(action, names), *worth));
        let considered: Vec<(String, f32)> = considered.collect();
        let decided = |last: &Last| Decided {
            action: wording::action(&last.action, names),
            method: last.method.name(),
            confidence: last.confidence,
            recalled: insight.witnesses.iter().map(spoke).collect(),
            compared_by: compared_by(brain),
            considered,
        };
        Self {
            at_ms: pulse.age_ms(now),
            cycles: pulse.cycles,
            latency: Latency::of(pulse),
            kept: Kept { journal: pulse.durability, ..Kept::new(&stats, &insight.forgotten) },
            point: pulse.history.back().copied(),
            decision: pulse.last.as_ref().map(decided),
            active: insight.active.iter().map(|active| Node::new(active, stats.learned)).collect(),
            stage: around.stage,
            story: around.story,
        }
    }
}

fn compared_by(brain: &Brain) -> &'static str {
    match brain.config().policy {
        minbrain::Policy::Value => "expected return",
        minbrain::Policy::Imitation => "share by demonstrations",
        _ => "share of the votes",
    }
}

impl Latency {
    pub(crate) fn of(pulse: &Pulse) -> Self {
        let recent = &pulse.recent;
        Self {
            p50_us: recent.quantile_us(0.5),
            p99_us: recent.quantile_us(0.99),
            p999_us: recent.quantile_us(0.999),
            max_us: recent.max_us(),
            deadline_us: pulse.deadline.map(|deadline| deadline.as_secs_f64() * 1e6),
            missed: pulse.missed,
            bars: recent.bars(),
        }
    }
}

impl Kept {
    fn new(stats: &Stats, forgotten: &[Forgotten]) -> Self {
        let (policy, reason) = wording::forgetting(stats.forgetting);
        let gone = |gone: &Forgotten| Gone {
            id: gone.id.0,
            age_cycles: gone.age_cycles,
            surprise: gone.surprise,
            access_count: gone.access_count,
        };
        Self {
            experiences: stats.experiences,
            capacity: stats.capacity,
            bytes: stats.bytes + stats.bytes_fixed,
            learned: stats.learned,
            forgotten: stats.forgotten,
            refused: stats.refused,
            outliers: stats.outliers,
            policy,
            reason,
            age_cycles: stats.forgotten_age_cycles,
            last: forgotten.iter().rev().map(gone).collect(),
            journal: None,
            gpu: GpuSeen::of(stats),
        }
    }
}

impl GpuSeen {
    fn of(stats: &Stats) -> Option<Self> {
        let gpu = stats.gpu;
        let is_there = gpu.is_in_use || gpu.losses > 0 || gpu.dispatched > 0;
        is_there.then(|| Self {
            is_in_use: gpu.is_in_use,
            is_past_crossover: gpu.is_past_crossover,
            crossover_experiences: stats.crossover.recall(),
            dispatched: gpu.dispatched,
            answered: gpu.answered,
            losses: gpu.losses,
        })
    }
}

impl Node {
    fn new(active: &Active, learned: u64) -> Self {
        Self {
            id: active.id.0,
            activation: active.activation,
            surprise: active.surprise,
            reward: active.reward,
            age_cycles: learned.saturating_sub(active.id.0),
            links: active.links.iter().map(|(id, strength)| (id.0, *strength)).collect(),
        }
    }
}
