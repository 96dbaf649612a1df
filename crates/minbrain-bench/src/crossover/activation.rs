//! Whether activation could ever be faster on a GPU: what it takes here, and the least that anything
//! takes there.

use std::time::{Duration, Instant};

use minbrain::gpu::GpuHelp;
use minbrain::{Action, ActionSpace, Brain, Budget, Outcome};

use super::{Backend, CrossoverRow, CrossoverSettings, PATIENCE, processor};
use crate::error::BenchError;
use crate::latency::Latency;
use crate::wanderer::{HeldActions, Wanderer};

const SENSORS: usize = 16;
const ACTIONS: usize = 4;

/// Two rows. On the processor: by how much a decision takes longer with activation than in a brain whose
/// associations and votes need a similarity of 1, which no two experiences have: activation, and the
/// votes too. On the GPU: a few bytes there and back, which is less than any activation would take.
///
/// # Errors
/// What the brain or the GPU refuses.
pub fn activation(
    experiences: usize,
    settings: &CrossoverSettings,
    help: &GpuHelp,
) -> Result<[CrossoverRow; 2], BenchError> {
    let with = decisions(experiences, 0.3, settings)?;
    let without = decisions(experiences, 1.0, settings)?;
    let mut there = Latency::new();
    for _ in 0..settings.calls {
        let start = Instant::now();
        help.gpu.round_trip(PATIENCE)?;
        there.push(start.elapsed());
    }
    let card = help.gpu.card();
    let here = row(experiences, settings, (Backend::Cpu, processor(settings)));
    let gpu = row(experiences, settings, (Backend::Gpu, card.name.clone()));
    let (with, without, there) = (with.summary(), without.summary(), there.summary());
    Ok([
        CrossoverRow {
            p50_us: (with.p50_us - without.p50_us).max(0.0),
            query_us: (with.p50_us - without.p50_us).max(0.0),
            ..here
        },
        CrossoverRow {
            p50_us: there.p50_us,
            p99_us: Some(there.p99_us),
            query_us: there.p50_us,
            is_software: card.is_software,
            ..gpu
        },
    ])
}

fn row(
    experiences: usize,
    settings: &CrossoverSettings,
    (backend, device): (Backend, String),
) -> CrossoverRow {
    CrossoverRow {
        bench: "crossover",
        operation: "activation",
        backend,
        device,
        is_software: false,
        precision: "full",
        experiences,
        dims: SENSORS,
        batch: 1,
        p50_us: 0.0,
        p99_us: None,
        query_us: 0.0,
        gb_per_s: None,
        answered: None,
        calls: settings.calls,
        mismatches: 0,
    }
}

/// How long decisions take in a full brain.
fn decisions(
    experiences: usize,
    min_similarity: f32,
    settings: &CrossoverSettings,
) -> Result<Latency, BenchError> {
    let mut brain = Brain::builder()
        .sensors(SENSORS)
        .actions(ActionSpace::discrete(ACTIONS))
        .budget(Budget::Experiences(experiences))
        .min_similarity(min_similarity)
        .isa(settings.isa)
        .build()?;
    let mut robot = Wanderer::new(SENSORS, ACTIONS, settings.seed);
    let mut hands = HeldActions::new(ACTIONS, settings.seed);
    let mut latency = Latency::new();
    for cycle in 0..experiences + settings.calls {
        let action = hands.next_action();
        let start = Instant::now();
        brain.accompany(robot.observation(), &Action::Discrete(action))?;
        let elapsed: Duration = start.elapsed();
        robot.step(action);
        brain.learn(Outcome { observation: robot.observation(), reward: 0.0, ended: false })?;
        if cycle >= experiences {
            latency.push(elapsed);
        }
    }
    Ok(latency)
}
