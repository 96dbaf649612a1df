//! act: which action, how sure, and why.

mod consensus;
mod hold;
mod imitate;
mod value;

use crate::action::{Action, ActionSpace};
use crate::config::{Config, Policy};
use crate::cycle::{Cycle, Recalled};
use crate::decision::{Method, Neighbour};
use crate::experience::Foreign;
use crate::mind::Mind;
use crate::seed::Random;
pub(crate) use hold::Holding;
pub(crate) use imitate::Imitation;
pub(crate) use value::worths;

/// Proposes the action to predict for, and leaves it in the decision.
pub(super) fn propose(mind: &mut Mind, given: Option<&Action>) {
    let Mind { config, known, cycle, .. } = mind;
    if known.values.is_kept() {
        let units = cycle.lookahead.look(known, &cycle.key[..config.sensors]);
        cycle.decision.work_units += units;
    }
    match (given, config.policy) {
        (Some(action), _) => {
            if known.demonstrations.is_some() {
                let Cycle { imitation, context, key, decision, .. } = cycle;
                let here = (&key[..config.sensors], context.values());
                decision.work_units += imitation.watch(known, &config.actions, (here, action));
            }
            cycle.holding.give_way(action);
            cycle.decision.action.assign(action);
            (cycle.decision.method, cycle.decision.confidence) = (Method::Given, 1.0);
        }
        (None, Policy::Consensus) => consensus::propose(mind),
        (None, Policy::Imitation) => imitate::propose(mind),
        (None, Policy::Value) if mind.planner.is_some() => value::plan(mind),
        (None, Policy::Value) => value::propose(mind),
    }
    let Mind { config, cycle, .. } = mind;
    cycle.key[config.sensors..].copy_from_slice(cycle.decision.action.values());
}

/// Takes over what another robot did, as surely as it did it.
pub(super) fn adopt(mind: &mut Mind, foreign: Foreign<'_>) {
    let Mind { config, known, cycle, .. } = mind;
    if known.values.is_kept() {
        cycle.lookahead.look(known, &cycle.key[..config.sensors]);
    }
    cycle.decision.action.assign(foreign.action);
    (cycle.decision.method, cycle.decision.confidence) = (Method::Given, foreign.confidence);
    cycle.key[config.sensors..].copy_from_slice(cycle.decision.action.values());
}

/// Completes the decision: who spoke for it, and with how much say.
pub(super) fn settle(mind: &mut Mind) {
    let Mind { config, known, cycle, telemetry, .. } = mind;
    let total: f32 = cycle.recalled.iter().map(|r| r.weight).sum::<f32>().max(f32::MIN_POSITIVE);
    let decision = &mut cycle.decision;
    if matches!(decision.method, Method::Value | Method::Novelty | Method::Planned) {
        decision.confidence = decision.prediction.knownness;
    }
    decision.recalled.clear();
    // A random action is nobody's.
    let is_asked = decision.method != Method::Bootstrap;
    let speaks = |r: &Recalled| is_asked && is_for(config, known.part(r.slot), &decision.action);
    decision.recalled.extend(cycle.recalled.iter().map(|r| Neighbour {
        id: known.id(r.slot),
        distance: r.distance,
        similarity: r.similarity,
        weight: if speaks(r) { r.weight / total } else { 0.0 },
    }));
    telemetry.decisions += 1;
    telemetry.bootstraps += u64::from(decision.method == Method::Bootstrap);
    cycle.is_waiting = true;
    cycle.is_told = false;
}

/// Whether an experience of `part` took the action chosen; continuous ones all speak for the mean.
fn is_for(config: &Config, part: usize, action: &Action) -> bool {
    config.actions.dims() > 0 || part == action.part()
}

/// Any action, all alike likely.
fn draw(actions: &ActionSpace, random: &mut Random, action: &mut Action) {
    match (actions, action) {
        (ActionSpace::Discrete(n), Action::Discrete(action)) => *action = random.below(*n),
        (ActionSpace::Continuous(bounds), Action::Continuous(values)) => {
            for (value, b) in values.iter_mut().zip(bounds) {
                *value = (b.low + random.unit() * (b.high - b.low)).min(b.high);
            }
        }
        _ => {}
    }
}
