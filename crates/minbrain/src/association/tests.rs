//! Sparse associations against a naive model that knows every experience by a number which is never
//! reused.

use proptest::prelude::*;

use super::Associations;

/// What is kept at one end: the other end's slot and number, and the strength in steps of 1/255.
#[derive(Clone, Copy, Debug, PartialEq)]
struct End {
    slot: u32,
    id: u64,
    strength: u8,
}

/// Slots that are reused under ever new numbers, and generations that wrap.
struct World {
    degree: usize,
    real: Associations,
    naive: Vec<Vec<End>>,
    ids: Vec<Option<u64>>,
    generations: Vec<u8>,
    stored: u64,
}

impl World {
    fn new(degree: usize, slots: usize) -> Self {
        let mut world = Self {
            degree,
            real: Associations::new(degree, slots).unwrap(),
            naive: vec![Vec::new(); slots],
            ids: vec![None; slots],
            generations: vec![0; slots],
            stored: 0,
        };
        (0..slots as u32).for_each(|slot| world.store(slot));
        world
    }

    /// A new experience takes over `slot`; whoever lived there is forgotten.
    fn store(&mut self, slot: u32) {
        let at = slot as usize;
        if self.ids[at].is_some() {
            self.generations[at] = self.generations[at].wrapping_add(1);
        }
        self.ids[at] = Some(self.stored);
        self.stored += 1;
        self.real.clear(slot);
        self.naive[at].clear();
    }

    fn live(&self, slot: u32) -> Vec<End> {
        let alive = |end: &&End| self.ids[end.slot as usize] == Some(end.id);
        self.naive[slot as usize].iter().filter(alive).copied().collect()
    }

    /// Keeps the link at one end, the obvious way: over the one there is if stronger, in free room,
    /// or over the weakest if stronger than that.
    fn keep(&mut self, at: u32, other: u32, strength: u8) -> bool {
        let mut ends = self.live(at);
        let end = End { slot: other, id: self.ids[other as usize].unwrap(), strength };
        let known = ends.iter().position(|e| e.slot == other);
        let place = known.filter(|&place| ends[place].strength < strength);
        let kept = if let Some(place) = place {
            ends[place] = end;
            true
        } else if known.is_some() {
            false
        } else if ends.len() < self.degree {
            ends.push(end);
            true
        } else {
            let weakest = ends.iter_mut().min_by_key(|e| e.strength).unwrap();
            let is_weaker = weakest.strength < strength;
            if is_weaker {
                *weakest = end;
            }
            is_weaker
        };
        self.naive[at as usize] = ends;
        kept
    }

    fn associate(&mut self, a: u32, b: u32, strength: f32) {
        let ends = self.real.associate(a, b, strength, &self.generations);
        let step = (strength * 255.0).round() as u8;
        let expected = u32::from(self.keep(a, b, step)) + u32::from(self.keep(b, a, step));
        assert_eq!(ends, expected);
    }

    fn strengthen(&mut self, a: u32, b: u32, share: f32) {
        self.real.strengthen(a, b, share);
        for (at, other) in [(a, b), (b, a)] {
            for end in self.naive[at as usize].iter_mut().filter(|end| end.slot == other) {
                let strength = f32::from(end.strength);
                let gain = (share * (255.0 - strength)).round() as u8;
                let least = u8::from(share >= 0.01 && end.strength < 255);
                end.strength += gain.max(least);
            }
        }
    }

