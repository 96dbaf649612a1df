//! Spot checks: a brain that is sure of itself is checked now and then, as long as somebody answers.
//!
//! Whoever is asked only where it is unsure is never told that it is surely wrong: a robot that goes in
//! circles, each step of which it was shown elsewhere, would go on for ever. So one of many sure
//! decisions is told with half its confidence. Each check that finds the guess right doubles the way
//! to the next; each that finds it wrong halves it.

use crate::fingerprint::Fingerprint;
use crate::image::image;

/// Fewest and most sure decisions from one check to the next.
const LEAST: u32 = 4;
const MOST: u32 = 256;
/// How many there are at first.
const FIRST: u32 = 64;

/// When the next check is due.
#[derive(Clone, Debug)]
pub(super) struct SpotCheck {
    interval: u32,
    /// Sure decisions since somebody last showed something.
    sure: u32,
    /// Whether the last decision was put to a check.
    is_open: bool,
    /// Whether the last check was answered, or something was shown since.
    is_answered: bool,
}

impl SpotCheck {
    pub(super) fn new() -> Self {
        Self { interval: FIRST, sure: 0, is_open: false, is_answered: false }
    }

    /// Takes a sure decision into account. Returns whether it is put to a check.
    pub(super) fn decided_surely(&mut self) -> bool {
        self.is_answered &= !self.is_open;
        self.sure = self.sure.saturating_add(1);
        self.is_open = self.is_answered && self.sure >= self.interval;
        self.is_open
    }

    /// The guess was right, as somebody has shown.
    pub(super) fn found_right(&mut self) {
        self.answered(|interval| interval * 2);
    }

    /// The guess was wrong.
    pub(super) fn found_wrong(&mut self) {
        self.answered(|interval| interval / 2);
    }

    fn answered(&mut self, next: impl Fn(u32) -> u32) {
        if self.is_open {
            self.interval = next(self.interval).clamp(LEAST, MOST);
        }
        (self.sure, self.is_open, self.is_answered) = (0, false, true);
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        print.words(&[self.interval, self.sure]);
        print.words(&[u32::from(self.is_open), u32::from(self.is_answered)]);
    }
}

image!(SpotCheck keeps interval sure is_open is_answered; not);

#[cfg(test)]
mod tests {
    use super::*;

    /// How many sure decisions pass until one is put to a check; none in so many.
    fn until_checked(check: &mut SpotCheck) -> Option<u32> {
        (1..2_000).find(|_| check.decided_surely())
    }

    #[test]
    fn checks_become_rarer_while_guesses_are_right_and_denser_once_they_are_not() {
        let mut check = SpotCheck::new();
        check.found_right();
        let mut gaps = Vec::new();
        for _ in 0..4 {
            gaps.extend(until_checked(&mut check));
            check.found_right();
        }
        for _ in 0..8 {
            gaps.extend(until_checked(&mut check));
            check.found_wrong();
        }
        assert_eq!(gaps, [64, 128, 256, 256, 256, 128, 64, 32, 16, 8, 4, 4]);
    }

    #[test]
    fn nobody_is_asked_again_who_does_not_answer() {
        let mut check = SpotCheck::new();
        assert_eq!(until_checked(&mut check), None, "nothing was ever shown");
        check.found_wrong();
        assert_eq!(until_checked(&mut check), Some(64));
        assert_eq!(until_checked(&mut check), None, "the check was not answered");
        check.found_right();
        assert_eq!(until_checked(&mut check), Some(64), "somebody is there again");
    }
}
