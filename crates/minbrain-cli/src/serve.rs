//! `minbrain serve`: robots connect over the network.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};
use minbrain::limits::{MAX_EXPERIENCES, MAX_HISTORY};
use minbrain::{Budget, Isa};
use minbrain_server::access::Tokens;
use minbrain_server::{
    BrainPlan, Equipment, Fallback, LogForm, Server, Settings, Sharing, limits, start_log,
};
use tracing::Level;

use crate::arguments::{DEFAULT_BUDGET, HTTP, PolicyName};
use crate::failure::Failure;
use crate::fleet::Place;
use crate::gpu::GpuArgs;
use crate::run::stop;

pub(crate) const EXAMPLES: &str = "\
Examples:
  minbrain serve                             robots on 127.0.0.1:9999, the page on http://127.0.0.1:9998
  minbrain serve --shared                    all robots of one shape learn in one brain
  minbrain serve --brain brains              brains that are still there after a restart
  minbrain serve --fleet fleet               brains that share with other servers and robots
  minbrain serve --deadline-ms 5 --fallback hold
                                             a late brain is answered for with the last action
  minbrain serve --bind 0.0.0.0:9999 --tls-cert chain.pem --tls-key key.pem --tokens tokens.txt
                                             for others: TLS 1.3 and tokens, or it is refused

Tokens: a file that only its owner can read, with lines `read TOKEN` and `control TOKEN`.
The protocol: docs/wire.md. The API: http://127.0.0.1:9998/openapi.json.

Exit status: 0 ended by Ctrl-C, 1 failed, 2 wrong usage.";

/// How often the program looks whether it should end.
const LOOK: Duration = Duration::from_millis(50);

/// How to serve.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where robots connect
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9999")]
    bind: SocketAddr,
    /// Where people and programs connect: the dashboard, the API, metrics
    #[arg(long, value_name = "ADDRESS", default_value = HTTP)]
    http: SocketAddr,
    /// All robots of one shape learn in one brain
    #[arg(long)]
    shared: bool,
    /// The time for an answer; after it the robot gets the fallback
    #[arg(long, value_name = "MS", default_value_t = limits::DEADLINE.as_millis() as u64)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=10_000))]
    deadline_ms: u64,
    /// What a late brain is replaced by: zero, hold (the last action), or values like 0.1,-0.2
    #[arg(long, value_name = "ACTION", default_value = "zero", value_parser = fallback)]
    #[arg(allow_hyphen_values = true)]
    fallback: Fallback,
    /// How long a robot may be silent
    #[arg(long, value_name = "S", default_value_t = limits::IDLE_TIMEOUT.as_secs())]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=86_400))]
    idle_s: u64,
    /// Robots at once
    #[arg(long, value_name = "N", default_value_t = limits::MAX_ROBOTS)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=limits::MAX_ROBOTS as u64))]
    robots: usize,
    /// The certificate chain, in PEM
    #[arg(long, value_name = "FILE.pem", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its private key, in PEM
    #[arg(long, value_name = "FILE.pem", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Who may do what: a file with lines `read TOKEN` and `control TOKEN`
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// Keep brains here, a directory for each, and go on with those that are there
    #[arg(long, value_name = "DIR", conflicts_with = "shared")]
    brain: Option<PathBuf>,
    /// Each brain shares what it lives through with the robots of its shape in this fleet, and starts from
    /// what they know: its URL, or the directory of one that `minbrain fleet up` started
    #[arg(long, value_name = "URL|DIR")]
    fleet: Option<Place>,
    /// How many experiences each brain may keep
    #[arg(long, value_name = "N", default_value_t = DEFAULT_BUDGET)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=MAX_EXPERIENCES as u64))]
    budget: usize,
    /// How actions are chosen [default: by value for robots that tell what they earned, by
    /// consensus for others]
    #[arg(long, value_name = "NAME")]
    policy: Option<PolicyName>,
    /// How many past actions count as context when brains imitate, 0 or 1: 1 where whoever
    /// demonstrates goes by more than the newest observation, and is asked while the robot acts
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "shared")]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(0..=MAX_HISTORY as u64))]
    history: usize,
    /// Where random numbers start
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    gpu: GpuArgs,
    /// How log lines look, on standard error
    #[arg(long, value_name = "FORM", default_value = "text")]
    log: LogName,
    /// How much is logged
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log_level: Level,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LogName {
    /// For people
    Text,
    /// One JSON object per line
    Json,
}

fn fallback(text: &str) -> Result<Fallback, String> {
    match text {
        "zero" => Ok(Fallback::Zero),
        "hold" => Ok(Fallback::Hold),
        values => {
            let values: Result<Vec<f32>, _> = values.split(',').map(str::parse).collect();
            values.map(Fallback::Given).map_err(|_| "expected zero, hold, or numbers".to_owned())
        }
    }
}

/// Serves until Ctrl-C.
///
/// # Errors
/// [`Failure::Serve`] with the reason if it may not or cannot start.
pub(crate) fn main(args: &ServeArgs, isa: Option<Isa>) -> Result<(), Failure> {
    stop::listen();
    let form = match args.log {
        LogName::Text => LogForm::Text,
        LogName::Json => LogForm::Json,
    };
    start_log(form, args.log_level);
    let server = Server::start(settings(args, isa)?)?;
    let scheme = if args.tls_cert.is_some() { "https" } else { "http" };
    let robots = server.robots().map_or_else(String::new, |address| address.to_string());
    // Where standard error is closed nobody reads it.
    let _ = writeln!(
        io::stderr(),
        "robots connect to {robots}, people to {scheme}://{}/; Ctrl-C ends",
        server.http()
    );
    while !stop::asked() {
        thread::sleep(LOOK);
    }
    server.stop();
    Ok(())
}

fn settings(args: &ServeArgs, isa: Option<Isa>) -> Result<Settings, Failure> {
    let choice = args.gpu.choose(args.budget)?;
    let equipment =
        choice.map(|choice| Equipment::new(move |builder, dims| choice.equip(builder, dims)));
    let tokens = args.tokens.as_deref().map(Tokens::read).transpose()?;
    Ok(Settings {
        tls: args.tls_cert.clone().zip(args.tls_key.clone()),
        tokens: tokens.unwrap_or_default(),
        sharing: if args.shared { Sharing::Shared } else { Sharing::Own },
        fallback: args.fallback.clone(),
        deadline: Duration::from_millis(args.deadline_ms),
        idle: Duration::from_secs(args.idle_s),
        robots: args.robots,
        plan: BrainPlan {
            budget: Budget::Experiences(args.budget),
            policy: args.policy.map(PolicyName::policy),
            history: args.history,
            seed: args.seed,
            directory: args.brain.clone(),
            fleet: args.fleet.as_ref().map(Place::address).transpose()?,
            isa,
            equipment,
        },
        ..Settings::on(args.bind, args.http)
    })
}
