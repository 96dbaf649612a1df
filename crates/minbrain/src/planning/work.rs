//! How much work a plan may take, in the units of a decision.

/// Work of following a course once, in blocks compared.
pub(super) const ROLLOUT_UNITS: u32 = 64;
/// Work of looking back along a course.
pub(super) const BACKWARD_UNITS: u32 = 256;
/// Work of one local fit, beside the blocks that it reads.
pub(super) const FIT_UNITS: u32 = 96;

/// What is left of the work that was allowed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    allowed: u32,
    left: u32,
}

impl Work {
    pub(super) fn new(units: u32) -> Self {
        Self { allowed: units, left: units }
    }

    /// Takes `units` if so many are left.
    pub(super) fn take(&mut self, units: u32) -> bool {
        let is_enough = units <= self.left;
        if is_enough {
            self.left -= units;
        }
        is_enough
    }

    /// Work in its own right, of half of what is left.
    pub(super) fn half(&self) -> Self {
        Self::new(self.left / 2)
    }

    /// Takes `units`, or what is left.
    pub(super) fn charge(&mut self, units: u32) {
        self.left = self.left.saturating_sub(units);
    }

    /// How many were taken.
    pub(super) fn used(&self) -> u32 {
        self.allowed - self.left
    }
}
