//! The space against a naive list, over random interleavings, with its inner order checked.
#![allow(clippy::unwrap_used)]

use minbrain_kernels::{Isa, Kernel, LANES, Probe, TopK};
use proptest::prelude::*;

use super::node::Child;
use super::{Among, BATCH, Effort, Read, Space, Way};
use crate::metric::Metric;
use crate::seed::Random;

const DIMS: usize = 3;
const SENSORS: usize = 2;
const PARTS: usize = 2;
const K: usize = 7;

#[derive(Clone, Debug)]
enum Step {
    Insert(usize, [f32; DIMS]),
    /// The live slot with this number, modulo how many there are.
    Remove(usize),
    Ask(Option<usize>, [f32; DIMS], [f32; DIMS]),
    Rebuild(u32),
}

/// Few distinct values, so that ties and duplicates are common; a constant dimension now and then.
fn key() -> impl Strategy<Value = [f32; DIMS]> {
    let value = prop_oneof![
        3 => (-8_i8..8).prop_map(f32::from),
        3 => -8.0_f32..8.0,
        1 => Just(f32::MIN_POSITIVE / 4.0),
        1 => Just(1e15),
    ];
    prop_oneof![6 => [value.clone(), value.clone(), value], 2 => Just([1.0, 2.0, 3.0])]
}

fn step() -> impl Strategy<Value = Step> {
    let weight = prop_oneof![1 => Just(0.0_f32), 3 => 0.01_f32..4.0];
    prop_oneof![
        10 => (0..PARTS, key()).prop_map(|(part, key)| Step::Insert(part, key)),
        7 => any::<usize>().prop_map(Step::Remove),
        2 => (prop::option::of(0..PARTS), key(), [weight.clone(), weight.clone(), weight])
            .prop_map(|(part, key, weights)| Step::Ask(part, key, weights)),
        1 => (0_u32..40).prop_map(Step::Rebuild),
    ]
}

/// The experiences that live, by slot: which part, and the key.
type Model = Vec<Option<(usize, [f32; DIMS])>>;

fn check_answers(space: &Space, model: &Model, step: &Step) {
    let Step::Ask(part, key, weights) = step else { return };
    let among = part.map_or(Among::All, Among::Part);
    let probe = Probe { key, weights };
    let mut expected = TopK::with_capacity(K);
    expected.reset(K);
    for (slot, (of, other)) in model.iter().enumerate().filter_map(|(s, e)| e.map(|e| (s, e))) {
        if part.is_none_or(|part| part == of) {
            let mut sum = 0.0_f32;
            for dim in 0..DIMS {
                let difference = key[dim] - other[dim];
                sum += weights[dim] * difference * difference;
            }
            expected.offer(slot as u32, sum);
        }
    }
    let everything = Effort::Blocks(u32::MAX);
    let ways: [&dyn Fn(&mut TopK) -> Read; 4] = [
        &|found| space.nearest(probe, among, found),
        &|found| space.scan(probe, among, found),
        &|found| space.near(probe, among, found, everything),
        &|found| space.nearest_where(probe, among, found, &|_| true),
    ];
    for way in ways {
        let mut found = TopK::with_capacity(K);
        found.reset(K);
        way(&mut found);
        assert!(found.iter().eq(expected.iter()), "{found:?} instead of {expected:?}");
    }
    check_filter(space, (probe, among), model);
    check_batch(space, (probe, among), &expected);
}

