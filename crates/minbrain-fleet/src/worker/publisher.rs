//! Publishes what waits, in its order, until it is acknowledged.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::{Job, Line, are_enough};
use crate::banks::Published;
use crate::error::FleetError;
use crate::life::Life;
use crate::limits::{BATCH, BEAT, FOUNDING_TIMEOUT};
use crate::record::Record;

/// How often, at most, the life is written down.
const NOTE_EVERY: Duration = Duration::from_secs(1);

pub(super) struct Publisher {
    line: Line,
    /// What is being published, oldest first; at most a batch.
    waiting: VecDeque<Record>,
    waiting_since: Instant,
    life: Life,
    noted: (Life, Instant),
}

impl Publisher {
    pub(super) fn new(job: Job) -> Self {
        let (life, now) = (job.life, Instant::now());
        let waiting = VecDeque::with_capacity(BATCH);
        Self { line: Line::new(job), waiting, waiting_since: now, life, noted: (life, now) }
    }

    pub(super) async fn run(mut self) {
        // Whoever is refused shall learn it at once, not with the first experience.
        if let Err(why) = self.line.banks(&[]).await {
            self.line.blame(why);
        }
        loop {
            self.refill();
            let is_closing = self.line.job.shared.is_closing();
            if self.waiting.is_empty() && is_closing {
                break;
            }
            let ready = self.waiting.iter().take_while(|record| self.line.may_go(record)).count();
            if ready == 0 || !self.may_found() {
                sleep(BEAT).await;
                continue;
            }
            match self.publish(ready).await {
                Ok(()) => self.line.went_well(),
                Err(why) => self.line.went_wrong(why).await,
            }
            self.note();
        }
        self.noted.1 = Instant::now() - NOTE_EVERY;
        self.note();
    }

    fn refill(&mut self) {
        let shared = &self.line.job.shared;
        if self.waiting.is_empty() {
            self.waiting_since = Instant::now();
        }
        while self.waiting.len() < BATCH {
            let Some(record) = shared.outbox.pop() else { break };
            self.waiting.push_back(record);
        }
        shared.status().waiting = self.waiting.len() + shared.outbox.len();
    }

    /// Whether there is a schema, or enough to found one from.
    fn may_found(&self) -> bool {
        let is_late = self.waiting_since.elapsed() > FOUNDING_TIMEOUT;
        let is_closing = self.line.job.shared.is_closing();
        self.line.banks.is_some() || are_enough(self.waiting.len()) || is_late || is_closing
    }

    /// Publishes the first `ready`; what is acknowledged no longer waits.
    async fn publish(&mut self, ready: usize) -> Result<(), FleetError> {
        let Self { line, waiting, .. } = self;
        let records = &waiting.make_contiguous()[..ready];
        let acknowledgement = line.job.address.acknowledgement;
        let Some(banks) = line.banks(records).await? else { return Ok(()) };
        let published = banks.publish(records, acknowledgement).await;
        self.settle(published)
    }

    fn settle(&mut self, published: Vec<Published>) -> Result<(), FleetError> {
        let shared = &self.line.job.shared;
        let last = published.len().checked_sub(1).map(|last| self.waiting[last].name.id);
        let mut failed = None;
        let mut acknowledged = 0;
        let mut kept = VecDeque::with_capacity(BATCH);
        for said in published {
            let Some(record) = self.waiting.pop_front() else { break };
            match said {
                Ok(()) => {
                    acknowledged += 1;
                    // Where there are enough spare ones this one is dropped.
                    let _ = shared.spare.push(record);
                }
                Err(why) => {
                    failed = Some(why);
                    kept.push_back(record);
                }
            }
        }
        let first_kept = kept.front().map(|record| record.name.id);
        kept.append(&mut self.waiting);
        self.waiting = kept;
        self.life.acknowledged_below =
            first_kept.or(last.map(|last| last + 1)).unwrap_or(self.life.acknowledged_below);
        let mut status = shared.status();
        status.acknowledged += acknowledged;
        status.acknowledged_below = self.life.acknowledged_below;
        status.waiting = self.waiting.len() + shared.outbox.len();
        drop(status);
        failed.map_or(Ok(()), Err)
    }

    /// Writes down how far it got, now and then.
    fn note(&mut self) {
        let Some(path) = &self.line.job.state else { return };
        let (noted, when) = self.noted;
        if noted == self.life || when.elapsed() < NOTE_EVERY {
            return;
        }
        self.noted = (self.life, Instant::now());
        if let Err(why) = self.life.write(path) {
            // Without it some are published twice after a restart, which changes nothing.
            tracing::warn!(%why, "how far the fleet has come is not written down");
        }
    }
}
