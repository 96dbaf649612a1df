//! The brain against its references, figure by figure.

use super::player::Score;

/// Who is compared in a world; the brain is first.
pub(crate) const PLAYERS: [&str; 3] = ["brain", "random", "scripted"];

/// One figure of everybody.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its key in JSON.
    pub(crate) key: &'static str,
    pub(crate) title: &'static str,
    pub(crate) figures: [Option<f64>; PLAYERS.len()],
}

/// The figures of a world with beacons.
pub(crate) fn in_arena(scores: &[&Score; PLAYERS.len()], tick_s: f64) -> Vec<Row> {
    let minutes = |score: &Score| score.ticks.max(1) as f64 * tick_s / 60.0;
    vec![
        row(scores, "beacons_per_1000_ticks", "beacons per 1,000 ticks", |s| {
            Some(s.beacons_per_1000_ticks())
        }),
        row(scores, "beacons_per_minute", "beacons per minute lived", |s| {
            Some(s.beacons as f64 / minutes(s))
        }),
        row(scores, "beacons", "beacons", |s| Some(s.beacons as f64)),
        row(scores, "collisions", "collisions", |s| Some(s.collisions as f64)),
        row(scores, "return", "return", |s| Some(s.return_total)),
    ]
}

/// The figures of a world with episodes.
pub(crate) fn in_episodes(scores: &[&Score; PLAYERS.len()]) -> Vec<Row> {
    vec![
        row(scores, "return_per_episode", "return per episode", Score::mean_return),
        row(scores, "return_last_10", "  the last ten episodes", Score::late_return),
        row(scores, "episodes", "episodes", |s| Some(s.episodes as f64)),
        row(scores, "return", "return", |s| Some(s.return_total)),
    ]
}

fn row(
    scores: &[&Score; PLAYERS.len()],
    key: &'static str,
    title: &'static str,
    figure: impl Fn(&Score) -> Option<f64>,
) -> Row {
    Row { key, title, figures: scores.map(figure) }
}
