//! Ending a run early and cleanly.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);
static LISTENING: OnceLock<()> = OnceLock::new();

/// What a program ended by a second Ctrl-C reports, by convention.
pub(crate) const INTERRUPTED: i32 = 130;

/// Listens for Ctrl-C, and for the signals that ask a program to end. The first one ends the run
/// with its summary; the second one ends the program at once.
pub(crate) fn listen() {
    LISTENING.get_or_init(|| {
        let heard = || {
            if ASKED.swap(true, Ordering::Relaxed) {
                if std::io::stdout().is_terminal() {
                    ratatui::restore();
                }
                std::process::exit(INTERRUPTED);
            }
        };
        // Where no handler can be set, the signal ends the program as it always did.
        let _ = ctrlc::set_handler(heard);
    });
}

/// Whether somebody asked the run to end.
pub(crate) fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// Asks the run to end.
pub(crate) fn ask() {
    ASKED.store(true, Ordering::Relaxed);
}
