//! Running deviations against two passes over everything.

use super::Scale;
use crate::action::ActionSpace;
use crate::seed::Random;

/// Mean square around the mean, in two passes.
fn variance(values: &[f32]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
    values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / n
}

fn assert_close(got: f32, exact: f64) {
    assert!((f64::from(got) - exact).abs() <= 1e-5 * exact, "{got} against {exact}");
}

/// Sensors of unlike sizes: far from zero, small, constant, huge.
fn observation(random: &mut Random) -> Vec<f32> {
    let mut signed = || 2.0 * random.unit() - 1.0;
    vec![1e6 + 10.0 * signed(), 0.1 * signed(), 42.0, 300.0 * signed()]
}

#[test]
fn weights_and_changes_are_those_of_two_passes() {
    let space = ActionSpace::continuous([(-1.0, 1.0), (-100.0, 100.0)]);
    let mut scale = Scale::new(4, &space);
    let mut random = Random::new(5);
    let (mut keys, mut outcomes, mut rewards) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..2_000 {
        let mut key = observation(&mut random);
        key.extend([random.unit(), 0.5]);
        let outcome = observation(&mut random);
        let reward = 1e3 + random.unit();
        scale.add(&key, &outcome, reward);
        keys.push(key);
        outcomes.push(outcome);
        rewards.push(reward);
    }
    let column = |at: usize| keys.iter().map(|k| k[at]).collect::<Vec<f32>>();
    for at in 0..4 {
        // What never moved tells no two places apart.
        let expected = variance(&column(at));
        assert_close(scale.weights()[at], if expected > 0.0 { 1.0 / expected } else { 0.0 });
        assert_eq!(scale.observation_weights()[at], scale.weights()[at]);
        let steps = keys.iter().zip(&outcomes).map(|(k, o)| f64::from(o[at]) - f64::from(k[at]));
        let square = steps.map(|s| s * s).sum::<f64>() / 2_000.0;
        assert_close(scale.change()[at], square.sqrt());
    }
    // An action counts as moving by a twentieth of its range at least.
    assert_close(scale.weights()[4], 1.0 / variance(&column(4)).max(0.01));
    assert_close(scale.weights()[5], 1.0 / 100.0);
    assert_eq!(scale.observation_weights()[4..], [0.0, 0.0]);
    assert_close(scale.reward_deviation(), variance(&rewards).sqrt());
}

#[test]
fn weights_stay_numbers_for_sensors_and_bounds_of_any_size() {
    for size in [0.0, 1e-45, 1e-20, 1e-9, 1.0, 1e15] {
        let low = -1e-30;
        let space = ActionSpace::continuous([(low, -2.0 * low)]);
        let mut scale = Scale::new(2, &space);
        for sign in [1.0, -1.0, 1.0, 1.0] {
            scale.add(&[sign * size, 0.0, low], &[0.0, sign * size], sign * size);
            let weights = scale.weights();
            assert!(weights.iter().all(|w| w.is_finite() && *w >= 0.0), "{size}: {weights:?}");
            let surprise = scale.surprise(&[0.0, 1.0], &[size, 0.0]);
            assert!(surprise.is_finite() && surprise >= 0.0, "{size}: {surprise}");
        }
    }
}

#[test]
fn surprise_is_one_for_whoever_predicts_no_change() {
    let mut scale = Scale::new(2, &ActionSpace::discrete(1));
    // Both sensors change by their usual step, up or down.
    for sign in [1.0, -1.0, 1.0, -1.0] {
        scale.add(&[0.0, 5.0], &[sign * 3.0, 5.0 - sign * 0.1], 0.0);
    }
    let close = |got: f32, expected: f32| assert!((got - expected).abs() < 1e-5, "{got}");
    close(scale.surprise(&[0.0, 5.0], &[3.0, 5.1]), 1.0);
    close(scale.surprise(&[3.0, 5.1], &[3.0, 5.1]), 0.0);
    // One sensor off by two steps, the other right: the root of the mean of 4 and 0.
    close(scale.surprise(&[6.0, 5.1], &[0.0, 5.1]), 2.0_f32.sqrt());
}

