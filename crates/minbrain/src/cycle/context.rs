//! What the robot did just before: the context in which it is now.

use crate::action::{Action, ActionSpace, Bounds};
use crate::config::Config;
use crate::fingerprint::Fingerprint;
use crate::image::image;

/// The last actions, newest first: an indicator for each discrete action, or a continuous one's
/// values. All zero where an episode begins.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// Values of one action.
    width: usize,
    values: Vec<f32>,
}

impl Context {
    /// Nothing was done yet.
    pub(crate) fn new(config: &Config) -> Self {
        Self { width: config.actions.width(), values: vec![0.0; config.context_dims()] }
    }

    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    /// The robot has done `action`; the oldest one is dropped.
    pub(crate) fn push(&mut self, action: &Action) {
        if self.values.is_empty() {
            return;
        }
        let kept = self.values.len() - self.width;
        self.values.copy_within(..kept, self.width);
        match action {
            Action::Discrete(part) => {
                self.values[..self.width].fill(0.0);
                self.values[*part] = 1.0;
            }
            Action::Continuous(values) => self.values[..self.width].copy_from_slice(values),
        }
    }

    /// What comes next does not follow from what was done.
    pub(crate) fn clear(&mut self) {
        self.values.fill(0.0);
    }

    /// Whether what was read are actions of this space, or none.
    pub(crate) fn is_sound(&self, actions: &ActionSpace) -> bool {
        let each = |action: &[f32]| match actions {
            ActionSpace::Discrete(_) => {
                let done = action.iter().filter(|&&value| value == 1.0).count();
                done <= 1 && action.iter().all(|&value| value == 0.0 || value == 1.0)
            }
            ActionSpace::Continuous(bounds) => {
                let within = |(value, b): (&f32, &Bounds)| (b.low..=b.high).contains(value);
                let is_none = action.iter().all(|&value| value == 0.0);
                is_none || action.iter().zip(bounds).all(within)
            }
        };
        self.values.chunks(self.width.max(1)).all(each)
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.floats(&self.values);
    }
}

image!(Context keeps values; not width);
