//! A device, opened once and shared.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use wgpu::{Adapter, Device, DeviceDescriptor, Limits, Queue};

use crate::card::{Card, adapters};
use crate::error::GpuError;
use crate::hidden::Hidden;
use crate::limits::MAX_CHUNK_BYTES;
use crate::packing::{Kept, Precision};
use crate::pipelines::Pipelines;
use crate::ticket::round_trip;

/// Which adapter to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The best one that is no program on the processor.
    Real,
    /// One that is, to see whether answers are right on a machine without a GPU. Slow.
    Software,
    /// The best one there is, whatever it is.
    Any,
}

/// An open device. Clones share it.
#[derive(Clone)]
pub struct Gpu {
    inner: Arc<Hidden<Inner>>,
}

struct Inner {
    card: Card,
    device: Device,
    queue: Queue,
    chunk_bytes: u64,
    loss: Arc<Loss>,
    full: OnceLock<Pipelines>,
    half: OnceLock<Pipelines>,
}

impl Inner {
    fn new(
        card: Card,
        (device, queue): (Device, Queue),
        chunk_bytes: u64,
        loss: Arc<Loss>,
    ) -> Self {
        let (full, half) = (OnceLock::new(), OnceLock::new());
        Self { card, device, queue, chunk_bytes, loss, full, half }
    }
}

/// Whether a device is gone, and why.
#[derive(Debug, Default)]
struct Loss {
    is_lost: AtomicBool,
    reason: OnceLock<String>,
}

impl Loss {
    fn note(&self, reason: String) {
        // The first reason is the one that tells.
        let _ = self.reason.set(reason);
        self.is_lost.store(true, Ordering::Release);
    }
}

impl Gpu {
    /// Opens an adapter. Cost: loads the drivers, tens to hundreds of milliseconds.
    ///
    /// # Errors
    /// [`GpuError::NoAdapter`] if there is none of that kind, [`GpuError::NoDevice`] if it refuses.
    pub fn open(which: Which) -> Result<Self, GpuError> {
        Self::with_chunks_of(which, MAX_CHUNK_BYTES)
    }

    /// The same with buffers of at most so many bytes, for tests of what happens at their ends.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn with_chunks_of(which: Which, most_bytes: u64) -> Result<Self, GpuError> {
        let (all, mut came) = (adapters(), Vec::new());
        for (card, adapter) in all {
            if which.takes(&card) {
                return Self::from_adapter(card, &adapter, most_bytes);
            }
            came.push(card.name);
        }
        let came = if came.is_empty() { "none".to_owned() } else { came.join(", ") };
        Err(GpuError::NoAdapter { expected: which.wanted(), came })
    }

    fn from_adapter(card: Card, adapter: &Adapter, most_bytes: u64) -> Result<Self, GpuError> {
        let has = adapter.limits();
        let limits = Limits {
            max_storage_buffer_binding_size: has.max_storage_buffer_binding_size,
            max_buffer_size: has.max_buffer_size,
            ..Limits::downlevel_defaults()
        };
        let limits = Limits {
            max_storage_buffers_per_shader_stage: 8,
            max_compute_invocations_per_workgroup: 256,
            max_compute_workgroup_size_x: 256,
            ..limits
        };
        let chunk_bytes =
            limits.max_storage_buffer_binding_size.min(limits.max_buffer_size).min(most_bytes);
        let wanted = DeviceDescriptor {
            label: Some("minbrain"),
            required_limits: limits,
            ..DeviceDescriptor::default()
        };
        let opened = pollster::block_on(adapter.request_device(&wanted));
        let (device, queue) = opened.map_err(|error| GpuError::NoDevice {
            card: card.name.clone(),
            reason: error.to_string(),
        })?;
        let loss = Arc::new(Loss::default());
        let (lost, failed) = (loss.clone(), loss.clone());
        device.set_device_lost_callback(move |_, reason| lost.note(reason));
        // A device that ran out of memory, or that refuses what it took before, is of no use either.
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            failed.note(error.to_string())
        }));
        Ok(Self {
            inner: Arc::new(Hidden::new(Inner::new(card, (device, queue), chunk_bytes, loss))),
        })
    }

    /// Which adapter it is.
    pub fn card(&self) -> &Card {
        &self.inner.card
    }

    /// Compiles what questions to blocks of this precision need, so that the first one does not wait
    /// for it. Cost: tens of milliseconds, once.
    pub fn prepare(&self, precision: &Precision) {
        self.pipelines(precision.kept());
    }

    /// Whether the device is gone. It does not come back; open another one.
    pub fn is_lost(&self) -> bool {
        self.inner.loss.is_lost.load(Ordering::Acquire)
    }

    /// The least that anything asked of this device takes: a handful of bytes copied there and read
    /// back. For measurements.
    ///
    /// # Errors
    /// [`GpuError::Late`] and [`GpuError::Lost`], as for any question.
    pub fn round_trip(&self, patience: Duration) -> Result<(), GpuError> {
        self.check()?;
        round_trip(self, patience)
    }

    /// Gives the device up at once, whatever is under way: every question from now on is refused.
    pub fn close(&self) {
        self.inner.loss.note("it was closed".to_owned());
        self.inner.device.destroy();
    }

    /// [`GpuError::Lost`] if it is.
    pub(crate) fn check(&self) -> Result<(), GpuError> {
        if !self.is_lost() {
            return Ok(());
        }
        let reason = self.inner.loss.reason.get().cloned().unwrap_or_default();
        Err(GpuError::Lost { reason })
    }

    pub(crate) fn device(&self) -> &Device {
        &self.inner.device
    }

    pub(crate) fn queue(&self) -> &Queue {
        &self.inner.queue
    }

    /// The passes over values as they are, or over halves; compiled at the first call.
    pub(crate) fn pipelines(&self, kept: Kept) -> &Pipelines {
        let Inner { full, half, device, .. } = &**self.inner;
        let compiled = if kept == Kept::Half { half } else { full };
        compiled.get_or_init(|| Pipelines::new(device, kept))
    }

    /// Most bytes of one buffer of blocks.
    pub(crate) fn chunk_bytes(&self) -> u64 {
        self.inner.chunk_bytes
    }
}

impl fmt::Debug for Gpu {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { card, loss, .. } = &**self.inner;
        out.debug_struct("Gpu").field("card", card).field("loss", loss).finish_non_exhaustive()
    }
}

impl Which {
    fn takes(self, card: &Card) -> bool {
        match self {
            Self::Real => !card.is_software,
            Self::Software => card.is_software,
            Self::Any => true,
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Self::Real => "a GPU",
            Self::Software => "a software adapter",
            Self::Any => "any adapter",
        }
    }
}
