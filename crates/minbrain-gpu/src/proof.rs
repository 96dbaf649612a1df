//! How far the GPU's distances may lie beside those of the processor, so that no true neighbour is
//! missed.
//!
//! Let `d` be the distance that the processor computes, `d*` the true one, `d'` the true one of what
//! lies on the GPU, and `d~` what the GPU computes. With `n` rows in single precision and every
//! operation good to `2^-23` (WGSL leaves the direction of rounding open), sums of terms that are not
//! negative give
//!
//! - `|d - d*| <= g d* + a` and `|d~ - d'| <= g d' + a`, with `g = (n + 8) 2^-22`; `a` covers what
//!   underflows, and for directions, whose terms cancel, `(n + 16) 2^-21`;
//! - `|sqrt(d') - sqrt(d*)| <= s`, where `s` is the root of `sum of weight * error^2` over how far
//!   halves lie beside their values (the triangle inequality), and for directions `|d' - d*| <= e`, the
//!   sum of `|query| * error`.
//!
//! The k-th lowest `d~` is at most `T`, so `k` experiences have a `d` of at most
//! `(sqrt(T (1 + g) + a) + s)^2 (1 + g) + a + e`; what lies within that has a `d~` within the same
//! step once more. Both steps are one formula in the second pass, with `share`, `floor` and `reach`
//! from here.

use minbrain_kernels::Probe;

use crate::error::GpuError;
use crate::packing::Packing;

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The point and its weights, one value of each per row. Directions have length 1, and no weights.
    pub probe: Probe<'a>,
    /// In which part to look; `None` for all.
    pub part: Option<u32>,
}

/// What the second pass knows about a query.
#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub(crate) struct Ask {
    part: u32,
    share: f32,
    reach: f32,
    floor: f32,
}

/// Distances beyond this might overflow on the way.
const MOST_DISTANCE: f64 = 1e37;
/// Smaller weights might underflow on the way.
const LEAST_WEIGHT: f32 = 1e-30;
const UNIT: f64 = 1.0 / (1 << 23) as f64;
/// Rounding of the formula itself, its square root included.
const FORMULA: f64 = 16.0 * UNIT;
/// Above all that underflows: at most 2^-126 for each row.
const UNDERFLOW: f64 = 1e-32;
/// Rounds up what is computed here in double precision.
const UP: f64 = 1.0 + 1e-6;
/// Most that a direction's length may be beside 1.
const LENGTH_ERROR: f64 = 1e-3;
const ALL_PARTS: u32 = u32::MAX;

/// Bounds the errors of one query.
///
/// # Errors
/// [`GpuError::Unsuited`] where no bound holds.
pub(crate) fn bound(
    packing: &Packing,
    directions: usize,
    question: &Question<'_>,
) -> Result<Ask, GpuError> {
    let Probe { key, weights } = question.probe;
    let rows = packing.most.len();
    let (mut farthest, mut steepest, mut beside) = (0.0_f64, 0.0_f64, 0.0_f64);
    for row in directions..rows {
        let weight = f64::from(weights[row]);
        let there = packing.weigh(row, weights[row]);
        if weight == 0.0 {
            continue;
        }
        if !(LEAST_WEIGHT..=f32::MAX).contains(&there) {
            return Err(GpuError::Unsuited { what: "a weight" });
        }
        let (_, error) = packing.place(row, key[row]);
        let reach = f64::from(key[row].abs()) + f64::from(packing.most[row]);
        farthest += weight * reach * reach;
        steepest = steepest.max(f64::from(there) * reach * packing.scale(row));
        beside += weight * (packing.errors[row] + error).powi(2);
    }
    if !(farthest <= MOST_DISTANCE && steepest <= MOST_DISTANCE) {
        return Err(GpuError::Unsuited { what: "a distance" });
    }
    let (mut length, mut off) = (0.0_f64, 0.0_f64);
    for (value, error) in key[..directions].iter().zip(&packing.errors) {
        length += f64::from(*value).powi(2);
        off += f64::from(value.abs()) * error;
    }
    if directions > 0 && (length.sqrt() - 1.0).abs() > LENGTH_ERROR {
        return Err(GpuError::Unsuited { what: "a direction that is not of length 1" });
    }
    let cancelled = if directions > 0 { (rows + 16) as f64 * 4.0 * UNIT } else { 0.0 };
    let growth = (rows + 8) as f64 * 2.0 * UNIT;
    Ok(Ask {
        part: question.part.unwrap_or(ALL_PARTS),
        share: ((1.0 + 8.0 * growth + FORMULA) * UP) as f32,
        reach: (2.0 * beside.sqrt() * (1.0 + 4.0 * growth) * UP) as f32,
        floor: ((UNDERFLOW + 8.0 * (cancelled + off)) * UP) as f32,
    })
}
