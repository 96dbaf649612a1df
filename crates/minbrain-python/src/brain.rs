//! `minbrain.Brain`: the engine's calls, one by one.

use std::path::PathBuf;

use minbrain::journal::Status;
use minbrain::{ActionSpace, BrainBuilder, BrainError, Outcome};
use minbrain_fleet::FleetStatus;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::answer::{Activated, Decision, Learned, Neighbours, Prediction};
use crate::columns::Columns;
use crate::control::Guarded;
use crate::error::Failure;
use crate::experience::Experience;
use crate::kept::Kept;
use crate::recording::Recording;
use crate::telemetry::Stats;
use crate::{action, file, floats, settings};

/// Steps of a recording that are watched before Python is asked whether to stop.
const STEPS_PER_CHECK: usize = 256;

/// A memory of experiences that decides and learns.
///
/// A control cycle is `decide`, moving the robot, and `learn`; `consolidate` uses idle time. Options
/// are those of the Rust builder, by name; `sensors` and `actions` must be given. `actions` is how many
/// discrete ones there are, or a (low, high) pair for each dimension. The same seed and the same calls
/// give the same answers.
///
/// `fleet` is the URL of a Redis cluster through which brains of one kind share what they live through
/// (docs/fleet.md): this one begins with what the others know. No call but this and `close` waits for
/// the network.
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
    inside: Guarded<Kept>,
    space: ActionSpace,
}

impl Brain {
    /// Takes over a brain of the engine.
    fn of(brain: minbrain::Brain) -> Self {
        let space = brain.config().actions.clone();
        Self { space, inside: Guarded::new(Kept::in_ram(brain)) }
    }

    fn kept(kept: Kept, py: Python<'_>) -> PyResult<Self> {
        let space = kept.brain().map(|brain| brain.config().actions.clone());
        let space = space.map_err(|failure| failure.raise(py))?;
        Ok(Self { space, inside: Guarded::new(kept) })
    }

    /// Looks at the brain, for what takes next to no time.
    fn look<R: Send>(
        &self,
        py: Python<'_>,
        what: impl FnOnce(&minbrain::Brain) -> R + Send,
    ) -> PyResult<R> {
        let looked = self.inside.look(py, |kept| kept.brain().map(what))?;
        looked.map_err(|failure| failure.raise(py))
    }

    /// The same for what takes longer: with the interpreter released.
    fn study<R: Send, E: Into<Failure> + Send>(
        &self,
        py: Python<'_>,
        what: impl FnOnce(&minbrain::Brain) -> Result<R, E> + Send,
    ) -> PyResult<R> {
        self.inside.work(py, |kept| what(kept.brain()?).map_err(Into::into))
    }
}

