//! The state that the stages of a cycle work on.

use crate::clock::Clock;
use crate::config::{Config, Forgetting};
use crate::cycle::{Cycle, Utility};
use crate::drive::Drive;
use crate::error::BrainError;
use crate::experiences::{Experiences, bytes_each, bytes_fixed};
use crate::image::{Image, ImageError, Reader, Writer};
use crate::insight::Evictions;
use crate::limits::MAX_EVICTIONS;
use crate::planning::Planner;
use crate::seed::Random;
use crate::telemetry::Stats;
use crate::value::Review;
use crate::working_memory::WorkingMemory;

/// All that a brain is: its settings, what it knows, what is active, and the cycle under way.
#[derive(Clone, Debug)]
pub(crate) struct Mind {
    pub(crate) config: Config,
    pub(crate) known: Experiences,
    pub(crate) working_memory: WorkingMemory,
    pub(crate) cycle: Cycle,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) drive: Drive,
    pub(crate) telemetry: Stats,
    pub(crate) utility: Utility,
    /// Chooses continuous actions by value; absent if there is nothing to plan.
    pub(crate) planner: Option<Box<Planner>>,
    /// How each sensor changed in the cycle that is learned from.
    pub(crate) change: Vec<f32>,
    /// The slot that was written last.
    pub(crate) newest: u32,
    /// Whose values are looked at next.
    pub(crate) review: Review,
    /// What was forgotten last, for people to see.
    pub(crate) evictions: Evictions,
    /// The slot that consolidation looked at last.
    pub(crate) consolidated: usize,
    /// The experiences that the last outcome displaced.
    pub(crate) forgotten: Vec<u64>,
}

impl Mind {
    /// Nothing is known yet; room is reserved for what the budget allows.
    pub(crate) fn new(config: Config) -> Result<Self, BrainError> {
        let known = Experiences::new(&config)?;
        let slots = known.capacity + 1;
        let refused = |_| BrainError::OutOfMemory {
            experiences: known.capacity,
            bytes: slots.saturating_mul(bytes_each(&config)),
        };
        let plans = Planner::is_for(&config).then(|| Box::new(Planner::new(&config, known.kernel)));
        let mut forgotten = Vec::new();
        let at_once = if config.forgetting == Forgetting::Utility { slots } else { MAX_EVICTIONS };
        forgotten.try_reserve_exact(at_once).map_err(refused)?;
        let telemetry = Stats {
            capacity: known.capacity,
            bytes_fixed: bytes_fixed(&config),
            forgetting: config.forgetting,
            ..Stats::default()
        };
        Ok(Self {
            working_memory: WorkingMemory::new(config.decay_per_cycle, slots).map_err(refused)?,
            utility: Utility::new(config.forgetting, slots).map_err(refused)?,
            planner: plans,
            cycle: Cycle::new(&config, known.kernel),
            clock: Clock::new(config.cycle_period_us),
            random: Random::new(config.seed),
            drive: Drive::new(),
            telemetry,
            change: vec![0.0; config.sensors],
            newest: 0,
            review: Review::new(&config),
            evictions: Evictions::new(),
            consolidated: 0,
            forgotten,
            known,
            config,
        })
    }
}

/// What a decision was made from is not kept: whoever is restored has given it up.
impl Image for Mind {
    fn write(&self, out: &mut Writer<'_>) {
        let Self { config: _, known, working_memory, cycle, clock, random, drive, .. } = self;
        known.write(out);
        working_memory.write(out);
        cycle.write(out);
        clock.write(out);
        random.write(out);
        drive.write(out);
        let Self { telemetry, utility, planner, change: _, newest, review, consolidated, .. } =
            self;
        telemetry.write(out);
        utility.write(out);
        newest.write(out);
        review.write(out);
        consolidated.write(out);
        planner.iter().for_each(|planner| planner.write(out));
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), ImageError> {
        self.known.read(from)?;
        let slots = self.known.columns.slots();
        self.working_memory.read(from)?;
        from.check(|| self.working_memory.is_sound(slots), "active slots")?;
        self.cycle.read(from)?;
        from.check(|| self.cycle.holding.is_sound(&self.config), "an action of this space")?;
        let is_sound = self.cycle.context.is_sound(&self.config.actions);
        from.check(|| is_sound && self.cycle.imitation.is_sound(), "a context of this space")?;
        self.clock.read(from)?;
        self.random.read(from)?;
        self.drive.read(from)?;
        self.telemetry.read(from)?;
        self.utility.read(from)?;
        self.newest.read(from)?;
        self.review.read(from)?;
        self.consolidated.read(from)?;
        let are_slots = [self.newest as usize, self.consolidated].iter().all(|&s| s < slots.max(1));
        from.check(|| are_slots && self.review.is_sound(slots), "slots that there are")?;
        self.planner.iter_mut().try_for_each(|planner| {
            planner.read(from)?;
            from.check(|| planner.is_sound(), "a plan within its bounds")
        })
    }
}
