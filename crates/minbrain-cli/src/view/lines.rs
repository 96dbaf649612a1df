//! Progress as plain lines, for logs and pipes.

use std::io::{self, Write};

use super::frame::Frame;
use crate::run::record::Record;
use crate::wording::{count, figure, micros};

/// How many lines a whole run takes.
const LINES: u64 = 10;

/// Writes a line for each tenth of a run.
pub(crate) struct Lines<'a> {
    out: Box<dyn Write + 'a>,
    written: u64,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(out: Box<dyn Write + 'a>) -> Self {
        Self { out, written: 0 }
    }

    /// Whether another tenth is done.
    pub(crate) fn is_due(&self, record: &Record) -> bool {
        tenths(record) > self.written
    }

    /// Writes a line for the state of the run.
    pub(crate) fn write(&mut self, frame: &Frame<'_>) -> io::Result<()> {
        let record = frame.record;
        self.written = tenths(record);
        let value = frame.contest.figures.first().and_then(|f| f.1);
        let story = frame.trials.map_or(String::new(), |trials| {
            let asked = record.asked_ends.last() * 100.0;
            let teacher = if frame.is_taught {
                format!("asked {:>3} %  ", figure(asked))
            } else {
                String::new()
            };
            format!("{teacher}alone {:>5}  ", figure(trials.last().unwrap_or(f64::NAN)))
        });
        writeln!(
            self.out,
            "{:>3.0} %  cycle {:>9}  surprise {:>5}  {} {:>5}  {story}p99 {:>8}  experiences {}",
            record.share() * 100.0,
            count(record.done),
            figure(record.surprise_ends.last()),
            frame.contest.title,
            figure(value.unwrap_or(f64::NAN)),
            micros(record.latency.quantile_us(0.99)),
            count(frame.stats.experiences as u64),
        )?;
        self.out.flush()
    }
}

fn tenths(record: &Record) -> u64 {
    (record.share() * LINES as f64) as u64
}
