//! What a library has to do.

use crate::failure::Failure;

/// Vectors by their row, and which are nearest.
pub(crate) trait Index {
    /// Puts a vector in.
    fn insert(&mut self, row: u32, vector: &[f32]) -> Result<(), Failure>;

    /// Takes one out; `vector` is what was put in.
    fn remove(&mut self, row: u32, vector: &[f32]) -> Result<(), Failure>;

    /// Finds the rows of the `k` nearest; `effort` is the number of candidates that an approximate
    /// search keeps.
    fn nearest(
        &mut self,
        query: &[f32],
        k: usize,
        effort: usize,
        found: &mut Vec<u32>,
    ) -> Result<(), Failure>;

    /// What the library does in idle time after each step.
    fn upkeep(&mut self) {}

    /// Bytes in use, if the library tells.
    fn bytes(&self) -> Option<usize>;
}

/// A library and how to make its index.
#[derive(Clone, Copy)]
pub(crate) struct Library {
    pub(crate) name: &'static str,
    pub(crate) is_ours: bool,
    /// Whether every answer is exact, so that there is no effort to choose.
    pub(crate) is_exact: bool,
    /// Whether vectors can be taken out again.
    pub(crate) can_remove: bool,
    /// Makes an empty index for vectors of so many values, with room for so many at a time.
    pub(crate) make: fn(dims: usize, capacity: usize) -> Result<Box<dyn Index>, Failure>,
}
