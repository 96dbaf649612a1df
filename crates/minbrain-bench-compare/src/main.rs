//! minbrain beside other libraries: the same vectors, the same questions, in the same run.

mod failure;
mod recall;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Measures minbrain and other libraries side by side
#[derive(Debug, Parser)]
#[command(name = "minbrain-bench-compare", version)]
struct Line {
    #[command(subcommand)]
    comparison: Comparison,
}

#[derive(Debug, Subcommand)]
enum Comparison {
    /// The k nearest vectors, while vectors come and go
    Recall(recall::RecallArgs),
}

fn main() -> ExitCode {
    let Comparison::Recall(args) = Line::parse().comparison;
    match recall::main(&args, &mut io::stdout(), &mut io::stderr()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Where standard error is closed nobody is left to tell; the exit code still says it.
            let _ = writeln!(io::stderr(), "minbrain-bench-compare: {failure}");
            ExitCode::FAILURE
        }
    }
}
