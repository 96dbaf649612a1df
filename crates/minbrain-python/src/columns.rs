//! All experiences as columns, which numpy takes over without copying them.

use minbrain::{Action, ActionSpace, Brain, Experience};
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// A column for each fact, oldest experience first.
#[derive(Default)]
pub(crate) struct Columns {
    sensors: usize,
    /// 0 where actions are discrete.
    action_dims: usize,
    ids: Vec<u64>,
    times_us: Vec<u64>,
    observations: Vec<f32>,
    indices: Vec<i64>,
    actions: Vec<f32>,
    outcomes: Vec<f32>,
    rewards: Vec<f32>,
    ended: Vec<bool>,
    surprises: Vec<f32>,
    access_counts: Vec<u32>,
}

impl Columns {
    /// Reads all of them out of a brain.
    pub(crate) fn of(brain: &Brain) -> Self {
        let config = brain.config();
        let action_dims = match config.actions {
            ActionSpace::Discrete(_) => 0,
            ActionSpace::Continuous(ref bounds) => bounds.len(),
        };
        let mut all: Vec<Experience> = brain.experiences().collect();
        all.sort_unstable_by_key(|experience| experience.id);
        let mut columns = Self { sensors: config.sensors, action_dims, ..Self::default() };
        all.iter().for_each(|experience| columns.push(experience));
        columns
    }

    fn push(&mut self, experience: &Experience) {
        self.ids.push(experience.id.0);
        self.times_us.push(experience.time_us);
        self.observations.extend(&experience.observation);
        match &experience.action {
            Action::Discrete(index) => self.indices.push(*index as i64),
            Action::Continuous(values) => self.actions.extend(values),
        }
        self.outcomes.extend(&experience.outcome);
        self.rewards.push(experience.reward);
        self.ended.push(experience.ended);
        self.surprises.push(experience.surprise);
        self.access_counts.push(experience.access_count);
    }

    /// A dict of arrays.
    pub(crate) fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
        let (n, sensors) = (self.ids.len(), self.sensors);
        let columns = PyDict::new(py);
        columns.set_item("id", PyArray1::from_vec(py, self.ids))?;
        columns.set_item("time_us", PyArray1::from_vec(py, self.times_us))?;
        let observations = PyArray1::from_vec(py, self.observations).reshape([n, sensors])?;
        columns.set_item("observation", observations)?;
        if self.action_dims == 0 {
            columns.set_item("action", PyArray1::from_vec(py, self.indices))?;
        } else {
            let actions = PyArray1::from_vec(py, self.actions).reshape([n, self.action_dims])?;
            columns.set_item("action", actions)?;
        }
        let outcomes = PyArray1::from_vec(py, self.outcomes).reshape([n, sensors])?;
        columns.set_item("outcome", outcomes)?;
        columns.set_item("reward", PyArray1::from_vec(py, self.rewards))?;
        columns.set_item("ended", PyArray1::from_vec(py, self.ended))?;
        columns.set_item("surprise", PyArray1::from_vec(py, self.surprises))?;
        columns.set_item("access_count", PyArray1::from_vec(py, self.access_counts))?;
        Ok(columns)
    }
}
