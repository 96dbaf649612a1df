//! The scalar twins: one experience and one dimension at a time, in the order of the dimensions.
//! They are the oracle of every faster kernel.

use crate::lanes::{LANES, Lanes};

/// Sum over dimensions of `weight * (query - value)^2`, for each lane.
pub fn weighted_squared_l2(block: &[Lanes], query: &[f32], weights: &[f32]) -> Lanes {
    let mut out = Lanes::ZERO;
    for lane in 0..LANES {
        for (dim, values) in block.iter().enumerate() {
            let difference = query[dim] - values.0[lane];
            out.0[lane] += weights[dim] * difference * difference;
        }
    }
    out
}

/// Sum over dimensions of `query * value`, for each lane.
pub fn dot(block: &[Lanes], query: &[f32]) -> Lanes {
    let mut out = Lanes::ZERO;
    for lane in 0..LANES {
        for (dim, values) in block.iter().enumerate() {
            out.0[lane] += query[dim] * values.0[lane];
        }
    }
    out
}
