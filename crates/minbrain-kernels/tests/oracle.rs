//! Every kernel, at every level that this processor has, against its scalar twin and naive models.
#![allow(clippy::unwrap_used)]

use minbrain_kernels::{
    BOXES, Boxes, Grid, Isa, Kernel, LANES, Lanes, Probe, Quad, ROW, Sieve, TopK, first_lanes,
    scalar,
};
use proptest::prelude::*;

/// A value of any size that a sensor may have, denormals, repeated values and zeros included.
fn value() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => -10.0_f32..10.0,
        1 => Just(0.0),
        1 => Just(1.0),
        1 => -1e15_f32..1e15,
        1 => Just(f32::MIN_POSITIVE / 8.0),
    ]
}

fn lanes(dims: usize) -> impl Strategy<Value = Vec<Lanes>> {
    prop::collection::vec(prop::collection::vec(value(), LANES), dims)
        .prop_map(|rows| rows.iter().map(|row| Lanes(row.as_slice().try_into().unwrap())).collect())
}

/// A block, a query and weights.
fn case() -> impl Strategy<Value = (Vec<Lanes>, Vec<f32>, Vec<f32>)> {
    (1usize..40).prop_flat_map(|dims| {
        let vector = prop::collection::vec(value(), dims);
        let weight = prop_oneof![3 => 0.0_f32..100.0, 1 => Just(0.0), 1 => Just(1e18)];
        (lanes(dims), vector, prop::collection::vec(weight, dims))
    })
}

/// Every level that runs here.
fn levels() -> impl Iterator<Item = Kernel> {
    Isa::ALL.into_iter().filter_map(Kernel::forced)
}

#[test]
fn the_first_lanes_are_as_many_bits() {
    for count in 0..=LANES {
        assert_eq!(first_lanes(count).count_ones(), count as u32);
        assert_eq!(first_lanes(count).trailing_ones(), count as u32);
    }
}

fn coded(grid: &Grid, block: &[Lanes]) -> Vec<Quad> {
    let mut quads = vec![Quad::ZERO; block.len().div_ceil(4)];
    for (dim, row) in block.iter().enumerate() {
        for (lane, &value) in row.0.iter().enumerate() {
            quads[dim / 4].0[lane][dim % 4] = grid.code(dim, value);
        }
    }
    quads
}

/// Codes have to tell near from far, or they would pass over nothing.
#[test]
fn codes_tell_near_from_far() {
    let rows: Vec<Lanes> = (0..10)
        .map(|dim| Lanes(std::array::from_fn(|lane| (lane * (dim + 1) % 17) as f32)))
        .collect();
    let mut grid = Grid::default();
    grid.fit(&[8.0; 10], &[5.0; 10], &[1.0; 10]);
    let key: Vec<f32> = rows.iter().map(|row| row.0[20] + 0.1).collect();
    let weights = [1.0; 10];
    let sieve = Sieve::new(&grid, Probe { key: &key, weights: &weights });
    let within = scalar::codes_within(&coded(&grid, &rows), &sieve, LANES, sieve.limit(1.0));
    let same =
        (0..LANES).filter(|lane| lane % 17 == 20 % 17).fold(0_u64, |bits, at| bits | 1 << at);
    assert_eq!(within, same);
    assert!(grid.suits(&weights) && grid.suits(&[3.0; 10]));
    let mut others = weights;
    others[3] = 0.1;
    assert!(!grid.suits(&others));
}

fn close(a: f32, b: f32, scale: f32) -> bool {
    a == b || (a - b).abs() <= 1e-5 * scale
}

#[test]
fn the_fastest_level_is_detected_and_levels_have_names() {
    assert_eq!(Kernel::detect().isa(), levels().last().unwrap().isa());
    for isa in Isa::ALL {
        assert_eq!(Isa::from_name(isa.name()), Some(isa));
    }
    assert_eq!(Isa::from_name("abacus"), None);
}

