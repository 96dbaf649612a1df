//! The workspace's chores. `cargo xtask test` is the one test command; its steps run alone too.

mod fleet;
mod gpu;
mod progress;
mod python;
mod steps;
mod tidy;

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::steps::{MORE, STEPS, Step};

/// Something that the caller asked for did not hold.
const FAILED: u8 = 1;
/// The command line could not be understood.
const WRONG_USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut out = io::stdout();
    let done = match words.as_slice() {
        ["test"] => run(STEPS, &mut out),
        [] | ["help" | "-h" | "--help"] | [_, "-h" | "--help"] => help(&mut out).map(|()| true),
        [name] => match STEPS.iter().chain(MORE).find(|step| step.name == *name) {
            Some(step) => run(std::slice::from_ref(step), &mut out),
            None => return wrong_usage(&format!("there is no chore named {name}")),
        },
        [_, surplus, ..] => return wrong_usage(&format!("a chore takes no argument: {surplus}")),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FAILED),
        // Whoever read this has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(FAILED),
        Err(error) => complain(&format!("xtask: {error}"), FAILED),
    }
}

fn run(steps: &[Step], out: &mut dyn Write) -> io::Result<bool> {
    progress::run(steps, &root()?, out)
}

/// The workspace's root: the nearest folder upwards that holds both the workspace and this program.
fn root() -> io::Result<PathBuf> {
    let here = env::current_dir()?;
    let found = here.ancestors().find(|folder| folder.join("xtask/Cargo.toml").is_file());
    found.map(Path::to_path_buf).ok_or_else(|| {
        let came = format!("expected to run inside the workspace, not in {}", here.display());
        io::Error::new(io::ErrorKind::NotFound, came)
    })
}

fn help(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "The workspace's chores.\n\nUsage: cargo xtask CHORE\n\nChores:")?;
    writeln!(
        out,
        "  test      the one test command: every step below, up to the first that fails"
    )?;
    for step in STEPS {
        writeln!(out, "  {:<9} {}", step.name, step.about)?;
    }
    writeln!(out, "\nChores of their own:")?;
    for chore in MORE {
        writeln!(out, "  {:<13} {}", chore.name, chore.about)?;
    }
    writeln!(
        out,
        "  help          this text\n\nExit codes: 0 all held, 1 something failed, 2 wrong usage"
    )
}

fn wrong_usage(problem: &str) -> ExitCode {
    complain(&format!("xtask: {problem}; `cargo xtask help` lists them all"), WRONG_USAGE)
}

fn complain(message: &str, code: u8) -> ExitCode {
    // Where standard error is closed nobody is left to tell; the exit code still says it.
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_step() {
        let mut text = Vec::new();
        help(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        for step in STEPS.iter().chain(MORE) {
            assert!(
                text.contains(&format!("\n  {}", step.name)),
                "{} is not in:\n{text}",
                step.name
            );
        }
    }

    #[test]
    fn root_holds_the_workspace() {
        let manifest = std::fs::read_to_string(root().unwrap().join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[workspace]"));
    }
}
