//! Small dense matrices with padded rows, once, over any [`Vector`].

use crate::arch::Vector;
use crate::lanes::ROW;

/// How many sums are kept in registers side by side: enough to hide the latency of one.
const SUMS: usize = 4;

/// Calls `$body` at the first column of each vector that holds one of the columns from `$from` to
/// `$to`.
macro_rules! each_column {
    ($vector:ty, $from:expr, $to:expr, |$column:ident| $body:block) => {
        let mut $column = $from;
        while $column < $to {
            $body
            $column += <$vector>::WIDTH;
        }
    };
}

fn check(rows: usize, count: usize, stride: usize) {
    assert!(stride.is_multiple_of(ROW) && rows >= count * stride, "rows are padded and complete");
}

/// # Safety
/// The processor has the features of `V`.
#[inline(always)]
pub(crate) unsafe fn normal_equations<V: Vector>(
    rows: &[f32],
    kernel: &[f32],
    (used, stride): (usize, usize),
    normal: &mut [f32],
) {
    check(rows.len(), kernel.len(), stride);
    check(normal.len(), used.next_multiple_of(SUMS), stride);
    for first in (0..used).step_by(SUMS) {
        each_column!(V, first / V::WIDTH * V::WIDTH, used, |column| {
            // SAFETY: `column + WIDTH <= stride`, a multiple of every width; `first + SUMS` is at
            // most the number of rows of `normal`, and at most `stride`; the lengths were checked.
            unsafe {
                let mut sums = [V::splat(0.0); SUMS];
                for (neighbour, &kernel) in kernel.iter().enumerate() {
                    let row = rows.as_ptr().add(neighbour * stride);
                    let values = V::splat(kernel).mul(V::load(row.add(column)));
                    for (at, sum) in sums.iter_mut().enumerate() {
                        *sum = V::splat(*row.add(first + at)).mul_add(values, *sum);
                    }
                }
                for (at, sum) in sums.into_iter().enumerate() {
                    let place = normal.as_mut_ptr().add((first + at) * stride + column);
                    sum.store(place);
                }
            }
        });
    }
}

/// # Safety
/// The processor has the features of `V`.
#[inline(always)]
pub(crate) unsafe fn solve<V: Vector>(
    (used, stride): (usize, usize),
    matrix: &mut [f32],
    right: &mut [f32],
    solution: &mut [f32],
) {
    check(matrix.len(), used, stride);
    check(right.len(), 1, stride);
    assert!(used <= stride, "rows are complete");
    for pivot in 0..used {
        let row = &mut matrix[pivot * stride..];
        let inverse = 1.0 / row[pivot].max(f32::MIN_POSITIVE);
        row[pivot] = inverse;
        solution[pivot] = right[pivot];
        let row = row.as_mut_ptr();
        // SAFETY: `row` starts a row of the matrix, which has `used` rows; they and `right` are
        // `stride` long, which is at least `used`.
        unsafe {
            for at in pivot + 1..used {
                let factor = -*row.add(at) * inverse;
                add::<V>(factor, row, row.add((at - pivot) * stride), (at, used));
            }
            // The right side is one more column; it is kept as a row.
            let factor = -solution[pivot] * inverse;
            add::<V>(factor, row, right.as_mut_ptr(), (pivot + 1, used));
        }
    }
    crate::scalar::substitute((used, stride), matrix, solution);
}

/// Adds `factor * row` to `to` in the vectors that hold the columns from `first` to `used`.
///
/// # Safety
/// The processor has the features of `V`; both rows are as long as `used`, rounded up to whole
/// vectors.
#[inline(always)]
unsafe fn add<V: Vector>(
    factor: f32,
    row: *const f32,
    to: *mut f32,
    (first, used): (usize, usize),
) {
    each_column!(V, first / V::WIDTH * V::WIDTH, used, |column| {
        // SAFETY: `column < used`: the vector that starts there is within both rows.
        unsafe {
            let update =
                V::splat(factor).mul_add(V::load(row.add(column)), V::load(to.add(column)));
            update.store(to.add(column));
        }
    });
}

/// # Safety
/// The processor has the features of `V`.
#[inline(always)]
pub(crate) unsafe fn project<V: Vector>(rows: &[f32], along: &[f32], to: &mut [f32]) {
    let stride = along.len();
    check(rows.len(), to.len(), stride);
    for (row, to) in rows.chunks_exact(stride).zip(to) {
        // SAFETY: `column + WIDTH <= stride`, the length of both.
        unsafe {
            let mut sum = V::splat(0.0);
            each_column!(V, 0, stride, |column| {
                let value = V::load(row.as_ptr().add(column));
                sum = value.mul_add(V::load(along.as_ptr().add(column)), sum);
            });
            *to = sum.sum();
        }
    }
}

