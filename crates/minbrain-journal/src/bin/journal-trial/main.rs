//! Tries a journal: kills a process that writes one, at random moments, again and again, and looks
//! at what is left; fills its disk; takes the time of opening a large one. `docs/reliability.md` has
//! what came of it.

mod beat;
mod full;
mod kills;
mod reopen;
mod victim;

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use minbrain_journal::Durability;

const USAGE: &str = "\
Usage: journal-trial kill DIRECTORY KILLS SEED   kill a writer so often, and check after each
       journal-trial full DIRECTORY              fill the small disk that DIRECTORY lies on
       journal-trial reopen DIRECTORY RECORDS    write so many, then take the time of opening them
       journal-trial beat DIRECTORY SECONDS      push a thousand times in a second, and time that
       journal-trial write DIRECTORY SEED LEVEL  the writer that is killed (power-cut or process-death)
       journal-trial append DIRECTORY            the one for `reopen`
";
/// The command line could not be understood.
const WRONG_USAGE: u8 = 2;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut out = io::stdout();
    let done = match words.as_slice() {
        ["kill", directory, kills, seed] => match (kills.parse(), seed.parse()) {
            (Ok(kills), Ok(seed)) => kills::run(Path::new(directory), kills, seed, &mut out),
            _ => return refuse(),
        },
        ["reopen", directory, records] => match records.parse() {
            Ok(records) => reopen::run(Path::new(directory), records, &mut out),
            Err(_) => return refuse(),
        },
        ["beat", directory, seconds] => match seconds.parse() {
            Ok(seconds) => beat::run(Path::new(directory), seconds, &mut out),
            Err(_) => return refuse(),
        },
        ["append", directory] => reopen::append(Path::new(directory), &mut out),
        ["full", directory] => full::run(Path::new(directory), &mut out),
        ["write", directory, seed, level] => match (seed.parse(), durability(level)) {
            (Ok(seed), Some(level)) => victim::run(Path::new(directory), seed, level, &mut out),
            _ => return refuse(),
        },
        _ => return refuse(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "journal-trial: {error}");
            ExitCode::FAILURE
        }
    }
}

fn refuse() -> ExitCode {
    let _ = io::stderr().write_all(USAGE.as_bytes());
    ExitCode::from(WRONG_USAGE)
}

/// The levels that promise something after a kill.
const LEVELS: [(&str, Durability); 2] =
    [("power-cut", Durability::PowerCut), ("process-death", Durability::ProcessDeath)];

fn durability(name: &str) -> Option<Durability> {
    LEVELS.iter().find(|(level, _)| *level == name).map(|(_, durability)| *durability)
}
