//! Where blocks lie on the GPU: in buffers under the adapter's limits, which double as they fill.

use minbrain_kernels::LANES;
use wgpu::{Buffer, BufferDescriptor, BufferUsages, CommandEncoderDescriptor, Device};

use crate::error::GpuError;
use crate::gpu::Gpu;

/// Blocks that the first buffer has room for.
const FIRST_ROOM: usize = 64;
const WORD: usize = size_of::<u32>();

/// So many blocks side by side, at most those of one chunk.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) values: Buffer,
    pub(crate) tenancies: Buffer,
    /// Blocks that fit.
    room: usize,
}

impl Chunk {
    fn new(device: &Device, words: usize, room: usize) -> Self {
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC;
        Self {
            values: buffer(device, "values", room * words * WORD, usage),
            tenancies: buffer(device, "tenancies", room * WORD, usage),
            room,
        }
    }
}

/// All blocks.
#[derive(Debug)]
pub(crate) struct Chunks {
    /// Words of a block.
    words: usize,
    /// Blocks of a chunk, a power of two.
    pub(crate) each: usize,
    pub(crate) all: Vec<Chunk>,
}

impl Chunks {
    pub(crate) fn new(gpu: &Gpu, words: usize) -> Result<Self, GpuError> {
        let fit = gpu.chunk_bytes() as usize / (words * WORD);
        if fit == 0 {
            let expected = format!("{} bytes for a block", words * WORD);
            let came = gpu.chunk_bytes() as usize;
            return Err(GpuError::Input { field: "chunk_bytes", expected, came });
        }
        Ok(Self { words, each: 1 << fit.ilog2(), all: Vec::new() })
    }

    /// Makes room for so many blocks, and copies what moves. Returns whether any buffer is another one
    /// now.
    pub(crate) fn make_room(&mut self, gpu: &Gpu, blocks: usize) -> bool {
        let mut has_changed = false;
        while self.all.len() * self.each < blocks {
            let room = if self.all.is_empty() { FIRST_ROOM.min(self.each) } else { self.each };
            self.all.push(Chunk::new(gpu.device(), self.words, room));
            has_changed = true;
        }
        // Only a single chunk is smaller than the others would be.
        let [only] = self.all.as_mut_slice() else {
            return self.fill_first(gpu) || has_changed;
        };
        if blocks > only.room {
            let larger = blocks.next_power_of_two().min(self.each);
            *only = enlarged(gpu, only, self.words, larger);
            has_changed = true;
        }
        has_changed
    }

    /// Gives the first chunk its full room once there are others.
    fn fill_first(&mut self, gpu: &Gpu) -> bool {
        match self.all.first_mut() {
            Some(first) if first.room < self.each => {
                *first = enlarged(gpu, first, self.words, self.each);
                true
            }
            _ => false,
        }
    }

    /// In which chunk a block lies, and where.
    pub(crate) fn place(&self, block: usize) -> (usize, usize) {
        (block / self.each, block % self.each)
    }

    /// Sends blocks that lie side by side in one chunk.
    pub(crate) fn send(&self, gpu: &Gpu, first: usize, (words, tenancies): (&[u32], &[u32])) {
        let (chunk, at) = self.place(first);
        let Chunk { values, tenancies: to, .. } = &self.all[chunk];
        let queue = gpu.queue();
        queue.write_buffer(values, (at * self.words * WORD) as u64, bytemuck::cast_slice(words));
        queue.write_buffer(to, (at * WORD) as u64, bytemuck::cast_slice(tenancies));
    }

    /// Bytes on the GPU.
    pub(crate) fn bytes(&self) -> usize {
        self.all.iter().map(|chunk| chunk.room * (self.words + 1) * WORD).sum()
    }
}

fn enlarged(gpu: &Gpu, old: &Chunk, words: usize, room: usize) -> Chunk {
    let new = Chunk::new(gpu.device(), words, room);
    let mut encoder = gpu.device().create_command_encoder(&CommandEncoderDescriptor::default());
    let bytes = (old.room * words * WORD) as u64;
    encoder.copy_buffer_to_buffer(&old.values, 0, &new.values, 0, bytes);
    let bytes = (old.room * WORD) as u64;
    encoder.copy_buffer_to_buffer(&old.tenancies, 0, &new.tenancies, 0, bytes);
    gpu.queue().submit([encoder.finish()]);
    new
}

/// A buffer of at least so many bytes.
pub(crate) fn buffer(device: &Device, label: &str, bytes: usize, usage: BufferUsages) -> Buffer {
    let size = bytes.max(LANES * WORD) as u64;
    device.create_buffer(&BufferDescriptor {
        label: Some(label),
        size,
        usage,
        mapped_at_creation: false,
    })
}
