//! The fit against Gaussian elimination in double precision, on healthy and degenerate neighbours.

use minbrain_kernels::Kernel;
use proptest::prelude::*;

use super::Regression;
use crate::limits::MAX_SLOPE_DIMS;

/// One neighbourhood: where the point is, its neighbours, and how dimensions weigh.
#[derive(Clone, Debug)]
struct Case {
    centre: Vec<f32>,
    keys: Vec<Vec<f32>>,
    metric: Vec<f32>,
}

impl Case {
    fn distance(&self, key: &[f32]) -> f32 {
        let each = key.iter().zip(&self.centre).zip(&self.metric);
        each.map(|((k, c), w)| w * (k - c) * (k - c)).sum()
    }

    fn farthest(&self) -> f32 {
        self.keys.iter().map(|k| self.distance(k)).fold(0.0, f32::max)
    }

    fn solve(&self, ridge: f32) -> Vec<f32> {
        self.fitted(ridge).weights().to_vec()
    }

    /// A regression that is solved at the point.
    fn fitted(&self, ridge: f32) -> Regression {
        let mut regression = Regression::new(Kernel::detect(), self.centre.len());
        // A fit before leaves nothing behind.
        let stride = regression.stride();
        let padded = |key: &[f32]| [key, &vec![0.0; stride - key.len()]].concat();
        let centre = padded(&self.centre);
        regression.begin(&self.metric, 3.0);
        for distance in [1.0, 2.0] {
            regression.add(&centre, &padded(&vec![5.0; self.centre.len()]), distance, 3.0);
        }
        regression.solve(1.0);
        let farthest = self.farthest();
        regression.begin(&self.metric, farthest);
        for key in &self.keys {
            regression.add(&centre, &padded(key), self.distance(key), farthest);
        }
        regression.solve(ridge);
        regression
    }

    /// The weights by definition: `w_j = k_j x_j' (X'KX + ridge sum(k) I)^-1 e0`, rows centred at the
    /// point and in bandwidths, `h^2 = 1.2 d_K^2`, `k = (1 - d^2 / h^2)^2 + 1e-4`.
    fn oracle(&self, ridge: f64) -> Vec<f64> {
        let squared = |key: &[f32]| -> f64 {
            let each = key.iter().zip(&self.centre).zip(&self.metric);
            each.map(|((&k, &c), &w)| f64::from(w) * (f64::from(k) - f64::from(c)).powi(2)).sum()
        };
        let h2 = 1.2 * self.keys.iter().map(|k| squared(k)).fold(0.0, f64::max);
        let row = |key: &[f32]| -> Vec<f64> {
            let each = key.iter().zip(&self.centre).zip(&self.metric);
            let mut row: Vec<f64> = each
                .map(|((&k, &c), &w)| {
                    let off = (f64::from(k) - f64::from(c)) * f64::from(w).sqrt();
                    if h2 > 0.0 { off / h2.sqrt() } else { 0.0 }
                })
                .collect();
            row.push(1.0);
            row
        };
        let rows: Vec<Vec<f64>> = self.keys.iter().map(|k| row(k)).collect();
        let near = |key: &[f32]| if h2 > 0.0 { 1.0 - squared(key) / h2 } else { 1.0 };
        let kernel: Vec<f64> = self.keys.iter().map(|k| near(k).powi(2) + 1e-4).collect();
        let sum: f64 = kernel.iter().sum();
        if rows.len() < 2 || self.centre.len() > MAX_SLOPE_DIMS {
            return kernel.iter().map(|k| k / sum).collect();
        }
        let unknowns = self.centre.len() + 1;
        let mut normal = vec![vec![0.0; unknowns]; unknowns];
        for (row, k) in rows.iter().zip(&kernel) {
            for a in 0..unknowns {
                for b in 0..unknowns {
                    normal[a][b] += k * row[a] * row[b];
                }
            }
        }
        (0..unknowns - 1).for_each(|at| normal[at][at] += ridge * sum);
        let mut unit = vec![0.0; unknowns];
        unit[unknowns - 1] = 1.0;
        let z = eliminate(normal, unit);
        let along = |row: &[f64]| -> f64 { row.iter().zip(&z).map(|(x, z)| x * z).sum() };
        rows.iter().zip(&kernel).map(|(row, k)| k * along(row)).collect()
    }
}

