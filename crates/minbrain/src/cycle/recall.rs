//! recall: the most similar experiences, exactly.

use crate::cycle::Recalled;
use crate::mind::Mind;

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
    let (probe, among) = known.observation_probe(&cycle.key);
    cycle.found.reset(config.neighbours);
    let read = known.space.nearest(probe, among, &mut cycle.found);
    cycle.decision.work_units = read.units();
    known.space.learn(read);
    cycle.recalled.clear();
    cycle.recalled.extend(cycle.found.iter().filter(|f| f.distance.is_finite()).map(|f| {
        let similarity = config.metric.similarity(f.distance, config.sensors);
        Recalled { slot: f.slot, distance: f.distance, similarity, weight: 0.0 }
    }));
}
