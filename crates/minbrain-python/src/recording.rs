//! A recorded life, checked as a whole before the brain watches it.

use std::ops::Range;

use minbrain::{Action, ActionSpace, BrainError, Config, Metric, Outcome};
use numpy::ndarray::ArrayView1;
use numpy::{Ix1, Ix2, PyReadonlyArray};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::{Failure, bad_input};
use crate::floats;
use crate::kept::Kept;

/// Observations, actions and outcomes.
type Tables<'a, 'py> = (&'a Bound<'py, PyAny>, &'a Bound<'py, PyAny>, &'a Bound<'py, PyAny>);

/// The arrays of a recording, where they lie.
pub(crate) struct Recording<'py> {
    observations: PyReadonlyArray<'py, f32, Ix2>,
    outcomes: PyReadonlyArray<'py, f32, Ix2>,
    actions: Vec<Action>,
    more: More<'py>,
}

/// What need not be given.
#[derive(Default)]
struct More<'py> {
    rewards: Option<PyReadonlyArray<'py, f32, Ix1>>,
    ended: Option<PyReadonlyArray<'py, f32, Ix1>>,
    truncated: Option<PyReadonlyArray<'py, f32, Ix1>>,
    work_units: u32,
}

/// One step of it, out of Python's reach.
pub(crate) struct Step {
    observation: Vec<f32>,
    action: Action,
    outcome: Vec<f32>,
    reward: f32,
    ended: bool,
    /// Whether the next step follows from this one.
    goes_on: bool,
}

impl<'py> Recording<'py> {
    /// Reads and checks all of it for a brain with these settings.
    pub(crate) fn read(
        config: &Config,
        (observations, actions, outcomes): Tables<'_, 'py>,
        more: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Self> {
        let recording = Self {
            observations: floats::table("observations", observations)?,
            outcomes: floats::table("outcomes", outcomes)?,
            actions: read_actions(&config.actions, actions)?,
            more: More::read(more)?,
        };
        recording.check(observations.py(), config)?;
        Ok(recording)
    }

    pub(crate) fn len(&self) -> usize {
        self.actions.len()
    }

    pub(crate) fn work_units(&self) -> u32 {
        self.more.work_units
    }

    /// Copies of some steps.
    pub(crate) fn steps(&self, range: Range<usize>) -> Vec<Step> {
        let (from, to) = (self.observations.as_array(), self.outcomes.as_array());
        let step = |at: usize| {
            let outcome = to.row(at);
            let follows = at + 1 < self.len() && from.row(at + 1) == outcome;
            let [reward, ended, truncated] =
                [&self.more.rewards, &self.more.ended, &self.more.truncated].map(|c| value(c, at));
            Step {
                observation: from.row(at).to_vec(),
                action: self.actions[at].clone(),
                outcome: outcome.to_vec(),
                reward,
                ended: ended != 0.0,
                goes_on: follows && ended == 0.0 && truncated == 0.0,
            }
        };
        range.map(step).collect()
    }

    fn check(&self, py: Python<'_>, config: &Config) -> PyResult<()> {
        let (steps, sensors) = (self.len(), config.sensors);
        for (field, table) in [("observations", &self.observations), ("outcomes", &self.outcomes)] {
            let table = table.as_array();
            if table.dim() != (steps, sensors) {
                let expected = format!("{steps} rows, one for each action, of {sensors} values");
                let got = format!("{} rows of {} values", table.nrows(), table.ncols());
                return Err(bad_input(py, field, &expected, &got));
            }
            for (at, row) in table.outer_iter().enumerate() {
                check_row(py, (&format!("{field}[{at}]"), row), config.metric)?;
            }
        }
        for (at, action) in self.actions.iter().enumerate() {
            config.actions.check(action).map_err(|error| at_step(py, at, error))?;
        }
        let more = &self.more;
        for (field, column) in
            [("rewards", &more.rewards), ("ended", &more.ended), ("truncated", &more.truncated)]
        {
            let Some(column) = column else { continue };
            let column = column.as_array();
            if column.len() != steps {
                let got = format!("{} values", column.len());
                return Err(bad_input(py, field, &format!("{steps} values"), &got));
            }
            if let Some(got) = floats::unusable(column.iter().copied()) {
                return Err(floats::refuse_value(py, field, &got));
            }
        }
        Ok(())
    }
}

impl<'py> More<'py> {
    fn read(given: Option<&Bound<'py, PyDict>>) -> PyResult<Self> {
        let mut more = Self::default();
        for (name, value) in given.into_iter().flat_map(|given| given.iter()) {
            let name = name.extract::<String>()?;
            let column = || floats::column(&name, &value).map(Some);
            match name.as_str() {
                "rewards" | "ended" | "truncated" if value.is_none() => {}
                "rewards" => more.rewards = column()?,
                "ended" => more.ended = column()?,
                "truncated" => more.truncated = column()?,
                "work_units" => more.work_units = value.extract()?,
                _ => {
                    let problem = format!("watch got an unexpected keyword argument '{name}'");
                    return Err(PyTypeError::new_err(problem));
                }
            }
        }
        Ok(more)
    }
}

impl Step {
    /// What a brain makes of this step: its surprise.
    pub(crate) fn watch(&self, brain: &mut Kept, work_units: u32) -> Result<f32, Failure> {
        brain.accompany(&self.observation, &self.action)?;
        let Self { outcome, reward, ended, .. } = self;
        let outcome = Outcome { observation: outcome, reward: *reward, ended: *ended };
        let surprise = brain.learn(outcome)?.surprise;
        brain.consolidate(work_units)?;
        if !self.goes_on {
            brain.interrupt()?;
        }
        Ok(surprise)
    }
}

fn read_actions(space: &ActionSpace, actions: &Bound<'_, PyAny>) -> PyResult<Vec<Action>> {
    match space {
        ActionSpace::Discrete(n) => {
            let numbers = floats::column("actions", actions)?;
            let whole = numbers
                .as_array()
                .iter()
                .position(|number| number.fract() != 0.0 || !(0.0..*n as f32).contains(number));
            if let Some(at) = whole {
                let expected = format!("whole numbers from 0 to {}", n - 1);
                let got = format!("{} at position {at}", numbers.as_array()[at]);
                return Err(bad_input(actions.py(), "actions", &expected, &got));
            }
            Ok(numbers.as_array().iter().map(|number| Action::Discrete(*number as usize)).collect())
        }
        ActionSpace::Continuous(_) => {
            let rows = floats::table("actions", actions)?;
            Ok(rows.as_array().outer_iter().map(|row| Action::Continuous(row.to_vec())).collect())
        }
    }
}

fn check_row(
    py: Python<'_>,
    (field, row): (&str, ArrayView1<'_, f32>),
    metric: Metric,
) -> PyResult<()> {
    if let Some(got) = floats::unusable(row.iter().copied()) {
        return Err(floats::refuse_value(py, field, &got));
    }
    if metric == Metric::Cosine && row.iter().all(|value| *value == 0.0) {
        return Err(bad_input(py, field, "a direction", "a vector of norm zero"));
    }
    Ok(())
}

fn at_step(py: Python<'_>, at: usize, error: BrainError) -> PyErr {
    match error {
        BrainError::Input { expected, problem, .. } => {
            bad_input(py, &format!("actions[{at}]"), &expected, &problem.to_string())
        }
        other => Failure::Refused(other).raise(py),
    }
}

fn value(column: &Option<PyReadonlyArray<'_, f32, Ix1>>, at: usize) -> f32 {
    column.as_ref().map_or(0.0, |column| column.as_array()[at])
}
