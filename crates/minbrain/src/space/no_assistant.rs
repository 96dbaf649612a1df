//! No GPU: this build has none, and nothing has to be told to it.

use minbrain_kernels::{Probe, TopK};

use crate::space::{Among, Space};
use crate::telemetry::GpuUse;

/// What a GPU would have to hear of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Changed {}

impl Changed {
    /// Nobody listens.
    #[inline]
    pub(super) fn touch(&mut self, _block: u32) {}
}

/// Who never answers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Assistant {}

impl Assistant {
    /// Answers nothing.
    pub(super) fn answer(
        &mut self,
        _space: &mut Space,
        _asked: (&[Probe<'_>], Among),
        _found: &mut [TopK],
    ) -> bool {
        false
    }

    /// Has nothing to catch up with.
    pub(super) fn catch_up(&mut self, _space: &mut Space, _blocks: usize) {}

    /// Counts nothing.
    pub(super) fn counts(&self) -> GpuUse {
        GpuUse::default()
    }
}
