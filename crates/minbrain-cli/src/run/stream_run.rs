//! A brain goes through a recorded life and learns to predict it.

use std::path::Path;
use std::time::Instant;

use minbrain::prior::LinearPrior;
use minbrain::{Action, ActionSpace, Brain, Budget, Outcome, Stats};

use super::membership::FleetFate;
use super::mind::{Fate, Mind};
use super::prediction_error::{PREDICTORS, PredictionError, Transition};
use super::record::{Record, Teacher};
use super::settings::Settings;
use super::stop;
use super::stream::{Recording, Row};
use super::world_run::in_words;
use crate::failure::Failure;
use crate::view::Display;
use crate::view::frame::{Contest, Frame, Ranges, Stage, working_memory};

/// Work units of consolidation after each cycle.
const CONSOLIDATE_UNITS: u32 = 64;
/// How much time a row stands for if the file does not tell the time.
const DEFAULT_PERIOD_US: u64 = 20_000;

/// A finished run through a recorded life.
pub(crate) struct StreamLife {
    pub(crate) settings: Settings,
    pub(crate) file: String,
    pub(crate) record: Record,
    pub(crate) stats: Stats,
    /// What became of a brain that was to be kept.
    pub(crate) fate: Option<Fate>,
    /// What became of it in its fleet.
    pub(crate) fleet: Option<FleetFate>,
    pub(crate) error: PredictionError,
    pub(crate) recording: Recording,
    pub(crate) lived_s: f64,
}

/// Goes through the recorded life in `file`, or until somebody ends it.
///
/// # Errors
/// [`Failure`] if the file is not a recorded life, the brain cannot be built, or the view cannot
/// be shown.
pub(crate) fn live(
    settings: &Settings,
    file: &Path,
    display: &mut Display<'_>,
) -> Result<StreamLife, Failure> {
    let mut run = StreamRun::new(settings, file)?;
    for at in 0..run.recording.len() - 1 {
        if run.record.done == run.record.total || stop::asked() {
            break;
        }
        run.row(at)?;
        display.show(&run.record, || run.frame(at + 1))?;
    }
    let (lived_s, stats) = (run.lived_s(), run.brain.brain().stats());
    let (fate, fleet) = run.brain.finish(settings.brain.as_deref())?;
    Ok(StreamLife {
        settings: settings.clone(),
        lived_s,
        stats,
        fate,
        fleet,
        file: run.file,
        record: run.record,
        error: run.error,
        recording: run.recording,
    })
}

struct StreamRun {
    file: String,
    recording: Recording,
    brain: Mind,
    reference: Reference,
    record: Record,
    error: PredictionError,
    ranges: Ranges,
    clock: Clock,
}

impl StreamRun {
    fn new(settings: &Settings, file: &Path) -> Result<Self, Failure> {
        let recording = Recording::open(file)?;
        let (sensors, dims) = (recording.sensors(), recording.action_dims());
        let space = match dims {
            0 => ActionSpace::discrete(1),
            _ => ActionSpace::continuous(recording.action_bounds()),
        };
        let clock = Clock::new(&recording);
        let builder = Brain::builder()
            .sensors(sensors)
            .actions(space.clone())
            .budget(Budget::Experiences(settings.budget))
            .seed(settings.seed)
            .cycle_period_us(clock.usual_us)
            .isa(settings.isa);
        let brain = Mind::new(settings, builder, sensors + dims)?;
        let total = leading_somewhere(&recording).min(settings.steps.unwrap_or(u64::MAX));
        let mut ranges = Ranges::new(sensors);
        for bound in recording.sensor_bounds() {
            ranges.widen(&bound);
        }
        Ok(Self {
            file: file.display().to_string(),
            reference: Reference::new(sensors, dims),
            error: PredictionError::new(total, sensors),
            record: Record::new(total),
            recording,
            brain,
            ranges,
            clock,
        })
    }