/// Many queries at once answer as one by one does, by either way.
fn check_batch(space: &Space, (probe, among): (Probe<'_>, Among), expected: &TopK) {
    const MANY: usize = BATCH + 3;
    // The query in question stands among others.
    let others: Vec<[f32; DIMS]> = (0..MANY).map(|at| [at as f32, 1.0, probe.key[2]]).collect();
    let mut probes: Vec<Probe<'_>> =
        others.iter().map(|key| Probe { key, weights: probe.weights }).collect();
    probes[BATCH + 1] = probe;
    let new = || {
        let mut found = TopK::with_capacity(K);
        found.reset(K);
        found
    };
    let mut read = [Read::default(); MANY];
    let mut by_way: Vec<TopK> = (0..MANY).map(|_| new()).collect();
    let mut by_scan = by_way.clone();
    space.nearest_many(&probes, among, &mut by_way, &mut read);
    for at in (0..MANY).step_by(BATCH) {
        let batch = at..MANY.min(at + BATCH);
        let (found, read) = (&mut by_scan[batch.clone()], &mut read[batch.clone()]);
        super::scan::run_many(space, (&probes[batch], among), found, read);
    }
    for (at, &probe) in probes.iter().enumerate() {
        let mut alone = new();
        space.nearest(probe, among, &mut alone);
        assert!(by_way[at].iter().eq(alone.iter()) && by_scan[at].iter().eq(alone.iter()));
    }
    assert!(by_way[BATCH + 1].iter().eq(expected.iter()));
}

/// The nearest of every third slot are those of a list of them.
fn check_filter(space: &Space, (probe, among): (Probe<'_>, Among), model: &Model) {
    let (mut all, mut found) = (TopK::with_capacity(256), TopK::with_capacity(K));
    all.reset(model.len().clamp(1, 256));
    space.scan(probe, among, &mut all);
    found.reset(K);
    space.nearest_where(probe, among, &mut found, &|slot| slot % 3 == 0);
    if all.len() < 256 {
        let expected = all.iter().filter(|f| f.slot % 3 == 0).take(K);
        assert!(found.iter().eq(expected.collect::<Vec<_>>()), "{found:?} of {all:?}");
    }
}

/// Every key lies in the boxes above it, every box is as small as it can be, the lowest slot below each
/// child is told, every link has its way back, and no block is empty.
fn check_order(space: &Space, model: &Model) {
    let mut seen = 0;
    for part in 0..PARTS {
        let Some(root) = space.skeleton.root(part) else { continue };
        assert_eq!(space.skeleton.home(root), None);
        seen += check_below(space, model, root, part).0;
    }
    assert_eq!(seen, model.iter().flatten().count());
}

type Bounds = [(f32, f32); DIMS];

/// Checks what lies below `child`. Returns how many keys, within what, and the lowest slot.
fn check_below(space: &Space, model: &Model, child: Child, part: usize) -> (usize, Bounds, u32) {
    let mut bounds = [(f32::INFINITY, f32::NEG_INFINITY); DIMS];
    let mut grow = |dim: usize, (low, high): (f32, f32)| {
        let (l, h): &mut (f32, f32) = &mut bounds[dim];
        (*l, *h) = (l.min(low), h.max(high));
    };
    let (mut count, mut lowest) = (0, u32::MAX);
    match child {
        Child::Block(block) => {
            count = space.blocks.count(block);
            assert!((1..=LANES).contains(&count));
            for (lane, &slot) in space.blocks.tenants(block)[..count].iter().enumerate() {
                let (of, key) = model[slot as usize].unwrap();
                lowest = lowest.min(slot);
                assert_eq!((of, space.blocks.place(slot)), (part, (block, lane)));
                for (dim, value) in key.into_iter().enumerate() {
                    assert_eq!(space.value(slot, dim), value);
                    grow(dim, (value, value));
                }
            }
        }
        Child::Node(node) => {
            for (at, &below) in space.skeleton.node(node).children().iter().enumerate() {
                assert_eq!(space.skeleton.home(below), Some((node, at as u8)));
                let (inside, tight, slot) = check_below(space, model, below, part);
                assert_eq!(space.skeleton.lowest_slots(node)[at], slot);
                (count, lowest) = (count + inside, lowest.min(slot));
                for (dim, ends) in space.skeleton.boxes(node).iter().enumerate() {
                    assert_eq!((ends.low[at], ends.high[at]), tight[dim]);
                    grow(dim, tight[dim]);
                }
            }
        }
    }
    (count, bounds, lowest)
}

fn run(steps: &[Step]) {
    let kernel = Kernel::forced(Isa::Scalar).unwrap();
    let mut space =
        Space::new((kernel, Metric::Euclidean), (SENSORS, DIMS), PARTS, steps.len()).unwrap();
    let mut model: Model = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Insert(part, key) => {
                let free = model.iter().position(Option::is_none).unwrap_or(model.len());
                model.resize(model.len().max(free + 1), None);
                model[free] = Some((*part, *key));
                space.insert(*part, free as u32, key, &[1.0, 0.5, 0.25]);
            }
            Step::Remove(number) => {
                let live: Vec<usize> = (0..model.len()).filter(|&s| model[s].is_some()).collect();
                if !live.is_empty() {
                    let slot = live[number % live.len()];
                    let (part, _) = model[slot].take().unwrap();
                    space.remove(part, slot as u32);
                }
            }
            Step::Rebuild(units) => {
                space.rebuild(*units, &[1.0, 0.5, 0.25]);
            }
            Step::Ask(..) => {}
        }
        check_answers(&space, &model, step);
        if at % 64 == 0 || at + 1 == steps.len() {
            check_order(&space, &model);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn answers_are_exact_whatever_came_before(steps in prop::collection::vec(step(), 1..3_000)) {
        run(&steps);
    }
}

#[test]
fn ten_thousand_copies_of_one_point_are_held_and_found() {
    let key = [1.0, 2.0, 3.0];
    let mut steps = vec![Step::Insert(0, key); 10_000];
    steps.push(Step::Ask(None, key, [1.0; DIMS]));
    steps.extend((0..9_000).map(|n| Step::Remove(n * 7)));
    steps.push(Step::Ask(Some(0), [0.0; DIMS], [1.0; DIMS]));
    run(&steps);
}

#[test]
fn a_sensor_that_only_grows_keeps_the_tree_shallow() {
    let keys = (0..40_000).map(|n| Step::Insert(0, [n as f32, 0.0, 0.0]));
    let kernel = Kernel::forced(Isa::Portable).unwrap();
    let mut space =
        Space::new((kernel, Metric::Euclidean), (SENSORS, DIMS), PARTS, 40_000).unwrap();
    for (slot, step) in keys.enumerate() {
        let Step::Insert(part, key) = step else { unreachable!() };
        space.insert(part, slot as u32, &key, &[1.0; DIMS]);
    }
    let mut depth = 0;
    let mut child = space.skeleton.root(0).unwrap();
    while let Child::Node(node) = child {
        depth += 1;
        child = space.skeleton.node(node).children()[0];
    }
    assert!(depth <= 5, "{depth} levels for 40,000 keys");
}

fn check_batch_of_one(space: &Space, probe: Probe<'_>, exact: &TopK) {
    let mut found = [TopK::with_capacity(K)];
    found[0].reset(K);
    space.nearest_many(&[probe], Among::All, &mut found, &mut [Read::default()]);
    assert!(found[0].iter().eq(exact.iter()));
}

/// What an approximation says of itself is what a comparison of all its answers finds.
#[test]
fn an_approximation_measures_what_it_misses() {
    const WIDE: usize = 8;
    let mut space =
        Space::new((Kernel::detect(), Metric::Euclidean), (WIDE, WIDE), 1, 6_000).unwrap();
    let mut random = Random::new(9);
    let mut draw = move || -> Vec<f32> { (0..WIDE).map(|_| random.unit()).collect() };
    (0..6_000).for_each(|slot| space.insert(0, slot, &draw(), &[1.0; WIDE]));
    let mut shares = Vec::new();
    for blocks in [1, 8, 1_000] {
        space.set_effort(Effort::Blocks(blocks));
        assert_eq!(space.measured_recall().1, 0);
        let (mut hits, mut all, mut most) = (0, 0, 0);
        for at in 0..6_400 {
            let query = draw();
            let probe = Probe { key: &query, weights: &[1.0; WIDE] };
            let (mut near, mut exact) = (TopK::with_capacity(K), TopK::with_capacity(K));
            near.reset(K);
            exact.reset(K);
            space.near(probe, Among::All, &mut near, Effort::Blocks(blocks));
            space.near(probe, Among::All, &mut exact, Effort::Exact);
            hits += exact.iter().filter(|e| near.iter().any(|n| n.slot == e.slot)).count();
            all += K;
            let mut found = TopK::with_capacity(K);
            found.reset(K);
            let read = space.nearest(probe, Among::All, &mut found);
            // A sample gives the exact answer away, since it is there.
            let expected = if at % 64 == 0 { &exact } else { &near };
            assert!(found.iter().eq(expected.iter()), "query {at}");
            if at % 64 != 0 {
                most = most.max(read.blocks);
            }
            space.learn(read);
        }
        let (share, samples) = space.measured_recall();
        assert_eq!(samples, 100);
        let true_share = hits as f32 / all as f32;
        assert!((share - true_share).abs() < 0.06, "{share} measured, {true_share} true");
        assert!(most <= blocks);
        shares.push(share);
    }
    assert!(shares[0] < 0.7 && shares[0] < shares[1] && shares[2] == 1.0, "{shares:?}");
}

#[test]
fn scans_by_coarse_copies_stay_exact_while_keys_come_and_go() {
    // Enough keys that coarse copies are made, in dimensions where boxes skip nothing.
    const WIDE: usize = 24;
    const COUNT: usize = 24_000;
    let kernel = Kernel::detect();
    let mut space = Space::new((kernel, Metric::Euclidean), (WIDE, WIDE), 1, COUNT).unwrap();
    let mut random = Random::new(3);
    let mut draw = move || -> Vec<f32> { (0..WIDE).map(|_| random.unit()).collect() };
    let weights = [1.0; WIDE];
    let mut keys: Vec<Vec<f32>> = Vec::new();
    for slot in 0..2 * COUNT {
        let (key, slot) = (draw(), slot % COUNT);
        if keys.len() == COUNT {
            space.remove(0, slot as u32);
            keys[slot].clone_from(&key);
        } else {
            keys.push(key.clone());
        }
        space.insert(0, slot as u32, &key, &weights);
        if slot % 16 == 0 {
            let query = draw();
            let probe = Probe { key: &query, weights: &weights };
            let mut found = TopK::with_capacity(K);
            found.reset(K);
            let read = space.nearest(probe, Among::All, &mut found);
            space.learn(read);
            if slot % 512 == 0 {
                let mut exact = TopK::with_capacity(K);
                exact.reset(K);
                space.through(space.search(probe, None), (Among::All, Effort::Exact), &mut exact);
                assert!(found.iter().eq(exact.iter()));
                check_batch_of_one(&space, probe, &exact);
            }
        }
    }
    assert_eq!(space.way().0, Way::Scan);
    assert!(space.blocks.coarse().bytes() > 0, "the copies were used");
}

#[test]
fn a_world_that_moves_on_leaves_no_sparse_nodes_behind() {
    const KEPT: usize = 6_000;
    let kernel = Kernel::forced(Isa::Portable).unwrap();
    let mut space = Space::new((kernel, Metric::Euclidean), (SENSORS, DIMS), PARTS, KEPT).unwrap();
    let mut random = Random::new(5);
    let mut model: Model = vec![None; KEPT];
    for at in 0..5 * KEPT {
        let slot = at % KEPT;
        if model[slot].take().is_some() {
            space.remove(0, slot as u32);
        }
        // It drifts slowly, and trembles.
        let key = [at as f32 / 100.0, random.unit(), random.unit()];
        space.insert(0, slot as u32, &key, &[1.0; DIMS]);
        model[slot] = Some((0, key));
        space.rebuild(16, &[1.0; DIMS]);
    }
    check_order(&space, &model);
    let blocks = space.blocks.in_part(0) as usize;
    let nodes = space.skeleton.nodes.len() - space.skeleton.spare.len();
    assert!(blocks <= KEPT / 44, "{blocks} blocks");
    assert!(nodes <= blocks / 6, "{nodes} nodes for {blocks} blocks");
}
