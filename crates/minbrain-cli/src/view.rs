//! What a person sees while a run goes on: a live view in a terminal, plain lines elsewhere.

mod canvas;
pub(crate) mod frame;
mod gauges;
mod layout;
mod lines;
mod panels;
mod terminal;
mod theme;

use std::io::{self, IsTerminal, Write};

use crate::failure::Failure;
use crate::run::record::Record;
use crate::run::stop;
use frame::Frame;
use lines::Lines;
use terminal::Terminal;

/// Where the progress of a run is shown.
pub(crate) enum Display<'a> {
    /// Live, in this terminal.
    Live(Box<Terminal>),
    /// A plain line now and then.
    Plain(Lines<'a>),
    /// Nowhere.
    Silent,
}

impl<'a> Display<'a> {
    /// The live view if standard output is a terminal, plain lines to `out` otherwise.
    ///
    /// # Errors
    /// [`Failure::Terminal`] if the terminal cannot be prepared.
    pub(crate) fn for_people(out: &'a mut dyn Write) -> Result<Self, Failure> {
        let able = std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        if able && io::stdout().is_terminal() {
            return Ok(Self::Live(Box::new(Terminal::open().map_err(Failure::Terminal)?)));
        }
        Ok(Self::plain(out))
    }

    /// Plain lines to `out`.
    pub(crate) fn plain(out: &'a mut dyn Write) -> Self {
        Self::Plain(Lines::new(Box::new(out)))
    }

    /// Nothing on standard output; lines on standard error if it is a terminal.
    pub(crate) fn for_programs() -> Self {
        if io::stderr().is_terminal() {
            return Self::Plain(Lines::new(Box::new(io::stderr())));
        }
        Self::Silent
    }

    /// Shows the state of the run if it is time to; `frame` is called only then.
    ///
    /// # Errors
    /// [`Failure::Terminal`] or [`Failure::Output`] if it cannot be shown.
    pub(crate) fn show<'f>(
        &mut self,
        record: &Record,
        frame: impl FnOnce() -> Frame<'f>,
    ) -> Result<(), Failure> {
        match self {
            Self::Live(terminal) if terminal.is_due() => {
                if terminal.draw(&frame()).map_err(Failure::Terminal)? {
                    stop::ask();
                }
                Ok(())
            }
            Self::Plain(lines) if lines.is_due(record) => Ok(lines.write(&frame())?),
            Self::Live(_) | Self::Plain(_) | Self::Silent => Ok(()),
        }
    }
}
