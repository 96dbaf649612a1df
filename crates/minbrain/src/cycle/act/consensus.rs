//! What the most similar experiences did: imitation, and the guide's behaviour.

use crate::action::{Action, ActionSpace, Bounds};
use crate::cycle::Recalled;
use crate::cycle::act::{draw, is_for};
use crate::decision::Method;
use crate::mind::Mind;

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

/// Proposes what the most similar experiences did.
pub(super) fn propose(mind: &mut Mind) {
    let Mind { config, known, working_memory, random, cycle, .. } = mind;
    let standing = |slot: u32| known.columns.confidence(slot);
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
    (decision.method, decision.confidence) = if voters < BOOTSTRAP_BELOW {
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
