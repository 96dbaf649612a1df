//! What was demonstrated in places like this one: local regression on the action.
//!
//! A demonstration is an experience whose action somebody else chose. The nearest of them say what
//! the demonstrator would do here, by a line through their actions. How much that is worth shows
//! before anything is imitated: each action that is demonstrated is first guessed.

mod merit;
mod skill;

use minbrain_kernels::{Kernel, TopK};

use crate::action::{Action, ActionSpace, Bounds};
use crate::config::Config;
use crate::cycle::REGRESSION_UNITS;
use crate::decision::{Method, Outcome};
use crate::experiences::Experiences;
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::limits::MAX_NEIGHBOURS;
use crate::model::{knownness, reach};
use crate::regression::{Regression, neighbours_for};
use merit::Merit;
use skill::Skill;

/// Ridge on the slopes of an action. That of a model: where somebody acts by a rule, the line is it.
const RIDGE: f32 = 1e-3;
/// Demonstrations are not asked where the farthest needed lies more deviations away than this,
/// squared, for each sensor: their confidence is 0 there.
const FAR: f32 = 1.0;
/// A place in the list of the nearest that no demonstration took.
const NOBODY: u32 = u32::MAX;

/// What the demonstrator would do, and the scratch to find out.
#[derive(Clone, Debug)]
pub(crate) struct Imitation {
    /// What would be done.
    pub(crate) action: Action,
    /// How sure that is, 0 to 1: how near the demonstrations lie, times how well the demonstrator's
    /// actions could be guessed so far.
    pub(crate) confidence: f32,
    skill: Skill,
    merit: Merit,
    sensors: usize,
    neighbours: usize,
    found: TopK,
    slots: Vec<u32>,
    regression: Regression,
    /// The place that is asked for, and a neighbour of it; padded.
    place: Vec<f32>,
    neighbour: Vec<f32>,
    /// How much speaks for each discrete action, or the line's value of each dimension.
    guess: Vec<f32>,
}

impl Imitation {
    pub(crate) fn new(config: &Config, kernels: Kernel) -> Self {
        let regression = Regression::new(kernels, config.sensors);
        let padded = vec![0.0; regression.stride().max(config.key_dims())];
        let guessed = config.actions.dims().max(config.actions.parts());
        Self {
            action: config.actions.neutral(),
            confidence: 0.0,
            skill: Skill::new(guessed),
            merit: Merit::new(),
            sensors: config.sensors,
            neighbours: neighbours_for(config.sensors),
            found: TopK::with_capacity(MAX_NEIGHBOURS),
            slots: Vec::with_capacity(MAX_NEIGHBOURS),
            regression,
            place: padded.clone(),
            neighbour: padded,
            guess: vec![0.0; guessed],
        }
    }

    /// Asks the demonstrations around `observation`. Returns the work units used: none where nothing
    /// was ever demonstrated.
    pub(crate) fn ask(
        &mut self,
        known: &Experiences,
        actions: &ActionSpace,
        observation: &[f32],
    ) -> u32 {
        self.confidence = 0.0;
        if known.columns.shown() == 0 {
            return 0;
        }
        self.place[..self.sensors].copy_from_slice(observation);
        self.place[self.sensors..].fill(0.0);
        let units = self.gather(known);
        if self.slots.is_empty() {
            return units;
        }
        let near = knownness(&self.found, self.slots.len(), self.neighbours, self.sensors);
        self.confidence = near.sqrt() * self.skill.share();
        self.regression.solve(RIDGE);
        let Self { action, slots, regression, guess, sensors, .. } = self;
        let say = || slots.iter().zip(regression.weights());
        guess.fill(0.0);
        match (action, actions) {
            (Action::Continuous(values), ActionSpace::Continuous(bounds)) => {
                let value = |slot, dim| known.space.value(slot, *sensors + dim);
                for (dim, (value_out, Bounds { low, high })) in
                    values.iter_mut().zip(bounds).enumerate()
                {
                    guess[dim] = say().map(|(&slot, w)| w * value(slot, dim)).sum();
                    *value_out = guess[dim].max(*low).min(*high);
                    guess[dim] = *value_out;
                }
            }
            (Action::Discrete(action), _) => {
                say().for_each(|(&slot, w)| guess[known.part(slot)] += w);
                *action = largest(guess);
                guess.iter_mut().for_each(|share| *share = share.clamp(0.0, 1.0));
            }
            _ => {}
        }
        units + REGRESSION_UNITS
    }

    /// Guesses what is demonstrated before it is stored, and learns from that how well the
    /// demonstrator can be imitated. Returns the work units used.
    pub(crate) fn watch(
        &mut self,
        known: &Experiences,
        actions: &ActionSpace,
        (observation, action): (&[f32], &Action),
    ) -> u32 {
        let units = self.ask(known, actions, observation);
        if known.columns.shown() > 0 && !self.slots.is_empty() {
            self.skill.learn(&self.guess, action);
        }
        units
    }

    /// Whether it is worth asking: there are demonstrations, and the brain does not yet earn as much.
    pub(crate) fn is_worth_asking(&self, known: &Experiences) -> bool {
        known.columns.shown() > 0 && self.merit.is_demonstrator_ahead()
    }

    /// Learns what an action chosen by `method` earned.
    pub(crate) fn learn(&mut self, method: Method, outcome: Outcome<'_>) {
        self.merit.learn(method, outcome);
    }

    /// The episode is over.
    pub(crate) fn interrupt(&mut self) {
        self.merit.finish();
    }

    /// Collects the nearest demonstrations, and starts the regression with them.
    fn gather(&mut self, known: &Experiences) -> u32 {
        let dims = known.scale.weights().len();
        let (probe, among) = known.observation_probe(&self.place[..dims]);
        let weights = probe.weights;
        self.found.reset(self.neighbours);
        // Stand-ins at the edge of what counts as near keep the search from going further.
        let far = FAR * self.sensors as f32;
        (0..self.neighbours).for_each(|_| self.found.offer(NOBODY, far));
        let admit = |slot| known.columns.is_shown(slot);
        let read = known.space.nearest_where(probe, among, &mut self.found, &admit);
        self.found.discard(NOBODY);
        self.slots.clear();
        self.slots.extend(self.found.iter().map(|f| f.slot));
        let farthest = self.found.iter().next_back().map_or(0.0, |f| f.distance);
        let slots = self.slots.iter().copied();
        let reach = reach(known, &self.place[..self.sensors], slots, farthest);
        self.regression.begin(&weights[..self.sensors], reach);
        for neighbour in self.found.iter() {
            known.space.copy_key(neighbour.slot, &mut self.neighbour[..self.sensors]);
            self.regression.add(&self.place, &self.neighbour, neighbour.distance, farthest);
        }
        read.units()
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        self.skill.fingerprint(print);
        self.merit.fingerprint(print);
    }
}

/// Where the largest stands. The first wins a tie, so that the answer never depends on chance.
fn largest(shares: &[f32]) -> usize {
    (1..shares.len()).fold(0, |best, at| if shares[at] > shares[best] { at } else { best })
}

image!(Imitation keeps skill merit;
    not action confidence sensors neighbours found slots regression place neighbour guess);

#[cfg(test)]
mod tests;