/// Solves `a x = b` by Gaussian elimination with partial pivoting.
fn eliminate(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for at in 0..n {
        let pivot = (at..n).max_by(|&i, &j| a[i][at].abs().total_cmp(&a[j][at].abs())).unwrap();
        a.swap(at, pivot);
        b.swap(at, pivot);
        for below in at + 1..n {
            let factor = a[below][at] / a[at][at];
            let (above, rest) = a.split_at_mut(below);
            for (entry, pivot) in rest[0].iter_mut().zip(&above[at]).skip(at) {
                *entry -= factor * pivot;
            }
            b[below] -= factor * b[at];
        }
    }
    for at in (0..n).rev() {
        let known: f64 = (at + 1..n).map(|j| a[at][j] * b[j]).sum();
        b[at] = (b[at] - known) / a[at][at];
    }
    b
}

/// The worst difference between the weights found and the oracle's.
fn worst(case: &Case, ridge: f32) -> f64 {
    let (got, exact) = (case.solve(ridge), case.oracle(f64::from(ridge)));
    assert_eq!(got.len(), exact.len());
    let off = |(&g, &e): (&f32, &f64)| (f64::from(g) - e).abs();
    got.iter().zip(&exact).map(off).fold(0.0, f64::max)
}

fn case() -> impl Strategy<Value = Case> {
    (1_usize..24, 1_usize..60, -3_i32..4).prop_flat_map(|(dims, neighbours, exponent)| {
        let value = (-1.0_f32..1.0).prop_map(move |x| x * 10.0_f32.powi(exponent));
        let key = prop::collection::vec(value, dims);
        let metric = prop::collection::vec(0.01_f32..100.0, dims);
        (key.clone(), prop::collection::vec(key, neighbours), metric)
            .prop_map(|(centre, keys, metric)| Case { centre, keys, metric })
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(2),
        failure_persistence: None,
        ..ProptestConfig::with_cases(200)
    })]

    #[test]
    fn weights_are_those_of_gaussian_elimination(case in case(), strong in any::<bool>()) {
        let ridge = if strong { 0.1 } else { 1e-3 };
        let worst = worst(&case, ridge);
        prop_assert!(worst < 2e-3, "off by {}", worst);
    }

    #[test]
    fn weights_sum_to_one(case in case()) {
        let sum: f32 = case.solve(1e-3).iter().sum();
        prop_assert!((sum - 1.0).abs() < 1e-2, "{}", sum);
    }

    /// Neighbours on a few points of a grid: copies, constant dimensions, the point itself.
    #[test]
    fn copies_and_constant_dimensions_do_no_harm(
        places in prop::collection::vec((0_i8..2, 0_i8..2), 1..40),
    ) {
        let keys = places.iter().map(|&(x, y)| vec![f32::from(x), 7.0, f32::from(y)]).collect();
        let case = Case { centre: vec![0.0, 7.0, 0.0], keys, metric: vec![1.0, 1e18, 0.0] };
        let worst = worst(&case, 1e-3);
        prop_assert!(worst < 2e-3, "off by {}", worst);
    }
}

fn equal(weights: &[f32], expected: f32) -> bool {
    weights.iter().all(|w| (w - expected).abs() < 1e-5)
}

#[test]
fn one_neighbour_says_it_all() {
    let case = Case { centre: vec![0.0; 3], keys: vec![vec![1.0; 3]], metric: vec![1.0; 3] };
    assert_eq!(case.solve(1e-3), [1.0]);
}

#[test]
fn neighbours_all_on_the_point_share_alike() {
    for count in [2, 3, 50, 256] {
        let case =
            Case { centre: vec![3.0; 4], keys: vec![vec![3.0; 4]; count], metric: vec![2.0; 4] };
        assert!(equal(&case.solve(1e-3), 1.0 / count as f32), "{count}");
    }
}

#[test]
fn neighbours_all_on_another_point_share_alike() {
    let case = Case { centre: vec![3.0; 4], keys: vec![vec![4.0; 4]; 10], metric: vec![2.0; 4] };
    assert!(worst(&case, 1e-3) < 1e-3);
    // Ten copies cannot tell what the value at the point is; none may claim more than another.
    let weights = case.solve(1e-3);
    assert!(equal(&weights, weights[0]));
}

#[test]
fn two_neighbours_on_either_side_interpolate() {
    let case = Case { centre: vec![1.0], keys: vec![vec![0.0], vec![4.0]], metric: vec![1.0] };
    let weights = case.solve(1e-6);
    assert!((weights[0] - 0.75).abs() < 0.01 && (weights[1] - 0.25).abs() < 0.01, "{weights:?}");
}

#[test]
fn above_the_limit_of_dimensions_it_averages() {
    let dims = MAX_SLOPE_DIMS + 1;
    let near = vec![0.1; dims];
    let far = vec![1.0; dims];
    let case = Case { centre: vec![0.0; dims], keys: vec![near, far], metric: vec![1.0; dims] };
    assert!(worst(&case, 1e-3) < 1e-5);
    assert!(case.solve(1e-3).iter().all(|&w| w > 0.0));
}

