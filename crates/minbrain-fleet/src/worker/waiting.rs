//! What waits to be published: taken from the outbox in its order, kept until its bank acknowledged it.

use std::collections::VecDeque;

use crossbeam_queue::ArrayQueue;

use crate::banks::Published;
use crate::error::FleetError;
use crate::limits::BATCH;
use crate::record::Record;

/// Experiences that wait, by ascending number; at most a batch.
pub(super) struct Waiting {
    records: VecDeque<Record>,
    /// One more than the number of the newest that ever waited here.
    taken_below: u64,
}

impl Waiting {
    /// Nothing waits, and everything below this number was acknowledged in an earlier start.
    pub(super) fn new(acknowledged_below: u64) -> Self {
        Self { records: VecDeque::with_capacity(BATCH), taken_below: acknowledged_below }
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Takes from the outbox what a batch has room for.
    pub(super) fn refill(&mut self, outbox: &ArrayQueue<Record>) {
        while self.records.len() < BATCH {
            let Some(record) = outbox.pop() else { break };
            self.taken_below = record.name.id + 1;
            self.records.push_back(record);
        }
    }

    /// As many of the oldest as `may_go` lets.
    pub(super) fn ready(&mut self, may_go: impl Fn(&Record) -> bool) -> &[Record] {
        let count = self.records.iter().take_while(|record| may_go(record)).count();
        &self.records.make_contiguous()[..count]
    }

    /// What the banks said of the oldest: those that are acknowledged go to `done`, the others wait on.
    ///
    /// # Errors
    /// What was said last of one that is not acknowledged.
    pub(super) fn settle(
        &mut self,
        published: Vec<Published>,
        mut done: impl FnMut(Record),
    ) -> Result<(), FleetError> {
        let mut failed = Ok(());
        let mut kept = VecDeque::with_capacity(BATCH);
        for said in published {
            let Some(record) = self.records.pop_front() else { break };
            match said {
                Ok(()) => done(record),
                Err(why) => {
                    failed = Err(why);
                    kept.push_back(record);
                }
            }
        }
        kept.append(&mut self.records);
        self.records = kept;
        failed
    }

    /// Every experience with a lower number that came by here was acknowledged.
    pub(super) fn acknowledged_below(&self) -> u64 {
        self.records.front().map_or(self.taken_below, |oldest| oldest.name.id)
    }
}

#[cfg(test)]
mod tests {
    use minbrain::{ActionSpace, Brain};

    use super::*;
    use crate::keys::Name;
    use crate::schema::Layout;

    fn record(id: u64) -> Record {
        let config = Brain::builder()
            .sensors(1)
            .actions(ActionSpace::discrete(2))
            .build()
            .unwrap()
            .config()
            .clone();
        Record { name: Name { life: 1, id }, ..Record::empty(&Layout::of(&config)) }
    }

    fn numbers(records: &[Record]) -> Vec<u64> {
        records.iter().map(|record| record.name.id).collect()
    }

    #[test]
    fn nothing_counts_as_acknowledged_below_the_oldest_that_waits() {
        let outbox = ArrayQueue::new(2 * BATCH);
        let mut waiting = Waiting::new(7);
        assert_eq!(waiting.acknowledged_below(), 7);
        [10, 11, 12, 15].into_iter().for_each(|id| outbox.push(record(id)).unwrap());
        waiting.refill(&outbox);
        assert_eq!((waiting.acknowledged_below(), waiting.len()), (10, 4));
        assert_eq!(numbers(waiting.ready(|record| record.name.id < 15)), [10, 11, 12]);
        // One bank is gone for a while; what came later is acknowledged before what it did not take.
        let gone = || Err(FleetError::Unconfirmed { expected: 1, came: 0 });
        let mut done = Vec::new();
        let told = waiting.settle(vec![Ok(()), gone(), Ok(())], |record| done.push(record));
        assert_eq!((told.is_err(), numbers(&done)), (true, vec![10, 12]));
        assert_eq!((waiting.acknowledged_below(), waiting.len()), (11, 2));
        assert!(waiting.settle(vec![gone(), Ok(())], |record| done.push(record)).is_err());
        assert_eq!((waiting.acknowledged_below(), waiting.len()), (11, 1));
        waiting.settle(vec![Ok(())], |record| done.push(record)).unwrap();
        assert_eq!((waiting.acknowledged_below(), waiting.len()), (16, 0));
        assert_eq!(numbers(&done), [10, 12, 15, 11]);
    }

    #[test]
    fn a_batch_is_all_that_is_taken() {
        let outbox = ArrayQueue::new(2 * BATCH);
        (0..BATCH as u64 + 3).for_each(|id| outbox.push(record(id)).unwrap());
        let mut waiting = Waiting::new(0);
        waiting.refill(&outbox);
        assert_eq!((waiting.len(), outbox.len()), (BATCH, 3));
    }
}
