//! consolidate: what can wait for the robot's idle time, in bounded slices.

use crate::config::Forgetting;
use crate::cycle::forget::assess;
use crate::mind::Mind;

/// Looks at experiences afresh, one after the other, until `work_units` are used up: what would be
/// missed with each, and which links of it are stale. Returns the units used, which may exceed
/// `work_units` by the last experience's.
pub(crate) fn consolidate(mind: &mut Mind, work_units: u32) -> u32 {
    let slots = mind.known.columns.slots();
    let weights = mind.known.scale.weights();
    let mut used = mind.known.space.rebuild(work_units / 2, weights);
    if mind.known.values.is_kept() {
        let Mind { known, cycle, review, .. } = mind;
        let left = work_units.saturating_sub(used);
        let reviewed = review.go_on(known, &mut cycle.lookahead, left - left / 8);
        used = used.saturating_add(reviewed);
    }
    for _ in 0..slots {
        if used >= work_units {
            break;
        }
        mind.consolidated = (mind.consolidated + 1) % slots;
        let slot = mind.consolidated as u32;
        mind.known.associations.sweep(&mind.known.columns.ids);
        used = used.saturating_add(1);
        if mind.config.forgetting == Forgetting::Coverage && mind.known.columns.is_alive(slot) {
            used = used.saturating_add(assess(mind, slot));
        }
    }
    mind.telemetry.consolidated_units += u64::from(used);
    used
}
