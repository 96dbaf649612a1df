//! store: one column write, and the associations of what was just recalled.

use crate::columns::Facts;
use crate::config::Forgetting;
use crate::cycle::Cycle;
use crate::cycle::forget::prediction_error;
use crate::decision::{Method, Outcome};
use crate::experience::{ExperienceId, Foreign, Origin};
use crate::experiences::Experiences;
use crate::limits::STRENGTHENED;
use crate::mind::Mind;
use crate::value::Value;

/// Share of what an association lacks to 1 that it gains when both ends supported a prediction
/// that came true.
const STRENGTHENING: f32 = 0.05;

/// So many neighbours of a new experience are asked for a review: their models changed.
const REVIEWED: usize = 2;

/// Stores the experience that is now complete. Returns its number, or `None` if the budget is full
/// and nothing may be forgotten.
pub(super) fn experience(
    mind: &mut Mind,
    outcome: Outcome<'_>,
    surprise: f32,
) -> Option<ExperienceId> {
    mind.cycle.is_waiting = false;
    strengthen(mind, surprise);
    let Mind { known, cycle, drive, random, .. } = mind;
    if known.values.is_kept() {
        drive.learn(outcome, random);
        cycle.imitation.learn(cycle.decision.method, outcome);
    }
    let is_shown = mind.cycle.decision.method == Method::Given;
    let origin = if is_shown { Origin::Demonstrated } else { Origin::Own };
    let stored = keep(mind, outcome, (surprise, origin));
    go_on(mind, outcome);
    mind.clock.tick();
    if let Some(planner) = mind.planner.as_mut().filter(|_| outcome.ended && stored.is_some()) {
        planner.interrupt(&mut mind.random);
    }
    stored
}

/// What was done is the context of what comes next.
fn go_on(mind: &mut Mind, outcome: Outcome<'_>) {
    let Mind { known, cycle, .. } = mind;
    if let Some(demonstrations) = &mut known.demonstrations {
        demonstrations.see(cycle.context.values());
    }
    if outcome.ended {
        cycle.context.clear();
        cycle.persistence.interrupt();
    } else {
        cycle.context.push(&cycle.decision.action);
        cycle.persistence.go_on(&cycle.key, outcome.observation, known.scale.most_change());
    }
}

/// Stores what another robot lived through. It is learned from like what the brain lived through
/// itself, but earned nothing, ends no episode and takes no time.
pub(super) fn foreign(
    mind: &mut Mind,
    foreign: Foreign<'_>,
    surprise: f32,
) -> Option<ExperienceId> {
    let own = mind.known.values.adopt(foreign);
    mind.drive.hear(foreign.outcome);
    let stored = keep(mind, foreign.outcome, (surprise, Origin::Fleet));
    mind.known.values.resume(own);
    mind.telemetry.adopted += u64::from(stored.is_some());
    stored
}

/// One column write, and everything that is learned from one more experience.
fn keep(
    mind: &mut Mind,
    outcome: Outcome<'_>,
    (surprise, origin): (f32, Origin),
) -> Option<ExperienceId> {
    let time_us = mind.clock.now_us;
    let Mind { config, known, cycle, telemetry, working_memory, random, .. } = mind;
    if config.forgetting == Forgetting::None && known.is_over_budget(config, 1) {
        telemetry.refused += 1;
        known.values.interrupt();
        return None;
    }
    let part = cycle.decision.action.part();
    let Outcome { observation, reward, ended } = outcome;
    let confidence = cycle.decision.confidence;
    let facts =
        Facts { outcome: observation, part, reward, ended, time_us, surprise, confidence, origin };
    let start = value_here(known, cycle);
    let slot = known.insert(&cycle.key, facts);
    mind.newest = slot;
    if origin == Origin::Demonstrated {
        let Cycle { imitation, context, key, .. } = cycle;
        imitation.store(known, slot, (&key[..config.sensors], context.values()), random);
    }
    working_memory.clear(slot);
    let is_outlying = known.scale.is_outlying(&cycle.key, observation);
    telemetry.outliers += u64::from(is_outlying);
    let nearest = cycle.support.iter().next().map_or(f32::MAX, |f| f.distance);
    let nearest = if is_outlying { 0.0 } else { nearest };
    let deviation = known.scale.reward_deviation();
    let at = slot as usize;
    known.columns.nearest[at] = nearest.into();
    known.columns.errors[at] =
        prediction_error(&cycle.decision.prediction, surprise, (reward, ended), deviation).into();
    for neighbour in cycle.support.iter() {
        let nearest = &mut known.columns.nearest[neighbour.slot as usize];
        *nearest = f32::from(*nearest).min(neighbour.distance).into();
    }
    spread_value(mind, (slot, start), outcome, surprise);
    if let Some(planner) = &mut mind.planner {
        planner.learn(&mind.known, &mut mind.random);
    }
    let made = associate(mind, slot);
    mind.telemetry.associations_made += made;
    Some(mind.known.id(slot))
}

/// What the place that was acted from is worth, by the experiences around it.
fn value_here(known: &Experiences, cycle: &mut Cycle) -> Value {
    if !known.values.is_kept() {
        return Value::default();
    }
    let sensors = cycle.decision.prediction.outcome.len();
    cycle.lookahead.around(known, &cycle.key[..sensors], &cycle.recalled)
}

/// Keeps what the actions lead to from the new experience, and tells those that led to it what it
/// is worth.
fn spread_value(mind: &mut Mind, (slot, start): (u32, Value), outcome: Outcome<'_>, surprise: f32) {
    let Mind { known, cycle, review, .. } = mind;
    if !known.values.is_kept() {
        return;
    }
    known.values.insert(slot, start);
    known.values.see(outcome);
    let taken = cycle.lookahead.candidates.position(&cycle.decision.action);
    known.values.live(slot, taken, outcome);
    known.values.doubt(slot, surprise);
    let part = cycle.decision.action.part();
    let sensors = outcome.observation.len();
    let lookahead = &mut cycle.lookahead;
    for at in 0..lookahead.candidates.len() {
        // The others' models did not change.
        if lookahead.candidates.get(at).part() == part {
            lookahead.look_at(known, &cycle.key[..sensors], at);
        }
        known.values.set_branch(slot, at, &lookahead.outlooks[at]);
    }
    known.values.back_up_trail(slot);
    cycle.recalled.iter().take(REVIEWED).for_each(|r| review.ask(r.slot));
    if outcome.ended {
        known.values.interrupt();
    }
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
