//! All that a brain knows, kept in step: the experiences in their columns, where they lie, how
//! they are associated, and what was learned over all of them.

use minbrain_kernels::{Kernel, Probe};

use crate::action::{Action, ActionSpace};
use crate::association::Associations;
use crate::columns::{Columns, Facts};
use crate::config::Config;
use crate::demonstrations::Demonstrations;
use crate::error::BrainError;
use crate::experience::{Experience, ExperienceId};
use crate::fingerprint::Fingerprint;
use crate::image::{Image, ImageError, Reader, Writer, write_all};
use crate::limits::MAX_PLAN_DIMS;
use crate::metric::Metric;
use crate::planning::Planner;
use crate::prior::LinearPrior;
use crate::relevance::Relevance;
use crate::scale::Scale;
use crate::space::{Among, Space};
use crate::stacking::Stacking;
use crate::value::{Fitting, Values};
use crate::working_memory::WorkingMemory;

/// What remains of how lines and means did after each cycle: a memory of about a thousand.
const BLEND_KEPT: f64 = 0.999;

/// Experiences and what they share.
#[derive(Clone, Debug)]
pub(crate) struct Experiences {
    pub(crate) columns: Columns,
    pub(crate) space: Space,
    /// Where each experience arrived, with its action, where plans are made: keys for rewards.
    pub(crate) arrivals: Option<Space>,
    /// Where something was demonstrated, if the brain imitates.
    pub(crate) demonstrations: Option<Demonstrations>,
    pub(crate) associations: Associations,
    pub(crate) values: Values,
    pub(crate) scale: Scale,
    pub(crate) prior: LinearPrior,
    /// How far to trust the local line, and the neighbours' mean.
    pub(crate) blend: Stacking,
    pub(crate) relevance: Relevance,
    pub(crate) capacity: usize,
    /// Most bytes that the experiences may take; blocks are not always as full as the capacity
    /// assumes.
    most_bytes: usize,
    pub(crate) kernel: Kernel,
}

impl Experiences {
    /// Room for what the budget allows.
    pub(crate) fn new(config: &Config) -> Result<Self, BrainError> {
        let kernel = config.kernel()?;
        let capacity = config.budget.experiences(bytes_each(config), bytes_fixed(config))?;
        // A new experience is stored before an old one is forgotten: one place to spare.
        let slots = capacity + 1;
        let refused = |_| BrainError::OutOfMemory {
            experiences: capacity,
            bytes: slots.saturating_mul(bytes_each(config)),
        };
        let (sensors, dims) = (config.sensors, config.key_dims());
        let parts = config.actions.parts();
        let shape = (sensors, dims);
        let arrivals = Planner::is_for(config)
            .then(|| Space::new((kernel, Metric::Euclidean), shape, 1, slots))
            .transpose();
        let demonstrations = Demonstrations::are_kept(config)
            .then(|| Demonstrations::new(config, kernel, slots))
            .transpose();
        let mut space =
            Space::new((kernel, config.metric), shape, parts, slots).map_err(refused)?;
        space.set_effort(config.recall_effort);
        Ok(Self {
            arrivals: arrivals.map_err(refused)?,
            demonstrations: demonstrations.map_err(refused)?,
            columns: Columns::new(sensors, slots).map_err(refused)?,
            space,
            associations: Associations::new(config.associations, slots).map_err(refused)?,
            values: Values::new(config, slots).map_err(refused)?,
            scale: Scale::new(sensors, &config.actions),
            prior: LinearPrior::new(dims, sensors, parts),
            blend: Stacking::new(sensors, BLEND_KEPT),
            relevance: Relevance::new(config),
            capacity,
            most_bytes: config.budget.bytes(bytes_fixed(config)),
            kernel,
        })
    }

    /// Stores an experience and returns its slot.
    pub(crate) fn insert(&mut self, key: &[f32], facts: Facts<'_>) -> u32 {
        let slot = self.columns.insert(facts);
        self.space.insert(facts.part, slot, key, self.scale.weights());
        self.associations.admit(slot);
        self.arrive(slot, key);
        slot
    }

