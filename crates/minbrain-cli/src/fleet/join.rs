//! `minbrain fleet join`: a brain that is kept in a directory gives and takes, without a run.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use minbrain::journal::inspect;
use minbrain::{BrainBuilder, Config, DurableBrain, DurableError, Keeping};

use super::Place;
use crate::bench::json_line;
use crate::failure::Failure;
use crate::run::membership::Membership;

/// Which brain, and which fleet.
#[derive(Clone, Debug, Args)]
pub(super) struct JoinArgs {
    /// The fleet: its URL, or the directory of one that `minbrain fleet up` started
    #[arg(long, value_name = "URL|DIR")]
    fleet: Place,
    /// The brain's directory
    #[arg(long, value_name = "DIR")]
    brain: PathBuf,
    /// Print one JSON object and nothing else
    #[arg(long)]
    json: bool,
}

/// Joins, publishes what the brain lived through, and closes it again.
pub(super) fn main(args: &JoinArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let address = args.fleet.address()?;
    let found = inspect(&args.brain).map_err(DurableError::from)?;
    let failed = |source| Failure::Image { path: args.brain.clone(), source };
    let config = Config::from_bytes(&found.configuration).map_err(failed)?;
    let builder = BrainBuilder::default().config(config);
    let (mut brain, _) = DurableBrain::open(&args.brain, builder, &Keeping::default())?;
    let membership = Membership::begin(address, Some(&args.brain), &mut brain)?;
    let not_durable =
        |why: &dyn ToString| Failure::NotDurable { path: args.brain.clone(), why: why.to_string() };
    brain.flush().map_err(|why| not_durable(&why))?;
    let fate = membership.end(&mut brain);
    brain.close().map_err(|why| not_durable(&why))?;
    if args.json {
        return json_line(out, &fate.json());
    }
    writeln!(out, "{}", fate.text())?;
    Ok(())
}
