//! `minbrain.Brain`: the engine's calls, one by one.

use minbrain::{ActionSpace, BrainBuilder, BrainError, Outcome};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::answer::{Activated, Decision, Learned, Neighbours, Prediction};
use crate::columns::Columns;
use crate::control::Guarded;
use crate::experience::Experience;
use crate::recording::Recording;
use crate::telemetry::Stats;
use crate::{action, floats, settings};

/// Steps of a recording that are watched before Python is asked whether to stop.
const STEPS_PER_CHECK: usize = 256;

/// A memory of experiences that decides and learns.
///
/// A control cycle is `decide`, moving the robot, and `learn`; `consolidate` uses idle time. Options
/// are those of the Rust builder, by name; `sensors` and `actions` must be given. `actions` is how many
/// discrete ones there are, or a (low, high) pair for each dimension. The same seed and the same calls
/// give the same answers.
///
/// Every call that works releases the interpreter. Threads may share a brain: their calls go one after
/// the other, but a decision waits for its outcome only until the next one, so a thread that decides
/// and learns should be the only one that does.
///
/// >>> import minbrain
/// >>> brain = minbrain.Brain(sensors=2, actions=3, budget=1000, seed=7)
/// >>> decision = brain.decide([0.5, -0.5])
/// >>> decision.method
/// 'bootstrap'
/// >>> brain.learn([0.4, -0.5], reward=1.0).id
/// 0
/// >>> brain
/// Brain(sensors=2, actions=3, experiences=1, capacity=1000)
#[pyclass(module = "minbrain", frozen, weakref)]
pub(crate) struct Brain {
    inside: Guarded<minbrain::Brain>,
    space: ActionSpace,
}

impl Brain {
    /// Takes over a brain of the engine.
    pub(crate) fn of(brain: minbrain::Brain) -> Self {
        Self { space: brain.config().actions.clone(), inside: Guarded::new(brain) }
    }
}

