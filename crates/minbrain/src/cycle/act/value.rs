//! What will earn most: one step ahead by the values of experiences, or by a plan.

use crate::action::{Action, ActionSpace};
use crate::config::Exploration;
use crate::cycle::act::hold;
use crate::cycle::{Cycle, Recalled};
use crate::decision::Method;
use crate::experiences::Experiences;
use crate::mind::Mind;
use crate::planning::{Aim, Trying};
use crate::regression::kernel;
use crate::value::{Outlook, Value};

/// By how much of the largest reward a demonstrated action may look worse than the best and is still
/// taken, where nothing but demonstrations is known; and how much more for each cycle's worth of the
/// unknown that the best one counts on.
const LEEWAY: f64 = 0.05;
const LEEWAY_UNKNOWN: f64 = 1.0;

/// Least share of the recalled experiences that counts as the brain's own. Where all are demonstrations,
/// values rest on nothing else, and hardly know better than the demonstrator did.
const LEAST_OWN: f64 = 1e-6;

/// So many of the nearest experiences say together which discrete action falls short of the best.
const ADVISERS: usize = 5;

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
    let is_exploring = mind.drive.is_exploring(mind.config.exploration);
    let mut worths = std::mem::take(&mut mind.cycle.worths);
    if is_exploring {
        hope(mind, &mut worths)
    } else {
        weigh(mind, &mut worths)
    }
    let Mind { config, known, random, cycle, .. } = mind;
    let (mut best, mut most, mut alike) = (0, f64::MIN, 0);
    for (at, &worth) in worths.iter().enumerate() {
        alike = if worth == most { alike + 1 } else { 1 };
        if worth > most || (worth == most && random.below(alike) == 0) {
            (best, most) = (at, worth);
        }
    }
    cycle.worths = worths;
    let decision = &mut cycle.decision;
    decision.action.assign(cycle.lookahead.candidates.get(best));
    decision.method = if is_exploring { Method::Novelty } else { Method::Value };
    // While it still learns, doing once more what was shown would teach it nothing.
    if config.exploration == Exploration::Off && cycle.imitation.is_worth_asking(known) {
        imitate(mind, best);
    }
}

/// Writes what each candidate is hoped to earn, where the unknown is worth a try.
fn hope(mind: &Mind, worths: &mut Vec<f64>) {
    let Mind { known, cycle, .. } = mind;
    worths.clear();
    worths.extend(cycle.lookahead.outlooks.iter().map(|outlook| value_of(known, outlook).explore));
}

/// Writes what each candidate is expected to earn. Discrete actions often lead to places of nearly the
/// same value, and which looks better from here hangs on how the experiences there happen to lie. Those
/// around here looked ahead from places of their own: together they know better which ones fall short.
fn weigh(mind: &Mind, worths: &mut Vec<f64>) {
    let Mind { config, known, cycle, .. } = mind;
    let seen = |outlook| known.values.calm(value_of(known, outlook));
    worths.clear();
    worths.extend(cycle.lookahead.outlooks.iter().map(seen));
    let nearest = cycle.recalled.iter().take(ADVISERS);
    let told = nearest.take_while(|r| r.distance.is_finite() && known.columns.is_alive(r.slot));
    let advisers = &cycle.recalled[..told.count()];
    if let (ActionSpace::Discrete(_), [.., last]) = (&config.actions, advisers) {
        let say = |adviser: &Recalled| f64::from(kernel(adviser.distance, last.distance));
        let all: f64 = advisers.iter().map(say).sum();
        let best = worths.iter().copied().fold(f64::MIN, f64::max);
        worths.fill(best);
        for adviser in advisers {
            known.values.advise(adviser.slot, say(adviser) / all, worths);
        }
    }
}

/// Does what was demonstrated here instead of the best candidate, unless that is known to be better.
/// The leeway shrinks as the brain lives: with the share of demonstrations among what is recalled,
/// squared, and with what is unknown of the best candidate's future.
fn imitate(mind: &mut Mind, best: usize) {
    let Mind { config, known, cycle, .. } = mind;
    let Cycle { imitation, lookahead, decision, worths, .. } = cycle;
    decision.work_units += imitation.ask(known, &config.actions, &cycle.key[..config.sensors]);
    if imitation.confidence <= 0.0 {
        return;
    }
    let value = |at: usize| value_of(known, &lookahead.outlooks[at]);
    let worth = |at: usize| worths[at];
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
    let mut worths = Vec::new();
    weigh(mind, &mut worths);
    let candidates = &mind.cycle.lookahead.candidates;
    let each = worths.iter().enumerate();
    each.map(|(at, &worth)| (candidates.get(at).clone(), worth as f32)).collect()
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
