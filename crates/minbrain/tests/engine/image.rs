//! A brain's image: who is restored from it goes on exactly as who lives on.

use minbrain::{
    Action, ActionSpace, Brain, Budget, Exploration, Forgetting, ImageError, Metric, Policy,
};
use proptest::prelude::*;

use crate::worlds::{FORGETTING, Ring, action_spaces, brain, outcome};

/// A life of every call there is; what was said, as text of every bit.
fn live(brain: &mut Brain, ring: &mut Ring, cycles: usize) -> Vec<String> {
    let mut said = Vec::new();
    for cycle in 0..cycles {
        if cycle % 7 == 3 {
            let action = brain.config().actions.neutral();
            brain.accompany(&ring.sense(), &action).unwrap();
            brain.learn(outcome(&ring.sense())).unwrap();
        }
        ring.live(brain);
        said.push(format!("{:?} {:?}", brain.working_memory(), brain.stats()));
        said.push(format!("{}", brain.consolidate(if cycle % 3 == 0 { 60 } else { 0 })));
        brain.decide(&ring.sense()).unwrap();
        said.push(format!("{:?}", brain.waiting()));
        match cycle % 50 {
            20 => brain.interrupt(),
            30 => brain.set_exploration(Exploration::Off),
            40 => brain.set_exploration(Exploration::Annealed),
            45 => brain.set_time_us(brain.time_us() + 500_000).unwrap(),
            _ => {}
        }
    }
    said
}

/// Brains of every policy, way to forget, kind of action and budget.
fn brains() -> Vec<Brain> {
    let mut made = Vec::new();
    for actions in action_spaces() {
        for forgetting in FORGETTING {
            let builder = brain(3, actions.clone(), 90).forgetting(forgetting).seed(3);
            made.push(builder.cycle_period_us(1_000_000).build().unwrap());
        }
        for policy in [Policy::Consensus, Policy::Value, Policy::Imitation] {
            for metric in [Metric::Euclidean, Metric::Cosine] {
                let builder = brain(3, actions.clone(), 0).policy(policy).metric(metric);
                made.push(builder.budget(Budget::Bytes(250_000)).build().unwrap());
            }
        }
    }
    let level = ActionSpace::continuous([(-1.0, 1.0)]);
    made.push(brain(3, level, 120).policy(Policy::Value).build().unwrap());
    made
}

#[test]
fn who_is_restored_goes_on_as_who_lives_on() {
    for mut brain in brains() {
        let mut ring = Ring::new(7);
        let config = brain.config().clone();
        // Too young for a scale, then in the middle of its life, then full.
        for cycles in [0, 9, 300, 250] {
            live(&mut brain, &mut ring, cycles);
            let image = brain.to_bytes();
            let mut restored = Brain::from_bytes(&image).unwrap();
            assert_eq!(restored.config(), brain.config());
            assert!(restored.waiting().is_none());
            assert_eq!(restored.to_bytes(), image, "{config:?}");
            let (mut clone, mut same_ring) = (brain.clone(), ring.clone());
            let expected = live(&mut clone, &mut same_ring, 120);
            let said = live(&mut restored, &mut ring.clone(), 120);
            for (at, (said, expected)) in said.iter().zip(&expected).enumerate() {
                assert_eq!(said, expected, "after {cycles}, at {at}: {config:?}");
            }
            assert_eq!(restored.fingerprint(), clone.fingerprint());
        }
    }
}

/// Scans go by codes of the keys: whether there are any is seen in the bytes and in the work.
#[test]
fn codes_are_as_they_were() {
    let builder = brain(3, ActionSpace::discrete(1), 60_000).forgetting(Forgetting::Random);
    let mut brain = builder.build().unwrap();
    let mut dice = Ring::new(1).dice;
    // Many sensors of pure noise would scan; with three, queries far away from everything do.
    for _ in 0..500 {
        let place = [(); 3].map(|()| dice.normal());
        brain.accompany(&place, &Action::Discrete(0)).unwrap();
        brain.learn(outcome(&place)).unwrap();
    }
    let mut restored = Brain::from_bytes(&brain.to_bytes()).unwrap();
    for _ in 0..50 {
        let place = [(); 3].map(|()| 30.0 * dice.normal());
        assert_eq!(brain.decide(&place).unwrap(), restored.decide(&place).unwrap());
        assert_eq!(brain.consolidate(100), restored.consolidate(100));
    }
}

fn small(policy: Policy) -> Vec<u8> {
    let actions = ActionSpace::continuous([(-1.0, 1.0)]);
    let mut brain = brain(3, actions, 40).policy(policy).build().unwrap();
    live(&mut brain, &mut Ring::new(2), 40);
    brain.to_bytes()
}

#[test]
fn every_flipped_bit_and_every_missing_byte_is_noticed() {
    let image = small(Policy::Consensus);
    for at in (0..image.len()).step_by(1 + image.len() / 5_000).chain(0..64) {
        for bit in 0..8 {
            let mut flipped = image.clone();
            flipped[at] ^= 1 << bit;
            assert!(Brain::from_bytes(&flipped).is_err(), "bit {bit} of byte {at}");
        }
        assert!(Brain::from_bytes(&image[..at]).is_err(), "{at} bytes");
    }
    let mut longer = image.clone();
    longer.push(0);
    assert!(matches!(Brain::from_bytes(&longer), Err(ImageError::Length { .. })));
    assert_eq!(Brain::from_bytes(b"something else").unwrap_err(), ImageError::NotAnImage);
    let mut newer = image;
    newer[8] = 9;
    let version = ImageError::Version { expected: 3, came: 9 };
    assert_eq!(Brain::from_bytes(&newer).unwrap_err(), version);
}

/// The checksum of an image, once more, as docs/format.md has it.
fn seal(image: &mut [u8]) {
    let mut state = image[32..].to_vec();
    state.resize(state.len() / 32 * 32 + 32, 0);
    let mut lanes = [0xcbf2_9ce4_8422_2325_u64; 4];
    let step = |lane: u64, word: u64| (lane ^ word).wrapping_mul(0x100_0000_01b3).rotate_left(29);
    for (at, word) in state.chunks_exact(8).enumerate() {
        lanes[at % 4] = step(lanes[at % 4], u64::from_le_bytes(word.try_into().unwrap()));
    }
    let sum = lanes.into_iter().fold(image.len() as u64 - 32, step);
    image[24..32].copy_from_slice(&sum.to_le_bytes());
}

#[test]
fn the_checksum_is_as_documented() {
    let image = small(Policy::Value);
    let mut sealed = image.clone();
    seal(&mut sealed);
    assert_eq!(sealed, image);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn anything_at_all_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Brain::from_bytes(&bytes).is_err());
    }

    /// Somebody who seals what he has changed is refused, or gets a brain that lives: no panic either way.
    #[test]
    fn a_forged_image_is_refused_or_lives(
        at in any::<prop::sample::Index>(),
        value in any::<u8>(),
        is_by_value in any::<bool>(),
    ) {
        let mut image = small(if is_by_value { Policy::Value } else { Policy::Consensus });
        // Behind the settings: those may ask for any budget.
        let at = 200 + at.index(image.len() - 200);
        image[at] = value;
        seal(&mut image);
        if let Ok(mut brain) = Brain::from_bytes(&image) {
            let mut ring = Ring::new(5);
            for _ in 0..60 {
                let _ = brain.decide(&ring.sense());
                let _ = brain.learn(outcome(&ring.sense()));
                brain.consolidate(30);
            }
        }
    }
}
