//! `minbrain bench recall`.

use std::io::Write;

use clap::Args;
use minbrain::{Effort, Isa};
use minbrain_bench::recall::{Needs, RecallRow, RecallSettings, Vectors, recall};

use super::table::{self, Column};
use super::{Format, FormatArgs, Progress, json_line};
use crate::failure::Failure;
use crate::wording::{count, figure};

const COLUMNS: [Column; 12] = [
    Column::words("data", 11),
    Column::figures("vectors", 9),
    Column::figures("dims", 4),
    Column::figures("recall", 6),
    Column::figures("p50 us", 7),
    Column::figures("p99 us", 7),
    Column::figures("max us", 7),
    Column::figures("by scan", 7),
    Column::figures("delete", 6),
    Column::figures("insert", 6),
    Column::figures("step", 6),
    Column::figures("aged", 4),
];

const DATA_HELP: &str = "\
The vectors: `trajectory`, what a simulated robot senses along its way; `gaussian`, independent \
random values, in which no index finds a structure; or a .npy file with one vector per row, in \
the order in which they come. The last tenth of a file is what queries are drawn from.

Every dimension is scaled to mean 0 and deviation 1.";

/// What to measure.
#[derive(Clone, Debug, Args)]
pub(super) struct RecallArgs {
    /// How many vectors are kept, one measurement for each
    #[arg(long, value_name = "N,...", value_delimiter = ',', default_value = "5000,50000")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    sizes: Vec<u32>,
    /// How many values a vector has, one measurement for each; a file says it itself
    #[arg(long, value_name = "D,...", value_delimiter = ',', default_value = "16")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=256))]
    dims: Vec<u32>,
    /// Where the vectors come from
    #[arg(long, value_name = "NAME|FILE.npy", default_value = "trajectory", long_help = DATA_HELP)]
    data: String,
    /// How often everything is replaced first: for each vector kept, one query, one deletion, one
    /// insertion
    #[arg(long, value_name = "T", default_value_t = 0)]
    #[arg(value_parser = clap::value_parser!(u16).range(..=100))]
    turnover: u16,
    /// How many neighbours a query asks for
    #[arg(long, value_name = "K", default_value_t = 16)]
    k: usize,
    /// How many queries to time
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    queries: u32,
    /// Most work units of upkeep after each exchange, which count as idle time; 0 for none
    #[arg(long, value_name = "UNITS", default_value_t = 16)]
    upkeep: u32,
    /// Be content with what is found in so many blocks of 64, the nearest by their boxes, and see
    /// what that misses [default: exact]
    #[arg(long, value_name = "BLOCKS", value_parser = clap::value_parser!(u32).range(1..))]
    effort: Option<u32>,
    /// Where random numbers start
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    format: FormatArgs,
}

/// Measures every size and tells each as soon as it is known.
pub(super) fn main(
    args: &RecallArgs,
    isa: Option<Isa>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let settings = RecallSettings {
        k: args.k,
        queries: args.queries as usize,
        turnover: usize::from(args.turnover),
        upkeep_units: args.upkeep,
        seed: args.seed,
        effort: args.effort.map_or(Effort::Exact, Effort::Blocks),
        isa,
    };
    let (format, progress) = (args.format.format(), Progress::new());
    if format == Format::Table {
        head(args, out)?;
    }
    for (dims, size) in args.plan() {
        progress.say(&format!("{} vectors ...", count(size as u64)));
        let needs = Needs {
            dims,
            experiences: size,
            turnover: settings.turnover,
            queries: settings.queries,
            seed: args.seed,
        };
        let row = recall(&Vectors::load(&args.data, &needs)?, size, &settings)?;
        progress.say("");
        match format {
            Format::Json => json_line(out, &row)?,
            Format::Table => table::row(out, &COLUMNS, &cells(&row))?,
        }
    }
    Ok(())
}

impl RecallArgs {
    /// The dimensions and sizes to measure, in turn; a file has its own dimensions.
    fn plan(&self) -> Vec<(usize, usize)> {
        let is_made_up = ["trajectory", "gaussian"].contains(&self.data.as_str());
        let dims = if is_made_up { self.dims.as_slice() } else { &self.dims[..1] };
        let sizes =
            |&dims: &u32| self.sizes.iter().map(move |&size| (dims as usize, size as usize));
        dims.iter().flat_map(sizes).collect()
    }
}

fn head(args: &RecallArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let RecallArgs { k, turnover, upkeep, .. } = args;
    let turned = match turnover {
        0 => "fresh".to_owned(),
        1 => "after everything was replaced once".to_owned(),
        times => format!("after everything was replaced {times} times"),
    };
    let exactly = match args.effort {
        None => "exactly".to_owned(),
        Some(1) => "in the nearest block".to_owned(),
        Some(blocks) => format!("in the {} nearest blocks", count(blocks.into())),
    };
    writeln!(
        out,
        "The {k} nearest vectors, {exactly}, {turned}. By scan: the median of a query\n\
         that reads every block. Delete, insert and step (query, delete, insert): medians, while\n\
         up to {upkeep} units of upkeep after each step are not counted. Aged: the median query by\n\
         that of a fresh structure with the same contents.\n",
    )?;
    Ok(table::head(out, &COLUMNS)?)
}

fn cells(row: &RecallRow) -> [String; 12] {
    [
        row.data.clone(),
        count(row.experiences as u64),
        row.dims.to_string(),
        format!("{:.4}", row.recall),
        figure(row.query.p50_us),
        figure(row.query.p99_us),
        figure(row.query.max_us),
        figure(row.scan.p50_us),
        figure(row.delete.p50_us),
        figure(row.insert.p50_us),
        figure(row.step.p50_us),
        row.ratio_to_fresh.map_or("-".into(), |ratio| format!("{ratio:.2}")),
    ]
}