    /// Takes in where the experience in `slot`, with this key, arrived.
    fn arrive(&mut self, slot: u32, key: &[f32]) {
        let Some(arrivals) = &mut self.arrivals else { return };
        let mut arrival = [0.0; MAX_PLAN_DIMS];
        let arrival = &mut arrival[..key.len()];
        arrival.copy_from_slice(key);
        let outcome = self.columns.outcome(slot);
        arrival[..outcome.len()].copy_from_slice(outcome);
        arrivals.insert(0, slot, arrival, self.scale.weights());
    }

    /// Forgets the experience in `slot`.
    pub(crate) fn remove(&mut self, slot: u32) {
        if let Some(demonstrations) = &mut self.demonstrations
            && self.columns.is_shown(slot)
        {
            demonstrations.remove(slot);
        }
        self.associations.release(slot);
        self.space.remove(self.part(slot), slot);
        self.values.forget(slot);
        self.columns.remove(slot);
        if let Some(arrivals) = &mut self.arrivals {
            arrivals.remove(0, slot);
        }
    }

    /// Lets relevance count in distances as it does by now.
    pub(crate) fn weigh_by_relevance(&mut self) {
        self.scale.weigh_by(&self.relevance);
    }

    /// Which discrete action the experience took; 0 if actions are continuous.
    #[inline]
    pub(crate) fn part(&self, slot: u32) -> usize {
        self.columns.part(slot)
    }

    pub(crate) fn id(&self, slot: u32) -> ExperienceId {
        ExperienceId(self.columns.ids[slot as usize])
    }

    /// Compares whole keys, among the experiences of one part.
    pub(crate) fn probe<'a>(&'a self, part: usize, key: &'a [f32]) -> (Probe<'a>, Among) {
        (Probe { key, weights: self.scale.weights() }, Among::Part(part))
    }

    /// Compares observations, among all experiences.
    pub(crate) fn observation_probe<'a>(&'a self, key: &'a [f32]) -> (Probe<'a>, Among) {
        (Probe { key, weights: self.scale.observation_weights() }, Among::All)
    }

    /// Everything about the experience in `slot`, copied out.
    pub(crate) fn describe(&self, slot: u32, config: &Config) -> Experience {
        let at = slot as usize;
        let mut key = vec![0.0; config.key_dims()];
        self.space.copy_key(slot, &mut key);
        let acted = key.split_off(config.sensors);
        let action = match config.actions {
            ActionSpace::Discrete(_) => Action::Discrete(self.part(slot)),
            ActionSpace::Continuous(_) => Action::Continuous(acted),
        };
        let links = self.associations.of(slot, &self.columns.ids);
        let mut associations: Vec<_> = links.map(|l| (self.id(l.slot), l.strength)).collect();
        associations.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        Experience {
            id: self.id(slot),
            observation: key,
            action,
            outcome: self.columns.outcome(slot).to_vec(),
            reward: self.columns.rewards[at],
            ended: self.columns.ended[at],
            time_us: self.columns.times_us[at],
            surprise: self.columns.surprises[at],
            confidence: self.columns.confidence(slot),
            origin: self.columns.origin(slot),
            access_count: u32::from(self.columns.access_counts[at]),
            associations,
        }
    }

    /// Bytes that the experiences take now, over all columns.
    pub(crate) fn bytes(&self, config: &Config) -> usize {
        let beside = Associations::bytes_each(config.associations)
            + WorkingMemory::BYTES_EACH
            + Values::bytes_each(config);
        let arrivals = self.arrivals.as_ref().map_or(0, Space::bytes);
        let demonstrations = self.demonstrations.as_ref().map_or(0, Demonstrations::bytes);
        let spaces = self.space.bytes() + arrivals + demonstrations;
        self.columns.bytes() + self.columns.slots() * beside + spaces
    }

    /// Whether so many experiences more would be too many, or might take too many bytes.
    pub(crate) fn is_over_budget(&self, config: &Config, more: usize) -> bool {
        let arrivals = self.arrivals.as_ref().map_or(0, Space::growth_bytes);
        let shown = self.demonstrations.as_ref().map_or(0, Demonstrations::growth_bytes);
        let growth = self.space.growth_bytes() + arrivals + shown;
        let room = GROWTH_MARGIN * growth + bytes_each(config);
        self.columns.len() + more > self.capacity || self.bytes(config) + room > self.most_bytes
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        self.columns.fingerprint(print);
        self.space.fingerprint(print);
        if let Some(arrivals) = &self.arrivals {
            arrivals.fingerprint(print);
        }
        if let Some(demonstrations) = &self.demonstrations {
            demonstrations.fingerprint(print);
        }
        self.associations.fingerprint(print);
        self.values.fingerprint(print);
        self.scale.fingerprint(print);
        self.prior.fingerprint(print);
        self.blend.fingerprint(print);
        self.relevance.fingerprint(print);
    }
}

