//! The nearest concave quadratic: eigenvalues above zero become zero.

use crate::limits::MAX_PLAN_DIMS;

/// Sweeps of Jacobi rotations: convergence is quadratic, and five are enough for single precision.
const SWEEPS: usize = 8;

/// Replaces the symmetric matrix in `rows`, padded to `stride`, by the nearest one without positive
/// eigenvalues. Leaves zeros where it holds what is not a number. Cost: some `12 sweeps x dims^3`
/// multiplications, by Jacobi's rotations (Golub and Van Loan, "Matrix Computations", 8.5).
pub(super) fn make_concave(dims: usize, stride: usize, rows: &mut [f32]) {
    let mut matrix = [0.0_f32; MAX_PLAN_DIMS * MAX_PLAN_DIMS];
    let mut vectors = [0.0_f32; MAX_PLAN_DIMS * MAX_PLAN_DIMS];
    for i in 0..dims {
        matrix[i * dims..][..dims].copy_from_slice(&rows[i * stride..][..dims]);
        vectors[i * dims + i] = 1.0;
    }
    if !matrix.iter().all(|value| value.is_finite()) {
        rows.fill(0.0);
        return;
    }
    for _ in 0..SWEEPS {
        if !rotate_all(dims, &mut matrix, &mut vectors) {
            break;
        }
    }
    rows.fill(0.0);
    for k in 0..dims {
        let value = matrix[k * dims + k].min(0.0);
        let vector = &vectors[k * dims..][..dims];
        if value < 0.0 {
            for (i, row) in rows.chunks_exact_mut(stride).take(dims).enumerate() {
                let factor = value * vector[i];
                row.iter_mut().zip(vector).for_each(|(to, v)| *to += factor * v);
            }
        }
    }
}

/// One rotation for every pair; returns whether there was anything to rotate.
fn rotate_all(dims: usize, matrix: &mut [f32], vectors: &mut [f32]) -> bool {
    let largest = (0..dims).map(|i| matrix[i * dims + i].abs()).fold(0.0, f32::max);
    let mut rotated = false;
    for p in 0..dims {
        for q in p + 1..dims {
            let off = matrix[p * dims + q];
            if off.abs() <= f32::EPSILON * largest || off.abs() < f32::MIN_POSITIVE {
                continue;
            }
            rotated = true;
            let theta = 0.5 * (matrix[q * dims + q] - matrix[p * dims + p]) / off;
            let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
            let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
            rotate(dims, (p, q), (cosine, tangent * cosine), matrix, vectors);
        }
    }
    rotated
}

/// Turns rows and columns `p` and `q` of the matrix, and rows of the vectors.
fn rotate(
    dims: usize,
    (p, q): (usize, usize),
    (cosine, sine): (f32, f32),
    matrix: &mut [f32],
    vectors: &mut [f32],
) {
    let turn = |a: &mut [f32], i: usize, j: usize| {
        let (x, y) = (a[i], a[j]);
        a[i] = cosine * x - sine * y;
        a[j] = sine * x + cosine * y;
    };
    for k in 0..dims {
        turn(matrix, k * dims + p, k * dims + q);
    }
    for k in 0..dims {
        turn(matrix, p * dims + k, q * dims + k);
        turn(vectors, p * dims + k, q * dims + k);
    }
}
