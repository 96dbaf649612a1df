//! A fleet on this machine, for trying out and for tests: three primaries, each with a replica.
//!
//! It is a real Redis cluster, on loopback only. What runs in earnest is set up as docs/fleet.md says.

mod form;
mod node;
mod program;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use node::Node;
use thiserror::Error;

/// How a local fleet is set up.
#[derive(Clone)]
pub struct LocalSettings {
    /// The first node's port; the others have those after it, and all of them the one 10,000 higher.
    pub first_port: u16,
    /// How many primaries.
    pub primaries: usize,
    /// How many replicas each of them has.
    pub replicas: usize,
    /// The `redis-server` to start; `None` to look for one.
    pub program: Option<PathBuf>,
    /// The password of the nodes; `None` for no password.
    pub password: Option<String>,
    /// After how long a silent node counts as gone.
    pub node_timeout_ms: u64,
    /// Most bytes of each node.
    pub max_bytes: Option<u64>,
    /// What is told to clients as each node's port, as an offset: for something in between.
    pub announced: Option<u16>,
}

impl Default for LocalSettings {
    fn default() -> Self {
        Self {
            first_port: 7_001,
            primaries: 3,
            replicas: 1,
            program: None,
            password: None,
            node_timeout_ms: 2_000,
            max_bytes: None,
            announced: None,
        }
    }
}

/// Why a local fleet does not run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LocalError {
    /// There is no program to start.
    #[error("no redis-server 8: {why}; {remedy}")]
    NoServer {
        /// What is wrong with the one that was looked at last.
        why: String,
        /// How to get one.
        remedy: &'static str,
    },
    /// Somebody has a port that a node needs.
    #[error("port {port} is taken: {why}; --port N starts at another one")]
    PortTaken {
        /// Which.
        port: u16,
        /// In the system's words.
        why: String,
    },
    /// The fleet runs already.
    #[error("the fleet in {} runs already; minbrain fleet down --dir ends it", directory.display())]
    RunsAlready {
        /// Its directory.
        directory: PathBuf,
    },
    /// There is no fleet.
    #[error("{}: expected the directory of a local fleet, found none", directory.display())]
    NoFleet {
        /// Where it was looked for.
        directory: PathBuf,
    },
    /// A node did not start.
    #[error("node {port} did not start: {why}")]
    NotUp {
        /// Its port.
        port: u16,
        /// The last line of its log.
        why: String,
    },
    /// The nodes did not agree in time.
    #[error("node {port} did not find the others in time")]
    NotFormed {
        /// Its port.
        port: u16,
    },
    /// A node refused.
    #[error("node {port}: {why}")]
    Node {
        /// Its port.
        port: u16,
        /// In its words.
        why: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
}

impl LocalError {
    fn file(path: &Path, why: &io::Error) -> Self {
        Self::File { path: path.to_path_buf(), why: why.to_string() }
    }
}

/// The file that says which ports a fleet has.
const PORTS: &str = "ports";

/// A local fleet whose processes this program started. Dropped, it ends them.
#[derive(Debug)]
pub struct LocalFleet {
    nodes: Vec<Node>,
    program: PathBuf,
    settings: LocalSettings,
}

impl std::fmt::Debug for LocalSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "LocalSettings(from port {})", self.first_port)
    }
}

impl LocalFleet {
    /// Starts a fleet in `directory`, or the one there again with its data, and returns when it
    /// answers.
    ///
    /// # Errors
    /// [`LocalError`] where there is no program, a port is taken, or a node does not start; whatever was
    /// started is ended again.
    pub fn start(directory: &Path, settings: LocalSettings) -> Result<Self, LocalError> {
        let program = program::find(settings.program.as_deref())?;
        fs::create_dir_all(directory).map_err(|why| LocalError::file(directory, &why))?;
        let count = settings.primaries * (1 + settings.replicas);
        let ports = (0..count as u16).map(|at| settings.first_port.saturating_add(at));
        let nodes: Vec<Node> = ports.map(|port| Node::new(directory, port)).collect();
        if nodes.iter().any(|node| node.is_ours(&settings)) {
            return Err(LocalError::RunsAlready { directory: directory.to_path_buf() });
        }
        nodes.iter().try_for_each(Node::check_ports)?;
        let file = directory.join(PORTS);
        let ports: String = nodes.iter().map(|node| format!("{}\n", node.port)).collect();
        fs::write(&file, ports).map_err(|why| LocalError::file(&file, &why))?;
        let mut fleet = Self { nodes, program, settings };
        for node in &mut fleet.nodes {
            node.start(&fleet.program, &fleet.settings)?;
        }
        form::form(&fleet.nodes, &fleet.settings)?;
        Ok(fleet)
    }

