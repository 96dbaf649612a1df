//! What can be asked on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, RangedU64ValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use minbrain::Policy;
use minbrain::limits::{MAX_EXPERIENCES, MAX_HISTORY};
use minbrain_fleet::Address;

use crate::bench::BenchArgs;
use crate::brain_files::{ExportArgs, ImportArgs, InspectArgs, ReplayArgs};
use crate::failure::Failure;
use crate::fleet::{FleetArgs, Place};
use crate::gpu::GpuArgs;
use crate::serve::ServeArgs;

/// How many cycles a run in a world takes unless it is told otherwise.
pub(crate) const DEFAULT_STEPS: u64 = 20_000;
/// How many experiences a brain keeps unless it is told otherwise.
pub(crate) const DEFAULT_BUDGET: usize = 20_000;

/// Where the dashboard is unless it is told otherwise.
pub(crate) const HTTP: &str = "127.0.0.1:9998";
/// Most cycles a second at which a run is shown.
const MAX_CYCLES_PER_S: f64 = 100_000.0;

fn cycles_per_s(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok();
    let number = number.filter(|n| (0.1..=MAX_CYCLES_PER_S).contains(n));
    number.ok_or_else(|| format!("expected 0.1 to {MAX_CYCLES_PER_S}"))
}

const EXAMPLES: &str = "\
Examples:
  minbrain                                   the arena, 20,000 cycles, live in this terminal
  minbrain run --world cartpole --seed 7     a brain that learns by itself, from reward
  minbrain run --policy value                the same in the arena, without a teacher
  minbrain run --stream robot.csv            learn to predict a recorded life
  minbrain run --world cartpole --alone --demonstrations pole.csv
                                             first watch a recorded demonstration, then live
  minbrain run --world cartpole --brain pole a brain that is still there the next time
  minbrain run --world cartpole --fleet fleet
                                             begin with what other robots lived through
  minbrain run --view                        the same on a page in the browser
  minbrain run --json --no-report            figures for a program, one JSON object per line

Streams: the first line of the file names its columns. obs.NAME is what the robot sensed,
act.NAME what it then did; time (seconds), reward and ended (0 or 1) may be recorded too, and
came together with the observation of their row. The outcome of a row is the next row's
observation.

MINBRAIN_KERNEL in the environment chooses the instructions to compute with: scalar, portable,
avx2, avx512 or neon. Without it, the fastest that the processor has.

Demonstrations are such files with the names of the world's sensors; a discrete action is one
column, act.action, counted from 0. Where time goes back or jumps, a new episode begins.

Exit status: 0 done (also when ended with q or Ctrl-C), 1 failed, 2 wrong usage.";

/// minbrain: a real-time experience memory that learns
#[derive(Debug, Parser)]
#[command(name = "minbrain", version, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Let a brain live in a world or through a recorded life (what `minbrain` alone does)
    #[command(after_help = EXAMPLES)]
    Run(RunArgs),
    /// Let robots connect over the network, each with a brain of its own or one for all
    #[command(after_help = crate::serve::EXAMPLES)]
    Serve(ServeArgs),
    /// Measure here and now what minbrain claims to do
    Bench(BenchArgs),
    /// Share experiences between many robots, on a Redis cluster
    #[command(after_help = crate::fleet::EXAMPLES)]
    Fleet(FleetArgs),
    /// Tell what a brain's directory holds, and whether it is sound
    Inspect(InspectArgs),
    /// Live through a recorded run once more, and compare every decision to the bit
    Replay(ReplayArgs),
    /// Write the brain in a directory to one file
    Export(ExportArgs),
    /// Make a directory from such a file
    Import(ImportArgs),
}

/// How an action is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyName {
    /// What the most similar experiences did
    Consensus,
    /// What will earn most
    Value,
    /// What was demonstrated in places like this one
    Imitation,
}

impl PolicyName {
    pub(crate) fn policy(self) -> Policy {
        match self {
            Self::Consensus => Policy::Consensus,
            Self::Value => Policy::Value,
            Self::Imitation => Policy::Imitation,
        }
    }
}

/// The world that has a policy of its own: the way to a beacon is long, and a teacher shows it.
const TAUGHT_WORLD: &str = "arena";

impl RunArgs {
    /// The fleet that was asked for. Unless its URL says otherwise, robots of one world share a schema.
    pub(crate) fn fleet_address(&self) -> Result<Option<Address>, Failure> {
        let Some(place) = &self.fleet else { return Ok(None) };
        let mut address = place.address()?;
        if self.stream.is_none() {
            address.schema.get_or_insert_with(|| self.world.clone());
        }
        Ok(Some(address))
    }

