//! One question of a robot, put to its brain. No I/O.

use std::time::Instant;

use minbrain::{Action, ActionSpace, BrainError, Method, Outcome};
use minbrain_wire::{
    Answer, Decided, ErrorCode, Hello, Origin, Phase, Predicted, Request, Statistics,
};

use crate::access::Role;
use crate::brains::seat::Seat;
use crate::settings::Fallback;

/// What a robot did last, and where.
#[derive(Clone, Debug)]
struct Deed {
    observation: Vec<f32>,
    action: Action,
    chosen: (Method, f32),
    is_open: bool,
}

/// A robot's side of the story.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) robot: u64,
    pub(crate) hello: Hello,
    pub(crate) role: Role,
    last: Deed,
    surprise: f32,
    /// The action as it goes over the wire.
    values: Vec<f32>,
    predicted: Vec<f32>,
}

/// What an answer is made of; the values stand in the [`Story`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reply {
    /// An action, as an original robot takes it or with what is known of it.
    Act { is_original: bool, confidence: f32 },
    /// What was done instead is taken over.
    TakenOver,
    /// An episode is over, and nothing is to be done.
    Rest,
    /// What was asked.
    Told([f32; 4]),
    /// The figures.
    Figures(Statistics),
}

impl Story {
    pub(crate) fn new(robot: u64, hello: Hello, role: Role, space: &ActionSpace) -> Self {
        let last = Deed {
            observation: Vec::with_capacity(hello.sensors),
            action: space.neutral(),
            chosen: (Method::Bootstrap, 0.0),
            is_open: false,
        };
        Self { robot, hello, role, last, surprise: 0.0, values: Vec::new(), predicted: Vec::new() }
    }

    /// Puts `request` to the brain.
    ///
    /// # Errors
    /// The code for the robot. The brain is as it was before.
    pub(crate) fn answer(
        &mut self,
        seat: &mut Seat,
        request: Request<'_>,
    ) -> Result<Reply, ErrorCode> {
        let may = |least| (self.role >= least).then_some(()).ok_or(ErrorCode::NotAllowed);
        match request {
            Request::Sensed(observation) => {
                may(Role::Control)?;
                let phase = if self.last.is_open { Phase::GoesOn } else { Phase::Begins };
                self.live(seat, (phase, 0.0), observation).map_err(code)?;
                self.act(seat, observation, Reply::Act { is_original: true, confidence: 0.0 })
            }
            Request::Observed { phase, reward, observation } => {
                may(Role::Control)?;
                self.live(seat, (phase, reward), observation).map_err(code)?;
                if phase.is_last() {
                    return Ok(Reply::Rest);
                }
                self.act(seat, observation, Reply::Act { is_original: false, confidence: 0.0 })
            }
            Request::Asked { action, observation } => {
                may(Role::Read)?;
                self.predict(seat, action, observation).map_err(code)
            }
            Request::Shown { action } => {
                may(Role::Control)?;
                self.take_over(seat, action)
            }
            Request::Statistics => {
                may(Role::Read)?;
                Ok(Reply::Figures(figures(seat)))
            }
        }
    }

    /// Learns what followed the last deed.
    fn live(
        &mut self,
        seat: &mut Seat,
        (phase, reward): (Phase, f32),
        observation: &[f32],
    ) -> Result<(), BrainError> {
        // What the brain would refuse is refused before anything is learned.
        seat.life.brain().check(observation)?;
        if phase == Phase::Begins {
            self.break_off(seat);
        } else if self.last.is_open {
            let Deed { observation: at, action, chosen, .. } = &self.last;
            seat.take_up(self.robot, at, (action, *chosen))?;
            let outcome = Outcome { observation, reward, ended: phase == Phase::Ended };
            let learned = seat.life.learn(outcome)?;
            seat.pulse.learned(&learned, reward);
            self.surprise = learned.surprise;
            self.last.is_open = false;
        }
        if phase == Phase::CutOff {
            self.break_off(seat);
        }
        Ok(())
    }

    fn break_off(&mut self, seat: &mut Seat) {
        if seat.owner.is_none_or(|owner| owner == self.robot) {
            seat.life.interrupt();
        }
        self.last.is_open = false;
    }

    fn act(
        &mut self,
        seat: &mut Seat,
        observation: &[f32],
        mut reply: Reply,
    ) -> Result<Reply, ErrorCode> {
        let decision = seat.life.decide(observation).map_err(code)?;
        seat.pulse.decided(decision);
        seat.owner = Some(self.robot);
        let Deed { observation: at, action, chosen, is_open } = &mut self.last;
        at.clear();
        at.extend_from_slice(observation);
        action.clone_from(&decision.action);
        (*chosen, *is_open) = ((decision.method, decision.confidence), true);
        if let Reply::Act { confidence, .. } = &mut reply {
            *confidence = decision.confidence;
        }
        write_action(&self.last.action, &mut self.values);
        Ok(reply)
    }

