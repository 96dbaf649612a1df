//! The brain: what users hold in their hands.

use minbrain_kernels::{Isa, TopK};

use crate::action::Action;
use crate::builder::BrainBuilder;
use crate::config::{Config, Exploration};
use crate::crossover::Crossover;
use crate::cycle::{self, Half, check_observation};
use crate::decision::{Activated, Decision, Learned, Method, Neighbour, Outcome, Prediction};
use crate::error::{BrainError, Problem};
use crate::experience::{Experience, ExperienceId, Foreign, Origin};
use crate::experiences::Experiences;
use crate::fingerprint::Fingerprint;
use crate::limits::MAX_NEIGHBOURS;
use crate::mind::Mind;
#[cfg(feature = "gpu")]
use crate::space::GpuHelp;
use crate::telemetry::Stats;

/// A memory of experiences that decides and learns.
///
/// A control cycle is [`decide`](Self::decide), moving the robot, and [`learn`](Self::learn). Both
/// are bounded, and allocate nothing once the first 32 outcomes are learned.
/// [`consolidate`](Self::consolidate) uses idle time. The brain reads no clock, draws no random
/// number of its own and starts no thread: the same seed and the same calls give the same answers.
///
/// A call that returns an error has changed nothing.
///
/// A clone answers alike, but has no room reserved beyond what it holds: until its budget is full,
/// it allocates as it grows.
#[derive(Clone, Debug)]
pub struct Brain {
    pub(crate) mind: Mind,
}

impl Brain {
    /// Collects the settings of a new brain.
    pub fn builder() -> BrainBuilder {
        BrainBuilder::default()
    }

    /// A brain with these settings, which were checked.
    pub(crate) fn from_config(config: Config) -> Result<Self, BrainError> {
        Ok(Self { mind: Mind::new(config)? })
    }

    /// What to do now. `observation` has one finite value per sensor, in any units.
    ///
    /// The decision waits for its outcome, which [`learn`](Self::learn) takes. Deciding again
    /// instead gives the first decision up. Cost: two passes over the experiences at most, and one
    /// regression.
    ///
    /// # Errors
    /// [`BrainError::Input`] for a wrong number of values, for NaN, infinities and magnitudes over
    /// 1e15, and for a zero vector under [`Metric::Cosine`](crate::Metric::Cosine).
    pub fn decide(&mut self, observation: &[f32]) -> Result<&Decision, BrainError> {
        cycle::advance(&mut self.mind, Half::Decide { observation, given: None })?;
        Ok(&self.mind.cycle.decision)
    }

    /// The same cycle while somebody else acts: a teacher, a recording, a safety layer. The
    /// decision carries `action`, and what is predicted for it.
    ///
    /// # Errors
    /// As [`decide`](Self::decide), and [`BrainError::Input`] for an action outside the space.
    pub fn accompany(
        &mut self,
        observation: &[f32],
        action: &Action,
    ) -> Result<&Decision, BrainError> {
        cycle::advance(&mut self.mind, Half::Decide { observation, given: Some(action) })?;
        Ok(&self.mind.cycle.decision)
    }

    /// Takes up a decision that was made before and given up since, as one brain does that serves
    /// several robots in turn: its outcome can be learned then. `chosen` says how and with what
    /// confidence the action was chosen. Cost: as [`accompany`](Self::accompany).
    ///
    /// # Errors
    /// As [`accompany`](Self::accompany).
    pub fn resume(
        &mut self,
        observation: &[f32],
        action: &Action,
        chosen: (Method, f32),
    ) -> Result<&Decision, BrainError> {
        self.accompany(observation, action)?;
        let decision = &mut self.mind.cycle.decision;
        (decision.method, decision.confidence) = chosen;
        Ok(&self.mind.cycle.decision)
    }

    /// What followed the last decision: stores the experience, and forgets another one if the
    /// budget is full. Cost: one column write, two updates quadratic in the sensors, and, when one
    /// is forgotten, at most one pass over the experiences of one action and a regression.
    ///
    /// # Errors
    /// [`BrainError::NothingDecided`] if no decision waits, [`BrainError::Input`] for an outcome
    /// that [`decide`](Self::decide) would refuse, or such a reward.
    pub fn learn(&mut self, outcome: Outcome<'_>) -> Result<Learned, BrainError> {
        cycle::advance(&mut self.mind, Half::Learn(outcome))
    }

    /// Takes in what another robot of the same kind lived through, as if the brain had: it is
    /// recalled, predicts, supports values and can be forgotten. It never counts as a success of its
    /// own, is no demonstration and takes no time. A decision that waits for its outcome is given up;
    /// [`resume`](Self::resume) takes it up again. A brain that acts by value makes most of it when it
    /// [consolidates](Self::consolidate) next. Cost: as deciding and learning.
    ///
    /// # Errors
    /// [`BrainError::Input`] for what [`accompany`](Self::accompany) and [`learn`](Self::learn) would
    /// refuse, and for a confidence that is not 0 to 1.
    pub fn adopt(&mut self, foreign: Foreign<'_>) -> Result<Learned, BrainError> {
        cycle::advance(&mut self.mind, Half::Adopt(foreign))
    }

