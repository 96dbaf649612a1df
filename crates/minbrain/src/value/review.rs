//! Consolidation of values: models and edges that may have changed are looked at afresh, and
//! values are backed up.

use std::collections::VecDeque;

use crate::config::Config;
use crate::experiences::Experiences;
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::limits::MAX_REVIEWS;
use crate::value::{Fitting, Lookahead};

/// Backups per review. One counts for one work unit.
const BACKUPS: u32 = 64;
/// Work units of fitting the trend of values per review.
const FITTED: u32 = 64;

/// Whose turn it is.
#[derive(Clone, Debug)]
pub(crate) struct Review {
    /// Experiences that asked: their models changed, or what they lead to was forgotten.
    waiting: VecDeque<u32>,
    reviewed: u32,
    swept: u32,
    fitting: Fitting,
}

impl Review {
    pub(crate) fn new(config: &Config) -> Self {
        let waiting = VecDeque::with_capacity(MAX_REVIEWS);
        Self { waiting, reviewed: 0, swept: 0, fitting: Fitting::new(config) }
    }

    /// Asks for a review of `slot`. If too many wait the request is dropped: its turn comes anyway.
    pub(crate) fn ask(&mut self, slot: u32) {
        if self.waiting.len() < MAX_REVIEWS && !self.waiting.contains(&slot) {
            self.waiting.push_back(slot);
        }
    }

    /// Reviews and backs up until `work_units` are used, as many experiences as there are at most.
    /// Returns how many units were.
    pub(crate) fn go_on(
        &mut self,
        known: &mut Experiences,
        lookahead: &mut Lookahead,
        work_units: u32,
    ) -> u32 {
        let slots = known.columns.slots() as u32;
        let mut used = 0;
        for _ in 0..slots {
            if used >= work_units {
                break;
            }
            let asked = self.waiting.pop_front();
            let slot = asked.unwrap_or_else(|| turn(&mut self.reviewed, slots));
            if known.columns.is_alive(slot) {
                used += lookahead.review(known, slot);
            }
            used += self.fitting.go_on(known, FITTED) + BACKUPS;
            for _ in 0..BACKUPS {
                self.back_up(known, slots);
            }
        }
        used
    }

    /// Backs up the next of `slots` slots.
    fn back_up(&mut self, known: &mut Experiences, slots: u32) {
        let slot = turn(&mut self.swept, slots);
        if known.columns.is_alive(slot) && !known.values.back_up(slot) {
            self.ask(slot);
        }
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        self.waiting.iter().for_each(|&slot| print.words(&[slot]));
        print.words(&[self.reviewed, self.swept]);
        self.fitting.fingerprint(print);
    }
}

/// The next of `slots` slots, downwards: the newest first while nothing is forgotten.
fn turn(at: &mut u32, slots: u32) -> u32 {
    *at = at.checked_sub(1).filter(|&at| at < slots).unwrap_or(slots - 1);
    *at
}

image!(Review keeps waiting reviewed swept fitting; not);

impl Review {
    /// Whether all that was read fits to so many slots.
    pub(crate) fn is_sound(&self, slots: usize) -> bool {
        self.waiting.iter().all(|&slot| (slot as usize) < slots) && self.fitting.is_sound()
    }
}

#[cfg(test)]
mod tests;