    /// One row: predict its outcome, then learn it from the next row.
    fn row(&mut self, at: usize) -> Result<(), Failure> {
        let (now, next) = (self.recording.row(at), self.recording.row(at + 1));
        self.clock.advance(&now);
        if !now.leads_to(&next) {
            self.brain.interrupt();
            return Ok(());
        }
        let action = match now.action {
            [] => Action::Discrete(0),
            values => Action::Continuous(values.to_vec()),
        };
        let began = Instant::now();
        self.brain.set_time_us(self.clock.now_us)?;
        let decision = self.brain.accompany(now.observation, &action)?;
        let mut took = began.elapsed();
        self.record.decided(decision, Teacher::Away);
        let outcome =
            Outcome { observation: next.observation, reward: next.reward, ended: next.ended };
        let began = Instant::now();
        let learned = self.brain.learn(outcome)?;
        took += began.elapsed();
        self.record.learned(&learned, took);
        let prior_change = self.reference.predict_then_learn(&now, &next);
        self.error.push(&Transition {
            before: now.observation,
            after: next.observation,
            brain: &self.record.last.predicted,
            prior_change,
        });
        let began = Instant::now();
        self.record.consolidated_units += u64::from(self.brain.consolidate(CONSOLIDATE_UNITS)?);
        self.record.consolidated += began.elapsed();
        Ok(())
    }

    /// The time of all cycles, without gaps.
    fn lived_s(&self) -> f64 {
        self.record.done as f64 * self.recording.usual_step_s.unwrap_or(0.0)
    }

    fn frame(&self, at: usize) -> Frame<'_> {
        let figures = self.error.overall().map_or([None; 3], |errors| errors.map(Some));
        let row = self.recording.row(at);
        Frame {
            subject: &self.file,
            record: &self.record,
            stats: self.brain.brain().stats(),
            lived_s: self.lived_s(),
            action: match self.recording.action_names() {
                [] => "none recorded".into(),
                names => in_words(&self.record.last.action, names),
            },
            working: working_memory(self.brain.brain()),
            trials: None,
            is_taught: false,
            contest: Contest {
                title: "prediction error",
                figures: PREDICTORS.into_iter().zip(figures).collect(),
            },
            stage: Stage::Sensors(self.ranges.sensors(
                self.recording.sensor_names(),
                row.observation,
                &self.record.last.predicted,
            )),
        }
    }
}

/// How many rows have an outcome.
fn leading_somewhere(recording: &Recording) -> u64 {
    let pairs = (1..recording.len()).map(|at| (recording.row(at - 1), recording.row(at)));
    pairs.filter(|(now, next)| now.leads_to(next)).count() as u64
}

/// The time of the recorded life, from 0 and never backwards.
struct Clock {
    now_us: u64,
    usual_us: u64,
    last_s: Option<f64>,
}

impl Clock {
    fn new(recording: &Recording) -> Self {
        let usual_us = recording.usual_step_s.map_or(DEFAULT_PERIOD_US, |step| (step * 1e6) as u64);
        Self { now_us: 0, usual_us: usual_us.max(1), last_s: None }
    }

    fn advance(&mut self, row: &Row<'_>) {
        let step_us = match (self.last_s, row.time_s) {
            (Some(last), Some(now)) if now > last => ((now - last) * 1e6) as u64,
            (None, _) if self.now_us == 0 && row.time_s.is_some() => 0,
            _ => self.usual_us,
        };
        self.now_us = self.now_us.saturating_add(step_us);
        self.last_s = row.time_s;
    }
}

/// The online linear prior alone.
struct Reference {
    prior: LinearPrior,
    input: Vec<f32>,
    predicted: Vec<f32>,
    change: Vec<f32>,
}

impl Reference {
    fn new(sensors: usize, dims: usize) -> Self {
        Self {
            prior: LinearPrior::new(sensors + dims, sensors, 1),
            input: vec![0.0; sensors + dims],
            predicted: vec![0.0; sensors],
            change: vec![0.0; sensors],
        }
    }

    /// Predicts the change from one row to the next before it learns from it.
    fn predict_then_learn(&mut self, now: &Row<'_>, next: &Row<'_>) -> &[f32] {
        let sensed = now.observation.len();
        self.input[..sensed].copy_from_slice(now.observation);
        self.input[sensed..].copy_from_slice(now.action);
        self.prior.predict(0, &self.input, &mut self.predicted);
        for (at, change) in self.change.iter_mut().enumerate() {
            *change = next.observation[at] - now.observation[at];
        }
        self.prior.update(0, &self.input, &self.change);
        &self.predicted
    }
}
