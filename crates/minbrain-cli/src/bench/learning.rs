//! `minbrain bench learning`.

mod table;
pub(crate) mod wording;

use std::fs;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use clap::builder::{PossibleValuesParser, RangedU64ValueParser};
use clap::{Args, value_parser};
use minbrain::limits::{MAX_EXPERIENCES, MAX_HOLD, PLAN_UNITS};
use minbrain::{Hold, Isa};
use minbrain_bench::BenchError;
use minbrain_bench::learning::{
    BUDGET, Course, Demonstrations, FIRST_SEED, IDLE_UNITS, LearningRow, LearningSettings,
    NamedFault, SEEDS, TASKS, Task, Told, learn_all,
};
use minbrain_sim::{Fault, MAX_NOISE_SENSORS};

use super::{Format, FormatArgs, Progress, json_line};
use crate::failure::Failure;
use crate::report;
use crate::run::settings::command;
use crate::wording::count;

/// The report's name in its folder.
const PAGE: &str = "learning.html";

const FAULT_HELP: &str = "\
What is wrong with the world, in training and in checkpoints alike; may be given several times:

noise:SHARE     noise on every sensor, of this share of the deviation that it has shown so far
delay:TICKS     actions act so many steps later
change@STEP     after so many steps the world changes for good: a pole twice as long, motors half
                as strong, a worn wheel

The scripted controller is measured under the same faults.";

/// What to measure.
#[derive(Clone, Debug, Args)]
pub(super) struct LearningArgs {
    /// The tasks to learn, one after the other [default: all]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    #[arg(value_parser = PossibleValuesParser::new(TASKS.map(|task| task.name)))]
    tasks: Vec<String>,
    /// How many brains learn each task, each with a seed of its own
    #[arg(long, value_name = "K", default_value_t = SEEDS)]
    #[arg(value_parser = value_parser!(u32).range(1..=10_000))]
    seeds: u32,
    /// The first seed; the others follow it
    #[arg(long, value_name = "S", default_value_t = FIRST_SEED)]
    #[arg(value_parser = value_parser!(u64).range(..=u64::from(u32::MAX)))]
    first_seed: u64,
    /// How many steps a brain lives [default: those of the task's goal]
    #[arg(long, value_name = "N")]
    steps: Option<u64>,
    /// Most experiences
    #[arg(long, value_name = "N", default_value_t = BUDGET)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=MAX_EXPERIENCES as u64))]
    budget: usize,
    /// Most work units of consolidation after each step
    #[arg(long, value_name = "UNITS", default_value_t = IDLE_UNITS)]
    idle: u32,
    /// For how many steps an action chosen by value is kept: 1 to 1000, or "measured", until what it
    /// changes stands out from what cannot be predicted
    #[arg(long, value_name = "N", default_value = "1", value_parser = hold)]
    hold: Hold,
    /// Most work units of a plan; 0 follows the plan in hand
    #[arg(long, value_name = "UNITS", default_value_t = PLAN_UNITS)]
    plan_units: u32,
    /// How many steps lie between two checkpoints [default: 500; arena: 2000]
    #[arg(long, value_name = "N")]
    every: Option<u64>,
    /// How many episodes a checkpoint plays [default: 30; arena: 10]
    #[arg(long, value_name = "N")]
    episodes: Option<u32>,
    /// From which value on a checkpoint counts, instead of the goal's; for one task
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    threshold: Option<f64>,
    /// What is wrong with the world: noise:SHARE, delay:TICKS or change@STEP
    #[arg(long, value_name = "FAULT", value_delimiter = ',', long_help = FAULT_HELP)]
    fault: Vec<NamedFault>,
    /// Sensors of pure noise that are added to the world's own
    #[arg(long, value_name = "N", default_value_t = 0)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(..=MAX_NOISE_SENSORS as u64))]
    noise_sensors: usize,
    /// How many episodes the scripted controller shows the brain before it lives by itself; they
    /// do not count as steps. random:N for a demonstrator that acts by chance
    #[arg(long, value_name = "N", default_value = "0")]
    demonstrations: Demonstrations,
    /// Write the learning curves to learning.html in this folder, a web page that needs no network
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// How many runs at once [default: one per core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    #[command(flatten)]
    format: FormatArgs,
}

