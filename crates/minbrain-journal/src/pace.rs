//! When the next group is due, and what it has to wait for.

use std::time::{Duration, Instant};

use crate::options::{Durability, Options};
use crate::shared::Shared;

/// Whether a round ends with a commit to the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Round {
    /// It does.
    Sync,
    /// The operating system is enough for now.
    Append,
}

/// When the next round is due.
pub(crate) struct Pace {
    durability: Durability,
    commit_interval: Duration,
    sync_interval: Duration,
    /// So many entries are not kept waiting.
    enough: usize,
    last_round: Instant,
    last_sync: Instant,
}

impl Pace {
    pub(crate) fn new(options: &Options, now: Instant) -> Self {
        Self {
            durability: options.durability,
            commit_interval: options.commit_interval,
            sync_interval: options.sync_interval,
            enough: options.enough(),
            last_round: now,
            last_sync: now,
        }
    }

    pub(crate) fn next(&mut self, shared: &Shared, now: Instant) -> Option<Round> {
        let is_wanted = shared.is_wanted();
        let is_time = now - self.last_round >= self.commit_interval;
        let is_due = is_time && self.durability != Durability::OnRequest;
        if !is_due && !is_wanted && shared.queue.len() < self.enough {
            return None;
        }
        self.last_round = now;
        let may_wait = self.durability == Durability::ProcessDeath
            && now - self.last_sync < self.sync_interval;
        if may_wait && !is_wanted {
            return Some(Round::Append);
        }
        self.last_sync = now;
        Some(Round::Sync)
    }

    /// How long nothing is due, if nobody wakes the writer.
    pub(crate) fn wait(&self, now: Instant) -> Duration {
        match self.durability {
            Durability::OnRequest => self.sync_interval,
            _ => (self.last_round + self.commit_interval).saturating_duration_since(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::Queue;

    const MS: Duration = Duration::from_millis(1);

    fn with(durability: Durability) -> (Pace, Shared, Instant) {
        let options =
            Options { durability, group_entries: 4, queue_entries: 12, ..Options::default() };
        let now = Instant::now();
        (Pace::new(&options, now), Shared::new(Queue::new(12, 8), 0, 0), now)
    }

    fn fill(shared: &Shared, entries: u64) {
        (0..entries).for_each(|id| assert!(shared.queue.push_record(id, id, b"x").is_none()));
    }

    #[test]
    fn a_group_is_due_after_the_interval_or_when_enough_wait() {
        let (mut pace, shared, start) = with(Durability::PowerCut);
        assert_eq!(pace.next(&shared, start + 19 * MS), None);
        assert_eq!(pace.wait(start + 19 * MS), MS);
        assert_eq!(pace.next(&shared, start + 20 * MS), Some(Round::Sync));
        assert_eq!(pace.next(&shared, start + 39 * MS), None);
        fill(&shared, 3);
        assert_eq!(pace.next(&shared, start + 39 * MS), None);
        fill(&shared, 1);
        assert_eq!(pace.next(&shared, start + 39 * MS), Some(Round::Sync));
        assert_eq!(pace.wait(start + 41 * MS), 18 * MS);
    }

    #[test]
    fn with_a_tail_the_device_is_asked_once_in_its_interval_or_when_somebody_waits() {
        let (mut pace, shared, start) = with(Durability::ProcessDeath);
        let rounds = |pace: &mut Pace, from: u32, to: u32| {
            (from..to).map(|n| pace.next(&shared, start + n * 20 * MS)).collect::<Vec<_>>()
        };
        assert_eq!(rounds(&mut pace, 1, 50), [Some(Round::Append); 49]);
        assert_eq!(rounds(&mut pace, 50, 52), [Some(Round::Sync), Some(Round::Append)]);
        shared.want(1);
        assert_eq!(rounds(&mut pace, 52, 53), [Some(Round::Sync)]);
        shared.settle(1);
        assert_eq!(rounds(&mut pace, 53, 102), [Some(Round::Append); 49]);
        assert_eq!(rounds(&mut pace, 102, 103), [Some(Round::Sync)]);
    }

    #[test]
    fn on_request_only_a_request_or_a_half_full_queue_is_a_reason() {
        let (mut pace, shared, start) = with(Durability::OnRequest);
        let later = start + Duration::from_secs(3_600);
        fill(&shared, 5);
        assert_eq!(pace.next(&shared, later), None);
        assert_eq!(pace.wait(later), Duration::from_secs(1));
        shared.want(1);
        assert_eq!(pace.next(&shared, later), Some(Round::Sync));
        shared.settle(1);
        assert_eq!(pace.next(&shared, later), None);
        fill(&shared, 1);
        assert_eq!(pace.next(&shared, later), Some(Round::Sync));
    }
}
