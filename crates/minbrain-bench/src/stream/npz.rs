//! Recorded lives in NumPy's `.npz` archives.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use minbrain::{Action, ActionSpace, Config};
use zip::ZipArchive;
use zip::result::ZipError;

use super::npy::{self, Array};
use super::{Step, Stream};
use crate::error::BenchError;

/// Most bytes that one array of an archive is unpacked to.
const MOST_BYTES: u64 = 1 << 32;

type Archive = ZipArchive<File>;

impl Stream {
    /// Reads a life from an archive of arrays with one row per step.
    ///
    /// `obs` (rows x sensors) is what was sensed; `act` is what was then done, whole numbers from
    /// 0 for discrete actions (one per row) or rows x dimensions for continuous ones. Optional:
    /// `reward` (what it earned), `ended` (whether the episode was over by it), `truncated`
    /// (whether the recording of the episode broke off after it) and `next_obs` (what was sensed
    /// then). Without `next_obs` the outcome of a step is the next row of `obs`, so that the last
    /// step, and the last of each episode, is left out: its outcome is not recorded.
    ///
    /// The bounds of continuous actions are the least and the greatest value of each dimension.
    ///
    /// # Errors
    /// [`BenchError::Read`] if the file cannot be read, [`BenchError::Data`] if it lacks an array
    /// or the arrays do not fit each other.
    pub fn from_npz(path: &Path) -> Result<Self, BenchError> {
        let bad = |problem| BenchError::Data { path: path.to_owned(), problem };
        let read = |source| BenchError::Read { path: path.to_owned(), source };
        let file = File::open(path).map_err(read)?;
        let mut archive = Archive::new(file).map_err(|error| match error {
            ZipError::Io(source) => read(source),
            other => bad(format!("expected an .npz archive: {other}")),
        })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Columns::read(&mut archive).and_then(|columns| columns.stream(name)).map_err(bad)
    }
}

/// The arrays of an archive.
struct Columns {
    obs: Array,
    act: Array,
    reward: Option<Array>,
    ended: Option<Array>,
    truncated: Option<Array>,
    next_obs: Option<Array>,
}

impl Columns {
    fn read(archive: &mut Archive) -> Result<Self, String> {
        let missing = |name: &str| format!("expected an array named {name}, got none");
        Ok(Self {
            obs: array(archive, "obs")?.ok_or_else(|| missing("obs"))?,
            act: array(archive, "act")?.ok_or_else(|| missing("act"))?,
            reward: array(archive, "reward")?,
            ended: array(archive, "ended")?,
            truncated: array(archive, "truncated")?,
            next_obs: array(archive, "next_obs")?,
        })
    }

    fn stream(self, name: String) -> Result<Stream, String> {
        let (rows, sensors) = self.obs.rows();
        self.check(rows, sensors)?;
        let actions = space(&self.act)?;
        let steps = (0..rows).filter_map(|row| self.step(row, &actions)).collect();
        Ok(Stream {
            name,
            sensors,
            actions,
            cycle_period_us: Config::default().cycle_period_us,
            isa: None,
            steps,
        })
    }

    /// Whether all arrays have as many rows as there are actions.
    fn check(&self, rows: usize, sensors: usize) -> Result<(), String> {
        let steps = self.act.rows().0;
        // The observation after the last action may stand at the end.
        if rows != steps && rows != steps + 1 {
            return Err(format!("act: expected {rows} rows, as obs has, got {steps}"));
        }
        let optional = [
            ("reward", &self.reward, 1),
            ("ended", &self.ended, 1),
            ("truncated", &self.truncated, 1),
            ("next_obs", &self.next_obs, sensors),
        ];
        for (name, array, width) in optional {
            let shape = array.as_ref().map_or((steps, width), Array::rows);
            if shape != (steps, width) {
                let (got, wide) = shape;
                return Err(format!(
                    "{name}: expected {steps} x {width} values, got {got} x {wide}"
                ));
            }
        }
        let arrays = [Some(&self.obs), self.next_obs.as_ref(), self.reward.as_ref()];
        if let Some(at) = arrays.iter().flatten().find_map(|array| not_finite(array)) {
            return Err(format!("expected finite values, got one that is not at position {at}"));
        }
        Ok(())
    }

