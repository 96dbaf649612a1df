//! What every library is asked to do, and what the right answers are.

use minbrain_bench::recall::{Exchange, Needs, Reference, Standing, Vectors};

use crate::failure::Failure;

/// How many queries are checked against a naive search.
const CHECKED: usize = 500;

/// Vectors to begin with, then exchanges one at a time, and queries before and after.
pub(crate) struct Task<'a> {
    pub(crate) vectors: &'a Vectors,
    pub(crate) k: usize,
    pub(crate) experiences: usize,
    pub(crate) turnover: usize,
    /// How many queries and whole steps are timed.
    pub(crate) queries: usize,
    /// One after the other: those of the turnover, then those of the timed steps.
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) fresh: Answers<'a>,
    /// After the turnover, before the timed steps.
    pub(crate) aged: Answers<'a>,
}

impl<'a> Task<'a> {
    pub(crate) fn new(vectors: &'a Vectors, k: usize, needs: &Needs) -> Result<Self, Failure> {
        let &Needs { experiences, turnover, queries, seed, .. } = needs;
        let mut standing = Standing::new(vectors, experiences, seed)?;
        let fresh = Answers::new(vectors, standing.rows(), k, queries);
        let mut exchanges: Vec<Exchange> =
            (0..turnover * experiences).map(|_| standing.exchange()).collect();
        let aged = Answers::new(vectors, standing.rows(), k, queries);
        exchanges.extend((0..queries).map(|_| standing.exchange()));
        Ok(Self { vectors, k, experiences, turnover, queries, exchanges, fresh, aged })
    }

    /// The exchanges of the turnover, and those of the timed steps.
    pub(crate) fn phases(&self) -> (&[Exchange], &[Exchange]) {
        self.exchanges.split_at(self.turnover * self.experiences)
    }
}

/// The true answers to the first queries.
pub(crate) struct Answers<'a> {
    vectors: &'a Vectors,
    reference: Reference<'a>,
    /// How far, squared, the k-th nearest lies.
    pub(crate) bounds: Vec<f64>,
}

impl<'a> Answers<'a> {
    fn new(vectors: &'a Vectors, rows: &[u32], k: usize, queries: usize) -> Self {
        let reference = Reference::new(vectors, rows, k);
        let count = reference.affordable(queries.min(CHECKED));
        let bounds = (0..count).map(|at| reference.bound(vectors.query(at))).collect();
        Self { vectors, reference, bounds }
    }

    /// How many queries are checked.
    pub(crate) fn len(&self) -> usize {
        self.bounds.len()
    }

    /// How many of the rows that were found for a query are right.
    pub(crate) fn count_true(&self, at: usize, found: &[u32]) -> usize {
        self.reference.count_true(self.vectors.query(at), self.bounds[at], found)
    }

    /// How many there are to find in all.
    pub(crate) fn wanted(&self) -> usize {
        self.len() * self.reference.k()
    }
}