/// # Safety
/// The processor has the features of `V`.
#[inline(always)]
pub(crate) unsafe fn combine<V: Vector>(factors: &[f32], rows: &[f32], to: &mut [f32]) {
    let stride = to.len();
    check(rows.len(), factors.len(), stride);
    each_column!(V, 0, stride, |column| {
        // SAFETY: `column + WIDTH <= stride`; the lengths were checked.
        unsafe {
            let mut sum = V::load(to.as_ptr().add(column));
            for (at, &factor) in factors.iter().enumerate() {
                let row = V::load(rows.as_ptr().add(at * stride + column));
                sum = V::splat(factor).mul_add(row, sum);
            }
            sum.store(to.as_mut_ptr().add(column));
        }
    });
}

/// # Safety
/// The processor has the features of `V`.
#[inline(always)]
pub(crate) unsafe fn combine_each<V: Vector>(
    factors: &[f32],
    (used, stride): (usize, usize),
    rows: &[f32],
    to: &mut [f32],
) {
    let Some(width) = rows.len().checked_div(used) else { return };
    check(rows.len(), used, width);
    assert!(width > 0 && factors.len() / stride >= to.len() / width, "a row of factors for each");
    let done = to.len() / (SUMS * width) * SUMS;
    let mut groups = to.chunks_exact_mut(SUMS * width);
    for (group, to) in groups.by_ref().enumerate() {
        let factors = &factors[group * SUMS * stride..][..SUMS * stride];
        assert!(used <= stride, "factors are complete");
        each_column!(V, 0, width, |column| {
            // SAFETY: `column + WIDTH <= width`; `to` has `SUMS` rows of it, `rows` has `used`, and
            // `factors` has `SUMS` rows of at least `used`.
            unsafe {
                let place = to.as_mut_ptr().add(column);
                let mut sums = [V::splat(0.0); SUMS];
                for (at, sum) in sums.iter_mut().enumerate() {
                    *sum = V::load(place.add(at * width));
                }
                for row in 0..used {
                    let values = V::load(rows.as_ptr().add(row * width + column));
                    for (at, sum) in sums.iter_mut().enumerate() {
                        let factor = *factors.as_ptr().add(at * stride + row);
                        *sum = V::splat(factor).mul_add(values, *sum);
                    }
                }
                for (at, sum) in sums.into_iter().enumerate() {
                    sum.store(place.add(at * width));
                }
            }
        });
    }
    let rest = groups.into_remainder().chunks_exact_mut(width);
    for (factors, to) in factors[done * stride..].chunks_exact(stride).zip(rest) {
        // SAFETY: the caller's contract.
        unsafe { combine::<V>(&factors[..used], rows, to) };
    }
}

/// # Safety
/// The processor has the features of `V`.
#[inline(always)]
pub(crate) unsafe fn extremes<V: Vector>(rows: &[f32], low: &mut [f32], high: &mut [f32]) {
    let stride = low.len();
    check(high.len(), 1, stride);
    each_column!(V, 0, stride, |column| {
        // SAFETY: `column + WIDTH <= stride`, the length of every row.
        unsafe {
            let mut least = V::load(low.as_ptr().add(column));
            let mut most = V::load(high.as_ptr().add(column));
            for row in rows.chunks_exact(stride) {
                let values = V::load(row.as_ptr().add(column));
                least = values.min(least);
                most = values.max(most);
            }
            least.store(low.as_mut_ptr().add(column));
            most.store(high.as_mut_ptr().add(column));
        }
    });
}

/// # Safety
/// The processor has the features of `V`.
#[inline(always)]
pub(crate) unsafe fn spread<V: Vector>(
    factors: &[f32],
    rows: &[f32],
    centre: &[f32],
    to: &mut [f32],
) {
    let stride = to.len();
    check(rows.len(), factors.len(), stride);
    check(centre.len(), 1, stride);
    each_column!(V, 0, stride, |column| {
        // SAFETY: `column + WIDTH <= stride`; the lengths were checked.
        unsafe {
            let middle = V::load(centre.as_ptr().add(column));
            let mut sum = V::load(to.as_ptr().add(column));
            for (at, &factor) in factors.iter().enumerate() {
                let off = V::load(rows.as_ptr().add(at * stride + column)).sub(middle);
                sum = V::splat(factor).mul(off).mul_add(off, sum);
            }
            sum.store(to.as_mut_ptr().add(column));
        }
    });
}
