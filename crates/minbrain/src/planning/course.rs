//! A course: actions, and where they are expected to lead.

use crate::features::Point;
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::limits::PLAN_HORIZON;
use crate::planning::outlook::Outlook;

/// An ending likelier than this counts where it spares losses.
const LIKELY: f32 = 0.5;

/// What share of `rest` counts after a step that ends the episode with some likelihood. Fractions of
/// an ending would make phantom goals of it where there is only something to lose.
fn goes_on(ended: f32, rest: f32) -> f32 {
    if rest > 0.0 {
        1.0 - ended.clamp(0.0, 1.0)
    } else if ended <= LIKELY {
        1.0
    } else {
        0.0
    }
}

/// What follows by following what was planned: `steps[t]` holds the sensors and the action at step
/// `t`, `arrivals[t]` the sensors that it leads to, with the same action.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) steps: Vec<Point>,
    pub(super) arrivals: Vec<Point>,
    /// What is earned at each step, and what share of the rest counts.
    rewards: Vec<f32>,
    pub(super) going_on: Vec<f32>,
    /// What is earned along it and after it, in all.
    pub(super) earned: f32,
}

impl Course {
    pub(super) fn new() -> Self {
        let points = || vec![[0.0; _]; PLAN_HORIZON];
        let zeros = || vec![0.0; PLAN_HORIZON];
        let (steps, arrivals) = (points(), points());
        Self { steps, arrivals, rewards: zeros(), going_on: zeros(), earned: f32::NEG_INFINITY }
    }

    /// Forgets all actions.
    pub(super) fn clear(&mut self) {
        self.steps.fill([0.0; _]);
    }

    /// Time went on by one step. The last action is meant to be repeated.
    pub(super) fn shift(&mut self) {
        self.steps.copy_within(1.., 0);
    }

    /// Takes over another course.
    pub(super) fn assign(&mut self, other: &Self) {
        self.steps.copy_from_slice(&other.steps);
        self.arrivals.copy_from_slice(&other.arrivals);
        self.rewards.copy_from_slice(&other.rewards);
        self.going_on.copy_from_slice(&other.going_on);
        self.earned = other.earned;
    }

    /// Follows the actions from the sensors in `start`. `adjust` may change the action of a step
    /// once the sensors are known.
    pub(super) fn follow(
        &mut self,
        outlook: &Outlook,
        start: &Point,
        mut adjust: impl FnMut(usize, &mut Point),
    ) {
        let mut sensors = *start;
        for step in 0..PLAN_HORIZON {
            let now = &mut self.steps[step];
            now[..outlook.sensors].copy_from_slice(&sensors[..outlook.sensors]);
            adjust(step, now);
            let next = outlook.next(step, now);
            (self.rewards[step], self.going_on[step]) = outlook.reward(step, &next);
            self.arrivals[step] = next;
            sensors = next;
        }
        self.earned = outlook.tail.value(&sensors);
        for (reward, going_on) in self.rewards.iter().zip(&mut self.going_on).rev() {
            *going_on = goes_on(*going_on, self.earned);
            self.earned = reward + *going_on * self.earned;
        }
        if self.earned.is_nan() {
            self.earned = f32::NEG_INFINITY;
        }
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        self.steps.iter().for_each(|step| print.floats(step));
    }
}

image!(Course keeps steps arrivals rewards going_on earned; not);
