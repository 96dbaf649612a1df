//! A schema's banks without a robot, for measurements: `minbrain fleet bench`.

use std::time::Duration;

use minbrain::{Action, Config};
use redis::Value;
use tokio::runtime::Runtime;

use crate::address::{Acknowledgement, Address};
use crate::banks::Banks;
use crate::cluster::{Cluster, text};
use crate::error::FleetError;
use crate::founding;
use crate::keys::Name;
use crate::lift::Scale;
use crate::record::Record;
use crate::schema::{Keep, Layout};

/// How often a batch is published, until it is acknowledged.
const ATTEMPTS: u32 = 30;

/// A connection to one schema's banks, which waits for each answer.
pub struct Trial {
    runtime: Runtime,
    cluster: Cluster,
    banks: Banks,
    scale: Scale,
    life: u64,
    acknowledgement: Acknowledgement,
}

impl Trial {
    /// Connects to the schema called `name`, and founds it where it is missing, with the scale of
    /// `observations`. What is published gets the number `life`.
    ///
    /// # Errors
    /// [`FleetError`] if the cluster cannot be reached or robots of another kind are there.
    pub fn open(
        address: &Address,
        (name, life): (&str, u64),
        config: &Config,
        (keep, observations): (Keep, &[Vec<f32>]),
    ) -> Result<Self, FleetError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|why| FleetError::Failed { why: why.to_string() })?;
        let layout = Layout::of(config);
        let own = Scale::of(observations.iter().map(Vec::as_slice), layout.sensors);
        let (cluster, schema) = runtime.block_on(async {
            let mut cluster = Cluster::connect(address, &[]).await?;
            let who = (name, &layout);
            let schema = founding::found(&mut cluster, who, (keep, own)).await?;
            Ok::<_, FleetError>((cluster, schema))
        })?;
        let scale = schema.scale.clone();
        let acknowledgement = address.acknowledgement;
        let banks = Banks::new(cluster.clone(), schema, layout);
        Ok(Self { runtime, cluster, banks, scale, life, acknowledgement })
    }

    /// Publishes what was observed, each with its number, as if nothing had followed. Returns how many
    /// were acknowledged.
    ///
    /// # Errors
    /// [`FleetError`] of a bank that does not pass.
    pub fn publish(&self, observations: &[(u64, &[f32])]) -> Result<usize, FleetError> {
        let record = |&(id, observation): &(u64, &[f32])| Record {
            name: Name { life: self.life, id },
            step: 0,
            time_us: 0,
            reward: 0.0,
            confidence: 0.0,
            surprise: 0.0,
            ended: false,
            action: Action::Discrete(0),
            observation: observation.to_vec(),
            outcome: observation.to_vec(),
        };
        let mut records: Vec<Record> = observations.iter().map(record).collect();
        for attempt in 1.. {
            let said = self.runtime.block_on(self.banks.publish(&records, self.acknowledgement));
            let mut said = said.into_iter();
            let mut failed = None;
            records.retain(|_| match said.next() {
                Some(Err(why)) => {
                    failed = Some(why);
                    true
                }
                _ => false,
            });
            match failed {
                None => break,
                // Replicas may be late under load; publishing again changes nothing.
                Some(why) if attempt < ATTEMPTS && why.may_pass() => {}
                Some(why) => return Err(why),
            }
        }
        Ok(observations.len())
    }

    /// The nearest to `observation` by their exact distances, as `life` and number, of so many
    /// candidates that the banks name.
    ///
    /// # Errors
    /// [`FleetError`] of a bank.
    pub fn nearest(
        &self,
        observation: &[f32],
        (count, candidates): (usize, usize),
    ) -> Result<Vec<(u64, u64)>, FleetError> {
        self.runtime.block_on(async {
            let found = self.banks.nearest(observation, candidates).await?;
            let names: Vec<Name> = found.into_iter().map(|(name, _)| name).collect();
            let mut records = self.banks.records(&names).await?;
            let distance = |r: &Record| self.scale.distance(&r.observation, observation);
            records.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
            Ok(records.into_iter().take(count).map(|r| (r.name.life, r.name.id)).collect())
        })
    }

    /// The squared distance by which answers are merged.
    pub fn distance(&self, a: &[f32], b: &[f32]) -> f32 {
        self.scale.distance(a, b)
    }

    /// Which of these are there, by life and number.
    ///
    /// # Errors
    /// [`FleetError`] of a bank.
    pub fn present(&self, names: &[(u64, u64)]) -> Result<Vec<(u64, u64)>, FleetError> {
        let names: Vec<Name> = names.iter().map(|&(life, id)| Name { life, id }).collect();
        let records = self.runtime.block_on(self.banks.records(&names))?;
        Ok(records.into_iter().map(|record| (record.name.life, record.name.id)).collect())
    }

    /// How many experiences the schema has.
    ///
    /// # Errors
    /// [`FleetError`] of a bank.
    pub fn count(&self) -> Result<u64, FleetError> {
        self.runtime.block_on(self.banks.count())
    }

    /// Bytes that all primaries use.
    ///
    /// # Errors
    /// [`FleetError`] if one does not answer.
    pub fn bytes(&self) -> Result<u64, FleetError> {
        let mut command = redis::cmd("INFO");
        command.arg("memory");
        let told = self.runtime.block_on(self.cluster.clone().ask_primaries(command))?;
        let used = |info: &Value| {
            let info = text(info);
            let used = info.lines().find_map(|line| line.strip_prefix("used_memory:"));
            used.and_then(|used| used.trim().parse::<u64>().ok()).unwrap_or(0)
        };
        Ok(told.iter().map(|(_, info)| used(info)).sum())
    }

    /// Waits until the cluster answers a question again, `patience` at most; returns whether it does.
    pub fn answers(&self, patience: Duration) -> bool {
        let place = vec![0.0; self.scale.centre.len()];
        let asked = async { tokio::time::timeout(patience, self.banks.nearest(&place, 1)).await };
        matches!(self.runtime.block_on(asked), Ok(Ok(_)))
    }
}
