//! How a server is set up, checked before anything opens.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use minbrain::{BrainBuilder, Budget, Isa, Policy};
use minbrain_fleet::Address;

use crate::access::Tokens;
use crate::error::ServeError;
use crate::limits::{DEADLINE, IDLE_TIMEOUT, MAX_ROBOTS};

/// Whether each robot has a brain of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// Each has its own.
    #[default]
    Own,
    /// All robots of one shape learn in one brain.
    Shared,
}

/// What a robot is told to do when its brain is late.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Fallback {
    /// Nothing: action 0, or zero in each dimension.
    #[default]
    Zero,
    /// The same as before.
    Hold,
    /// These values, where the robot's actions have so many; otherwise as `Zero`.
    Given(Vec<f32>),
}

/// What every new brain gets that depends on how many dimensions its keys have: a crossover, and the
/// GPU that is asked past it. The server itself knows of no GPU.
#[derive(Clone)]
pub struct Equipment(Arc<Equip>);

type Equip = dyn Fn(BrainBuilder, usize) -> BrainBuilder + Send + Sync;

impl Equipment {
    /// Brains go through `equip`, with the number of dimensions of their keys.
    pub fn new(
        equip: impl Fn(BrainBuilder, usize) -> BrainBuilder + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(equip))
    }

    pub(crate) fn equip(&self, builder: BrainBuilder, dims: usize) -> BrainBuilder {
        (self.0)(builder, dims)
    }
}

impl fmt::Debug for Equipment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Equipment")
    }
}

/// What the brains are made like.
#[derive(Clone, Debug)]
pub struct BrainPlan {
    /// How much each may keep.
    pub budget: Budget,
    /// How actions are chosen; `None` for what fits the robot: by value if it tells what it earned, by
    /// consensus if it speaks as the original's do.
    pub policy: Option<Policy>,
    /// How many past actions count as context when a brain imitates. 0 where robots share one.
    pub history: usize,
    /// Where random numbers start.
    pub seed: u64,
    /// Where brains are kept, a directory for each under this one; `None` for RAM only. Brains that are
    /// shared cannot be kept yet.
    pub directory: Option<PathBuf>,
    /// The fleet that each brain belongs to, with robots of its shape.
    pub fleet: Option<Address>,
    /// The instructions to compute with.
    pub isa: Option<Isa>,
    /// What every new brain gets besides.
    pub equipment: Option<Equipment>,
}

/// How a server is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where robots connect.
    pub bind: SocketAddr,
    /// Where people and programs connect.
    pub http: SocketAddr,
    /// The certificate chain and its key, in PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Who may do what.
    pub tokens: Tokens,
    /// Whether robots share a brain.
    pub sharing: Sharing,
    /// What a late brain is replaced by.
    pub fallback: Fallback,
    /// The time for an answer.
    pub deadline: Duration,
    /// How long a robot may be silent.
    pub idle: Duration,
    /// Robots at once.
    pub robots: usize,
    /// What the brains are made like.
    pub plan: BrainPlan,
}

/// Shortest time for an answer: the timer is not finer.
const LEAST_DEADLINE: Duration = Duration::from_millis(1);
/// Longest time for an answer.
const LONGEST_DEADLINE: Duration = Duration::from_secs(10);

impl Settings {
    /// On these addresses, with everything else as usual: own brains, 10 ms, no tokens.
    pub fn on(bind: SocketAddr, http: SocketAddr) -> Self {
        Self {
            bind,
            http,
            tls: None,
            tokens: Tokens::default(),
            sharing: Sharing::default(),
            fallback: Fallback::default(),
            deadline: DEADLINE,
            idle: IDLE_TIMEOUT,
            robots: MAX_ROBOTS,
            plan: BrainPlan {
                budget: Budget::default(),
                policy: None,
                history: 0,
                seed: 0,
                directory: None,
                fleet: None,
                isa: None,
                equipment: None,
            },
        }
    }

