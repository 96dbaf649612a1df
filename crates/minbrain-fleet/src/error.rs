//! What can go wrong between a robot and its fleet. No message ever holds a password.

use std::path::PathBuf;

use minbrain::BrainError;
use redis::{ErrorKind, RedisError, ServerErrorKind};
use thiserror::Error;

/// Why the fleet does not do what was asked.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum FleetError {
    /// The address cannot be understood.
    #[error("fleet: expected {expected}, got {got}")]
    Address {
        /// What would have been taken.
        expected: &'static str,
        /// What came, without secrets.
        got: String,
    },
    /// No node answers.
    #[error("fleet: no node answers at {nodes}: {why}")]
    Unreachable {
        /// Where they were looked for.
        nodes: String,
        /// What the last one said.
        why: String,
    },
    /// The user or the password is wrong, or may not do this.
    #[error("fleet: {nodes} refused the user or the password, or it lacks a permission: {why}")]
    Refused {
        /// Who refused.
        nodes: String,
        /// In which words.
        why: String,
    },
    /// The two sides do not agree on TLS, or a certificate is not trusted.
    #[error(
        "fleet: no secure connection to {nodes}: {why}; rediss:// asks for TLS, redis:// for none, and ?ca=FILE names whom to trust"
    )]
    Tls {
        /// With whom.
        nodes: String,
        /// What went wrong.
        why: String,
    },
    /// So many shards are gone that the cluster answers nothing.
    #[error("fleet: the cluster is down, {why}; it answers again once every shard has a primary")]
    Down {
        /// In the cluster's words.
        why: String,
    },
    /// There is no room, and nothing may be forgotten.
    #[error("fleet: no room: {why}")]
    Full {
        /// In the cluster's words.
        why: String,
    },
    /// What answers is no Redis cluster, or one without vector sets.
    #[error("fleet: expected a Redis 8 cluster with vector sets, got: {why}")]
    NotAFleet {
        /// What came instead.
        why: String,
    },
    /// The robots there are of another kind.
    #[error("fleet: schema {schema}: {field}: expected {expected}, found {found}")]
    Schema {
        /// The schema's name.
        schema: String,
        /// What differs.
        field: &'static str,
        /// What this robot has.
        expected: String,
        /// What the robots there have.
        found: String,
    },
    /// Another version of minbrain wrote what is there.
    #[error("fleet: schema {schema}: expected format {expected}, found {found}")]
    Version {
        /// The schema's name.
        schema: String,
        /// The version that is read here.
        expected: u8,
        /// The version that is there.
        found: u8,
    },
    /// Fewer replicas confirmed than were asked for.
    #[error("fleet: {came} replicas confirmed, expected {expected}")]
    Unconfirmed {
        /// How many were asked for.
        expected: u32,
        /// How many did.
        came: u32,
    },
    /// The cluster said something else.
    #[error("fleet: {why}")]
    Failed {
        /// In which words.
        why: String,
    },
    /// A file of the fleet's cannot be read or written.
    #[error("{}: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The brain refused what others lived through.
    #[error(transparent)]
    Brain(#[from] BrainError),
}

impl FleetError {
    /// Whether trying again without changing anything may help.
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Down { .. }
                | Self::Full { .. }
                | Self::Unconfirmed { .. }
                | Self::Failed { .. }
        )
    }

    /// What a failure of the client means, without the words that may hold a secret.
    pub(crate) fn of(error: &RedisError, nodes: &str) -> Self {
        let (nodes, why) = (nodes.to_owned(), words(error));
        let code = error.code().unwrap_or_default();
        match error.kind() {
            ErrorKind::AuthenticationFailed => Self::Refused { nodes, why },
            ErrorKind::Server(ServerErrorKind::NoPerm) => Self::Refused { nodes, why },
            ErrorKind::Server(ServerErrorKind::ClusterDown | ServerErrorKind::MasterDown) => {
                Self::Down { why }
            }
            _ if ["NOAUTH", "WRONGPASS", "DENIED"].contains(&code) => Self::Refused { nodes, why },
            _ if code == "OOM" || why.contains("OOM command") => Self::Full { why },
            _ if code == FULL => {
                Self::Full { why: "the budget is full and nothing may be forgotten".into() }
            }
            _ if mentions_tls(&why) => Self::Tls { nodes, why },
            _ if error.is_io_error() || error.is_timeout() => Self::Unreachable { nodes, why },
            ErrorKind::ClusterConnectionNotFound => Self::Unreachable { nodes, why },
            _ if why.contains("unknown command") || why.contains("cluster support disabled") => {
                Self::NotAFleet { why }
            }
            _ => Self::Failed { why },
        }
    }
}

/// The code with which a bank says that it is full.
pub(crate) const FULL: &str = "FLEETFULL";

fn mentions_tls(why: &str) -> bool {
    let why = why.to_lowercase();
    ["tls", "certificate", "ssl", "invalidcontenttype", "corrupt message"]
        .iter()
        .any(|word| why.contains(word))
}

/// What went wrong, in one line.
fn words(error: &RedisError) -> String {
    let detail = error.detail().map_or_else(|| error.to_string(), str::to_owned);
    detail.lines().next().unwrap_or_default().trim().to_owned()
}
