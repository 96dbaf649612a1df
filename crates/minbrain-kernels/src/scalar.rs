//! The scalar twins: one value at a time, in the order of the dimensions. They are the oracle of
//! every faster kernel.

use crate::codes::{Quad, Sieve};
use crate::lanes::{BOXES, Boxes, LANES, Lanes, Probe};

/// See [`Kernel::distances`](crate::Kernel::distances).
pub fn distances(
    block: &[Lanes],
    probe: Probe<'_>,
    (lanes, bound): (u64, f32),
    out: &mut Lanes,
) -> u64 {
    let mut within = 0;
    for lane in (0..LANES).filter(|lane| lanes >> lane & 1 == 1) {
        let mut sum = 0.0;
        for (dim, values) in block.iter().enumerate() {
            let difference = probe.key[dim] - values.0[lane];
            sum += probe.weights[dim] * difference * difference;
        }
        out.0[lane] = sum;
        within |= u64::from(sum <= bound) << lane;
    }
    within
}

/// See [`Kernel::dot`](crate::Kernel::dot).
pub fn dot(block: &[Lanes], query: &[f32], out: &mut Lanes) {
    for lane in 0..LANES {
        out.0[lane] = 0.0;
        for (dim, values) in block.iter().enumerate() {
            out.0[lane] += query[dim] * values.0[lane];
        }
    }
}

/// See [`Kernel::box_distances`](crate::Kernel::box_distances).
pub fn box_distances(boxes: &[Boxes], probe: Probe<'_>, out: &mut [f32; BOXES]) {
    for (at, out) in out.iter_mut().enumerate() {
        *out = 0.0;
        for (dim, ends) in boxes.iter().enumerate() {
            let below = ends.low[at] - probe.key[dim];
            let above = probe.key[dim] - ends.high[at];
            let difference = below.max(above).max(0.0);
            *out += probe.weights[dim] * difference * difference;
        }
    }
}

/// See [`Kernel::codes_within`](crate::Kernel::codes_within).
pub fn codes_within(block: &[Quad], sieve: &Sieve, lanes: usize, limit: u32) -> u64 {
    let mut within = 0;
    for lane in 0..lanes.min(LANES) {
        let mut sum = 0;
        for (quad, (codes, masks)) in block.iter().zip(sieve.codes.iter().zip(&sieve.masks)) {
            for at in 0..4 {
                let apart = u32::from(quad.0[lane][at].abs_diff(codes[at]) & masks[at]);
                sum += apart * apart;
            }
        }
        within |= u64::from(sum <= limit) << lane;
    }
    within
}

/// See [`Kernel::normal_equations`](crate::Kernel::normal_equations).
pub fn normal_equations(
    rows: &[f32],
    kernel: &[f32],
    (used, stride): (usize, usize),
    normal: &mut [f32],
) {
    for a in 0..used {
        normal[a * stride + a..][..used - a].fill(0.0);
    }
    for (row, kernel) in rows.chunks_exact(stride).zip(kernel) {
        for a in 0..used {
            for b in a..used {
                normal[a * stride + b] += kernel * row[a] * row[b];
            }
        }
    }
}

/// See [`Kernel::combine`](crate::Kernel::combine).
pub fn combine(factors: &[f32], rows: &[f32], to: &mut [f32]) {
    for (factor, row) in factors.iter().zip(rows.chunks_exact(to.len())) {
        for (to, value) in to.iter_mut().zip(row) {
            *to += factor * value;
        }
    }
}

/// See [`Kernel::combine_each`](crate::Kernel::combine_each).
pub fn combine_each(factors: &[f32], (used, stride): (usize, usize), rows: &[f32], to: &mut [f32]) {
    let Some(width) = rows.len().checked_div(used) else { return };
    for (factors, to) in factors.chunks_exact(stride).zip(to.chunks_exact_mut(width)) {
        combine(&factors[..used], rows, to);
    }
}

/// See [`Kernel::solve`](crate::Kernel::solve).
pub fn solve(
    (used, stride): (usize, usize),
    matrix: &mut [f32],
    right: &mut [f32],
    solution: &mut [f32],
) {
    for pivot in 0..used {
        let inverse = 1.0 / matrix[pivot * stride + pivot].max(f32::MIN_POSITIVE);
        matrix[pivot * stride + pivot] = inverse;
        solution[pivot] = right[pivot];
        for row in pivot + 1..used {
            let factor = matrix[pivot * stride + row] * inverse;
            right[row] -= factor * solution[pivot];
            for column in row..used {
                matrix[row * stride + column] -= factor * matrix[pivot * stride + column];
            }
        }
    }
    substitute((used, stride), matrix, solution);
}

/// The last half of [`solve`]: unknown after unknown, from the last one back. The inverses of the
/// pivots stand on the diagonal.
pub(crate) fn substitute((used, stride): (usize, usize), matrix: &[f32], solution: &mut [f32]) {
    for at in (0..used).rev() {
        let found = solution[at] * matrix[at * stride + at];
        solution[at] = found;
        let above = &matrix[..at * stride];
        for (row, known) in solution[..at].iter_mut().enumerate() {
            *known -= above[row * stride + at] * found;
        }
    }
}

/// See [`Kernel::project`](crate::Kernel::project).
pub fn project(rows: &[f32], along: &[f32], to: &mut [f32]) {
    for (row, to) in rows.chunks_exact(along.len()).zip(to) {
        *to = row.iter().zip(along).map(|(value, along)| value * along).sum();
    }
}

/// See [`Kernel::extremes`](crate::Kernel::extremes).
pub fn extremes(rows: &[f32], low: &mut [f32], high: &mut [f32]) {
    for row in rows.chunks_exact(low.len()) {
        for ((value, low), high) in row.iter().zip(&mut *low).zip(&mut *high) {
            *low = value.min(*low);
            *high = value.max(*high);
        }
    }
}

/// See [`Kernel::spread`](crate::Kernel::spread).
pub fn spread(factors: &[f32], rows: &[f32], centre: &[f32], to: &mut [f32]) {
    for (factor, row) in factors.iter().zip(rows.chunks_exact(to.len())) {
        for ((to, value), centre) in to.iter_mut().zip(row).zip(centre) {
            *to += factor * (value - centre) * (value - centre);
        }
    }
}
