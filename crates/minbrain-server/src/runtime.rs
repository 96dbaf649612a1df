//! What all parts of a running server share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio::sync::Semaphore;

use crate::brains::roster::Roster;
use crate::limits::MAX_WATCHERS;
use crate::robots::{Gate, Watch};
use crate::settings::Settings;

/// What all parts of a running server share.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) roster: Roster,
    pub(crate) watch: Watch,
    pub(crate) gate: Arc<Gate>,
    pub(crate) began: Instant,
    /// Places of those who watch.
    pub(crate) watchers: Arc<Semaphore>,
    closing: AtomicBool,
}

impl Shared {
    pub(crate) fn new(settings: Settings) -> std::io::Result<Self> {
        Ok(Self {
            watch: Watch::start(settings.deadline)?,
            settings,
            roster: Roster::default(),
            gate: Arc::default(),
            began: Instant::now(),
            watchers: Arc::new(Semaphore::new(MAX_WATCHERS)),
            closing: AtomicBool::new(false),
        })
    }

    /// Whether the server goes down.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }
}
