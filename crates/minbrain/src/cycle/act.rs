//! act: which action, how sure, and why.

use crate::action::{Action, ActionSpace, Bounds};
use crate::config::{Config, Exploration};
use crate::cycle::Recalled;
use crate::decision::{Method, Neighbour};
use crate::limits::PLAN_UNITS;
use crate::mind::Mind;
use crate::planning::{Aim, Trying};
use crate::seed::Random;

/// With fewer similar experiences than this, the action is random.
const BOOTSTRAP_BELOW: usize = 3;

/// Least say of an experience whose outcome was predicted badly.
const LEAST_TRUST: f32 = 0.1;

/// Least say of an experience whose action was chosen without confidence. An experience speaks for
/// its action as surely as that was chosen: a teacher's fully, the brain's own by its confidence
/// then, a random one hardly. Without this, imitation feeds on itself: whatever the brain repeats
/// (leaning on a wall, say) would outvote what it was shown.
const LEAST_STANDING: f32 = 0.02;

/// What remains of confidence when an action is repeated from experience: repetition alone never
/// makes sure. At 1, two states that lead to each other by imitated actions keep the brain between
/// them for ever, confidently.
const HANDED_ON: f32 = 0.9;

/// Proposes the action to predict for, and leaves it in the decision.
pub(super) fn propose(mind: &mut Mind, given: Option<&Action>) {
    let Mind { config, known, working_memory, random, cycle, planner, .. } = mind;
    let standing = |slot: u32| f32::from(known.columns.confidences[slot as usize]) / 255.0;
    let mut voters = 0;
    for recalled in &mut cycle.recalled {
        recalled.weight = 0.0;
        if recalled.similarity >= config.min_similarity {
            voters += 1;
            let trust = (1.0 - known.columns.surprises[recalled.slot as usize]).max(LEAST_TRUST);
            let activation = working_memory.activation(recalled.slot);
            let standing = standing(recalled.slot).max(LEAST_STANDING);
            recalled.weight = recalled.similarity * (1.0 + activation) * trust * standing;
        }
    }
    let decision = &mut cycle.decision;
    (decision.method, decision.confidence) = if let Some(action) = given {
        decision.action.assign(action);
        (Method::Given, 1.0)
    } else if let (Some(planner), Action::Continuous(values)) = (planner, &mut decision.action) {
        let trying = match config.exploration {
            Exploration::Annealed => Trying::Often,
            Exploration::Off => Trying::Never,
        };
        let observation = &cycle.key[..config.sensors];
        let aim = Aim { units: PLAN_UNITS, trying, value: None };
        let (action, used) = planner.decide(known, observation, aim, random);
        values.copy_from_slice(action);
        decision.work_units += used;
        (Method::Planned, 1.0)
    } else if voters < BOOTSTRAP_BELOW {
        draw(&config.actions, random, &mut decision.action);
        (Method::Bootstrap, 0.0)
    } else {
        let agreement = match &mut decision.action {
            Action::Discrete(action) => {
                let part_of = |r: &Recalled| known.part(r.slot);
                vote(&cycle.recalled, part_of, &mut cycle.votes, action)
            }
            Action::Continuous(values) => {
                let value = |slot, dim| known.space.value(slot, config.sensors + dim);
                average(&cycle.recalled, value, &config.actions, values)
            }
        };
        let for_it = |r: &&Recalled| is_for(config, known.part(r.slot), &decision.action);
        let (mut support, mut total) = (0.0, f32::MIN_POSITIVE);
        for recalled in cycle.recalled.iter().filter(for_it) {
            support += recalled.similarity * standing(recalled.slot);
            total += recalled.similarity;
        }
        (Method::Consensus, HANDED_ON * agreement * support / total)
    };
    cycle.key[config.sensors..].copy_from_slice(cycle.decision.action.values());
}

/// The action with the most weight; returns its share of all weight.
fn vote(
    recalled: &[Recalled],
    part_of: impl Fn(&Recalled) -> usize,
    votes: &mut [f32],
    action: &mut usize,
) -> f32 {
    votes.fill(0.0);
    recalled.iter().for_each(|r| votes[part_of(r)] += r.weight);
    let total: f32 = votes.iter().sum();
    // The lowest number wins a tie, so that the answer never depends on chance.
    *action =
        votes.iter().enumerate().fold(0, |best, (at, &v)| if v > votes[best] { at } else { best });
    votes[*action] / total.max(f32::MIN_POSITIVE)
}

/// The weighted mean of the actions; returns how well they agree: 1 if all are the same, 0 if they
/// are spread like the two ends of the range.
fn average(
    recalled: &[Recalled],
    value: impl Fn(u32, usize) -> f32,
    actions: &ActionSpace,
    values: &mut [f32],
) -> f32 {
    let ActionSpace::Continuous(bounds) = actions else { return 0.0 };
    let total: f32 = recalled.iter().map(|r| r.weight).sum::<f32>().max(f32::MIN_POSITIVE);
    let mut spread = 0.0;
    for (dim, (out, Bounds { low, high })) in values.iter_mut().zip(bounds).enumerate() {
        let mean = recalled.iter().map(|r| r.weight * value(r.slot, dim)).sum::<f32>() / total;
        *out = mean.max(*low).min(*high);
        let squares = recalled.iter().map(|r| r.weight * (value(r.slot, dim) - mean).powi(2));
        let deviation = (squares.sum::<f32>() / total).sqrt();
        spread += deviation / (0.5 * (high - low));
    }
    (1.0 - spread / bounds.len() as f32).max(0.0)
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

/// Completes the decision: who spoke for it, and with how much say.
pub(super) fn settle(mind: &mut Mind) {
    let Mind { config, known, cycle, telemetry, .. } = mind;
    let total: f32 = cycle.recalled.iter().map(|r| r.weight).sum::<f32>().max(f32::MIN_POSITIVE);
    let decision = &mut cycle.decision;
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