/// Lets brains learn and tells each as soon as it, and all before it, are done.
pub(super) fn main(
    args: &LearningArgs,
    isa: Option<Isa>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let page = args.report.as_ref().map(|folder| folder.join(PAGE));
    args.make_folder()?;
    let progress = Progress::new();
    progress.say("the scripted controllers play ...");
    let courses = args.courses(isa)?;
    progress.say("");
    let mut steps = Steps::new(&courses, args.seeds, progress);
    let mut rows: Vec<LearningRow> = Vec::new();
    learn_all(&courses, args.seed_range(), args.threads(), |told| {
        match told {
            Told::Steps(more) => steps.add(more),
            Told::Row(row) => {
                steps.wipe();
                tell(args, &courses, (&rows, &row), out)?;
                rows.push(*row);
            }
        }
        Ok::<(), Failure>(())
    })?;
    drop(steps);
    if let Some(page) = &page {
        let text = report::learning(&courses, &rows, &command());
        fs::write(page, text).map_err(|why| unwritten(page, why))?;
    }
    match args.format.format() {
        Format::Json => Ok(()),
        Format::Table => table::all(&rows, &courses, (out, page.as_deref())),
    }
}

fn unwritten(path: &Path, source: io::Error) -> Failure {
    Failure::Report { path: path.to_owned(), source }
}

/// Writes a row, and around it what belongs to its task.
fn tell(
    args: &LearningArgs,
    courses: &[Course],
    (before, row): (&[LearningRow], &LearningRow),
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if args.format.format() == Format::Json {
        return json_line(out, row);
    }
    let (seeds, nth) = (args.seeds as usize, before.len());
    let course = &courses[nth / seeds];
    if nth.is_multiple_of(seeds) {
        table::head(course, out)?;
    }
    table::seed(course, row, out)?;
    if (nth + 1).is_multiple_of(seeds) {
        let of_task: Vec<&LearningRow> =
            before[nth + 1 - seeds..].iter().chain(std::iter::once(row)).collect();
        table::foot(course, &of_task, out)?;
    }
    Ok(())
}

impl LearningArgs {
    fn courses(&self, isa: Option<Isa>) -> Result<Vec<Course>, Failure> {
        let tasks: Vec<Task> = match self.tasks.as_slice() {
            [] => TASKS.to_vec(),
            names => names.iter().filter_map(|name| Task::named(name)).collect(),
        };
        if let (Some(threshold), true) = (self.threshold, tasks.len() > 1) {
            return Err(Failure::Bench(BenchError::Setting {
                field: "threshold",
                expected: "one task that it is meant for".into(),
                got: format!("{threshold} for {} tasks", tasks.len()),
            }));
        }
        let settings = self.settings(isa);
        let courses = tasks.into_iter().map(|task| Course::new(task, &settings));
        Ok(courses.collect::<Result<_, _>>()?)
    }

    /// Finds out before the work, and not after it, whether there is a place for the report.
    fn make_folder(&self) -> Result<(), Failure> {
        let Some(folder) = &self.report else { return Ok(()) };
        fs::create_dir_all(folder).map_err(|why| unwritten(folder, why))
    }

    fn settings(&self, isa: Option<Isa>) -> LearningSettings {
        let mut faults: Vec<Fault> = self.fault.iter().map(|named| named.0).collect();
        if self.noise_sensors > 0 {
            faults.push(Fault::ExtraNoiseSensors { count: self.noise_sensors });
        }
        LearningSettings {
            budget: self.budget,
            idle_units: self.idle,
            steps: self.steps,
            checkpoint_every: self.every,
            episodes: self.episodes,
            threshold: self.threshold,
            faults,
            hold: self.hold,
            plan_units: self.plan_units,
            isa,
            demonstrations: self.demonstrations,
        }
    }

    fn seed_range(&self) -> std::ops::Range<u64> {
        self.first_seed..self.first_seed + u64::from(self.seeds)
    }

    fn threads(&self) -> NonZeroUsize {
        let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.threads.unwrap_or_else(cores)
    }
}

/// For how long an action is kept, in a person's words.
fn hold(words: &str) -> Result<Hold, String> {
    if words == "measured" {
        return Ok(Hold::Measured);
    }
    let cycles = words.parse().ok().filter(|cycles| (1..=MAX_HOLD).contains(cycles));
    cycles.map(Hold::Cycles).ok_or_else(|| format!("expected 1 to {MAX_HOLD}, or \"measured\""))
}

/// How far all runs together are.
struct Steps {
    done: u64,
    all: u64,
    progress: Progress,
}

impl Steps {
    fn new(courses: &[Course], seeds: u32, progress: Progress) -> Self {
        let all = courses.iter().map(Course::steps).sum::<u64>() * u64::from(seeds);
        Self { done: 0, all, progress }
    }

    fn add(&mut self, steps: u64) {
        self.done += steps;
        let (done, all) = (count(self.done), count(self.all));
        self.progress.say(&format!("{done} of {all} steps ..."));
    }

    fn wipe(&self) {
        self.progress.say("");
    }
}
