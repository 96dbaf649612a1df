//! store: one column write, and the associations of what was just recalled.

use crate::columns::Facts;
use crate::config::Forgetting;
use crate::cycle::forget::prediction_error;
use crate::decision::Outcome;
use crate::experience::ExperienceId;
use crate::experiences::Experiences;
use crate::limits::STRENGTHENED;
use crate::mind::Mind;

/// Share of what an association lacks to 1 that it gains when both ends supported a prediction
/// that came true.
const STRENGTHENING: f32 = 0.05;

/// Stores the experience that is now complete. Returns its number, or `None` if the budget is full
/// and nothing may be forgotten.
pub(super) fn experience(
    mind: &mut Mind,
    outcome: Outcome<'_>,
    surprise: f32,
) -> Option<ExperienceId> {
    mind.cycle.is_waiting = false;
    let time_us = mind.clock.now_us;
    mind.clock.tick();
    strengthen(mind, surprise);
    let Mind { config, known, cycle, telemetry, working_memory, .. } = mind;
    if config.forgetting == Forgetting::None && known.is_over_budget(config, 1) {
        telemetry.refused += 1;
        return None;
    }
    let part = cycle.decision.action.part();
    let Outcome { observation, reward, ended } = outcome;
    let confidence = cycle.decision.confidence;
    let facts = Facts { outcome: observation, part, reward, ended, time_us, surprise, confidence };
    let slot = known.insert(&cycle.key, facts);
    mind.newest = slot;
    working_memory.clear(slot);
    let nearest = cycle.support.iter().next().map_or(f32::MAX, |f| f.distance);
    let deviation = known.scale.reward_deviation();
    let at = slot as usize;
    known.columns.nearest[at] = nearest.into();
    known.columns.errors[at] =
        prediction_error(&cycle.decision.prediction, surprise, (reward, ended), deviation).into();
    for neighbour in cycle.support.iter() {
        let nearest = &mut known.columns.nearest[neighbour.slot as usize];
        *nearest = f32::from(*nearest).min(neighbour.distance).into();
    }
    let made = associate(mind, slot);
    mind.telemetry.associations_made += made;
    Some(mind.known.id(slot))
}

/// Associates `slot` with what was recalled when it was lived through.
fn associate(mind: &mut Mind, slot: u32) -> u64 {
    let Mind { config, known, cycle, .. } = mind;
    let similar = cycle.recalled.iter().filter(|r| r.similarity >= config.min_similarity);
    let mut made = 0;
    for recalled in similar.take(config.associations) {
        let ids = &known.columns.ids;
        let ends = known.associations.associate(slot, recalled.slot, recalled.similarity, ids);
        made += u64::from(ends);
    }
    made
}

/// Experiences that were active together and predicted well belong together more than before.
fn strengthen(mind: &mut Mind, surprise: f32) {
    let share = STRENGTHENING * (1.0 - surprise).max(0.0);
    if share <= 0.0 {
        return;
    }
    let supporters = &mind.cycle.recalled[..mind.cycle.recalled.len().min(STRENGTHENED)];
    for (at, a) in supporters.iter().enumerate() {
        for b in &supporters[at + 1..] {
            let Experiences { associations, columns, .. } = &mut mind.known;
            associations.strengthen(a.slot, b.slot, share, &columns.ids);
        }
    }
}