#[pymethods]
impl Brain {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let (options, fleet) = settings::without_fleet(options)?;
        let config = settings::from_options(options.as_ref())?;
        let built = py.detach(|| {
            let mut kept = Kept::in_ram(BrainBuilder::default().config(config).build()?);
            fleet.map_or(Ok(()), |url| kept.join(&url, None))?;
            Ok::<_, Failure>(kept)
        });
        Self::kept(built.map_err(|failure| failure.raise(py))?, py)
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
        self.inside.work(py, |brain| brain.decide(&observation)).map(Decision)
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
        self.inside.work(py, |brain| brain.accompany(&observation, &action)).map(Decision)
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
        let outcome = Outcome { observation: &observation, reward, ended };
        self.inside.work(py, |brain| brain.learn(outcome)).map(Learned)
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
        let config = self.look(py, |brain| brain.config().clone())?;
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
        Ok(self.look(py, |brain| brain.waiting().cloned())?.map(Decision))
    }

    /// The next decision does not follow from the last outcome: a time limit, a gap in a recording, a
    /// robot that was lifted. Gives up a waiting decision and empties working memory.
    fn interrupt(&self, py: Python<'_>) -> PyResult<()> {
        self.inside.work(py, Kept::interrupt)
    }

    /// Uses idle time for upkeep, about `work_units` of it (see `Decision.work_units`). Returns the
    /// units used, fewer once everything was looked at. A brain that acts by value learns most of what
    /// it learns here.
    fn consolidate(&self, py: Python<'_>, work_units: u32) -> PyResult<u32> {
        self.inside.work(py, |brain| brain.consolidate(work_units))
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
        self.study(py, |brain| brain.recall(&observation, k)).map(Neighbours)
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
        self.study(py, |brain| brain.predict(&observation, &action)).map(Prediction)
    }

    /// The most active experiences, strongest first; at most 32.
    fn working_memory(&self, py: Python<'_>) -> PyResult<Vec<Activated>> {
        let active = self.look(py, minbrain::Brain::working_memory)?;
        Ok(active.into_iter().map(Activated).collect())
    }

    /// Everything about one experience; None if it was forgotten or never was.
    fn experience(&self, py: Python<'_>, id: u64) -> PyResult<Option<Experience>> {
        let id = minbrain::ExperienceId(id);
        let found = self.study(py, |brain| Ok::<_, BrainError>(brain.experience(id)))?;
        Ok(found.map(Experience))
    }

    /// All experiences that are kept, oldest first, as a dict of columns: `id` and `time_us` (uint64),
    /// `observation` and `outcome` (float32, a row each), `action` (int64, or float32 with a row each),
    /// `reward` and `surprise` (float32), `ended` (bool), `access_count` (uint32). `minbrain.dataset`
    /// makes a DataFrame or an Arrow table of it. Cost: about a microsecond for each.
    fn experiences<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns = self.study(py, |brain| Ok::<_, BrainError>(Columns::of(brain)))?;
        columns.into_python(py)
    }

    /// What the brain has done so far.
    fn stats(&self, py: Python<'_>) -> PyResult<Stats> {
        self.look(py, minbrain::Brain::stats).map(Stats::from)
    }

    /// The settings, as the keyword options that make a brain alike: `Brain(**brain.config)`.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let config = self.look(py, |brain| brain.config().clone())?;
        settings::to_options(py, &config)
    }

    /// The brain's time, in microseconds.
    #[getter]
    fn time_us(&self, py: Python<'_>) -> PyResult<u64> {
        self.look(py, minbrain::Brain::time_us)
    }

    /// Tells the time, which from then on only goes on when told. Raises InputError if it lies before
    /// the brain's time.
    fn set_time_us(&self, py: Python<'_>, time_us: u64) -> PyResult<()> {
        self.inside.work(py, |brain| brain.set_time_us(time_us))
    }

    /// From now on explores ('annealed'), or does not ('off').
    fn set_exploration(&self, py: Python<'_>, exploration: &Bound<'_, PyAny>) -> PyResult<()> {
        let exploration = settings::exploration(exploration)?;
        self.inside.work(py, |brain| brain.set_exploration(exploration))
    }

    /// A hash of the whole state: equal for brains that will answer alike.
    fn fingerprint(&self, py: Python<'_>) -> PyResult<u64> {
        self.study(py, |brain| Ok::<u64, BrainError>(brain.fingerprint()))
    }

    /// A brain that answers alike, and from then on lives a life of its own.
    fn copy(&self, py: Python<'_>) -> PyResult<Self> {
        let clone = self.study(py, |brain| Ok::<_, BrainError>(brain.clone()))?;
        Ok(Self::of(clone))
    }

    fn __copy__(&self, py: Python<'_>) -> PyResult<Self> {
        self.copy(py)
    }

    fn __deepcopy__(&self, py: Python<'_>, _memo: &Bound<'_, PyAny>) -> PyResult<Self> {
        self.copy(py)
    }

    /// The whole brain as bytes, for `from_bytes`, here or elsewhere.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let image = self.study(py, |brain| Ok::<_, BrainError>(brain.to_bytes()))?;
        Ok(PyBytes::new(py, &image))
    }

    /// The brain whose bytes these are: it decides from now on as the other one would. A decision that
    /// waited is given up. Raises ImageError for bytes that are damaged, or of another version.
    ///
    /// >>> import minbrain
    /// >>> brain = minbrain.Brain(sensors=1, actions=2)
    /// >>> minbrain.Brain.from_bytes(brain.to_bytes()).fingerprint() == brain.fingerprint()
    /// True
    #[staticmethod]
    fn from_bytes(py: Python<'_>, image: &[u8]) -> PyResult<Self> {
        let read = py.detach(|| minbrain::Brain::from_bytes(image));
        read.map(Self::of).map_err(|error| Failure::from(error).raise(py))
    }

    /// Writes the whole brain to a file, which is there as a whole or not at all. Raises OSError if it
    /// cannot be written. For a brain that outlives a crash see `open`.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        self.study(py, |brain| file::write_whole(&path, &brain.to_bytes()))
    }

    /// The brain that was saved in a file. Raises OSError if it cannot be read, and ImageError as
    /// `from_bytes` does.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let read = || Ok::<_, Failure>(minbrain::Brain::from_bytes(&file::read(&path)?)?);
        py.detach(read).map(Self::of).map_err(|failure| failure.raise(py))
    }

    /// The brain that lives in `directory`, or a new one there. Every experience becomes durable as it
    /// is stored, without any call waiting for the disk; after a crash it is the same brain, to the last
    /// bit, up to the last experience that was durable.
    ///
    /// Options are those of `Brain`, and must be those that an existing one was made with; without any
    /// the existing one is opened as it is. `durability` says what may be lost: 'power-cut' (the
    /// default: of either death, the last 20 ms), 'process-death' (of a power cut, the last second) or
    /// 'on-request' (everything since `flush`). A snapshot is due every `snapshot_every` experiences, and
    /// taken in `consolidate`. Use it as a context manager, or `close` it. Raises DirectoryError (an
    /// OSError) if the directory is in use, damaged or no brain's, ConfigError for other settings.
    ///
    /// >>> import minbrain, tempfile
    /// >>> directory = tempfile.mkdtemp()
    /// >>> with minbrain.Brain.open(directory, sensors=1, actions=2) as brain:
    /// ...     decision = brain.decide([0.0])
    /// ...     learned = brain.learn([0.5])
    /// >>> with minbrain.Brain.open(directory) as brain:
    /// ...     brain.stats().experiences
    /// 1
    #[staticmethod]
    #[pyo3(signature = (directory, **options))]
    fn open(
        py: Python<'_>,
        directory: PathBuf,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let (options, fleet) = settings::without_fleet(options)?;
        let (config, keeping) = settings::keeping(options.as_ref())?;
        let opened = py.detach(|| {
            let mut kept = Kept::open(&directory, config, &keeping)?;
            fleet.map_or(Ok(()), |url| kept.join(&url, Some(&directory)))?;
            Ok::<_, Failure>(kept)
        });
        Self::kept(opened.map_err(|failure| failure.raise(py))?, py)
    }

    /// Waits until everything so far is on the device. Not for a control loop. Raises DirectoryError if
    /// the disk has failed. Nothing to do for a brain that is only in RAM.
    fn flush(&self, py: Python<'_>) -> PyResult<()> {
        self.inside.work(py, Kept::flush)
    }

    /// How far the disk has come, without waiting for it: `acknowledged_id`, `waiting_entries`,
    /// `lost_records`, `snapshots`, `is_poisoned` and more; None for a brain that is only in RAM.
    fn status<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let status = self.inside.look(py, Kept::status)?.map_err(|failure| failure.raise(py))?;
        status.map(|status| status_to_python(py, &status)).transpose()
    }

    /// How the brain and its fleet get on: `is_connected`, `schema`, `acknowledged`, `waiting`,
    /// `adopted`, `answered`, `refused` and `trouble`, in words or None; None for a brain without a fleet.
    fn fleet_status<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let status = self.inside.look(py, Kept::fleet_status)?;
        status.map(|status| fleet_to_python(py, &status)).transpose()
    }

    /// Takes a snapshot, waits until everything is on the device and, if its fleet is there, published,
    /// and frees the directory. Every later call raises ClosedError, but `close`.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.inside.work(py, Kept::close)
    }

    fn __enter__(this: Py<Self>) -> Py<Self> {
        this
    }

    #[pyo3(signature = (*_error))]
    fn __exit__(&self, py: Python<'_>, _error: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.close(py)
    }

    fn __reduce__<'py>(
        this: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let bytes = this.get().to_bytes(this.py())?;
        Ok((this.get_type().getattr("from_bytes")?, (bytes,)))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let looked = |brain: &minbrain::Brain| (brain.config().sensors, brain.stats());
        let (sensors, stats) = self.look(py, looked)?;
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

