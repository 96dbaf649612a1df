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

/// Slots that are reused under ever new numbers.
struct World {
    degree: usize,
    real: Associations,
    naive: Vec<Vec<End>>,
    /// Every slot is used all the time.
    ids: Vec<u64>,
    stored: u64,
}

impl World {
    fn new(degree: usize, slots: usize) -> Self {
        let mut world = Self {
            degree,
            real: Associations::new(degree, slots).unwrap(),
            naive: vec![Vec::new(); slots],
            ids: vec![u64::MAX; slots],
            stored: 0,
        };
        (0..slots as u32).for_each(|slot| world.store(slot));
        world
    }

    /// A new experience takes over `slot`; whoever lived there is forgotten.
    fn store(&mut self, slot: u32) {
        let at = slot as usize;
        if self.ids[at] != u64::MAX {
            self.real.release(slot);
        }
        self.ids[at] = self.stored;
        self.stored += 1;
        self.real.admit(slot);
        self.naive[at].clear();
    }

    fn live(&self, slot: u32) -> Vec<End> {
        let alive = |end: &&End| self.ids[end.slot as usize] == end.id;
        self.naive[slot as usize].iter().filter(alive).copied().collect()
    }

    fn is_older(&self, a: u32, b: u32) -> bool {
        self.ids[a as usize] < self.ids[b as usize]
    }

    /// Keeps the link at one end, the obvious way: over the one there is if stronger, in free room,
    /// or over the weakest if stronger than that. An older experience that is given up gives up its
    /// link in turn.
    fn keep(&mut self, at: u32, other: u32, strength: u8) -> bool {
        let mut ends = self.live(at);
        let end = End { slot: other, id: self.ids[other as usize], strength };
        if let Some(known) = ends.iter_mut().find(|e| e.slot == other) {
            let is_weaker = known.strength < strength;
            known.strength = known.strength.max(strength);
            self.naive[at as usize] = ends;
            return is_weaker;
        }
        if ends.len() == self.degree {
            let (place, weakest) =
                ends.iter().copied().enumerate().min_by_key(|(_, e)| e.strength).unwrap();
            if weakest.strength >= strength {
                return false;
            }
            ends.remove(place);
            if self.is_older(weakest.slot, at) {
                self.naive[weakest.slot as usize].retain(|end| end.id != self.ids[at as usize]);
            }
        }
        ends.push(end);
        self.naive[at as usize] = ends;
        true
    }

    fn associate(&mut self, a: u32, b: u32, strength: f32) {
        let ends = self.real.associate(a, b, strength, &self.ids);
        let step = (strength * 255.0).round() as u8;
        let (newer, older) = if self.is_older(a, b) { (b, a) } else { (a, b) };
        let mut expected = u32::from(self.keep(newer, older, step));
        if self.live(newer).iter().any(|end| end.slot == older) {
            expected += u32::from(self.keep(older, newer, step));
        }
        assert_eq!(ends, expected);
    }

    fn strengthen(&mut self, a: u32, b: u32, share: f32) {
        self.real.strengthen(a, b, share, &self.ids);
        for (at, other) in [(a, b), (b, a)] {
            for end in
                self.naive[at as usize].iter_mut().filter(|end| end.id == self.ids[other as usize])
            {
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
            let links: Vec<_> = self.real.of(slot, &self.ids).collect();
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
                Step::Sweep => world.real.sweep(&world.ids),
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
    assert_eq!(world.real.of(1, &world.ids).map(|l| l.slot).collect::<Vec<_>>(), [0]);
    world.associate(0, 3, 0.7);
    let mut kept: Vec<_> = world.real.of(0, &world.ids).map(|l| l.slot).collect();
    kept.sort_unstable();
    assert_eq!(kept, [2, 3]);
    // The newer one that was pushed out still knows the other end.
    assert_eq!(world.real.of(1, &world.ids).count(), 1);
    world.check();
}

#[test]
fn strengthening_never_exceeds_one() {
    let mut world = World::new(4, 2);
    world.associate(0, 1, 0.3);
    let mut before = 0.0;
    for _ in 0..1_000 {
        world.strengthen(0, 1, 0.05);
        let strength = world.real.of(0, &world.ids).next().unwrap().strength;
        assert!(strength > before || strength == 1.0, "{strength} after {before}");
        before = strength;
    }
    assert_eq!(before, 1.0, "nothing is lost to rounding");
}

/// Old experiences that nobody recalls keep links to slots that are reused over and over; none may
/// come back to life.
#[test]
fn a_slot_that_is_used_again_is_somebody_else() {
    let mut world = World::new(3, 6);
    for old in 1..4 {
        world.associate(old, 0, 0.9);
    }
    for _ in 0..600 {
        world.store(0);
        world.check();
        assert_eq!((1..6).map(|slot| world.real.of(slot, &world.ids).count()).sum::<usize>(), 0);
        world.associate(0, 4, 0.5);
        world.check();
    }
    // What is stale makes room when it is needed, and is swept in time.
    (0..6).for_each(|_| world.real.sweep(&world.ids));
    world.check();
    assert!(world.real.counts[1..4].iter().all(|counts| counts.all == 0));
}

#[test]
fn a_link_takes_four_bytes() {
    assert_eq!(Associations::bytes_each(20), 20 * 4 + 2);
}
