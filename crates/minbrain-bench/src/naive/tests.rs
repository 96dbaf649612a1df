//! Every rung against a calculation of its own, with other data structures.

use std::collections::BTreeMap;

use super::pressure::MAX_EXPERIENCES;
use super::*;
use crate::stream::Stream;

const ALL: [Cures; 5] = [
    Cures::None,
    Cures::SparseAssociations,
    Cures::FastSearch,
    Cures::NoPrematureGpu,
    Cures::MemoryPressure,
];

fn step(observation: &[f32], action: usize, outcome: &[f32]) -> Step {
    Step {
        observation: observation.to_vec(),
        action: Action::Discrete(action),
        outcome: outcome.to_vec(),
        reward: 0.0,
        ended: false,
        cut: false,
    }
}

/// The same brain in double precision, by brute force, after the descriptions alone.
struct Oracle {
    sparse: bool,
    only_nearest: bool,
    lived: Vec<Step>,
    activation: Vec<f64>,
    pairs: BTreeMap<(usize, usize), f64>,
    links: Vec<Vec<(usize, f64)>>,
}

impl Oracle {
    fn new(cures: Cures) -> Self {
        Self {
            sparse: cures >= Cures::SparseAssociations,
            only_nearest: cures >= Cures::FastSearch,
            lived: Vec::new(),
            activation: Vec::new(),
            pairs: BTreeMap::new(),
            links: Vec::new(),
        }
    }

    fn similar(&self, asked: &[f32]) -> Vec<(usize, f64)> {
        let norm = |v: &[f32]| v.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
        };
        let mut all: Vec<(usize, f64)> = self
            .lived
            .iter()
            .map(|s| dot(&s.observation, asked) / (norm(&s.observation) * norm(asked)))
            .enumerate()
            .filter(|&(_, cosine)| cosine >= 0.3)
            .collect();
        all.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap());
        all.truncate(if self.only_nearest { 20 } else { usize::MAX });
        all
    }

    fn spread(&self, similar: &[(usize, f64)]) -> Vec<(usize, f64)> {
        if self.sparse {
            let links = similar.iter().flat_map(|&(from, _)| {
                self.links[from].iter().map(move |&(to, strength)| (from, to, strength))
            });
            return links
                .map(|(from, to, strength)| (to, 0.1 * self.activation[from] * strength))
                .collect();
        }
        let mean = |of: usize| {
            let touching = self.pairs.iter().filter(|((a, b), _)| *a == of || *b == of);
            let arriving: Vec<f64> = touching
                .map(|(&(a, b), strength)| strength * self.activation[a + b - of])
                .collect();
            arriving.iter().sum::<f64>() / arriving.len().max(1) as f64
        };
        similar.iter().map(|&(of, _)| (of, 0.1 * mean(of))).collect()
    }

    fn cycle(&mut self, step: &Step) -> Vec<f64> {
        let similar = self.similar(&step.observation);
        self.activation.iter_mut().for_each(|a| *a *= 0.9);
        for &(index, cosine) in &similar {
            self.activation[index] = self.activation[index].max(cosine);
        }
        for (index, amount) in self.spread(&similar) {
            self.activation[index] = (self.activation[index] + amount).min(1.0);
        }
        let predicted = self.average(step, &similar[..similar.len().min(20)]);
        let outcome: Vec<f64> = step.outcome.iter().map(|&v| v.into()).collect();
        let length = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        let error: Vec<f64> = predicted.iter().zip(&outcome).map(|(p, o)| p - o).collect();
        let success = 1.0 - (length(&error) / (length(&predicted) + length(&outcome))).min(1.0);
        if success > 0.6 {
            for (at, &(a, _)) in similar.iter().enumerate() {
                for &(b, _) in &similar[at + 1..] {
                    let strength = self.pairs.entry((a.min(b), a.max(b))).or_insert(0.0);
                    *strength += 0.1 * (success - *strength);
                }
            }
        }
        self.lived.push(step.clone());
        self.activation.push(0.0);
        self.links.push(similar.into_iter().take(20).collect());
        predicted
    }

    fn average(&self, step: &Step, nearest: &[(usize, f64)]) -> Vec<f64> {
        let same: Vec<_> =
            nearest.iter().filter(|(i, _)| self.lived[*i].action == step.action).collect();
        let voices = if same.is_empty() { nearest.iter().collect() } else { same };
        if voices.is_empty() {
            return step.observation.iter().map(|&v| v.into()).collect();
        }
        let weight = |&&(i, cosine): &&(usize, f64)| cosine * (1.0 + self.activation[i]);
        let total: f64 = voices.iter().map(weight).sum();
        (0..step.outcome.len())
            .map(|sensor| {
                let value = |voice: &&(usize, f64)| f64::from(self.lived[voice.0].outcome[sensor]);
                voices.iter().map(|voice| weight(voice) * value(voice)).sum::<f64>() / total
            })
            .collect()
    }
}

