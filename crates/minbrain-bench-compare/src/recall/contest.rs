//! One library at one task.

use std::time::Instant;

use minbrain_bench::Latency;
use minbrain_bench::recall::{Exchange, Quantiles};

use crate::failure::Failure;
use crate::recall::index::{Index, Library};
use crate::recall::row::{Measured, Row};
use crate::recall::task::{Answers, Task};

/// The share of the true neighbours that an approximate search has to find.
pub(crate) const RECALL_WANTED: f64 = 0.99;
/// Candidates that an approximate search keeps: the least that finds enough is taken.
pub(crate) const EFFORTS: [usize; 14] =
    [16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1_024, 2_048];
/// One in so many queries is asked before the clock starts.
const WARM_UP_SHARE: usize = 10;

/// Fills an index, asks, turns everything over, and asks again.
pub(crate) fn run(library: &Library, task: &Task<'_>) -> Result<Row, Failure> {
    let mut index = (library.make)(task.vectors.dims(), task.experiences)?;
    let mut trial = Trial { library, task, index: index.as_mut(), found: Vec::new() };
    let mut measured = Measured::default();
    let start = Instant::now();
    for row in 0..task.experiences as u32 {
        trial.index.insert(row, task.vectors.row(row))?;
    }
    measured.fill_us_per_vector = start.elapsed().as_secs_f64() * 1e6 / task.experiences as f64;
    (measured.fresh_effort, measured.fresh_recall) = trial.choose_effort(&task.fresh)?;
    measured.fresh_query = trial.queries(measured.fresh_effort)?;
    if library.can_remove {
        let (turnover, steps) = task.phases();
        trial.exchange(turnover)?;
        let recall = trial.recall(&task.aged, measured.fresh_effort)?;
        measured.recall_at_fresh_effort = Some(recall);
        let (effort, recall) = trial.choose_effort(&task.aged)?;
        (measured.effort, measured.recall) = (Some(effort), Some(recall));
        measured.query = Some(trial.queries(effort)?);
        trial.steps(steps, effort, &mut measured)?;
    }
    measured.bytes_per_vector = trial.index.bytes().map(|b| b as f64 / task.experiences as f64);
    Ok(Row::new(library.name, task, measured))
}

struct Trial<'a> {
    library: &'a Library,
    task: &'a Task<'a>,
    index: &'a mut dyn Index,
    found: Vec<u32>,
}

impl Trial<'_> {
    /// The least effort that finds enough, or the most there is, and what it finds.
    fn choose_effort(&mut self, answers: &Answers<'_>) -> Result<(usize, f64), Failure> {
        let most = EFFORTS[EFFORTS.len() - 1];
        if self.library.is_exact {
            return Ok((0, self.recall(answers, 0)?));
        }
        for effort in EFFORTS.into_iter().filter(|&effort| effort >= self.task.k) {
            let recall = self.recall(answers, effort)?;
            if recall >= RECALL_WANTED || effort == most {
                return Ok((effort, recall));
            }
        }
        Ok((most, 0.0))
    }

    fn recall(&mut self, answers: &Answers<'_>, effort: usize) -> Result<f64, Failure> {
        let mut right = 0;
        for at in 0..answers.len() {
            let query = self.task.vectors.query(at);
            self.index.nearest(query, self.task.k, effort, &mut self.found)?;
            right += answers.count_true(at, &self.found);
        }
        Ok(right as f64 / answers.wanted() as f64)
    }

    fn queries(&mut self, effort: usize) -> Result<Quantiles, Failure> {
        let Task { vectors, k, queries, .. } = *self.task;
        let mut latency = Latency::new();
        for at in 0..queries / WARM_UP_SHARE {
            self.index.nearest(vectors.query(at), k, effort, &mut self.found)?;
        }
        for at in 0..queries {
            let query = vectors.query(at);
            let start = Instant::now();
            self.index.nearest(query, k, effort, &mut self.found)?;
            latency.push(start.elapsed());
        }
        Ok(latency.summary().into())
    }

    /// Replaces vectors one at a time, without queries: those change nothing.
    fn exchange(&mut self, exchanges: &[Exchange]) -> Result<(), Failure> {
        for exchange in exchanges {
            self.index.remove(exchange.taken_out, self.task.vectors.row(exchange.taken_out))?;
            self.index.insert(exchange.put_in, self.task.vectors.row(exchange.put_in))?;
            self.index.upkeep();
        }
        Ok(())
    }

    /// Times whole steps: a query, one out, one in.
    fn steps(
        &mut self,
        exchanges: &[Exchange],
        effort: usize,
        measured: &mut Measured,
    ) -> Result<(), Failure> {
        let [mut delete, mut insert, mut whole] = std::array::from_fn(|_| Latency::new());
        let mut total_s = 0.0;
        for (at, &Exchange { taken_out, put_in, .. }) in exchanges.iter().enumerate() {
            let (gone, come) = (self.task.vectors.row(taken_out), self.task.vectors.row(put_in));
            let query = self.task.vectors.query(at);
            let start = Instant::now();
            self.index.nearest(query, self.task.k, effort, &mut self.found)?;
            let asked = Instant::now();
            self.index.remove(taken_out, gone)?;
            let deleted = Instant::now();
            self.index.insert(put_in, come)?;
            let end = Instant::now();
            self.index.upkeep();
            total_s += start.elapsed().as_secs_f64();
            delete.push(deleted - asked);
            insert.push(end - deleted);
            whole.push(end - start);
        }
        measured.delete = Some(delete.summary().into());
        measured.insert = Some(insert.summary().into());
        measured.step = Some(whole.summary().into());
        measured.step_and_upkeep_mean_us = Some(total_s * 1e6 / exchanges.len() as f64);
        Ok(())
    }
}
