//! The robot's last minute, for a view from above.

use std::collections::VecDeque;

/// How many points of the robot's way are kept: one minute of ticks.
pub const TRAIL_TICKS: usize = 600;

pub(super) struct Trail(VecDeque<[f32; 2]>);

impl Default for Trail {
    fn default() -> Self {
        Self(VecDeque::with_capacity(TRAIL_TICKS))
    }
}

impl Trail {
    pub(super) fn push(&mut self, at_m: [f32; 2]) {
        if self.0.len() == TRAIL_TICKS {
            self.0.pop_front();
        }
        self.0.push_back(at_m);
    }

    pub(super) fn points(&self) -> impl Iterator<Item = [f32; 2]> + '_ {
        self.0.iter().copied()
    }
}
