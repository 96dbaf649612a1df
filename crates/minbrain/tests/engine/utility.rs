//! The guide's policy of forgetting, on time that is told: above 80 % of the budget, once a minute,
//! a tenth at a time, those of least utility, and never those recalled most.

use minbrain::{Action, ActionSpace, Brain, Experience, ExperienceId, Forgetting};

use crate::dice::Dice;
use crate::worlds::{brain, outcome};

const MINUTE_US: u64 = 60_000_000;

fn fresh(budget: usize) -> Brain {
    let builder = brain(1, ActionSpace::discrete(1), budget).forgetting(Forgetting::Utility);
    let mut brain = builder.neighbours(3).build().unwrap();
    brain.set_time_us(0).unwrap();
    brain
}

fn store(brain: &mut Brain, place: f32, after: f32) -> u32 {
    brain.accompany(&[place], &Action::Discrete(0)).unwrap();
    brain.learn(outcome(&[after])).unwrap().forgotten
}

fn all(brain: &Brain) -> Vec<Experience> {
    (0..brain.stats().learned).filter_map(|id| brain.experience(ExperienceId(id))).collect()
}

#[test]
fn a_tenth_goes_above_four_fifths_and_once_a_minute() {
    let mut brain = fresh(100);
    let mut dice = Dice::new(1);
    let mut next = |brain: &mut Brain| store(brain, 10.0 * dice.signed(), dice.signed());
    for _ in 0..80 {
        assert_eq!(next(&mut brain), 0);
    }
    assert_eq!(next(&mut brain), 8, "a tenth of 81");
    // Within the minute only the budget counts, one at a time.
    for count in 74..=100 {
        assert_eq!(next(&mut brain), 0);
        assert_eq!(brain.stats().experiences, count);
    }
    brain.set_time_us(MINUTE_US - 1).unwrap();
    assert_eq!(next(&mut brain), 1);
    brain.set_time_us(MINUTE_US).unwrap();
    assert_eq!(next(&mut brain), 10, "a tenth of 101");
    assert_eq!(brain.stats().experiences, 91);
    brain.set_time_us(2 * MINUTE_US - 1).unwrap();
    assert_eq!(next(&mut brain), 0);
    brain.set_time_us(2 * MINUTE_US).unwrap();
    assert_eq!(next(&mut brain), 9, "a tenth of 93");
}

/// The guide's formula: access count x recency x prediction success; recency halves in an hour.
fn utility(known: &Experience, now_us: u64) -> f64 {
    let hours = (now_us - known.time_us) as f64 / 3_600e6;
    let success = f64::from((1.0 - known.surprise).max(0.0));
    f64::from(known.access_count) / (1.0 + hours) * success
}

#[test]
fn those_of_least_utility_go_and_those_recalled_most_stay() {
    let mut brain = fresh(100);
    let mut dice = Dice::new(2);
    let mut now_us = 0;
    let mut batches = 0;
    for _ in 0..600 {
        now_us += 7_000_000;
        brain.set_time_us(now_us).unwrap();
        // Where the robot is often, it recalls often; elsewhere nothing can be predicted.
        let place = if dice.below(3) == 0 { 100.0 * dice.signed() } else { dice.signed() };
        let after = if place.abs() < 1.0 { 0.5 * place } else { 100.0 * dice.signed() };
        brain.accompany(&[place], &Action::Discrete(0)).unwrap();
        let before = all(&brain);
        let forgotten = brain.learn(outcome(&[after])).unwrap().forgotten;
        if forgotten < 2 {
            continue;
        }
        batches += 1;
        assert_eq!(forgotten as usize, (before.len() + 1) / 10);
        let is_kept = |known: &&Experience| brain.experience(known.id).is_some();
        let (kept, gone): (Vec<&Experience>, Vec<&Experience>) = before.iter().partition(is_kept);
        assert_eq!(gone.len(), forgotten as usize, "the newest is not among them");
        // A tenth, those recalled most, is out of reach.
        let mut counts: Vec<u32> = before.iter().map(|known| known.access_count).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let protected = counts[before.len() / 10 - 1];
        assert!(gone.iter().all(|known| known.access_count <= protected));
        let most = gone.iter().map(|known| utility(known, now_us)).fold(0.0, f64::max);
        let newest = before.iter().map(|known| known.id).max();
        for known in kept.iter().filter(|known| known.access_count < protected) {
            let is_new = Some(known.id) >= newest.map(|ExperienceId(id)| ExperienceId(id - 1));
            assert!(is_new || utility(known, now_us) >= most, "{known:?} kept, over {most}");
        }
    }
    assert!(batches > 20, "{batches}");
}
