//! `minbrain.MinimalBrain`: the two calls of the Python brain that this project starts from.

use minbrain::{BrainBuilder, BrainError, Config};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::control::Guarded;
use crate::error::Failure;
use crate::floats;
use crate::settings;

/// How many values an action has unless it is told otherwise.
const ACTIONS: usize = 4;
/// The bounds of each.
const BOUNDS: (f32, f32) = (-1.0, 1.0);

/// A brain with the original's two calls. Lists go in and come out.
///
/// It is made with the first observation, by which it knows how many sensors there are. Actions are
/// vectors of `actions` values from -1 to 1. Other options are those of `Brain`.
///
/// >>> import minbrain
/// >>> brain = minbrain.MinimalBrain(actions=1)
/// >>> action, state = brain.process_sensory_input([0.5, -0.5])
/// >>> len(action), state["experiences"], state["method"]
/// (1, 0, 'bootstrap')
/// >>> brain.store_experience([0.5, -0.5], action, [0.4, -0.5])
/// 'exp_0'
#[pyclass(module = "minbrain", frozen)]
pub(crate) struct MinimalBrain(Guarded<Born>);

/// Before and after the first observation.
enum Born {
    Not(Config),
    Yes(Box<minbrain::MinimalBrain>),
}

impl Born {
    /// The brain, made for observations of this length if there is none yet.
    fn brain(&mut self, sensors: usize) -> Result<&mut minbrain::MinimalBrain, BrainError> {
        if let Self::Not(config) = self {
            let config = Config { sensors, ..config.clone() };
            let brain = BrainBuilder::default().config(config).build()?;
            *self = Self::Yes(Box::new(minbrain::MinimalBrain::from(brain)));
        }
        match self {
            Self::Yes(brain) => Ok(brain),
            Self::Not(_) => Err(BrainError::NothingDecided),
        }
    }
}

#[pymethods]
impl MinimalBrain {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let options = options.map_or_else(|| Ok(PyDict::new(py)), |options| options.copy())?;
        let given = options.get_item("actions")?;
        let actions = given.map_or(Ok(ACTIONS), |given| given.extract::<usize>())?;
        options.set_item("actions", vec![BOUNDS; actions])?;
        let config = settings::from_options(Some(&options))?;
        let born = if config.sensors == 0 {
            // Checked as if it had a sensor, so that a wrong option is told here.
            let probe = Config { sensors: 1, ..config.clone() };
            probe.validate().map_err(|error| Failure::Refused(error).raise(py))?;
            Born::Not(config)
        } else {
            let built = BrainBuilder::default().config(config).build();
            let brain = built.map_err(|error| Failure::Refused(error).raise(py))?;
            Born::Yes(Box::new(minbrain::MinimalBrain::from(brain)))
        };
        Ok(Self(Guarded::new(born)))
    }

    /// What to do now, as a list, and the brain's state: `experiences`, `working_memory`, `confidence`
    /// and `method`. Raises InputError as `Brain.decide` does.
    fn process_sensory_input<'py>(
        &self,
        sensory_input: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyDict>)> {
        let py = sensory_input.py();
        let sensed = floats::vector("sensory_input", sensory_input)?;
        let process = |born: &mut Born| born.brain(sensed.len())?.process_sensory_input(&sensed);
        let (action, state) = self.0.work(py, process)?;
        let told = PyDict::new(py);
        told.set_item("experiences", state.experiences)?;
        told.set_item("working_memory", state.working_memory)?;
        told.set_item("confidence", state.confidence)?;
        told.set_item("method", state.method.name())?;
        Ok((PyList::new(py, action)?, told))
    }

    /// Stores what was sensed, done and found out, and returns its name; an empty one if nothing may be
    /// forgotten for it. The original compared `predicted_action` with the outcome, and so do we where
    /// it has as many values; else the brain's own prediction counts. Raises InputError for what
    /// cannot be used; then nothing is stored.
    #[pyo3(signature = (sensory, action, outcome, predicted_action=None))]
    fn store_experience(
        &self,
        sensory: &Bound<'_, PyAny>,
        action: &Bound<'_, PyAny>,
        outcome: &Bound<'_, PyAny>,
        predicted_action: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let sensed = floats::vector("sensory", sensory)?;
        let action = floats::vector("action", action)?;
        let outcome = floats::vector("outcome", outcome)?;
        let predicted = predicted_action.map(|p| floats::vector("predicted_action", p));
        let predicted = predicted.transpose()?.filter(|values| values.len() == outcome.len());
        let store = |born: &mut Born| {
            let brain = born.brain(sensed.len())?;
            brain.store_experience(&sensed, &action, &outcome, predicted.as_deref())
        };
        let stored = self.0.work(sensory.py(), store)?;
        Ok(stored.map_or_else(String::new, |id| id.to_string()))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        self.0.look(py, |born| match born {
            Born::Not(_) => "MinimalBrain(not born yet)".to_owned(),
            Born::Yes(brain) => {
                format!("MinimalBrain(experiences={})", brain.brain().stats().experiences)
            }
        })
    }
}
