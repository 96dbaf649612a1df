//! The brain's time, which the caller tells or which goes on by one period per cycle.

use crate::error::{BrainError, Problem};
use crate::fingerprint::Fingerprint;
use crate::image::image;

/// Time since some start, in microseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    pub(crate) now_us: u64,
    period_us: u64,
    told: bool,
}

impl Clock {
    pub(crate) fn new(period_us: u64) -> Self {
        Self { now_us: 0, period_us, told: false }
    }

    /// Takes over the caller's time.
    pub(crate) fn tell(&mut self, time_us: u64) -> Result<(), BrainError> {
        if time_us < self.now_us {
            let problem =
                Problem::TimeWentBack { got_us: time_us, behind_us: self.now_us - time_us };
            return Err(BrainError::input("time_us", problem)
                .expecting(format!("{} us or later", self.now_us)));
        }
        self.now_us = time_us;
        self.told = true;
        Ok(())
    }

    /// A cycle is over: goes on by a period, unless the caller tells the time.
    pub(crate) fn tick(&mut self) {
        if !self.told {
            self.now_us = self.now_us.saturating_add(self.period_us);
        }
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.word(self.now_us);
        print.word(u64::from(self.told));
    }
}

image!(Clock keeps now_us told; not period_us);
