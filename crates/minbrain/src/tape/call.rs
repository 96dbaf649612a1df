//! One call at a time, read back from its bytes.

use thiserror::Error;

use crate::action::{Action, ActionSpace};
use crate::config::{Config, Exploration};
use crate::crossover::Crossover;
use crate::decision::Method;
use crate::image::{ImageError, Reader};

/// What there is to choose from, each by its place. New ones come last.
pub(crate) const METHODS: [Method; 7] = [
    Method::Bootstrap,
    Method::Consensus,
    Method::Value,
    Method::Novelty,
    Method::Planned,
    Method::Imitated,
    Method::Given,
];
pub(crate) const EXPLORATIONS: [Exploration; 2] = [Exploration::Annealed, Exploration::Off];

/// Which call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Decided,
    Learned,
    Interrupted,
    Consolidated,
    Explored,
    ToldTime,
    Torn,
    Imaged,
    Crossed,
    Adopted,
    Resumed,
}

const TAGS: [Tag; 11] = [
    Tag::Decided,
    Tag::Learned,
    Tag::Interrupted,
    Tag::Consolidated,
    Tag::Explored,
    Tag::ToldTime,
    Tag::Torn,
    Tag::Imaged,
    Tag::Crossed,
    Tag::Adopted,
    Tag::Resumed,
];

/// One call, with what it was given and a digest of what it answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Call {
    Decided { observation: Vec<f32>, action: Action, confidence: f32, method: Method, digest: u64 },
    Learned { observation: Vec<f32>, reward: f32, ended: bool, digest: u64 },
    Interrupted,
    Consolidated { work_units: u32, used: u32 },
    Explored(Exploration),
    ToldTime(u64),
    Torn,
    Imaged(u64),
    Crossed(Crossover),
    Adopted(Adoption),
    Resumed { observation: Vec<f32>, action: Action, confidence: f32, method: Method },
}

/// What another robot lived through, and a digest of what was learned from it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Adoption {
    pub(crate) observation: Vec<f32>,
    pub(crate) action: Action,
    pub(crate) confidence: f32,
    pub(crate) outcome: Vec<f32>,
    pub(crate) reward: f32,
    pub(crate) ended: bool,
    pub(crate) follows: bool,
    pub(crate) digest: u64,
}

/// Why bytes are not the calls of a brain with these settings.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("{0}")]
pub struct TapeError(pub(crate) ImageError);

/// The calls on a tape, one after the other; after an error there are no more.
#[derive(Debug)]
pub(crate) struct Calls<'a> {
    sensors: usize,
    actions: ActionSpace,
    from: Option<Reader<'a>>,
}

impl<'a> Calls<'a> {
    /// The calls of a brain with these settings.
    pub(crate) fn new(bytes: &'a [u8], config: &Config) -> Self {
        Self {
            sensors: config.sensors,
            actions: config.actions.clone(),
            from: Some(Reader::new(bytes)),
        }
    }

    fn read(&self, from: &mut Reader<'_>) -> Result<Call, ImageError> {
        Ok(match from.choice(&TAGS)? {
            Tag::Decided => Call::Decided {
                observation: floats(from, self.sensors)?,
                action: self.action(from)?,
                confidence: from.one()?,
                method: from.choice(&METHODS)?,
                digest: from.one()?,
            },
            Tag::Learned => Call::Learned {
                observation: floats(from, self.sensors)?,
                reward: from.one()?,
                ended: from.one()?,
                digest: from.one()?,
            },
            Tag::Interrupted => Call::Interrupted,
            Tag::Consolidated => Call::Consolidated { work_units: from.one()?, used: from.one()? },
            Tag::Explored => Call::Explored(from.choice(&EXPLORATIONS)?),
            Tag::ToldTime => Call::ToldTime(from.one()?),
            Tag::Torn => Call::Torn,
            Tag::Imaged => Call::Imaged(from.one()?),
            Tag::Crossed => Call::Crossed(from.one()?),
            Tag::Adopted => Call::Adopted(Adoption {
                observation: floats(from, self.sensors)?,
                action: self.action(from)?,
                confidence: from.one()?,
                outcome: floats(from, self.sensors)?,
                reward: from.one()?,
                ended: from.one()?,
                follows: from.one()?,
                digest: from.one()?,
            }),
            Tag::Resumed => Call::Resumed {
                observation: floats(from, self.sensors)?,
                action: self.action(from)?,
                confidence: from.one()?,
                method: from.choice(&METHODS)?,
            },
        })
    }

    fn action(&self, from: &mut Reader<'_>) -> Result<Action, ImageError> {
        Ok(match &self.actions {
            ActionSpace::Discrete(_) => Action::Discrete(from.one()?),
            ActionSpace::Continuous(bounds) => Action::Continuous(floats(from, bounds.len())?),
        })
    }
}

fn floats(from: &mut Reader<'_>, count: usize) -> Result<Vec<f32>, ImageError> {
    let mut values = Vec::with_capacity(count);
    from.each(count, |value| values.push(value))?;
    Ok(values)
}

impl Iterator for Calls<'_> {
    type Item = Result<Call, TapeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut from = self.from.take().filter(|from| !from.is_empty())?;
        let call = self.read(&mut from).map_err(TapeError);
        self.from = call.is_ok().then_some(from);
        Some(call)
    }
}
