//! Distances, once, over any [`Vector`].

use crate::arch::Vector;
use crate::lanes::{BOXES, Boxes, LANES, Lanes, Probe, first_lanes};

/// How many sums are kept in registers side by side.
const SUMS: usize = 4;

/// Calls `$group::<V, N>($argument.., $first)` for the vectors that hold any of `$lanes`, `N` of them at
/// a time if they lie side by side, and gathers the bits that come back.
macro_rules! each_group {
    ($vector:ty, $lanes:expr, $group:ident($($argument:expr),*)) => {{
        let lanes: u64 = $lanes;
        let (mut left, mut within) = (lanes, 0);
        while left != 0 {
            let first = left.trailing_zeros() as usize / <$vector>::WIDTH * <$vector>::WIDTH;
            let one = first_lanes(<$vector>::WIDTH);
            let holds = |at: usize| {
                let lane = first + at * <$vector>::WIDTH;
                lane < LANES && left >> lane & one != 0
            };
            let count = (1..SUMS).find(|&at| !holds(at)).unwrap_or(SUMS);
            within |= match count {
                1 => $group::<$vector, 1>($($argument,)* first),
                2 => $group::<$vector, 2>($($argument,)* first),
                3 => $group::<$vector, 3>($($argument,)* first),
                _ => $group::<$vector, SUMS>($($argument,)* first),
            };
            left &= !(first_lanes(count * <$vector>::WIDTH) << first);
        }
        within & lanes
    }};
}

/// # Safety
/// The processor has the features of `V`.
#[inline(always)]
pub(crate) unsafe fn distances<V: Vector>(
    block: &[Lanes],
    probe: Probe<'_>,
    (lanes, bound): (u64, f32),
    out: &mut Lanes,
) -> u64 {
    // SAFETY: groups hold only vectors with a lane of `lanes` in them, and all widths used (4, 8 and
    // 16) divide `LANES`.
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
    let _all = unsafe { each_group!(V, u64::MAX, dot_of(block, query, out)) };
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
