//! What is kept of a run while it goes on, in bounded space whatever its length.

use std::time::Duration;

use minbrain::{Action, Decision, Learned, Method};
use minbrain_bench::Latency;

use super::series::{Ends, Series, Shares};

/// Points of a curve over the whole run.
pub(crate) const CURVE_POINTS: usize = 200;
/// Points where a value is rare, such as reaching a beacon.
pub(crate) const COARSE_POINTS: usize = 40;
/// How many cycles the first and the last figures stand for.
pub(crate) const ENDS_CYCLES: usize = 1_000;

/// The brain's cycles so far.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Cycles that the run will take if nobody ends it.
    pub(crate) total: u64,
    /// Cycles done.
    pub(crate) done: u64,
    pub(crate) surprise: Series,
    pub(crate) surprise_ends: Ends,
    pub(crate) latency: Latency,
    pub(crate) methods: Shares,
    /// Whether the teacher acted, 1 or 0, while there was one.
    pub(crate) asked_ends: Ends,
    /// The same in percent over the run, also when there was none.
    pub(crate) asked: Series,
    pub(crate) last: Last,
    /// Work units and time of consolidation, which is no part of the latency.
    pub(crate) consolidated_units: u64,
    pub(crate) consolidated: Duration,
}

/// Whether somebody could be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Teacher {
    Here,
    Away,
}

/// The cycle just done.
#[derive(Clone, Debug)]
pub(crate) struct Last {
    pub(crate) method: Option<Method>,
    pub(crate) confidence: f32,
    pub(crate) action: Action,
    pub(crate) predicted: Vec<f32>,
    pub(crate) surprise: f32,
}

impl Record {
    /// A record of a run of `total` cycles.
    pub(crate) fn new(total: u64) -> Self {
        let last = Last {
            method: None,
            confidence: 0.0,
            action: Action::Discrete(0),
            predicted: Vec::new(),
            surprise: 0.0,
        };
        Self {
            total,
            done: 0,
            surprise: Series::new(total, CURVE_POINTS),
            surprise_ends: Ends::new(ENDS_CYCLES),
            latency: Latency::new(),
            methods: Shares::new(total, COARSE_POINTS),
            asked_ends: Ends::new(ENDS_CYCLES),
            asked: Series::new(total, COARSE_POINTS),
            last,
            consolidated_units: 0,
            consolidated: Duration::ZERO,
        }
    }

    /// Takes what was decided.
    pub(crate) fn decided(&mut self, decision: &Decision, teacher: Teacher) {
        self.methods.push(self.done, decision.method.name());
        let asked = f32::from(u8::from(decision.method == Method::Given));
        self.asked.push(self.done, f64::from(asked * 100.0));
        if teacher == Teacher::Here {
            self.asked_ends.push(asked);
        }
        self.last.method = Some(decision.method);
        self.last.confidence = decision.confidence;
        self.last.action.clone_from(&decision.action);
        self.last.predicted.clone_from(&decision.prediction.outcome);
    }

    /// Takes what it taught, and how long the cycle took. The cycle is then done.
    pub(crate) fn learned(&mut self, learned: &Learned, took: Duration) {
        self.surprise.push(self.done, f64::from(learned.surprise));
        self.surprise_ends.push(learned.surprise);
        self.last.surprise = learned.surprise;
        self.latency.push(took);
        self.done += 1;
    }

    /// What share of the run is done, 0 to 1.
    pub(crate) fn share(&self) -> f64 {
        self.done as f64 / self.total.max(1) as f64
    }

    /// What is left of the surprise of the first cycles in the last ones.
    pub(crate) fn surprise_ratio(&self) -> f64 {
        self.surprise_ends.last() / self.surprise_ends.first()
    }
}
