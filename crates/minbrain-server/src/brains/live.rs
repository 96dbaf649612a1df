//! What is shown of a brain right now, to whoever watches.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;

use crate::limits::BETWEEN_FRAMES;

/// The newest frame, as JSON. Watchers that are slow miss frames; nobody waits for them.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    frames: watch::Sender<Arc<str>>,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self { frames: watch::Sender::new(Arc::from("")) }
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Arc<str>> {
        self.frames.subscribe()
    }

    /// Whether somebody watches, and the last frame was shown long enough ago.
    pub(crate) fn is_due(&self, last: Instant, now: Instant) -> bool {
        self.frames.receiver_count() > 0 && now.saturating_duration_since(last) >= BETWEEN_FRAMES
    }

    pub(crate) fn show(&self, frame: String) {
        self.frames.send_replace(Arc::from(frame));
    }
}
