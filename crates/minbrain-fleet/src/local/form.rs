//! Makes a cluster of nodes: who has which slots, and who follows whom.

use std::thread;
use std::time::{Duration, Instant};

use redis::Connection;

use crate::local::LocalError;
use crate::local::LocalSettings;
use crate::local::node::Node;

const SLOTS: u32 = 16_384;
/// How long the nodes may take to agree.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(50);

/// Makes the first half of `nodes` primaries, and the others their replicas; a cluster that is there is
/// left as it is. Returns when it answers.
pub(super) fn form(nodes: &[Node], settings: &LocalSettings) -> Result<(), LocalError> {
    let connections: Result<Vec<Connection>, LocalError> =
        nodes.iter().map(|node| node.connect(settings)).collect();
    let mut connections = connections?;
    let primaries = nodes.len() / (1 + settings.replicas);
    if known(&nodes[0], &mut connections[0])? < nodes.len() {
        assign(nodes, &mut connections, primaries)?;
        meet(nodes, &mut connections)?;
        follow(nodes, &mut connections, primaries)?;
    }
    await_all(nodes, &mut connections, &|info| info.contains("cluster_state:ok"))?;
    await_all(nodes, &mut connections, &|info| !info.contains("master_link_status:down"))
}

fn assign(
    nodes: &[Node],
    connections: &mut [Connection],
    primaries: usize,
) -> Result<(), LocalError> {
    for (at, (node, connection)) in nodes.iter().zip(connections).enumerate() {
        tell(node, connection, &["SET-CONFIG-EPOCH", &(at + 1).to_string()])?;
        if at < primaries {
            let edge = |at: usize| at as u32 * SLOTS / primaries as u32;
            let (first, last) = (edge(at).to_string(), (edge(at + 1) - 1).to_string());
            tell(node, connection, &["ADDSLOTSRANGE", &first, &last])?;
        }
    }
    Ok(())
}

fn meet(nodes: &[Node], connections: &mut [Connection]) -> Result<(), LocalError> {
    for node in &nodes[1..] {
        tell(&nodes[0], &mut connections[0], &["MEET", "127.0.0.1", &node.port.to_string()])?;
    }
    let until = Instant::now() + PATIENCE;
    for (node, connection) in nodes.iter().zip(connections) {
        while known(node, connection)? < nodes.len() {
            if Instant::now() > until {
                return Err(LocalError::NotFormed { port: node.port });
            }
            thread::sleep(LOOK);
        }
    }
    Ok(())
}

fn follow(
    nodes: &[Node],
    connections: &mut [Connection],
    primaries: usize,
) -> Result<(), LocalError> {
    let mut ids = Vec::new();
    for (node, connection) in nodes.iter().zip(connections.iter_mut()).take(primaries) {
        ids.push(ask(node, connection, &["MYID"])?);
    }
    for at in primaries..nodes.len() {
        tell(&nodes[at], &mut connections[at], &["REPLICATE", &ids[at % primaries]])?;
    }
    Ok(())
}

/// Waits until what each node tells of itself is as wanted.
fn await_all(
    nodes: &[Node],
    connections: &mut [Connection],
    is_wanted: &dyn Fn(&str) -> bool,
) -> Result<(), LocalError> {
    let until = Instant::now() + PATIENCE;
    for (node, connection) in nodes.iter().zip(connections) {
        loop {
            let cluster = ask(node, connection, &["INFO"])?;
            let replication = redis::cmd("INFO").arg("replication").query::<String>(connection);
            let replication = replication.map_err(|error| node.failed(&error))?;
            if is_wanted(&(cluster + &replication)) {
                break;
            }
            if Instant::now() > until {
                return Err(LocalError::NotFormed { port: node.port });
            }
            thread::sleep(LOOK);
        }
    }
    Ok(())
}

/// How many nodes this one knows, itself among them.
fn known(node: &Node, connection: &mut Connection) -> Result<usize, LocalError> {
    let told = ask(node, connection, &["NODES"])?;
    Ok(told.lines().filter(|line| !line.contains("handshake")).count())
}

fn ask(node: &Node, connection: &mut Connection, words: &[&str]) -> Result<String, LocalError> {
    let asked = redis::cmd("CLUSTER").arg(words).query(connection);
    asked.map_err(|error| node.failed(&error))
}

fn tell(node: &Node, connection: &mut Connection, words: &[&str]) -> Result<(), LocalError> {
    let told = redis::cmd("CLUSTER").arg(words).query(connection);
    told.map_err(|error| node.failed(&error))
}
