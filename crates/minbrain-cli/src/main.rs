//! The `minbrain` program.

mod arguments;
mod bench;
mod failure;
mod report;
mod run;
mod view;
mod wording;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut out = io::stdout();
    let done = match arguments.command {
        Some(Command::Run(args)) => run::main(&args, &mut out),
        Some(Command::Bench(args)) => bench::main(&args, &mut out),
        None => run::main(&arguments.run, &mut out),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => tell(&failure),
    }
}

fn tell(failure: &Failure) -> ExitCode {
    if failure.is_broken_pipe() {
        return ExitCode::SUCCESS;
    }
    // Where even standard error is closed, the exit status has to say it all.
    let _ = writeln!(io::stderr(), "minbrain: {failure}");
    ExitCode::FAILURE
}
