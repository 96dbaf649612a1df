//! Forgetting under pressure, as the guide has it.
//!
//! The guide cleans up at most once a minute and removes a tenth. At 50 cycles a second 3,000
//! experiences arrive in a minute, so that by this rule alone storage would grow far past its
//! limit of 2,000; therefore reaching the limit itself also cleans up, whatever the time. And the
//! guide only says that high access counts are safe: here, those in the upper tenth are.

use super::{NaiveBrain, Remembered};

/// Most experiences.
pub(super) const MAX_EXPERIENCES: usize = 2_000;
/// Above this many a cleanup is due, in hundredths of the most.
const CLEANUP_PERCENT: usize = 80;
/// One of so many is removed in a cleanup, and one of so many is protected.
const SHARE: usize = 10;
/// Least time between two cleanups below the limit.
const CLEANUP_PERIOD_US: u64 = 60_000_000;
/// One hour, the guide's unit of recency.
const HOUR_US: f64 = 3.6e9;

impl NaiveBrain {
    /// Cleans up if it is time.
    pub(super) fn clean_up(&mut self) {
        let due = self.len() > MAX_EXPERIENCES * CLEANUP_PERCENT / 100
            && self.time_us - self.last_cleanup_us > CLEANUP_PERIOD_US;
        if due || self.len() >= MAX_EXPERIENCES {
            self.last_cleanup_us = self.time_us;
            self.remove_least_useful();
        }
    }

    fn remove_least_useful(&mut self) {
        let keep = self.kept_in_cleanup();
        let mut next = 0;
        let place: Vec<Option<usize>> = keep
            .iter()
            .map(|&kept| {
                next += usize::from(kept);
                kept.then(|| next - 1)
            })
            .collect();
        let mut flags = keep.iter();
        self.experiences.retain(|_| flags.next().copied().unwrap_or(true));
        let mut flags = keep.iter();
        self.activation.retain(|_| flags.next().copied().unwrap_or(true));
        self.matrix.retain(&keep);
        self.sparse.retain(&place);
        self.activated.clear();
    }

    /// Which experiences a cleanup keeps: all but the least useful tenth.
    fn kept_in_cleanup(&self) -> Vec<bool> {
        let mut counts: Vec<u32> = self.experiences.iter().map(|e| e.access_count).collect();
        counts.sort_unstable();
        let most_unprotected = counts[counts.len() - 1 - counts.len() / SHARE];
        let mut utilities: Vec<(f64, usize)> = self
            .experiences
            .iter()
            .enumerate()
            .filter(|(_, experience)| experience.access_count <= most_unprotected)
            .map(|(index, experience)| (utility(experience, self.time_us), index))
            .collect();
        utilities.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut keep = vec![true; self.len()];
        for &(_, index) in utilities.iter().take(self.len() / SHARE) {
            keep[index] = false;
        }
        keep
    }
}

/// Access count x recency x prediction success.
fn utility(experience: &Remembered, now_us: u64) -> f64 {
    let age_h = (now_us - experience.time_us) as f64 / HOUR_US;
    let recency = 1.0 / (1.0 + age_h);
    f64::from(experience.access_count) * recency * f64::from(1.0 - experience.prediction_error)
}