    /// The decision that waits for its outcome.
    pub fn waiting(&self) -> Option<&Decision> {
        self.mind.cycle.is_waiting.then_some(&self.mind.cycle.decision)
    }

    /// The next decision does not follow from the last outcome: a time limit, a gap in a recording,
    /// a robot that was lifted. Gives up a waiting decision and empties working memory.
    pub fn interrupt(&mut self) {
        let Mind { cycle, working_memory, known, drive, planner, random, .. } = &mut self.mind;
        cycle.is_waiting = false;
        cycle.imitation.interrupt();
        cycle.persistence.interrupt();
        cycle.context.clear();
        cycle.holding.release();
        working_memory.interrupt();
        known.values.interrupt();
        drive.finish(random);
        if let Some(planner) = planner {
            planner.interrupt(random);
        }
    }

    /// Uses idle time for upkeep, in a slice of about `work_units` units (see
    /// [`Decision::work_units`]), fewer once every experience was looked at. Returns the units
    /// used; they exceed `work_units` by one experience's at most. A brain that acts by value
    /// learns most of what it learns here.
    pub fn consolidate(&mut self, work_units: u32) -> u32 {
        cycle::consolidate(&mut self.mind, work_units)
    }

    /// The `k` most similar experiences, nearest first, exactly; fewer if there are fewer.
    /// `weight` is 0 in all of them: nothing is decided. Cost: one pass over the experiences.
    ///
    /// # Errors
    /// [`BrainError::Input`] for an observation that [`decide`](Self::decide) would refuse, and
    /// for a `k` that is not 1 to 256.
    pub fn recall(&self, observation: &[f32], k: usize) -> Result<Vec<Neighbour>, BrainError> {
        let Mind { config, known, .. } = &self.mind;
        check_observation(config, observation)?;
        if !(1..=MAX_NEIGHBOURS).contains(&k) {
            return Err(BrainError::input("k", Problem::WrongCount { got: k })
                .expecting(format!("1 to {MAX_NEIGHBOURS}")));
        }
        let mut key = observation.to_vec();
        key.resize(config.key_dims(), 0.0);
        let (probe, among) = known.observation_probe(&key);
        let mut found = TopK::with_capacity(k);
        found.reset(k);
        known.space.nearest(probe, among, &mut found);
        let neighbours = found.iter().map(|f| Neighbour {
            id: known.id(f.slot),
            distance: f.distance,
            similarity: config.metric.similarity(f.distance, config.sensors),
            weight: 0.0,
        });
        Ok(neighbours.collect())
    }

    /// What `action` would lead to, without deciding anything. Cost: a pass over the experiences of
    /// one action, a regression, and some allocations.
    ///
    /// # Errors
    /// [`BrainError::Input`] for an observation or action that [`accompany`](Self::accompany) would
    /// refuse.
    pub fn predict(&self, observation: &[f32], action: &Action) -> Result<Prediction, BrainError> {
        check_observation(&self.mind.config, observation)?;
        self.mind.config.actions.check(action)?;
        Ok(cycle::predict(&self.mind, observation, action))
    }

    /// The most active experiences, strongest first; at most 32.
    pub fn working_memory(&self) -> Vec<Activated> {
        let name = |slot| self.mind.known.id(slot);
        let strongest = self.mind.working_memory.strongest();
        strongest.map(|(slot, activation)| Activated { id: name(slot), activation }).collect()
    }

    /// Everything about an experience; `None` if it was forgotten or never was. Cost: one pass over
    /// the numbers of all experiences: for people and tools, not for the cycle.
    pub fn experience(&self, id: ExperienceId) -> Option<Experience> {
        let slot = self.mind.known.columns.find(id.0)?;
        Some(self.mind.known.describe(slot, &self.mind.config))
    }

    /// The experiences that the last outcome displaced, in the order in which they went.
    pub fn forgotten(&self) -> impl Iterator<Item = ExperienceId> {
        self.mind.forgotten.iter().copied().map(ExperienceId)
    }

