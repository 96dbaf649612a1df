//! Weights and the gate by their definitions, and lives in worlds with sensors that say nothing.

use super::{Gate, Relevance};
use crate::action::{Action, ActionSpace};
use crate::budget::Budget;
use crate::config::Config;
use crate::cycle::{Half, advance};
use crate::decision::{Outcome, Prediction};
use crate::metric::Metric;
use crate::mind::Mind;
use crate::scale::Scale;
use crate::seed::Random;
use crate::stacking::Shares;

fn config(sensors: usize) -> Config {
    Config { sensors, actions: ActionSpace::discrete(1), ..Config::default() }
}

#[test]
fn weights_follow_squared_slopes_and_are_one_on_average() {
    let mut relevance = Relevance::new(&config(4));
    assert_eq!(relevance.factors(), [1.0; 4]);
    for _ in 0..3 {
        relevance.learn([6.0, 2.0, 0.0, 0.0].into_iter());
    }
    let expected = [0.1 + 0.9 * 3.0, 1.0, 0.1, 0.1];
    for (got, expected) in relevance.factors().iter().zip(expected) {
        assert!((got - expected).abs() < 1e-5, "{got} against {expected}");
    }
    // What is no number, and a place where nothing grows, teach nothing.
    let before = relevance.factors().to_vec();
    relevance.learn([f32::NAN, 1.0, 1.0, 1.0].into_iter());
    assert_eq!(relevance.factors(), before);
    let mut flat = Relevance::new(&config(2));
    flat.learn([0.0, 0.0].into_iter());
    assert_eq!(flat.factors(), [1.0, 1.0]);
}

#[test]
fn a_mix_has_the_squared_slopes_of_all_sensors_on_average() {
    let mut relevance = Relevance::new(&config(3));
    let change = [0.5, 2.0, 0.0];
    let told = [1.0, 0.5, 1.0];
    let shares = told.map(|first| Shares { first, second: 0.0 });
    // How each sensor's residual grows along one dimension.
    let slopes = [3.0_f32, -4.0, 7.0];
    let mut sum = 0.0;
    for _ in 0..4_000 {
        let mix = relevance.draw_mix(&change, &shares);
        assert_eq!(mix[2], 0.0, "a sensor that never changes has no unit");
        sum += mix.iter().zip(slopes).map(|(m, s)| m * s).sum::<f32>().powi(2);
    }
    let expected = (3.0 / 0.5_f32).powi(2) + (0.5 * 4.0 / 2.0_f32).powi(2);
    assert!((sum / 4_000.0 / expected - 1.0).abs() < 0.05, "{} against {expected}", sum / 4_000.0);
}

#[test]
fn errors_count_in_units_of_the_change_and_as_far_as_the_line_has_a_say() {
    let mut relevance = Relevance::new(&config(4));
    let shares = [1.0, 0.5, 1.0, 1.0].map(|first| Shares { first, second: 0.0 });
    let errors = [0.1_f32, -0.1, 9.0, 0.1].into_iter();
    let mix = relevance.mix_errors(errors, &[0.2, 0.2, 0.5, 0.0], &shares);
    // Half a change twice, three changes at most, and no unit.
    let expected = [0.5 / 0.2, -0.5 * 0.5 / 0.2, 3.0 / 0.5, 0.0];
    for (got, expected) in mix.iter().zip(expected) {
        assert!((got - expected).abs() < 1e-4, "{got} against {expected}");
    }
}

#[test]
fn refining_goes_against_the_gradient_and_keeps_an_average_of_one() {
    let mut relevance = Relevance::new(&config(3));
    relevance.refine(&[1.0, -1.0, 0.0]);
    // One step of 0.02 in units of the gradient's size, which is sqrt(2 / 3).
    let step = 0.02 * 1.5_f32.sqrt();
    let raw = [(-step).exp(), step.exp(), 1.0];
    let average = raw.iter().sum::<f32>() / 3.0;
    for (got, raw) in relevance.factors().iter().zip(raw) {
        assert!((got - raw / average).abs() < 1e-5, "{got} against {}", raw / average);
    }
    // What is no number, and what says nothing, moves nothing.
    let before = relevance.factors().to_vec();
    relevance.refine(&[f32::NAN, 1.0, 1.0]);
    relevance.refine(&[0.0; 3]);
    assert_eq!(relevance.factors(), before);
    // It goes so far and no further, on top of what slopes say.
    (0..1_000).for_each(|_| relevance.refine(&[1.0, -1.0, 0.0]));
    relevance.learn([1.0; 3].into_iter());
    let [first, second, _] = relevance.factors() else { panic!("three dimensions") };
    assert!((second / first - 4.0_f32.exp()).abs() < 0.1, "{second} and {first}");
}

