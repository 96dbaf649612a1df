//! forget: keep within the budget, and lose what can best be done without.

mod coverage;
mod utility;

use crate::columns::Columns;
use crate::config::Forgetting;
use crate::decision::Prediction;
use crate::insight::Forgotten;
use crate::limits::{EVICTION_CANDIDATES, MAX_EVICTIONS};
use crate::mind::Mind;

pub(crate) use coverage::{Assessor, assess};
pub(crate) use utility::Utility;

/// Share of the budget, newest first, that is not forgotten yet: it had no chance to prove itself.
const PROTECTED_SHARE: usize = 50;
/// Weight of the newest in the running age at eviction.
const AGE_RATE: f32 = 0.01;

/// Forgets until the budget holds. Returns how many experiences it took.
pub(super) fn within_budget(mind: &mut Mind) -> u32 {
    let mut forgotten = 0;
    mind.forgotten.clear();
    if mind.config.forgetting == Forgetting::Utility {
        forgotten += utility::clean_up(mind);
    }
    for _ in 0..MAX_EVICTIONS {
        let is_over = mind.known.is_over_budget(&mind.config, 0);
        if !is_over || mind.known.columns.len() == 1 || mind.config.forgetting == Forgetting::None {
            break;
        }
        let victim = match mind.config.forgetting {
            Forgetting::Coverage => coverage::least_missed(mind),
            Forgetting::Utility => utility::least_useful_of_a_few(mind),
            Forgetting::Random => candidate(mind),
            Forgetting::Fifo | Forgetting::None => oldest(mind),
        };
        evict(mind, victim);
        forgotten += 1;
    }
    forgotten
}

/// Forgets the experience in `slot`.
fn evict(mind: &mut Mind, slot: u32) {
    let columns = &mind.known.columns;
    let age_cycles = columns.stored() - columns.ids[slot as usize];
    let age = age_cycles as f32;
    mind.evictions.push(Forgotten {
        id: mind.known.id(slot),
        age_cycles,
        surprise: columns.surprises[slot as usize],
        access_count: u32::from(columns.access_counts[slot as usize]),
    });
    let telemetry = &mut mind.telemetry;
    let rate = if telemetry.forgotten == 0 { 1.0 } else { AGE_RATE };
    telemetry.forgotten_age_cycles += rate * (age - telemetry.forgotten_age_cycles);
    telemetry.forgotten += 1;
    mind.forgotten.push(columns.ids[slot as usize]);
    mind.known.remove(slot);
    mind.working_memory.clear(slot);
}

/// Whether the experience in `slot` may be forgotten: it exists, and is not among the newest.
fn is_evictable(mind: &Mind, slot: u32) -> bool {
    let columns = &mind.known.columns;
    let protected = (mind.known.capacity / PROTECTED_SHARE).max(1) as u64;
    columns.is_alive(slot) && columns.ids[slot as usize] + protected < columns.stored()
}

/// A random experience that may be forgotten; after a bounded number of tries, the oldest.
fn candidate(mind: &mut Mind) -> u32 {
    candidate_of(mind, |_, _| true).unwrap_or_else(|| oldest(mind))
}

/// A random experience of a kind that may be forgotten, if one is met in a bounded number of tries.
fn candidate_of(mind: &mut Mind, is_kind: impl Fn(&Columns, u32) -> bool) -> Option<u32> {
    for _ in 0..EVICTION_CANDIDATES {
        let slot = mind.random.below(mind.known.columns.slots()) as u32;
        if is_evictable(mind, slot) && is_kind(&mind.known.columns, slot) {
            return Some(slot);
        }
    }
    None
}

/// The oldest. While one is forgotten per store, slots are reused in the order of their age: the
/// oldest lives in the slot after the newest. Otherwise it is searched for.
fn oldest(mind: &Mind) -> u32 {
    let columns = &mind.known.columns;
    let slots = columns.slots() as u32;
    let next = (mind.newest + 1) % slots;
    if mind.config.forgetting == Forgetting::Fifo && columns.is_alive(next) {
        return next;
    }
    (0..slots)
        .filter(|&s| columns.is_alive(s))
        .min_by_key(|&s| columns.ids[s as usize])
        .unwrap_or(0)
}

/// How wrong a prediction was, reward and ending included, squared: 0 is perfect.
pub(super) fn prediction_error(
    prediction: &Prediction,
    surprise: f32,
    (reward, ended): (f32, bool),
    reward_deviation: f32,
) -> f32 {
    let ending = prediction.ended - f32::from(u8::from(ended));
    let miss =
        if reward_deviation > 0.0 { (prediction.reward - reward) / reward_deviation } else { 0.0 };
    (surprise * surprise + miss * miss + ending * ending).min(f32::MAX)
}
