//! What a fleet is made of, for people and monitors.

use std::time::Duration;

use minbrain::{ActionSpace, Metric};
use redis::Value;

use crate::address::Address;
use crate::banks::Banks;
use crate::cluster::{Cluster, array, text};
use crate::error::FleetError;
use crate::keys;
use crate::limits::MAX_NODES;
use crate::schema::{Layout, Schema, forgetting_name};

/// How long the look at a fleet may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// A fleet at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overview {
    /// Whether every slot has a primary that answers.
    pub is_whole: bool,
    /// Each node.
    pub nodes: Vec<NodeView>,
    /// Each schema.
    pub schemas: Vec<SchemaView>,
}

/// A node, as the others see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeView {
    /// Host and port.
    pub place: String,
    /// Whether it is a primary; a replica otherwise.
    pub is_primary: bool,
    /// Whether the others reach it.
    pub is_up: bool,
    /// How many slots it has; 0 for a replica.
    pub slots: u32,
    /// Bytes that it uses; 0 where it was not asked: replicas are not.
    pub bytes: u64,
}

/// Robots of one kind, and what they share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SchemaView {
    /// Its name.
    pub name: String,
    /// What its robots sense and do, in words by name.
    pub layout: Vec<(String, String)>,
    /// Experiences that it has.
    pub experiences: u64,
    /// Most experiences that it keeps.
    pub budget: u64,
    /// How many banks they are spread over.
    pub banks: u16,
    /// What it forgets when they are full.
    pub forgetting: String,
    /// How vectors are kept.
    pub quantisation: String,
    /// How many lives were ever published to it.
    pub lives: u64,
}

impl Overview {
    /// Looks at the fleet at `address`. Waits for the network, some seconds at most.
    ///
    /// # Errors
    /// [`FleetError`] if it cannot be asked.
    pub fn look(address: &Address) -> Result<Self, FleetError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|why| FleetError::Failed { why: why.to_string() })?;
        let looked = async { tokio::time::timeout(PATIENCE, look(address)).await };
        runtime.block_on(looked).unwrap_or_else(|_| {
            let why = "no answer in time".to_owned();
            Err(FleetError::Unreachable { nodes: address.places(), why })
        })
    }
}

async fn look(address: &Address) -> Result<Overview, FleetError> {
    let mut cluster = Cluster::connect(address, &[]).await?;
    let nodes: String = cluster.ask(redis::cmd("CLUSTER").arg("NODES")).await?;
    let mut nodes: Vec<NodeView> = nodes.lines().take(MAX_NODES).filter_map(node).collect();
    let info = cluster.ask::<String>(redis::cmd("CLUSTER").arg("INFO")).await?;
    let is_whole = info.contains("cluster_state:ok");
    let mut command = redis::cmd("INFO");
    command.arg("memory");
    // Where some primaries do not answer the others' figures are not known either.
    for (place, info) in cluster.ask_primaries(command).await.unwrap_or_default() {
        let used = text(&info);
        let used = used.lines().find_map(|line| line.strip_prefix("used_memory:"));
        let bytes = used.and_then(|used| used.trim().parse().ok()).unwrap_or(0);
        nodes.iter_mut().filter(|node| node.place == place).for_each(|node| node.bytes = bytes);
    }
    nodes.sort_by(|a, b| a.place.cmp(&b.place));
    let names: Value = cluster.ask(redis::cmd("SMEMBERS").arg(keys::SCHEMAS)).await?;
    let mut names: Vec<String> = array(&names).iter().map(text).collect();
    names.sort();
    let mut schemas = Vec::new();
    for name in names {
        schemas.extend(schema(&mut cluster, &name).await?);
    }
    Ok(Overview { is_whole, nodes, schemas })
}

/// A line of `CLUSTER NODES`: id, place, flags, primary, ping, pong, epoch, link, slots.
fn node(line: &str) -> Option<NodeView> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [_, place, flags, _, _, _, _, link, slots @ ..] = words.as_slice() else { return None };
    let has = |flag: &str| flags.split(',').any(|own| own == flag);
    let is_up = !has("fail") && !has("fail?") && !has("noaddr") && *link == "connected";
    let count = |slots: &&str| -> u32 {
        let (first, last) = slots.split_once('-').unwrap_or((slots, slots));
        match (first.parse::<u32>(), last.parse::<u32>()) {
            (Ok(first), Ok(last)) => last.saturating_sub(first) + 1,
            // A slot on its way elsewhere is counted where it is.
            _ => 0,
        }
    };
    Some(NodeView {
        place: place.split(['@', ',']).next().unwrap_or(place).to_owned(),
        is_primary: has("master"),
        is_up: is_up || has("myself"),
        slots: slots.iter().map(count).sum(),
        bytes: 0,
    })
}

async fn schema(cluster: &mut Cluster, name: &str) -> Result<Option<SchemaView>, FleetError> {
    let described: Option<String> = cluster.ask(redis::cmd("GET").arg(keys::schema(name))).await?;
    let Some(described) = described else { return Ok(None) };
    let schema = Schema::from_text(name, &described)?;
    let lives: u64 = cluster.ask(redis::cmd("HLEN").arg(keys::robots(name))).await?;
    let keep = schema.keep;
    let layout = schema.layout.to_vec();
    // Records are only counted: their layout does not matter.
    let actions = ActionSpace::discrete(1);
    let any = Layout { sensors: 1, actions, metric: Metric::Euclidean };
    let experiences = Banks::new(cluster.clone(), schema, any).count().await?;
    Ok(Some(SchemaView {
        name: name.to_owned(),
        layout,
        experiences,
        budget: keep.budget,
        banks: keep.banks,
        forgetting: forgetting_name(keep.forgetting).to_owned(),
        quantisation: keep.quantisation.name().to_owned(),
        lives,
    }))
}

#[cfg(test)]
mod tests {
    use super::node;

    #[test]
    fn a_node_is_read_from_its_line() {
        let line = "07c3 127.0.0.1:7004@17004,,shard-id=1 slave e7d1 0 1426238317239 4 connected";
        let replica = node(line).unwrap();
        assert_eq!((replica.place.as_str(), replica.is_primary), ("127.0.0.1:7004", false));
        assert!(replica.is_up);
        let line =
            "292f 127.0.0.1:7003@17003 master,fail - 0 1426238318243 3 connected 10923-16383 5";
        let gone = node(line).unwrap();
        assert_eq!((gone.is_primary, gone.is_up, gone.slots), (true, false, 5_462));
        assert_eq!(node("and now for something else"), None);
    }
}
