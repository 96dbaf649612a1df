//! Shares against a search over all shares that are allowed.

use super::{BELIEF, Blend, KEPT};
use crate::seed::Random;

/// What the line, the mean and the world said in one cycle.
type Said = [f32; 3];

/// The sum that the shares make least: squared errors of the past, the older the less, and the
/// belief that the line is right.
fn loss(said: &[Said], line: f64, mean: f64) -> f64 {
    let mut count = 0.0;
    let (mut errors, mut sizes) = (0.0, 0.0);
    for said in said {
        let [l, m, came] = said.map(f64::from);
        count = f64::from(KEPT) * count + 1.0;
        errors = f64::from(KEPT) * errors + (line * l + mean * m - came).powi(2);
        sizes = f64::from(KEPT) * sizes + 0.5 * (l * l + m * m);
    }
    let pull = f64::from(BELIEF) / count * sizes;
    errors + pull * ((line - 1.0).powi(2) + mean * mean)
}

fn shares(said: &[Said]) -> (f64, f64) {
    let mut blend = Blend::new(2);
    for &[line, mean, came] in said {
        blend.learn(0, line, mean, came);
        blend.learn(1, 0.0, 0.0, 0.0);
        blend.finish();
    }
    // A sensor that nobody ever predicted to change trusts the line.
    assert_eq!((blend.shares()[1].line, blend.shares()[1].mean), (1.0, 0.0));
    let of = blend.shares()[0];
    assert!(of.line >= 0.0 && of.mean >= 0.0 && of.line + of.mean <= 1.0 + 1e-6, "{of:?}");
    (f64::from(of.line), f64::from(of.mean))
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

#[test]
fn nothing_known_yet_is_a_line() {
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
