//! The default policy: forget what its neighbours can replace and predict.
//!
//! An experience is missed by the distance to its nearest neighbour of the same action, times how
//! wrong the others predict it. Both are known when it is stored, for free: the neighbours were
//! recalled and the prediction was made. Later they are refreshed where it matters: distances when
//! a nearer one is stored, both when it is about to be forgotten, and both in idle time.

use minbrain_kernels::{Kernel, Probe, TopK};

use crate::columns::Columns;
use crate::config::Config;
use crate::cycle::REGRESSION_UNITS;
use crate::cycle::forget::{candidate, candidate_of, prediction_error};
use crate::decision::Prediction;
use crate::experiences::Experiences;
use crate::limits::{DEMONSTRATED_SHARE, EVICTION_CANDIDATES, EVICTION_CHECKS, MAX_NEIGHBOURS};
use crate::mind::Mind;
use crate::model::Model;
use crate::space::Among;

/// What an experience that is predicted perfectly is still worth.
const LEAST_ERROR: f32 = 0.1;

/// Scratch to look at an experience afresh.
#[derive(Clone, Debug)]
pub(crate) struct Assessor {
    neighbours: usize,
    found: TopK,
    model: Model,
    key: Vec<f32>,
    prediction: Prediction,
}

impl Assessor {
    pub(crate) fn new(config: &Config, kernels: Kernel) -> Self {
        let zeros = || vec![0.0; config.sensors];
        Self {
            neighbours: config.model_neighbours(),
            found: TopK::with_capacity(MAX_NEIGHBOURS + 1),
            model: Model::new(kernels, config.sensors, config.key_dims()),
            key: vec![0.0; config.key_dims()],
            prediction: Prediction {
                outcome: zeros(),
                expected_error: zeros(),
                ..Prediction::default()
            },
        }
    }

    /// What would be predicted of `key` by the weights of the distance that are not in use.
    pub(crate) fn predict_by_other_weights(
        &mut self,
        known: &Experiences,
        (part, key): (usize, &[f32]),
    ) -> &mut Prediction {
        let weights = known.scale.other_weights();
        self.found.reset(self.neighbours);
        known.space.nearest(Probe { key, weights }, Among::Part(part), &mut self.found);
        let by = (&self.found, weights);
        self.model.estimate_by(known, (part, key), by, &mut self.prediction);
        &mut self.prediction
    }

    /// The model of what was predicted last.
    pub(crate) fn model(&mut self) -> &mut Model {
        &mut self.model
    }

    /// Finds out what would be missed with the experience in `slot`: predicts it from the others.
    /// Returns the work units that it took.
    pub(crate) fn assess(&mut self, known: &mut Experiences, slot: u32) -> u32 {
        let part = known.part(slot);
        known.space.copy_key(slot, &mut self.key);
        let (probe, among) = known.probe(part, &self.key);
        self.found.reset(self.neighbours + 1);
        let read = known.space.nearest(probe, among, &mut self.found);
        self.found.discard(slot);
        self.model.estimate(known, (part, &self.key), &self.found, &mut self.prediction);
        let at = slot as usize;
        let columns = &known.columns;
        let surprise = known.scale.surprise(&self.prediction.outcome, columns.outcome(slot));
        let came = (columns.rewards[at], columns.ended[at]);
        let deviation = known.scale.reward_deviation();
        let error = prediction_error(&self.prediction, surprise, came, deviation);
        // What lies outside of what is usual is as far from all others as it can be, and missed by
        // nobody.
        let is_outlying = known.scale.is_outlying(&self.key, columns.outcome(slot));
        let nearest = self.found.iter().next().map_or(f32::MAX, |f| f.distance);
        let nearest = if is_outlying { 0.0 } else { nearest };
        known.columns.errors[at] = error.into();
        known.columns.nearest[at] = nearest.into();
        known.space.learn(read);
        read.units() + REGRESSION_UNITS
    }
}

/// How much the experience in `slot` would be missed, as last seen.
fn loss(known: &Experiences, slot: u32) -> f32 {
    let at = slot as usize;
    let columns = &known.columns;
    let [nearest, error] = [columns.nearest[at], columns.errors[at]].map(f32::from);
    nearest.sqrt() * (LEAST_ERROR + error.sqrt())
}

/// Of a few random experiences, the one that is missed least; looked at afresh before it goes.
/// While demonstrations have not filled their share of the budget, they stay; then they make room
/// for each other.
pub(super) fn least_missed(mind: &mut Mind) -> u32 {
    let shown = mind.known.columns.shown();
    let is_apart = mind.known.demonstrations.is_some() && shown > 0;
    let goes_shown = DEMONSTRATED_SHARE * shown > mind.known.capacity;
    let goes = |columns: &Columns, slot| !is_apart || columns.is_shown(slot) == goes_shown;
    let mut candidates = [None; EVICTION_CANDIDATES];
    candidates.fill_with(|| candidate_of(mind, goes));
    let Some(mut best) = least(mind, &candidates) else { return candidate(mind) };
    for _ in 0..EVICTION_CHECKS {
        assess(mind, best);
        let next = least(mind, &candidates).unwrap_or(best);
        if next == best {
            break;
        }
        best = next;
    }
    best
}

/// The one that is missed least, as last seen.
fn least(mind: &Mind, candidates: &[Option<u32>]) -> Option<u32> {
    let known = &mind.known;
    let missed = |slot: u32| match &known.demonstrations {
        Some(demonstrations) if known.columns.is_shown(slot) => demonstrations.loss(slot),
        _ => loss(known, slot),
    };
    let met = candidates.iter().flatten().copied();
    met.min_by(|&a, &b| missed(a).total_cmp(&missed(b)))
}

/// Finds out afresh how much the experience in `slot` would be missed: by imitation, if it was
/// demonstrated, and otherwise by what predicts outcomes. Returns the work units that it took.
pub(crate) fn assess(mind: &mut Mind, slot: u32) -> u32 {
    let Mind { config, known, cycle, .. } = mind;
    if known.demonstrations.is_some() && known.columns.is_shown(slot) {
        return cycle.imitation.assess(known, &config.actions, slot);
    }
    cycle.assessor.assess(known, slot)
}
