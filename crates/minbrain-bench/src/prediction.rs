//! How well a brain predicts a recorded life, and what forgetting costs it.

use minbrain::{Budget, Forgetting};
use serde::Serialize;

use crate::accuracy::Accuracy;
use crate::error::BenchError;
use crate::stream::Stream;

/// Steps before the first error counts.
pub const WARM_UP_STEPS: usize = 500;
/// Fewest steps of a life that can be measured: the late quarter should hold 250.
pub const FEWEST_STEPS: usize = 1_000;

/// How the brain is allowed to remember.
#[derive(Clone, Copy, Debug)]
pub struct PredictionSettings {
    /// Most experiences; `None` if there is room for the whole life.
    pub budget: Option<usize>,
    /// What is forgotten when there are more.
    pub forgetting: Forgetting,
    /// Where random numbers start.
    pub seed: u64,
}

/// What was measured on one stream with one policy.
#[derive(Clone, Debug, Serialize)]
pub struct PredictionRow {
    /// Names this measurement.
    pub bench: &'static str,
    /// Which life was predicted.
    pub data: String,
    /// What was forgotten.
    pub policy: String,
    /// Most experiences; `None` if nothing had to be forgotten.
    pub budget: Option<usize>,
    /// Root mean square error over the last quarter of the life, over that of the change in the whole
    /// life.
    pub nrmse: f64,
    /// The same over all of it but the first 500 steps.
    pub nrmse_all: f64,
    /// `nrmse` over that of the brain that forgets nothing, where it was measured beside this one.
    pub ratio_to_unbounded: Option<f64>,
    /// Experiences kept in the end.
    pub experiences: usize,
    /// Steps of the life.
    pub steps: usize,
    /// How many values an observation has.
    pub sensors: usize,
    /// Where random numbers started.
    pub seed: u64,
}

/// Lets a brain live through a recorded life and predict each next observation before it sees it.
///
/// # Errors
/// [`BenchError::Setting`] if the life is too short, and what the brain refuses.
pub fn prediction(
    stream: &Stream,
    settings: &PredictionSettings,
) -> Result<PredictionRow, BenchError> {
    let steps = stream.steps.len();
    if steps < FEWEST_STEPS {
        let expected = format!("at least {FEWEST_STEPS} steps");
        return Err(BenchError::setting("data", expected, format!("{steps} in {}", stream.name)));
    }
    let (budget, forgetting) = match settings.budget {
        Some(budget) => (budget, settings.forgetting),
        None => (steps, Forgetting::None),
    };
    let mut brain = stream
        .brain()
        .budget(Budget::Experiences(budget))
        .forgetting(forgetting)
        .seed(settings.seed)
        .build()?;
    let [mut whole, mut all, mut late] = std::array::from_fn(|_| Accuracy::new(stream.sensors));
    for (at, step) in stream.steps.iter().enumerate() {
        step.live(&mut brain, |predicted| {
            whole.add(&step.observation, predicted, &step.outcome);
            if at >= WARM_UP_STEPS {
                all.add(&step.observation, predicted, &step.outcome);
            }
            if at >= steps - steps / 4 {
                late.add(&step.observation, predicted, &step.outcome);
            }
        })?;
    }
    Ok(PredictionRow {
        bench: "prediction",
        data: stream.name.clone(),
        policy: format!("{forgetting:?}").to_lowercase(),
        budget: settings.budget,
        nrmse: late.nrmse_against(&whole),
        nrmse_all: all.nrmse_against(&whole),
        ratio_to_unbounded: None,
        experiences: brain.stats().experiences,
        steps,
        sensors: stream.sensors,
        seed: settings.seed,
    })
}

#[cfg(test)]
mod tests {
    use minbrain::Outcome;

    use super::*;

    const SETTINGS: PredictionSettings =
        PredictionSettings { budget: None, forgetting: Forgetting::Coverage, seed: 1 };

    /// Lives the same life by hand and works the figures out from all predictions at once.
    fn by_hand(stream: &Stream, from: usize) -> f64 {
        let room = Budget::Experiences(stream.steps.len());
        let mut brain =
            stream.brain().budget(room).forgetting(Forgetting::None).seed(1).build().unwrap();
        let mut errors = vec![Vec::new(); stream.sensors];
        let mut changes = errors.clone();
        for (at, step) in stream.steps.iter().enumerate() {
            let decision = brain.accompany(&step.observation, &step.action).unwrap();
            let predicted = decision.prediction.outcome.clone();
            brain
                .learn(Outcome { observation: &step.outcome, reward: step.reward, ended: false })
                .unwrap();
            for sensor in 0..stream.sensors {
                if at >= from {
                    errors[sensor].push(f64::from(predicted[sensor] - step.outcome[sensor]));
                }
                let change = step.outcome[sensor] - step.observation[sensor];
                changes[sensor].push(f64::from(change));
            }
        }
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let squares = |v: &[f64]| mean(&v.iter().map(|x| x * x).collect::<Vec<_>>());
        let per_sensor = errors
            .iter()
            .zip(&changes)
            .map(|(errors, changes)| (squares(errors) / squares(changes)).sqrt());
        per_sensor.sum::<f64>() / stream.sensors as f64
    }

    #[test]
    fn agrees_with_the_definition_worked_out_at_once() {
        let stream = Stream::wanderer(5, 3, 1_200, 7);
        let row = prediction(&stream, &SETTINGS).unwrap();
        assert!((row.nrmse / by_hand(&stream, 900) - 1.0).abs() < 1e-4, "{}", row.nrmse);
        assert!((row.nrmse_all / by_hand(&stream, 500) - 1.0).abs() < 1e-4, "{}", row.nrmse_all);
        assert_eq!((row.experiences, row.budget, row.policy.as_str()), (1_200, None, "none"));
    }

    #[test]
    fn a_budget_is_kept_under_every_policy() {
        let stream = Stream::wanderer(5, 3, 1_600, 2);
        let unbounded = prediction(&stream, &SETTINGS).unwrap();
        for (forgetting, name) in [
            (Forgetting::Coverage, "coverage"),
            (Forgetting::Utility, "utility"),
            (Forgetting::Fifo, "fifo"),
            (Forgetting::Random, "random"),
            (Forgetting::None, "none"),
        ] {
            let settings = PredictionSettings { budget: Some(100), forgetting, seed: 1 };
            let row = prediction(&stream, &settings).unwrap();
            assert!(row.experiences <= 100, "{name}: {}", row.experiences);
            assert_eq!((row.policy.as_str(), row.budget), (name, Some(100)));
            // A budget this small costs little, since the last change says much of the next one.
            let ratio = row.nrmse / unbounded.nrmse;
            assert!((0.9..1.5).contains(&ratio), "{name}: {} {}", row.nrmse, unbounded.nrmse);
        }
    }

    #[test]
    fn a_short_life_is_refused() {
        let said = prediction(&Stream::wanderer(5, 3, 999, 7), &SETTINGS).unwrap_err().to_string();
        assert_eq!(said, "data: expected at least 1000 steps, got 999 in wanderer");
    }
}