#[test]
fn every_rung_predicts_what_its_description_says() {
    let stream = Stream::wanderer(6, 3, 120, 5);
    for cures in ALL {
        let (mut brain, mut oracle) = (NaiveBrain::new(cures), Oracle::new(cures));
        for (at, step) in stream.steps.iter().enumerate() {
            let (got, expected) = (brain.cycle(step), oracle.cycle(step));
            for (got, expected) in got.iter().zip(expected) {
                let apart = (f64::from(*got) - expected).abs();
                assert!(apart < 1e-4, "{cures:?}, step {at}: {got} instead of {expected}");
            }
        }
        for (index, expected) in oracle.activation.iter().enumerate() {
            let got = f64::from(brain.activation[index]);
            assert!((got - expected).abs() < 1e-3, "{cures:?}, {index}: {got}, {expected}");
        }
    }
}

#[test]
fn the_original_associates_every_activated_pair() {
    let stream = Stream::wanderer(6, 3, 60, 8);
    let (mut brain, mut oracle) = (NaiveBrain::new(Cures::None), Oracle::new(Cures::None));
    for step in &stream.steps {
        brain.cycle(step);
        oracle.cycle(step);
    }
    assert!(oracle.pairs.len() > 500, "only {} pairs", oracle.pairs.len());
    for one in 0..brain.len() {
        for other in 0..one {
            let got = f64::from(brain.dense.strength(one, other));
            let expected = oracle.pairs.get(&(other, one)).copied().unwrap_or(0.0);
            assert_eq!(got > 0.0, expected > 0.0, "{one} and {other}");
            assert!((got - expected).abs() < 1e-4, "{one}, {other}: {got} instead of {expected}");
        }
    }
}

#[test]
fn sparse_associations_are_the_twenty_most_similar_of_the_past() {
    let stream = Stream::wanderer(6, 3, 80, 9);
    let mut oracle = Oracle::new(Cures::SparseAssociations);
    let mut brain = NaiveBrain::new(Cures::SparseAssociations);
    for step in &stream.steps {
        brain.cycle(step);
        oracle.cycle(step);
    }
    for index in 0..brain.len() {
        let got: Vec<usize> = brain.sparse.row(index).iter().map(|s| s.index).collect();
        let expected: Vec<usize> = oracle.links[index].iter().map(|link| link.0).collect();
        assert_eq!(got, expected, "of experience {index}");
    }
    assert_eq!(brain.sparse.row(79).len(), NEIGHBOURS);
}

#[test]
fn both_searches_find_the_same() {
    let stream = Stream::wanderer(16, 4, 700, 2);
    let (slow, mut fast) = (&stream.steps[..600], Matrix::default());
    slow.iter().for_each(|step| fast.push(&step.observation));
    for asked in &stream.steps[600..] {
        let rows = slow.iter().map(|step| step.observation.as_slice());
        let all = search::one_by_one(rows, &asked.observation);
        let best = fast.most_similar(&asked.observation, NEIGHBOURS);
        assert_eq!(best.len(), NEIGHBOURS);
        for (found, expected) in best.iter().zip(&all) {
            assert!((found.similarity - expected.similarity).abs() < 1e-5);
        }
    }
}

