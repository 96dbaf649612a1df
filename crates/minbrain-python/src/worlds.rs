//! The engine's own worlds and their scripted controllers, for tests, demonstrations and examples.

use minbrain::ActionSpace;
use numpy::PyArray1;
use pyo3::prelude::*;

use crate::control::Guarded;
use crate::error::Failure;
use crate::{action, floats};

/// What a step led to: observation, reward, ended, truncated.
type Stepped<'py> = (Bound<'py, PyArray1<f32>>, f32, bool, bool);

/// The names of all worlds.
///
/// >>> from minbrain.worlds import world_names
/// >>> "cartpole" in world_names()
/// True
#[pyfunction]
pub(crate) fn world_names() -> Vec<&'static str> {
    minbrain_sim::WORLDS.to_vec()
}

/// A place where something acts and senses, one step per control cycle. The same name, seed and
/// actions give the same observations, bit for bit, in Rust and in Python.
///
/// >>> from minbrain.worlds import World
/// >>> pole = World("cartpole")
/// >>> pole.reset(seed=7).shape
/// (4,)
/// >>> observation, reward, ended, truncated = pole.step(1)
/// >>> reward, ended, truncated
/// (1.0, False, False)
#[pyclass(module = "minbrain.worlds", frozen)]
pub(crate) struct World {
    inside: Guarded<Box<dyn minbrain_sim::World>>,
    space: ActionSpace,
}

#[pymethods]
impl World {
    #[new]
    fn new(py: Python<'_>, name: &str) -> PyResult<Self> {
        let made = minbrain_sim::world(name).map_err(|error| Failure::World(error).raise(py))?;
        Ok(Self { space: made.action_space(), inside: Guarded::new(made) })
    }

    /// Starts a new episode and returns the first observation, float32. The seed decides all that is
    /// random until the next reset.
    #[pyo3(signature = (seed=0))]
    fn reset<'py>(&self, py: Python<'py>, seed: u64) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let observation = self.inside.work(py, |world| {
            world.reset(seed);
            Ok::<_, Failure>(world.observation().to_vec())
        })?;
        Ok(PyArray1::from_vec(py, observation))
    }

    /// Takes one action and lets one cycle pass. Raises InputError for an action that is not one of the
    /// world's, and WorldError after an episode's last step.
    fn step<'py>(&self, action: &Bound<'py, PyAny>) -> PyResult<Stepped<'py>> {
        let py = action.py();
        let action = action::from_python(&self.space, action)?;
        let (observation, step) = self.inside.work(py, |world| {
            let step = world.step(&action)?;
            Ok::<_, minbrain_sim::WorldError>((world.observation().to_vec(), step))
        })?;
        Ok((PyArray1::from_vec(py, observation), step.reward, step.ended, step.truncated))
    }

    /// What the sensors say now, float32.
    #[getter]
    fn observation<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let observation = self.inside.look(py, |world| world.observation().to_vec())?;
        Ok(PyArray1::from_vec(py, observation))
    }

    /// What can be done: how many discrete actions, or a (low, high) pair for each dimension.
    #[getter]
    fn actions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        action::space_to_python(py, &self.space)
    }

    /// Its name.
    #[getter]
    fn name(&self, py: Python<'_>) -> PyResult<String> {
        self.inside.look(py, |world| world.name().to_owned())
    }

    /// One name per sensor.
    #[getter]
    fn sensor_names(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        self.inside.look(py, |world| world.sensor_names().to_vec())
    }

    /// One name per discrete action, or per dimension of a continuous one.
    #[getter]
    fn action_names(&self, py: Python<'_>) -> PyResult<Vec<&'static str>> {
        self.inside.look(py, |world| world.action_names().to_vec())
    }

    /// The time between two steps, in microseconds.
    #[getter]
    fn cycle_period_us(&self, py: Python<'_>) -> PyResult<u64> {
        self.inside.look(py, |world| world.cycle_period_us())
    }

    /// After how many steps an episode is cut off; None if never.
    #[getter]
    fn step_limit(&self, py: Python<'_>) -> PyResult<Option<u32>> {
        self.inside.look(py, |world| world.step_limit())
    }

    /// The mean return per episode from which the task counts as solved; None if nobody published one.
    #[getter]
    fn solved_return(&self, py: Python<'_>) -> PyResult<Option<f32>> {
        self.inside.look(py, |world| world.solved_return())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("World('{}')", self.name(py)?))
    }
}

/// A hand-written controller for a world, which sees only what the sensors see: a reference, and a
/// teacher.
///
/// >>> from minbrain.worlds import Controller, World
/// >>> pole, hands = World("cartpole"), Controller("cartpole")
/// >>> hands.act(pole.reset(seed=7)) in (0, 1)
/// True
#[pyclass(module = "minbrain.worlds", frozen)]
pub(crate) struct Controller {
    name: String,
    inside: Guarded<Box<dyn minbrain_sim::Controller>>,
}

#[pymethods]
impl Controller {
    #[new]
    fn new(py: Python<'_>, name: &str) -> PyResult<Self> {
        let made = minbrain_sim::scripted(name).map_err(|error| Failure::World(error).raise(py))?;
        Ok(Self { name: name.to_owned(), inside: Guarded::new(made) })
    }

    /// A new episode begins.
    fn start(&self, py: Python<'_>) -> PyResult<()> {
        self.inside.work(py, |hands| {
            hands.start();
            Ok::<(), Failure>(())
        })
    }

    /// What to do now: a number, or a float32 array.
    fn act<'py>(&self, observation: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = observation.py();
        let observation = floats::vector("observation", observation)?;
        let act = |hands: &mut Box<dyn minbrain_sim::Controller>| {
            Ok::<_, Failure>(hands.act(&observation))
        };
        action::to_python(py, &self.inside.work(py, act)?)
    }

    fn __repr__(&self) -> String {
        format!("Controller('{}')", self.name)
    }
}
