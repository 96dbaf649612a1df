//! A recall against a naive list.

use proptest::prelude::*;

use super::*;

const DIMS: usize = 3;
const CAPACITY: usize = 400;

type Ask = fn(&mut Recall, &[f32], &[f32], usize, &mut Nearest) -> Result<(), RecallError>;

/// Every way to the exact answer.
const WAYS: [Ask; 4] = [
    Recall::nearest,
    |recall, query, weights, k, out| recall.nearest_by_scan(query, weights, k, out),
    |recall, query, weights, k, out| recall.nearest_where((query, weights), k, |_| true, out),
    |recall, query, weights, k, out| recall.near((query, weights), k, u32::MAX, out),
];

#[derive(Clone, Debug)]
enum Step {
    Insert([f32; DIMS]),
    /// This slot, taken or not.
    Remove(u32),
    Ask {
        query: [f32; DIMS],
        weights: [f32; DIMS],
        k: usize,
    },
    Upkeep(u32),
}

/// Small whole numbers: every sum of their squares is exact, whatever the order of the operations.
fn vector() -> impl Strategy<Value = [f32; DIMS]> {
    [-6_i8..7, -6_i8..7, 0_i8..2].prop_map(|values| values.map(f32::from))
}

fn step() -> impl Strategy<Value = Step> {
    let weights = [0_u8..4, 0_u8..4, 0_u8..4].prop_map(|weights| weights.map(f32::from));
    prop_oneof![
        8 => vector().prop_map(Step::Insert),
        5 => (0..CAPACITY as u32 + 3).prop_map(Step::Remove),
        2 => (vector(), weights, 1_usize..20)
            .prop_map(|(query, weights, k)| Step::Ask { query, weights, k }),
        1 => (0_u32..30).prop_map(Step::Upkeep),
    ]
}

/// The vectors by slot.
type Model = Vec<Option<[f32; DIMS]>>;

fn expected(model: &Model, step: &Step) -> Vec<(u32, f32)> {
    let Step::Ask { query, weights, k } = step else { return Vec::new() };
    let taken = model.iter().enumerate().filter_map(|(slot, vector)| Some((slot, (*vector)?)));
    let mut all: Vec<(u32, f32)> = taken
        .map(|(slot, vector)| {
            let terms = (0..DIMS).map(|dim| weights[dim] * (query[dim] - vector[dim]).powi(2));
            (slot as u32, terms.sum())
        })
        .collect();
    all.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    all.truncate(*k);
    all
}

