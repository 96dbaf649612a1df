//! predict: the outcome of the proposed action, and afterwards how wrong that was.

use minbrain_kernels::TopK;

use crate::action::Action;
use crate::cycle::{Cycle, REGRESSION_UNITS};
use crate::decision::{Outcome, Prediction};
use crate::experiences::Experiences;
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::limits::MAX_MAGNITUDE;
use crate::mind::Mind;
use crate::model::{Model, knownness};
use crate::scale::Scale;
use crate::telemetry::Stats;
use crate::usual::Reach;

/// Share of the newest error in the running calibration.
const RATE: f32 = 0.01;
/// Largest correction of a squared error, either way. What a local fit expects of itself is wrong by
/// more than ten times only where hardly anything was expected, and one jump there must not spoil
/// what is expected elsewhere.
const MOST_CORRECTION: f32 = 100.0;
/// Most that one surprise counts for in the running one.
const MOST_SURPRISE: f32 = 10.0;
/// Share of the newest in the running surprise, once a hundred are in.
const SURPRISE_RATE: f32 = 0.01;

/// What is expected and what comes, as running mean squares per sensor: their ratio corrects the
/// error that a local fit expects of itself, which knows nothing of its own bias.
#[derive(Clone, Debug)]
pub(crate) struct Calibration {
    expected: Vec<f32>,
    came: Vec<f32>,
    /// How large errors are.
    reach: Vec<Reach>,
}

impl Calibration {
    pub(crate) fn new(sensors: usize) -> Self {
        let zeros = || vec![0.0; sensors];
        Self { expected: zeros(), came: zeros(), reach: vec![Reach::default(); sensors] }
    }

    /// By which factor the squared error of one sensor is corrected.
    fn correction(&self, sensor: usize) -> f32 {
        let (expected, came) = (self.expected[sensor], self.came[sensor]);
        if expected > f32::MIN_POSITIVE {
            (came / expected).clamp(1.0 / MOST_CORRECTION, MOST_CORRECTION)
        } else {
            1.0
        }
    }

    /// How large errors are compared with the usual change, as root mean squares over what counts in the
    /// distance of observations. 0 before anything came.
    pub(super) fn error_per_change(&self, scale: &Scale) -> f32 {
        let sum = |squares: &mut dyn Iterator<Item = f32>| -> f32 {
            scale.observation_weights().iter().zip(squares).map(|(w, square)| w * square).sum()
        };
        let came = sum(&mut self.came.iter().copied());
        let change = sum(&mut scale.change().iter().map(|change| change * change));
        if change > f32::MIN_POSITIVE { (came / change).sqrt() } else { 0.0 }
    }

    /// Corrects the expected error.
    pub(crate) fn apply(&self, expected_error: &mut [f32]) {
        for (at, error) in expected_error.iter_mut().enumerate() {
            *error = (*error * self.correction(at).sqrt()).min(MAX_MAGNITUDE);
        }
    }

    /// Compares a corrected expectation with what came.
    fn learn(&mut self, prediction: &Prediction, observation: &[f32]) {
        for (at, (&predicted, &came)) in prediction.outcome.iter().zip(observation).enumerate() {
            let uncorrected = prediction.expected_error[at].powi(2) / self.correction(at);
            let error = (predicted - came).abs();
            if uncorrected.is_finite() && error.is_finite() {
                let counted = self.reach[at].see(f64::from(error)) as f32;
                if !self.reach[at].is_known() {
                    continue;
                }
                let error = (counted * error).powi(2);
                self.expected[at] += RATE * (uncorrected - self.expected[at]);
                self.came[at] += RATE * (error - self.came[at]);
            }
        }
    }

    /// As if errors had always been so large.
    #[cfg(test)]
    pub(super) fn with_error(sensors: usize, error: f32) -> Self {
        let squares = || vec![error * error; sensors];
        Self { expected: squares(), came: squares(), ..Self::new(sensors) }
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.floats(&self.expected);
        print.floats(&self.came);
        self.reach.iter().for_each(|reach| reach.fingerprint(print));
    }
}

