//! The guide's policy: access count x recency x prediction success, in batches.

use std::collections::TryReserveError;

use crate::columns::Columns;
use crate::config::Forgetting;
use crate::cycle::forget::{candidate, evict, is_evictable};
use crate::image::image;
use crate::limits::EVICTION_CANDIDATES;
use crate::mind::Mind;

/// Batches begin above this share of the budget.
const THRESHOLD: f64 = 0.8;
/// At most one batch in this time.
const PERIOD_US: u64 = 60_000_000;
/// A batch takes one in so many.
const BATCH: usize = 10;
/// One in so many is protected: those recalled most often.
const PROTECTED: usize = 10;
/// Recency halves when an experience is this old.
const HALF_LIFE_US: f64 = 3_600e6;

/// When the last batch was, and scratch for the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Utility {
    last_us: Option<u64>,
    order: Vec<u32>,
}

impl Utility {
    pub(crate) fn new(forgetting: Forgetting, capacity: usize) -> Result<Self, TryReserveError> {
        let mut made = Self::default();
        if forgetting == Forgetting::Utility {
            made.order.try_reserve_exact(capacity)?;
        }
        Ok(made)
    }

    pub(crate) fn last_us(&self) -> u64 {
        self.last_us.map_or(0, |time| time + 1)
    }
}

/// The guide's utility of the experience in `slot`.
fn utility(columns: &Columns, slot: u32, now_us: u64) -> f64 {
    let at = slot as usize;
    let age_us = now_us.saturating_sub(columns.times_us[at]) as f64;
    let recency = 1.0 / (1.0 + age_us / HALF_LIFE_US);
    let success = f64::from((1.0 - columns.surprises[at]).max(0.0));
    f64::from(columns.access_counts[at]) * recency * success
}

/// Forgets the tenth of least utility, if there are too many and the last time is a minute ago.
/// Passes over all experiences, as the guide's does.
pub(super) fn clean_up(mind: &mut Mind) -> u32 {
    let now_us = mind.clock.now_us;
    let count = mind.known.columns.len();
    let is_due = mind.utility.last_us.is_none_or(|last| now_us - last >= PERIOD_US);
    if !is_due || count as f64 <= THRESHOLD * mind.known.capacity as f64 {
        return 0;
    }
    mind.utility.last_us = Some(now_us);
    let mut order = std::mem::take(&mut mind.utility.order);
    let columns = &mind.known.columns;
    order.clear();
    // The newest were never recalled yet: by the formula they would go first, and at once.
    order.extend((0..columns.slots() as u32).filter(|&slot| is_evictable(mind, slot)));
    order.sort_unstable_by_key(|&slot| (columns.access_counts[slot as usize], slot));
    order.truncate(order.len().saturating_sub(count / PROTECTED));
    order.sort_unstable_by(|&a, &b| {
        let by_utility = utility(columns, a, now_us).total_cmp(&utility(columns, b, now_us));
        by_utility.then(columns.ids[a as usize].cmp(&columns.ids[b as usize]))
    });
    order.truncate(count / BATCH);
    order.iter().for_each(|&slot| evict(mind, slot));
    let forgotten = order.len() as u32;
    mind.utility.order = order;
    forgotten
}

/// Between batches the budget still holds: of a few random experiences, the one of least utility.
pub(super) fn least_useful_of_a_few(mind: &mut Mind) -> u32 {
    let mut candidates = [0; EVICTION_CANDIDATES];
    candidates.fill_with(|| candidate(mind));
    let (columns, now_us) = (&mind.known.columns, mind.clock.now_us);
    let least = candidates
        .iter()
        .copied()
        .min_by(|&a, &b| utility(columns, a, now_us).total_cmp(&utility(columns, b, now_us)));
    least.unwrap_or(0)
}

image!(Utility keeps last_us; not order);
