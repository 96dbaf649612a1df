//! Brains and small worlds to try them in.

use minbrain::{Action, ActionSpace, Brain, BrainBuilder, Budget, Forgetting, Outcome};

use crate::dice::Dice;

/// All policies of forgetting.
pub(crate) const FORGETTING: [Forgetting; 5] = [
    Forgetting::Coverage,
    Forgetting::Utility,
    Forgetting::Fifo,
    Forgetting::Random,
    Forgetting::None,
];

/// A brain's settings with `sensors` sensors and room for `experiences`.
pub(crate) fn brain(sensors: usize, actions: ActionSpace, experiences: usize) -> BrainBuilder {
    Brain::builder().sensors(sensors).actions(actions).budget(Budget::Experiences(experiences))
}

/// Both kinds of actions, with a few of each.
pub(crate) fn action_spaces() -> [ActionSpace; 2] {
    [ActionSpace::discrete(3), ActionSpace::continuous([(-1.0, 1.0), (-0.5, 2.0)])]
}

/// What followed, without reward.
pub(crate) fn outcome(observation: &[f32]) -> Outcome<'_> {
    Outcome { observation, reward: 0.0, ended: false }
}

/// How hard an action pushes, -1 to 1.
pub(crate) fn push(action: &Action) -> f32 {
    match action {
        Action::Discrete(index) => *index as f32 - 1.0,
        Action::Continuous(values) => values[0],
    }
}

/// A point on a ring that is pushed along; some sensors see where it is, the others see noise.
#[derive(Clone, Debug)]
pub(crate) struct Ring {
    angle: f32,
    pub(crate) noise: f32,
    pub(crate) dice: Dice,
}

impl Ring {
    pub(crate) fn new(seed: u64) -> Self {
        Self { angle: 0.0, noise: 0.02, dice: Dice::new(seed) }
    }

    /// Three sensors: sine, cosine, and a slow one that mixes both.
    pub(crate) fn sense(&mut self) -> [f32; 3] {
        let (sine, cosine) = self.angle.sin_cos();
        [sine, cosine, 0.3 * sine * cosine].map(|exact| exact + self.noise * self.dice.normal())
    }

    pub(crate) fn advance(&mut self, action: &Action) {
        self.angle += 0.15 + 0.1 * push(action);
    }

    /// One whole cycle by the brain's own decision; returns the surprise.
    pub(crate) fn live(&mut self, brain: &mut Brain) -> f32 {
        let before = self.sense();
        let action = brain.decide(&before).unwrap().action.clone();
        self.advance(&action);
        let after = self.sense();
        let reward = after[0];
        let ended = self.dice.below(50) == 0;
        brain.learn(Outcome { observation: &after, reward, ended }).unwrap().surprise
    }
}
