//! Calls on a tape, relived; and recordings of whole runs.

use minbrain::{
    Action, ActionSpace, Brain, Echo, Exploration, Isa, Outcome, Policy, Recorder, RecordingError,
    Replay, Replayed, Tape,
};

use crate::worlds::{Ring, brain};

/// Lives, and writes every call on the tape.
fn live(brain: &mut Brain, tape: &mut Tape, ring: &mut Ring, cycles: usize) {
    for cycle in 0..cycles {
        let before = ring.sense();
        let action = brain.config().actions.neutral();
        tape.decided(&before, brain.decide(&before).unwrap());
        if cycle % 6 == 0 {
            tape.decided(&before, brain.accompany(&before, &action).unwrap());
        }
        ring.advance(&brain.waiting().unwrap().action.clone());
        let after = ring.sense();
        let outcome =
            Outcome { observation: &after, reward: after[1], ended: ring.dice.below(40) == 0 };
        tape.learned(outcome, brain.learn(outcome).unwrap());
        tape.consolidated(30, brain.consolidate(30));
        match cycle % 40 {
            10 => {
                brain.interrupt();
                tape.interrupted();
            }
            20 => {
                brain.set_exploration(Exploration::Off);
                tape.explored(Exploration::Off);
            }
            30 => {
                let time_us = brain.time_us() + 1_000;
                brain.set_time_us(time_us).unwrap();
                tape.told_time(time_us);
            }
            _ => {}
        }
    }
}

fn brains() -> Vec<Brain> {
    let spaces = [vec![], vec![(-1.0, 1.0)], vec![(-1.0, 1.0), (-0.5, 2.0)]];
    let policies = [Policy::Consensus, Policy::Value, Policy::Imitation];
    let pairs = spaces.iter().flat_map(|bounds| policies.map(|policy| (bounds, policy)));
    let made = pairs.map(|(bounds, policy)| {
        let continuous = ActionSpace::continuous(bounds.iter().copied());
        let actions = if bounds.is_empty() { ActionSpace::discrete(3) } else { continuous };
        brain(3, actions, 120).policy(policy).seed(9).build().unwrap()
    });
    made.collect()
}

#[test]
fn who_relives_the_calls_becomes_the_same() {
    for mut brain in brains() {
        let (mut twin, mut tape) = (brain.clone(), Tape::default());
        live(&mut brain, &mut tape, &mut Ring::new(3), 450);
        assert!(twin.relive(tape.calls()).all(|echo| echo == Ok(Echo::Same)));
        assert_eq!(twin.to_bytes(), brain.to_bytes());
    }
}

/// A brain that decides otherwise takes the actions of then, as what they were.
#[test]
fn what_was_done_is_done_again_even_by_another_brain() {
    let [mut lived, mut other] =
        [1, 2].map(|seed| brain(3, ActionSpace::discrete(3), 500).seed(seed).build().unwrap());
    let mut tape = Tape::default();
    live(&mut lived, &mut tape, &mut Ring::new(3), 200);
    let echoes: Vec<_> = other.relive(tape.calls()).map(Result::unwrap).collect();
    assert!(echoes.contains(&Echo::Different));
    for id in (0..200).map(minbrain::ExperienceId) {
        let [lived, other] = [&lived, &other].map(|brain| brain.experience(id).unwrap());
        assert_eq!(lived.action, other.action);
        assert_eq!(lived.outcome, other.outcome);
    }
}

