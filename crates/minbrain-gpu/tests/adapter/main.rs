//! Contenders of a real device, a software one here, held against a plain list.

mod bounds;
mod list;
mod loss;
mod oracle;

use minbrain_gpu::{Gpu, Which};

/// A device of its own, so that losing one disturbs nobody.
fn device() -> Gpu {
    device_with_chunks_of(1 << 28)
}

fn device_with_chunks_of(bytes: u64) -> Gpu {
    Gpu::with_chunks_of(Which::Software, bytes)
        .or_else(|_| Gpu::with_chunks_of(Which::Any, bytes))
        .expect("an adapter, as apt-get install mesa-vulkan-drivers libvulkan1 brings one")
}
