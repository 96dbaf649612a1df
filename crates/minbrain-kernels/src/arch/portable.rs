//! Arrays that the compiler may turn into vectors of any width; nothing is fused, so that the bits
//! are those of the scalar twins.

use crate::arch::Vector;

/// Sixteen floats.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sixteen([f32; 16]);

impl Sixteen {
    #[inline(always)]
    fn zip(self, other: Self, operation: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|at| operation(self.0[at], other.0[at])))
    }
}

crate::arch::vector!(Sixteen, 16, {
    fn load(from: *const f32) -> Self {
        Self(from.cast::<[f32; 16]>().read())
    }
    fn store(self, to: *mut f32) {
        to.cast::<[f32; 16]>().write(self.0)
    }
    fn splat(value: f32) -> Self {
        Self([value; 16])
    }
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
    fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }
    fn mul_add(self, other: Self, add: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] * other.0[at] + add.0[at]))
    }
    fn min(self, other: Self) -> Self {
        self.zip(other, f32::min)
    }
    fn sum(self) -> f32 {
        self.0.iter().sum()
    }
    fn max(self, other: Self) -> Self {
        self.zip(other, f32::max)
    }
    fn at_most(self, bound: Self) -> u64 {
        (0..16).fold(0, |bits, at| bits | u64::from(self.0[at] <= bound.0[at]) << at)
    }
});
