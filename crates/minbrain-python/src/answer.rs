//! What a brain answers. Arrays are made when they are looked at, so that a cycle that only takes
//! the action pays for nothing else.

use minbrain::ExperienceId;
use numpy::PyArray1;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;

use crate::action;

/// What to do now, and why.
#[pyclass(module = "minbrain", frozen)]
pub(crate) struct Decision(pub(crate) minbrain::Decision);

#[pymethods]
impl Decision {
    /// The action to take: a number where actions are discrete, else a float32 array.
    #[getter]
    fn action<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        action::to_python(py, &self.0.action)
    }

    /// How much speaks for it, 0 to 1; 0 if it was chosen at random.
    #[getter]
    fn confidence(&self) -> f32 {
        self.0.confidence
    }

    /// How it was chosen: 'bootstrap', 'consensus', 'value', 'novelty', 'planned', 'imitated' or
    /// 'given'.
    #[getter]
    fn method(&self) -> &'static str {
        self.0.method.name()
    }

    /// What it is expected to lead to.
    #[getter]
    fn prediction(&self) -> Prediction {
        Prediction(self.0.prediction.clone())
    }

    /// The recalled experiences, nearest first, each with its say.
    #[getter]
    fn recalled(&self) -> Neighbours {
        Neighbours(self.0.recalled.clone())
    }

    /// Work done: one unit for each block of 64 experiences compared, 8 for each regression.
    #[getter]
    fn work_units(&self) -> u32 {
        self.0.work_units
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let action = self.action(py)?.repr()?.to_string();
        let (method, confidence) = (self.method(), self.0.confidence);
        Ok(format!("Decision(action={action}, method='{method}', confidence={confidence:.3})"))
    }
}

/// What an action would lead to.
#[pyclass(module = "minbrain", frozen)]
pub(crate) struct Prediction(pub(crate) minbrain::Prediction);

#[pymethods]
impl Prediction {
    /// The next observation, in sensor units; float32, one value per sensor.
    #[getter]
    fn outcome<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_slice(py, &self.0.outcome)
    }

    /// The expected error (root mean square) of each of its values, in sensor units; float32.
    #[getter]
    fn expected_error<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_slice(py, &self.0.expected_error)
    }

    /// The reward.
    #[getter]
    fn reward(&self) -> f32 {
        self.0.reward
    }

    /// How likely the episode ends, 0 to 1.
    #[getter]
    fn ended(&self) -> f32 {
        self.0.ended
    }

    /// How well this situation and action are known, 0 to 1.
    #[getter]
    fn knownness(&self) -> f32 {
        self.0.knownness
    }

    /// How many experiences it rests on.
    #[getter]
    fn neighbours(&self) -> usize {
        self.0.neighbours
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let outcome = self.outcome(py).repr()?.to_string();
        let (reward, knownness) = (self.0.reward, self.0.knownness);
        Ok(format!("Prediction(outcome={outcome}, reward={reward:.3}, knownness={knownness:.3})"))
    }
}

/// Experiences that were recalled, nearest first: as columns, or one by one.
#[pyclass(module = "minbrain", frozen, sequence)]
pub(crate) struct Neighbours(pub(crate) Vec<minbrain::Neighbour>);

#[pymethods]
impl Neighbours {
    /// Which experiences; uint64.
    #[getter]
    fn ids<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u64>> {
        PyArray1::from_iter(py, self.0.iter().map(|found| found.id.0))
    }

    /// How far their observations lie away; float32, lower is closer.
    #[getter]
    fn distances<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_iter(py, self.0.iter().map(|found| found.distance))
    }

    /// The same from 0 to 1; float32, 1 is identical.
    #[getter]
    fn similarities<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_iter(py, self.0.iter().map(|found| found.similarity))
    }

    /// Their say in the decision, 0 to 1; float32.
    #[getter]
    fn weights<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_iter(py, self.0.iter().map(|found| found.weight))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __getitem__(&self, at: isize) -> PyResult<Neighbour> {
        let from_end = at.checked_add_unsigned(self.0.len());
        let at = if at < 0 { from_end } else { Some(at) };
        let found = at.and_then(|at| self.0.get(usize::try_from(at).ok()?));
        found.map(|found| Neighbour(*found)).ok_or_else(|| {
            PyIndexError::new_err(format!("expected one of {} neighbours", self.0.len()))
        })
    }

    fn __repr__(&self) -> String {
        let ids: Vec<String> = self.0.iter().map(|found| found.id.0.to_string()).collect();
        format!("Neighbours(ids=[{}])", ids.join(", "))
    }
}

/// One experience that was recalled.
#[pyclass(module = "minbrain", frozen)]
pub(crate) struct Neighbour(minbrain::Neighbour);

#[pymethods]
impl Neighbour {
    /// Which experience.
    #[getter]
    fn id(&self) -> u64 {
        self.0.id.0
    }

    /// How far its observation lies away; lower is closer.
    #[getter]
    fn distance(&self) -> f32 {
        self.0.distance
    }

    /// The same from 0 to 1; 1 is identical.
    #[getter]
    fn similarity(&self) -> f32 {
        self.0.similarity
    }

    /// Its say in the decision, 0 to 1; 0 if it spoke for another action.
    #[getter]
    fn weight(&self) -> f32 {
        self.0.weight
    }

    fn __repr__(&self) -> String {
        let minbrain::Neighbour { id, similarity, .. } = self.0;
        format!("Neighbour(id={}, similarity={similarity:.3})", id.0)
    }
}

/// What one experience taught.
#[pyclass(module = "minbrain", frozen)]
pub(crate) struct Learned(pub(crate) minbrain::Learned);

#[pymethods]
impl Learned {
    /// The new experience; None if the budget is full and nothing may be forgotten.
    #[getter]
    fn id(&self) -> Option<u64> {
        self.0.id.map(|ExperienceId(id)| id)
    }

    /// The error of the prediction, in deviations of the sensors' usual change: 0 is perfect, 1 as
    /// good as predicting that nothing changes.
    #[getter]
    fn surprise(&self) -> f32 {
        self.0.surprise
    }

    /// How many experiences were forgotten for it.
    #[getter]
    fn forgotten(&self) -> u32 {
        self.0.forgotten
    }

    fn __repr__(&self) -> String {
        let id = self.id().map_or_else(|| "None".to_owned(), |id| id.to_string());
        let minbrain::Learned { surprise, forgotten, .. } = self.0;
        format!("Learned(id={id}, surprise={surprise:.3}, forgotten={forgotten})")
    }
}

/// An experience that is active now.
#[pyclass(module = "minbrain", frozen)]
pub(crate) struct Activated(pub(crate) minbrain::Activated);

#[pymethods]
impl Activated {
    /// Which experience.
    #[getter]
    fn id(&self) -> u64 {
        self.0.id.0
    }

    /// How active it is, 0 to 1.
    #[getter]
    fn activation(&self) -> f32 {
        self.0.activation
    }

    fn __repr__(&self) -> String {
        format!("Activated(id={}, activation={:.3})", self.0.id.0, self.0.activation)
    }
}
