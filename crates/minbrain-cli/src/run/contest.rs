//! The brain against its references, figure by figure.

use super::player::Score;

/// Who is compared in a world; the brain is first. The last one is there where a teacher is asked.
pub(crate) const PLAYERS: [&str; 4] = ["brain", "random", "scripted", "repeating"];

/// The moment in which the teacher leaves.
#[derive(Clone, Debug)]
pub(crate) struct Left {
    /// After how many cycles.
    pub(crate) at: u64,
    /// The scores until then.
    pub(crate) scores: Vec<Score>,
}

/// One figure of everybody.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its key in JSON.
    pub(crate) key: &'static str,
    pub(crate) title: &'static str,
    pub(crate) figures: Vec<Option<f64>>,
}

/// The figures of a world with beacons.
pub(crate) fn in_arena(scores: &[&Score], left: Option<&Left>, tick_s: f64) -> Vec<Row> {
    let minutes = |score: &Score| score.ticks.max(1) as f64 * tick_s / 60.0;
    let mut rows = vec![
        row(scores, "beacons_per_1000_ticks", "beacons per 1,000 ticks", |s| {
            Some(s.beacons_per_1000_ticks())
        }),
        row(scores, "beacons_per_minute", "beacons per minute lived", |s| {
            Some(s.beacons as f64 / minutes(s))
        }),
        row(scores, "beacons", "beacons", |s| Some(s.beacons as f64)),
        row(scores, "collisions", "collisions", |s| Some(s.collisions as f64)),
        row(scores, "return", "return", |s| Some(s.return_total)),
    ];
    if let Some(left) = left.filter(|left| scores.iter().any(|score| score.ticks > left.at)) {
        rows.splice(1..1, chapters(scores, left));
    }
    rows
}

/// The first figure, while there was a teacher and after it had left.
fn chapters(scores: &[&Score], left: &Left) -> [Row; 2] {
    let taught = left.scores.iter().map(|score| Some(score.beacons_per_1000_ticks()));
    let alone = scores.iter().zip(&left.scores).map(|(now, then)| Some(now.beacons_since(then)));
    [
        Row {
            key: "beacons_per_1000_ticks_taught",
            title: "  while taught",
            figures: taught.collect(),
        },
        Row {
            key: "beacons_per_1000_ticks_alone",
            title: "  after the teacher left",
            figures: alone.collect(),
        },
    ]
}

/// The figures of a world with episodes.
pub(crate) fn in_episodes(scores: &[&Score]) -> Vec<Row> {
    vec![
        row(scores, "return_per_episode", "return per episode", Score::mean_return),
        row(scores, "return_last_10", "  the last ten episodes", Score::late_return),
        row(scores, "episodes", "episodes", |s| Some(s.episodes as f64)),
        row(scores, "return", "return", |s| Some(s.return_total)),
    ]
}

fn row(
    scores: &[&Score],
    key: &'static str,
    title: &'static str,
    figure: impl Fn(&Score) -> Option<f64>,
) -> Row {
    Row { key, title, figures: scores.iter().map(|score| figure(score)).collect() }
}
