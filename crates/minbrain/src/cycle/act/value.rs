//! What will earn most: one step ahead by the values of experiences, or by a plan.

use crate::action::Action;
use crate::config::Exploration;
use crate::decision::Method;
use crate::limits::PLAN_UNITS;
use crate::mind::Mind;
use crate::planning::{Aim, Trying};

/// Proposes the action that looks best one step ahead.
pub(super) fn propose(mind: &mut Mind) {
    let Mind { config, known, random, cycle, drive, .. } = mind;
    let is_exploring = drive.is_exploring(config.exploration);
    let (mut best, mut most, mut alike) = (0, f64::MIN, 0);
    for (at, outlook) in cycle.lookahead.outlooks.iter().enumerate() {
        let next = known.values.at(outlook.edges.as_slice()).unwrap_or_default();
        let value = known.values.of_branch(&outlook.branch, next);
        let worth = if is_exploring { value.explore } else { known.values.calm(value) };
        alike = if worth == most { alike + 1 } else { 1 };
        if worth > most || (worth == most && random.below(alike) == 0) {
            (best, most) = (at, worth);
        }
    }
    let decision = &mut cycle.decision;
    decision.action.assign(cycle.lookahead.candidates.get(best));
    decision.method = if is_exploring { Method::Novelty } else { Method::Value };
}

/// Proposes the first step of a plan.
pub(super) fn plan(mind: &mut Mind) {
    let Mind { config, known, random, cycle, planner, .. } = mind;
    let decision = &mut cycle.decision;
    let (Some(planner), Action::Continuous(values)) = (planner, &mut decision.action) else {
        return;
    };
    let trying = match config.exploration {
        Exploration::Annealed => Trying::Often,
        Exploration::Off => Trying::Never,
    };
    let aim = Aim { units: PLAN_UNITS, trying, value: None };
    let (action, used) = planner.decide(known, &cycle.key[..config.sensors], aim, random);
    values.copy_from_slice(action);
    decision.work_units += used;
    decision.method = Method::Planned;
}
