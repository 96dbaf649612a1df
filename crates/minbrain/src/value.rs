//! What experiences are worth, and the associations along which worth spreads.
//!
//! Every experience keeps, for each candidate action, a *branch*: the predicted reward, how likely
//! it ends the episode, how novel it is, and edges to the experiences around the place it leads to.
//! The edges are the weights of a local regression there, so the value of that place is a weighted
//! sum of known values: spreading activation along them is value propagation. Two values are kept
//! apart: the exploiting one counts what will be earned, the exploring one also what is unknown.

mod backup;
mod candidates;
mod edges;
mod gate;
mod lived;
mod lookahead;
mod review;
mod trend;

use std::collections::TryReserveError;

use crate::config::{Config, Policy};
use crate::decision::Outcome;
use crate::experience::Foreign;
use crate::fingerprint::Fingerprint;
use crate::image::{fixed, image};
pub(crate) use candidates::Candidates;
pub(crate) use edges::{Edge, EdgeList};
use gate::Gate;
use lived::Lived;
pub(crate) use lookahead::{Lookahead, Outlook};
pub(crate) use review::Review;
pub(crate) use trend::Fitting;
use trend::Trend;

/// What is left of a reward that comes one cycle later.
pub(crate) const DISCOUNT: f32 = 0.99;
/// How often the largest reward is hoped for where nothing is known.
const OPTIMISM: f32 = 5.0;
/// Edges per branch at most.
pub(crate) const EDGES: usize = 20;

/// The value of a place: what will be earned from there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Value {
    /// By doing what looks best.
    pub(crate) exploit: f64,
    /// By doing what looks best and novelty is worth something.
    pub(crate) explore: f64,
    /// How much novelty will be met by doing what looks best.
    pub(crate) unknown: f64,
}

impl Value {
    fn all(self) -> [f64; 3] {
        [self.exploit, self.explore, self.unknown]
    }

    /// Each kind put together with that of another value.
    #[inline]
    fn with(self, other: Self, put: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            exploit: put(self.exploit, other.exploit),
            explore: put(self.explore, other.explore),
            unknown: put(self.unknown, other.unknown),
        }
    }
}

/// What one action leads to, beside the edges.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Branch {
    pub(crate) reward: f32,
    /// How likely it ends the episode, 0 to 1.
    pub(crate) ended: f32,
    /// What is left of a reward that comes after it.
    pub(crate) discount: f32,
    /// How little is known of it: 0 to 1 for each cycle that the action is followed for.
    pub(crate) novelty: f32,
    /// What the place it leads to was worth when enough of its edges led somewhere.
    next: Value,
    /// What the trend of values says of that place beyond its edges.
    pub(crate) beyond: Value,
    /// How many of its edges are in use.
    edges: u8,
}

/// The values of all experiences. Empty for a brain that does not act by value.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    /// Candidate actions per experience; 0 if no values are kept.
    candidates: usize,
    values: Vec<Value>,
    branches: Vec<Branch>,
    edges: Vec<Edge>,
    /// How often each slot was reused.
    generations: Vec<u8>,
    /// What really came of each experience's own action.
    lived: Vec<Lived>,
    trend: Trend,
    gate: Gate,
    /// The largest reward of a step that did not end an episode, by magnitude.
    largest_reward: f32,
    /// The experience that was lived last, if the episode goes on.
    last: Option<Edge>,
    /// The one that was adopted last.
    last_adopted: Option<Edge>,
}

impl Values {
    /// Room for `slots` experiences.
    pub(crate) fn new(config: &Config, slots: usize) -> Result<Self, TryReserveError> {
        let candidates = candidates_of(config);
        let mut made = Self {
            candidates,
            values: Vec::new(),
            branches: Vec::new(),
            edges: Vec::new(),
            generations: Vec::new(),
            trend: Trend::new(config),
            gate: Gate::default(),
            lived: Vec::new(),
            largest_reward: 0.0,
            last: None,
            last_adopted: None,
        };
        if candidates > 0 {
            made.values.try_reserve_exact(slots)?;
            made.branches.try_reserve_exact(slots * candidates)?;
            made.edges.try_reserve_exact(slots * candidates * EDGES)?;
            made.lived.try_reserve_exact(slots)?;
            made.generations.try_reserve_exact(slots)?;
        }
        Ok(made)
    }

    /// Bytes for one more experience.
    pub(crate) fn bytes_each(config: &Config) -> usize {
        let candidates = candidates_of(config);
        let branch = size_of::<Branch>() + EDGES * size_of::<Edge>();
        candidates * branch
            + usize::from(candidates > 0)
                * (size_of::<Value>() + size_of::<Lived>() + size_of::<u8>())
    }

    /// Whether values are kept at all.
    pub(crate) fn is_kept(&self) -> bool {
        self.candidates > 0
    }