/// Room for so many blocks is kept free: forgetting answers to growth with a delay.
const GROWTH_MARGIN: usize = 4;

/// Bytes that one experience takes, over all columns.
pub(crate) fn bytes_each(config: &Config) -> usize {
    let arrival = Space::bytes_each(Metric::Euclidean, config.key_dims());
    Columns::bytes_each(config.sensors)
        + size_of::<u32>()
        + if Planner::is_for(config) { arrival } else { 0 }
        + if Demonstrations::are_kept(config) { Demonstrations::bytes_each(config) } else { 0 }
        + Space::bytes_each(config.metric, config.key_dims())
        + Associations::bytes_each(config.associations)
        + WorkingMemory::BYTES_EACH
        + Values::bytes_each(config)
}

/// Bytes for what does not grow with the experiences: the linear prior, trends, and one place to spare for
/// an experience and for a block per part.
pub(crate) fn bytes_fixed(config: &Config) -> usize {
    let rows = config.key_dims() + 1;
    let per_part = rows * rows * size_of::<f64>() + 3 * rows * config.sensors * size_of::<f32>();
    let lanes = config.key_dims() + usize::from(config.metric == Metric::Cosine);
    let block = minbrain_kernels::LANES * (lanes + 1) * size_of::<f32>();
    let planner = if Planner::is_for(config) { Planner::bytes(config) + block } else { 0 };
    let dims = Demonstrations::dims(config);
    let (rows, width) = (dims + 1, config.actions.width());
    let shown = minbrain_kernels::LANES * rows * size_of::<f32>()
        + rows * rows * size_of::<f64>()
        + 3 * rows * width * size_of::<f32>();
    let shown = if Demonstrations::are_kept(config) { shown } else { 0 };
    let trend = Fitting::bytes(config) + shown;
    config.actions.parts() * (per_part + block) + bytes_each(config) + planner + trend
}

impl Image for Experiences {
    fn write(&self, out: &mut Writer<'_>) {
        let Self { columns, space, arrivals, demonstrations, .. } = self;
        columns.write(out);
        space.write(out);
        write_all(arrivals.as_slice(), out);
        write_all(demonstrations.as_slice(), out);
        let Self { associations, values, scale, .. } = self;
        associations.write(out);
        values.write(out);
        scale.write(out);
        let Self { prior, blend, relevance, capacity: _, most_bytes: _, kernel: _, .. } = self;
        prior.write(out);
        blend.write(out);
        relevance.write(out);
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), ImageError> {
        self.columns.read(from)?;
        from.check(|| self.columns.is_sound(self.prior.parts()), "columns that fit together")?;
        for space in [&mut self.space].into_iter().chain(&mut self.arrivals) {
            space.read(from)?;
            let keys = self.columns.len();
            from.check(|| space.is_sound(&self.columns, keys), "a tree of blocks")?;
        }
        if let Some(demonstrations) = &mut self.demonstrations {
            demonstrations.read(from)?;
            from.check(|| demonstrations.is_sound(&self.columns), "a tree of demonstrations")?;
        }
        let slots = self.columns.slots();
        self.associations.read(from)?;
        from.check(|| self.associations.is_sound(slots), "links between slots")?;
        self.values.read(from)?;
        from.check(|| self.values.is_sound(slots), "values of slots")?;
        self.scale.read(from)?;
        from.check(|| self.scale.is_sound(), "what was sensed first")?;
        self.prior.read(from)?;
        self.blend.read(from)?;
        self.relevance.read(from)
    }
}