    /// How an action is chosen, as asked or as the world calls for.
    pub(crate) fn policy(&self) -> Policy {
        let usual =
            if self.world == TAUGHT_WORLD { PolicyName::Imitation } else { PolicyName::Value };
        self.policy.unwrap_or(usual).policy()
    }

    /// How many cycles of a run in a world have a teacher: three quarters, unless said otherwise.
    pub(crate) fn taught(&self) -> u64 {
        let total = self.steps.unwrap_or(DEFAULT_STEPS);
        self.taught.unwrap_or(total - total / 4).min(total)
    }

    /// How many past actions count as context. A teacher that is asked may go by more than the
    /// newest observation; a recording would teach the brain to repeat itself.
    pub(crate) fn history(&self) -> usize {
        let is_asking = self.policy() == Policy::Imitation && self.demonstrations.is_none();
        self.history.unwrap_or(usize::from(is_asking))
    }
}

/// How to run.
#[derive(Clone, Debug, Args)]
pub(crate) struct RunArgs {
    /// The world to live in
    #[arg(long, value_name = "NAME", default_value = "arena")]
    #[arg(value_parser = PossibleValuesParser::new(minbrain_sim::WORLDS))]
    pub(crate) world: String,
    /// Feed a recorded life from a CSV file instead of living in a world
    #[arg(long, value_name = "FILE.csv", conflicts_with = "world")]
    pub(crate) stream: Option<PathBuf>,
    /// How many cycles [default: 20000; of a stream: all its rows]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) steps: Option<u64>,
    /// Where random numbers start; the same seed gives the same life
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// How many experiences the brain may keep
    #[arg(long, value_name = "N", default_value_t = DEFAULT_BUDGET)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=MAX_EXPERIENCES as u64))]
    pub(crate) budget: usize,
    /// How an action is chosen [default: value; in the arena imitation, with a teacher]
    #[arg(long, value_name = "NAME", conflicts_with = "stream")]
    pub(crate) policy: Option<PolicyName>,
    /// Leave a brain that goes by imitation or consensus alone from the start. Otherwise a teacher,
    /// the world's scripted controller, acts whenever the brain is unsure, and the brain learns
    /// from what it is shown. By value a brain learns from reward, and nobody teaches it
    #[arg(long, conflicts_with = "stream")]
    pub(crate) alone: bool,
    /// For how many cycles there is a teacher; then the brain goes on alone
    /// [default: three quarters of the run]
    #[arg(long, value_name = "N", conflicts_with_all = ["stream", "alone"])]
    pub(crate) taught: Option<u64>,
    /// How many past actions count as context when the brain imitates, 0 or 1
    /// [default: 1 where a teacher is asked, 0 elsewhere]
    #[arg(long, value_name = "N", conflicts_with = "stream")]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(0..=MAX_HISTORY as u64))]
    pub(crate) history: Option<usize>,
    /// Show the brain what to do, from a CSV file with columns as streams have them, before it lives
    /// in the world
    #[arg(long, value_name = "FILE.csv", conflicts_with = "stream")]
    pub(crate) demonstrations: Option<PathBuf>,
    /// Keep the brain in this directory, and go on with the one that is there
    #[arg(long, value_name = "DIR")]
    pub(crate) brain: Option<PathBuf>,
    /// Share what is lived through with a fleet, and start from what it knows: its URL, or the
    /// directory of one that `minbrain fleet up` started
    #[arg(long, value_name = "URL|DIR")]
    pub(crate) fleet: Option<Place>,
    /// Record the run, for `minbrain replay`
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Show the run on the dashboard, a page in the browser, which stays until Ctrl-C
    #[arg(long, conflicts_with = "stream")]
    pub(crate) view: bool,
    /// Where the dashboard is, on this machine
    #[arg(long, value_name = "ADDRESS", default_value = HTTP, requires = "view")]
    pub(crate) http: SocketAddr,
    /// How many cycles a second the dashboard shows; worlds can go much faster
    #[arg(long, value_name = "CYCLES", default_value_t = 100.0, requires = "view")]
    #[arg(value_parser = cycles_per_s)]
    pub(crate) pace: f64,
    #[command(flatten)]
    pub(crate) gpu: GpuArgs,
    /// Print one JSON object per line and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    /// Where to write the report, a web page that needs no network
    #[arg(long, value_name = "FILE.html", default_value = "minbrain-report.html")]
    pub(crate) report: PathBuf,
    /// Write no report
    #[arg(long, conflicts_with = "report")]
    pub(crate) no_report: bool,
}
