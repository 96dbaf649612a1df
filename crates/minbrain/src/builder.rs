//! How a brain is made: its settings one by one, and a check of all of them.

use minbrain_kernels::Isa;

use crate::action::ActionSpace;
use crate::brain::Brain;
use crate::budget::Budget;
use crate::config::{Config, Exploration, Forgetting, Hold, Policy};
use crate::crossover::Crossover;
use crate::error::BrainError;
use crate::metric::Metric;
use crate::space::Effort;
#[cfg(feature = "gpu")]
use crate::space::GpuHelp;

/// Collects the settings of a brain; [`build`](Self::build) checks them and makes it.
#[derive(Clone, Debug, Default)]
pub struct BrainBuilder {
    config: Config,
    pub(crate) crossover: Crossover,
    #[cfg(feature = "gpu")]
    pub(crate) help: Option<GpuHelp>,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $kind:ty;)*) => {
        $($(#[$doc])* #[must_use] pub fn $name(mut self, $name: $kind) -> Self {
            self.config.$name = $name;
            self
        })*
    };
}

impl BrainBuilder {
    setters! {
        /// How many values an observation has: 1 to 256. Must be set.
        sensors: usize;
        /// What the robot can do. Must be set.
        actions: ActionSpace;
        /// How much is kept, in experiences or bytes. Default: 20,000 experiences.
        budget: Budget;
        /// How an action is chosen. Default: [`Policy::Consensus`].
        policy: Policy;
        /// Whether it tries out what it does not know. Default: [`Exploration::Annealed`].
        exploration: Exploration;
        /// For how long an action that was chosen by value is kept. Default: [`Hold::Cycles(1)`](Hold).
        hold: Hold;
        /// Most work units of a plan, in which actions of several dimensions are chosen by value: the
        /// more, the better the plan and the longer the decision. 0 follows the plan in hand. Default:
        /// 5,000.
        plan_units: u32;
        /// How many of its last actions count as context when demonstrations are compared: 0 or 1.
        /// Default:
        /// 0. Take 1 where whoever demonstrates goes by more than the newest observation, and is asked
        /// while the brain acts; with recordings alone it makes the brain repeat itself
        /// (docs/learning.md).
        history: usize;
        /// What is forgotten. Default: [`Forgetting::Coverage`].
        forgetting: Forgetting;
        /// How observations are compared. Default: [`Metric::Euclidean`].
        metric: Metric;
        /// Where random numbers start. Same seed and same inputs: the same decisions. Default: 0.
        seed: u64;
        /// How many experiences a decision recalls: 1 to 256. Default: 20.
        neighbours: usize;
        /// Most associations per experience: 1 to 32. Default: 20.
        associations: usize;
        /// Least similarity of an association and of a vote, 0 to 1. Default: 0.3.
        min_similarity: f32;
        /// What share of an activation reaches a neighbour of similarity 1 in one hop, 0 to 1.
        /// Default: 0.1.
        spread_per_hop: f32;
        /// What share of an activation is left after one cycle, 0 to 1; after 256 cycles nothing
        /// is. Default: 0.9.
        decay_per_cycle: f32;
        /// How many microseconds a cycle stands for, unless [`Brain::set_time_us`] tells the time.
        /// Default: 20,000.
        cycle_period_us: u64;
        /// How far recall goes. Default: [`Effort::Exact`]; anything less is an approximation, which
        /// measures itself ([`Stats::recall`](crate::Stats::recall)).
        recall_effort: Effort;
        /// The instructions to compute with; `None`, the default, for the fastest that the
        /// processor has. Results are the same bits for the same instructions; `Isa::Scalar` gives
        /// the same on every machine.
        isa: Option<Isa>;
    }

    /// From how many experiences on recalls are put to a GPU, and count for as much work as reading every
    /// block, whoever answers. Default: [`Crossover::NEVER`].
    #[must_use]
    pub fn crossover(mut self, crossover: Crossover) -> Self {
        self.crossover = crossover;
        self
    }

    /// The GPU that recalls past the [crossover](Self::crossover) are put to. Default: none.
    #[cfg(feature = "gpu")]
    #[must_use]
    pub fn gpu(mut self, help: GpuHelp) -> Self {
        self.help = Some(help);
        self
    }

    /// Takes over a whole [`Config`].
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Checks the settings and makes the brain. Reserves address space for the whole budget;
    /// pages are touched only as experiences come.
    ///
    /// # Errors
    /// [`BrainError::Config`] names the first setting out of range, [`BrainError::OutOfMemory`]
    /// the budget for which no room could be reserved.
    pub fn build(self) -> Result<Brain, BrainError> {
        let crossover = self.crossover;
        #[cfg(feature = "gpu")]
        let help = self.help.clone();
        let mut brain = Brain::from_config(self.into_config()?)?;
        brain.set_crossover(crossover);
        #[cfg(feature = "gpu")]
        brain.attach(help);
        Ok(brain)
    }

    /// The settings, checked.
    pub(crate) fn into_config(self) -> Result<Config, BrainError> {
        self.config.validate()?;
        Ok(self.config)
    }
}
