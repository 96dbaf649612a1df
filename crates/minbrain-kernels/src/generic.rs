//! Distances, once, over any [`Vector`].

use crate::arch::Vector;
use crate::lanes::{BOXES, Boxes, LANES, Lanes, Probe, first_lanes};
use crate::quantised::Quantised;

/// How many sums are kept in registers side by side.
const SUMS: usize = 4;

/// Gathers the bits of `$group::<V, N>($argument.., $first)` over the first `$lanes` lanes, `N` vectors
/// at a time: as many as there are sums, and at the end only those in use.
macro_rules! each_group {
    ($vector:ty, $lanes:expr, $group:ident($($argument:expr),*)) => {{
        let lanes = $lanes.min(LANES);
        let (mut first, mut left, mut within) = (0, lanes.div_ceil(<$vector>::WIDTH), 0);
        while left > 0 {
            within |= match left {
                1 => $group::<$vector, 1>($($argument,)* first),
                2 => $group::<$vector, 2>($($argument,)* first),
                3 => $group::<$vector, 3>($($argument,)* first),
                _ => $group::<$vector, SUMS>($($argument,)* first),
            };
            first += SUMS * <$vector>::WIDTH;
            left = left.saturating_sub(SUMS);
        }
        within & first_lanes(lanes)
    }};
}

/// # Safety
/// The processor has the features of `V`.
#[inline(always)]
pub(crate) unsafe fn distances<V: Vector>(
    block: &[Lanes],
    probe: Probe<'_>,
    (lanes, bound): (usize, f32),
    out: &mut Lanes,
) -> u64 {
    // SAFETY: groups reach no further than `lanes` rounded up to whole vectors, and all widths used
    // (4, 8 and 16) divide `LANES`.
    unsafe { each_group!(V, lanes, distances_of(block, probe, bound, out)) }
}

/// # Safety
/// As [`distances`]; `first + N * WIDTH <= LANES`.
#[inline(always)]
unsafe fn distances_of<V: Vector, const N: usize>(
    block: &[Lanes],
    probe: Probe<'_>,
    bound: f32,
    out: &mut Lanes,
    first: usize,
) -> u64 {
    // SAFETY: the caller's contract.
    unsafe {
        let mut sums = [V::splat(0.0); N];
        for ((values, &q), &w) in block.iter().zip(probe.key).zip(probe.weights) {
            let (q, w) = (V::splat(q), V::splat(w));
            let values = values.0.as_ptr().add(first);
            for (at, sum) in sums.iter_mut().enumerate() {
                let difference = q.sub(V::load(values.add(at * V::WIDTH)));
                *sum = w.mul(difference).mul_add(difference, *sum);
            }
        }
        finish(&sums, bound, first, out)
    }
}

/// Writes sums to their lanes; returns which are at most `bound`.
///
/// # Safety
/// As [`distances`]; `first + N * WIDTH <= LANES`.
#[inline(always)]
unsafe fn finish<V: Vector, const N: usize>(
    sums: &[V; N],
    bound: f32,
    first: usize,
    out: &mut Lanes,
) -> u64 {
    let mut within = 0;
    for (at, sum) in sums.iter().enumerate() {
        let lane = first + at * V::WIDTH;
        // SAFETY: the caller's contract.
        unsafe {
            sum.store(out.0.as_mut_ptr().add(lane));
            within |= sum.at_most(V::splat(bound)) << lane;
        }
    }
    within
}

/// # Safety
/// The processor has the features of `V`.
#[inline(always)]
pub(crate) unsafe fn dot<V: Vector>(block: &[Lanes], query: &[f32], out: &mut Lanes) {
    // SAFETY: as in `distances`.
    let _all = unsafe { each_group!(V, LANES, dot_of(block, query, out)) };
}

/// # Safety
/// As [`distances_of`].
#[inline(always)]
unsafe fn dot_of<V: Vector, const N: usize>(
    block: &[Lanes],
    query: &[f32],
    out: &mut Lanes,
    first: usize,
) -> u64 {
    // SAFETY: the caller's contract.
    unsafe {
        let mut sums = [V::splat(0.0); N];
        for (values, &q) in block.iter().zip(query) {
            let q = V::splat(q);
            let values = values.0.as_ptr().add(first);
            for (at, sum) in sums.iter_mut().enumerate() {
                *sum = q.mul_add(V::load(values.add(at * V::WIDTH)), *sum);
            }
        }
        finish(&sums, f32::MAX, first, out)
    }
}

/// # Safety
/// The processor has the features of `V`.
#[inline(always)]
pub(crate) unsafe fn box_distances<V: Vector>(
    boxes: &[Boxes],
    probe: Probe<'_>,
    out: &mut [f32; BOXES],
) {
    let mut first = 0;
    while first < BOXES {
        // SAFETY: `first + WIDTH <= BOXES`, a multiple of every width.
        unsafe {
            let mut sum = V::splat(0.0);
            for ((ends, &q), &w) in boxes.iter().zip(probe.key).zip(probe.weights) {
                let (q, w) = (V::splat(q), V::splat(w));
                let below = V::load(ends.low.as_ptr().add(first)).sub(q);
                let above = q.sub(V::load(ends.high.as_ptr().add(first)));
                let difference = below.max(above).max(V::splat(0.0));
                sum = w.mul(difference).mul_add(difference, sum);
            }
            sum.store(out.as_mut_ptr().add(first));
        }
        first += V::WIDTH;
    }
}

/// # Safety
/// The processor has the features of `V`.
#[inline(always)]
pub(crate) unsafe fn quantised_distances<V: Vector>(
    block: &[Quantised],
    probe: Probe<'_>,
    (lanes, bound): (usize, f32),
    out: &mut Lanes,
) -> u64 {
    // SAFETY: as in `distances`.
    unsafe { each_group!(V, lanes, quantised_distances_of(block, probe, bound, out)) }
}

/// # Safety
/// As [`distances_of`].
#[inline(always)]
unsafe fn quantised_distances_of<V: Vector, const N: usize>(
    block: &[Quantised],
    probe: Probe<'_>,
    bound: f32,
    out: &mut Lanes,
    first: usize,
) -> u64 {
    // SAFETY: the caller's contract.
    unsafe {
        let mut sums = [V::splat(0.0); N];
        for ((values, &q), &w) in block.iter().zip(probe.key).zip(probe.weights) {
            let (centred, w) = (V::splat(q - values.offset), V::splat(w));
            let scale = V::splat(-values.scale);
            let codes = values.codes.as_ptr().add(first);
            for (at, sum) in sums.iter_mut().enumerate() {
                let steps = V::load_codes(codes.add(at * V::WIDTH));
                let difference = scale.mul_add(steps, centred);
                *sum = w.mul(difference).mul_add(difference, *sum);
            }
        }
        finish(&sums, bound, first, out)
    }
}
