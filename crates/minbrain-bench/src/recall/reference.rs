//! The true answer, by the plainest means: every distance in double precision.

use std::collections::BTreeSet;

use crate::recall::vectors::Vectors;

/// Multiplications that all checks of one measurement may take.
const WORK: usize = 2_000_000_000;
/// Fewest queries that are checked, whatever it takes.
const FEWEST: usize = 50;
/// By how much a distance may exceed the true k-th one: distances of up to 256 dimensions are
/// summed in single precision, and neighbours that tie within its rounding may swap.
const ROUNDING: f64 = 1e-5;

/// A naive search over some rows.
#[derive(Clone, Debug)]
pub struct Reference<'a> {
    vectors: &'a Vectors,
    /// In ascending order.
    rows: Vec<u32>,
    k: usize,
}

impl<'a> Reference<'a> {
    /// A search for the `k` nearest among `rows`.
    pub fn new(vectors: &'a Vectors, rows: &[u32], k: usize) -> Self {
        let mut rows = rows.to_vec();
        rows.sort_unstable();
        Self { vectors, k: k.min(rows.len()), rows }
    }

    /// How many of `queries` can be checked in reasonable time.
    pub fn affordable(&self, queries: usize) -> usize {
        let each = self.rows.len() * self.vectors.dims();
        (WORK / each).max(FEWEST).min(queries)
    }

    /// How many neighbours there are to find.
    pub fn k(&self) -> usize {
        self.k
    }

    /// The distance, squared, up to which a row counts as one of the `k` nearest.
    pub fn bound(&self, query: &[f32]) -> f64 {
        let mut all: Vec<f64> = self.rows.iter().map(|&row| self.distance(query, row)).collect();
        let (_, kth, _) = all.select_nth_unstable_by(self.k - 1, f64::total_cmp);
        *kth * (1.0 + ROUNDING)
    }

    /// How many of the found rows are kept and lie within `bound`, `k` at most. A row that is found
    /// twice counts once.
    pub fn count_true(&self, query: &[f32], bound: f64, found: &[u32]) -> usize {
        let within = |row: &&u32| self.is_kept(**row) && self.distance(query, **row) <= bound;
        let distinct: BTreeSet<u32> = found.iter().filter(within).copied().collect();
        distinct.len().min(self.k)
    }

    fn is_kept(&self, row: u32) -> bool {
        self.rows.binary_search(&row).is_ok()
    }

    fn distance(&self, query: &[f32], row: u32) -> f64 {
        let terms = self.vectors.row(row).iter().zip(query);
        terms.map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_near_and_kept_once_each() {
        let vectors = Vectors::from_rows("line", &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 9.0], 1, 1);
        let rows = [0, 2, 3, 5];
        let reference = Reference::new(&vectors, &rows, 2);
        // The two nearest to the place of row 2 are itself and row 3.
        let query = vectors.row(2);
        let bound = reference.bound(query);
        let count = |found: &[u32]| reference.count_true(query, bound, found);
        assert_eq!(count(&[2, 3]), 2);
        assert_eq!(count(&[3, 3]), 1);
        assert_eq!(count(&[1, 2]), 1);
        assert_eq!(count(&[0, 5]), 0);
        assert_eq!(count(&[]), 0);
        assert_eq!(Reference::new(&vectors, &rows, 9).k(), 4);
    }
}
