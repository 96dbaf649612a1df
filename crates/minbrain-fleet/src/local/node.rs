//! One node of a local fleet: a process, its directory and its settings.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use redis::{Client, Connection, IntoConnectionInfo};

use crate::local::{LocalError, LocalSettings};

/// How long a node may take to answer, and to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// The bus of the cluster listens so many ports higher.
const BUS: u16 = 10_000;
const HOST: &str = "127.0.0.1";

/// A node.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) port: u16,
    directory: PathBuf,
    child: Option<Child>,
    /// Since when it is gone without having been asked to.
    pub(super) gone_since: Option<Instant>,
}

impl Node {
    /// A node that is not started yet.
    pub(super) fn new(directory: &Path, port: u16) -> Self {
        let directory = directory.join(format!("node-{port}"));
        Self { port, directory, child: None, gone_since: None }
    }

    /// Refuses a port that somebody has, or its bus.
    pub(super) fn check_ports(&self) -> Result<(), LocalError> {
        for port in [self.port, self.port.saturating_add(BUS)] {
            TcpListener::bind((HOST, port))
                .map_err(|why| LocalError::PortTaken { port, why: why.to_string() })?;
        }
        Ok(())
    }

    /// Starts the process, and waits until it answers.
    pub(super) fn start(
        &mut self,
        program: &Path,
        settings: &LocalSettings,
    ) -> Result<(), LocalError> {
        let failed = |why: std::io::Error| LocalError::file(&self.directory, &why);
        fs::create_dir_all(&self.directory).map_err(failed)?;
        let file = self.directory.join("redis.conf");
        write_private(&file, &self.configuration(settings)).map_err(failed)?;
        let mut command = Command::new(program);
        // Ctrl-C is for the program that looks after the nodes, and ends them in its own way.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command
            .arg(fs::canonicalize(&file).map_err(failed)?)
            .current_dir(&self.directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        self.child = Some(child);
        self.gone_since = None;
        self.wait_until_up(settings)
    }

    fn wait_until_up(&mut self, settings: &LocalSettings) -> Result<(), LocalError> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if self.has_ended() {
                break;
            }
            let pinged = self.connect(settings).and_then(|mut node| {
                redis::cmd("PING").query::<String>(&mut node).map_err(|e| self.failed(&e))
            });
            if pinged.is_ok() {
                return Ok(());
            }
            thread::sleep(LOOK);
        }
        let log = fs::read_to_string(self.directory.join("node.log")).unwrap_or_default();
        let last = log.lines().next_back().unwrap_or("it wrote nothing").to_owned();
        Err(LocalError::NotUp { port: self.port, why: last })
    }

    /// The settings file. The password stands in it, which is why only its owner can read it.
    fn configuration(&self, settings: &LocalSettings) -> String {
        let LocalSettings { node_timeout_ms, max_bytes, announced, .. } = settings;
        let mut text = format!(
            "port {}\nbind {HOST}\ncluster-enabled yes\ncluster-config-file nodes.conf\n\
             cluster-node-timeout {node_timeout_ms}\nappendonly yes\nappendfsync everysec\n\
             save \"\"\nlogfile node.log\nrepl-diskless-sync-delay 0\n\
             maxmemory-policy noeviction\n",
            self.port
        );
        let mut line = |what: &str, value: &dyn std::fmt::Display| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{what} {value}");
        };
        if let Some(bytes) = max_bytes {
            line("maxmemory", bytes);
        }
        if let Some(offset) = announced {
            line("cluster-announce-port", &(self.port + offset));
        }
        if let Some(password) = &settings.password {
            line("requirepass", &quoted(password));
            line("masterauth", &quoted(password));
        }
        text
    }

    /// A connection to this node alone.
    pub(super) fn connect(&self, settings: &LocalSettings) -> Result<Connection, LocalError> {
        let info = format!("redis://{HOST}:{}", self.port).into_connection_info();
        let info = info.map_err(|e| self.failed(&e))?;
        let mut login = info.redis_settings().clone();
        if let Some(password) = &settings.password {
            login = login.set_password(password);
        }
        let client = Client::open(info.set_redis_settings(login)).map_err(|e| self.failed(&e))?;
        let connection = client.get_connection_with_timeout(Duration::from_secs(1));
        let connection = connection.map_err(|e| self.failed(&e))?;
        let bounded = connection.set_read_timeout(Some(PATIENCE));
        bounded.map_err(|e| self.failed(&e))?;
        Ok(connection)
    }

    pub(super) fn failed(&self, error: &redis::RedisError) -> LocalError {
        LocalError::Node { port: self.port, why: error.to_string() }
    }

    /// Whether the process is no longer there.
    pub(super) fn has_ended(&mut self) -> bool {
        match &mut self.child {
            None => true,
            Some(child) => match child.try_wait() {
                Ok(None) => false,
                Ok(Some(_)) | Err(_) => {
                    self.child = None;
                    self.gone_since.get_or_insert_with(Instant::now);
                    true
                }
            },
        }
    }

    /// Kills the process at once, as a power cut would.
    pub(super) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself just now.
            let _ = child.kill();
            let _ = child.wait();
            self.gone_since.get_or_insert_with(Instant::now);
        }
    }

    /// Asks the process to end.
    pub(super) fn ask_to_end(&self, settings: &LocalSettings) {
        if let Ok(mut node) = self.connect(settings) {
            // The answer to a shutdown is a closed connection.
            let _ = redis::cmd("SHUTDOWN").arg("NOW").query::<()>(&mut node);
        }
    }

    /// Waits until it has ended; one that does not is killed.
    pub(super) fn wait_until_ended(&mut self) {
        let until = Instant::now() + PATIENCE;
        while !self.has_ended() && Instant::now() < until {
            thread::sleep(LOOK);
        }
        self.kill();
    }

    /// Whether a process of an earlier start runs on this node's port, from this node's directory.
    pub(super) fn is_ours(&self, settings: &LocalSettings) -> bool {
        let Ok(mut node) = self.connect(settings) else { return false };
        let told = redis::cmd("CONFIG").arg("GET").arg("dir").query::<Vec<String>>(&mut node);
        let told = told.ok().and_then(|told| told.into_iter().nth(1)).map(PathBuf::from);
        told.is_some() && told == fs::canonicalize(&self.directory).ok()
    }
}

/// A word as a settings file takes it.
fn quoted(word: &str) -> String {
    let escaped: String = word.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
    format!("\"{escaped}\"")
}

/// Writes a file that only its owner can read.
pub(super) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
