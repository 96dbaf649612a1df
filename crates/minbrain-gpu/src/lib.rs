//! Which experiences are nearest, asked of a GPU.
//!
//! Blocks of 64 experiences, dimension by dimension, stay resident on the GPU; only those that
//! changed are sent again. A question comes back as a few *contenders* for each query: places of
//! experiences, with the proof that every one of the `k` nearest, ties included, is among them. Who asked
//! compares those few with the instructions that it always uses, so an answer is the same bits with
//! a GPU and without.
//!
//! ```
//! use std::time::Duration;
//!
//! use minbrain_gpu::{Gpu, Question, Resident, Shape, Tenancy, Which};
//! use minbrain_kernels::{Lanes, Probe};
//!
//! // A software adapter does for an example; programs ask for `Which::Real`.
//! let Ok(gpu) = Gpu::open(Which::Software) else { return Ok(()) };
//! let mut resident = Resident::new(&gpu, Shape::euclidean(1))?;
//! let places = std::array::from_fn(|lane| lane as f32);
//! resident.write(0, &[Lanes(places)], Tenancy { count: 64, part: 0 })?;
//! let question = Question { probe: Probe { key: &[7.2], weights: &[1.0] }, part: None };
//! let answers = resident.ask(&[question], 2)?.wait(Duration::from_secs(10))?;
//! let contenders = answers.contenders(0).expect("no ties");
//! assert!(contenders.contains(&7) && contenders.contains(&8));
//! # Ok::<(), minbrain_gpu::GpuError>(())
//! ```
//!
//! The crate knows blocks, lanes and distances, and nothing of brains.

// See `hidden.rs`.
#![recursion_limit = "256"]

mod ask;
mod card;
mod chunks;
mod error;
mod gpu;
mod hidden;
pub mod limits;
mod packing;
mod pipelines;
mod proof;
mod resident;
mod ticket;

pub use card::{Card, cards};
pub use error::GpuError;
pub use gpu::{Gpu, Which};
pub use packing::Precision;
pub use proof::Question;
pub use resident::{Resident, Shape, Tenancy};
pub use ticket::{Answers, Ticket};
