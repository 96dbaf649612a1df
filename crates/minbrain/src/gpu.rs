//! A GPU for recalls past a measured crossover: what it is, and how it is attached.
//!
//! ```
//! use minbrain::gpu::{Gpu, GpuHelp, Which};
//! use minbrain::{ActionSpace, Brain, Crossover};
//!
//! let mut builder = Brain::builder().sensors(4).actions(ActionSpace::discrete(2));
//! if let Ok(gpu) = Gpu::open(Which::Real) {
//!     builder = builder.gpu(GpuHelp::new(gpu)).crossover(Crossover::GUIDE);
//! }
//! let brain = builder.build()?;
//! # Ok::<(), minbrain::BrainError>(())
//! ```
//!
//! Answers are those of the processor, to the bit: the GPU names a few contenders that hold every
//! true neighbour, and the processor compares those. How that is proven, and when the processor
//! answers alone, stands in `docs/gpu.md`.

pub use minbrain_gpu::{Card, Gpu, GpuError, Which, cards};

pub use crate::space::{GpuHelp, GpuPrecision};
