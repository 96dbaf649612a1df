//! A recorded life, read from a CSV file and checked before anything learns from it.

mod columns;
mod error;
mod precision;
mod quaternions;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};

use columns::{Columns, Role};
pub(crate) use error::StreamError;
use precision::Precision;
use quaternions::Quaternion;

/// Most values that are held: 1 GiB of them.
const MAX_VALUES: usize = 1 << 28;
/// A step in time this many times the usual one is a gap.
const GAP: f64 = 5.0;

/// One row: what was sensed, what came with it, and what was then done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Row<'a> {
    pub(crate) observation: &'a [f32],
    pub(crate) action: &'a [f32],
    pub(crate) reward: f32,
    pub(crate) ended: bool,
    pub(crate) time_s: Option<f64>,
    /// The row does not follow from the one before: time jumped.
    pub(crate) after_gap: bool,
}

impl Row<'_> {
    /// Whether the outcome of this row is the observation of the next.
    pub(crate) fn leads_to(&self, next: &Self) -> bool {
        !self.ended && !next.after_gap
    }
}

/// A whole recorded life; every value is finite.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    columns: Columns,
    observations: Vec<f32>,
    actions: Vec<f32>,
    rewards: Vec<f32>,
    ended: Vec<bool>,
    times_s: Vec<f64>,
    after_gap: Vec<bool>,
    /// Rows left out, since they repeat the time of the one before.
    pub(crate) repeated: u64,
    /// How often time went back or jumped by more than five usual steps.
    pub(crate) gaps: u64,
    /// The usual step in time, if the file tells the time.
    pub(crate) usual_step_s: Option<f64>,
    /// Quaternions whose sign was made to go on.
    pub(crate) quaternions: Vec<Quaternion>,
    precision: Precision,
}

impl Recording {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// [`StreamError`] names the file, and where it can, the line and the column.
    pub(crate) fn open(path: &Path) -> Result<Self, StreamError> {
        let file = File::open(path)
            .map_err(|source| StreamError::Open { file: path.display().to_string(), source })?;
        Self::read(file, &path.display().to_string())
    }

    /// Reads and checks what `source` gives; `name` stands in errors.
    pub(crate) fn read(source: impl Read, name: &str) -> Result<Self, StreamError> {
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(source);
        let mut line = ByteRecord::new();
        if !next(&mut reader, &mut line, name)? {
            return Err(StreamError::Empty { file: name.into() });
        }
        let mut life = Self { columns: Columns::parse(&line, name)?, ..Self::default() };
        while next(&mut reader, &mut line, name)? {
            life.push(&line, name)?;
        }
        life.finish(name)
    }

    fn push(&mut self, line: &ByteRecord, name: &str) -> Result<(), StreamError> {
        let at = line_number(line);
        if line.len() != self.columns.len() {
            return Err(StreamError::Ragged {
                file: name.into(),
                line: at,
                expected: self.columns.len(),
                got: line.len(),
            });
        }
        if self.observations.len() + self.actions.len() + line.len() > MAX_VALUES {
            return Err(StreamError::TooLong { file: name.into(), line: at, most: MAX_VALUES });
        }
        let (mut reward, mut ended, mut sensor) = (0.0, false, 0);
        for (role, cell) in self.columns.roles().zip(line) {
            let value = columns::number(cell, role).map_err(|got| StreamError::Cell {
                file: name.into(),
                line: at,
                column: role.to_string(),
                expected: role.expected(),
                got,
            })?;
            match role {
                Role::Observation(_) => {
                    self.precision.see(sensor, value);
                    self.observations.push(value as f32);
                    sensor += 1;
                }
                Role::Action(_) => self.actions.push(value as f32),
                Role::Reward => reward = value as f32,
                Role::Ended => ended = value != 0.0,
                Role::Time => self.times_s.push(value),
            }
        }
        self.rewards.push(reward);
        self.ended.push(ended);
        self.drop_if_repeated();
        Ok(())
    }

    /// Takes the last row back if it has the time of the one before.
    fn drop_if_repeated(&mut self) {
        let [.., before, now] = self.times_s[..] else { return };
        if before != now {
            return;
        }
        self.times_s.pop();
        self.rewards.pop();
        self.ended.pop();
        self.observations.truncate(self.observations.len() - self.sensors());
        self.actions.truncate(self.actions.len() - self.action_dims());
        self.repeated += 1;
    }

