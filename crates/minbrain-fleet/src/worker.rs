//! The fleet's thread: it publishes what waits, asks what the robot wants to know, and is the only one
//! that ever waits for the network.

mod asker;
mod publisher;
mod waiting;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::sleep;

use crate::address::Address;
use crate::banks::Banks;
use crate::cluster::Cluster;
use crate::error::FleetError;
use crate::founding;
use crate::life::Life;
use crate::limits::{BACKOFF, FOUNDING};
use crate::record::Record;
use crate::schema::{Keep, Layout};
use crate::shared::Shared;
use asker::Asker;
use publisher::Publisher;

/// What the thread works with.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) shared: Arc<Shared>,
    pub(crate) address: Address,
    pub(crate) schema: String,
    pub(crate) layout: Layout,
    pub(crate) keep: Keep,
    /// What people call the robot.
    pub(crate) label: String,
    pub(crate) life: Life,
    /// Where the life is written down, if anywhere.
    pub(crate) state: Option<std::path::PathBuf>,
}

impl Job {
    fn may_go(&self, record: &Record) -> bool {
        record.name.id < self.shared.may_go_below.load(Ordering::Relaxed)
    }
}

/// Publishes and asks until it is told to end; each over a connection of its own, since one that waits
/// for replicas answers nothing else.
pub(crate) fn run(job: Job) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else {
        let why = "the system gave no event loop".to_owned();
        job.shared.status().trouble = Some(FleetError::Failed { why });
        return;
    };
    let shared = Arc::clone(&job.shared);
    runtime.block_on(async {
        let (publisher, asker) = (Publisher::new(job.clone()), Asker::new(job));
        tokio::select! {
            () = async { tokio::join!(publisher.run(), asker.run()); } => {}
            () = shared.ends.notified() => {}
        }
    });
}

/// A connection that is made when it is needed, and again after it failed.
struct Line {
    job: Job,
    banks: Option<Banks>,
    /// Nodes that an earlier connection told of.
    told: Vec<(String, u16)>,
    rest: Duration,
}

impl Line {
    fn new(job: Job) -> Self {
        Self { job, banks: None, told: Vec::new(), rest: BACKOFF[0] }
    }

    /// The schema's banks; `None` if nobody founded it yet. With `founders`, the schema is founded then.
    async fn banks(&mut self, founders: &[Record]) -> Result<Option<&Banks>, FleetError> {
        if self.banks.is_none() {
            let Job { address, schema, layout, keep, label, life, shared, .. } = &self.job;
            let mut cluster = Cluster::connect(address, &self.told).await?;
            let mut found = founding::find(&mut cluster, schema, layout).await?;
            if found.is_none() && !founders.is_empty() {
                let observations = founders.iter().map(|record| record.observation.as_slice());
                let scale = crate::lift::Scale::of(observations, layout.sensors);
                let who = (schema.as_str(), layout);
                found = Some(founding::found(&mut cluster, who, (*keep, scale)).await?);
            }
            shared.status().is_connected = true;
            let Some(schema) = found else { return Ok(None) };
            founding::introduce(&mut cluster, &schema.name, (life.number, label)).await?;
            self.told = cluster.nodes().await?;
            shared.status().schema = Some(schema.name.clone());
            self.banks = Some(Banks::new(cluster, schema, layout.clone()));
        }
        Ok(self.banks.as_ref())
    }

    /// It went well.
    fn went_well(&mut self) {
        self.rest = BACKOFF[0];
        let mut status = self.job.shared.status();
        status.is_connected = true;
        if status.trouble.take().is_some() {
            tracing::info!("the fleet answers again");
        }
    }

    /// It did not. Says so once, and rests for a while, longer each time.
    async fn went_wrong(&mut self, why: FleetError) {
        self.blame(why);
        sleep(self.rest).await;
        self.rest = (2 * self.rest).min(BACKOFF[1]);
    }

    fn blame(&mut self, why: FleetError) {
        let is_gone = !matches!(why, FleetError::Unconfirmed { .. } | FleetError::Full { .. });
        let mut status = self.job.shared.status();
        if status.trouble.as_ref() != Some(&why) {
            tracing::warn!(%why, "the robot goes on alone");
        }
        status.trouble = Some(why);
        status.is_connected = !is_gone;
        drop(status);
        if is_gone {
            self.banks = None;
        }
    }
}

/// Whether so many are enough to found a schema from.
fn are_enough(founders: usize) -> bool {
    founders >= FOUNDING
}
