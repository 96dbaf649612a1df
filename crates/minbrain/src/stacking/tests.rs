//! Shares against a search over all shares that are allowed.

use super::{BELIEF, Stacking};
use crate::seed::Random;

/// What the first, the second and the world said in one cycle.
type Said = [f32; 3];

/// What remains of the past after each cycle.
const KEPT: f64 = 0.999;
/// The first cycles only tell what is usual.
const WAITING: usize = 32;

/// The sum that the shares make least: squared errors of the past, the older the less, and the
/// belief that the line is right.
fn loss(said: &[Said], first: f64, second: f64) -> f64 {
    let mut count = 0.0;
    let (mut errors, mut sizes) = (0.0, [0.0; 2]);
    for (at, said) in said.iter().enumerate() {
        let [f, s, came] = said.map(f64::from);
        count = KEPT * count + 1.0;
        if at >= WAITING {
            let error = first * f + second * s - came;
            errors = KEPT * errors + error * error;
            sizes = [KEPT * sizes[0] + f * f, KEPT * sizes[1] + s * s];
        }
    }
    let pull = BELIEF / count;
    errors + pull * (sizes[0] * (first - 1.0).powi(2) + sizes[1] * second * second)
}

fn learned(said: &[Said]) -> Stacking {
    let mut stacking = Stacking::new(2, KEPT);
    for &[first, second, came] in said {
        stacking.learn(0, [first, second], came);
        stacking.learn(1, [0.0, 0.0], 0.0);
        stacking.finish();
    }
    stacking
}

fn shares(said: &[Said]) -> (f64, f64) {
    let stacking = learned(said);
    // A sensor that nobody ever predicted to change trusts the first.
    assert_eq!((stacking.shares()[1].first, stacking.shares()[1].second), (1.0, 0.0));
    let of = stacking.shares()[0];
    assert!(of.first >= 0.0 && of.second >= 0.0 && of.first + of.second <= 1.0 + 1e-6, "{of:?}");
    (f64::from(of.first), f64::from(of.second))
}

fn signed(random: &mut Random) -> f32 {
    2.0 * random.unit() - 1.0
}

/// A life in which the truth is seen through so much noise by the line and by the mean.
fn life(line_noise: f32, mean_noise: f32, share_known: f32) -> Vec<Said> {
    let mut random = Random::new(3);
    let mut moment = || {
        let truth = signed(&mut random);
        let line = truth + line_noise * signed(&mut random);
        let mean = truth + mean_noise * signed(&mut random);
        [line, mean, share_known * truth + 0.05 * signed(&mut random)]
    };
    (0..600).map(|_| moment()).collect()
}

#[test]
fn shares_are_the_best_of_all_that_are_allowed() {
    for (line, mean) in [(0.1, 1.0), (1.0, 0.1), (0.5, 0.5), (2.0, 2.0)] {
        let said = life(line, mean, 1.0);
        let (got_line, got_mean) = shares(&said);
        let got = loss(&said, got_line, got_mean);
        for a in 0..=20 {
            for b in 0..=20 - a {
                let other = loss(&said, f64::from(a) / 20.0, f64::from(b) / 20.0);
                assert!(got <= 1.001 * other, "{got_line} {got_mean} lose to {a} {b} of 20");
            }
        }
    }
}

#[test]
fn whoever_is_right_is_trusted() {
    let (line, mean) = shares(&life(0.0, 1.0, 1.0));
    assert!(line > 0.9 && mean < 0.1, "{line} {mean}");
    let (line, mean) = shares(&life(3.0, 0.0, 1.0));
    assert!(line < 0.1 && mean > 0.6, "{line} {mean}");
    let (line, mean) = shares(&life(0.0, 0.0, 0.0));
    assert!(line + mean < 0.2, "where nothing can be known the prior speaks alone: {line} {mean}");
}

/// One wrong reading, however wrong, and whether it is the first one.
#[test]
fn no_outcome_moves_the_shares_far() {
    let mut said = life(0.1, 1.0, 1.0);
    let (first, second) = shares(&said);
    for at in [0, 100, 599] {
        for came in [50.0, 65535.0, -1e15] {
            let right = std::mem::replace(&mut said[at], [1.0, 0.5, came]);
            let (f, s) = shares(&said);
            said[at] = right;
            assert!((f - first).abs() + (s - second).abs() < 0.1, "{came} at {at}: {f} {s}");
        }
    }
}

#[test]
fn units_do_not_matter() {
    let said = life(0.5, 0.5, 1.0);
    for unit in [2.0_f32.powi(-40), 2.0_f32.powi(40)] {
        let other: Vec<Said> = said.iter().map(|said| said.map(|value| unit * value)).collect();
        assert_eq!(shares(&other), shares(&said), "{unit}");
    }
}

#[test]
fn nothing_known_yet_is_the_first() {
    assert_eq!(shares(&[]), (1.0, 0.0));
}

#[test]
fn any_numbers_leave_numbers() {
    let wild = [0.0, 1e-45, 1e-20, 1.0, 1e15, 1e19, f32::MAX, f32::INFINITY, f32::NAN];
    let mut random = Random::new(7);
    let mut any = || wild[random.below(wild.len())] * if random.below(2) == 0 { 1.0 } else { -1.0 };
    let said: Vec<Said> = (0..2_000).map(|_| [any(), any(), any()]).collect();
    for end in 1..said.len() {
        shares(&said[end.saturating_sub(40)..end]);
    }
    shares(&said);
}
