//! Kernels in plain Rust, shaped so that the compiler vectorises them for any processor.

use crate::lanes::{LANES, Lanes};

/// How many lanes are summed side by side; 16 sums stay in registers on every target.
const STRIP: usize = 16;

/// Sum over dimensions of `weight * (query - value)^2` for each lane of `block`, which has one
/// [`Lanes`] per dimension. Cost: `3 x 64` operations per dimension.
///
/// Lanes that hold no experience give a meaningless distance; the caller knows their number.
pub fn weighted_squared_l2(block: &[Lanes], query: &[f32], weights: &[f32], out: &mut Lanes) {
    for strip in (0..LANES).step_by(STRIP) {
        let mut sums = [0.0_f32; STRIP];
        for ((values, &q), &w) in block.iter().zip(query).zip(weights) {
            for (sum, &x) in sums.iter_mut().zip(&values.0[strip..strip + STRIP]) {
                let difference = q - x;
                *sum += w * difference * difference;
            }
        }
        out.0[strip..strip + STRIP].copy_from_slice(&sums);
    }
}

/// Sum over dimensions of `query * value` for each lane of `block`. Cost: `2 x 64` operations per
/// dimension.
pub fn dot(block: &[Lanes], query: &[f32], out: &mut Lanes) {
    for strip in (0..LANES).step_by(STRIP) {
        let mut sums = [0.0_f32; STRIP];
        for (values, &q) in block.iter().zip(query) {
            for (sum, &x) in sums.iter_mut().zip(&values.0[strip..strip + STRIP]) {
                *sum += q * x;
            }
        }
        out.0[strip..strip + STRIP].copy_from_slice(&sums);
    }
}

/// Adds `factor * from` to `to`, value by value; the shorter of the two decides how many.
#[inline]
pub fn scale_add(to: &mut [f32], factor: f32, from: &[f32]) {
    for (t, &f) in to.iter_mut().zip(from) {
        *t += factor * f;
    }
}
