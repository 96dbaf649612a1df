//! The other libraries, each behind the same few calls.

mod diskann;
mod hnsw_rs;
mod kiddo;
mod usearch;

use crate::recall::index::Library;

/// All of them.
pub(super) const LIBRARIES: [Library; 4] =
    [usearch::LIBRARY, diskann::LIBRARY, hnsw_rs::LIBRARY, kiddo::LIBRARY];

/// Links per vector, and twice as many on the lowest level, in a layered graph.
const LINKS: usize = 16;
/// Candidates that a graph keeps while it puts a vector in.
const INSERT_EFFORT: usize = 128;
