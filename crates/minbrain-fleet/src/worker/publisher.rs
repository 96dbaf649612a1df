//! Publishes what waits, in its order, until it is acknowledged.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::waiting::Waiting;
use super::{Job, Line, are_enough};
use crate::error::FleetError;
use crate::life::Life;
use crate::limits::{BEAT, FOUNDING_TIMEOUT};

/// How often, at most, the life is written down.
const NOTE_EVERY: Duration = Duration::from_secs(1);

pub(super) struct Publisher {
    line: Line,
    waiting: Waiting,
    waiting_since: Instant,
    life: Life,
    noted: (Life, Instant),
}

impl Publisher {
    pub(super) fn new(job: Job) -> Self {
        let (life, now) = (job.life, Instant::now());
        let waiting = Waiting::new(life.acknowledged_below);
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
            if self.waiting.len() == 0 && is_closing {
                break;
            }
            let is_ready = !self.waiting.ready(|record| self.line.job.may_go(record)).is_empty();
            if !is_ready || !self.may_found() {
                sleep(BEAT).await;
                continue;
            }
            match self.publish().await {
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
        if self.waiting.len() == 0 {
            self.waiting_since = Instant::now();
        }
        self.waiting.refill(&shared.outbox);
        shared.status().waiting = self.waiting.len() + shared.outbox.len();
    }

    /// Whether there is a schema, or enough to found one from.
    fn may_found(&self) -> bool {
        let is_late = self.waiting_since.elapsed() > FOUNDING_TIMEOUT;
        let is_closing = self.line.job.shared.is_closing();
        self.line.banks.is_some() || are_enough(self.waiting.len()) || is_late || is_closing
    }

    /// Publishes what may go; what is acknowledged no longer waits.
    async fn publish(&mut self) -> Result<(), FleetError> {
        let Self { line, waiting, .. } = self;
        let records = waiting.ready(|record| line.job.may_go(record));
        let acknowledgement = line.job.address.acknowledgement;
        let Some(banks) = line.banks(records).await? else { return Ok(()) };
        let published = banks.publish(records, acknowledgement).await;
        let shared = &line.job.shared;
        let mut acknowledged = 0;
        let told = waiting.settle(published, |record| {
            acknowledged += 1;
            // Where there are enough spare ones this one is dropped.
            let _ = shared.spare.push(record);
        });
        self.life.acknowledged_below = waiting.acknowledged_below();
        let mut status = shared.status();
        status.acknowledged += acknowledged;
        status.acknowledged_below = self.life.acknowledged_below;
        status.waiting = waiting.len() + shared.outbox.len();
        drop(status);
        told
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
