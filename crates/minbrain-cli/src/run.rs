//! `minbrain run`: a brain lives in a world, or through a recorded life.

pub(crate) mod contest;
pub(crate) mod dashboard;
pub(crate) mod demonstrations;
pub(crate) mod heat;
pub(crate) mod membership;
pub(crate) mod mind;
pub(crate) mod player;
pub(crate) mod prediction_error;
pub(crate) mod record;
pub(crate) mod repeater;
pub(crate) mod series;
pub(crate) mod settings;
pub(crate) mod stop;
pub(crate) mod stream;
pub(crate) mod stream_run;
mod summary;
pub(crate) mod trial;
pub(crate) mod world_run;

use std::io::Write;
use std::path::Path;

use minbrain::Isa;

use crate::arguments::RunArgs;
use crate::failure::Failure;
use crate::report;
use crate::view::Display;
use mind::Fate;
use settings::Settings;
use summary::Summary;

/// Runs as asked and tells on `out` what came of it.
///
/// # Errors
/// [`Failure`], after the summary where there is something to sum up.
pub(crate) fn main(args: &RunArgs, isa: Option<Isa>, out: &mut dyn Write) -> Result<(), Failure> {
    stop::listen();
    let settings = Settings::new(args, isa)?;
    match &args.stream {
        Some(file) => {
            let life = {
                let mut display = display(args, out)?;
                stream_run::live(&settings, file, &mut display)?
            };
            finish(args, out, &Summary::of_stream(&life), || report::stream(&life))?;
            durable(life.fate.as_ref())
        }
        None => {
            let life = {
                let mut display = display(args, out)?;
                world_run::live(&settings, &args.world, &mut display)?
            };
            finish(args, out, &Summary::of_world(&life), || report::world(&life))?;
            durable(life.fate.as_ref())
        }
    }
}

/// Fails if a brain was to be kept and was not.
fn durable(fate: Option<&Fate>) -> Result<(), Failure> {
    match fate.and_then(|fate| Some((fate, fate.failure.clone()?))) {
        None => Ok(()),
        Some((fate, why)) => Err(Failure::NotDurable { path: fate.directory.clone(), why }),
    }
}

fn display<'a>(args: &RunArgs, out: &'a mut dyn Write) -> Result<Display<'a>, Failure> {
    match (args.json, args.view) {
        (true, _) => Ok(Display::for_programs()),
        (false, true) => Ok(Display::plain(out)),
        (false, false) => Display::for_people(out),
    }
}

/// Writes the report, and then the summary whether or not the report could be written.
fn finish(
    args: &RunArgs,
    out: &mut dyn Write,
    summary: &Summary,
    page: impl FnOnce() -> String,
) -> Result<(), Failure> {
    let path = (!args.no_report).then_some(args.report.as_path());
    let written = path.map_or(Ok(()), |path| write_report(path, &page()));
    let shown = path.filter(|_| written.is_ok());
    if args.json {
        writeln!(out, "{}", summary.json(shown))?;
    } else {
        summary.text(out, shown)?;
    }
    out.flush()?;
    written
}

fn write_report(path: &Path, page: &str) -> Result<(), Failure> {
    std::fs::write(path, page).map_err(|source| Failure::Report { path: path.to_owned(), source })
}
