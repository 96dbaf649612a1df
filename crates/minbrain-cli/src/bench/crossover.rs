//! `minbrain bench crossover`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use minbrain::gpu::{Gpu, GpuHelp, Which};
use minbrain::{Isa, Profile};
use minbrain_bench::crossover::{CrossoverRow, CrossoverSettings, activation, crossover, profile};
use serde::Serialize;

use super::table::{self, Column};
use super::{Format, FormatArgs, Progress, json_line};
use crate::failure::Failure;
use crate::gpu;
use crate::wording::{count, figure};

const COLUMNS: [Column; 11] = [
    Column::words("operation", 10),
    Column::words("backend", 7),
    Column::words("kept as", 7),
    Column::figures("vectors", 9),
    Column::figures("dims", 4),
    Column::figures("batch", 5),
    Column::figures("p50 us", 9),
    Column::figures("p99 us", 9),
    Column::figures("a query", 9),
    Column::figures("GB/s", 6),
    Column::figures("by GPU", 6),
];

/// What to measure.
#[derive(Clone, Debug, Args)]
pub(super) struct CrossoverArgs {
    /// How many vectors are kept, one measurement for each
    #[arg(
        long,
        value_name = "N,...",
        value_delimiter = ',',
        default_value = "2000,10000,50000,200000"
    )]
    #[arg(value_parser = clap::value_parser!(u32).range(1_126..=16_000_000))]
    sizes: Vec<u32>,
    /// How many values a vector has, one measurement for each
    #[arg(long, value_name = "D,...", value_delimiter = ',', default_value = "16,64")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=256))]
    dims: Vec<u32>,
    /// How many queries are asked at once; the profile is made of 1 and 64
    #[arg(long, value_name = "N,...", value_delimiter = ',', default_value = "1,64,1024")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=4_096))]
    batches: Vec<u32>,
    /// How many neighbours a query asks for
    #[arg(long, value_name = "K", default_value_t = 16)]
    k: usize,
    /// How many calls are timed at most
    #[arg(long, value_name = "N", default_value_t = 500)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
    calls: u32,
    /// Where random numbers start
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Measure a program on the processor in place of a GPU: no crossover, but every step of it. No
    /// profile is written unless `--profile` names one
    #[arg(long)]
    force_software: bool,
    /// Where to write the profile [default: where the platform keeps settings]
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Write no profile
    #[arg(long, conflicts_with = "profile")]
    no_profile: bool,
    #[command(flatten)]
    format: FormatArgs,
}

/// A crossing point.
#[derive(Clone, Debug, Serialize)]
struct Crossing<'a> {
    bench: &'static str,
    operation: &'static str,
    device: &'a str,
    dims: usize,
    batch: usize,
    /// From how many experiences on the GPU is faster; null if it never was.
    crossover_experiences: Option<usize>,
}

/// Measures every size and tells each as soon as it is known; then the crossing points.
pub(super) fn main(
    args: &CrossoverArgs,
    isa: Option<Isa>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let which = if args.force_software { Which::Software } else { Which::Real };
    let help = GpuHelp::new(Gpu::open(which)?);
    let wide = |values: &[u32]| values.iter().map(|&value| value as usize).collect();
    let settings = CrossoverSettings {
        sizes: wide(&args.sizes),
        batches: wide(&args.batches),
        k: args.k,
        calls: args.calls as usize,
        seed: args.seed,
        isa,
    };
    let (format, progress) = (args.format.format(), Progress::new());
    if format == Format::Table {
        head(&help, args, out)?;
    }
    let mut rows = Vec::new();
    for &dims in &args.dims {
        for &size in &settings.sizes {
            progress.say(&format!("{} vectors of {dims} ...", count(size as u64)));
            let measured = crossover((size, dims as usize), &settings, &help)?;
            progress.say("");
            tell(&measured, format, out)?;
            rows.extend(measured);
        }
    }
    for experiences in ACTIVATED {
        progress.say(&format!("activation among {} experiences ...", count(experiences as u64)));
        let measured = activation(experiences, &settings, &help)?;
        progress.say("");
        tell(&measured, format, out)?;
    }
    let Some(profile) = profile(&rows) else { return Ok(()) };
    tell_crossings(&profile, format, out)?;
    keep(args, &profile, (format, out))
}

/// Sizes at which activation is measured: the guide's threshold, and two larger ones.
const ACTIVATED: [usize; 3] = [500, 5_000, 20_000];

fn head(help: &GpuHelp, args: &CrossoverArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let card = help.gpu.card();
    writeln!(out, "{} ({}, {}).", card.name, card.backend, card.driver)?;
    if card.is_software {
        writeln!(
            out,
            "\nThis adapter is a program on the processor, measured by force: the figures show that the\n\
             steps work and that answers are the same, and say nothing about any GPU."
        )?;
    }
    writeln!(
        out,
        "\nThe {} nearest vectors, exactly, from the call to the answer. GB/s: the bytes of all vectors,\n\
         by the median call. By GPU: the share of queries that the GPU answered. Activation on the GPU:\n\
         a few bytes there and back, the least that any activation there would take.\n",
        args.k
    )?;
    Ok(table::head(out, &COLUMNS)?)
}

fn tell(rows: &[CrossoverRow], format: Format, out: &mut dyn Write) -> Result<(), Failure> {
    for row in rows {
        match format {
            Format::Json => json_line(out, row)?,
            Format::Table => table::row(out, &COLUMNS, &cells(row))?,
        }
    }
    Ok(())
}

fn cells(row: &CrossoverRow) -> [String; 11] {
    let kept_as = if row.operation == "recall" { row.precision } else { "-" };
    let or_none = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), figure);
    let answered = row.answered.map_or_else(|| "-".to_owned(), |a| format!("{:.1} %", 100.0 * a));
    [
        row.operation.to_owned(),
        row.backend.name().to_owned(),
        kept_as.to_owned(),
        count(row.experiences as u64),
        row.dims.to_string(),
        row.batch.to_string(),
        figure(row.p50_us),
        or_none(row.p99_us),
        figure(row.query_us),
        or_none(row.gb_per_s),
        answered,
    ]
}

fn tell_crossings(profile: &Profile, format: Format, out: &mut dyn Write) -> Result<(), Failure> {
    if format == Format::Table {
        writeln!(out)?;
    }
    for measured in &profile.measured {
        let dims = measured.dims;
        for (batch, found) in [(1, measured.recall), (64, measured.batch)] {
            let crossing = Crossing {
                bench: "crossover",
                operation: "crossing",
                device: &profile.card,
                dims,
                batch,
                crossover_experiences: found,
            };
            match (format, found) {
                (Format::Json, _) => json_line(out, &crossing)?,
                (_, Some(size)) => writeln!(
                    out,
                    "{dims} dimensions, {batch} at once: the GPU is faster from {} on",
                    count(size as u64)
                )?,
                (_, None) => writeln!(
                    out,
                    "{dims} dimensions, {batch} at once: the processor is faster at every size measured"
                )?,
            }
        }
    }
    Ok(())
}

/// Stores the profile, unless a program on the processor was measured and nobody said where to.
fn keep(
    args: &CrossoverArgs,
    profile: &Profile,
    (format, out): (Format, &mut dyn Write),
) -> Result<(), Failure> {
    let path = match &args.profile {
        Some(path) => path.clone(),
        None if args.no_profile || args.force_software => return Ok(()),
        None => gpu::usual_place()?,
    };
    gpu::write(&path, profile)?;
    if format == Format::Table {
        writeln!(out, "\nThe profile is in {}; brains of this program go by it.", path.display())?;
    }
    Ok(())
}
