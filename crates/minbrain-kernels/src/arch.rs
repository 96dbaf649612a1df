//! One vector type per set of instructions; the algorithms over them stand once, in `generic` and `matrix`.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
pub(crate) mod codes;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;
pub(crate) mod portable;

/// Wraps the generic kernels for one vector type: each wrapper is compiled with the features that
/// the type needs, and a value of `$level` proves that the processor has them.
macro_rules! level {
    ($level:ident, $vector:ty, $features:literal, [$($feature:tt),*]) => {
        use crate::{generic, matrix};
        use crate::lanes::{BOXES, Boxes, Lanes, Probe};

        /// Proof that the processor has the instructions of this module.
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $level(());

        impl $level {
            /// Asks the processor.
            pub(crate) fn detect() -> Option<Self> {
                ($(crate::arch::has!($feature) &&)* true).then_some(Self(()))
            }
        }

        crate::arch::wrap!($level, $vector, $features,
            generic::distances(block: &[Lanes], probe: Probe<'_>, within: (u64, f32), out: &mut Lanes) -> u64;
            generic::dot(block: &[Lanes], query: &[f32], out: &mut Lanes) -> ();
            generic::box_distances(boxes: &[Boxes], probe: Probe<'_>, out: &mut [f32; BOXES]) -> ();
            matrix::normal_equations(rows: &[f32], kernel: &[f32], shape: (usize, usize), normal: &mut [f32]) -> ();
            matrix::solve(shape: (usize, usize), matrix: &mut [f32], right: &mut [f32], solution: &mut [f32]) -> ();
            matrix::project(rows: &[f32], along: &[f32], to: &mut [f32]) -> ();
            matrix::combine(factors: &[f32], rows: &[f32], to: &mut [f32]) -> ();
            matrix::combine_each(factors: &[f32], shape: (usize, usize), rows: &[f32], to: &mut [f32]) -> ();
            matrix::extremes(rows: &[f32], low: &mut [f32], high: &mut [f32]) -> ();
            matrix::spread(factors: &[f32], rows: &[f32], centre: &[f32], to: &mut [f32]) -> ();
        );
    };
}

macro_rules! wrap {
    ($level:ident, $vector:ty, $features:literal,
     $($module:ident::$name:ident($($argument:ident: $kind:ty),*) -> $back:ty;)*) => {
        impl $level {$(
            #[inline]
            pub(crate) fn $name(self, $($argument: $kind),*) -> $back {
                #[target_feature(enable = $features)]
                fn compiled($($argument: $kind),*) -> $back {
                    // SAFETY: this function is compiled with the vector type's features.
                    unsafe { $module::$name::<$vector>($($argument),*) }
                }
                // SAFETY: `self` proves that the processor has the features.
                unsafe { compiled($($argument),*) }
            }
        )*}
    };
}

#[cfg(target_arch = "x86_64")]
macro_rules! has {
    ($feature:tt) => {
        std::arch::is_x86_feature_detected!($feature)
    };
}

#[cfg(target_arch = "aarch64")]
macro_rules! has {
    ($feature:tt) => {
        std::arch::is_aarch64_feature_detected!($feature)
    };
}

/// Implements [`Vector`]: each function is one instruction or two.
macro_rules! vector {
    ($type:ty, $width:literal, {
        $(fn $name:ident($($argument:tt)*) $(-> $back:ty)? $body:block)*
    }) => {
        #[allow(unsafe_op_in_unsafe_fn, reason = "the trait's contract covers each instruction")]
        impl Vector for $type {
            const WIDTH: usize = $width;
            $(
                // SAFETY: the trait's contract passes on what the instructions need.
                #[inline(always)]
                unsafe fn $name($($argument)*) $(-> $back)? $body
            )*
        }
    };
}

pub(crate) use vector;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(crate) use {has, level, wrap};

/// A register full of floats.
///
/// # Safety
/// Every function needs a processor with the type's features; `load` and `store`
/// need `WIDTH` values at the pointer.
pub(crate) trait Vector: Copy {
    /// How many floats.
    const WIDTH: usize;
    /// Reads `WIDTH` floats.
    // SAFETY: the contract of the trait.
    unsafe fn load(from: *const f32) -> Self;
    /// Writes `WIDTH` floats.
    // SAFETY: the contract of the trait.
    unsafe fn store(self, to: *mut f32);
    /// The same value everywhere.
    // SAFETY: the contract of the trait.
    unsafe fn splat(value: f32) -> Self;
    /// `self - other`
    // SAFETY: the contract of the trait.
    unsafe fn sub(self, other: Self) -> Self;
    /// `self * other`
    // SAFETY: the contract of the trait.
    unsafe fn mul(self, other: Self) -> Self;
    /// `self * other + add`, rounded once where the processor fuses, else twice.
    // SAFETY: the contract of the trait.
    unsafe fn mul_add(self, other: Self, add: Self) -> Self;
    /// The smaller of each pair.
    // SAFETY: the contract of the trait.
    unsafe fn min(self, other: Self) -> Self;
    /// All added up.
    // SAFETY: the contract of the trait.
    unsafe fn sum(self) -> f32;
    /// The larger of each pair.
    // SAFETY: the contract of the trait.
    unsafe fn max(self, other: Self) -> Self;
    /// A bit for each value that is at most `bound`'s; NaN gives 0.
    // SAFETY: the contract of the trait.
    unsafe fn at_most(self, bound: Self) -> u64;
}
