//! What messages say, once the handshake has fixed how many sensors and actions there are.

use crate::error::{ErrorCode, WireError};
use crate::frame::{Frame, encode, encode_parts, kind};
use crate::hello::{Extensions, Hello};
use crate::limits::TOKEN_BYTES;

/// How an observation follows from what came before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// 0: it is the outcome of the last action, and the episode goes on.
    #[default]
    GoesOn,
    /// 1: it is the outcome of the last action, and the episode is over by what happened.
    Ended,
    /// 2: it is the outcome of the last action, and the episode was cut off, by a time limit say.
    CutOff,
    /// 3: it follows from nothing: an episode begins.
    Begins,
}

impl Phase {
    const ALL: [Self; 4] = [Self::GoesOn, Self::Ended, Self::CutOff, Self::Begins];

    /// The number on the wire.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Whether no action follows.
    pub fn is_last(self) -> bool {
        matches!(self, Self::Ended | Self::CutOff)
    }
}

/// What a robot asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Request<'a> {
    /// What to do, given what is sensed: the original's question.
    Sensed(&'a [f32]),
    /// The same with what the last action earned.
    Observed {
        /// How it follows.
        phase: Phase,
        /// What the last action earned.
        reward: f32,
        /// What is sensed.
        observation: &'a [f32],
    },
    /// What an action would lead to. Nothing is decided or learned.
    Asked {
        /// The action, as it stands in an answer.
        action: &'a [f32],
        /// Where.
        observation: &'a [f32],
    },
    /// What was done instead of what the brain decided last: a demonstration.
    Shown {
        /// The action, as it stands in an answer.
        action: &'a [f32],
    },
    /// How the brain is doing.
    Statistics,
}

impl<'a> Request<'a> {
    /// Reads a message of a robot that introduced itself as `hello`.
    ///
    /// # Errors
    /// The code for the robot: unknown or not agreed upon, empty, or not of the agreed shape.
    pub fn read(frame: Frame<'a>, hello: &Hello) -> Result<Self, ErrorCode> {
        let agreed = |extension| {
            let known = hello.extensions.has(extension);
            known.then_some(()).ok_or(ErrorCode::UnknownKind)
        };
        match frame.kind {
            kind::SENSED if frame.values.is_empty() => Err(ErrorCode::Empty),
            kind::SENSED => Ok(Self::Sensed(exactly(frame.values, hello.sensors)?)),
            kind::OBSERVED => {
                agreed(Extensions::OUTCOME)?;
                let (&[phase, reward], observation) = head(frame.values)?;
                // By its bits: a negative zero is no phase.
                let is = |p: &Phase| f32::from(p.number()).to_bits() == phase.to_bits();
                let phase = Phase::ALL.into_iter().find(is);
                let phase = phase.ok_or(ErrorCode::Protocol)?;
                Ok(Self::Observed {
                    phase,
                    reward,
                    observation: exactly(observation, hello.sensors)?,
                })
            }
            kind::ASKED => {
                agreed(Extensions::ASK)?;
                let values = exactly(frame.values, hello.action_values() + hello.sensors)?;
                let (action, observation) = values.split_at(hello.action_values());
                Ok(Self::Asked { action, observation })
            }
            kind::SHOWN => {
                agreed(Extensions::SHOW)?;
                Ok(Self::Shown { action: exactly(frame.values, hello.action_values())? })
            }
            kind::STATISTICS => {
                agreed(Extensions::STATISTICS)?;
                exactly(frame.values, 0).map(|_| Self::Statistics)
            }
            _ => Err(ErrorCode::UnknownKind),
        }
    }

    /// Appends the message to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Sensed(observation) => encode(kind::SENSED, observation, out),
            Self::Observed { phase, reward, observation } => {
                let head = [f32::from(phase.number()), reward];
                encode_parts(kind::OBSERVED, &[&head, observation], out);
            }
            Self::Asked { action, observation } => {
                encode_parts(kind::ASKED, &[action, observation], out);
            }
            Self::Shown { action } => encode(kind::SHOWN, action, out),
            Self::Statistics => encode(kind::STATISTICS, &[], out),
        }
    }
}

/// Who chose an action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// 0: the brain.
    #[default]
    Brain,
    /// 1: nobody, in time: it is the safe action that was agreed upon with the brain's keeper.
    Fallback,
}

/// What a brain answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer<'a> {
    /// What to do: the original's answer.
    Action(&'a [f32]),
    /// What to do, and how sure.
    Decided(Decided<'a>),
    /// What an action would lead to.
    Predicted(Predicted<'a>),
    /// How the brain is doing.
    Statistics(Statistics),
    /// What went wrong.
    Error(ErrorCode),
}

/// What to do, and how sure.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Decided<'a> {
    /// Who chose it.
    pub origin: Origin,
    /// How much speaks for it, 0 to 1.
    pub confidence: f32,
    /// How wrong the last prediction was; see the engine's `Learned`.
    pub surprise: f32,
    /// The action; empty where an episode is over and nothing is to be done.
    pub action: &'a [f32],
}

/// What an action would lead to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Predicted<'a> {
    /// The reward.
    pub reward: f32,
    /// How likely the episode ends, 0 to 1.
    pub ended: f32,
    /// How well situation and action are known, 0 to 1.
    pub knownness: f32,
    /// How many experiences it rests on.
    pub neighbours: f32,
    /// The next observation.
    pub outcome: &'a [f32],
}

