//! What is done with a schema's banks: publishing to them, and asking them.

use futures_util::future::join_all;
use redis::{Pipeline, Value};

use crate::address::{Acknowledgement, Level};
use crate::cluster::{Cluster, array, bytes};
use crate::error::FleetError;
use crate::keys::{Bank, Name, mixed};
use crate::limits::{ANSWER, CONFIRM_TIMEOUT, FOLLOWING, OVERSAMPLING, PAGE};
use crate::record::{Record, blob};
use crate::schema::{Layout, Schema, forgetting_name};

const PUBLISH: &str = include_str!("script/publish.lua");
/// Directions that a question looks at in each bank, at least: what a search in a graph finds grows with
/// it.
const EFFORT: usize = 128;
/// An experience that was of use to somebody is worth twice as much from then on: the logarithm of 2.
const OF_USE: f64 = std::f64::consts::LN_2;

/// The banks of one schema, over a connection of their own.
#[derive(Clone)]
pub(crate) struct Banks {
    cluster: Cluster,
    schema: Schema,
    layout: Layout,
    banks: Vec<Bank>,
}

/// What one bank said to its share of a batch.
pub(crate) type Published = Result<(), FleetError>;

impl Banks {
    pub(crate) fn new(cluster: Cluster, schema: Schema, layout: Layout) -> Self {
        let banks = Bank::all(&schema.name, schema.keep.banks);
        Self { cluster, schema, layout, banks }
    }

    /// Publishes `records`, all banks at once. Returns for each record what its bank said; one that is
    /// told `Ok` is where `acknowledgement` asks for it to be.
    pub(crate) async fn publish(
        &self,
        records: &[Record],
        acknowledgement: Acknowledgement,
    ) -> Vec<Published> {
        let count = self.schema.keep.banks;
        let mut shares: Vec<Vec<usize>> = vec![Vec::new(); self.banks.len()];
        for (at, record) in records.iter().enumerate() {
            shares[record.name.bank(count)].push(at);
        }
        let busy = shares.iter().enumerate().filter(|(_, share)| !share.is_empty());
        let sent = busy.map(|(bank, share)| async move {
            let chosen: Vec<&Record> = share.iter().map(|&at| &records[at]).collect();
            let mut cluster = self.cluster.clone();
            let commands = self.publication(&self.banks[bank], &chosen, acknowledgement);
            let told = cluster.tell(self.banks[bank].slot, commands).await;
            (share, told.and_then(|told| confirmed(&told, acknowledgement)))
        });
        let mut published = vec![Ok(()); records.len()];
        for (share, said) in join_all(sent).await {
            share.iter().for_each(|&at| published[at] = said.clone());
        }
        published
    }

    /// The script and, behind it over the same connection, the wait for its replicas: what a connection
    /// waits for are its own writes.
    fn publication(
        &self,
        bank: &Bank,
        records: &[&Record],
        acknowledgement: Acknowledgement,
    ) -> Pipeline {
        let keep = &self.schema.keep;
        let mut commands = Pipeline::new();
        let script = commands.cmd("EVAL").arg(PUBLISH).arg(4);
        script.arg(&bank.vectors).arg(&bank.records).arg(&bank.scores).arg(&bank.count);
        script.arg(forgetting_name(keep.forgetting)).arg(keep.capacity());
        script.arg(keep.quantisation.option());
        let mut direction = Vec::with_capacity(self.schema.scale.dims());
        for record in records {
            self.schema.scale.lift(&record.observation, &mut direction);
            let chance = mixed(record.name.life ^ mixed(record.name.id)) >> 11;
            script
                .arg(&record.name.to_bytes()[..])
                .arg(record.to_bytes())
                .arg(blob(&direction))
                .arg(record.surprise)
                .arg(chance as f64 / (1_u64 << 53) as f64);
        }
        let patience_ms = CONFIRM_TIMEOUT.as_millis() as u64;
        let Acknowledgement { replicas, level } = acknowledgement;
        match level {
            Level::OnDisk => commands.cmd("WAITAOF").arg(1).arg(replicas).arg(patience_ms),
            Level::Received if replicas > 0 => commands.cmd("WAIT").arg(replicas).arg(patience_ms),
            Level::Received => &mut commands,
        };
        commands
    }

    /// What others lived through around `observation`: the nearest that the banks find, by their exact
    /// distances, each with what followed it. Those called `own` are left out.
    pub(crate) async fn ask(
        &self,
        observation: &[f32],
        own: u64,
    ) -> Result<Vec<Record>, FleetError> {
        let mut found = self.nearest(observation, ANSWER * OVERSAMPLING).await?;
        found.retain(|(name, _)| name.life != own);
        found.truncate(ANSWER * OVERSAMPLING);
        let names: Vec<Name> = found.into_iter().map(|(name, _)| name).collect();
        let mut records = self.records(&names).await?;
        let scale = &self.schema.scale;
        records.sort_by(|a, b| {
            let distance = |record: &Record| scale.distance(&record.observation, observation);
            distance(a).total_cmp(&distance(b)).then(a.name.cmp(&b.name))
        });
        records.truncate(ANSWER);
        let near = records.iter().map(|record| record.name);
        let after = near.flat_map(|Name { life, id }| {
            (1..=FOLLOWING).map(move |step| Name { life, id: id.saturating_add(step) })
        });
        let mut after: Vec<Name> = after.collect();
        after.sort_unstable();
        after.dedup();
        after.retain(|name| !records.iter().any(|record| record.name == *name));
        records.extend(self.records(&after).await?);
        Ok(records)
    }

