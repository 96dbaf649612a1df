//! activate: what was recalled becomes active, and activation spreads along associations.
//!
//! A neighbour gets strength x association x 0.1 (`spread_per_hop`) per hop, as in the guide this
//! project starts from, over at most two hops from a bounded number of sources.

use crate::limits::SPREAD_SOURCES;
use crate::mind::Mind;

/// Activates the recalled experiences and lets activation spread.
pub(super) fn spread(mind: &mut Mind) {
    let Mind { config, known, working_memory, cycle, .. } = mind;
    working_memory.begin();
    let similar = || cycle.recalled.iter().filter(|r| r.similarity >= config.min_similarity);
    for recalled in similar() {
        working_memory.recall(recalled.slot, recalled.similarity);
    }
    let ids = &known.columns.ids;
    // Those reached first spread on, the most active of them first; a handful, kept in place.
    let mut frontier = [(0_u32, 0.0_f32); SPREAD_SOURCES[1]];
    for source in similar().take(SPREAD_SOURCES[0]) {
        for link in known.associations.of(source.slot, ids) {
            let amount = source.similarity * link.strength * config.spread_per_hop;
            working_memory.reach(link.slot, amount);
            keep_strongest(&mut frontier, link.slot, amount);
        }
    }
    for (slot, strength) in frontier.into_iter().filter(|&(_, strength)| strength > 0.0) {
        for link in known.associations.of(slot, ids) {
            working_memory.reach(link.slot, strength * link.strength * config.spread_per_hop);
        }
    }
    working_memory.gather();
}

/// Keeps the strongest in descending order, each slot once.
fn keep_strongest(frontier: &mut [(u32, f32)], slot: u32, amount: f32) {
    let last = frontier.len() - 1;
    if amount <= frontier[last].1 || frontier.iter().any(|&(s, a)| s == slot && a >= amount) {
        return;
    }
    let known = frontier.iter().position(|&(s, a)| s == slot && a > 0.0);
    let mut at = known.unwrap_or(last);
    while at > 0 && frontier[at - 1].1 < amount {
        frontier[at] = frontier[at - 1];
        at -= 1;
    }
    frontier[at] = (slot, amount);
}
