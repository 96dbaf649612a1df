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

/// So many experiences of its own must show what came of an action, for it to be known as better
/// than what was demonstrated.
const KNOWN_FROM: usize = 3;
/// And they must be at least so similar: nearer than half a squared deviation for each sensor.
const FAMILIAR: f32 = 0.6;

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
fn imitate(mind: &mut Mind, best: usize) {
    let Mind { config, known, cycle, .. } = mind;
    let Cycle { imitation, context, decision, key, .. } = cycle;
    let here = (&key[..config.sensors], context.values());
    decision.work_units += imitation.ask(known, &config.actions, here);
    if imitation.is_near() && !is_known_better(known, cycle, best) {
        let Cycle { imitation, decision, .. } = cycle;
        decision.action.assign(&imitation.action);
        (decision.method, decision.confidence) = (Method::Imitated, imitation.confidence);
    }
}

/// Whether what really followed the best candidate around here, when the brain took it, was better
/// than what followed the demonstrations; or, where there is none among those recalled, than what
/// followed the action that would be demonstrated. What values expect is not enough: they are least
/// sure where a demonstrator never went.
fn is_known_better(known: &Experiences, cycle: &Cycle, best: usize) -> bool {
    let Cycle { imitation, lookahead, recalled, .. } = cycle;
    let (below, above, _) = lookahead.candidates.around(&imitation.action);
    if (below, above) == (best, best) {
        return false;
    }
    let near = |r: &&Recalled| r.similarity >= FAMILIAR;
    let (mut own, mut shown) = (Followed::default(), Followed::default());
    for recalled in recalled.iter().take_while(near) {
        let Some(earned) = known.values.followed(recalled.slot) else { continue };
        let took = |candidate| known.values.was_taken(recalled.slot, candidate);
        if known.columns.is_shown(recalled.slot) || took(below) || took(above) {
            shown.add(earned);
        } else if took(best) {
            own.add(earned);
        }
    }
    own.count >= KNOWN_FROM && shown.count > 0 && own.least() > shown.mean()
}

/// What was earned after several experiences.
#[derive(Clone, Copy, Debug, Default)]
struct Followed {
    count: usize,
    sum: f64,
    squares: f64,
}

impl Followed {
    fn add(&mut self, earned: f64) {
        self.count += 1;
        self.sum += earned;
        self.squares += earned * earned;
    }

    fn mean(self) -> f64 {
        self.sum / self.count as f64
    }

    /// The mean less its standard error.
    fn least(self) -> f64 {
        let count = self.count as f64;
        let variance = (self.squares / count - self.mean() * self.mean()).max(0.0);
        self.mean() - (variance / (count - 1.0).max(1.0)).sqrt()
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
    let Cycle { imitation, context, decision, key, .. } = cycle;
    let (Some(planner), Action::Continuous(values)) = (planner, &mut decision.action) else {
        return;
    };
    let trying = match config.exploration {
        Exploration::Annealed => Trying::Often,
        Exploration::Off => Trying::Never,
    };
    let aim = Aim { units: config.plan_units, trying, value: None };
    let (action, used) = planner.decide(known, &key[..config.sensors], aim, random);
    values.copy_from_slice(action);
    decision.work_units += used;
    decision.method = Method::Planned;
    if !planner.is_ready() && config.exploration == Exploration::Off {
        let here = (&key[..config.sensors], context.values());
        decision.work_units += imitation.ask(known, &config.actions, here);
        if imitation.is_near() {
            decision.action.assign(&imitation.action);
            (decision.method, decision.confidence) = (Method::Imitated, imitation.confidence);
        }
    }
}