#[test]
fn bytes_that_are_no_calls_are_refused_and_end_it() {
    let mut brain = brains().swap_remove(0);
    let mut tape = Tape::default();
    live(&mut brain.clone(), &mut tape, &mut Ring::new(3), 3);
    let whole = brain.clone().relive(tape.calls()).count();
    for end in 0..tape.calls().len() {
        let echoes: Vec<_> = brain.clone().relive(&tape.calls()[..end]).collect();
        assert!(echoes.len() <= whole);
        let refused = echoes.iter().position(Result::is_err);
        assert!(refused.is_none_or(|at| at + 1 == echoes.len()), "{end}");
    }
    assert!(brain.relive(&[99]).next().unwrap().is_err());
    let print = brain.fingerprint();
    let outcome = Outcome { observation: &[0.0; 3], reward: 0.0, ended: false };
    let mut lone = Tape::default();
    let mut decided = brain.clone();
    decided.accompany(&[0.0; 3], &Action::Discrete(0)).unwrap();
    lone.learned(outcome, decided.learn(outcome).unwrap());
    assert!(brain.relive(lone.calls()).next().unwrap().is_err(), "nothing was decided");
    assert_eq!(brain.fingerprint(), print);
}

/// A recording in groups of ten cycles, begun in the middle of a life; and the brain at its end.
fn recorded() -> (Vec<u8>, Brain) {
    let mut brain = brains().swap_remove(1);
    let (mut tape, mut ring) = (Tape::default(), Ring::new(8));
    live(&mut brain, &mut tape, &mut ring, 60);
    tape.clear();
    let mut recording = Recorder::begin(&brain);
    for _ in 0..10 {
        live(&mut brain, &mut tape, &mut ring, 10);
        recording.extend(Recorder::group(&mut tape));
    }
    (recording, brain)
}

#[test]
fn a_recording_is_reproduced() {
    let (recording, brain) = recorded();
    let (replayed, again) = Replay::open(&recording).unwrap().run().unwrap();
    let all = Replayed { cycles: 100, first_different: None, is_cut_short: false };
    assert_eq!(replayed, all);
    assert_eq!(again.fingerprint(), brain.fingerprint());
}

#[test]
fn what_differs_damage_and_a_cut_are_told_apart() {
    let (recording, _) = recorded();
    let (cut, _) = Replay::open(&recording[..recording.len() - 1]).unwrap().run().unwrap();
    assert_eq!((cut.cycles, cut.is_cut_short), (90, true));
    let mut flipped = recording.clone();
    let at = flipped.len() - 40;
    flipped[at] ^= 4;
    let damaged = Replay::open(&flipped).unwrap().run().unwrap_err();
    assert_eq!(damaged, RecordingError::Damaged { after: 90 });
    assert_eq!(Replay::open(b"something").unwrap_err(), RecordingError::NotARecording);
    let mut newer = recording.clone();
    newer[8] = 7;
    assert_eq!(Replay::open(&newer).unwrap_err(), RecordingError::Version { expected: 1, came: 7 });
    let mut image = recording;
    image[1_000] ^= 1;
    assert!(matches!(Replay::open(&image).unwrap_err(), RecordingError::Image(_)));
}

/// Another brain at the start: the first decision that it makes differently is named.
#[test]
fn the_first_cycle_that_differs_is_named() {
    let builder = || brain(3, ActionSpace::discrete(3), 100).isa(Some(Isa::Scalar));
    let (mut lived, other) = (builder().build().unwrap(), builder().seed(5).build().unwrap());
    let (mut tape, mut ring) = (Tape::default(), Ring::new(8));
    live(&mut lived, &mut tape, &mut ring, 40);
    let first = other.clone().relive(tape.calls()).position(|echo| echo == Ok(Echo::Different));
    assert!(first.is_some());
    let mut recording = Recorder::begin(&other);
    recording.extend(Recorder::group(&mut tape));
    let replay = Replay::open(&recording).unwrap();
    assert_eq!(replay.brain().isa(), Isa::Scalar);
    let (replayed, _) = replay.run().unwrap();
    // Two to five calls a cycle; bootstraps draw at random, so it shows early.
    let named = replayed.first_different.unwrap() as usize;
    assert!(named <= first.unwrap() && first.unwrap() <= 5 * (named + 1), "{named}, {first:?}");
}