    /// All experiences that are kept, in no order that means anything. Cost: a few allocations for
    /// each.
    pub fn experiences(&self) -> impl Iterator<Item = Experience> + '_ {
        let Mind { known, config, .. } = &self.mind;
        let slots = 0..known.columns.slots() as u32;
        let alive = slots.filter(|&slot| known.columns.is_alive(slot));
        alive.map(|slot| known.describe(slot, config))
    }

    /// The oldest experiences of its own, demonstrations among them, from number `first` on: `most` of
    /// them, in their order. Cost: a pass over the numbers of all, and a few allocations for each.
    pub fn own_from(&self, first: ExperienceId, most: usize) -> Vec<Experience> {
        let Mind { known: Experiences { columns, .. }, config, .. } = &self.mind;
        let is_own = |slot: u32| {
            columns.is_alive(slot)
                && columns.ids[slot as usize] >= first.0
                && columns.origin(slot) != Origin::Fleet
        };
        let mut slots: Vec<u32> = (0..columns.slots() as u32).filter(|&s| is_own(s)).collect();
        let id = |slot: &u32| columns.ids[*slot as usize];
        if most < slots.len() {
            slots.select_nth_unstable_by_key(most, id);
            slots.truncate(most);
        }
        slots.sort_unstable_by_key(id);
        slots.into_iter().map(|slot| self.mind.known.describe(slot, config)).collect()
    }

    /// What the brain has done so far.
    pub fn stats(&self) -> Stats {
        let Mind { known, config, telemetry, .. } = &self.mind;
        let (way, share_read) = known.space.way();
        let (recall, recall_samples) = known.space.measured_recall();
        let (experiences, bytes) = (known.columns.len(), known.bytes(config));
        let (crossover, gpu) = (known.space.crossover(), known.space.gpu_use());
        let now = Stats { experiences, bytes, crossover, gpu, ..*telemetry };
        Stats { way, share_read, recall, recall_samples, ..now }
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.mind.config
    }

    /// The instructions that it computes with.
    pub fn isa(&self) -> Isa {
        self.mind.known.kernel.isa()
    }

    /// The brain's time, in microseconds.
    pub fn time_us(&self) -> u64 {
        self.mind.clock.now_us
    }

    /// From now on explores, or does not: to judge what was learned, ask a clone that does not. An action
    /// that was held is let go.
    pub fn set_exploration(&mut self, exploration: Exploration) {
        self.mind.config.exploration = exploration;
        self.mind.cycle.holding.release();
    }

    /// Tells the time, which from then on only goes on when told. Experiences are stamped with it,
    /// and [`Forgetting::Utility`](crate::Forgetting::Utility) goes by it.
    ///
    /// # Errors
    /// [`BrainError::Input`] if it lies before the brain's time.
    pub fn set_time_us(&mut self, time_us: u64) -> Result<(), BrainError> {
        self.mind.clock.tell(time_us)
    }

    /// From now on puts recalls to a GPU past this crossover, whether there is one or not: what a
    /// recall counts for in work units follows from it, and nothing else.
    pub fn set_crossover(&mut self, crossover: Crossover) {
        self.mind.known.space.set_crossover(crossover);
    }

    /// Recalls past the [crossover](Self::set_crossover) are put to this GPU from now on; `None` for
    /// no GPU. No answer depends on it. A clone has none.
    ///
    /// Cost: compiles the GPU's programs the first time. Experiences are sent in the cycles and the
    /// idle time that follow, a bounded number of blocks in each; until all are there, the processor
    /// answers. A cycle that asks a GPU allocates.
    #[cfg(feature = "gpu")]
    pub fn attach(&mut self, help: Option<GpuHelp>) {
        self.mind.known.space.attach(help);
    }

    /// A hash of the whole state: equal for brains that will answer alike. Cost: a pass over
    /// everything.
    pub fn fingerprint(&self) -> u64 {
        let mut print = Fingerprint::new();
        let mind = &self.mind;
        mind.known.fingerprint(&mut print);
        mind.working_memory.fingerprint(&mut print);
        mind.cycle.fingerprint(&mut print);
        mind.random.fingerprint(&mut print);
        mind.drive.fingerprint(&mut print);
        mind.review.fingerprint(&mut print);
        if let Some(planner) = &mind.planner {
            planner.fingerprint(&mut print);
        }
        mind.clock.fingerprint(&mut print);
        print.word(mind.config.exploration as u64);
        print.word(mind.utility.last_us());
        print.word(mind.telemetry.decisions);
        print.word(mind.telemetry.learned);
        print.word(mind.telemetry.adopted);
        print.count(mind.consolidated);
        print.finish()
    }

    /// Replaces the waiting decision's prediction by the caller's own.
    pub(crate) fn expect(&mut self, outcome: &[f32]) {
        self.mind.cycle.decision.prediction.outcome.copy_from_slice(outcome);
        self.mind.cycle.is_told = true;
    }

    /// The numbers of all experiences, in no order.
    #[cfg(feature = "journal")]
    pub(crate) fn ids(&self) -> impl Iterator<Item = u64> {
        let columns = &self.mind.known.columns;
        let alive = (0..columns.slots() as u32).filter(|&slot| columns.is_alive(slot));
        alive.map(|slot| columns.ids[slot as usize])
    }

    /// The next experience has this number or a greater one.
    #[cfg(feature = "journal")]
    pub(crate) fn skip_to(&mut self, id: u64) {
        self.mind.known.columns.skip_to(id);
    }

    /// Checks an observation as [`decide`](Self::decide) would, and does nothing else.
    ///
    /// # Errors
    /// As [`decide`](Self::decide).
    pub fn check(&self, observation: &[f32]) -> Result<(), BrainError> {
        check_observation(&self.mind.config, observation)
    }

    /// Whether a decision for just this observation and action waits.
    pub(crate) fn is_waiting_for(&self, observation: &[f32], action: &Action) -> bool {
        let cycle = &self.mind.cycle;
        cycle.is_waiting
            && cycle.key[..self.mind.config.sensors] == *observation
            && cycle.decision.action == *action
    }
}
