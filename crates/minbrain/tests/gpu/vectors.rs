//! Plain vectors, in batches and one by one, while they come and go: held against a plain list.

use minbrain::gpu::{GpuHelp, GpuPrecision};
use minbrain::recall::{Nearest, Recall};
use minbrain::{Crossover, Isa};
use proptest::prelude::*;

use crate::help;
use crate::lives::Path;

/// The `k` nearest in a plain list, ties by slot, one operation after the other.
fn plainly(list: &[Option<Vec<f32>>], query: &[f32], weights: &[f32], k: usize) -> Vec<(u32, f32)> {
    let mut all: Vec<(u32, f32)> = (0..)
        .zip(list)
        .filter_map(|(slot, key)| {
            let key = key.as_ref()?;
            let squares = key.iter().zip(query).zip(weights);
            let distance = squares.fold(0.0_f32, |sum, ((value, query), weight)| {
                let difference = query - value;
                sum + weight * difference * difference
            });
            Some((slot, distance))
        })
        .collect();
    all.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    all.truncate(k);
    all
}

/// Vectors whose values are multiples of `step`: whole ones make ties.
fn vector(path: &mut Path, dims: usize, step: f32) -> Vec<f32> {
    (0..dims).map(|_| (4.0 * path.value() / step).round() * step).collect()
}

fn churn(
    (dims, k, batch): (usize, usize, usize),
    (step, seed): (f32, u64),
    help: GpuHelp,
) -> minbrain::GpuUse {
    let mut recall = Recall::with_isa(dims, 6_000, Some(Isa::Scalar)).unwrap();
    recall.attach(Some(help));
    recall.set_crossover(Crossover::above(Some(1_000), Some(1_000)).unwrap());
    let (mut path, mut list) = (Path::new(seed), vec![None; 6_000]);
    for round in 0..3 {
        for _ in 0..1_600 {
            let key = vector(&mut path, dims, step);
            let slot = recall.insert(&key).unwrap();
            list[slot as usize] = Some(key);
        }
        for slot in 0..list.len() {
            if list[slot].is_some() && path.value() < -0.4 {
                recall.remove(slot as u32).unwrap();
                list[slot] = None;
            }
        }
        if round == 1 {
            recall.upkeep(1_000);
        }
        let queries: Vec<f32> = (0..batch).flat_map(|_| vector(&mut path, dims, step)).collect();
        let weights: Vec<f32> = (0..dims).map(|_| path.value() + 1.05).collect();
        let mut out = vec![Nearest::default(); batch];
        recall.nearest_many(&queries, &weights, k, &mut out).unwrap();
        let mut one = Nearest::default();
        for (query, out) in queries.chunks_exact(dims).zip(&out).take(40) {
            let expected = plainly(&list, query, &weights, k);
            assert_eq!(out.iter().collect::<Vec<_>>(), expected);
            recall.nearest(query, &weights, k, &mut one).unwrap();
            assert_eq!(one.iter().collect::<Vec<_>>(), expected);
        }
    }
    recall.gpu_use()
}

#[test]
fn nothing_differs_from_a_plain_list() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(12));
    let precisions = prop::sample::select(vec![GpuPrecision::Full, GpuPrecision::Half]);
    let cases =
        ((1_usize..20, 1_usize..60, 1_usize..130), (any::<bool>(), any::<u64>()), precisions);
    let help = help();
    let lived = runner.run(&cases, |(shape, (is_tied, seed), precision)| {
        let step = if is_tied { 1.0 } else { 1e-4 };
        churn(shape, (step, seed), GpuHelp { precision, ..help.clone() });
        Ok(())
    });
    lived.unwrap();
}

#[test]
fn batches_are_answered_by_the_gpu_whatever_their_size() {
    for (batch, precision) in
        [(1, GpuPrecision::Full), (64, GpuPrecision::Half), (4_096, GpuPrecision::Full)]
    {
        let gpu = churn((6, 16, batch), (1e-4, 21), GpuHelp { precision, ..help() });
        assert_eq!((gpu.losses, gpu.late, gpu.unsuited), (0, 0, 0));
        assert!(gpu.answered as f64 > 0.95 * gpu.dispatched as f64, "{gpu:?}");
        assert!(gpu.answered >= 2 * batch as u64, "{gpu:?}");
    }
}

#[test]
fn a_clone_answers_alike_and_has_no_gpu() {
    let mut recall = Recall::new(3, 2_000).unwrap();
    recall.attach(Some(help()));
    recall.set_crossover(Crossover::GUIDE);
    let mut path = Path::new(31);
    for _ in 0..1_500 {
        recall.insert(&vector(&mut path, 3, 1e-3)).unwrap();
    }
    let mut twin = recall.clone();
    let (mut mine, mut other) = (Nearest::default(), Nearest::default());
    for _ in 0..50 {
        let query = vector(&mut path, 3, 1e-3);
        recall.nearest(&query, &[1.0; 3], 9, &mut mine).unwrap();
        twin.nearest(&query, &[1.0; 3], 9, &mut other).unwrap();
        assert!(mine.iter().eq(other.iter()));
        assert_eq!(mine.work_units(), other.work_units());
    }
    assert!(recall.gpu_use().answered > 40 && twin.gpu_use().answered == 0);
}
