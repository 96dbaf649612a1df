//! The inner loops of minbrain: distances over dense blocks of 64 experiences, and the k nearest.
//!
//! A block holds 64 experiences *dimension-major*: all 64 values of dimension 0, then all 64 of
//! dimension 1. One pass over it computes 64 distances at once, without shuffles, at the speed at
//! which the block arrives from the caches.
//!
//! Every kernel has a scalar twin in [`scalar`], written for reading; the tests hold the two
//! against each other.

mod arch;
mod codes;
mod generic;
mod kernel;
mod lanes;
mod matrix;
pub mod scalar;
mod top_k;

pub use codes::{Grid, MOST_QUADS, Quad, Sieve};
pub use kernel::{Isa, Kernel};
pub use lanes::{BOXES, Boxes, LANES, Lanes, Probe, ROW, first_lanes};
pub use top_k::{Found, TopK};