    /// The multiset of strengths must agree everywhere, and who is linked except among the weakest,
    /// where any of those that tie may have been replaced.
    fn check(&self) {
        for slot in 0..self.ids.len() as u32 {
            let links: Vec<_> = self.real.of(slot, &self.generations).collect();
            assert!(links.len() <= self.degree);
            let mut got: Vec<(u8, u32)> =
                links.iter().map(|l| ((l.strength * 255.0).round() as u8, l.slot)).collect();
            let mut expected: Vec<(u8, u32)> =
                self.live(slot).iter().map(|e| (e.strength, e.slot)).collect();
            got.sort_unstable();
            expected.sort_unstable();
            assert_eq!(got, expected, "slot {slot}");
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Store(u32),
    Associate(u32, u32, u8),
    Strengthen(u32, u32, f32),
    Sweep,
}

const SLOTS: u32 = 12;

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..SLOTS).prop_map(Step::Store),
        8 => (0..SLOTS, 0..SLOTS, any::<u8>()).prop_map(|(a, b, s)| Step::Associate(a, b, s)),
        2 => (0..SLOTS, 0..SLOTS, 0.0_f32..=1.0).prop_map(|(a, b, s)| Step::Strengthen(a, b, s)),
        2 => Just(Step::Sweep),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(3),
        failure_persistence: None,
        ..ProptestConfig::with_cases(200)
    })]

    #[test]
    fn links_are_those_of_the_naive_model(
        degree in 1_usize..8,
        steps in prop::collection::vec(step(), 1..300),
    ) {
        let mut world = World::new(degree, SLOTS as usize);
        // Strengths are unlike each other, so that which link is the weakest is never open.
        let mut unlike = 0_u8;
        for step in steps {
            match step {
                Step::Store(slot) => world.store(slot),
                Step::Associate(a, b, _) if a == b => {}
                Step::Associate(a, b, strength) => {
                    unlike = unlike.wrapping_add(101).wrapping_add(strength & 1);
                    world.associate(a, b, f32::from(unlike) / 255.0);
                }
                Step::Strengthen(a, b, share) => world.strengthen(a, b, share),
                Step::Sweep => world.real.sweep(&world.generations),
            }
            world.check();
        }
    }
}

#[test]
fn both_ends_know_each_other_and_the_weakest_gives_way() {
    let mut world = World::new(2, 4);
    world.associate(0, 1, 0.5);
    world.associate(0, 2, 0.9);
    assert_eq!(world.real.of(1, &world.generations).map(|l| l.slot).collect::<Vec<_>>(), [0]);
    world.associate(0, 3, 0.7);
    let mut kept: Vec<_> = world.real.of(0, &world.generations).map(|l| l.slot).collect();
    kept.sort_unstable();
    assert_eq!(kept, [2, 3]);
    // The one that was pushed out still knows the other end.
    assert_eq!(world.real.of(1, &world.generations).count(), 1);
    world.check();
}

#[test]
fn strengthening_never_exceeds_one() {
    let mut world = World::new(4, 2);
    world.associate(0, 1, 0.3);
    let mut before = 0.0;
    for _ in 0..1_000 {
        world.strengthen(0, 1, 0.05);
        let strength = world.real.of(0, &world.generations).next().unwrap().strength;
        assert!(strength > before || strength == 1.0, "{strength} after {before}");
        before = strength;
    }
    assert_eq!(before, 1.0, "nothing is lost to rounding");
}

/// As in a brain: one sweep per store, and a slot is reused `pause` stores later at the soonest, where
/// the newest fiftieth of all is protected. Old experiences that nobody recalls keep links to slots
/// that are reused as fast as can be; none may come back to life when the generation wraps.
#[test]
fn a_wrapped_generation_is_never_met() {
    for slots in [3_u32, 5, 50, 120, 400] {
        let pause = (slots / 50).max(1) + 1;
        let mut world = World::new(2, slots as usize);
        (pause..slots).for_each(|cold| world.associate(cold, cold % pause, 0.9));
        for round in 0..600 * pause {
            world.store(round % pause);
            world.real.sweep(&world.generations);
            world.check();
        }
        let links = |slot| world.real.of(slot, &world.generations).count();
        assert_eq!((pause..slots).map(links).sum::<usize>(), 0);
    }
}

/// What the sweep is for: without it the same life meets a wrapped generation.
#[test]
fn without_the_sweep_a_wrapped_generation_would_be_met() {
    let mut world = World::new(2, 3);
    world.associate(2, 0, 0.9);
    (0..256).for_each(|_| world.store(0));
    assert_eq!(world.live(2), []);
    assert_eq!(world.real.of(2, &world.generations).count(), 1);
}
