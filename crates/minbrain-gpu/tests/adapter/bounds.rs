//! At the edge of single precision: an answer that holds, or a refusal.

use std::time::Duration;

use minbrain_gpu::{GpuError, Precision, Question, Resident, Shape, Tenancy};
use minbrain_kernels::{LANES, Lanes, Probe};

use crate::device;
use crate::list::{List, squared};

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn what_might_overflow_or_vanish_is_refused() {
    let gpu = device();
    let mut resident = Resident::new(&gpu, Shape::euclidean(1)).unwrap();
    resident.write(0, &[Lanes([1e15; LANES])], Tenancy { count: 64, part: 0 }).unwrap();
    let ask = |resident: &mut Resident, key: f32, weight: f32| {
        let probe = Probe { key: &[key], weights: &[weight] };
        resident.ask(&[Question { probe, part: None }], 1).map(|_| ())
    };
    assert_eq!(ask(&mut resident, -1e15, 1.0), Ok(()));
    assert_eq!(ask(&mut resident, 0.0, 0.0), Ok(()));
    for (key, weight) in [(0.0, 1e15), (0.0, 1e-38), (0.0, f32::MIN_POSITIVE / 2.0)] {
        let refused = ask(&mut resident, key, weight);
        assert!(matches!(refused, Err(GpuError::Unsuited { .. })), "{key} {weight}: {refused:?}");
    }
}

#[test]
fn large_and_small_values_side_by_side_are_still_told_apart() {
    let gpu = device();
    let scales = [1e15_f32, 1.0, 1e-6, 1e-20, 1e-38, 1e-45];
    for precision in
        [Precision::Full, Precision::Half { means: vec![0.0; 6], deviations: scales.to_vec() }]
    {
        let mut list = List::new(6);
        for nth in 0..500_u32 {
            let spread = |at: u32| ((nth * (7 + 2 * at)) % 101) as f32 / 101.0 - 0.5;
            list.insert(0, (0..6).map(|at| spread(at) * scales[at as usize]).collect());
        }
        let mut resident = Resident::with_precision(&gpu, Shape::euclidean(6), &precision).unwrap();
        list.send(&mut resident).unwrap();
        for weights in [[0.0, 1.0, 1e12, 0.0, 0.0, 0.0], [1e-29, 0.0, 0.0, 1.0, 1e15, 1e15]] {
            let key = [3e14, 0.1, 2e-7, 0.0, 1e-39, 0.0];
            let question = Question { probe: Probe { key: &key, weights: &weights }, part: None };
            let answers = match resident.ask(&[question], 5) {
                Ok(ticket) => ticket.wait(PATIENCE).unwrap(),
                Err(GpuError::Unsuited { .. }) if precision != Precision::Full => continue,
                Err(other) => panic!("{other}"),
            };
            let Some(contenders) = answers.contenders(0) else { continue };
            for place in list.nearest(None, 5, |other| squared(other, &key, &weights)) {
                assert!(contenders.contains(&place), "{place} with {weights:?}");
            }
        }
    }
}

#[test]
fn a_grid_far_off_gives_more_contenders_and_misses_none() {
    let gpu = device();
    let mut count = Vec::new();
    for mean in [2.0_f32, 30.0, 3_000.0] {
        let precision = Precision::Half { means: vec![mean], deviations: vec![1.0] };
        let mut list = List::new(1);
        (0..4_000).for_each(|nth| list.insert(0, vec![1.0 + 1e-3 * ((nth * 37) % 4_001) as f32]));
        let mut resident = Resident::with_precision(&gpu, Shape::euclidean(1), &precision).unwrap();
        list.send(&mut resident).unwrap();
        let (key, weights) = ([2.0005], [1.0]);
        let question = Question { probe: Probe { key: &key, weights: &weights }, part: None };
        let answers = resident.ask(&[question], 4).unwrap().wait(PATIENCE).unwrap();
        let contenders = answers.contenders(0).map(<[u32]>::to_vec);
        count.push(contenders.as_ref().map_or(usize::MAX, Vec::len));
        for place in list.nearest(None, 4, |other| squared(other, &key, &weights)) {
            assert!(contenders.as_ref().is_none_or(|contenders| contenders.contains(&place)));
        }
    }
    assert!(count[0] < 12 && count[0] <= count[1] && count[1] < count[2], "{count:?}");
}

#[test]
fn wrong_arguments_are_refused_by_name() {
    let gpu = device();
    let field = |result: Result<(), GpuError>| match result {
        Err(GpuError::Input { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    let made = |rows, directions| Resident::new(&gpu, Shape { rows, directions }).map(|_| ());
    assert_eq!(field(made(0, 0)), "rows");
    assert_eq!(field(made(321, 0)), "rows");
    assert_eq!(field(made(2, 3)), "directions");
    let mut resident = Resident::new(&gpu, Shape::euclidean(2)).unwrap();
    let probe = Probe { key: &[0.0; 2], weights: &[1.0; 2] };
    let question = Question { probe, part: None };
    let short = Question { probe: Probe { key: &[0.0], weights: &[1.0] }, part: None };
    let ask = |r: &mut Resident, q: &[Question<'_>], k| r.ask(q, k).map(|_| ());
    assert_eq!(field(ask(&mut resident, &[question], 1)), "blocks");
    let rows = [Lanes::ZERO; 2];
    assert_eq!(field(resident.write(0, &rows[..1], Tenancy { count: 1, part: 0 })), "rows");
    assert_eq!(field(resident.write(0, &rows, Tenancy { count: 65, part: 0 })), "tenancy");
    resident.write(0, &rows, Tenancy { count: 1, part: 0 }).unwrap();
    assert_eq!(field(ask(&mut resident, &[], 1)), "questions");
    assert_eq!(field(ask(&mut resident, &[question; 4_097], 1)), "questions");
    assert_eq!(field(ask(&mut resident, &[question], 0)), "k");
    assert_eq!(field(ask(&mut resident, &[question], 257)), "k");
    assert_eq!(field(ask(&mut resident, &[short], 1)), "probe");
}
