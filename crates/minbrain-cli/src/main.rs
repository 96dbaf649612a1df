//! The `minbrain` program.

mod arguments;
mod bench;
mod brain_files;
mod failure;
mod fleet;
mod gpu;
mod kernel;
mod report;
mod run;
mod serve;
mod view;
mod wording;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use failure::Failure;

/// The exit status of a call that cannot be understood.
const WRONG_USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut out = io::stdout();
    let isa = match kernel::from_environment() {
        Ok(isa) => isa,
        Err(unknown) => {
            let _ = writeln!(io::stderr(), "minbrain: {unknown}");
            return ExitCode::from(WRONG_USAGE);
        }
    };
    let done = match arguments.command {
        Some(Command::Run(args)) => run::main(&args, isa, &mut out),
        Some(Command::Serve(args)) => serve::main(&args, isa),
        Some(Command::Bench(args)) => bench::main(&args, isa, &mut out),
        Some(Command::Fleet(args)) => fleet::main(&args, isa, &mut out),
        Some(Command::Inspect(args)) => brain_files::main_inspect(&args, &mut out),
        Some(Command::Replay(args)) => brain_files::main_replay(&args, &mut out),
        Some(Command::Export(args)) => brain_files::main_export(&args, &mut out),
        Some(Command::Import(args)) => brain_files::main_import(&args, &mut out),
        None => run::main(&arguments.run, isa, &mut out),
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