    /// The names of the `count` nearest directions of all banks, nearest first, each with its similarity
    /// as Redis gives it.
    pub(crate) async fn nearest(
        &self,
        observation: &[f32],
        count: usize,
    ) -> Result<Vec<(Name, f64)>, FleetError> {
        let mut direction = Vec::with_capacity(self.schema.scale.dims());
        self.schema.scale.lift(observation, &mut direction);
        let direction = &blob(&direction);
        let asked = self.banks.iter().map(|bank| async move {
            let mut command = redis::cmd("VSIM");
            command.arg(&bank.vectors).arg("FP32").arg(direction).arg("WITHSCORES");
            command.arg("COUNT").arg(count).arg("EF").arg(count.max(EFFORT));
            self.cluster.clone().ask::<Value>(&command).await
        });
        let mut found = Vec::new();
        for answer in join_all(asked).await {
            for pair in array(&answer?).chunks_exact(2) {
                let score = std::str::from_utf8(bytes(&pair[1])).ok().and_then(|s| s.parse().ok());
                if let (Some(name), Some(score)) = (Name::from_bytes(bytes(&pair[0])), score) {
                    found.push((name, score));
                }
            }
        }
        found.sort_by(|a: &(Name, f64), b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(count);
        Ok(found)
    }

    /// The records of these names; those that are gone are left out.
    pub(crate) async fn records(&self, names: &[Name]) -> Result<Vec<Record>, FleetError> {
        let mut shares: Vec<Vec<Name>> = vec![Vec::new(); self.banks.len()];
        for name in names {
            shares[name.bank(self.schema.keep.banks)].push(*name);
        }
        let pages = shares
            .iter()
            .zip(&self.banks)
            .flat_map(|(share, bank)| share.chunks(PAGE).map(move |page| self.page(bank, page)));
        let mut records = Vec::with_capacity(names.len());
        for page in join_all(pages).await {
            records.extend(page?);
        }
        Ok(records)
    }

    async fn page(&self, bank: &Bank, names: &[Name]) -> Result<Vec<Record>, FleetError> {
        let mut command = redis::cmd("HMGET");
        command.arg(&bank.records);
        for name in names {
            command.arg(&name.to_bytes()[..]);
        }
        let answer: Value = self.cluster.clone().ask(&command).await?;
        let pairs = names.iter().zip(array(&answer));
        let read =
            |(name, value): (&Name, &Value)| Record::from_bytes(*name, bytes(value), &self.layout);
        Ok(pairs.filter_map(read).collect())
    }

    /// The `most` experiences that would be missed most, over all banks.
    pub(crate) async fn best(&self, most: usize) -> Result<Vec<Record>, FleetError> {
        let each = most.div_ceil(self.banks.len()).max(1);
        let asked = self.banks.iter().map(|bank| async move {
            let mut command = redis::cmd("ZRANGE");
            command.arg(&bank.scores).arg(0).arg(each - 1).arg("REV");
            self.cluster.clone().ask::<Value>(&command).await
        });
        let mut names = Vec::new();
        for answer in join_all(asked).await {
            names.extend(array(&answer?).iter().filter_map(|name| Name::from_bytes(bytes(name))));
        }
        self.records(&names).await
    }

    /// Tells the banks that these were of use; only a bank that goes by utility cares.
    pub(crate) async fn praise(&self, names: &[Name]) {
        if self.schema.keep.forgetting != minbrain::Forgetting::Utility {
            return;
        }
        let praised = names.iter().map(|name| async move {
            let mut command = redis::cmd("ZADD");
            let bank = &self.banks[name.bank(self.schema.keep.banks)];
            command.arg(&bank.scores).arg("XX").arg("INCR").arg(OF_USE).arg(&name.to_bytes()[..]);
            // One that is gone by now needs no praise, and praise that is lost is no loss.
            let _ = self.cluster.clone().ask::<Value>(&command).await;
        });
        join_all(praised).await;
    }

    /// How many experiences the banks hold.
    pub(crate) async fn count(&self) -> Result<u64, FleetError> {
        let asked = self.banks.iter().map(|bank| async move {
            self.cluster.clone().ask::<u64>(redis::cmd("HLEN").arg(&bank.records)).await
        });
        join_all(asked).await.into_iter().sum()
    }
}

/// Whether so many replicas have it as was asked for.
fn confirmed(told: &[Value], Acknowledgement { replicas, level }: Acknowledgement) -> Published {
    let number = |value: Option<&Value>| match value {
        Some(Value::Int(count)) => u32::try_from(*count).unwrap_or(0),
        _ => 0,
    };
    let came = match level {
        Level::Received if replicas == 0 => return Ok(()),
        Level::Received => number(told.get(1)),
        Level::OnDisk => {
            let told = told.get(1).map_or(&[][..], array);
            if number(told.first()) == 0 {
                let why = "the primary has not written it to its disk yet".to_owned();
                return Err(FleetError::Failed { why });
            }
            number(told.get(1))
        }
    };
    if came >= replicas {
        return Ok(());
    }
    Err(FleetError::Unconfirmed { expected: replicas, came })
}