    /// Makes room for `slot` and starts it at `value`, after the experience that was lived last.
    pub(crate) fn insert(&mut self, slot: u32, value: Value) {
        let at = slot as usize;
        if at == self.values.len() {
            self.values.push(Value::default());
            self.lived.push(Lived::NOTHING);
            self.generations.push(0);
            self.branches.extend(std::iter::repeat_n(Branch::default(), self.candidates));
            self.edges.extend(std::iter::repeat_n(Edge::NONE, self.candidates * EDGES));
        }
        self.values[at] = value;
        self.lived[at] = Lived::after(self.last.unwrap_or(Edge::NONE));
        self.follow(self.last, slot);
        self.last = Some(self.edge(slot, 1.0));
    }

    /// What the experience in `slot` is worth.
    pub(crate) fn of(&self, slot: u32) -> Value {
        self.values[slot as usize]
    }

    /// How values lie from afar.
    pub(crate) fn trend(&self) -> &Trend {
        &self.trend
    }

    /// An edge to the experience in `slot`.
    pub(crate) fn edge(&self, slot: u32, weight: f32) -> Edge {
        Edge::new(slot, weight, &self.generations)
    }

    /// The experience in `slot` is forgotten: edges to it lead nowhere from now on.
    pub(crate) fn forget(&mut self, slot: u32) {
        if let Some(generation) = self.generations.get_mut(slot as usize) {
            *generation = generation.wrapping_add(1);
        }
    }

    /// The episode is over, or the next experience does not follow from the last.
    pub(crate) fn interrupt(&mut self) {
        self.last = None;
    }

    /// What is inserted next was lived by another robot, after the one that was adopted last if it
    /// follows from that. The own episode waits until [`resume`](Self::resume) is given what this
    /// returns.
    pub(crate) fn adopt(&mut self, foreign: Foreign<'_>) -> Option<Edge> {
        let after = self.last_adopted.take().filter(|_| foreign.follows);
        std::mem::replace(&mut self.last, after)
    }

    /// What is inserted from now on follows `own` again.
    pub(crate) fn resume(&mut self, own: Option<Edge>) {
        self.last_adopted = std::mem::replace(&mut self.last, own);
    }

    /// Takes a reward into account for what novelty is worth. What ends an episode is not counted: a
    /// prize at the end says nothing of what a step may earn.
    pub(crate) fn see(&mut self, outcome: Outcome<'_>) {
        if !outcome.ended {
            self.largest_reward = self.largest_reward.max(outcome.reward.abs());
        }
    }

    /// What complete novelty is worth. Before any reward was seen only novelty counts, so that its
    /// scale is of no account.
    pub(crate) fn bonus(&self) -> f64 {
        f64::from(if self.largest_reward > 0.0 { OPTIMISM * self.largest_reward } else { 1.0 })
    }

    /// Replaces what a candidate action at `slot` leads to.
    pub(crate) fn set_branch(&mut self, slot: u32, candidate: usize, outlook: &Outlook) {
        let branch = slot as usize * self.candidates + candidate;
        let edges = outlook.edges.as_slice();
        self.branches[branch] = Branch { edges: edges.len() as u8, ..outlook.branch };
        self.edges[branch * EDGES..][..edges.len()].copy_from_slice(edges);
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        for (value, lived) in self.values.iter().zip(&self.lived) {
            print.doubles(&value.all());
            lived.fingerprint(print);
        }
        for (at, branch) in self.branches.iter().enumerate() {
            print.floats(&[branch.reward, branch.ended, branch.discount, branch.novelty]);
            print.doubles(&branch.next.all());
            print.doubles(&branch.beyond.all());
            let edges = &self.edges[at * EDGES..][..usize::from(branch.edges)];
            edges.iter().for_each(|edge| edge.fingerprint(print));
        }
        self.trend.fingerprint(print);
        self.gate.fingerprint(print);
        print.floats(&[self.largest_reward]);
        self.last.unwrap_or(Edge::NONE).fingerprint(print);
        self.last_adopted.unwrap_or(Edge::NONE).fingerprint(print);
    }
}

/// How many candidate actions an experience keeps branches for.
fn candidates_of(config: &Config) -> usize {
    match config.policy {
        Policy::Consensus | Policy::Imitation => 0,
        Policy::Value => Candidates::count(&config.actions),
    }
}

fixed!(Value { exploit: f64, explore: f64, unknown: f64 });
fixed!(Branch {
    reward: f32,
    ended: f32,
    discount: f32,
    novelty: f32,
    next: Value,
    beyond: Value,
    edges: u8
});
image!(Values keeps values branches edges generations lived trend gate largest_reward last
    last_adopted; not candidates);

impl Values {
    /// Whether all that was read fits together and to so many slots.
    pub(crate) fn is_sound(&self, slots: usize) -> bool {
        let slots = if self.is_kept() { slots } else { 0 };
        let branches = slots * self.candidates;
        let lengths = [self.values.len(), self.generations.len(), self.lived.len()];
        lengths == [slots; 3]
            && self.gate.is_sound()
            && [self.branches.len(), self.edges.len()] == [branches, branches * EDGES]
            && self.branches.iter().all(|branch| usize::from(branch.edges) <= EDGES)
    }
}

#[cfg(test)]
mod tests;
