//! A brain with a GPU is the brain without: the same answers, tapes and images, to the bit. The
//! adapter is a software one here, by force.

mod crossing;
mod failing;
mod kept;
mod lives;
mod vectors;

use std::time::Duration;

use minbrain::gpu::{Gpu, GpuHelp, GpuPrecision, Which};

/// A device of its own, that is waited for however slow it is.
fn help() -> GpuHelp {
    let gpu = Gpu::open(Which::Software)
        .or_else(|_| Gpu::open(Which::Any))
        .expect("an adapter, as apt-get install mesa-vulkan-drivers libvulkan1 brings one");
    GpuHelp { gpu, precision: GpuPrecision::Full, patience: Duration::from_secs(60) }
}