#[test]
fn a_vector_without_direction_is_similar_to_nothing() {
    for cures in ALL {
        let mut brain = NaiveBrain::new(cures);
        brain.cycle(&step(&[1.0, 0.0], 0, &[0.5, 0.5]));
        let predicted = brain.predict(&[0.0, 0.0], &Action::Discrete(0));
        assert_eq!(predicted, [0.0, 0.0], "{cures:?}");
    }
}

#[test]
fn under_pressure_the_least_useful_tenth_goes_and_the_often_recalled_stay() {
    let stream = Stream::wanderer(6, 3, MAX_EXPERIENCES - 1, 3);
    let mut brain = NaiveBrain::new(Cures::MemoryPressure);
    // Two minutes pass before the limit is near, so that the first cleanup is the one at the limit.
    brain.last_cleanup_us = u64::MAX / 2;
    brain.time_us = u64::MAX / 2;
    stream.steps.iter().for_each(|step| brain.remember(step));
    assert_eq!(brain.len(), MAX_EXPERIENCES - 1);
    for (index, experience) in brain.experiences.iter_mut().enumerate() {
        experience.prediction_error = if index < 10 { 1.0 } else { 0.25 };
        experience.access_count = if index < 10 { 1_000 } else { (index % 7) as u32 };
    }
    // Never recalled: one of seven, and the newest. The oldest ten have no utility either, since
    // nothing was predicted well with them, but they were recalled most.
    let unused: Vec<u64> = brain
        .experiences
        .iter()
        .filter(|e| e.access_count == 0)
        .map(|e| e.time_us)
        .take(MAX_EXPERIENCES / 10)
        .collect();
    let protected: Vec<u64> = brain.experiences[..10].iter().map(|e| e.time_us).collect();
    brain.remember(&stream.steps[0]);
    assert_eq!(brain.len(), MAX_EXPERIENCES - MAX_EXPERIENCES / 10);
    let left = |time: &u64| brain.experiences.iter().any(|e| e.time_us == *time);
    assert_eq!(unused.len(), MAX_EXPERIENCES / 10);
    assert!(!unused.iter().any(left), "a useless experience was kept");
    assert!(protected.iter().all(left), "a protected experience was removed");
}

#[test]
fn a_cleanup_leaves_everything_consistent() {
    let stream = Stream::wanderer(6, 3, 2_600, 4);
    let mut brain = NaiveBrain::new(Cures::MemoryPressure);
    let mut cleanups = 0;
    for step in &stream.steps {
        let before = brain.len();
        brain.cycle(step);
        cleanups += u32::from(brain.len() < before);
        assert!(brain.len() <= MAX_EXPERIENCES);
    }
    // 2,000 at the limit, then 600 more: 200 and 200 and 200 were removed, whenever.
    assert!(cleanups >= 3, "{cleanups}");
    assert_eq!(brain.activation.len(), brain.len());
    let asked = &stream.steps[0].observation;
    let rows = brain.experiences.iter().map(|e| e.observation.as_slice());
    let expected = search::one_by_one(rows, asked);
    for (found, expected) in brain.search(asked).iter().zip(&expected) {
        assert!((found.similarity - expected.similarity).abs() < 1e-5);
    }
    for index in 0..brain.len() {
        for link in brain.sparse.row(index) {
            assert!(link.index < index, "{index} is associated with {}", link.index);
        }
    }
}

#[test]
fn the_once_a_minute_rule_counts_simulated_time() {
    let mut brain = NaiveBrain::new(Cures::MemoryPressure);
    let stream = Stream::wanderer(6, 3, 1_601, 4);
    stream.steps.iter().for_each(|step| brain.remember(step));
    // 1,601 cycles of 20 ms are half a minute: above 80 %, but too early.
    assert_eq!(brain.len(), 1_601);
    brain.time_us += 60_000_000;
    brain.remember(&stream.steps[0]);
    assert_eq!(brain.len(), 1_602 - 160);
}
