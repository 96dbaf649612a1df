//! One control cycle, from sensing to forgetting.
//!
//! ```text
//! sense -> recall -> activate -> act (propose) -> predict -> act (settle)   decide
//!     [the robot moves]
//! sense -> store -> forget                                                  learn
//!     [idle time]
//! consolidate
//! sense -> recall -> act -> predict -> store -> forget                      adopt
//! ```

mod act;
mod activate;
mod consolidate;
mod context;
mod forget;
mod persist;
mod predict;
mod recall;
mod sense;
mod store;

use minbrain_kernels::{Kernel, TopK};

use crate::action::Action;
use crate::config::Config;
use crate::decision::{Decision, Learned, Method, Outcome, Prediction};
use crate::error::BrainError;
use crate::experience::Foreign;
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::limits::MAX_NEIGHBOURS;
use crate::mind::Mind;
use crate::model::Model;
use crate::value::{Candidates, Lookahead};

pub(crate) use act::worths;
use act::{Holding, Imitation};
pub(crate) use consolidate::consolidate;
use context::Context;
use forget::Assessor;
pub(crate) use forget::Utility;
use persist::Persistence;
use predict::Calibration;
pub(crate) use predict::predict;
pub(crate) use sense::check_observation;

/// One recalled experience, by slot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recalled {
    pub(crate) slot: u32,
    pub(crate) distance: f32,
    pub(crate) similarity: f32,
    /// Its say in the decision.
    pub(crate) weight: f32,
}

/// Work that a regression counts for, in blocks compared.
pub(crate) const REGRESSION_UNITS: u32 = 8;

/// What the stages hand to each other, and the decision that waits for its outcome. Everything in
/// here is reused from cycle to cycle.
#[derive(Clone, Debug)]
pub(crate) struct Cycle {
    /// The observation, and behind it the action where it is continuous.
    pub(crate) key: Vec<f32>,
    /// Scratch of [`recall`].
    found: TopK,
    /// The most similar experiences, nearest first.
    pub(crate) recalled: Vec<Recalled>,
    /// The experiences that the prediction rests on.
    support: TopK,
    model: Model,
    /// Votes per discrete action.
    votes: Vec<f32>,
    pub(crate) lookahead: Lookahead,
    /// Scratch of a choice by value: what speaks for each candidate.
    worths: Vec<f64>,
    pub(crate) imitation: Imitation,
    pub(crate) holding: Holding,
    /// What the robot did just before.
    pub(crate) context: Context,
    pub(crate) persistence: Persistence,
    calibration: Calibration,
    assessor: Assessor,
    pub(crate) decision: Decision,
    pub(crate) is_waiting: bool,
    /// Whether the caller replaced the prediction by its own: that one says nothing about the
    /// brain's errors.
    pub(crate) is_told: bool,
}

impl Cycle {
    pub(crate) fn new(config: &Config, kernels: Kernel) -> Self {
        let (sensors, dims) = (config.sensors, config.key_dims());
        let zeros = || vec![0.0; sensors];
        let prediction =
            Prediction { outcome: zeros(), expected_error: zeros(), ..Prediction::default() };
        Self {
            key: vec![0.0; dims],
            found: TopK::with_capacity(MAX_NEIGHBOURS),
            recalled: Vec::with_capacity(config.neighbours),
            support: TopK::with_capacity(MAX_NEIGHBOURS),
            model: Model::new(kernels, sensors, dims),
            votes: vec![0.0; config.actions.parts()],
            lookahead: Lookahead::new(config, kernels),
            worths: Vec::with_capacity(Candidates::count(&config.actions)),
            imitation: Imitation::new(config, kernels),
            holding: Holding::new(config),
            context: Context::new(config),
            persistence: Persistence::new(sensors),
            calibration: Calibration::new(sensors),
            assessor: Assessor::new(config, kernels),
            decision: Decision {
                action: config.actions.neutral(),
                confidence: 0.0,
                method: Method::Bootstrap,
                prediction,
                recalled: Vec::with_capacity(config.neighbours),
                work_units: 0,
            },
            is_waiting: false,
            is_told: false,
        }
    }

    /// Each discrete action with its share of the last vote.
    pub(crate) fn shares(&self) -> impl Iterator<Item = (usize, f32)> {
        let total = self.votes.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        self.votes.iter().map(move |vote| vote / total).enumerate()
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.word(u64::from(self.is_waiting));
        print.word(u64::from(self.is_told));
        self.persistence.fingerprint(print);
        self.calibration.fingerprint(print);
        self.imitation.fingerprint(print);
        self.holding.fingerprint(print);
        self.context.fingerprint(print);
        if self.is_waiting {
            print.floats(&self.key);
            print.count(self.decision.action.part());
            let prediction = &self.decision.prediction;
            print.floats(&prediction.outcome);
            print.floats(&prediction.expected_error);
            print.floats(&[prediction.reward, prediction.ended]);
            self.recalled.iter().for_each(|r| print.words(&[r.slot]));
        }
    }
}

/// The half of a cycle that the caller asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Half<'a> {
    /// What to do now, given what is sensed; by own choice, or with the action that somebody else
    /// takes.
    Decide { observation: &'a [f32], given: Option<&'a Action> },
    /// What followed.
    Learn(Outcome<'a>),
    /// Both at once, as another robot lived through it.
    Adopt(Foreign<'a>),
}

/// Runs one half of a cycle: the one place that calls the stages, in their order.
pub(crate) fn advance(mind: &mut Mind, half: Half<'_>) -> Result<Learned, BrainError> {
    match half {
        Half::Decide { observation, given } => {
            sense::before(mind, observation, given)?;
            recall::for_decision(mind);
            activate::spread(mind);
            act::propose(mind, given);
            predict::outcome(mind);
            act::settle(mind);
            Ok(Learned { id: None, surprise: 0.0, forgotten: 0 })
        }
        Half::Learn(outcome) => {
            sense::after(mind, outcome)?;
            let surprise = predict::surprise(mind, outcome);
            predict::count(&mut mind.telemetry, surprise);
            if outcome.ended {
                mind.cycle.holding.release();
            }
            let stored = store::experience(mind, outcome, surprise);
            let forgotten = forget::within_budget(mind);
            Ok(Learned { id: stored, surprise, forgotten })
        }
        Half::Adopt(foreign) => {
            sense::foreign(mind, foreign)?;
            recall::most_similar(mind);
            act::adopt(mind, foreign);
            predict::outcome(mind);
            let surprise = predict::surprise(mind, foreign.outcome);
            let stored = store::foreign(mind, foreign, surprise);
            let forgotten = forget::within_budget(mind);
            Ok(Learned { id: stored, surprise, forgotten })
        }
    }
}

image!(Cycle keeps persistence calibration imitation holding context; not key found recalled support model votes
    lookahead worths assessor decision is_waiting is_told);
