//! The settings of a brain, validated once.

use minbrain_kernels::{Isa, Kernel};

use crate::action::ActionSpace;
use crate::budget::Budget;
use crate::error::BrainError;
use crate::limits::{
    MAX_ASSOCIATIONS, MAX_HISTORY, MAX_HOLD, MAX_NEIGHBOURS, MAX_PLAN_DIMS, MAX_SENSORS, PLAN_UNITS,
};
use crate::metric::Metric;
use crate::regression::neighbours_for;
use crate::space::Effort;

/// How an action is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// What the most similar experiences did, weighed by similarity, activation and how well
    /// their outcome was predicted: imitation, and the guide's behaviour. Ignores reward.
    #[default]
    Consensus,
    /// By what it will earn: each action's predicted reward, and the value of where it leads. What
    /// hardly anything is known of is worth a try.
    Value,
    /// What was demonstrated in places like this one: a local linear classifier of the action, or a
    /// local line through continuous ones. Ignores reward. Where
    /// [`Decision::confidence`](crate::Decision) is under 0.5, ask whoever can show it.
    Imitation,
}

/// Whether a brain that acts by value tries out what it does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exploration {
    /// In every episode until some reward was found, then in ever fewer.
    #[default]
    Annealed,
    /// Never: what looks best is done, or what was demonstrated where nothing is known to be better.
    Off,
}

/// For how long an action that was chosen by value is kept. Where one cycle changes less than the noise, no
/// model tells actions apart; held for a few cycles, each shows what it does. Plans look ahead by
/// themselves and are never held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// For so many cycles: 1 to 1,000. 1, the default, decides anew in every cycle.
    Cycles(u32),
    /// Until what it changes stands out four times from what could not be predicted lately, as far as
    /// sensors are relevant; 8 cycles at most.
    Measured,
}

impl Default for Hold {
    fn default() -> Self {
        Self::Cycles(1)
    }
}

/// Which experiences are forgotten when the budget is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Forgetting {
    /// What its neighbours can replace and predict, one per store: the distance to its nearest
    /// neighbour times the error with which it was predicted.
    #[default]
    Coverage,
    /// The guide's: access count x recency x prediction success, a tenth at a time, at most once a
    /// minute, above 80 % of the budget. The only policy that passes over all experiences.
    Utility,
    /// The oldest.
    Fifo,
    /// Any.
    Random,
    /// Nothing: once the budget is full, new experiences are no longer kept.
    None,
}

/// All settings of a brain. [`Brain::builder`](crate::Brain::builder) starts from the defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// How many values an observation has.
    pub sensors: usize,
    /// What the robot can do.
    pub actions: ActionSpace,
    /// How much is kept.
    pub budget: Budget,
    /// How an action is chosen.
    pub policy: Policy,
    /// Whether it tries out what it does not know. Only [`Policy::Value`] does.
    pub exploration: Exploration,
    /// For how long an action that was chosen by value is kept.
    pub hold: Hold,
    /// Most work units of a plan; 0 follows the plan in hand.
    pub plan_units: u32,
    /// How many of its last actions count as context when demonstrations are compared.
    pub history: usize,
    /// What is forgotten.
    pub forgetting: Forgetting,
    /// How observations are compared.
    pub metric: Metric,
    /// Where random numbers start.
    pub seed: u64,
    /// How many experiences a decision recalls.
    pub neighbours: usize,
    /// Most associations per experience.
    pub associations: usize,
    /// Least similarity of an association and of a vote, 0 to 1.
    pub min_similarity: f32,
    /// What share of an activation reaches a neighbour of similarity 1 in one hop.
    pub spread_per_hop: f32,
    /// What share of an activation is left after one cycle.
    pub decay_per_cycle: f32,
    /// How much time a cycle stands for while no other time is given.
    pub cycle_period_us: u64,
    /// How far recall goes.
    pub recall_effort: Effort,
    /// The instructions to compute with; `None` for the fastest that the processor has.
    pub isa: Option<Isa>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            sensors: 0,
            actions: ActionSpace::Discrete(0),
            budget: Budget::default(),
            policy: Policy::default(),
            exploration: Exploration::default(),
            hold: Hold::default(),
            plan_units: PLAN_UNITS,
            history: 0,
            forgetting: Forgetting::default(),
            metric: Metric::default(),
            seed: 0,
            neighbours: 20,
            associations: 20,
            min_similarity: 0.3,
            spread_per_hop: 0.1,
            decay_per_cycle: 0.9,
            cycle_period_us: 20_000,
            recall_effort: Effort::Exact,
            isa: None,
        }
    }
}

impl Config {
    /// Checks every setting.
    ///
    /// # Errors
    /// [`BrainError::Config`] for the first one out of range.
    pub fn validate(&self) -> Result<(), BrainError> {
        within("sensors", self.sensors, 1, MAX_SENSORS)?;
        self.actions.validate()?;
        self.budget.validate()?;
        within("neighbours", self.neighbours, 1, MAX_NEIGHBOURS)?;
        within("associations", self.associations, 1, MAX_ASSOCIATIONS)?;
        share("min_similarity", self.min_similarity)?;
        share("spread_per_hop", self.spread_per_hop)?;
        share("decay_per_cycle", self.decay_per_cycle)?;
        if let Hold::Cycles(cycles) = self.hold {
            within("hold", cycles as usize, 1, MAX_HOLD as usize)?;
        }
        within("history", self.history, 0, MAX_HISTORY)?;
        let dims = self.key_dims();
        if self.policy == Policy::Value && self.actions.dims() > 1 && dims > MAX_PLAN_DIMS {
            let expected = format!("at most {MAX_PLAN_DIMS} sensors and action dimensions");
            return Err(BrainError::config("policy", format!("consensus, or {expected}"), dims));
        }
        if self.recall_effort == Effort::Blocks(0) {
            return Err(BrainError::config("recall_effort", "1 block or more".into(), 0));
        }
        if self.cycle_period_us == 0 {
            return Err(BrainError::config("cycle_period_us", "1 or more".into(), 0));
        }
        Ok(())
    }

    /// The inner loops to use.
    pub(crate) fn kernel(&self) -> Result<Kernel, BrainError> {
        let Some(isa) = self.isa else { return Ok(Kernel::detect()) };
        let available = Isa::ALL.map(|isa| Kernel::forced(isa).map_or("", |_| isa.name()));
        let expected = || format!("one of {}", available.join(" ").trim());
        Kernel::forced(isa).ok_or_else(|| BrainError::config("isa", expected(), isa))
    }

    /// Dimensions of the space in which experiences are compared: sensors, and the dimensions of
    /// a continuous action.
    pub(crate) fn key_dims(&self) -> usize {
        self.sensors + self.actions.dims()
    }

    /// Values of a context: those of each action that counts.
    pub(crate) fn context_dims(&self) -> usize {
        self.history * self.actions.width()
    }

    /// How many neighbours a model of outcomes asks for.
    pub(crate) fn model_neighbours(&self) -> usize {
        neighbours_for(self.key_dims())
    }
}

fn within(field: &'static str, got: usize, low: usize, high: usize) -> Result<(), BrainError> {
    if (low..=high).contains(&got) {
        return Ok(());
    }
    Err(BrainError::config(field, format!("{low} to {high}"), got))
}

fn share(field: &'static str, got: f32) -> Result<(), BrainError> {
    if (0.0..=1.0).contains(&got) {
        return Ok(());
    }
    Err(BrainError::config(field, "0 to 1".into(), got))
}
