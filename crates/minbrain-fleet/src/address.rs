//! Where a fleet is, and how it is spoken to: its URL.

use std::fmt;
use std::path::PathBuf;

use crate::error::FleetError;
use crate::limits::MAX_NODES;

/// The environment variable that holds the password where the URL has none: what stands in a command
/// line, everybody on the machine can read.
pub const PASSWORD_VARIABLE: &str = "MINBRAIN_FLEET_PASSWORD";

const FORM: &str = "redis[s]://[USER[:PASSWORD]@]HOST:PORT[,HOST:PORT ...][?NAME=VALUE&...] \
                    with schema, ca, cert, key, replicas or durable as NAME";
const DEFAULT_PORT: u16 = 6379;

/// When an experience counts as acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// How many replicas must have it, beside the primary: with at least one, an experience that was
    /// acknowledged outlives the death of any one node.
    pub replicas: u32,
    /// What having it means.
    pub level: Level,
}

/// What having an experience means to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is in RAM.
    Received,
    /// It is on the disk, in the append-only file.
    OnDisk,
}

impl Default for Acknowledgement {
    fn default() -> Self {
        Self { replicas: 1, level: Level::Received }
    }
}

/// A fleet's address. Printed, it never shows the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(crate) nodes: Vec<(String, u16)>,
    pub(crate) is_secure: bool,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    /// Whom to trust, instead of the system's list.
    pub(crate) authority: Option<PathBuf>,
    /// Who the robot is: its certificate and its key.
    pub(crate) identity: Option<(PathBuf, PathBuf)>,
    /// The schema's name, if the URL says one.
    pub schema: Option<String>,
    /// When an experience counts as acknowledged.
    pub acknowledgement: Acknowledgement,
}

impl Address {
    /// Reads a URL: `redis://` in the clear or `rediss://` over TLS, some of the nodes, and settings
    /// behind a question mark: `schema=NAME`, `ca=FILE`, `cert=FILE` with `key=FILE`, `replicas=N`,
    /// `durable=yes`. `%XX` stands for any byte in user and password.
    ///
    /// # Errors
    /// [`FleetError::Address`] says what was expected; a password is left out of it.
    pub fn parse(url: &str) -> Result<Self, FleetError> {
        let (is_secure, rest) = match (url.strip_prefix("rediss://"), url.strip_prefix("redis://"))
        {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(refused(FORM, "something that begins otherwise")),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (login, places) = rest.rsplit_once('@').unwrap_or(("", rest));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let mut made = Self {
            nodes: nodes(places.trim_end_matches('/'))?,
            is_secure,
            user: some(user)?,
            password: some(password)?,
            authority: None,
            identity: None,
            schema: None,
            acknowledgement: Acknowledgement::default(),
        };
        made.set_all(query)?;
        Ok(made)
    }

    /// With this password, if the URL has none.
    #[must_use]
    pub fn or_password(mut self, password: Option<String>) -> Self {
        self.password = self.password.or(password).filter(|password| !password.is_empty());
        self
    }

    fn set_all(&mut self, query: &str) -> Result<(), FleetError> {
        let (mut cert, mut key) = (None, None);
        for setting in query.split('&').filter(|setting| !setting.is_empty()) {
            let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
            let value = decoded(value)?;
            match name {
                "schema" if is_name(&value) => self.schema = Some(value),
                "schema" => return Err(refused(NAME_FORM, value)),
                "ca" => self.authority = Some(value.into()),
                "cert" => cert = Some(value.into()),
                "key" => key = Some(value.into()),
                "replicas" => {
                    let replicas = value.parse().map_err(|_| refused("replicas=NUMBER", value))?;
                    self.acknowledgement.replicas = replicas;
                }
                "durable" if value == "yes" => self.acknowledgement.level = Level::OnDisk,
                "durable" if value == "no" => self.acknowledgement.level = Level::Received,
                "durable" => return Err(refused("durable=yes or durable=no", value)),
                name => return Err(refused(FORM, format!("the setting {name}"))),
            }
        }
        self.identity = match (cert, key) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            _ => return Err(refused("cert and key together", "one of them")),
        };
        if !self.is_secure && (self.authority.is_some() || self.identity.is_some()) {
            return Err(refused("rediss:// where certificates are named", "redis://"));
        }
        Ok(())
    }

    /// The nodes, for messages.
    pub(crate) fn places(&self) -> String {
        let places: Vec<String> =
            self.nodes.iter().map(|(host, port)| format!("{host}:{port}")).collect();
        places.join(", ")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_secure { "rediss" } else { "redis" };
        write!(out, "{scheme}://")?;
        if let Some(user) = &self.user {
            write!(out, "{user}@")?;
        }
        write!(out, "{}", self.places().replace(", ", ","))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Address({self})")
    }
}

const NAME_FORM: &str = "a schema's name of 1 to 64 letters, digits, '-', '_' and '.'";

/// Whether a schema may be called so.
pub(crate) fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (1..=64).contains(&name.len()) && name.chars().all(is_plain)
}

/// The same, or why not.
pub(crate) fn check_name(name: &str) -> Result<(), FleetError> {
    if is_name(name) { Ok(()) } else { Err(refused(NAME_FORM, name)) }
}

fn refused(expected: &'static str, got: impl Into<String>) -> FleetError {
    FleetError::Address { expected, got: got.into() }
}

fn some(text: &str) -> Result<Option<String>, FleetError> {
    if text.is_empty() { Ok(None) } else { decoded(text).map(Some) }
}

fn nodes(places: &str) -> Result<Vec<(String, u16)>, FleetError> {
    let mut nodes = Vec::new();
    for place in places.split(',').take(MAX_NODES) {
        let node = match place.rsplit_once(':') {
            // The colons of an IPv6 address stand in brackets.
            Some((host, port)) if !port.ends_with(']') => {
                let port = port.parse().map_err(|_| refused("HOST:PORT", place))?;
                (host.trim_matches(['[', ']']).to_owned(), port)
            }
            _ => (place.trim_matches(['[', ']']).to_owned(), DEFAULT_PORT),
        };
        if node.0.is_empty() {
            return Err(refused("HOST:PORT", "no host"));
        }
        nodes.push(node);
    }
    Ok(nodes)
}

/// `%XX` as the byte that it stands for.
fn decoded(text: &str) -> Result<String, FleetError> {
    let malformed = || refused("%XX with two hexadecimal digits, and UTF-8", "another escape");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2).ok_or_else(malformed)?;
        let digits = std::str::from_utf8(digits).map_err(|_| malformed())?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| malformed())?);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| malformed())
}

#[cfg(test)]
mod tests;