    /// Checks what can be checked without opening anything. An address that others can reach needs
    /// TLS and tokens.
    ///
    /// # Errors
    /// [`ServeError::Unprotected`] with the reason, [`ServeError::Setting`] for numbers out of range.
    pub fn check(&self) -> Result<(), ServeError> {
        self.protect("--bind", self.bind, "drive your robots and teach your brains")?;
        self.protect("--http", self.http, "watch your brains and everything that they remember")?;
        if !(LEAST_DEADLINE..=LONGEST_DEADLINE).contains(&self.deadline) {
            let got = format!("{:?}", self.deadline);
            return Err(setting("deadline", "1 ms to 10 s", got));
        }
        if !(1..=MAX_ROBOTS).contains(&self.robots) {
            return Err(setting("robots", "1 to 128", self.robots.to_string()));
        }
        if self.sharing == Sharing::Shared && self.plan.directory.is_some() {
            let expected = "a brain for each robot, where brains are kept in a directory";
            return Err(setting("shared", expected, "one for all".to_owned()));
        }
        if self.idle.is_zero() {
            return Err(setting("idle", "more than 0 s", "0 s".to_owned()));
        }
        if let Fallback::Given(values) = &self.fallback
            && values.iter().any(|value| !value.is_finite())
        {
            return Err(setting("fallback", "finite values", format!("{values:?}")));
        }
        Ok(())
    }

    fn protect(
        &self,
        door: &'static str,
        address: SocketAddr,
        harm: &'static str,
    ) -> Result<(), ServeError> {
        let missing = match (self.tls.is_some(), !self.tokens.are_absent()) {
            _ if address.ip().is_loopback() => return Ok(()),
            (true, true) => return Ok(()),
            (false, false) => "both TLS 1.3 (--tls-cert, --tls-key) and tokens (--tokens)",
            (false, true) => "TLS 1.3 (--tls-cert, --tls-key)",
            (true, false) => "tokens (--tokens)",
        };
        Err(ServeError::Unprotected { door, address, missing, harm })
    }
}

fn setting(field: &'static str, expected: &'static str, got: String) -> ServeError {
    ServeError::Setting { field, expected, got }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(bind: &str, http: &str) -> Settings {
        Settings::on(bind.parse().unwrap(), http.parse().unwrap())
    }

    #[test]
    fn an_address_for_others_needs_tls_and_tokens_and_says_so() {
        let tokens = Tokens::parse("control 0123456789abcdef").unwrap();
        let tls = Some(("a".into(), "b".into()));
        for (bind, http) in
            [("0.0.0.0:1", "127.0.0.1:2"), ("127.0.0.1:1", "192.0.2.1:2"), ("[::]:1", "[::1]:2")]
        {
            let open = on(bind, http);
            let said = open.check().unwrap_err().to_string();
            assert!(said.contains("TLS 1.3") && said.contains("--tokens"), "{said}");
            let half = Settings { tls: tls.clone(), ..open.clone() };
            assert!(half.check().unwrap_err().to_string().contains("or tokens"));
            let half = Settings { tokens: tokens.clone(), ..open };
            assert!(half.check().unwrap_err().to_string().contains("or TLS 1.3"));
            let whole = Settings { tls: tls.clone(), ..half };
            assert!(whole.check().is_ok());
        }
        assert!(on("127.0.0.1:1", "[::1]:2").check().is_ok());
    }

    #[test]
    fn numbers_out_of_range_are_refused_by_name() {
        let good = on("127.0.0.1:1", "127.0.0.1:2");
        for (bad, field) in [
            (Settings { deadline: Duration::ZERO, ..good.clone() }, "deadline"),
            (Settings { robots: 0, ..good.clone() }, "robots"),
            (Settings { idle: Duration::ZERO, ..good.clone() }, "idle"),
            (Settings { fallback: Fallback::Given(vec![f32::NAN]), ..good }, "fallback"),
        ] {
            assert!(bad.check().unwrap_err().to_string().starts_with(field));
        }
    }
}
