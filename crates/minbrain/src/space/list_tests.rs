//! Recall against a list that is searched one by one, under any interleaving of insertions and
//! removals.

use minbrain_kernels::{Kernel, Probe, TopK};
use proptest::prelude::*;

use super::{Among, Space};
use crate::metric::Metric;

const SENSORS: usize = 3;
/// Two dimensions of action behind the sensors.
const DIMS: usize = 5;
const PARTS: usize = 3;

#[derive(Clone, Debug)]
enum Step {
    Insert {
        part: usize,
        key: Vec<f32>,
    },
    /// Many copies of one point, enough to fill blocks.
    Copies {
        part: usize,
        key: Vec<f32>,
        count: usize,
    },
    Remove(prop::sample::Index),
    /// Rebuilds what has aged.
    Rebuild(u32),
    /// Removes most of what there is.
    Thin(usize),
    Find {
        key: Vec<f32>,
        weights: Vec<f32>,
        part: Option<usize>,
        k: usize,
    },
}

/// Everything in a list, in no order.
#[derive(Default)]
struct Naive {
    known: Vec<(u32, usize, Vec<f32>)>,
    free: Vec<u32>,
    slots: u32,
}

impl Naive {
    fn slot(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.slots += 1;
            self.slots - 1
        })
    }

    /// Distance and slot of all that qualify, nearest first; where distances tie, by slot.
    fn find(&self, metric: Metric, probe: Probe<'_>, part: Option<usize>) -> Vec<(f64, u32)> {
        let among = self.known.iter().filter(|(_, p, _)| part.is_none_or(|part| part == *p));
        let mut found: Vec<_> =
            among.map(|(s, _, key)| (distance(metric, probe, key), *s)).collect();
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        found
    }
}

/// The definition, in double precision.
fn distance(metric: Metric, probe: Probe<'_>, key: &[f32]) -> f64 {
    let wide = |x: f32| f64::from(x);
    let squares = |dims: std::ops::Range<usize>| -> f64 {
        dims.map(|d| wide(probe.weights[d]) * (wide(probe.key[d]) - wide(key[d])).powi(2)).sum()
    };
    match metric {
        Metric::Euclidean => squares(0..DIMS),
        Metric::Cosine => {
            let product = |a: &[f32], b: &[f32]| -> f64 {
                (0..SENSORS).map(|d| wide(a[d]) * wide(b[d])).sum()
            };
            let norms = (product(key, key) * product(probe.key, probe.key)).sqrt();
            1.0 - product(key, probe.key) / norms + squares(SENSORS..DIMS)
        }
    }
}

fn nearest(space: &Space, probe: Probe<'_>, part: Option<usize>, k: usize) -> Vec<(f32, u32)> {
    let mut found = TopK::with_capacity(k);
    found.reset(k);
    space.nearest(probe, part.map_or(Among::All, Among::Part), &mut found);
    found.iter().map(|f| (f.distance, f.slot)).collect()
}

/// Runs the steps on both; `compare` sees every answer.
fn run(
    metric: Metric,
    steps: &[Step],
    compare: impl Fn(&[(f32, u32)], &[(f64, u32)], usize) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let mut space = Space::new((Kernel::detect(), metric), (SENSORS, DIMS), PARTS, 6_000).unwrap();
    let mut naive = Naive::default();
    let insert = |space: &mut Space, naive: &mut Naive, part: usize, key: &[f32]| {
        let slot = naive.slot();
        space.insert(part, slot, key, &[1.0; DIMS]);
        naive.known.push((slot, part, key.to_vec()));
    };
    let remove = |space: &mut Space, naive: &mut Naive, at: usize| {
        let (slot, part, _) = naive.known.swap_remove(at);
        space.remove(part, slot);
        naive.free.push(slot);
    };
    for step in steps {
        match step {
            Step::Insert { part, key } => insert(&mut space, &mut naive, *part, key),
            Step::Copies { part, key, count } => {
                (0..*count).for_each(|_| insert(&mut space, &mut naive, *part, key));
            }
            Step::Remove(at) if !naive.known.is_empty() => {
                let at = at.index(naive.known.len());
                remove(&mut space, &mut naive, at);
            }
            Step::Remove(_) => {}
            Step::Thin(left) => {
                while naive.known.len() > *left {
                    let middle = naive.known.len() / 2;
                    remove(&mut space, &mut naive, middle);
                }
            }
            Step::Rebuild(units) => {
                space.rebuild(*units, &[1.0; DIMS]);
            }
            Step::Find { key, weights, part, k } => {
                let probe = Probe { key, weights };
                let got = nearest(&space, probe, *part, *k);
                compare(&got, &naive.find(metric, probe, *part), *k)?;
            }
        }
    }
    for (slot, _, key) in &naive.known {
        let mut copy = vec![0.0; DIMS];
        space.copy_key(*slot, &mut copy);
        prop_assert_eq!(&copy, key);
    }
    Ok(())
}

fn key(value: impl Strategy<Value = f32> + Clone) -> impl Strategy<Value = Vec<f32>> {
    // The second sensor is the same in all experiences.
    prop::collection::vec(value, DIMS).prop_map(|mut key| {
        key[1] = 1.0;
        key
    })
}

