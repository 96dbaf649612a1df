//! Spot checks: a brain that is sure of itself is checked now and then, as long as somebody
//! answers.
//!
//! Whoever is asked only where it is unsure is never told that it is surely wrong: a robot that
//! goes in circles, each step of which it was shown elsewhere, would go on for ever. So one of many
//! sure decisions is told with half its confidence. Each check that finds the guess right doubles
//! the way to the next; each that finds it wrong halves it. How long the way is, is drawn: at a
//! fixed beat, the check of a robot that goes to and fro would always meet it at the same end.

use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::seed::Random;

/// Fewest and most sure decisions from one check to the next, on average.
const LEAST: u32 = 4;
const MOST: u32 = 64;
/// How many there are at first.
const FIRST: u32 = 32;

/// What came of a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    Wrong,
}

/// When the next check is due.
#[derive(Clone, Debug)]
pub(super) struct SpotCheck {
    /// From one check to the next, on average.
    interval: u32,
    /// Sure decisions until then.
    left: u32,
    /// Whether the last decision was put to a check.
    is_open: bool,
    /// Whether the last check was answered, or something was shown since.
    is_answered: bool,
}

impl SpotCheck {
    pub(super) fn new() -> Self {
        Self { interval: FIRST, left: 0, is_open: false, is_answered: false }
    }

    /// Takes a sure decision into account. Returns whether it is put to a check.
    pub(super) fn decided_surely(&mut self) -> bool {
        self.is_answered &= !self.is_open;
        self.left = self.left.saturating_sub(1);
        self.is_open = self.is_answered && self.left == 0;
        self.is_open
    }

    /// Takes an unsure decision into account: a check that is open was not answered.
    pub(super) fn decided_unsurely(&mut self) {
        self.is_answered &= !self.is_open;
        self.is_open = false;
    }

    /// Whether what was read is a state that there is.
    pub(crate) fn is_sound(&self) -> bool {
        (LEAST..=MOST).contains(&self.interval)
    }

    /// Somebody has shown what to do. If the last decision was put to a check, `verdict` says what
    /// came of that.
    pub(super) fn answered(&mut self, verdict: Verdict, random: &mut Random) {
        if self.is_open {
            let next = match verdict {
                Verdict::Right => self.interval * 2,
                Verdict::Wrong => self.interval / 2,
            };
            self.interval = next.clamp(LEAST, MOST);
        }
        self.left = 1 + random.below(2 * self.interval as usize) as u32;
        (self.is_open, self.is_answered) = (false, true);
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        print.words(&[self.interval, self.left]);
        print.words(&[u32::from(self.is_open), u32::from(self.is_answered)]);
    }
}

image!(SpotCheck keeps interval left is_open is_answered; not);

#[cfg(test)]
mod tests {
    use super::*;

    /// How many sure decisions pass until one is put to a check; none in so many.
    fn until_checked(check: &mut SpotCheck) -> Option<u32> {
        (1..2_000).find(|_| check.decided_surely())
    }

    /// The mean way to a check over many, each answered alike.
    fn mean_way(verdict: Verdict) -> f64 {
        let (mut check, mut random) = (SpotCheck::new(), Random::new(3));
        check.answered(verdict, &mut random);
        let ways = (0..600).map(|_| {
            let way = until_checked(&mut check).unwrap();
            check.answered(verdict, &mut random);
            f64::from(way)
        });
        ways.skip(100).sum::<f64>() / 500.0
    }

    #[test]
    fn checks_are_rare_while_guesses_are_right_and_dense_while_they_are_not() {
        let (right, wrong) = (mean_way(Verdict::Right), mean_way(Verdict::Wrong));
        let near = |mean: f64, most: u32| (mean / (f64::from(most) + 0.5) - 1.0).abs() < 0.15;
        assert!(near(right, MOST) && near(wrong, LEAST), "{right} {wrong}");
    }

    #[test]
    fn a_robot_that_goes_to_and_fro_is_met_at_both_ends() {
        let (mut check, mut random) = (SpotCheck::new(), Random::new(1));
        check.answered(Verdict::Right, &mut random);
        let (mut met, mut step) = ([0, 0], 0);
        for _ in 0..40 {
            step += until_checked(&mut check).unwrap();
            met[(step % 2) as usize] += 1;
            check.answered(Verdict::Right, &mut random);
        }
        assert!(met.iter().all(|&times| times > 10), "{met:?}");
    }

    #[test]
    fn nobody_is_asked_again_who_does_not_answer() {
        let (mut check, mut random) = (SpotCheck::new(), Random::new(2));
        assert_eq!(until_checked(&mut check), None, "nothing was ever shown");
        check.answered(Verdict::Wrong, &mut random);
        assert!(until_checked(&mut check).is_some());
        assert_eq!(until_checked(&mut check), None, "the check was not answered");
        check.answered(Verdict::Right, &mut random);
        assert!(until_checked(&mut check).is_some(), "somebody is there again");
    }
}
