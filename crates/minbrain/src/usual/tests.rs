//! What is usual, against quantiles, medians and two passes over everything.

use super::{KNOWN, Reach, Usual};
use crate::seed::Random;

/// Near a normal distribution: the sum of twelve uniform numbers.
fn normal(random: &mut Random) -> f64 {
    (0..12).map(|_| f64::from(random.unit())).sum::<f64>() - 6.0
}

/// A sensor that was seen for so long, with this share of wrong readings, and what is usual for it.
fn seen(samples: usize, wrong: (f64, f64), seed: u64) -> Usual {
    let mut random = Random::new(seed);
    let mut usual = Usual::new(1);
    let mut first = Vec::new();
    for _ in 0..samples {
        let is_wrong = f64::from(random.unit()) < wrong.0;
        let value = if is_wrong { wrong.1 } else { 5.0 + 2.0 * normal(&mut random) };
        usual.add([value].into_iter());
        first.push(value);
        if first.len() == KNOWN {
            usual.start(|_, sample| first[sample]);
        }
    }
    usual
}

#[test]
fn nine_of_ten_lie_within_the_reach() {
    let mut random = Random::new(3);
    let mut reach = Reach::default();
    let (mut within, mut of) = (0, 0);
    for at in 0..20_000 {
        let distance = normal(&mut random).abs();
        if at >= 1_000 {
            within += usize::from(distance <= reach.now());
            of += 1;
        }
        reach.see(distance);
    }
    let share = within as f64 / of as f64;
    assert!((0.85..0.95).contains(&share), "{share}");
    assert!(reach.held() >= reach.now());
}

#[test]
fn mean_and_variance_are_about_those_without_the_wrong_readings() {
    for wrong in [(0.0, 0.0), (0.02, 65535.0), (0.02, -1e9), (0.02, 25.0)] {
        for seed in 1..6 {
            let usual = seen(5_000, wrong, seed);
            let (mean, deviation) = (usual.mean()[0], usual.variance()[0].sqrt());
            assert!((mean - 5.0).abs() < 1.5, "{wrong:?} {seed}: {mean}");
            assert!((1.8..8.0).contains(&deviation), "{wrong:?} {seed}: {deviation}");
            assert!((2.0..16.0).contains(&usual.reach(0)), "{wrong:?} {seed}: {}", usual.reach(0));
        }
    }
}

#[test]
fn no_sample_moves_a_known_value_by_more_than_its_share() {
    for size in [1e2, 1e5, 1e9, 1e30] {
        let mut usual = seen(1_000, (0.0, 0.0), 7);
        let (mean, variance, reach) = (usual.mean()[0], usual.variance()[0], usual.reach(0));
        usual.add([size].into_iter());
        assert!((usual.mean()[0] - mean).abs() < 0.1, "{size}: {}", usual.mean()[0]);
        assert!(usual.variance()[0] < 1.5 * variance, "{size}: {}", usual.variance()[0]);
        assert!(usual.reach(0) <= 1.2 * reach, "{size}: {}", usual.reach(0));
    }
}

#[test]
fn a_wrong_first_reading_is_gone_once_the_value_is_known() {
    for first in [65535.0, 1e9, -1e9] {
        let mut random = Random::new(11);
        let mut usual = Usual::new(1);
        let mut values = Vec::new();
        for at in 0..KNOWN {
            let value = if at == 0 { first } else { normal(&mut random) };
            values.push(value);
            usual.add([value].into_iter());
        }
        usual.start(|_, sample| values[sample]);
        assert!(usual.mean()[0].abs() < 1.0, "{first}: {}", usual.mean()[0]);
        assert!(usual.variance()[0] < 4.0, "{first}: {}", usual.variance()[0]);
        let mut reach = Reach::default();
        values.iter().for_each(|value| {
            reach.see(value.abs());
        });
        assert!(reach.is_known() && reach.now() < 4.0, "{first}: {}", reach.now());
    }
}

#[test]
fn a_sensor_that_wakes_up_is_followed_and_one_that_rests_is_remembered() {
    let mut random = Random::new(5);
    let mut reach = Reach::default();
    for _ in 0..5_000 {
        reach.see(1e-6 * normal(&mut random).abs());
    }
    for _ in 0..120 {
        reach.see(normal(&mut random).abs());
    }
    assert!(reach.now() > 0.5, "{}", reach.now());
    for _ in 0..2_000 {
        reach.see(1e-6 * normal(&mut random).abs());
    }
    assert!(reach.now() < 1e-5 && reach.held() > 0.5, "{} {}", reach.now(), reach.held());
}

#[test]
fn units_do_not_matter() {
    for unit in [2.0_f64.powi(-30), 2.0_f64.powi(30)] {
        let mut random = Random::new(9);
        let mut usual = [Usual::new(1), Usual::new(1)];
        for _ in 0..500 {
            let value = normal(&mut random);
            usual[0].add([value].into_iter());
            usual[1].add([unit * value].into_iter());
        }
        assert_eq!(usual[1].mean()[0], unit * usual[0].mean()[0]);
        assert_eq!(usual[1].variance()[0], unit * unit * usual[0].variance()[0]);
        assert_eq!(usual[1].reach(0), unit * usual[0].reach(0));
    }
}