#[pymethods]
impl Brain {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let config = settings::from_options(options)?;
        let built = py.detach(|| BrainBuilder::default().config(config).build());
        built.map(Self::of).map_err(|error| crate::error::Failure::Refused(error).raise(py))
    }

    /// What to do now. `observation` has one finite value per sensor, in any units.
    ///
    /// The decision waits for its outcome, which `learn` takes. Deciding again instead gives the first
    /// one up. Cost: microseconds; two passes over the experiences at most, and a regression. Raises
    /// InputError for a wrong number of values, NaN, infinities and magnitudes over 1e15.
    ///
    /// >>> import minbrain
    /// >>> minbrain.Brain(sensors=1, actions=2).decide([0.0]).confidence
    /// 0.0
    fn decide(&self, py: Python<'_>, observation: &Bound<'_, PyAny>) -> PyResult<Decision> {
        let observation = floats::vector("observation", observation)?;
        self.inside.work(py, |brain| brain.decide(&observation).cloned()).map(Decision)
    }

    /// The same cycle while somebody else acts: a teacher, a recording, a safety layer. The decision
    /// carries `action`, and what is predicted for it. Raises InputError as `decide` does, and for an
    /// action that is not one of the robot's.
    ///
    /// >>> import minbrain
    /// >>> minbrain.Brain(sensors=1, actions=2).accompany([0.0], 1).method
    /// 'given'
    fn accompany(
        &self,
        py: Python<'_>,
        observation: &Bound<'_, PyAny>,
        action: &Bound<'_, PyAny>,
    ) -> PyResult<Decision> {
        let observation = floats::vector("observation", observation)?;
        let action = action::from_python(&self.space, action)?;
        let accompany =
            |brain: &mut minbrain::Brain| brain.accompany(&observation, &action).cloned();
        self.inside.work(py, accompany).map(Decision)
    }

    /// What followed the last decision: stores the experience, and forgets another one if the budget is
    /// full. `ended` says that the episode is over by what happened, not by a time limit (`interrupt`).
    /// Raises NothingDecidedError if no decision waits, and InputError as `decide` does.
    ///
    /// >>> import minbrain
    /// >>> brain = minbrain.Brain(sensors=1, actions=2)
    /// >>> decision = brain.decide([0.0])
    /// >>> brain.learn([0.1], reward=-1.0)
    /// Learned(id=0, surprise=1.000, forgotten=0)
    #[pyo3(signature = (observation, reward=0.0, ended=false))]
    fn learn(
        &self,
        py: Python<'_>,
        observation: &Bound<'_, PyAny>,
        reward: f32,
        ended: bool,
    ) -> PyResult<Learned> {
        let observation = floats::vector("observation", observation)?;
        let learn = |brain: &mut minbrain::Brain| {
            brain.learn(Outcome { observation: &observation, reward, ended })
        };
        self.inside.work(py, learn).map(Learned)
    }

    /// Lives through a recording by somebody else: for each row `accompany`, `learn` and `consolidate`
    /// with `work_units`. Tables are read where they lie if they are float32.
    ///
    /// `observations` and `outcomes` have a row per step and a column per sensor; `actions` has whole
    /// numbers or a row per step; `rewards`, `ended` and `truncated` a value per step (0 if they are not
    /// given). Where a step does not follow from the one before, or was truncated, the brain is
    /// interrupted. Returns the surprise of each step, float32. Everything is checked first: if
    /// InputError is raised nothing was learned. Ctrl-C stops between steps.
    ///
    /// >>> import minbrain, numpy
    /// >>> life = numpy.linspace(0, 1, 101, dtype=numpy.float32).reshape(-1, 1)
    /// >>> brain = minbrain.Brain(sensors=1, actions=2)
    /// >>> surprise = brain.watch(life[:-1], numpy.ones(100, dtype=int), life[1:])
    /// >>> bool(surprise[-10:].mean() < 0.1)
    /// True
    #[pyo3(signature = (observations, actions, outcomes, **more))]
    fn watch<'py>(
        &self,
        observations: &Bound<'py, PyAny>,
        actions: &Bound<'py, PyAny>,
        outcomes: &Bound<'py, PyAny>,
        more: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = observations.py();
        let config = self.inside.look(py, |brain| brain.config().clone())?;
        let recording = Recording::read(&config, (observations, actions, outcomes), more)?;
        let mut surprises = Vec::with_capacity(recording.len());
        let mut from = 0;
        while from < recording.len() {
            let to = (from + STEPS_PER_CHECK).min(recording.len());
            let steps = recording.steps(from..to);
            let units = recording.work_units();
            let watched = self.inside.work(py, |brain| {
                steps.iter().map(|step| step.watch(brain, units)).collect::<Result<Vec<_>, _>>()
            })?;
            surprises.extend(watched);
            py.check_signals()?;
            from = to;
        }
        Ok(numpy::PyArray1::from_vec(py, surprises).into_any())
    }

    /// The decision that waits for its outcome; None if there is none.
    #[getter]
    fn waiting(&self, py: Python<'_>) -> PyResult<Option<Decision>> {
        Ok(self.inside.look(py, |brain| brain.waiting().cloned())?.map(Decision))
    }

    /// The next decision does not follow from the last outcome: a time limit, a gap in a recording, a
    /// robot that was lifted. Gives up a waiting decision and empties working memory.
    fn interrupt(&self, py: Python<'_>) -> PyResult<()> {
        self.inside.work(py, |brain| {
            brain.interrupt();
            Ok::<(), BrainError>(())
        })
    }

    /// Uses idle time for upkeep, about `work_units` of it (see `Decision.work_units`). Returns the
    /// units used, fewer once everything was looked at. A brain that acts by value learns most of what
    /// it learns here.
    fn consolidate(&self, py: Python<'_>, work_units: u32) -> PyResult<u32> {
        self.inside.work(py, |brain| Ok::<u32, BrainError>(brain.consolidate(work_units)))
    }

    /// The `k` most similar experiences, nearest first, exactly; fewer if there are fewer. Raises
    /// InputError as `decide` does, and for a `k` that is not 1 to 256.
    ///
    /// >>> import minbrain
    /// >>> brain = minbrain.Brain(sensors=1, actions=2)
    /// >>> for place in [0.0, 1.0, 2.0]:
    /// ...     decision = brain.decide([place])
    /// ...     learned = brain.learn([place])
    /// >>> brain.recall([1.9], k=2).ids
    /// array([2, 1], dtype=uint64)
    #[pyo3(signature = (observation, k=20))]
    fn recall(
        &self,
        py: Python<'_>,
        observation: &Bound<'_, PyAny>,
        k: usize,
    ) -> PyResult<Neighbours> {
        let observation = floats::vector("observation", observation)?;
        self.inside.work(py, |brain| brain.recall(&observation, k)).map(Neighbours)
    }

    /// What `action` would lead to, without deciding anything. Raises InputError as `accompany` does.
    fn predict(
        &self,
        py: Python<'_>,
        observation: &Bound<'_, PyAny>,
        action: &Bound<'_, PyAny>,
    ) -> PyResult<Prediction> {
        let observation = floats::vector("observation", observation)?;
        let action = action::from_python(&self.space, action)?;
        self.inside.work(py, |brain| brain.predict(&observation, &action)).map(Prediction)
    }

    /// The most active experiences, strongest first; at most 32.
    fn working_memory(&self, py: Python<'_>) -> PyResult<Vec<Activated>> {
        let active = self.inside.look(py, minbrain::Brain::working_memory)?;
        Ok(active.into_iter().map(Activated).collect())
    }

    /// Everything about one experience; None if it was forgotten or never was.
    fn experience(&self, py: Python<'_>, id: u64) -> PyResult<Option<Experience>> {
        let id = minbrain::ExperienceId(id);
        let found = self.inside.work(py, |brain| Ok::<_, BrainError>(brain.experience(id)))?;
        Ok(found.map(Experience))
    }

    /// All experiences that are kept, oldest first, as a dict of columns: `id` and `time_us` (uint64),
    /// `observation` and `outcome` (float32, a row each), `action` (int64, or float32 with a row each),
    /// `reward` and `surprise` (float32), `ended` (bool), `access_count` (uint32). `minbrain.dataset`
    /// makes a DataFrame or an Arrow table of it. Cost: about a microsecond for each.
    fn experiences<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns = self.inside.work(py, |brain| Ok::<_, BrainError>(Columns::of(brain)))?;
        columns.into_python(py)
    }

    /// What the brain has done so far.
    fn stats(&self, py: Python<'_>) -> PyResult<Stats> {
        self.inside.look(py, minbrain::Brain::stats).map(Stats::from)
    }

    /// The settings, as the keyword options that make a brain alike: `Brain(**brain.config)`.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let config = self.inside.look(py, |brain| brain.config().clone())?;
        settings::to_options(py, &config)
    }

    /// The brain's time, in microseconds.
    #[getter]
    fn time_us(&self, py: Python<'_>) -> PyResult<u64> {
        self.inside.look(py, minbrain::Brain::time_us)
    }

    /// Tells the time, which from then on only goes on when told. Raises InputError if it lies before
    /// the brain's time.
    fn set_time_us(&self, py: Python<'_>, time_us: u64) -> PyResult<()> {
        self.inside.work(py, |brain| brain.set_time_us(time_us))
    }

    /// From now on explores ('annealed'), or does not ('off').
    fn set_exploration(&self, py: Python<'_>, exploration: &Bound<'_, PyAny>) -> PyResult<()> {
        let exploration = settings::exploration(exploration)?;
        self.inside.work(py, |brain| {
            brain.set_exploration(exploration);
            Ok::<(), BrainError>(())
        })
    }

    /// A hash of the whole state: equal for brains that will answer alike.
    fn fingerprint(&self, py: Python<'_>) -> PyResult<u64> {
        self.inside.work(py, |brain| Ok::<u64, BrainError>(brain.fingerprint()))
    }

    /// A brain that answers alike, and from then on lives a life of its own.
    fn copy(&self, py: Python<'_>) -> PyResult<Self> {
        let clone = self.inside.work(py, |brain| Ok::<_, BrainError>(brain.clone()))?;
        Ok(Self::of(clone))
    }

    fn __copy__(&self, py: Python<'_>) -> PyResult<Self> {
        self.copy(py)
    }

    fn __deepcopy__(&self, py: Python<'_>, _memo: &Bound<'_, PyAny>) -> PyResult<Self> {
        self.copy(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let looked = |brain: &minbrain::Brain| (brain.config().sensors, brain.stats());
        let (sensors, stats) = self.inside.look(py, looked)?;
        let actions = action::space_to_python(py, &self.space)?.repr()?.to_string();
        let (experiences, capacity) = (stats.experiences, stats.capacity);
        Ok(format!(
            "Brain(sensors={sensors}, actions={actions}, experiences={experiences}, capacity={capacity})"
        ))
    }

    /// For tests only: breaks off in the middle, as a defect of ours would.
    fn _break_off(&self, py: Python<'_>) -> PyResult<()> {
        self.inside.work(py, |_| -> Result<(), BrainError> { std::panic::panic_any("broken off") })
    }
}
