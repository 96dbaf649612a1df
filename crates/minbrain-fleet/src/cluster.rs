//! A connection to all nodes of the cluster, and the errors that it may meet, in our words.

use std::fs;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{
    MultipleNodeRoutingInfo, Route, RoutingInfo, SingleNodeRoutingInfo, SlotAddr,
};
use redis::{
    ClientTlsConfig, Cmd, ConnectionInfo, ErrorKind, FromRedisValue, IntoConnectionInfo, Pipeline,
    ProtocolVersion, RedisError, TlsCertificates, TlsMode, Value,
};

use crate::address::Address;
use crate::error::FleetError;
use crate::limits::{CONNECT_TIMEOUT, MAX_NODES, RESPONSE_TIMEOUT};

/// How often the client follows a slot that moved, before we try again ourselves.
const RETRIES: u32 = 3;
/// Between them, in milliseconds.
const RETRY_WAIT_MS: [u64; 2] = [20, 100];

/// All nodes of a cluster.
#[derive(Clone)]
pub(crate) struct Cluster {
    connection: ClusterConnection,
    places: String,
}

impl Cluster {
    /// Connects to the nodes of `address` and to those that they, or an earlier connection, told of.
    ///
    /// # Errors
    /// [`FleetError`] in the words of the last node that was tried.
    pub(crate) async fn connect(
        address: &Address,
        told: &[(String, u16)],
    ) -> Result<Self, FleetError> {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Where the program has installed one already, that one serves.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let places = address.places();
        let failed = |error: RedisError| FleetError::of(&error, &places);
        let client = client(address, told)?;
        let connecting = client.get_async_connection();
        let connection = match tokio::time::timeout(2 * RESPONSE_TIMEOUT, connecting).await {
            Ok(connected) => match connected {
                Ok(connection) => connection,
                Err(error) => return Err(why_not(address, failed(error)).await),
            },
            Err(_) => {
                let why = "no answer in time".to_owned();
                let silent = FleetError::Unreachable { nodes: places, why };
                return Err(why_not(address, silent).await);
            }
        };
        Ok(Self { connection, places })
    }

    /// One command, sent to where its key lies.
    pub(crate) async fn ask<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, FleetError> {
        let answer = command.query_async(&mut self.connection).await;
        answer.map_err(|error| FleetError::of(&error, &self.places))
    }

    /// Commands for the primary that has `slot`, over one connection and in their order.
    pub(crate) async fn tell(
        &mut self,
        slot: u16,
        commands: Pipeline,
    ) -> Result<Vec<Value>, FleetError> {
        let count = commands.len();
        let route = SingleNodeRoutingInfo::SpecificNode(Route::new(slot, SlotAddr::Master));
        let told = self.connection.route_pipeline(commands, 0, count, route).await;
        let answers = told.map_err(|error| FleetError::of(&error, &self.places))?;
        answers
            .into_iter()
            .map(|answer| answer.extract_error().map_err(|e| self.because(&e)))
            .collect()
    }

    /// The same command to every primary, each with its answer.
    pub(crate) async fn ask_primaries(
        &mut self,
        command: Cmd,
    ) -> Result<Vec<(String, Value)>, FleetError> {
        let to_all = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
        let told = self.connection.route_command(command, to_all).await;
        match told.map_err(|error| self.because(&error))? {
            Value::Map(answers) => {
                Ok(answers.into_iter().map(|(node, answer)| (text(&node), answer)).collect())
            }
            other => {
                Err(FleetError::Failed { why: format!("an answer of another form: {other:?}") })
            }
        }
    }

    /// The nodes that the cluster tells of, as seeds for the next connection.
    pub(crate) async fn nodes(&mut self) -> Result<Vec<(String, u16)>, FleetError> {
        let slots: Value = self.ask(redis::cmd("CLUSTER").arg("SLOTS")).await?;
        let mut nodes = Vec::new();
        for range in array(&slots) {
            for node in array(range).iter().skip(2) {
                let node = array(node);
                if let [host, Value::Int(port), ..] = node {
                    let place = (text(host), u16::try_from(*port).unwrap_or_default());
                    if !place.0.is_empty() && !nodes.contains(&place) && nodes.len() < MAX_NODES {
                        nodes.push(place);
                    }
                }
            }
        }
        Ok(nodes)
    }

    fn because(&self, error: &RedisError) -> FleetError {
        FleetError::of(error, &self.places)
    }
}

