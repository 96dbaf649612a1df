//! Actions at random.

use minbrain::{Action, ActionSpace};

use super::Controller;
use crate::dice::Dice;

/// Uniformly random actions, each held for a number of ticks.
///
/// ```
/// use minbrain_sim::{ActionSpace, Controller, Random};
///
/// let mut random = Random::new(ActionSpace::discrete(4), 7).holding(3);
/// let first = random.act(&[]);
/// assert_eq!((random.act(&[]), random.act(&[])), (first.clone(), first));
/// ```
pub struct Random {
    space: ActionSpace,
    dice: Dice,
    hold_ticks: u32,
    held_ticks: u32,
    action: Action,
}

impl Random {
    /// Random actions of a space, a new one every tick.
    pub fn new(space: ActionSpace, seed: u64) -> Self {
        let action = space.neutral();
        Self { space, dice: Dice::new(seed), hold_ticks: 1, held_ticks: 0, action }
    }

    /// Holds each action for this many ticks; 0 counts as 1.
    pub fn holding(mut self, ticks: u32) -> Self {
        self.hold_ticks = ticks.max(1);
        self
    }

    fn draw(&mut self) -> Action {
        match &self.space {
            ActionSpace::Discrete(n) => Action::Discrete(self.dice.below(*n)),
            ActionSpace::Continuous(bounds) => Action::Continuous(
                bounds
                    .iter()
                    .map(|b| self.dice.uniform(f64::from(b.low), f64::from(b.high)) as f32)
                    .collect(),
            ),
        }
    }
}

impl Controller for Random {
    fn start(&mut self) {
        self.held_ticks = 0;
    }

    fn act(&mut self, _observation: &[f32]) -> Action {
        if self.held_ticks == 0 {
            self.action = self.draw();
        }
        self.held_ticks = (self.held_ticks + 1) % self.hold_ticks;
        self.action.clone()
    }
}
