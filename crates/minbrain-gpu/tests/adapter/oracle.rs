//! Under any inserting and deleting: every true neighbour is a contender, and contenders are few.

use std::time::Duration;

use minbrain_gpu::{Gpu, Precision, Question, Resident, Shape};
use minbrain_kernels::Probe;
use proptest::prelude::*;

use crate::list::{List, squared, turned};
use crate::{device, device_with_chunks_of};

const PATIENCE: Duration = Duration::from_secs(60);

/// What a case is made of.
#[derive(Clone, Debug)]
struct Case {
    rows: usize,
    directions: usize,
    parts: u32,
    k: usize,
    batch: usize,
    /// Values are whole steps of this: large ones make ties.
    step: f32,
    /// Inserted, deleted, asked, in turn.
    rounds: Vec<(usize, usize)>,
    is_half: bool,
    seed: u64,
}

fn cases() -> impl Strategy<Value = Case> {
    let shape = (1_usize..24, 0_usize..3, 1_u32..4, 1_usize..=256);
    let data = (1_usize..9, prop::sample::select(vec![0.0, 1e-4, 0.25, 1.0]));
    let rounds = prop::collection::vec((0_usize..400, 0_usize..200), 1..4);
    (shape, data, rounds, any::<bool>(), any::<u64>()).prop_map(
        |((rows, kind, parts, k), (batch, step), rounds, is_half, seed)| Case {
            rows,
            // No directions, some, or nothing else.
            directions: [0, rows / 2, rows][kind],
            parts,
            k,
            batch,
            step,
            rounds,
            is_half,
            seed,
        },
    )
}

/// Numbers from -1 to 1, the same on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn value(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    /// A key: a direction of length 1 in front, values in steps behind.
    fn key(&mut self, (rows, directions): (usize, usize), step: f32) -> Vec<f32> {
        let mut key: Vec<f32> = (0..rows)
            .map(|_| {
                let value = 3.0 * self.value();
                if step > 0.0 { (value / step).round() * step } else { value }
            })
            .collect();
        let length = |key: &[f32]| key.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>().sqrt();
        if directions > 0 && length(&key[..directions]) == 0.0 {
            key[0] = 1.0;
        }
        let long = length(&key[..directions]);
        key[..directions].iter_mut().for_each(|v| *v = (f64::from(*v) / long) as f32);
        key
    }
}

/// Lives through a case. Returns how many queries were answered with contenders, and of how many.
fn live(gpu: &Gpu, case: &Case) -> (usize, usize) {
    let Case { rows, directions, k, .. } = *case;
    let (mut dice, mut list) = (Dice(case.seed), List::new(rows));
    let precision = match case.is_half {
        true => Precision::Half { means: vec![0.1; rows], deviations: vec![1.7; rows] },
        false => Precision::Full,
    };
    let mut resident =
        Resident::with_precision(gpu, Shape { rows, directions }, &precision).unwrap();
    // A weight of 0 leaves a dimension out; with all of them at 0, everything ties.
    let least_weight = if case.step > 0.0 { 0.8 } else { 1.1 };
    let (mut answered, mut asked) = (0, 0);
    for &(inserted, removed) in &case.rounds {
        for _ in 0..inserted {
            let part = dice.below(u64::from(case.parts)) as u32;
            list.insert(part, dice.key((rows, directions), case.step));
        }
        for _ in 0..removed.min(list.len()) {
            list.remove(dice.next() as usize);
        }
        list.send(&mut resident).unwrap();
        if list.len() == 0 && inserted == 0 {
            continue;
        }
        let keys: Vec<Vec<f32>> =
            (0..case.batch).map(|_| dice.key((rows, directions), case.step)).collect();
        let weights: Vec<Vec<f32>> = (0..case.batch)
            .map(|_| (0..rows).map(|_| (dice.value() + least_weight).max(0.0)).collect())
            .collect();
        let questions: Vec<Question<'_>> = (0..case.batch)
            .map(|at| Question {
                probe: Probe { key: &keys[at], weights: &weights[at] },
                part: (dice.below(2) == 0).then(|| dice.below(u64::from(case.parts)) as u32),
            })
            .collect();
        let answers = resident.ask(&questions, k).unwrap().wait(PATIENCE).unwrap();
        assert_eq!(answers.len(), case.batch);
        for (at, question) in questions.iter().enumerate() {
            asked += 1;
            let Some(contenders) = answers.contenders(at) else { continue };
            answered += 1;
            let Probe { key, weights } = question.probe;
            let distance = |other: &[f32]| {
                let (turn, rest) = other.split_at(directions);
                let turn = if directions > 0 { turned(turn, &key[..directions]) } else { 0.0 };
                turn + squared(rest, &key[directions..], &weights[directions..])
            };
            for place in list.nearest(question.part, k, distance) {
                assert!(contenders.contains(&place), "{place} is missing in {case:?}");
            }
        }
    }
    (answered, asked)
}

#[test]
fn every_neighbour_is_a_contender_under_inserting_and_deleting() {
    let (gpu, small) = (device(), device_with_chunks_of(1 << 14));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(96));
    let lived = runner.run(&cases(), |case| {
        // A chunk of four blocks or fewer, and one of all of them.
        live(if case.seed % 2 == 0 { &gpu } else { &small }, &case);
        Ok(())
    });
    lived.unwrap();
}

#[test]
fn without_ties_nothing_is_left_to_the_processor() {
    let gpu = device();
    for (rows, directions, is_half) in [(4, 0, false), (17, 0, true), (16, 16, false), (9, 4, true)]
    {
        for (k, batch) in [(1, 1), (20, 1), (20, 64), (256, 5)] {
            let case = Case {
                rows,
                directions,
                parts: 2,
                k,
                batch,
                step: 0.0,
                rounds: vec![(9_000, 0), (500, 1_500)],
                is_half,
                seed: 7,
            };
            let (answered, asked) = live(&gpu, &case);
            assert_eq!(answered, asked, "{case:?}");
        }
    }
}

#[test]
fn a_whole_batch_is_answered_query_by_query() {
    for batch in [1, 2, 3, 4, 5, 1_023, 1_025, 4_096] {
        let case = Case {
            rows: 3,
            directions: 0,
            parts: 1,
            k: 4,
            batch,
            step: 0.0,
            rounds: vec![(700, 100)],
            is_half: false,
            seed: 11,
        };
        assert_eq!(live(&device(), &case), (batch, batch));
    }
}

#[test]
fn more_ties_than_there_is_room_for_are_left_to_the_processor() {
    let (gpu, mut list) = (device(), List::new(2));
    (0..2_000).for_each(|_| list.insert(0, vec![1.0, 2.0]));
    let mut resident = Resident::new(&gpu, Shape::euclidean(2)).unwrap();
    list.send(&mut resident).unwrap();
    let question = Question { probe: Probe { key: &[0.0, 0.0], weights: &[1.0, 1.0] }, part: None };
    let answers = resident.ask(&[question], 3).unwrap().wait(PATIENCE).unwrap();
    assert_eq!(answers.contenders(0), None);
}

#[test]
fn thousands_of_blocks_share_tiles_and_chunks() {
    let gpu = device_with_chunks_of(1 << 18);
    let case = Case {
        rows: 2,
        directions: 0,
        parts: 1,
        k: 20,
        batch: 6,
        step: 0.0,
        rounds: vec![(300_000, 0), (100, 100)],
        is_half: false,
        seed: 3,
    };
    assert_eq!(live(&gpu, &case), (12, 12));
}