#[test]
fn at_the_limit_of_dimensions_it_still_fits_slopes() {
    let dims = MAX_SLOPE_DIMS;
    let spread = |j: usize, d: usize| ((j * 37 + d * 101 + j * j * 13) % 97) as f32 / 48.5 - 1.0;
    let key = |j: usize| (0..dims).map(|d| spread(j + 1, d)).collect::<Vec<f32>>();
    let case = Case {
        centre: vec![0.2; dims],
        keys: (0..134).map(key).collect(),
        metric: vec![1.0; dims],
    };
    assert!(worst(&case, 1e-3) < 1e-3);
    assert!(case.solve(1e-3).iter().any(|&w| w < 0.0), "slopes make some weights negative");
}

#[test]
fn distances_that_vanish_or_overflow_leave_numbers() {
    for size in [1e-45_f32, 1e-30, 1e-22, 1e15] {
        for weight in [1e-30_f32, 1.0, 1e18] {
            let keys = vec![vec![size, 0.0], vec![0.0, size], vec![-size, 0.0]];
            let case = Case { centre: vec![0.0; 2], keys, metric: vec![weight; 2] };
            if case.farthest().is_finite() {
                let sum: f32 = case.solve(1e-3).iter().sum();
                assert!((sum - 1.0).abs() < 1e-3, "{size} {weight}: {sum}");
            }
        }
    }
}

#[test]
fn slopes_of_a_plane_are_its_own() {
    let plane = [2.0_f32, -0.5, 0.0];
    let keys: Vec<[f32; 3]> = (0..27)
        .map(|at| [at % 3, at / 3 % 3, at / 9].map(|step| 0.2 * step as f32 - 0.15))
        .collect();
    let metric = [1.0, 4.0, 0.25];
    let mut regression = Regression::new(Kernel::detect(), 3);
    let padded = |key: [f32; 3]| {
        let mut row = vec![0.0; regression_stride()];
        row[..3].copy_from_slice(&key);
        row
    };
    let squared = |key: &[f32; 3]| key.iter().zip(metric).map(|(k, w)| w * k * k).sum::<f32>();
    let farthest = keys.iter().map(squared).fold(0.0, f32::max);
    regression.begin(&metric, farthest);
    for key in &keys {
        regression.add(&padded([0.0; 3]), &padded(*key), squared(key), farthest);
    }
    regression.solve(0.1);
    let height = |key: &[f32; 3]| 7.0 + key.iter().zip(plane).map(|(k, p)| k * p).sum::<f32>();
    let targets: Vec<f32> = keys.iter().map(height).collect();
    let slopes: Vec<f32> = regression.slopes_of(&targets, 0.0).collect();
    for (slope, expected) in slopes.iter().zip(plane) {
        assert!((slope - expected).abs() < 1e-3, "{slopes:?} against {plane:?}");
    }
}

#[test]
fn the_gradient_by_the_metric_is_that_of_the_definition() {
    let key = |at: usize| -> Vec<f32> {
        [3.7, 2.3, 5.1].map(|speed| (speed * (at as f32 + 1.0)).sin()).to_vec()
    };
    let mut case = Case {
        centre: vec![0.1, -0.2, 0.05],
        keys: (0..16).map(key).collect(),
        metric: vec![1.0, 3.0, 0.4],
    };
    let mut keys = case.keys.clone();
    keys.sort_by(|a, b| case.distance(a).total_cmp(&case.distance(b)));
    case.keys = keys;
    let target = |key: &Vec<f32>| (2.0 * key[0]).sin() + key[1] * key[2];
    let targets: Vec<f32> = case.keys.iter().map(target).collect();
    let ridge = 1e-5;
    let predicted = |case: &Case| -> f64 {
        let weights = case.oracle(f64::from(ridge));
        weights.iter().zip(&targets).map(|(w, &t)| w * f64::from(t)).sum()
    };
    let mut regression = case.fitted(ridge);
    let gradient = regression.metric_gradient(&targets, ridge);
    let expected = [0, 1, 2].map(|dim| {
        let by = |factor: f32| {
            let mut moved = case.clone();
            moved.metric[dim] *= factor;
            predicted(&moved)
        };
        (by(1.01) - by(1.0 / 1.01)) / (2.0 * 1.01_f64.ln())
    });
    let largest = expected.iter().fold(0.0, |most: f64, e| most.max(e.abs()));
    for (got, expected) in gradient.iter().zip(expected) {
        assert!((f64::from(*got) - expected).abs() < 0.02 * largest, "{got} against {expected}");
    }
}

/// Values per row of a fit in three dimensions.
fn regression_stride() -> usize {
    Regression::new(Kernel::detect(), 3).stride()
}
