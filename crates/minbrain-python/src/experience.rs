//! One moment of a life, as Python sees it.

use minbrain::Origin;
use numpy::PyArray1;
use pyo3::prelude::*;

use crate::action;

/// What was sensed, done and found out.
#[pyclass(module = "minbrain", frozen)]
pub(crate) struct Experience(pub(crate) minbrain::Experience);

#[pymethods]
impl Experience {
    /// Its number: experiences are numbered from 0, in the order in which they were stored.
    #[getter]
    fn id(&self) -> u64 {
        self.0.id.0
    }

    /// What the robot sensed; float32, one value per sensor.
    #[getter]
    fn observation<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_slice(py, &self.0.observation)
    }

    /// What it did: a number, or a float32 array.
    #[getter]
    fn action<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        action::to_python(py, &self.0.action)
    }

    /// What it sensed then; float32, one value per sensor.
    #[getter]
    fn outcome<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        PyArray1::from_slice(py, &self.0.outcome)
    }

    /// What it earned.
    #[getter]
    fn reward(&self) -> f32 {
        self.0.reward
    }

    /// Whether the episode was over.
    #[getter]
    fn ended(&self) -> bool {
        self.0.ended
    }

    /// When, in microseconds of the brain's time.
    #[getter]
    fn time_us(&self) -> u64 {
        self.0.time_us
    }

    /// How wrong the prediction of its outcome was.
    #[getter]
    fn surprise(&self) -> f32 {
        self.0.surprise
    }

    /// With how much confidence its action was chosen, 0 to 1.
    #[getter]
    fn confidence(&self) -> f32 {
        self.0.confidence
    }

    /// Who lived through it: 'own', 'demonstrated' (while somebody else acted) or 'fleet' (another robot).
    #[getter]
    fn origin(&self) -> &'static str {
        match self.0.origin {
            Origin::Own => "own",
            Origin::Demonstrated => "demonstrated",
            Origin::Fleet => "fleet",
        }
    }

    /// How often it was recalled for a decision.
    #[getter]
    fn access_count(&self) -> u32 {
        self.0.access_count
    }

    /// The experiences associated with it, strongest first: their numbers and strengths (0 to 1).
    #[getter]
    fn associations(&self) -> Vec<(u64, f32)> {
        self.0.associations.iter().map(|(id, strength)| (id.0, *strength)).collect()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let action = self.action(py)?.repr()?.to_string();
        let minbrain::Experience { id, reward, surprise, .. } = &self.0;
        let id = id.0;
        Ok(format!("Experience(id={id}, action={action}, reward={reward}, surprise={surprise:.3})"))
    }
}
