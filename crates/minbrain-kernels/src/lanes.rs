//! One dimension of a block.

/// How many experiences a block holds. 32, 64 and 128 measured alike; 64 floats are four cache
/// lines.
pub const LANES: usize = 64;

/// One value for each experience of a block, aligned to a cache line.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct Lanes(pub [f32; LANES]);

impl Lanes {
    /// All zero.
    pub const ZERO: Self = Self([0.0; LANES]);
}