#[test]
fn a_sensor_that_never_changed_and_is_predicted_so_counts_as_right() {
    let mut scale = Scale::new(1, &ActionSpace::discrete(1));
    scale.add(&[7.0], &[7.0], 0.0);
    assert_eq!(scale.surprise(&[7.0], &[7.0]), 0.0);
}

#[test]
fn one_spike_neither_blinds_a_known_sensor_nor_lasts() {
    let mut scale = Scale::new(1, &ActionSpace::discrete(1));
    let mut random = Random::new(7);
    let mut live = |scale: &mut Scale, cycles: usize| {
        (0..cycles).for_each(|_| scale.add(&[random.unit()], &[random.unit()], 0.0));
    };
    live(&mut scale, 1_000);
    let (weight, change) = (scale.weights()[0], scale.change()[0]);
    scale.add(&[1e15], &[-1e15], 0.0);
    assert!(scale.weights()[0] > 0.8 * weight, "{} of {weight}", scale.weights()[0]);
    assert!(scale.change()[0] < 1.1 * change, "{} of {change}", scale.change()[0]);
    live(&mut scale, 40_000);
    assert!((scale.weights()[0] / weight - 1.0).abs() < 0.1);
}

#[test]
fn a_sensor_that_changes_its_range_is_followed() {
    let mut scale = Scale::new(1, &ActionSpace::discrete(1));
    let mut random = Random::new(7);
    (0..20_000).for_each(|_| scale.add(&[random.unit()], &[random.unit()], 0.0));
    (0..60_000).for_each(|_| scale.add(&[1e3 * random.unit()], &[0.0], 0.0));
    // Uniform over a thousand: a variance of a million twelfths.
    assert!((scale.weights()[0] * (1e6 / 12.0) - 1.0).abs() < 0.1, "{}", scale.weights()[0]);
}

#[test]
fn a_jump_to_where_a_sensor_never_is_stands_out() {
    let mut scale = Scale::new(2, &ActionSpace::discrete(1));
    assert!(!scale.is_outlying(&[0.0, 0.0], &[1e9, 0.0]), "nothing is usual yet");
    let mut random = Random::new(3);
    let mut at = [0.0_f32; 2];
    for cycle in 0..2_000 {
        // The second sensor goes up slowly, and is set back: its jumps stay within its range.
        let next = [0.9 * at[0] + random.unit() - 0.5, (cycle % 100) as f32];
        scale.add(&at, &next, 0.0);
        assert!(cycle < 200 || !scale.is_outlying(&at, &next), "{at:?} {next:?}");
        at = next;
    }
    assert!(scale.is_outlying(&[0.1, 5.0], &[65535.0, 6.0]));
    assert!(scale.is_outlying(&[65535.0, 5.0], &[0.1, 6.0]), "and where it comes back");
    assert!(scale.is_outlying(&[0.1, 5.0], &[0.1, -1e9]));
    // Where it goes by small steps, it may go anywhere.
    assert!(!scale.is_outlying(&[50.0, 5.0], &[50.1, 6.0]));
}

#[test]
fn units_do_not_matter() {
    for unit in [2.0_f32.powi(-30), 2.0_f32.powi(30)] {
        let mut random = Random::new(4);
        let mut scales = [1.0, unit].map(|_| Scale::new(2, &ActionSpace::discrete(1)));
        for _ in 0..300 {
            let (key, outcome) = ([random.unit(), random.unit()], [random.unit(), random.unit()]);
            for (scale, unit) in scales.iter_mut().zip([1.0, unit]) {
                scale.add(&[unit * key[0], key[1]], &[unit * outcome[0], outcome[1]], 0.0);
            }
        }
        let [plain, scaled] = scales;
        assert_eq!(scaled.weights()[0] * unit * unit, plain.weights()[0]);
        assert_eq!(scaled.weights()[1], plain.weights()[1]);
        assert_eq!(scaled.change()[0], unit * plain.change()[0]);
        assert_eq!(scaled.most_change()[0], unit * plain.most_change()[0]);
    }
}