    /// Takes over what was done instead of what was decided last.
    fn take_over(&mut self, seat: &mut Seat, values: &[f32]) -> Result<Reply, ErrorCode> {
        if !self.last.is_open {
            return Err(ErrorCode::Protocol);
        }
        let shown = read_action(values, &seat.life.brain().config().actions);
        let chosen = (Method::Given, 1.0);
        seat.life.resume(&self.last.observation, &shown, chosen).map_err(code)?;
        seat.owner = Some(self.robot);
        (self.last.action, self.last.chosen) = (shown, chosen);
        seat.pulse.overruled(&self.last.action);
        write_action(&self.last.action, &mut self.values);
        Ok(Reply::TakenOver)
    }

    fn predict(
        &mut self,
        seat: &Seat,
        action: &[f32],
        observation: &[f32],
    ) -> Result<Reply, BrainError> {
        let action = read_action(action, &seat.life.brain().config().actions);
        let expected = seat.life.brain().predict(observation, &action)?;
        self.predicted = expected.outcome;
        let neighbours = expected.neighbours as f32;
        Ok(Reply::Told([expected.reward, expected.ended, expected.knownness, neighbours]))
    }

    /// The brain was late, and the robot did what `fallback` says instead. Nobody chose that.
    pub(crate) fn overrule(&mut self, seat: &mut Seat, fallback: &Action, at: &[f32]) {
        self.last.observation.clear();
        self.last.observation.extend_from_slice(at);
        self.last.action.clone_from(fallback);
        (self.last.chosen, self.last.is_open) = ((Method::Bootstrap, 0.0), true);
        if seat.owner == Some(self.robot) {
            seat.owner = None;
        }
        seat.pulse.missed += 1;
    }

    /// What the robot is told to do if the brain is late.
    pub(crate) fn fallback(&self, fallback: &Fallback, space: &ActionSpace) -> Action {
        match fallback {
            Fallback::Zero => space.neutral(),
            Fallback::Hold => self.last.action.clone(),
            Fallback::Given(values) if values.len() == self.hello.action_values() => {
                let given = read_action(values, space);
                if space.check(&given).is_ok() { given } else { space.neutral() }
            }
            Fallback::Given(_) => space.neutral(),
        }
    }

    /// Writes an answer for the wire.
    pub(crate) fn write(&self, reply: Reply, out: &mut Vec<u8>) {
        let decided = Decided { surprise: self.surprise, ..Decided::default() };
        let answer = match reply {
            Reply::Act { is_original: true, .. } => Answer::Action(&self.values),
            Reply::Act { confidence, .. } => {
                Answer::Decided(Decided { confidence, action: &self.values, ..decided })
            }
            Reply::TakenOver => {
                Answer::Decided(Decided { confidence: 1.0, action: &self.values, ..decided })
            }
            Reply::Rest => Answer::Decided(decided),
            Reply::Told([reward, ended, knownness, neighbours]) => {
                let outcome = &self.predicted;
                Answer::Predicted(Predicted { reward, ended, knownness, neighbours, outcome })
            }
            Reply::Figures(figures) => Answer::Statistics(figures),
        };
        answer.encode(out);
    }
}

/// The answer that the watch gives for a late brain.
pub(crate) fn write_fallback(action: &Action, is_original: IsOriginal, out: &mut Vec<u8>) {
    let mut values = Vec::new();
    write_action(action, &mut values);
    out.clear();
    match is_original {
        IsOriginal::Yes => Answer::Action(&values).encode(out),
        IsOriginal::No => {
            let origin = Origin::Fallback;
            Answer::Decided(Decided { origin, action: &values, ..Decided::default() }).encode(out);
        }
    }
}

/// Whether the question was the original's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IsOriginal {
    Yes,
    No,
}

fn write_action(action: &Action, out: &mut Vec<f32>) {
    out.clear();
    match action {
        Action::Discrete(n) => out.push(*n as f32),
        Action::Continuous(values) => out.extend_from_slice(values),
    }
}

/// The engine refuses what is none of its actions: a number that is no index becomes one too large.
fn read_action(values: &[f32], space: &ActionSpace) -> Action {
    match (space, values) {
        (ActionSpace::Discrete(_), &[n]) if n >= 0.0 && n.fract() == 0.0 => {
            Action::Discrete(n as usize)
        }
        (ActionSpace::Discrete(_), _) => Action::Discrete(usize::MAX),
        (ActionSpace::Continuous(_), values) => Action::Continuous(values.to_vec()),
    }
}

fn figures(seat: &Seat) -> Statistics {
    let stats = seat.life.brain().stats();
    let recent = &seat.pulse.recent;
    Statistics {
        experiences: stats.experiences as f32,
        capacity: stats.capacity as f32,
        decisions: stats.decisions as f32,
        learned: stats.learned as f32,
        forgotten: stats.forgotten as f32,
        surprise: stats.surprise,
        p50_us: recent.quantile_us(0.5) as f32,
        p99_us: recent.quantile_us(0.99) as f32,
        missed: seat.pulse.missed as f32,
    }
}

fn code(error: BrainError) -> ErrorCode {
    match error {
        BrainError::Input { .. } => ErrorCode::Protocol,
        _ => ErrorCode::BrainFailed,
    }
}

/// Ends a cycle that began at `began`.
pub(crate) fn finish_cycle(seat: &mut Seat, began: Instant, now: Instant) {
    seat.pulse.cycled(now.saturating_duration_since(began), now);
}

#[cfg(test)]
mod tests;
