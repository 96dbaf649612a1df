//! Answers on their way back.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use wgpu::{
    Buffer, BufferUsages, CommandEncoderDescriptor, MapMode, PollError, PollType, SubmissionIndex,
};

use crate::chunks::buffer;
use crate::error::GpuError;
use crate::gpu::Gpu;
use crate::hidden::Hidden;
use crate::limits::SPARE_ANSWERS;

const WORD: usize = size_of::<u32>();
const UNDER_WAY: u8 = 0;
const HERE: u8 = 1;
const FAILED: u8 = 2;

/// Buffers for answers that were read, to be used again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spares(Arc<Mutex<Vec<Hidden<Buffer>>>>);

impl Spares {
    pub(crate) fn take(&self, gpu: &Gpu, bytes: usize) -> Hidden<Buffer> {
        let mut spares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = spares.iter().position(|spare| spare.size() as usize >= bytes);
        fits.map(|at| spares.swap_remove(at)).unwrap_or_else(|| {
            let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
            Hidden::new(buffer(gpu.device(), "answers", bytes.next_power_of_two(), usage))
        })
    }

    fn give_back(&self, buffer: Hidden<Buffer>) {
        let mut spares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if spares.len() >= SPARE_ANSWERS {
            spares.remove(0);
        }
        spares.push(buffer);
    }
}

/// A question that was asked. Dropping it gives the answer up.
#[derive(Debug)]
pub struct Ticket {
    gpu: Gpu,
    submission: Hidden<Option<SubmissionIndex>>,
    staging: Hidden<Buffer>,
    state: Arc<AtomicU8>,
    queries: usize,
    /// Words for each query.
    words: usize,
    spares: Spares,
}

impl Ticket {
    pub(crate) fn new(
        gpu: &Gpu,
        submission: Option<SubmissionIndex>,
        (staging, (queries, words)): (Hidden<Buffer>, (usize, usize)),
        spares: Spares,
    ) -> Self {
        let state = Arc::new(AtomicU8::new(UNDER_WAY));
        let told = state.clone();
        let bytes = (queries * words * WORD) as u64;
        staging.map_async(MapMode::Read, 0..bytes, move |mapped| {
            told.store(if mapped.is_ok() { HERE } else { FAILED }, Ordering::Release);
        });
        let submission = Hidden::new(submission);
        Self { gpu: gpu.clone(), submission, staging, state, queries, words, spares }
    }

    /// Whether [`wait`](Self::wait) would return at once. Never waits.
    pub fn is_ready(&self) -> bool {
        let polled = self.gpu.device().poll(PollType::Poll);
        polled.is_err() || self.gpu.is_lost() || self.state.load(Ordering::Acquire) != UNDER_WAY
    }

    /// The answers, as soon as they are here, at most so long from now.
    ///
    /// # Errors
    /// [`GpuError::Late`] after that time, [`GpuError::Lost`] if the device is gone.
    pub fn wait(self, patience: Duration) -> Result<Answers, GpuError> {
        if self.state.load(Ordering::Acquire) == UNDER_WAY {
            self.gpu.check()?;
            let submission_index = (*self.submission).clone();
            let wait = PollType::Wait { submission_index, timeout: Some(patience) };
            match self.gpu.device().poll(wait) {
                Ok(_) => {}
                Err(PollError::Timeout) => return Err(GpuError::Late { patience }),
                Err(other) => return Err(GpuError::Lost { reason: other.to_string() }),
            }
        }
        self.gpu.check()?;
        match self.state.load(Ordering::Acquire) {
            HERE => self.read(),
            UNDER_WAY => Err(GpuError::Late { patience }),
            _ => Err(GpuError::Lost { reason: "an answer could not be read".into() }),
        }
    }

    fn read(self) -> Result<Answers, GpuError> {
        let bytes = (self.queries * self.words * WORD) as u64;
        let lost = |reason| GpuError::Lost { reason };
        let view = self.staging.get_mapped_range(0..bytes).map_err(|e| lost(e.to_string()))?;
        let words = bytemuck::pod_collect_to_vec(&view);
        drop(view);
        self.staging.unmap();
        self.spares.give_back(self.staging);
        Ok(Answers { words, each: self.words })
    }
}

/// The contenders of every query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    words: Vec<u32>,
    each: usize,
}

impl Answers {
    /// Where the contenders of a query lie, as `64 * block + lane`, in no order. Every one of its `k`
    /// nearest is among them, and every one that ties with the last of those. `None` if there would be too
    /// many: ask the processor.
    pub fn contenders(&self, query: usize) -> Option<&[u32]> {
        let own = self.words.get(query * self.each..(query + 1) * self.each)?;
        own[1..].get(..own[0] as usize)
    }

    /// How many queries there were.
    pub fn len(&self) -> usize {
        self.words.len() / self.each
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// Copies a few bytes there and waits for them.
pub(crate) fn round_trip(gpu: &Gpu, patience: Duration) -> Result<(), GpuError> {
    let spares = Spares::default();
    let staging = spares.take(gpu, WORD);
    let usage = BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
    let there = buffer(gpu.device(), "there", WORD, usage);
    gpu.queue().write_buffer(&there, 0, &[1; WORD]);
    let mut encoder = gpu.device().create_command_encoder(&CommandEncoderDescriptor::default());
    encoder.copy_buffer_to_buffer(&there, 0, &staging, 0, WORD as u64);
    let submission = gpu.queue().submit([encoder.finish()]);
    Ticket::new(gpu, Some(submission), (staging, (1, 1)), spares).wait(patience).map(|_| ())
}
