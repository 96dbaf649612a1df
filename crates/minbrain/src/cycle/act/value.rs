//! What will earn most: one step ahead by the values of experiences, or by a plan.

use crate::action::Action;
use crate::config::Exploration;
use crate::cycle::Cycle;
use crate::cycle::act::hold;
use crate::decision::Method;
use crate::experiences::Experiences;
use crate::mind::Mind;
use crate::planning::{Aim, Trying};
use crate::value::{Outlook, Value};

/// By how much of the largest reward a demonstrated action may look worse than the best and is still
/// taken, where nothing but demonstrations is known; and how much more for each cycle's worth of the
/// unknown that the best one counts on.
const LEEWAY: f64 = 0.05;
const LEEWAY_UNKNOWN: f64 = 1.0;

/// Least share of the recalled experiences that counts as the brain's own. Where all are demonstrations,
/// values rest on nothing else, and hardly know better than the demonstrator did.
const LEAST_OWN: f64 = 1e-6;

/// Proposes the action that is held; where none is, one that looks best.
pub(super) fn propose(mind: &mut Mind) {
    if mind.cycle.holding.repeat(&mut mind.cycle.decision) {
        return;
    }
    choose(mind);
    let Mind { config, known, cycle, .. } = mind;
    let held = hold::cycles(config.hold, &cycle.calibration, &known.scale);
    cycle.holding.take(&cycle.decision, held);
}

/// Chooses the action that looks best one step ahead, or one that was demonstrated.
fn choose(mind: &mut Mind) {
    let Mind { config, known, random, cycle, drive, .. } = mind;
    let is_exploring = drive.is_exploring(config.exploration);
    let (mut best, mut most, mut alike) = (0, f64::MIN, 0);
    for (at, outlook) in cycle.lookahead.outlooks.iter().enumerate() {
        let value = value_of(known, outlook);
        let worth = if is_exploring { value.explore } else { known.values.calm(value) };
        alike = if worth == most { alike + 1 } else { 1 };
        if worth > most || (worth == most && random.below(alike) == 0) {
            (best, most) = (at, worth);
        }
    }
    let decision = &mut cycle.decision;
    decision.action.assign(cycle.lookahead.candidates.get(best));
    decision.method = if is_exploring { Method::Novelty } else { Method::Value };
    // While it still learns, doing once more what was shown would teach it nothing.
    if config.exploration == Exploration::Off && cycle.imitation.is_worth_asking(known) {
        imitate(mind, best);
    }
}

/// Does what was demonstrated here instead of the best candidate, unless that is known to be better.
/// The leeway shrinks as the brain lives: with the share of demonstrations among what is recalled,
/// squared, and with what is unknown of the best candidate's future.
fn imitate(mind: &mut Mind, best: usize) {
    let Mind { config, known, cycle, .. } = mind;
    let Cycle { imitation, lookahead, decision, .. } = cycle;
    decision.work_units += imitation.ask(known, &config.actions, &cycle.key[..config.sensors]);
    if imitation.confidence <= 0.0 {
        return;
    }
    let value = |at: usize| value_of(known, &lookahead.outlooks[at]);
    let worth = |at: usize| known.values.calm(value(at));
    let (below, above, share) = lookahead.candidates.around(&imitation.action);
    let theirs = (1.0 - share) * worth(below) + share * worth(above);
    let shown = cycle.recalled.iter().filter(|r| known.columns.is_shown(r.slot)).count();
    let shown = shown as f64 / cycle.recalled.len().max(1) as f64;
    let unsure = LEEWAY + LEEWAY_UNKNOWN * value(best).unknown;
    let own = (1.0 - shown).max(LEAST_OWN);
    let trust = f64::from(imitation.confidence) * shown * shown / own;
    if theirs >= worth(best) - trust * unsure * known.values.largest_reward() {
        decision.action.assign(&imitation.action);
        decision.method = Method::Imitated;
    }
}

/// The candidates of the last decision, each with what it was expected to earn.
pub(crate) fn worths(mind: &Mind) -> Vec<(Action, f32)> {
    let Mind { known, cycle, .. } = mind;
    let Cycle { lookahead, .. } = cycle;
    let worth = |outlook| known.values.calm(value_of(known, outlook)) as f32;
    let worths = lookahead.outlooks.iter().map(worth).enumerate();
    worths.map(|(at, worth)| (lookahead.candidates.get(at).clone(), worth)).collect()
}

/// What a candidate is worth.
fn value_of(known: &Experiences, outlook: &Outlook) -> Value {
    let next = known.values.at(outlook.edges.as_slice(), outlook.branch.beyond).unwrap_or_default();
    known.values.of_branch(&outlook.branch, next)
}

/// Proposes the first step of a plan; until there is one, what was demonstrated.
pub(super) fn plan(mind: &mut Mind) {
    let Mind { config, known, random, cycle, planner, .. } = mind;
    let Cycle { imitation, decision, .. } = cycle;
    let (Some(planner), Action::Continuous(values)) = (planner, &mut decision.action) else {
        return;
    };
    let trying = match config.exploration {
        Exploration::Annealed => Trying::Often,
        Exploration::Off => Trying::Never,
    };
    let aim = Aim { units: config.plan_units, trying, value: None };
    let (action, used) = planner.decide(known, &cycle.key[..config.sensors], aim, random);
    values.copy_from_slice(action);
    decision.work_units += used;
    decision.method = Method::Planned;
    if !planner.is_ready() && config.exploration == Exploration::Off {
        decision.work_units += imitation.ask(known, &config.actions, &cycle.key[..config.sensors]);
        if imitation.confidence > 0.0 {
            decision.action.assign(&imitation.action);
            decision.method = Method::Imitated;
        }
    }
}