    fn finish(mut self, name: &str) -> Result<Self, StreamError> {
        if self.len() < 2 {
            return Err(StreamError::TooShort { file: name.into(), rows: self.len() });
        }
        let mut steps: Vec<f64> = self.times_s.windows(2).map(|t| t[1] - t[0]).collect();
        steps.retain(|step| *step > 0.0);
        steps.sort_by(f64::total_cmp);
        self.usual_step_s = steps.get(steps.len().saturating_sub(1) / 2).copied();
        self.after_gap = vec![false; self.len()];
        if !self.times_s.is_empty() {
            let longest = self.usual_step_s.map_or(f64::INFINITY, |usual| usual * GAP);
            for (at, times) in self.times_s.windows(2).enumerate() {
                let step = times[1] - times[0];
                self.after_gap[at + 1] = step <= 0.0 || step > longest;
            }
        }
        self.quaternions =
            quaternions::make_continuous(self.columns.observations(), &mut self.observations);
        // A pause between two episodes is no flaw of the recording.
        let within = self.after_gap[1..].iter().zip(&self.ended);
        self.gaps = within.filter(|(gap, ended)| **gap && !**ended).count() as u64;
        Ok(self)
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rewards.len()
    }

    pub(crate) fn sensors(&self) -> usize {
        self.columns.observations().len()
    }

    pub(crate) fn action_dims(&self) -> usize {
        self.columns.actions().len()
    }

    /// The names of the observation's values, without their `obs.`.
    pub(crate) fn sensor_names(&self) -> &[String] {
        self.columns.observations()
    }

    /// The names of the action's values, without their `act.`.
    pub(crate) fn action_names(&self) -> &[String] {
        self.columns.actions()
    }

    /// The names of sensors whose values are too large for single precision to resolve their steps.
    pub(crate) fn coarse_sensors(&self) -> Vec<&str> {
        let coarse = self.precision.too_coarse();
        coarse.into_iter().map(|sensor| self.sensor_names()[sensor].as_str()).collect()
    }

    /// The row `at`, numbered from 0.
    pub(crate) fn row(&self, at: usize) -> Row<'_> {
        let (sensors, dims) = (self.sensors(), self.action_dims());
        Row {
            observation: &self.observations[at * sensors..(at + 1) * sensors],
            action: &self.actions[at * dims..(at + 1) * dims],
            reward: self.rewards[at],
            ended: self.ended[at],
            time_s: self.times_s.get(at).copied(),
            after_gap: self.after_gap[at],
        }
    }

    /// The least values of all sensors, and the greatest.
    pub(crate) fn sensor_bounds(&self) -> [Vec<f32>; 2] {
        let (low, high) = ranges(&self.observations, self.sensors()).into_iter().unzip();
        [low, high]
    }

    /// The least and the greatest value of each dimension of the action, a little apart if the
    /// file holds only one.
    pub(crate) fn action_bounds(&self) -> Vec<(f32, f32)> {
        let widen = |(low, high): (f32, f32)| {
            let room = if low == high { low.abs().max(1.0) * 1e-3 } else { 0.0 };
            (low - room, high + room)
        };
        ranges(&self.actions, self.action_dims()).into_iter().map(widen).collect()
    }
}

fn ranges(values: &[f32], dims: usize) -> Vec<(f32, f32)> {
    let mut found = vec![(f32::INFINITY, f32::NEG_INFINITY); dims];
    for row in values.chunks_exact(dims.max(1)) {
        for (range, &value) in found.iter_mut().zip(row) {
            *range = (range.0.min(value), range.1.max(value));
        }
    }
    found
}

fn next(
    reader: &mut csv::Reader<impl Read>,
    line: &mut ByteRecord,
    name: &str,
) -> Result<bool, StreamError> {
    reader.read_byte_record(line).map_err(|source| StreamError::Read { file: name.into(), source })
}

fn line_number(line: &ByteRecord) -> u64 {
    line.position().map_or(0, csv::Position::line)
}

#[cfg(test)]
mod tests;
