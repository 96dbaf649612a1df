//! Drives to the light and around what stands in between.

use minbrain::Action;

use super::{Controller, sensors};

const FORWARD: usize = 0;
const LEFT: usize = 1;
const RIGHT: usize = 2;

/// Turns until the light is ahead and drives; where something is near ahead, turns away from the
/// nearer side and passes it for a while before it looks at the light again.
#[derive(Default)]
pub(super) struct LightSeeker {
    passing_ticks: u32,
    side: usize,
}

/// Ranges are shares of 3 m.
const NEAR_AHEAD: f32 = 0.22;
const NEAR_ASIDE: f32 = 0.10;
const PASS_TICKS: u32 = 6;
/// The light may be this far off ahead, in radians.
const AIM_RAD: f32 = 0.25;

impl Controller for LightSeeker {
    fn start(&mut self) {
        *self = Self::default();
    }

    fn act(&mut self, observation: &[f32]) -> Action {
        let [ahead, ahead_left, _, _, _, _, _, ahead_right, front, left, back, right] =
            sensors(observation);
        let blocked = ahead < NEAR_AHEAD || ahead_left.min(ahead_right) < NEAR_ASIDE;
        if blocked {
            if self.passing_ticks == 0 {
                self.side = if ahead_left > ahead_right { LEFT } else { RIGHT };
            }
            self.passing_ticks = PASS_TICKS;
            return Action::Discrete(self.side);
        }
        if self.passing_ticks > 0 {
            self.passing_ticks -= 1;
            return Action::Discrete(FORWARD);
        }
        let bearing = libm::atan2f(left - right, front - back);
        Action::Discrete(match bearing {
            b if b > AIM_RAD => LEFT,
            b if b < -AIM_RAD => RIGHT,
            _ => FORWARD,
        })
    }
}