fn step(
    value: impl Strategy<Value = f32> + Clone,
    weight: impl Strategy<Value = f32> + Clone,
) -> impl Strategy<Value = Step> {
    let find = (
        key(value.clone()),
        prop::collection::vec(weight, DIMS),
        prop::option::of(0..PARTS),
        1_usize..100,
    );
    prop_oneof![
        8 => (0..PARTS, key(value.clone())).prop_map(|(part, key)| Step::Insert { part, key }),
        2 => (0..PARTS, key(value), 1_usize..70)
            .prop_map(|(part, key, count)| Step::Copies { part, key, count }),
        6 => any::<prop::sample::Index>().prop_map(Step::Remove),
        1 => (0_usize..30).prop_map(Step::Thin),
        1 => (0_u32..40).prop_map(Step::Rebuild),
        4 => find.prop_map(|(key, weights, part, k)| Step::Find { key, weights, part, k }),
    ]
}

/// Small whole numbers: every sum is exact in any order, so answers must be equal to the bit, ties
/// included.
fn whole() -> impl Strategy<Value = f32> + Clone {
    (-2_i8..=2).prop_map(f32::from)
}

fn wild() -> impl Strategy<Value = f32> + Clone {
    prop_oneof![
        4 => -3.0_f32..3.0,
        1 => Just(0.0),
        1 => -1e15_f32..1e15,
        1 => Just(1e15_f32),
        1 => Just(-1e-41_f32),
    ]
}

/// As near as single precision gets.
fn agree(got: f32, exact: f64) -> bool {
    let exact = if exact > f64::from(f32::MAX) { f64::INFINITY } else { exact };
    f64::from(got) == exact || (f64::from(got) - exact).abs() <= 1e-5 * exact + 1e-5
}

/// The answer may differ from the exact one only where distances are alike within rounding.
fn near_enough(got: &[(f32, u32)], all: &[(f64, u32)], k: usize) -> Result<(), TestCaseError> {
    prop_assert_eq!(got.len(), all.len().min(k));
    prop_assert!(got.windows(2).all(|w| w[0] < w[1]), "by distance, then slot, each once");
    for (place, &(distance, slot)) in got.iter().enumerate() {
        let of_slot = all.iter().find(|&&(_, s)| s == slot);
        let Some(&(exact, _)) = of_slot else {
            return Err(TestCaseError::fail(format!("slot {slot} does not qualify")));
        };
        prop_assert!(agree(distance, exact), "{} is {}, not {}", slot, exact, distance);
        prop_assert!(agree(distance, all[place].0), "place {} belongs to another", place);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::with_cases(128)
    })]

    #[test]
    fn whole_numbers_are_found_exactly_and_ties_go_by_slot(
        steps in prop::collection::vec(step(whole(), prop_oneof![Just(0.0), Just(1.0), Just(0.25)]), 1..80),
    ) {
        run(Metric::Euclidean, &steps, |got, all, k| {
            let head: Vec<(f32, u32)> =
                all.iter().take(k).map(|&(distance, slot)| (distance as f32, slot)).collect();
            prop_assert_eq!(got, &head[..]);
            Ok(())
        })?;
    }

    #[test]
    fn any_numbers_are_found_within_rounding(
        steps in prop::collection::vec(step(wild(), 0.0_f32..100.0), 1..80),
    ) {
        run(Metric::Euclidean, &steps, near_enough)?;
    }

    #[test]
    fn directions_are_found_within_rounding(
        steps in prop::collection::vec(step(-3.0_f32..3.0, 0.0_f32..2.0), 1..80),
    ) {
        run(Metric::Cosine, &steps, near_enough)?;
    }

    /// Only the direction counts: the length of either side changes nothing.
    #[test]
    fn directions_have_no_length(
        exponents in (-37_i32..15, -37_i32..15),
        sensed in prop::collection::vec(0.1_f32..1.0, SENSORS),
        asked in prop::collection::vec(0.1_f32..1.0, SENSORS),
    ) {
        let stretch = |vector: &[f32], exponent: i32| -> Vec<f32> {
            let mut key: Vec<f32> = vector.iter().map(|x| x * 10.0_f32.powi(exponent)).collect();
            key.resize(DIMS, 0.0);
            key
        };
        let mut space = Space::new((Kernel::detect(), Metric::Cosine), (SENSORS, DIMS), 1, 10).unwrap();
        space.insert(0, 0, &stretch(&sensed, exponents.0), &[1.0; DIMS]);
        let (key, weights) = (stretch(&asked, exponents.1), [1.0; DIMS]);
        let probe = Probe { key: &key, weights: &weights };
        let got = nearest(&space, probe, None, 1)[0].0;
        let (key, plain) = (stretch(&asked, 0), stretch(&sensed, 0));
        let exact = distance(Metric::Cosine, Probe { key: &key, weights: &weights }, &plain);
        prop_assert!((f64::from(got) - exact).abs() < 1e-5, "{} against {}", got, exact);
    }
}

#[test]
fn an_empty_space_finds_nothing() {
    let space =
        Space::new((Kernel::detect(), Metric::Euclidean), (SENSORS, DIMS), PARTS, 10).unwrap();
    let probe = Probe { key: &[0.0; DIMS], weights: &[1.0; DIMS] };
    assert!(nearest(&space, probe, None, 5).is_empty());
    assert!(nearest(&space, probe, Some(2), 5).is_empty());
}
