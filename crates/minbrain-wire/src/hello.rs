//! The handshake: who the robot is, what both sides understand.

use crate::error::WireError;

/// Values of the original's handshake, both ways: version, sensors, actions, and the robot's
/// hardware or whether the brain uses a GPU.
const ORIGINAL: usize = 4;
/// Values of ours: the kind of actions and the extensions stand behind them.
const EXTENDED: usize = 6;
/// The version that an extended handshake begins with.
pub const VERSION: f32 = 2.0;
/// The version that an original robot is answered with.
pub const ORIGINAL_VERSION: f32 = 1.0;
/// Largest whole number that counts as one: beyond it floats skip some.
const MAX_WHOLE: f32 = 16_777_216.0;

/// What a robot can do, as it says on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Actions {
    /// 0: a vector with one value from -1 to 1 per action. The original's.
    #[default]
    Continuous,
    /// 1: one of n actions; an action is one value, its number from 0.
    Discrete,
}

/// Which messages beyond the original's are understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extensions(u32);

impl Extensions {
    /// None: the original's messages only.
    pub const NONE: Self = Self(0);
    /// 1: observations with reward and end, answered with decisions.
    pub const OUTCOME: Self = Self(1);
    /// 2: asking what an action would lead to.
    pub const ASK: Self = Self(2);
    /// 4: the brain's figures.
    pub const STATISTICS: Self = Self(4);
    /// 8: showing the brain what was done instead of what it decided.
    pub const SHOW: Self = Self(8);
    /// Every one of these.
    pub const ALL: Self = Self(15);

    /// Whether all of `other` are among these.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Those that both have.
    #[must_use]
    pub fn common_with(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// These and `other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn value(self) -> f32 {
        self.0 as f32
    }
}

/// A handshake, of either side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hello {
    /// How many values an observation has.
    pub sensors: usize,
    /// How many actions there are, or dimensions of one.
    pub actions: usize,
    /// What they are.
    pub kind: Actions,
    /// A robot's kind of hardware, as a number of its own choice; in a brain's answer 1 if a GPU is
    /// in use.
    pub hardware: f32,
    /// What is asked for; in an answer, what is granted.
    pub extensions: Extensions,
    /// Whether it has the four values of the original.
    pub is_original: bool,
}

impl Hello {
    /// A robot that speaks all that this crate does.
    pub fn new(sensors: usize, actions: usize, kind: Actions) -> Self {
        let extensions = Extensions::ALL;
        Self { sensors, actions, kind, hardware: 0.0, extensions, is_original: false }
    }

    /// A robot as the original's are.
    pub fn original(sensors: usize, actions: usize) -> Self {
        let new = Self::new(sensors, actions, Actions::Continuous);
        Self { extensions: Extensions::NONE, is_original: true, ..new }
    }

    /// How many values an action has on the wire.
    pub fn action_values(&self) -> usize {
        match self.kind {
            Actions::Continuous => self.actions,
            Actions::Discrete => 1,
        }
    }

    /// The values on the wire.
    pub fn values(&self) -> Vec<f32> {
        let version = if self.is_original { ORIGINAL_VERSION } else { VERSION };
        let kind = f32::from(u8::from(self.kind == Actions::Discrete));
        let mut values = vec![version, self.sensors as f32, self.actions as f32, self.hardware];
        if !self.is_original {
            values.extend([kind, self.extensions.value()]);
        }
        values
    }

    /// Reads the values of a handshake.
    ///
    /// # Errors
    /// [`WireError::Count`] unless there are four, or six for an extended one; [`WireError::Value`]
    /// for counts that are no whole numbers from 1 on, an unknown kind of actions, or an extended
    /// handshake of another version.
    pub fn read(values: &[f32]) -> Result<Self, WireError> {
        let is_original = values.len() == ORIGINAL;
        if !is_original && values.len() != EXTENDED {
            let what = "handshake (4 values are an original one, 6 an extended one)";
            return Err(WireError::Count { what, expected: EXTENDED, got: values.len() });
        }
        let sensors = whole(values, 1)?;
        let actions = whole(values, 2)?;
        let mut read = Self { hardware: values[3], ..Self::original(sensors, actions) };
        if !is_original {
            read.extend(values)?;
        }
        Ok(read)
    }

    fn extend(&mut self, values: &[f32]) -> Result<(), WireError> {
        if values[0] != VERSION {
            let what = "extended handshake, which begins with 2";
            return Err(WireError::Value { what, at: 0, got: values[0] });
        }
        self.kind = match values[4] {
            0.0 => Actions::Continuous,
            1.0 => Actions::Discrete,
            got => {
                let what = "kind of actions, 0 or 1";
                return Err(WireError::Value { what, at: 4, got });
            }
        };
        self.extensions = Extensions(natural(values, 5)?);
        self.is_original = false;
        Ok(())
    }

    /// What a brain answers this robot, given what it can do itself.
    #[must_use]
    pub fn answer(&self, extensions: Extensions) -> Self {
        let granted = self.extensions.common_with(extensions);
        Self { hardware: 0.0, extensions: granted, ..*self }
    }
}

fn whole(values: &[f32], at: usize) -> Result<usize, WireError> {
    match natural(values, at)? {
        0 => {
            let what = "handshake, which takes a count from 1 on";
            Err(WireError::Value { what, at, got: 0.0 })
        }
        n => Ok(n as usize),
    }
}

fn natural(values: &[f32], at: usize) -> Result<u32, WireError> {
    let got = values[at];
    if (0.0..=MAX_WHOLE).contains(&got) && got.fract() == 0.0 {
        return Ok(got as u32);
    }
    Err(WireError::Value { what: "handshake, which takes a whole number", at, got })
}
