//! `minbrain bench prediction`.

use std::io::Write;

use clap::{Args, ValueEnum};
use minbrain::{Forgetting, Isa};
use minbrain_bench::{PredictionRow, PredictionSettings, Stream, WARM_UP_STEPS, prediction};

use super::table::{self, Column};
use super::{Format, FormatArgs, Progress, json_line, lives};
use crate::failure::Failure;
use crate::wording::{count, figure};

/// The share of the life that fits into the budget when all policies are compared.
const QUARTER: usize = 4;

const COLUMNS: [Column; 6] = [
    Column::words("forgetting", 10),
    Column::figures("budget", 9),
    Column::figures("kept", 9),
    Column::figures("error, late", 11),
    Column::figures("error, all", 10),
    Column::figures("against unbounded", 17),
];

const DATA_HELP: &str = "\
The life to predict: the name of a world (recorded under its scripted controller, with random \
actions mixed in), a CSV file as `minbrain run --stream` takes it, or an .npz archive.

An archive holds the arrays obs (steps x sensors) and act (whole numbers from 0, one per step, \
or steps x dimensions), and if recorded reward, ended, truncated (one per step) and next_obs \
(as obs). Without next_obs the outcome of a step is the next row of obs.";

/// What to measure.
#[derive(Clone, Debug, Args)]
pub(super) struct PredictionArgs {
    /// The life to predict: a world's name, or a .csv or .npz file
    #[arg(long, value_name = "NAME|FILE", default_value = "arena", long_help = DATA_HELP)]
    data: String,
    /// Most experiences; 0: as many as the life has [default: 0 with --policy, else a quarter]
    #[arg(long, value_name = "N")]
    budget: Option<usize>,
    /// What is forgotten [default: all policies, one after the other]
    #[arg(long, value_name = "NAME")]
    policy: Option<ForgettingName>,
    /// How many steps of a world to record, or most steps to take from a file [default: 20000; of
    /// a file: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    steps: Option<u32>,
    /// Where random numbers start
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    format: FormatArgs,
}

/// Which experiences are forgotten when the budget is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ForgettingName {
    /// What its neighbours can replace and predict
    Coverage,
    /// The guide's: access count x recency x prediction success
    Utility,
    /// The oldest
    Fifo,
    /// Any
    Random,
    /// Nothing: what comes later is not kept
    None,
    /// Each of them in turn, beside a brain that has room for everything
    All,
}

impl ForgettingName {
    fn policies(self) -> Vec<Forgetting> {
        match self {
            Self::Coverage => vec![Forgetting::Coverage],
            Self::Utility => vec![Forgetting::Utility],
            Self::Fifo => vec![Forgetting::Fifo],
            Self::Random => vec![Forgetting::Random],
            Self::None => vec![Forgetting::None],
            Self::All => vec![
                Forgetting::Coverage,
                Forgetting::Utility,
                Forgetting::Fifo,
                Forgetting::Random,
                Forgetting::None,
            ],
        }
    }
}

/// Measures as asked and tells each policy as soon as it is known.
pub(super) fn main(
    args: &PredictionArgs,
    isa: Option<Isa>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let (format, progress) = (args.format.format(), Progress::new());
    progress.say("recording or reading the life ...");
    let mut stream = lives::load(&args.data, args.steps.map(|steps| steps as usize), args.seed)?;
    stream.isa = isa;
    progress.say("");
    if format == Format::Table {
        head(&stream, out)?;
    }
    let mut roomy_nrmse = None;
    for settings in plan(args, stream.steps.len()) {
        let name = settings.budget.map_or("unbounded".into(), |_| name(settings.forgetting));
        progress.say(&format!("{name} ..."));
        let mut row = prediction(&stream, &settings)?;
        progress.say("");
        row.ratio_to_unbounded = roomy_nrmse.map(|reference: f64| row.nrmse / reference);
        if settings.budget.is_none() {
            roomy_nrmse = Some(row.nrmse);
        }
        match format {
            Format::Json => json_line(out, &row)?,
            Format::Table => table::row(out, &COLUMNS, &cells(&row))?,
        }
    }
    Ok(())
}

/// What to measure, in turn.
fn plan(args: &PredictionArgs, steps: usize) -> Vec<PredictionSettings> {
    let of = |forgetting, budget| PredictionSettings { budget, forgetting, seed: args.seed };
    let asked = args.budget.filter(|&budget| budget > 0);
    match args.policy {
        None | Some(ForgettingName::All) => {
            let budget = Some(asked.unwrap_or(steps / QUARTER));
            let bounded = ForgettingName::All.policies().into_iter();
            let bounded = bounded.map(|forgetting| of(forgetting, budget));
            std::iter::once(of(Forgetting::None, None)).chain(bounded).collect()
        }
        Some(one) => one.policies().into_iter().map(|policy| of(policy, asked)).collect(),
    }
}

fn head(stream: &Stream, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(
        out,
        "{}: {} steps, {} sensors. The error of the predicted outcomes: 0 is perfect, 1 is as\n\
         good as expecting that nothing changes. Late: over the last quarter; all: over all but\n\
         the first {WARM_UP_STEPS} steps.\n",
        stream.name,
        count(stream.steps.len() as u64),
        stream.sensors,
    )?;
    Ok(table::head(out, &COLUMNS)?)
}

fn cells(row: &PredictionRow) -> [String; 6] {
    let (policy, budget) = match row.budget {
        Some(budget) => (row.policy.clone(), count(budget as u64)),
        None => ("unbounded".into(), "-".into()),
    };
    [
        policy,
        budget,
        count(row.experiences as u64),
        figure(row.nrmse),
        figure(row.nrmse_all),
        row.ratio_to_unbounded.map_or("-".into(), |ratio| format!("{ratio:.3}")),
    ]
}

fn name(forgetting: Forgetting) -> String {
    format!("{forgetting:?}").to_lowercase()
}
