//! What has nothing to do with experience: that nothing changes, and that the same change comes again.
//!
//! Both are hard to beat where a robot stands, drifts, or does what it never did. So the prediction by
//! experience is weighed against them, sensor by sensor, by what came true of late. A robot that stops
//! short foils every model of motion at once: who did worse than "nothing changes" for some twenty
//! cycles is not asked.

use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::stacking::{Shares, Stacking};

/// What remains of the past after each cycle: a memory of five hundred.
const KEPT: f64 = 0.998;
/// Share of the newest cycle in the running share of cycles that went worse than "nothing changes".
const RATE: f32 = 0.05;
/// Above that share nothing is foretold: once some thirty cycles on end went worse. Cycles are counted
/// and not errors, so that one wrong reading is one of them.
const MOST_WORSE: f32 = 0.8;

/// How far to believe experience, and how far the last change.
#[derive(Clone, Debug)]
pub(crate) struct Persistence {
    stacking: Stacking,
    /// What was sensed last, and how that had changed; nothing right after an interruption.
    sensed: Vec<f32>,
    last_change: Vec<f32>,
    goes_on: bool,
    /// The change that experience foretold, and the one before where that is known.
    foretold: Vec<[f32; 2]>,
    /// The share of cycles, of late, in which the two together were worse than "nothing changes".
    worse: Vec<f32>,
}

impl Persistence {
    pub(crate) fn new(sensors: usize) -> Self {
        Self {
            stacking: Stacking::new(sensors, KEPT),
            sensed: vec![0.0; sensors],
            last_change: vec![0.0; sensors],
            goes_on: false,
            foretold: vec![[0.0; 2]; sensors],
            worse: vec![0.0; sensors],
        }
    }

    /// Weighs what experience makes of `key`, and keeps that in mind.
    pub(super) fn apply(&mut self, usual: &[f32], key: &[f32], outcome: &mut [f32]) {
        let goes_on = self.goes_on_from(key);
        let each = self.foretold.iter_mut().zip(&self.last_change);
        for ((foretold, last), (outcome, now)) in each.zip(outcome.iter().zip(key)) {
            *foretold = [outcome - now, if goes_on { *last } else { 0.0 }];
        }
        self.weigh(usual, key, outcome);
    }

    /// Weighs what experience makes of `key`, unless that is more than what is `usual`: then
    /// experiences on the spot say so.
    pub(super) fn weigh(&self, usual: &[f32], key: &[f32], outcome: &mut [f32]) {
        let goes_on = self.goes_on_from(key);
        let each = self.stacking.shares().iter().zip(&self.last_change).zip(usual);
        let each = each.zip(&self.worse).zip(outcome.iter_mut().zip(key));
        for ((((shares, last), usual), worse), (outcome, now)) in each {
            let foretold = *outcome - now;
            if foretold.abs() > *usual {
                continue;
            }
            if *worse > MOST_WORSE {
                *outcome = *now;
            } else if shares.first < 1.0 {
                let last = if goes_on { *last } else { 0.0 };
                *outcome = now + shares.first * foretold + shares.second * last;
            }
        }
    }

    /// Whether what is sensed now is what followed last.
    fn goes_on_from(&self, key: &[f32]) -> bool {
        self.goes_on && self.sensed == key[..self.sensed.len()]
    }

    /// Learns how what was foretold did, now that `change` came.
    pub(super) fn learn(&mut self, change: &[f32]) {
        for (at, (foretold, change)) in self.foretold.iter().zip(change).enumerate() {
            let Shares { first, second } = self.stacking.shares()[at];
            let missed = change - first * foretold[0] - second * foretold[1];
            let is_worse = f32::from(u8::from(missed.abs() > change.abs()));
            self.worse[at] += RATE * (is_worse - self.worse[at]);
            self.stacking.learn(at, *foretold, *change);
        }
        self.stacking.finish();
    }

    /// The life goes on from `outcome`.
    pub(super) fn go_on(&mut self, key: &[f32], outcome: &[f32], most: &[f32]) {
        self.goes_on = true;
        self.sensed.copy_from_slice(outcome);
        let each = self.last_change.iter_mut().zip(key).zip(outcome);
        each.zip(most).for_each(|(((change, before), after), most)| {
            *change = (after - before).max(-most).min(*most)
        });
    }

    /// What comes next has nothing to do with what came last.
    pub(crate) fn interrupt(&mut self) {
        self.goes_on = false;
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        self.stacking.fingerprint(print);
        print.word(u64::from(self.goes_on));
        print.floats(&self.sensed);
        print.floats(&self.last_change);
        print.floats(&self.worse);
    }
}

image!(Persistence keeps stacking sensed last_change goes_on worse; not foretold);

#[cfg(test)]
mod tests;
