//! recall: the most similar experiences, exactly.

use minbrain_kernels::Probe;

use crate::cycle::Recalled;
use crate::experiences::Experiences;
use crate::mind::Mind;
use crate::space::Among;

/// Finds the experiences whose observations lie nearest, whatever was done then, and counts that they
/// were needed.
pub(super) fn for_decision(mind: &mut Mind) {
    most_similar(mind);
    let Mind { known, cycle, .. } = mind;
    for recalled in &cycle.recalled {
        let count = &mut known.columns.access_counts[recalled.slot as usize];
        *count = count.saturating_add(1);
    }
}

/// Finds them.
pub(super) fn most_similar(mind: &mut Mind) {
    let Mind { config, known, cycle, .. } = mind;
    let Experiences { space, scale, columns, .. } = known;
    let probe = Probe { key: &cycle.key, weights: scale.observation_weights() };
    cycle.found.reset(config.neighbours);
    let read = space.recall(probe, Among::All, columns.len(), &mut cycle.found);
    cycle.decision.work_units = read.units();
    cycle.recalled.clear();
    cycle.recalled.extend(cycle.found.iter().filter(|f| f.distance.is_finite()).map(|f| {
        let similarity = config.metric.similarity(f.distance, config.sensors);
        Recalled { slot: f.slot, distance: f.distance, similarity, weight: 0.0 }
    }));
}
