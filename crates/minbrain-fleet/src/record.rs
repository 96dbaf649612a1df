//! One experience on its way: what others need of it, as bytes.
//!
//! | bytes | what, little-endian |
//! |---|---|
//! | 1 | the version of the layout, 1 |
//! | 1 | 1 if the episode was over |
//! | 2 | 0 |
//! | 4 | by how much its number is greater than that of the experience that it follows; 0: an episode begins |
//! | 8 | when, in microseconds of the robot's time |
//! | 4 x 3 | reward, confidence, surprise |
//! | 4, or 4 x dimensions | the action: a number, or values |
//! | 4 x sensors, twice | observation, outcome |

use minbrain::{Action, ActionSpace};

use crate::keys::Name;
use crate::schema::{FORMAT, Layout};

/// What one robot lived through.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) name: Name,
    /// By how much the number is greater than that of the experience that it follows; 0 if an episode
    /// begins with it.
    pub(crate) step: u32,
    pub(crate) time_us: u64,
    pub(crate) reward: f32,
    pub(crate) confidence: f32,
    pub(crate) surprise: f32,
    pub(crate) ended: bool,
    pub(crate) action: Action,
    pub(crate) observation: Vec<f32>,
    pub(crate) outcome: Vec<f32>,
}

/// Bytes before the action.
const HEAD: usize = 28;

impl Record {
    /// Nothing yet, with room for what is to come.
    pub(crate) fn empty(layout: &Layout) -> Self {
        Self {
            name: Name { life: 0, id: 0 },
            step: 0,
            time_us: 0,
            reward: 0.0,
            confidence: 0.0,
            surprise: 0.0,
            ended: false,
            action: layout.actions.neutral(),
            observation: Vec::with_capacity(layout.sensors),
            outcome: Vec::with_capacity(layout.sensors),
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let values = self.action.values().len().max(1) + 2 * self.observation.len();
        let mut bytes = Vec::with_capacity(HEAD + 4 * values);
        bytes.extend([FORMAT, u8::from(self.ended), 0, 0]);
        bytes.extend(self.step.to_le_bytes());
        bytes.extend(self.time_us.to_le_bytes());
        let mut put = |value: f32| bytes.extend(value.to_le_bytes());
        [self.reward, self.confidence, self.surprise].into_iter().for_each(&mut put);
        match &self.action {
            Action::Discrete(index) => bytes.extend((*index as u32).to_le_bytes()),
            Action::Continuous(values) => values.iter().copied().for_each(put),
        }
        let floats = self.observation.iter().chain(&self.outcome);
        floats.for_each(|value| bytes.extend(value.to_le_bytes()));
        bytes
    }

    /// Reads a record of such a robot; `None` where the bytes are no such record.
    pub(crate) fn from_bytes(name: Name, bytes: &[u8], layout: &Layout) -> Option<Self> {
        let dims = layout.actions.dims();
        if bytes.len() != HEAD + 4 * (dims.max(1) + 2 * layout.sensors) || bytes[0] != FORMAT {
            return None;
        }
        let (head, body) = bytes.split_at(HEAD);
        let word = |at: usize| head[at..].first_chunk().copied().map(u32::from_le_bytes);
        let head_float = |at| word(at).map(f32::from_bits);
        let (acted, sensed) = body.split_at(4 * dims.max(1));
        let action = match layout.actions {
            ActionSpace::Discrete(_) => {
                Action::Discrete(u32::from_le_bytes(*acted.first_chunk()?) as usize)
            }
            ActionSpace::Continuous(_) => Action::Continuous(floats(acted)),
        };
        let (observation, outcome) = sensed.split_at(4 * layout.sensors);
        Some(Self {
            name,
            step: word(4)?,
            time_us: u64::from_le_bytes(*head[8..].first_chunk()?),
            reward: head_float(16)?,
            confidence: head_float(20)?,
            surprise: head_float(24)?,
            ended: head[1] & 1 == 1,
            action,
            observation: floats(observation),
            outcome: floats(outcome),
        })
    }
}

pub(crate) fn floats(bytes: &[u8]) -> Vec<f32> {
    let words = bytes.chunks_exact(4).filter_map(|word| word.first_chunk().copied());
    words.map(f32::from_le_bytes).collect()
}

/// Floats as the cluster takes a vector.
pub(crate) fn blob(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use minbrain::{Bounds, Metric};

    use super::*;

    fn record(action: Action) -> Record {
        Record {
            name: Name { life: 1, id: 2 },
            step: 3,
            time_us: 1 << 40,
            reward: -0.5,
            confidence: 0.25,
            surprise: 7.0,
            ended: true,
            action,
            observation: vec![1.0, -2.0],
            outcome: vec![3.5, f32::MIN_POSITIVE],
        }
    }

    #[test]
    fn records_come_back_as_they_went_and_nothing_else_is_one() {
        let bounds = Bounds { low: -1.0, high: 1.0 };
        let spaces = [
            (ActionSpace::discrete(4), Action::Discrete(3)),
            (ActionSpace::Continuous(vec![bounds; 3]), Action::Continuous(vec![0.5, -1.0, 1.0])),
        ];
        for (actions, action) in spaces {
            let layout = Layout { sensors: 2, actions, metric: Metric::Euclidean };
            let record = record(action);
            let bytes = record.to_bytes();
            assert_eq!(Record::from_bytes(record.name, &bytes, &layout), Some(record.clone()));
            for length in 0..bytes.len() {
                assert_eq!(Record::from_bytes(record.name, &bytes[..length], &layout), None);
            }
            let mut other = bytes;
            other[0] = 2;
            assert_eq!(Record::from_bytes(record.name, &other, &layout), None);
        }
    }
}
