//! A block in a quarter of the bytes, with a proven bound on what was lost.

use crate::lanes::{LANES, Lanes, Probe};

/// One dimension of a block in 8 bits per value: `offset + scale * code`.
///
/// A scan that is limited by memory reads this first. Let `d` be the true weighted distance of an
/// experience, `d'` the one to its quantised values, and `E^2` the sum of `weight * error^2` over
/// the dimensions. By the triangle inequality, `|sqrt(d) - sqrt(d')| <= E`. So whatever lies within
/// `d <= bound` has `d' <= (sqrt(bound) + E)^2`, and nothing is missed by looking closer only at
/// those.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(16))]
pub struct Quantised {
    /// Value of a step.
    pub scale: f32,
    /// Value of code 0.
    pub offset: f32,
    /// Largest difference to the true value, over all lanes, the rounding of this block's side of
    /// a distance included.
    pub error: f32,
    /// The steps of each lane.
    pub codes: [i8; LANES],
}

impl Quantised {
    /// Nothing yet.
    pub const ZERO: Self = Self { scale: 0.0, offset: 0.0, error: 0.0, codes: [0; LANES] };

    /// The first `count` lanes of `values`, in 8 bits each.
    pub fn of(values: &Lanes, count: usize) -> Self {
        let used = &values.0[..count];
        let low = used.iter().copied().fold(f32::INFINITY, f32::min);
        let high = used.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if count == 0 {
            return Self::ZERO;
        }
        // Halves first: the difference of two huge values must not overflow.
        let offset = 0.5 * low + 0.5 * high;
        // A hair less than 127 steps: the last one must not round beyond a byte.
        let scale = (high - offset).max(offset - low) / 126.9;
        let mut made = Self { scale, offset, ..Self::ZERO };
        let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
        for (code, &value) in made.codes.iter_mut().zip(used) {
            // Adding and taking away a large number rounds, without a call and in whole vectors.
            let steps = ((value - offset) * inverse + ROUNDER) - ROUNDER;
            *code = steps as i32 as i8;
        }
        for (&code, &value) in made.codes.iter().zip(used) {
            made.error = made.error.max((offset + scale * f32::from(code) - value).abs());
        }
        made.error += ROUNDING * (offset.abs() + 127.0 * scale);
        made
    }

    /// What a code stands for.
    pub fn value(&self, code: i8) -> f32 {
        self.offset + self.scale * f32::from(code)
    }
}

/// One and a half times 2^23: floats of this size have a last place worth 1.
const ROUNDER: f32 = 12_582_912.0;

/// Upper bound on the rounding of one difference, as a share of each of its terms: the few
/// operations of either kernel lose half a unit in the last place each.
const ROUNDING: f32 = 4.0 * f32::EPSILON;

/// How far a bound on true distances to `probe` has to be widened so that it holds for the
/// quantised ones of `block`.
pub fn widened(bound: f32, block: &[Quantised], probe: Probe<'_>) -> f32 {
    let mut squared_error = 0.0;
    for ((values, key), weight) in block.iter().zip(probe.key).zip(probe.weights) {
        let error = values.error + ROUNDING * key.abs();
        squared_error += weight * error * error;
    }
    let reach = bound.sqrt() + squared_error.sqrt();
    // One part in 10,000 more covers the rounding of the two sums and of this one.
    reach * reach * 1.0001 + f32::MIN_POSITIVE
}