/// The cluster's client tells only that no node could be used; one node, asked alone, says why.
async fn why_not(address: &Address, vague: FleetError) -> FleetError {
    for node in &address.nodes {
        let Ok(client) = one(address, node) else { continue };
        let asked = async {
            let mut node = client.get_multiplexed_async_connection().await?;
            redis::cmd("CLUSTER").arg("INFO").query_async::<String>(&mut node).await
        };
        match tokio::time::timeout(CONNECT_TIMEOUT, asked).await {
            Ok(Ok(state)) if state.contains("cluster_state:fail") => {
                return FleetError::Down { why: "shards are missing".into() };
            }
            Ok(Ok(_)) => {}
            Err(_) if is_silent_to_tls(address, node).await => return silent(address),
            Err(_) => {}
            Ok(Err(error)) if error.kind() == ErrorKind::Parse && !address.is_secure => {
                let why = "it answers in another protocol".to_owned();
                return FleetError::Tls { nodes: address.places(), why };
            }
            Ok(Err(error)) => {
                let told = FleetError::of(&error, &address.places());
                if !matches!(told, FleetError::Unreachable { .. }) {
                    return told;
                }
                if error.is_timeout() && is_silent_to_tls(address, node).await {
                    return silent(address);
                }
                if hung_up(&error) {
                    let why = "the connection was closed at the greeting".to_owned();
                    return FleetError::Tls { nodes: address.places(), why };
                }
            }
        }
    }
    vague
}

/// Whether a node that was greeted in TLS takes connections, and yet said nothing: it waits for more of
/// what it takes for a command.
async fn is_silent_to_tls(address: &Address, (host, port): &(String, u16)) -> bool {
    let reached = tokio::net::TcpStream::connect((host.as_str(), *port));
    address.is_secure && matches!(tokio::time::timeout(CONNECT_TIMEOUT, reached).await, Ok(Ok(_)))
}

fn silent(address: &Address) -> FleetError {
    let why = "it takes connections and does not answer a greeting in TLS".to_owned();
    FleetError::Tls { nodes: address.places(), why }
}

/// A client of one node alone.
fn one(address: &Address, node: &(String, u16)) -> Result<redis::Client, FleetError> {
    let info = info(address, node)?;
    let client = match certificates(address)? {
        Some(certificates) => redis::Client::build_with_tls(info, certificates),
        None => redis::Client::open(info),
    };
    client.map_err(|error| FleetError::of(&error, &address.places()))
}

/// A node that demands TLS closes a connection that begins otherwise.
fn hung_up(error: &RedisError) -> bool {
    error.is_connection_dropped() && !error.is_connection_refusal() && !error.is_timeout()
}

fn client(address: &Address, told: &[(String, u16)]) -> Result<ClusterClient, FleetError> {
    let nodes: Result<Vec<ConnectionInfo>, FleetError> =
        address.nodes.iter().chain(told).map(|node| info(address, node)).collect();
    let builder = ClusterClientBuilder::new(nodes?)
        .use_protocol(ProtocolVersion::RESP2)
        .connection_timeout(CONNECT_TIMEOUT)
        .response_timeout(RESPONSE_TIMEOUT)
        .overall_response_timeout(Some(RESPONSE_TIMEOUT + Duration::from_secs(1)))
        .retries(RETRIES)
        .min_retry_wait(RETRY_WAIT_MS[0])
        .max_retry_wait(RETRY_WAIT_MS[1]);
    let builder = match &address.user {
        Some(user) => builder.username(user),
        None => builder,
    };
    let builder = match &address.password {
        Some(password) => builder.password(password),
        None => builder,
    };
    let builder = match certificates(address)? {
        Some(certificates) => builder.tls(TlsMode::Secure).certs(certificates),
        None if address.is_secure => builder.tls(TlsMode::Secure),
        None => builder,
    };
    builder.build().map_err(|error| FleetError::of(&error, &address.places()))
}

/// One node, as the client takes it.
fn info(address: &Address, (host, port): &(String, u16)) -> Result<ConnectionInfo, FleetError> {
    let failed = |error: RedisError| FleetError::of(&error, &address.places());
    let url = if address.is_secure {
        format!("rediss://{}", place(host, *port))
    } else {
        format!("redis://{}", place(host, *port))
    };
    let info = url.into_connection_info().map_err(failed)?;
    let mut settings = info.redis_settings().clone();
    if let Some(user) = &address.user {
        settings = settings.set_username(user);
    }
    if let Some(password) = &address.password {
        settings = settings.set_password(password);
    }
    Ok(info.set_redis_settings(settings))
}

fn place(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

fn certificates(address: &Address) -> Result<Option<TlsCertificates>, FleetError> {
    if address.authority.is_none() && address.identity.is_none() {
        return Ok(None);
    }
    let root_cert = address.authority.as_deref().map(read).transpose()?;
    let client_tls = match &address.identity {
        None => None,
        Some((cert, key)) => {
            Some(ClientTlsConfig { client_cert: read(cert)?, client_key: read(key)? })
        }
    };
    Ok(Some(TlsCertificates { client_tls, root_cert }))
}

fn read(path: &Path) -> Result<Vec<u8>, FleetError> {
    let failed = |why: std::io::Error| FleetError::File { path: path.into(), why: why.to_string() };
    fs::read(path).map_err(failed)
}

/// The elements of an answer that is a list.
pub(crate) fn array(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        _ => &[],
    }
}

/// The bytes of an answer that is a string.
pub(crate) fn bytes(value: &Value) -> &[u8] {
    match value {
        Value::BulkString(bytes) => bytes,
        Value::SimpleString(text) => text.as_bytes(),
        _ => &[],
    }
}

/// The words of one.
pub(crate) fn text(value: &Value) -> String {
    String::from_utf8_lossy(bytes(value)).into_owned()
}
