//! Brains in directories and files: `inspect`, `replay`, `export` and `import`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use minbrain::journal::{Report, inspect, salvage};
use minbrain::{ActionSpace, Brain, Config, DurableBrain, Keeping, Replay, Replayed};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::wording::count;

/// What to look at.
#[derive(Clone, Debug, Args)]
pub(crate) struct InspectArgs {
    /// The directory of a brain
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// Write what is intact into a new directory
    #[arg(long, value_name = "OUT")]
    salvage: Option<PathBuf>,
    /// Print one JSON object and nothing else
    #[arg(long)]
    json: bool,
}

/// What to replay.
#[derive(Clone, Debug, Args)]
pub(crate) struct ReplayArgs {
    /// A recording that `minbrain run --record` has made
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print one JSON object and nothing else
    #[arg(long)]
    json: bool,
}

/// From where to where.
#[derive(Clone, Debug, Args)]
pub(crate) struct ExportArgs {
    /// The directory of a brain
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// The file to write
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// From where to where.
#[derive(Clone, Debug, Args)]
pub(crate) struct ImportArgs {
    /// A file that `minbrain export` has written
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The directory to make
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// Tells what a directory holds; fails if it is damaged.
pub(crate) fn main_inspect(args: &InspectArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let report = match &args.salvage {
        Some(target) => salvage(&args.directory, target).map_err(minbrain::DurableError::from)?,
        None => inspect(&args.directory).map_err(minbrain::DurableError::from)?,
    };
    let settings = Config::from_bytes(&report.configuration);
    if args.json {
        writeln!(out, "{}", inspect_json(args, &report, settings.as_ref().ok()))?;
    } else {
        inspect_text(args, &report, settings.as_ref().ok(), out)?;
    }
    out.flush()?;
    if report.damage.is_empty() || args.salvage.is_some() {
        return Ok(());
    }
    Err(Failure::Damaged { path: args.directory.clone(), places: report.damage.len() })
}

fn inspect_json(args: &InspectArgs, report: &Report, settings: Option<&Config>) -> Value {
    let contents = &report.contents;
    json!({
        "inspect": args.directory.display().to_string(),
        "format": report.format,
        "opens": report.opens,
        "sensors": settings.map(|s| s.sensors),
        "actions": settings.map(|s| actions(&s.actions)),
        "policy": settings.map(|s| format!("{:?}", s.policy).to_lowercase()),
        "budget": settings.map(|s| s.budget.to_string()),
        "records": contents.records,
        "record_bytes": contents.record_bytes,
        "first_id": contents.first_id,
        "last_id": contents.last_id,
        "since_snapshot": contents.since_snapshot,
        "snapshot_bytes": contents.snapshot_bytes,
        "store_bytes": report.store_bytes,
        "tail_bytes": report.tail_bytes,
        "damage": report.damage,
        "salvaged": args.salvage.as_ref().map(|path| path.display().to_string()),
    })
}

fn inspect_text(
    args: &InspectArgs,
    report: &Report,
    settings: Option<&Config>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let contents = &report.contents;
    let soundness = match (report.damage.len(), report.opens) {
        (0, _) => "sound".to_owned(),
        (places, true) => format!("damaged in {places} places; it opens without them"),
        (_, false) => "damaged; it does not open".to_owned(),
    };
    writeln!(out, "brain        {}", args.directory.display())?;
    writeln!(out, "format       {}, {soundness}", report.format)?;
    match settings {
        Some(s) => writeln!(
            out,
            "settings     {} sensors, {}, by {}, at most {}",
            s.sensors,
            actions(&s.actions),
            format!("{:?}", s.policy).to_lowercase(),
            s.budget,
        )?,
        None => writeln!(out, "settings     not those of a brain that this program knows")?,
    }
    let ids = match (contents.first_id, contents.last_id) {
        (Some(first), Some(last)) => format!(", exp_{first} to exp_{last}"),
        _ => String::new(),
    };
    let (records, bytes) = (count(contents.records), count(contents.record_bytes));
    writeln!(out, "experiences  {records}{ids}, {bytes} bytes of records")?;
    let since = count(contents.since_snapshot);
    match contents.snapshot_bytes {
        Some(bytes) => {
            writeln!(out, "snapshot     {} bytes, {since} entries since", count(bytes))?;
        }
        None => writeln!(out, "snapshot     none, {since} entries in all")?,
    }
    let (store, tail) = (count(report.store_bytes), count(report.tail_bytes));
    writeln!(out, "files        {store} bytes of store, {tail} of tail")?;
    for damage in &report.damage {
        writeln!(out, "damage       {damage}")?;
    }
    if let Some(target) = &args.salvage {
        writeln!(out, "salvaged     what is intact, to {}", target.display())?;
    }
    Ok(())
}

fn actions(space: &ActionSpace) -> String {
    match space {
        ActionSpace::Discrete(count) => format!("{count} discrete actions"),
        ActionSpace::Continuous(bounds) => {
            format!("continuous actions in {} dimensions", bounds.len())
        }
    }
}

/// Lives through a recording once more; fails at the first cycle that differs.
pub(crate) fn main_replay(args: &ReplayArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let bytes = read(&args.file)?;
    let refused = |source| Failure::Replay { path: args.file.clone(), source };
    let replay = Replay::open(&bytes).map_err(refused)?;
    let isa = replay.brain().isa();
    let (replayed, brain) = replay.run().map_err(refused)?;
    let Replayed { cycles, first_different, is_cut_short } = replayed;
    if args.json {
        let object = json!({
            "replay": args.file.display().to_string(),
            "cycles": cycles,
            "same": first_different.is_none(),
            "first_different": first_different,
            "cut_short": is_cut_short,
            "isa": isa.name(),
            "fingerprint": format!("{:016x}", brain.fingerprint()),
        });
        writeln!(out, "{object}")?;
    } else if first_different.is_none() {
        writeln!(out, "{} cycles, every decision the same to the bit", count(cycles))?;
        if is_cut_short {
            writeln!(out, "The recording ends early: whoever wrote it was ended.")?;
        }
    }
    out.flush()?;
    match first_different {
        None => Ok(()),
        Some(cycle) => Err(Failure::Differs { path: args.file.clone(), cycle }),
    }
}

/// Writes the brain in a directory to one file.
pub(crate) fn main_export(args: &ExportArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let brain = open(&args.directory)?;
    let image = brain.brain().to_bytes();
    write_whole(&args.file, &image)?;
    let experiences = count(brain.brain().stats().experiences as u64);
    brain.close().map_err(minbrain::DurableError::from)?;
    let (bytes, file) = (count(image.len() as u64), args.file.display());
    writeln!(out, "{experiences} experiences and all that was learned, {bytes} bytes, to {file}")?;
    Ok(())
}

/// Makes a directory from a file.
pub(crate) fn main_import(args: &ImportArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let image = read(&args.file)?;
    let refused = |source| Failure::Image { path: args.file.clone(), source };
    let brain = Brain::from_bytes(&image).map_err(refused)?;
    let experiences = count(brain.stats().experiences as u64);
    let durable = DurableBrain::create(&args.directory, brain, &Keeping::default())?;
    durable.close().map_err(minbrain::DurableError::from)?;
    writeln!(
        out,
        "{experiences} experiences and all that was learned, to {}",
        args.directory.display()
    )?;
    Ok(())
}

/// The brain in a directory, by its own settings.
fn open(directory: &Path) -> Result<DurableBrain, Failure> {
    let configuration = inspect(directory).map_err(minbrain::DurableError::from)?.configuration;
    let settings = Config::from_bytes(&configuration);
    let refused = |source| Failure::Image { path: directory.to_path_buf(), source };
    let builder = Brain::builder().config(settings.map_err(refused)?);
    Ok(DurableBrain::open(directory, builder, &Keeping::default())?.0)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|source| Failure::File { path: path.to_path_buf(), source })
}

/// Writes a file that is there as a whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let write = || {
        let mut file = fs::File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    write().map_err(|source| Failure::File { path: path.to_path_buf(), source })
}
