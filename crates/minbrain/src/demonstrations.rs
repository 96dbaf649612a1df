//! Where something was demonstrated: the index in which imitation looks for demonstrations like
//! now.
//!
//! A demonstration is an experience whose action somebody else chose. It is found by what was
//! sensed and by the context: the actions taken just before, as far as [`Config::history`] goes. A
//! teacher may go by more than the newest observation, and what it did last says more of that than
//! any sensor (docs/learning.md).

use std::collections::TryReserveError;

use minbrain_kernels::{Kernel, Probe, TopK};

use crate::columns::Columns;
use crate::config::{Config, Policy};
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::limits::{MAX_ACTION_DIMS, MAX_DISCRETE_ACTIONS, MAX_HISTORY, MAX_SENSORS};
use crate::metric::Metric;
use crate::scale::action_weights;
use crate::space::{Among, MAX_DIMS, Read, Space};
use crate::usual::Usual;

/// The keys of all demonstrations, and what each is worth to imitation.
#[derive(Clone, Debug)]
pub(crate) struct Demonstrations {
    sensors: usize,
    space: Space,
    /// What is usual for a context, over all cycles.
    contexts: Usual,
    /// The width of the range of each dimension of a context.
    widths: Vec<f32>,
    /// The weight in a distance of each dimension of a context.
    context_weights: Vec<f32>,
    /// How much each slot would be missed, as last seen; stale where nothing is demonstrated.
    losses: Vec<f32>,
}

impl Demonstrations {
    /// Whether a brain of these settings imitates.
    pub(crate) fn are_kept(config: &Config) -> bool {
        config.policy != Policy::Consensus
    }

    /// Dimensions of a key: what was sensed, and the context.
    pub(crate) fn dims(config: &Config) -> usize {
        config.sensors + config.context_dims()
    }

    /// No demonstrations, with room for those in `slots` slots.
    pub(crate) fn new(
        config: &Config,
        kernel: Kernel,
        slots: usize,
    ) -> Result<Self, TryReserveError> {
        let dims = Self::dims(config);
        let context = config.context_dims();
        let mut losses = Vec::new();
        losses.try_reserve_exact(slots)?;
        let widths = config.actions.widths().cycle().take(context).collect();
        Ok(Self {
            sensors: config.sensors,
            space: Space::new((kernel, Metric::Euclidean), (dims, dims), 1, slots)?,
            contexts: Usual::new(context),
            widths,
            context_weights: vec![1.0; context],
            losses,
        })
    }

    /// Bytes for one more demonstration.
    pub(crate) fn bytes_each(config: &Config) -> usize {
        Space::bytes_each(Metric::Euclidean, Self::dims(config)) + size_of::<f32>()
    }

    /// Bytes in use now.
    pub(crate) fn bytes(&self) -> usize {
        self.space.bytes() + self.losses.len() * size_of::<f32>()
    }

    /// Bytes that one more commonly takes at most.
    pub(crate) fn growth_bytes(&self) -> usize {
        self.space.growth_bytes()
    }

    /// Takes into account in which context a cycle happened.
    pub(crate) fn see(&mut self, context: &[f32]) {
        self.contexts.add(context.iter().map(|&value| f64::from(value)));
        let weights = action_weights(self.contexts.variance(), self.widths.iter().copied());
        self.context_weights.iter_mut().zip(weights).for_each(|(weight, new)| *weight = new);
    }

    /// Writes the weight of each dimension of a key, given those of the sensors.
    pub(crate) fn write_weights(&self, sensors: &[f32], out: &mut [f32]) {
        let (sensed, context) = out.split_at_mut(self.sensors);
        sensed.copy_from_slice(&sensors[..self.sensors]);
        context.copy_from_slice(&self.context_weights);
    }

    /// Takes in the demonstration in `slot`, which would be missed so much. `weights` say which
    /// dimension to cut when a block is full.
    pub(crate) fn insert(&mut self, slot: u32, key: &[f32], weights: &[f32], loss: f32) {
        self.space.insert(0, slot, key, weights);
        if self.losses.len() <= slot as usize {
            self.losses.resize(slot as usize + 1, 0.0);
        }
        self.losses[slot as usize] = loss;
    }

    /// Forgets the demonstration in `slot`.
    pub(crate) fn remove(&mut self, slot: u32) {
        self.space.remove(0, slot);
    }

    /// Finds the nearest to a key, as many as `found` was reset for.
    pub(crate) fn nearest(&self, probe: Probe<'_>, found: &mut TopK) -> Read {
        self.space.nearest(probe, Among::All, found)
    }

    /// Takes into account what a query read.
    pub(crate) fn learn(&mut self, read: Read) {
        self.space.learn(read);
    }

    /// Copies the key of the demonstration in `slot`.
    pub(crate) fn copy_key(&self, slot: u32, out: &mut [f32]) {
        self.space.copy_key(slot, out);
    }

    /// How much the demonstration in `slot` would be missed, as last seen.
    pub(crate) fn loss(&self, slot: u32) -> f32 {
        self.losses.get(slot as usize).copied().unwrap_or_default()
    }

    /// Keeps how much the demonstration in `slot` would be missed.
    pub(crate) fn set_loss(&mut self, slot: u32, loss: f32) {
        self.losses[slot as usize] = loss;
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        self.space.fingerprint(print);
        self.contexts.fingerprint(print);
        print.floats(&self.context_weights);
        print.floats(&self.losses);
    }

    /// Whether all that was read fits together and to `columns`.
    pub(crate) fn is_sound(&self, columns: &Columns) -> bool {
        let slots = 0..columns.slots() as u32;
        let mut shown = slots.filter(|&slot| columns.is_alive(slot) && columns.is_shown(slot));
        let is_weight = |weight: &f32| weight.is_finite() && *weight >= 0.0;
        self.losses.len() <= columns.slots()
            && self.context_weights.iter().all(is_weight)
            && self.losses.iter().all(is_weight)
            && self.space.is_sound(columns, columns.shown())
            && shown.all(|slot| self.space.holds(slot) && (slot as usize) < self.losses.len())
    }
}

image!(Demonstrations keeps space contexts context_weights losses; not sensors widths);

const _: () = assert!(MAX_SENSORS + MAX_HISTORY * MAX_DISCRETE_ACTIONS <= MAX_DIMS);
const _: () = assert!(MAX_SENSORS + MAX_HISTORY * MAX_ACTION_DIMS <= MAX_DIMS);