proptest! {
    #[test]
    fn distances_match_the_scalar_twin(
        (block, key, weights) in case(),
        at in 0usize..LANES,
        lanes in prop_oneof![any::<u64>(), (0..=LANES).prop_map(first_lanes), Just(1 << 40)],
    ) {
        let probe = Probe { key: &key, weights: &weights };
        let mut expected = Lanes::ZERO;
        scalar::distances(&block, probe, (u64::MAX, 0.0), &mut expected);
        // A distance that occurs makes the sharpest bound.
        let bound = expected.0[at];
        for kernel in levels() {
            let mut got = Lanes::ZERO;
            let within = kernel.distances(&block, probe, (lanes, bound), &mut got);
            for lane in (0..LANES).filter(|lane| lanes >> lane & 1 == 1) {
                prop_assert!(close(expected.0[lane], got.0[lane], expected.0[lane]));
                prop_assert_eq!(within >> lane & 1 == 1, got.0[lane] <= bound);
            }
            prop_assert_eq!(within & !lanes, 0, "none that is not asked for");
        }
    }

    #[test]
    fn portable_distances_are_bit_identical_to_scalar((block, key, weights) in case()) {
        let probe = Probe { key: &key, weights: &weights };
        let [mut a, mut b] = [Lanes::ZERO; 2];
        scalar::distances(&block, probe, (u64::MAX, 1.0), &mut a);
        Kernel::forced(Isa::Portable).unwrap().distances(&block, probe, (u64::MAX, 1.0), &mut b);
        prop_assert_eq!(a.0.map(f32::to_bits), b.0.map(f32::to_bits));
    }

    #[test]
    fn dot_products_match_the_scalar_twin((block, key, _) in case()) {
        let mut expected = Lanes::ZERO;
        scalar::dot(&block, &key, &mut expected);
        for kernel in levels() {
            let mut got = Lanes::ZERO;
            kernel.dot(&block, &key, &mut got);
            for lane in 0..LANES {
                let scale: f32 = block.iter().zip(&key).map(|(v, q)| (v.0[lane] * q).abs()).sum();
                prop_assert!(close(expected.0[lane], got.0[lane], scale));
            }
        }
    }

    #[test]
    fn no_point_is_nearer_than_its_box((block, key, weights) in case(), split in 1usize..LANES) {
        let probe = Probe { key: &key, weights: &weights };
        let boxes: Vec<Boxes> = block.iter().map(|row| {
            let mut ends = Boxes { low: [0.0; BOXES], high: [0.0; BOXES] };
            for (at, lanes) in [&row.0[..split], &row.0[split..]].into_iter().enumerate() {
                ends.low[at] = lanes.iter().copied().fold(f32::INFINITY, f32::min);
                ends.high[at] = lanes.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            }
            ends
        }).collect();
        let mut expected = [0.0; BOXES];
        scalar::box_distances(&boxes, probe, &mut expected);
        for kernel in levels() {
            let (mut points, mut got) = (Lanes::ZERO, [0.0; BOXES]);
            kernel.distances(&block, probe, (u64::MAX, 0.0), &mut points);
            kernel.box_distances(&boxes, probe, &mut got);
            for (lane, point) in points.0.iter().enumerate() {
                // Exactly, without any tolerance: this is what makes skipping a box safe.
                prop_assert!(got[usize::from(lane >= split)] <= *point);
            }
            (0..2).for_each(|at| assert!(close(expected[at], got[at], expected[at])));
        }
    }

    #[test]
    fn codes_pass_over_nothing_that_is_near(
        (block, key, weights) in case(),
        lanes in 1usize..=LANES,
        drift in prop::collection::vec(0.2_f32..5.0, 40),
        deviation in prop_oneof![4 => 0.1_f64..20.0, 1 => Just(0.0), 1 => Just(1e15)],
    ) {
        // Made for other weights than it is asked by, and for values that may lie far outside.
        let made_for: Vec<f32> = weights.iter().zip(&drift).map(|(w, d)| w * d).collect();
        let mut grid = Grid::default();
        grid.fit(&vec![0.5; key.len()], &vec![deviation; key.len()], &made_for);
        let quads = coded(&grid, &block);
        let probe = Probe { key: &key, weights: &weights };
        let sieve = Sieve::new(&grid, probe);
        for kernel in levels() {
            let mut exact = Lanes::ZERO;
            kernel.distances(&block, probe, (u64::MAX, 0.0), &mut exact);
            for lane in 0..lanes {
                let limit = sieve.limit(exact.0[lane]);
                let within = kernel.codes_within(&quads, &sieve, lanes, limit);
                prop_assert_eq!(within, scalar::codes_within(&quads, &sieve, lanes, limit));
                prop_assert!(within >> lane & 1 == 1, "{} {}", lane, exact.0[lane]);
                prop_assert_eq!(within & !first_lanes(lanes), 0);
            }
        }
    }

    #[test]
    fn matrices_match_the_scalar_twin(
        used in 1usize..40,
        values in prop::collection::vec(-3.0_f32..3.0, 40 * 48),
        kernel_weights in prop::collection::vec(0.0_f32..1.0, 0..20),
    ) {
        let stride = used.next_multiple_of(ROW);
        let rows = &values[..kernel_weights.len() * stride];
        let shape = (used, stride);
        let centre = vec![0.5; stride];
        let run = |kernel: Kernel| {
            let mut normal = vec![0.5; stride * stride];
            kernel.normal_equations(rows, &kernel_weights, shape, &mut normal);
            let mut projected = vec![0.0; kernel_weights.len()];
            kernel.project(rows, &centre, &mut projected);
            let [mut sums, mut spread] = [(); 2].map(|()| vec![0.25; stride]);
            kernel.combine(&kernel_weights, rows, &mut sums);
            kernel.spread(&kernel_weights, rows, &centre, &mut spread);
            // Rows combined from the values, by each row's first values.
            let mut each = vec![0.25; kernel_weights.len() * stride];
            kernel.combine_each(rows, shape, &values[..used * stride], &mut each);
            let [mut low, mut high] = [1.0, -1.0].map(|start| vec![start; stride]);
            kernel.extremes(rows, &mut low, &mut high);
            let upper = (0..used * used).filter(|at| at % used >= at / used);
            let upper: Vec<f32> = upper.map(|at| normal[at / used * stride + at % used]).collect();
            [upper, projected, sums, each, spread, low, high]
        };
        let expected = run(Kernel::forced(Isa::Scalar).unwrap());
        for kernel in levels() {
            for (expected, got) in expected.iter().zip(&run(kernel)) {
                expected.iter().zip(got).for_each(|(e, g)| assert!(close(*e, *g, 400.0)));
            }
        }
    }

    #[test]
    fn a_solution_multiplied_out_is_the_right_side(
        used in 1usize..40,
        values in prop::collection::vec(-1.0_f32..1.0, 41 * 40),
    ) {
        let stride = used.next_multiple_of(ROW);
        // B'B + 1 is positive definite, whatever B is.
        let entry = |a: usize, b: usize| {
            let products = (0..used).map(|k| f64::from(values[k * 40 + a]) * f64::from(values[k * 40 + b]));
            products.sum::<f64>() + f64::from(u8::from(a == b))
        };
        for kernel in levels() {
            // What stands below the diagonal and behind the end is not looked at.
            let mut matrix = vec![f32::NAN; used * stride];
            for a in 0..used {
                (a..used).for_each(|b| matrix[a * stride + b] = entry(a, b) as f32);
            }
            let mut right = vec![f32::NAN; stride];
            right[..used].copy_from_slice(&values[40 * 40..][..used]);
            let mut solution = vec![f32::NAN; used];
            kernel.solve((used, stride), &mut matrix, &mut right, &mut solution);
            for a in 0..used {
                let product: f64 = (0..used).map(|b| entry(a, b) * f64::from(solution[b])).sum();
                let off = (product - f64::from(values[40 * 40 + a])).abs();
                prop_assert!(off < 1e-4 * used as f64, "{kernel:?}: off by {off}");
            }
        }
    }

    #[test]
    fn top_k_is_the_head_of_a_sort(
        distances in prop::collection::vec(prop_oneof![0.0_f32..4.0, Just(1.0), Just(f32::INFINITY)], 1..300),
        k in 1usize..80,
        gone in 0u32..300,
    ) {
        let mut top = TopK::with_capacity(k);
        top.reset(k);
        for (slot, &distance) in distances.iter().enumerate().rev() {
            top.offer(slot as u32, distance);
        }
        let mut sorted: Vec<(f32, u32)> = distances.iter().copied().zip(0..).collect();
        sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
        sorted.truncate(k);
        let found = |top: &TopK| top.iter().map(|f| (f.distance, f.slot)).collect::<Vec<_>>();
        prop_assert_eq!(found(&top), sorted.clone());
        top.discard(gone);
        sorted.retain(|&(_, slot)| slot != gone);
        prop_assert_eq!(found(&top), sorted);
    }

    #[test]
    fn offering_lanes_is_offering_one_by_one(
        distances in prop::collection::vec(0.0_f32..4.0, LANES),
        lanes in any::<u64>(),
        k in 1usize..80,
    ) {
        let slots: [u32; LANES] = std::array::from_fn(|lane| 1000 - lane as u32);
        let values = Lanes(distances.as_slice().try_into().unwrap());
        let [mut together, mut single] = [TopK::with_capacity(k), TopK::with_capacity(k)];
        together.reset(k);
        together.offer_lanes(&values, &slots, lanes);
        single.reset(k);
        for lane in (0..LANES).filter(|lane| lanes >> lane & 1 == 1) {
            single.offer(slots[lane], distances[lane]);
        }
        prop_assert_eq!(together.iter().collect::<Vec<_>>(), single.iter().collect::<Vec<_>>());
    }
}