fn fleet_to_python<'py>(py: Python<'py>, status: &FleetStatus) -> PyResult<Bound<'py, PyDict>> {
    let told = PyDict::new(py);
    told.set_item("is_connected", status.is_connected)?;
    told.set_item("schema", status.schema.as_deref())?;
    told.set_item("acknowledged", status.acknowledged)?;
    told.set_item("waiting", status.waiting)?;
    told.set_item("adopted", status.adopted)?;
    told.set_item("answered", status.answered)?;
    told.set_item("refused", status.refused)?;
    told.set_item("trouble", status.trouble.as_ref().map(ToString::to_string))?;
    Ok(told)
}

fn status_to_python<'py>(py: Python<'py>, status: &Status) -> PyResult<Bound<'py, PyDict>> {
    let told = PyDict::new(py);
    told.set_item("acknowledged_id", status.acknowledged_id)?;
    told.set_item("pushed_id", status.pushed_id)?;
    told.set_item("waiting_entries", status.waiting_entries)?;
    told.set_item("lost_records", status.lost_records)?;
    told.set_item("lost_evictions", status.lost_evictions)?;
    told.set_item("commits", status.commits)?;
    told.set_item("snapshots", status.snapshots)?;
    told.set_item("entries_since_snapshot", status.entries_since_snapshot)?;
    told.set_item("is_poisoned", status.is_poisoned)?;
    Ok(told)
}
