//! Every kernel against its scalar twin and a naive model.

use minbrain_kernels::{LANES, Lanes, TopK, dot, scalar, weighted_squared_l2};
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

fn block(dims: usize) -> impl Strategy<Value = Vec<Lanes>> {
    prop::collection::vec(prop::collection::vec(value(), LANES), dims)
        .prop_map(|rows| rows.iter().map(|row| Lanes(row.as_slice().try_into().unwrap())).collect())
}

fn case() -> impl Strategy<Value = (Vec<Lanes>, Vec<f32>, Vec<f32>)> {
    (1usize..40).prop_flat_map(|dims| {
        let vector = prop::collection::vec(value(), dims);
        (block(dims), vector, prop::collection::vec(0.0_f32..100.0, dims))
    })
}

fn close(a: f32, b: f32, scale: f32) -> bool {
    a == b || (a - b).abs() <= 1e-5 * scale
}

proptest! {
    #[test]
    fn distances_match_the_scalar_twin((block, query, weights) in case()) {
        let expected = scalar::weighted_squared_l2(&block, &query, &weights);
        let mut got = Lanes::ZERO;
        weighted_squared_l2(&block, &query, &weights, &mut got);
        for (e, g) in expected.0.iter().zip(&got.0) {
            prop_assert!(close(*e, *g, *e), "{e} against {g}");
        }
    }

    #[test]
    fn dot_products_match_the_scalar_twin((block, query, _) in case()) {
        let expected = scalar::dot(&block, &query);
        let mut got = Lanes::ZERO;
        dot(&block, &query, &mut got);
        for lane in 0..LANES {
            let scale: f32 = block.iter().zip(&query).map(|(v, q)| (v.0[lane] * q).abs()).sum();
            prop_assert!(close(expected.0[lane], got.0[lane], scale));
        }
    }

    #[test]
    fn top_k_is_the_head_of_a_sort(
        distances in prop::collection::vec(prop_oneof![0.0_f32..4.0, Just(1.0), Just(f32::INFINITY)], 1..300),
        k in 1usize..80,
    ) {
        let mut top = TopK::with_capacity(k);
        top.reset(k);
        for (slot, &distance) in distances.iter().enumerate().rev() {
            top.offer(slot as u32, distance);
        }
        let mut sorted: Vec<(f32, u32)> = distances.iter().copied().zip(0..).collect();
        sorted.sort_by(|a, b| a.partial_cmp(b).unwrap());
        sorted.truncate(k);
        let found: Vec<(f32, u32)> = top.iter().map(|f| (f.distance, f.slot)).collect();
        prop_assert_eq!(found, sorted);
    }

    #[test]
    fn offering_lanes_is_offering_one_by_one(
        distances in prop::collection::vec(0.0_f32..4.0, LANES),
        count in 0usize..=LANES,
        k in 1usize..80,
    ) {
        let slots: [u32; LANES] = std::array::from_fn(|lane| 1000 - lane as u32);
        let lanes = Lanes(distances.as_slice().try_into().unwrap());
        let mut together = TopK::with_capacity(k);
        together.reset(k);
        together.offer_lanes(&lanes, &slots, count);
        let mut single = TopK::with_capacity(k);
        single.reset(k);
        (0..count).for_each(|lane| single.offer(slots[lane], distances[lane]));
        prop_assert_eq!(together.iter().collect::<Vec<_>>(), single.iter().collect::<Vec<_>>());
    }
}
