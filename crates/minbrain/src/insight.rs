//! A look into a brain, for people: what is active, who spoke, what each action was worth, what was
//! forgotten. Nothing in a cycle needs it.

use std::collections::VecDeque;

use crate::action::{Action, ActionSpace};
use crate::brain::Brain;
use crate::config::Policy;
use crate::cycle;
use crate::decision::Method;
use crate::experience::ExperienceId;
use crate::limits::REMEMBERED_EVICTIONS;

/// What goes on in a brain at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Insight {
    /// Working memory, strongest first, with the associations among its experiences.
    pub active: Vec<Active>,
    /// What the last decision recalled, nearest first; without those forgotten since.
    pub witnesses: Vec<Witness>,
    /// The actions that the last decision compared, each with its worth: its share of the votes by
    /// consensus, its expected return by value. Empty where none were compared: at random, by a
    /// plan, or where somebody else acted.
    pub considered: Vec<(Action, f32)>,
    /// What was forgotten last, newest last.
    pub forgotten: Vec<Forgotten>,
}

/// An active experience.
#[derive(Clone, Debug, PartialEq)]
pub struct Active {
    /// Which experience.
    pub id: ExperienceId,
    /// How active it is, 0 to 1.
    pub activation: f32,
    /// How wrong the prediction of its outcome was.
    pub surprise: f32,
    /// What it earned.
    pub reward: f32,
    /// Its associations with others that are active, each with the strength, 0 to 1.
    pub links: Vec<(ExperienceId, f32)>,
}

/// An experience that the last decision recalled.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// Which experience.
    pub id: ExperienceId,
    /// How similar, 0 to 1.
    pub similarity: f32,
    /// Its say in the decision, 0 to 1; 0 if it spoke for another action.
    pub weight: f32,
    /// What was done then.
    pub action: Action,
    /// What that earned.
    pub reward: f32,
}

/// An experience that is no more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forgotten {
    /// Which experience.
    pub id: ExperienceId,
    /// How many were stored after it, until it was forgotten.
    pub age_cycles: u64,
    /// How wrong the prediction of its outcome was.
    pub surprise: f32,
    /// How often it was recalled for a decision.
    pub access_count: u32,
}

/// The last few that were forgotten, in room that is reserved once.
#[derive(Clone, Debug)]
pub(crate) struct Evictions(VecDeque<Forgotten>);

impl Evictions {
    pub(crate) fn new() -> Self {
        Self(VecDeque::with_capacity(REMEMBERED_EVICTIONS))
    }

    pub(crate) fn push(&mut self, forgotten: Forgotten) {
        if self.0.len() == REMEMBERED_EVICTIONS {
            self.0.pop_front();
        }
        self.0.push_back(forgotten);
    }
}

impl Brain {
    /// What goes on right now, for people and tools. Cost: a look at each experience in working
    /// memory and each recalled one, and some allocations; no pass over the experiences.
    pub fn insight(&self) -> Insight {
        Insight {
            active: self.active(),
            witnesses: self.witnesses(),
            considered: self.considered(),
            forgotten: self.mind.evictions.0.iter().copied().collect(),
        }
    }

    fn active(&self) -> Vec<Active> {
        let known = &self.mind.known;
        let strongest: Vec<(u32, f32)> = self.mind.working_memory.strongest().collect();
        let is_active = |slot: u32| strongest.iter().any(|&(other, _)| other == slot);
        let describe = |&(slot, activation): &(u32, f32)| {
            let links = known.associations.of(slot, &known.columns.ids);
            let among = links.filter(|link| is_active(link.slot));
            Active {
                id: known.id(slot),
                activation,
                surprise: known.columns.surprises[slot as usize],
                reward: known.columns.rewards[slot as usize],
                links: among.map(|link| (known.id(link.slot), link.strength)).collect(),
            }
        };
        strongest.iter().map(describe).collect()
    }

    fn witnesses(&self) -> Vec<Witness> {
        let (known, cycle) = (&self.mind.known, &self.mind.cycle);
        let recalled = cycle.recalled.iter().zip(&cycle.decision.recalled);
        // A slot may have been given to another experience since.
        let same =
            recalled.filter(|(r, n)| known.columns.is_alive(r.slot) && known.id(r.slot) == n.id);
        let describe = |(r, n): (&cycle::Recalled, &crate::decision::Neighbour)| Witness {
            id: n.id,
            similarity: n.similarity,
            weight: n.weight,
            action: self.action_of(r.slot),
            reward: known.columns.rewards[r.slot as usize],
        };
        same.map(describe).collect()
    }

    fn action_of(&self, slot: u32) -> Action {
        let known = &self.mind.known;
        let sensors = self.mind.config.sensors;
        match &self.mind.config.actions {
            ActionSpace::Discrete(_) => Action::Discrete(known.part(slot)),
            ActionSpace::Continuous(bounds) => Action::Continuous(
                (0..bounds.len()).map(|dim| known.space.value(slot, sensors + dim)).collect(),
            ),
        }
    }

    fn considered(&self) -> Vec<(Action, f32)> {
        let (config, cycle) = (&self.mind.config, &self.mind.cycle);
        match (config.policy, cycle.decision.method) {
            (Policy::Consensus, Method::Consensus) if config.actions.dims() == 0 => {
                cycle.shares().map(|(action, share)| (Action::Discrete(action), share)).collect()
            }
            (Policy::Imitation, Method::Imitated) if config.actions.dims() == 0 => {
                let shares = cycle.imitation.shares();
                shares.map(|(action, share)| (Action::Discrete(action), share)).collect()
            }
            (Policy::Value, Method::Value | Method::Novelty | Method::Imitated) => {
                cycle::worths(&self.mind)
            }
            _ => Vec::new(),
        }
    }
}
