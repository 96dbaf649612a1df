//! Recall through the public interface, against distances computed from the whole life.

use minbrain::{Action, ActionSpace, Brain, Experience, ExperienceId, Metric, Neighbour};

use crate::dice::Dice;
use crate::worlds::{brain, outcome};

const SENSORS: usize = 4;

/// All that was ever sensed before an action: the weights of a distance go by it.
#[derive(Default)]
struct Life(Vec<[f32; SENSORS]>);

impl Life {
    /// One over the variance, as far as each value counts; 0 for a sensor that never moved.
    fn weights(&self) -> [f64; SENSORS] {
        std::array::from_fn(|sensor| {
            let values = self.0.iter().map(|s| f64::from(s[sensor]));
            let variance = variance(&values.collect::<Vec<_>>());
            if variance > 0.0 { 1.0 / variance } else { 0.0 }
        })
    }

    fn distance(&self, metric: Metric, a: &[f32], b: &[f32]) -> f64 {
        let wide = |v: &[f32]| v.iter().map(|&x| f64::from(x)).collect::<Vec<f64>>();
        let (a, b) = (wide(a), wide(b));
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        match metric {
            Metric::Euclidean => {
                let each = a.iter().zip(&b).zip(self.weights());
                each.map(|((a, b), w)| w * (a - b).powi(2)).sum()
            }
            Metric::Cosine => 1.0 - product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt(),
        }
    }
}

/// Mean square around the mean, in two passes.
fn plain_variance(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n
}

/// The same with values within four reaches of what came before them. The reach starts as far as 28 of
/// the first 32 lie from their median; then a value beyond makes it a fifth larger at most, and one
/// within a fiftieth smaller.
fn variance(values: &[f64]) -> f64 {
    let Some((first, rest)) = values.split_at_checked(32) else { return plain_variance(values) };
    let sorted = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values
    };
    let ordered = sorted(first.to_vec());
    let median = (ordered[15] + ordered[16]) / 2.0;
    let mut now = sorted(first.iter().map(|v| (v - median).abs()).collect())[27];
    let mut held = now;
    let mut counted: Vec<f64> =
        first.iter().map(|v| v.clamp(median - 4.0 * now, median + 4.0 * now)).collect();
    let mut sum: f64 = counted.iter().sum();
    for value in rest {
        let mean = sum / counted.len() as f64;
        let off = (value - mean).abs();
        let had_none = held == 0.0;
        now = match off {
            _ if now == 0.0 => off,
            _ if off > now => off.min(1.2 * now),
            _ => off.max(0.98 * now),
        };
        held = now.max(held + (now - held) / 10_000.0);
        let most = if had_none { 0.0 } else { 4.0 * held };
        counted.push(value.clamp(mean - most, mean + most));
        sum += counted[counted.len() - 1];
    }
    plain_variance(&counted)
}

fn similarity(metric: Metric, distance: f64) -> f64 {
    match metric {
        Metric::Euclidean => (-distance / SENSORS as f64).exp(),
        Metric::Cosine => (1.0 - distance).max(0.0),
    }
}

fn check(metric: Metric, life: &Life, kept: &[Experience], asked: &[f32], got: &[Neighbour]) {
    let mut exact: Vec<f64> =
        kept.iter().map(|known| life.distance(metric, &known.observation, asked)).collect();
    exact.sort_by(f64::total_cmp);
    let mut ids: Vec<ExperienceId> = got.iter().map(|n| n.id).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|w| w[0] < w[1]), "each once");
    for (neighbour, exact) in got.iter().zip(&exact) {
        let known = kept.iter().find(|known| known.id == neighbour.id).expect("it is kept");
        let own = life.distance(metric, &known.observation, asked);
        for expected in [own, *exact] {
            let off = (f64::from(neighbour.distance) - expected).abs();
            assert!(off <= 1e-4 * expected + 1e-6, "{neighbour:?}: {expected}");
        }
        let expected = similarity(metric, own);
        assert!((f64::from(neighbour.similarity) - expected).abs() < 1e-5, "{neighbour:?}");
    }
}

fn kept(brain: &Brain) -> Vec<Experience> {
    (0..brain.stats().learned).filter_map(|id| brain.experience(ExperienceId(id))).collect()
}

/// Copies and a sensor that stands still, sensors of unlike sizes.
fn sense(dice: &mut Dice) -> [f32; SENSORS] {
    if dice.below(4) == 0 {
        return [0.5, 100.0, 7.0, -0.01];
    }
    [dice.signed(), 100.0 * dice.signed(), 7.0, 0.01 * dice.normal()]
}

#[test]
fn recall_is_exact_by_the_distances_of_the_whole_life() {
    for metric in [Metric::Euclidean, Metric::Cosine] {
        let builder = brain(SENSORS, ActionSpace::discrete(3), 300).metric(metric);
        let mut brain = builder.neighbours(15).build().unwrap();
        let (mut dice, mut life) = (Dice::new(4), Life::default());
        for cycle in 0..700 {
            let now = sense(&mut dice);
            let before = brain.recall(&now, 15).unwrap();
            let action = Action::Discrete(dice.below(3));
            let decision = brain.accompany(&now, &action).unwrap();
            let said = |n: &Neighbour| (n.id, n.distance.to_bits(), n.similarity.to_bits());
            assert!(decision.recalled.iter().map(said).eq(before.iter().map(said)));
            brain.learn(outcome(&sense(&mut dice))).unwrap();
            life.0.push(now);
            if cycle % 70 == 69 {
                let kept = kept(&brain);
                for k in [1, 64, 256] {
                    let asked = sense(&mut dice);
                    let got = brain.recall(&asked, k).unwrap();
                    assert_eq!(got.len(), k.min(kept.len()));
                    check(metric, &life, &kept, &asked, &got);
                }
            }
        }
    }
}

/// What was sensed and done comes back to the bit, whatever moved in between.
#[test]
fn experiences_come_back_as_they_were() {
    for actions in crate::worlds::action_spaces() {
        let mut brain = brain(SENSORS, actions.clone(), 100).build().unwrap();
        let mut dice = Dice::new(7);
        let mut lived = Vec::new();
        for _ in 0..400 {
            let (now, after) = (sense(&mut dice), sense(&mut dice));
            let action = brain.decide(&now).unwrap().action.clone();
            let (reward, ended) = (dice.normal(), dice.below(9) == 0);
            let time_us = brain.time_us();
            let outcome = minbrain::Outcome { observation: &after, reward, ended };
            let learned = brain.learn(outcome).unwrap();
            lived.push((now, action, after, reward, ended, time_us, learned.surprise));
        }
        let mut seen = 0;
        for (id, (now, action, after, reward, ended, time_us, surprise)) in lived.iter().enumerate()
        {
            let Some(known) = brain.experience(ExperienceId(id as u64)) else { continue };
            seen += 1;
            assert_eq!((known.observation, known.outcome), (now.to_vec(), after.to_vec()));
            assert_eq!(
                (known.action, known.reward, known.ended),
                (action.clone(), *reward, *ended)
            );
            assert_eq!((known.time_us, known.surprise), (*time_us, *surprise));
        }
        assert_eq!(seen, 100);
    }
}
