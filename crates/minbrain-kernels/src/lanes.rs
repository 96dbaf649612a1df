//! The shapes that the kernels read.

/// How many experiences a block holds. 32, 64 and 128 measured alike; 64 floats are four cache
/// lines, and their comparison with a bound fits one 64-bit mask.
pub const LANES: usize = 64;

/// How many boxes a node of the skeleton holds: one 512-bit vector of floats.
pub const BOXES: usize = 16;

/// Rows of a matrix are padded to a multiple of this, so that no kernel handles a remainder.
pub const ROW: usize = 16;

/// One dimension of a block: a value for each experience, aligned to a cache line.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct Lanes(pub [f32; LANES]);

impl Lanes {
    /// All zero.
    pub const ZERO: Self = Self([0.0; LANES]);
}

/// A bit for each of the first `count` lanes.
#[inline]
pub const fn first_lanes(count: usize) -> u64 {
    if count == 0 { 0 } else { u64::MAX >> (LANES - count) }
}

/// One dimension of 16 boxes: from where to where each reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct Boxes {
    /// The lowest value in each box.
    pub low: [f32; BOXES],
    /// The highest.
    pub high: [f32; BOXES],
}

impl Boxes {
    /// Boxes with nothing in them: infinitely far from everything.
    pub const EMPTY: Self = Self { low: [f32::INFINITY; BOXES], high: [f32::NEG_INFINITY; BOXES] };
}

/// What is looked for, and how its dimensions weigh: one value of each per dimension.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a> {
    /// The point.
    pub key: &'a [f32],
    /// Weights; 0 leaves a dimension out. Never negative.
    pub weights: &'a [f32],
}