/// How the brain is doing. Counts are floats on the wire: beyond 16,777,216 they are rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Experiences kept now.
    pub experiences: f32,
    /// Most that may be kept.
    pub capacity: f32,
    /// Decisions made.
    pub decisions: f32,
    /// Outcomes learned from.
    pub learned: f32,
    /// Experiences forgotten.
    pub forgotten: f32,
    /// Moving average of surprise.
    pub surprise: f32,
    /// Half of the last cycles took at most this long, in microseconds.
    pub p50_us: f32,
    /// 99 of 100 did.
    pub p99_us: f32,
    /// Requests that were answered with the fallback action.
    pub missed: f32,
}

/// How many values [`Statistics`] has.
const STATISTICS: usize = 9;

impl Statistics {
    fn values(&self) -> [f32; STATISTICS] {
        let Self { experiences, capacity, decisions, learned, forgotten, .. } = *self;
        let Self { surprise, p50_us, p99_us, missed, .. } = *self;
        [experiences, capacity, decisions, learned, forgotten, surprise, p50_us, p99_us, missed]
    }

    fn of(values: &[f32; STATISTICS]) -> Self {
        let [
            experiences,
            capacity,
            decisions,
            learned,
            forgotten,
            surprise,
            p50_us,
            p99_us,
            missed,
        ] = *values;
        Self {
            experiences,
            capacity,
            decisions,
            learned,
            forgotten,
            surprise,
            p50_us,
            p99_us,
            missed,
        }
    }
}

impl<'a> Answer<'a> {
    /// Reads a brain's message.
    ///
    /// # Errors
    /// [`WireError::Count`] and [`WireError::Value`] for what no brain says.
    pub fn read(frame: Frame<'a>) -> Result<Self, WireError> {
        let values = frame.values;
        match frame.kind {
            kind::ACTION => Ok(Self::Action(values)),
            kind::DECIDED => {
                let (&[origin, confidence, surprise], action) = split("decision", values)?;
                let origin = match origin {
                    0.0 => Origin::Brain,
                    1.0 => Origin::Fallback,
                    got => return Err(WireError::Value { what: "origin, 0 or 1", at: 0, got }),
                };
                Ok(Self::Decided(Decided { origin, confidence, surprise, action }))
            }
            kind::PREDICTED => {
                let (&[reward, ended, knownness, neighbours], outcome) =
                    split("prediction", values)?;
                Ok(Self::Predicted(Predicted { reward, ended, knownness, neighbours, outcome }))
            }
            kind::STATISTICS => {
                let (head, _) = split::<STATISTICS>("statistics", values)?;
                Ok(Self::Statistics(Statistics::of(head)))
            }
            kind::ERROR => {
                let (&[code], _) = split("error", values)?;
                Ok(Self::Error(ErrorCode::of(code as u8)))
            }
            got => {
                let what = "kind of an answer";
                Err(WireError::Value { what, at: 0, got: f32::from(got) })
            }
        }
    }

    /// Appends the message to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Action(action) => encode(kind::ACTION, action, out),
            Self::Decided(Decided { origin, confidence, surprise, action }) => {
                let head = [f32::from(origin as u8), confidence, surprise];
                encode_parts(kind::DECIDED, &[&head, action], out);
            }
            Self::Predicted(Predicted { reward, ended, knownness, neighbours, outcome }) => {
                let head = [reward, ended, knownness, neighbours];
                encode_parts(kind::PREDICTED, &[&head, outcome], out);
            }
            Self::Statistics(statistics) => encode(kind::STATISTICS, &statistics.values(), out),
            Self::Error(code) => encode(kind::ERROR, &[f32::from(code.number())], out),
        }
    }
}

/// Appends a token to `out`: its bytes, one to a value, so that a robot needs one encoder only.
pub fn encode_token(token: &[u8], out: &mut Vec<u8>) {
    let values: Vec<f32> = token.iter().map(|&byte| f32::from(byte)).collect();
    encode(kind::TOKEN, &values, out);
}

/// The bytes of a token's message.
///
/// # Errors
/// [`WireError::Count`] unless it has 16 to 128 bytes, [`WireError::Value`] for what is no byte. The
/// value itself is not told: it is part of a secret.
pub fn read_token(values: &[f32]) -> Result<Vec<u8>, WireError> {
    if !TOKEN_BYTES.contains(&values.len()) {
        let expected = *TOKEN_BYTES.start();
        return Err(WireError::Count { what: "token (up to 128)", expected, got: values.len() });
    }
    let byte = |(at, &value): (usize, &f32)| {
        let byte = value as u8;
        let wrong = WireError::Value { what: "token, a byte to each value", at, got: f32::NAN };
        (f32::from(byte) == value).then_some(byte).ok_or(wrong)
    };
    values.iter().enumerate().map(byte).collect()
}

fn exactly(values: &[f32], expected: usize) -> Result<&[f32], ErrorCode> {
    (values.len() == expected).then_some(values).ok_or(ErrorCode::Protocol)
}

fn head<const N: usize>(values: &[f32]) -> Result<(&[f32; N], &[f32]), ErrorCode> {
    values.split_first_chunk().ok_or(ErrorCode::Protocol)
}

fn split<'a, const N: usize>(
    what: &'static str,
    values: &'a [f32],
) -> Result<(&'a [f32; N], &'a [f32]), WireError> {
    let short = WireError::Count { what, expected: N, got: values.len() };
    values.split_first_chunk().ok_or(short)
}
