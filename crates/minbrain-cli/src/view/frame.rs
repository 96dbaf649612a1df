//! The state of a run at one moment, as it is shown.

use minbrain::{Brain, Stats};
use minbrain_sim::arena::Arena;

use crate::run::record::Record;
use crate::run::trial::Trials;

/// Everything that a view shows of one moment.
pub(crate) struct Frame<'a> {
    /// What the run is about: the name of a world or a file.
    pub(crate) subject: &'a str,
    pub(crate) record: &'a Record,
    pub(crate) stats: Stats,
    /// How much time passed where the robot lives.
    pub(crate) lived_s: f64,
    /// The last action in words.
    pub(crate) action: String,
    /// The most active experiences, strongest first.
    pub(crate) working: Vec<Remembered>,
    pub(crate) contest: Contest,
    /// How the brain does alone; none in a recorded life.
    pub(crate) trials: Option<&'a Trials>,
    /// Whether there is a teacher now.
    pub(crate) is_taught: bool,
    pub(crate) stage: Stage<'a>,
}

/// One experience in working memory.
pub(crate) struct Remembered {
    pub(crate) name: String,
    pub(crate) activation: f32,
    pub(crate) surprise: f32,
    /// How long ago it was, in cycles.
    pub(crate) age_cycles: u64,
}

/// The brain against its references, in one figure.
pub(crate) struct Contest {
    pub(crate) title: &'static str,
    /// Who, and the figure so far; the brain is first.
    pub(crate) figures: Vec<(&'static str, Option<f64>)>,
}

/// What the robot is in.
pub(crate) enum Stage<'a> {
    /// The arena, seen from above.
    Arena(&'a Arena),
    /// The sensors' values.
    Sensors(Vec<Sensor>),
}

/// One sensor's value within its range.
pub(crate) struct Sensor {
    pub(crate) name: String,
    pub(crate) value: f32,
    /// Where the value lies between the least and the greatest seen, 0 to 1.
    pub(crate) share: f32,
    /// Where the brain expected it.
    pub(crate) expected: Option<f32>,
}

/// Most experiences of working memory that are shown.
const SHOWN: usize = 8;

/// The most active experiences of a brain.
pub(crate) fn working_memory(brain: &Brain) -> Vec<Remembered> {
    let now = brain.stats().learned;
    let shown = |active: minbrain::Activated| Remembered {
        name: active.id.to_string(),
        activation: active.activation,
        surprise: brain.experience(active.id).map_or(0.0, |e| e.surprise),
        age_cycles: now.saturating_sub(active.id.0),
    };
    brain.working_memory().into_iter().take(SHOWN).map(shown).collect()
}

/// Follows the range of each sensor over a run.
#[derive(Clone, Debug)]
pub(crate) struct Ranges(Vec<(f32, f32)>);

impl Ranges {
    pub(crate) fn new(sensors: usize) -> Self {
        Self(vec![(f32::INFINITY, f32::NEG_INFINITY); sensors])
    }

    pub(crate) fn widen(&mut self, observation: &[f32]) {
        for (range, &value) in self.0.iter_mut().zip(observation) {
            *range = (range.0.min(value), range.1.max(value));
        }
    }

    /// The sensors as they are shown, given what was expected of them.
    pub(crate) fn sensors(&self, names: &[String], now: &[f32], expected: &[f32]) -> Vec<Sensor> {
        let sensor = |(at, name): (usize, &String)| {
            let (low, high) = self.0[at];
            let share = |value: f32| {
                let share = (value - low) / (high - low);
                if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.5 }
            };
            Sensor {
                name: name.clone(),
                value: now[at],
                share: share(now[at]),
                expected: expected.get(at).map(|&value| share(value)),
            }
        };
        names.iter().enumerate().map(sensor).collect()
    }
}
