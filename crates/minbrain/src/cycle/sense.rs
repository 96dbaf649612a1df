//! sense: everything that comes in is checked here, once.

use crate::action::Action;
use crate::config::Config;
use crate::decision::Outcome;
use crate::error::{BrainError, Problem};
use crate::experience::Foreign;
use crate::limits::MAX_MAGNITUDE;
use crate::metric::Metric;
use crate::mind::Mind;
use crate::space::norm;

/// Takes in what is sensed before an action. A decision that still waited for its outcome is
/// given up: the robot went on without telling.
pub(super) fn before(
    mind: &mut Mind,
    observation: &[f32],
    given: Option<&Action>,
) -> Result<(), BrainError> {
    check_observation(&mind.config, observation)?;
    if let Some(action) = given {
        mind.config.actions.check(action)?;
    }
    mind.cycle.key[..observation.len()].copy_from_slice(observation);
    Ok(())
}

/// Checks what is sensed after an action.
pub(super) fn after(mind: &Mind, outcome: Outcome<'_>) -> Result<(), BrainError> {
    if !mind.cycle.is_waiting {
        return Err(BrainError::NothingDecided);
    }
    check_observation(&mind.config, outcome.observation)?;
    check_value("reward", 0, outcome.reward)
}

/// Takes in what another robot sensed, did and found. A decision that waits for its outcome is given
/// up.
pub(super) fn foreign(mind: &mut Mind, foreign: Foreign<'_>) -> Result<(), BrainError> {
    let Foreign { observation, action, outcome, confidence, .. } = foreign;
    check_observation(&mind.config, observation)?;
    mind.config.actions.check(action)?;
    check_observation(&mind.config, outcome.observation)?;
    check_value("reward", 0, outcome.reward)?;
    if !(0.0..=1.0).contains(&confidence) {
        let problem = Problem::OutOfBounds { at: 0, got: confidence };
        return Err(BrainError::input("confidence", problem).expecting("0 to 1"));
    }
    mind.cycle.key[..observation.len()].copy_from_slice(observation);
    (mind.cycle.is_waiting, mind.cycle.is_told) = (false, false);
    Ok(())
}

/// Checks the shape and the values of an observation.
pub(crate) fn check_observation(config: &Config, observation: &[f32]) -> Result<(), BrainError> {
    let got = observation.len();
    if got != config.sensors {
        let expected = format!("{} values", config.sensors);
        return Err(
            BrainError::input("observation", Problem::WrongLength { got }).expecting(expected)
        );
    }
    for (at, &value) in observation.iter().enumerate() {
        check_value("observation", at, value)?;
    }
    if config.metric == Metric::Cosine && norm(observation) < f32::MIN_POSITIVE {
        return Err(BrainError::input("observation", Problem::ZeroNorm)
            .expecting("a direction, for the cosine metric"));
    }
    Ok(())
}

fn check_value(field: &'static str, at: usize, got: f32) -> Result<(), BrainError> {
    if !got.is_finite() {
        return Err(
            BrainError::input(field, Problem::NotFinite { at, got }).expecting("finite values")
        );
    }
    if got.abs() > MAX_MAGNITUDE {
        let expected = format!("values from -{MAX_MAGNITUDE:e} to {MAX_MAGNITUDE:e}");
        return Err(BrainError::input(field, Problem::OutOfBounds { at, got }).expecting(expected));
    }
    Ok(())
}