/// Lets a gate compare predictions that are off by so much, `times` times.
fn compare(gate: &mut Gate, scale: &Scale, (used, other): (f32, f32), times: usize) {
    let off = |error| Prediction { outcome: vec![error], ..Prediction::default() };
    for _ in 0..times {
        let came = Outcome { observation: &[0.0], reward: 0.0, ended: false };
        gate.compare([&off(used), &off(other)], scale, came);
    }
}

#[test]
fn the_gate_takes_the_better_weights_and_keeps_those_in_use_when_in_doubt() {
    let mut scale = Scale::new(1, &ActionSpace::discrete(1));
    for at in 0..100 {
        scale.add(&[at as f32], &[at as f32 + 1.0], 0.0);
    }
    let mut gate = Gate::new(1);
    compare(&mut gate, &scale, (0.5, 0.2), 19);
    assert!(!gate.is_open, "too few");
    compare(&mut gate, &scale, (0.5, 0.2), 1);
    assert!(gate.is_open);
    // Now those with relevance are in use, and almost as good as the others.
    compare(&mut gate, &scale, (0.2, 0.199), 500);
    assert!(gate.is_open);
    let closes = (0..500).any(|_| {
        compare(&mut gate, &scale, (0.5, 0.2), 1);
        !gate.is_open
    });
    assert!(closes);
    // Both know it to one part in a hundred: no reason to change.
    let mut precise = Gate::new(1);
    compare(&mut precise, &scale, (1e-3, 1e-6), 500);
    assert!(!precise.is_open);
}

/// The mind of one that watched a world of `sensors` values for `steps` cycles; `next` says what follows.
fn watched(
    (sensors, steps): (usize, usize),
    metric: Metric,
    next: impl Fn(&[f32], &mut Random) -> Vec<f32>,
) -> Mind {
    let budget = Budget::Experiences(steps);
    let mut mind = Mind::new(Config { metric, budget, ..config(sensors) }).unwrap();
    let mut random = Random::new(3);
    let mut now: Vec<f32> = (0..sensors).map(|_| random.unit()).collect();
    for _ in 0..steps {
        let given = Some(&Action::Discrete(0));
        advance(&mut mind, Half::Decide { observation: &now, given }).unwrap();
        let then = next(&now, &mut random);
        let outcome = Outcome { observation: &then, reward: 0.0, ended: false };
        advance(&mut mind, Half::Learn(outcome)).unwrap();
        now = then;
    }
    mind
}

/// A pair of sensors on a curved course, and behind them a copy of the first and noise.
fn among_noise(now: &[f32], random: &mut Random) -> Vec<f32> {
    let first = (3.7 * now[0] * (1.0 - now[0])).clamp(0.01, 0.99);
    let second = 0.5 + 0.4 * (6.0 * now[1] + now[0]).sin();
    let mut then = vec![first, second, first];
    then.extend((3..now.len()).map(|_| random.unit()));
    then
}

#[test]
fn sensors_that_say_nothing_hardly_count() {
    let mind = watched((9, 1_500), Metric::Euclidean, among_noise);
    let relevance = &mind.known.relevance;
    assert!(relevance.is_used());
    let factors = relevance.factors();
    let loudest = factors[3..].iter().copied().fold(0.0, f32::max);
    assert!(loudest < 0.5 && factors[1] > 2.0, "{factors:?}");
    let [used, other] = &relevance.gate.errors;
    assert!(used[0] < 0.5 * other[0] && used[1] < 0.5 * other[1], "{used:?} {other:?}");
}

/// Four sensors that turn by what they are, and a fifth that jumps where the first is in its upper half:
/// slopes are steep only at the jump, and errors tell at once where they come from.
fn with_a_jump(now: &[f32], random: &mut Random) -> Vec<f32> {
    let jump = if now[0] > 0.5 { 1.0 } else { 0.0 };
    let mut then: Vec<f32> = (0..4).map(|_| random.unit()).collect();
    then.push(jump + 0.05 * (4.0 * now[1]).sin());
    then
}

#[test]
fn a_jump_is_looked_at_closely() {
    let mind = watched((5, 1_500), Metric::Euclidean, with_a_jump);
    let relevance = &mind.known.relevance;
    let factors = relevance.factors();
    let others = factors[1..].iter().copied().fold(0.0, f32::max);
    assert!(relevance.is_used() && factors[0] > 5.0 * others, "{factors:?}");
    let refined = &relevance.refined;
    assert!(refined[0] > refined[2] && refined[0] > refined[3], "{refined:?}");
}

#[test]
fn directions_are_not_weighed() {
    let mind = watched((9, 600), Metric::Cosine, among_noise);
    assert!(!mind.known.relevance.is_used());
    assert_eq!(mind.known.relevance.factors(), [1.0; 9]);
}
