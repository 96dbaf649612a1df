//! The actions that are compared.

use crate::action::{Action, ActionSpace, Bounds};

/// Levels of a continuous action in one dimension: both ends, the middle, and two between.
const LEVELS: usize = 5;

/// All actions that a decision compares: every discrete one, or a few levels of a continuous one.
/// None for an action in several dimensions, which is planned.
#[derive(Clone, Debug)]
pub(crate) struct Candidates(Vec<Action>);

impl Candidates {
    /// How many there are for `actions`.
    pub(crate) fn count(actions: &ActionSpace) -> usize {
        match actions {
            ActionSpace::Discrete(n) => *n,
            ActionSpace::Continuous(bounds) if bounds.len() == 1 => LEVELS,
            ActionSpace::Continuous(_) => 0,
        }
    }

    pub(crate) fn new(actions: &ActionSpace) -> Self {
        Self(match actions {
            ActionSpace::Discrete(n) => (0..*n).map(Action::Discrete).collect(),
            ActionSpace::Continuous(bounds) => match bounds.as_slice() {
                [only] => (0..LEVELS).map(|at| Action::Continuous(vec![level(only, at)])).collect(),
                _ => Vec::new(),
            },
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Which candidate `action` is, if it is one.
    pub(crate) fn position(&self, action: &Action) -> Option<usize> {
        self.0.iter().position(|candidate| candidate == action)
    }

    /// The candidates on either side of `action`, and how far it lies from the first to the second,
    /// 0 to 1. Of a discrete action, itself.
    pub(crate) fn around(&self, action: &Action) -> (usize, usize, f64) {
        let (&[value], [Action::Continuous(low), .., Action::Continuous(high)]) =
            (action.values(), self.0.as_slice())
        else {
            return (action.part(), action.part(), 0.0);
        };
        let share = f64::from(value - low[0]) / f64::from(high[0] - low[0]);
        let at = (share * (LEVELS - 1) as f64).clamp(0.0, (LEVELS - 1) as f64);
        let below = (at as usize).min(LEVELS - 2);
        (below, below + 1, at - below as f64)
    }

    pub(crate) fn get(&self, at: usize) -> &Action {
        &self.0[at]
    }
}

/// One of the levels between the two bounds, both included.
fn level(bounds: &Bounds, at: usize) -> f32 {
    let share = at as f32 / (LEVELS - 1) as f32;
    (bounds.low + share * (bounds.high - bounds.low)).min(bounds.high)
}
