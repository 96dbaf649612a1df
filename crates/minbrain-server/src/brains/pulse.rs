//! What is measured about a brain while it lives.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use minbrain::{Action, Brain, Decision, Learned, Method};
use serde::Serialize;

use super::frame::Frame;
use super::life::Durability;
use super::live::Live;
pub use super::recent::Recent;
use super::story::Surroundings;
use crate::limits::{HISTORY_POINTS, POINT};

/// A point of the curves over time: means over the cycles of half a second.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Point {
    /// When, in milliseconds since the brain was first looked after.
    pub(crate) at_ms: u64,
    pub(crate) surprise: f64,
    /// The sum per second.
    pub(crate) reward: f64,
    pub(crate) confidence: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    decisions: f64,
    outcomes: f64,
    surprise: f64,
    reward: f64,
    confidence: f64,
}

/// The last decision, as far as a view needs it once it was learned from.
#[derive(Clone, Debug)]
pub(crate) struct Last {
    pub(crate) action: Action,
    pub(crate) method: Method,
    pub(crate) confidence: f32,
}

/// What is measured about a brain while it lives: how long its cycles took, and how surprise, reward
/// and confidence go on. Takes some 60 kB.
#[derive(Debug)]
pub struct Pulse {
    pub(crate) recent: Recent,
    pub(crate) deadline: Option<Duration>,
    pub(crate) cycles: u64,
    pub(crate) missed: u64,
    pub(crate) history: VecDeque<Point>,
    pub(crate) last: Option<Last>,
    pub(crate) action_names: Vec<String>,
    pub(crate) live: Live,
    /// How far the disk of a kept brain has come.
    pub(crate) durability: Option<Durability>,
    sums: Sums,
    begun: Instant,
    point_since: Instant,
    pub(crate) shown: Instant,
    pub(crate) cycled: Instant,
}

impl Pulse {
    /// Nothing measured yet. `deadline` is the time for an answer, where there is one;
    /// `action_names` has one name per discrete action or dimension, or none.
    pub fn new(deadline: Option<Duration>, action_names: Vec<String>) -> Self {
        let now = Instant::now();
        Self {
            recent: Recent::default(),
            deadline,
            cycles: 0,
            missed: 0,
            history: VecDeque::with_capacity(HISTORY_POINTS),
            last: None,
            action_names,
            live: Live::new(),
            durability: None,
            sums: Sums::default(),
            begun: now,
            point_since: now,
            shown: now,
            cycled: now,
        }
    }

    /// A decision was made.
    pub fn decided(&mut self, decision: &Decision) {
        self.sums.decisions += 1.0;
        self.sums.confidence += f64::from(decision.confidence);
        let Decision { action, method, confidence, .. } = decision;
        match &mut self.last {
            // Takes over the action without allocating.
            Some(last) => {
                last.action.clone_from(action);
                (last.method, last.confidence) = (*method, *confidence);
            }
            None => {
                let (action, method, confidence) = (action.clone(), *method, *confidence);
                self.last = Some(Last { action, method, confidence });
            }
        }
    }

    /// Somebody did `action` instead of what was decided last.
    pub(crate) fn overruled(&mut self, action: &Action) {
        let shown = (Method::Given, 1.0);
        let last = self.last.get_or_insert_with(|| Last {
            action: action.clone(),
            method: shown.0,
            confidence: shown.1,
        });
        last.action.clone_from(action);
        (last.method, last.confidence) = shown;
    }

    /// An outcome with this reward was learned from.
    pub fn learned(&mut self, learned: &Learned, reward: f32) {
        self.sums.outcomes += 1.0;
        self.sums.surprise += f64::from(learned.surprise);
        self.sums.reward += f64::from(reward);
    }

    /// A cycle came to its end at `now` and took so long.
    pub fn cycled(&mut self, took: Duration, now: Instant) {
        self.recent.push(took, now);
        self.cycles += 1;
        self.cycled = now;
        let span = now.saturating_duration_since(self.point_since);
        if span < POINT {
            return;
        }
        if self.history.len() == HISTORY_POINTS {
            self.history.pop_front();
        }
        let Sums { decisions, outcomes, surprise, reward, confidence } = self.sums;
        self.history.push_back(Point {
            at_ms: self.age_ms(now),
            surprise: surprise / outcomes.max(1.0),
            reward: reward / span.as_secs_f64(),
            confidence: confidence / decisions.max(1.0),
        });
        self.sums = Sums::default();
        self.point_since = now;
    }

    /// Shows `brain` to whoever watches, if it is time to; what is `around` it is asked for only
    /// then. Cost: a reading of the clock, or if it is time, some hundred microseconds.
    pub fn show(&mut self, brain: &Brain, around: impl FnOnce() -> Surroundings) {
        let now = Instant::now();
        if self.live.is_due(self.shown, now) {
            self.shown = now;
            self.live.show(self.frame(brain, around(), now));
        }
    }

    /// The frame of this moment, as JSON.
    pub(crate) fn frame(&self, brain: &Brain, around: Surroundings, now: Instant) -> String {
        serde_json::to_string(&Frame::new(self, brain, around, now)).unwrap_or_default()
    }

    pub(crate) fn age_ms(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.begun).as_millis() as u64
    }
}