    /// The step that starts at a row; `None` if its outcome is not recorded.
    fn step(&self, row: usize, actions: &ActionSpace) -> Option<Step> {
        let (rows, sensors) = self.obs.rows();
        let steps = self.act.rows().0;
        let flag = |array: &Option<Array>| array.as_ref().is_some_and(|a| a.values[row] != 0.0);
        let of = |array: &Array, row: usize| array.values[row * sensors..][..sensors].to_vec();
        if row >= steps {
            return None;
        }
        let (ended, truncated) = (flag(&self.ended), flag(&self.truncated));
        let outcome = match &self.next_obs {
            Some(next) => of(next, row),
            None if ended || truncated || row + 1 >= rows => return None,
            None => of(&self.obs, row + 1),
        };
        Some(Step {
            observation: of(&self.obs, row),
            action: action(&self.act, row, actions),
            outcome,
            reward: self.reward.as_ref().map_or(0.0, |a| a.values[row]),
            ended,
            // Without `next_obs` the step at which an episode ends is left out, so that the one
            // before it is the last.
            cut: truncated || self.next_obs.is_none() && self.over(row + 1),
        })
    }

    fn over(&self, row: usize) -> bool {
        let at = |array: &Option<Array>| {
            array.as_ref().and_then(|a| a.values.get(row)).is_some_and(|&flag| flag != 0.0)
        };
        at(&self.ended) || at(&self.truncated)
    }
}

fn not_finite(array: &Array) -> Option<usize> {
    array.values.iter().position(|value| !value.is_finite())
}

fn array(archive: &mut Archive, name: &str) -> Result<Option<Array>, String> {
    let failed = |problem: String| format!("{name}: {problem}");
    let mut entry = match archive.by_name(&format!("{name}.npy")) {
        Ok(entry) => entry,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(failed(error.to_string())),
    };
    let mut bytes = Vec::new();
    let read = entry.by_ref().take(MOST_BYTES + 1).read_to_end(&mut bytes);
    let read = read.and_then(|read| match read as u64 > MOST_BYTES {
        true => Err(io::Error::other(format!("expected at most {MOST_BYTES} bytes"))),
        false => Ok(()),
    });
    read.map_err(|error| failed(error.to_string()))?;
    npy::parse(&bytes).map(Some).map_err(failed)
}

fn space(act: &Array) -> Result<ActionSpace, String> {
    let (_, width) = act.rows();
    if let Some(at) = not_finite(act) {
        return Err(format!("act: expected finite values, got {} at {at}", act.values[at]));
    }
    if act.whole && width == 1 {
        let least = act.values.iter().copied().fold(0.0, f32::min);
        if least < 0.0 {
            return Err(format!("act: expected numbers from 0, got {least}"));
        }
        let most = act.values.iter().copied().fold(0.0, f32::max);
        return Ok(ActionSpace::discrete(most as usize + 1));
    }
    let bounds = (0..width).map(|dimension| {
        let values = act.values.iter().skip(dimension).step_by(width);
        let (low, high) = values
            .fold((f32::MAX, f32::MIN), |(low, high), &value| (low.min(value), high.max(value)));
        // A dimension in which nothing was ever done still needs some width.
        if low < high { (low, high) } else { (low - 1.0, low + 1.0) }
    });
    Ok(ActionSpace::continuous(bounds))
}

fn action(act: &Array, row: usize, actions: &ActionSpace) -> Action {
    let (_, width) = act.rows();
    match actions {
        ActionSpace::Discrete(_) => Action::Discrete(act.values[row] as usize),
        ActionSpace::Continuous(_) => {
            Action::Continuous(act.values[row * width..][..width].to_vec())
        }
    }
}

#[cfg(test)]
mod tests;
