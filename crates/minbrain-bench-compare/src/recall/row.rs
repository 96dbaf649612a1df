//! What came of it, for people and for programs.

use std::io::{self, Write};

use minbrain_bench::recall::Quantiles;
use serde::{Deserialize, Serialize};

use crate::recall::contest::RECALL_WANTED;
use crate::recall::task::Task;

/// What was measured of one library. The script that measures in Python writes the same.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// The least effort that finds enough before the turnover; 0 if the library is exact.
    pub(crate) fresh_effort: usize,
    /// The share of the true neighbours that it finds.
    pub(crate) fresh_recall: f64,
    /// Latency of a query at it.
    pub(crate) fresh_query: Quantiles,
    /// What the same effort finds after the turnover.
    pub(crate) recall_at_fresh_effort: Option<f64>,
    /// The least effort that finds enough after the turnover.
    pub(crate) effort: Option<usize>,
    /// The share that it finds.
    pub(crate) recall: Option<f64>,
    /// Latency of a query at it.
    pub(crate) query: Option<Quantiles>,
    /// Latency of taking one out.
    pub(crate) delete: Option<Quantiles>,
    /// Latency of putting one in.
    pub(crate) insert: Option<Quantiles>,
    /// Latency of a query at that effort, one taken out, one put in.
    pub(crate) step: Option<Quantiles>,
    /// The whole step and the upkeep after it, on average.
    pub(crate) step_and_upkeep_mean_us: Option<f64>,
    /// How long it took to fill, per vector.
    pub(crate) fill_us_per_vector: f64,
    /// Bytes that one vector takes, if the library tells.
    pub(crate) bytes_per_vector: Option<f64>,
    /// What a query of an index with one vector costs: the call from Python, which others do not
    /// pay.
    pub(crate) call_us: Option<f64>,
}

/// One library at one task.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    bench: &'static str,
    library: &'static str,
    is_exact: bool,
    data: String,
    dims: usize,
    experiences: usize,
    k: usize,
    turnover: usize,
    queries: usize,
    #[serde(flatten)]
    measured: Measured,
    /// Median step by minbrain's.
    step_ratio_to_ours: Option<f64>,
}

impl Row {
    pub(crate) fn new(library: &'static str, task: &Task<'_>, measured: Measured) -> Self {
        Self {
            bench: "recall-compare",
            library,
            is_exact: measured.fresh_effort == 0,
            data: task.vectors.name().to_owned(),
            dims: task.vectors.dims(),
            experiences: task.experiences,
            k: task.k,
            turnover: task.turnover,
            queries: task.queries,
            measured,
            step_ratio_to_ours: None,
        }
    }

    pub(crate) fn step_p50_us(&self) -> Option<f64> {
        self.measured.step.map(|step| step.p50_us)
    }

    pub(crate) fn compare_with(&mut self, ours_us: Option<f64>) {
        self.step_ratio_to_ours = self.step_p50_us().zip(ours_us).map(|(step, ours)| step / ours);
    }

    pub(crate) fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self).map_err(io::Error::from)?;
        writeln!(out)?;
        out.flush()
    }

    pub(crate) fn write_cells(&self, out: &mut dyn Write) -> io::Result<()> {
        let m = &self.measured;
        let figure = |value: Option<f64>| value.map_or("-".to_owned(), |v| format!("{v:.1}"));
        let share = |value: Option<f64>| value.map_or("-".to_owned(), |v| format!("{v:.4}"));
        let effort = |value: Option<usize>| match value {
            None | Some(0) => "-".to_owned(),
            Some(effort) => effort.to_string(),
        };
        let query = m.query.unwrap_or(m.fresh_query);
        let cells = [
            effort(Some(m.fresh_effort)),
            share(m.recall_at_fresh_effort),
            effort(m.effort),
            share(m.recall.or(Some(m.fresh_recall))),
            figure(Some(query.p50_us)),
            figure(Some(query.p99_us)),
            figure(m.delete.map(|q| q.p50_us)),
            figure(m.insert.map(|q| q.p50_us)),
            figure(m.step.map(|q| q.p50_us)),
            figure(m.step.map(|q| q.p99_us)),
            figure(m.step_and_upkeep_mean_us),
            m.bytes_per_vector.map_or("-".to_owned(), |bytes| format!("{bytes:.0}")),
            self.step_ratio_to_ours.map_or("-".to_owned(), |ratio| format!("{ratio:.1}x")),
        ];
        write!(out, "{:<13}", self.library)?;
        for (cell, (_, width)) in cells.iter().zip(COLUMNS) {
            write!(out, " {cell:>width$}")?;
        }
        writeln!(out)?;
        out.flush()
    }
}

const COLUMNS: [(&str, usize); 13] = [
    ("ef", 4),
    ("then", 6),
    ("ef", 4),
    ("recall", 6),
    ("query", 7),
    ("p99", 8),
    ("delete", 7),
    ("insert", 7),
    ("step", 7),
    ("p99", 8),
    ("mean", 7),
    ("bytes", 5),
    ("ours", 6),
];

/// What the table shows, and its titles.
pub(crate) fn head(out: &mut dyn Write, task: &Task<'_>) -> io::Result<()> {
    writeln!(
        out,
        "\n{}: {} vectors of {} values, the {} nearest, turned over {} times. Microseconds.\n\
         ef: the effort that finds {RECALL_WANTED} when fresh; then: what it finds after the turnover;\n\
         ef: the effort that then finds {RECALL_WANTED}. Query, delete, insert, step: medians after\n\
         the turnover; mean: of step and upkeep. Ours: the median step by minbrain's.\n",
        task.vectors.name(),
        task.experiences,
        task.vectors.dims(),
        task.k,
        task.turnover,
    )?;
    write!(out, "{:<13}", "library")?;
    for (title, width) in COLUMNS {
        write!(out, " {title:>width$}")?;
    }
    writeln!(out)?;
    out.flush()
}
