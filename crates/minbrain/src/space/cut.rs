//! Where to cut a set of keys in two.

use minbrain_kernels::{LANES, Lanes};

use crate::space::node::{Plane, Side};

/// The cut through a full block: across the dimension of the largest weighted variance, between
/// the two distinct values nearest to the middle. `None` if all keys are the same.
///
/// Variance and not spread: one far outlier should not decide. Between distinct values, since
/// sensors that are often exactly 0 would otherwise be cut nowhere.
pub(super) fn through_block(rows: &[Lanes], weights: &[f32], count: usize) -> Option<Plane> {
    let variances = rows.iter().zip(weights).map(|(row, weight)| weight * variance(row, count));
    let mut dims = [(0.0_f32, 0_u16); TRIED];
    for (dim, variance) in variances.enumerate() {
        // The few largest, in descending order.
        let mut entry = (variance, dim as u16);
        for best in &mut dims {
            if entry.0 > best.0 {
                std::mem::swap(best, &mut entry);
            }
        }
    }
    let tried = dims.into_iter().filter(|&(variance, _)| variance > 0.0);
    let mut planes = tried.filter_map(|(_, dim)| between(&rows[usize::from(dim)], count, dim));
    planes.next().or_else(|| {
        // Variances too small for floats to show: any dimension that differs at all will do.
        let all = rows.iter().take(weights.len()).enumerate();
        all.into_iter().find_map(|(dim, row)| between(row, count, dim as u16))
    })
}

/// The plane between a block whose keys are all the same and another key, and the side on which
/// that one lies: the left, if it is the same again.
pub(super) fn beside_block(rows: &[Lanes], key: &[f32]) -> (Plane, Side) {
    for (dim, (row, &value)) in rows.iter().zip(key).enumerate() {
        let (dim, at) = (dim as u16, row.0[0]);
        if value > at {
            return (Plane { dim, at }, Side::Right);
        }
        if value < at {
            return (Plane { dim, at: value }, Side::Left);
        }
    }
    (Plane { dim: 0, at: key[0] }, Side::Left)
}

/// How many dimensions are tried before any will do.
const TRIED: usize = 2;

fn variance(row: &Lanes, count: usize) -> f32 {
    let values = &row.0[..count];
    let mean = values.iter().sum::<f32>() / count as f32;
    values.iter().map(|v| (v - mean) * (v - mean)).sum()
}

/// The plane between distinct values that is nearest to the median.
fn between(row: &Lanes, count: usize, dim: u16) -> Option<Plane> {
    nearest_cut(&row.0[..count], (count / 2, count)).map(|at| Plane { dim, at })
}

/// The plane through a full row that leaves about `left` values on its left, at most `slack` more or
/// fewer.
pub(super) fn near(row: &Lanes, dim: u16, (left, slack): (usize, usize)) -> Option<Plane> {
    nearest_cut(&row.0, (left, slack)).map(|at| Plane { dim, at })
}

/// Of the values, the largest on the left of a cut that is nearest to `left` of them.
fn nearest_cut(values: &[f32], (left, slack): (usize, usize)) -> Option<f32> {
    let mut sorted = [0.0; LANES];
    let sorted = &mut sorted[..values.len()];
    sorted.copy_from_slice(values);
    sorted.sort_unstable_by(f32::total_cmp);
    let is_cut = |at: usize| at.abs_diff(left) <= slack && sorted[at - 1] < sorted[at];
    let at = (1..values.len()).filter(|&at| is_cut(at)).min_by_key(|&at| at.abs_diff(left))?;
    Some(sorted[at - 1])
}