    /// The address for robots.
    pub fn url(&self) -> String {
        let offset = self.settings.announced.unwrap_or(0);
        let ports: Vec<u16> = self.nodes.iter().map(|node| node.port + offset).collect();
        url(&ports)
    }

    /// Ends the node at `at` with `kill -9`.
    pub fn kill(&mut self, at: usize) {
        if let Some(node) = self.nodes.get_mut(at) {
            node.kill();
        }
    }

    /// Starts the node at `at` again, with what is on its disk.
    ///
    /// # Errors
    /// [`LocalError::NotUp`] if it does not start.
    pub fn restart(&mut self, at: usize) -> Result<(), LocalError> {
        let Self { nodes, program, settings } = self;
        nodes.get_mut(at).map_or(Ok(()), |node| node.start(program, settings))
    }

    /// Looks after the nodes: one that has ended is started again after five times the node timeout,
    /// when its replica has taken over. Returns the ports of those that were.
    ///
    /// # Errors
    /// [`LocalError::NotUp`] if one does not start.
    pub fn look_after(&mut self) -> Result<Vec<u16>, LocalError> {
        let rest = Duration::from_millis(5 * self.settings.node_timeout_ms);
        let mut started = Vec::new();
        for node in &mut self.nodes {
            let is_due = |node: &Node| node.gone_since.is_some_and(|gone| gone.elapsed() >= rest);
            if node.has_ended() && is_due(node) {
                node.start(&self.program, &self.settings)?;
                started.push(node.port);
            }
        }
        Ok(started)
    }

    /// Ends all nodes, and waits until they are gone.
    pub fn stop(&mut self) {
        for node in &mut self.nodes {
            if !node.has_ended() {
                node.ask_to_end(&self.settings);
            }
        }
        self.nodes.iter_mut().for_each(Node::wait_until_ended);
    }
}

impl Drop for LocalFleet {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The address of the fleet in `directory`, whoever started it.
///
/// # Errors
/// [`LocalError::NoFleet`] if there is none.
pub fn url_in(directory: &Path) -> Result<String, LocalError> {
    ports_in(directory).map(|ports| url(&ports))
}

/// Ends the nodes of the fleet in `directory`, whoever started them, and returns how many there were.
/// Only nodes that keep their data there are ended.
///
/// # Errors
/// [`LocalError::NoFleet`] if there is none.
pub fn stop_in(directory: &Path, password: Option<String>) -> Result<usize, LocalError> {
    let settings = LocalSettings { password, ..LocalSettings::default() };
    let nodes = ports_in(directory)?.into_iter().map(|port| Node::new(directory, port));
    let ours: Vec<Node> = nodes.filter(|node| node.is_ours(&settings)).collect();
    ours.iter().for_each(|node| node.ask_to_end(&settings));
    Ok(ours.len())
}

fn ports_in(directory: &Path) -> Result<Vec<u16>, LocalError> {
    let none = || LocalError::NoFleet { directory: directory.to_path_buf() };
    let text = fs::read_to_string(directory.join(PORTS)).map_err(|_| none())?;
    let ports: Result<Vec<u16>, _> = text.lines().map(str::parse).collect();
    ports.map_err(|_| none())
}

fn url(ports: &[u16]) -> String {
    let places: Vec<String> = ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
    format!("redis://{}", places.join(","))
}