fn apply(recall: &mut Recall, model: &mut Model, step: &Step) {
    let count = model.iter().flatten().count();
    match step {
        Step::Insert(vector) if count == CAPACITY => {
            assert_eq!(recall.insert(vector), Err(RecallError::Full { capacity: CAPACITY }));
        }
        Step::Insert(vector) => {
            let slot = recall.insert(vector).unwrap() as usize;
            model.resize(model.len().max(slot + 1), None);
            assert_eq!(model[slot].replace(*vector), None, "a slot was handed out twice");
        }
        Step::Remove(slot) => match model.get_mut(*slot as usize).and_then(Option::take) {
            Some(_) => recall.remove(*slot).unwrap(),
            None => {
                assert_eq!(recall.remove(*slot), Err(RecallError::NoSuchSlot { slot: *slot }));
            }
        },
        Step::Ask { query, weights, k } => {
            let mut out = Nearest::default();
            for way in WAYS {
                way(recall, query, weights, *k, &mut out).unwrap();
                assert_eq!(out.iter().collect::<Vec<_>>(), expected(model, step));
            }
        }
        Step::Upkeep(work_units) => {
            recall.upkeep(*work_units);
        }
    }
    assert_eq!(recall.len(), model.iter().flatten().count());
    for (slot, vector) in model.iter().enumerate() {
        let mut copied = [f32::NAN; DIMS];
        let copy = recall.copy(slot as u32, &mut copied);
        assert_eq!(vector.map(|vector| (Ok(()), vector)), copy.is_ok().then_some((copy, copied)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn answers_as_a_list_would(steps in prop::collection::vec(step(), 1..1_500)) {
        let mut recall = Recall::new(DIMS, CAPACITY).unwrap();
        let mut model = Model::new();
        for step in &steps {
            apply(&mut recall, &mut model, step);
        }
    }
}

/// What was refused: the field, and the whole text.
fn refused<T: std::fmt::Debug>(result: Result<T, RecallError>) -> (&'static str, String) {
    let error = result.unwrap_err();
    let RecallError::Input { field, .. } = error else { panic!("{error}") };
    (field, error.to_string())
}

#[test]
fn what_cannot_be_used_is_refused_and_changes_nothing() {
    let mut recall = Recall::new(2, 10).unwrap();
    let slot = recall.insert(&[1.0, 2.0]).unwrap();
    for bad in [&[1.0][..], &[1.0; 3], &[f32::NAN, 0.0], &[0.0, f32::INFINITY], &[0.0, -2e15]] {
        assert_eq!(refused(recall.insert(bad)).0, "vector");
        let mut out = Nearest::default();
        assert_eq!(refused(recall.nearest(bad, &[1.0; 2], 1, &mut out)).0, "vector");
        assert_eq!(refused(recall.nearest(&[0.0; 2], &bad_weights(bad), 1, &mut out)).0, "weights");
        assert_eq!(refused(recall.lay_out_by(&bad_weights(bad))).0, "weights");
        assert!(out.is_empty());
    }
    let mut out = Nearest::default();
    for k in [0, MAX_NEIGHBOURS + 1] {
        assert_eq!(refused(recall.nearest(&[0.0; 2], &[1.0; 2], k, &mut out)).0, "k");
    }
    assert_eq!(refused(recall.copy(slot, &mut [0.0])).0, "out");
    assert_eq!(recall.remove(7), Err(RecallError::NoSuchSlot { slot: 7 }));
    recall.nearest(&[0.0; 2], &[1.0, 0.5], 5, &mut out).unwrap();
    assert!(out.iter().eq([(slot, 3.0)]));
}

/// Weights of the same length that are as bad: a number out of range becomes a negative one.
fn bad_weights(vector: &[f32]) -> Vec<f32> {
    vector.iter().map(|value| if value.abs() > 1e15 { -value.abs() } else { *value }).collect()
}

#[test]
fn sizes_out_of_range_are_refused() {
    assert_eq!(refused(Recall::new(0, 10)).0, "dims");
    assert_eq!(refused(Recall::new(MAX_SENSORS + 1, 10)).0, "dims");
    assert_eq!(refused(Recall::new(2, 0)).0, "capacity");
    let (field, text) = refused(Recall::new(2, MAX_EXPERIENCES + 1));
    assert_eq!(
        (field, text.as_str()),
        ("capacity", "capacity: expected 1 to 16777215, got 16777216")
    );
}

#[test]
fn the_largest_values_keep_their_order_and_a_negative_zero_is_a_zero() {
    let mut recall = Recall::new(2, 10).unwrap();
    let far = recall.insert(&[MAX_MAGNITUDE; 2]).unwrap();
    let near = recall.insert(&[1.0, MAX_MAGNITUDE]).unwrap();
    let mut out = Nearest::default();
    for way in WAYS {
        way(&mut recall, &[-0.0; 2], &[1.0, -0.0], 2, &mut out).unwrap();
        assert!(out.iter().map(|(slot, _)| slot).eq([near, far]));
        way(&mut recall, &[-MAX_MAGNITUDE; 2], &[MAX_MAGNITUDE; 2], 2, &mut out).unwrap();
        assert!(out.iter().eq([(far, f32::INFINITY), (near, f32::INFINITY)]));
    }
}

#[test]
fn bytes_and_work_grow_with_what_is_kept() {
    let mut recall = Recall::new(4, 2_000).unwrap();
    let mut out = Nearest::default();
    recall.nearest(&[0.0; 4], &[1.0; 4], 3, &mut out).unwrap();
    assert_eq!((out.len(), out.work_units(), recall.bytes(), recall.is_empty()), (0, 0, 0, true));
    for n in 0..2_000_u16 {
        let [low, high] = [n % 50, n / 50].map(f32::from);
        recall.insert(&[low, high, low * high, 0.0]).unwrap();
    }
    // At least the raw floats; blocks are half full at worst.
    assert!((2_000 * 16..2_000 * 16 * 4).contains(&recall.bytes()), "{}", recall.bytes());
    recall.nearest(&[3.0; 4], &[1.0; 4], 3, &mut out).unwrap();
    let some = out.work_units();
    recall.nearest_by_scan(&[3.0; 4], &[1.0; 4], 3, &mut out).unwrap();
    assert!(0 < some && some < out.work_units(), "{some} of {}", out.work_units());
    assert!(out.work_units() >= 2_000 / 64);
}

#[test]
fn many_queries_at_once_answer_as_one_by_one() {
    let mut recall = Recall::new(2, 500).unwrap();
    for at in 0..500 {
        recall.insert(&[(at % 37) as f32, (at % 11) as f32]).unwrap();
    }
    let queries: Vec<f32> = (0..40).map(|at| at as f32).collect();
    let mut together = vec![Nearest::default(); 20];
    recall.nearest_many(&queries, &[1.0, 0.5], 6, &mut together).unwrap();
    let mut alone = Nearest::default();
    for (query, together) in queries.chunks(2).zip(&together) {
        recall.nearest(query, &[1.0, 0.5], 6, &mut alone).unwrap();
        assert!(alone.iter().eq(together.iter()));
        assert!(together.work_units() > 0);
    }
    // All or nothing.
    let refused = recall.nearest_many(&queries[1..], &[1.0, 0.5], 6, &mut together).unwrap_err();
    assert_eq!(refused.to_string(), "queries: expected 40 values for 20 answers, got 39 values");
    let mut wrong = queries.clone();
    wrong[39] = f32::NAN;
    assert!(recall.nearest_many(&wrong, &[1.0, 0.5], 6, &mut together).is_err());
    assert_eq!(together[19].len(), 6);
}

#[test]
fn less_effort_is_asked_for_and_measured() {
    let mut recall = Recall::new(1, 1_000).unwrap();
    for at in 0..1_000 {
        recall.insert(&[at as f32]).unwrap();
    }
    let mut out = Nearest::default();
    recall.nearest(&[500.0], &[1.0], 256, &mut out).unwrap();
    assert_eq!(recall.measured_recall(), (1.0, 0));
    assert_eq!(
        recall.set_effort(Effort::Blocks(0)).unwrap_err().to_string(),
        "effort: expected 1 block or more, got 0"
    );
    recall.set_effort(Effort::Blocks(1)).unwrap();
    for _ in 0..65 {
        recall.nearest(&[500.0], &[1.0], 256, &mut out).unwrap();
    }
    // 256 do not fit into a block of 64.
    let (share, samples) = recall.measured_recall();
    assert!(samples == 2 && (0.01..=0.25).contains(&share), "{share} {samples}");
    recall.set_effort(Effort::Exact).unwrap();
    recall.nearest(&[500.0], &[1.0], 256, &mut out).unwrap();
    assert_eq!((out.len(), recall.measured_recall()), (256, (1.0, 0)));
}

#[test]
fn instructions_can_be_chosen_where_there_are_any() {
    for isa in Isa::ALL {
        match Recall::with_isa(2, 10, Some(isa)) {
            Ok(_) => assert!(Kernel::forced(isa).is_some()),
            Err(refused) => {
                assert!(Kernel::forced(isa).is_none());
                assert!(refused.to_string().contains(isa.name()));
            }
        }
    }
}

/// A robot that has stood for an hour: ties do not have to be read to the last.
#[test]
fn among_equal_vectors_few_blocks_are_read() {
    for distinct in [1_usize, 2, 16] {
        let mut recall = Recall::new(4, 20_000).unwrap();
        let vector = |at: usize| [(at % distinct) as f32, 2.0, 3.0, 4.0];
        (0..20_000).for_each(|at| {
            recall.insert(&vector(at)).unwrap();
        });
        let mut found = Nearest::default();
        for at in 0..50 {
            recall.nearest(&vector(at), &[1.0; 4], 20, &mut found).unwrap();
            let slots: Vec<u32> = found.iter().map(|(slot, _)| slot).collect();
            let first = (0..20).map(|nth| (at % distinct + nth * distinct) as u32);
            assert_eq!(slots, first.collect::<Vec<_>>(), "the lowest slots");
            assert!(found.work_units() < 40, "{} of 313 blocks", found.work_units());
        }
    }
}