/// Predicts what the proposed action leads to; takes over the first step of the look ahead where
/// that was kept.
pub(super) fn outcome(mind: &mut Mind) {
    let Mind { config, known, cycle, .. } = mind;
    let (part, k) = (cycle.decision.action.part(), config.model_neighbours());
    let prediction = &mut cycle.decision.prediction;
    let read = if let Some(step) = cycle.lookahead.first_step(&cycle.decision.action) {
        std::mem::swap(&mut cycle.support, &mut step.found);
        std::mem::swap(&mut cycle.model, &mut step.model);
        std::mem::swap(prediction, &mut step.prediction);
        step.read
    } else {
        let (probe, among) = known.probe(part, &cycle.key);
        cycle.support.reset(k);
        let read = known.space.nearest(probe, among, &mut cycle.support);
        cycle.model.estimate(known, (part, &cycle.key), &cycle.support, prediction);
        cycle.decision.work_units += read.units() + REGRESSION_UNITS;
        read
    };
    cycle.model.write_error(known, prediction);
    cycle.persistence.apply(known.scale.most_change(), &cycle.key, &mut prediction.outcome);
    cycle.calibration.apply(&mut prediction.expected_error);
    prediction.knownness = knownness(&cycle.support, prediction.neighbours, k, cycle.key.len());
    known.space.learn(read);
}

/// The same without a cycle, for whoever asks what an action would lead to.
pub(crate) fn predict(mind: &Mind, observation: &[f32], action: &Action) -> Prediction {
    let Mind { config, known, cycle, .. } = mind;
    let mut key = observation.to_vec();
    key.extend_from_slice(action.values());
    let part = action.part();
    let k = config.model_neighbours();
    let mut support = TopK::with_capacity(k);
    support.reset(k);
    let (probe, among) = known.probe(part, &key);
    known.space.nearest(probe, among, &mut support);
    let zeros = || vec![0.0; config.sensors];
    let mut prediction =
        Prediction { outcome: zeros(), expected_error: zeros(), ..Prediction::default() };
    let mut model = Model::new(known.kernel, config.sensors, config.key_dims());
    model.predict(known, (part, &key), &support, &mut prediction);
    cycle.persistence.weigh(known.scale.most_change(), &key, &mut prediction.outcome);
    cycle.calibration.apply(&mut prediction.expected_error);
    prediction.knownness = knownness(&support, prediction.neighbours, k, key.len());
    prediction
}

/// Now and then, compares what was predicted with what the weights of the distance that are not in
/// use would have, and refines relevance by the one of the two that was made by it: before anything
/// is learned from the outcome.
fn compare_weights(
    known: &mut Experiences,
    cycle: &mut Cycle,
    change: &[f32],
    outcome: Outcome<'_>,
) {
    known.relevance.begin();
    if known.relevance.is_comparing() && !cycle.is_told {
        let Cycle { assessor, decision, key, model, persistence, .. } = cycle;
        let other = assessor.predict_by_other_weights(known, (decision.action.part(), key));
        persistence.weigh(known.scale.most_change(), key, &mut other.outcome);
        known.relevance.compare(&decision.prediction, other, &known.scale, outcome);
        let by_relevance = if known.scale.is_relevance_used() { model } else { assessor.model() };
        by_relevance.refine_relevance(known, change);
        known.weigh_by_relevance();
    }
}

/// Now and then, learns which dimensions matter.
fn learn_relevance(known: &mut Experiences, model: &mut Model) {
    if known.relevance.is_learning() {
        model.teach_relevance(known);
        known.weigh_by_relevance();
    }
}

/// How wrong the prediction was. Updates the running scales, the linear prior and the calibration.
pub(super) fn surprise(mind: &mut Mind, outcome: Outcome<'_>) -> f32 {
    let Mind { config, known, cycle, change, .. } = mind;
    for ((change, &after), &before) in change.iter_mut().zip(outcome.observation).zip(&cycle.key) {
        *change = after - before;
    }
    debug_assert_eq!(change.len(), config.sensors);
    compare_weights(known, cycle, change, outcome);
    let prediction = &cycle.decision.prediction;
    known.scale.add(&cycle.key, outcome.observation, outcome.reward);
    known.prior.update(cycle.decision.action.part(), &cycle.key, change);
    cycle.model.teach(&mut known.blend, change);
    learn_relevance(known, &mut cycle.model);
    if !cycle.is_told {
        cycle.persistence.learn(change);
        cycle.calibration.learn(prediction, outcome.observation);
    }
    known.scale.surprise(&prediction.outcome, outcome.observation)
}

/// Counts an outcome of the brain's own.
pub(super) fn count(telemetry: &mut Stats, surprise: f32) {
    let rate = (1.0 / (telemetry.learned + 1) as f32).max(SURPRISE_RATE);
    telemetry.surprise += rate * (surprise.min(MOST_SURPRISE) - telemetry.surprise);
    telemetry.learned += 1;
}

image!(Calibration keeps expected came reach; not);
