//! The terminal that a run takes over for its live view, and always gives back.

use std::io;
use std::time::{Duration, Instant};

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::frame::Frame;
use super::layout;
use super::theme::Theme;

/// The view is drawn at most this often: 12 times a second.
const BETWEEN_DRAWS: Duration = Duration::from_millis(83);
/// Most keys and resizes that are read between two draws.
const MAX_EVENTS: usize = 64;

/// A terminal in full-screen mode. Dropping it restores what was there before, and so does the
/// panic hook that ratatui sets.
pub(crate) struct Terminal {
    inner: DefaultTerminal,
    theme: Theme,
    next_draw: Instant,
}

impl Terminal {
    pub(crate) fn open() -> io::Result<Self> {
        let inner = ratatui::try_init()?;
        Ok(Self { inner, theme: Theme::of_environment(), next_draw: Instant::now() })
    }

    /// Whether it is time to draw.
    pub(crate) fn is_due(&self) -> bool {
        Instant::now() >= self.next_draw
    }

    /// Draws the run's state and tells whether a key asked to end it.
    pub(crate) fn draw(&mut self, frame: &Frame<'_>) -> io::Result<bool> {
        self.inner.draw(|screen| layout::draw(screen, frame, &self.theme))?;
        self.next_draw = Instant::now() + BETWEEN_DRAWS;
        for _ in 0..MAX_EVENTS {
            if !event::poll(Duration::ZERO)? {
                break;
            }
            if let Event::Key(key) = event::read()?
                && asks_to_end(key)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// In full-screen mode Ctrl-C arrives as a key, not as a signal.
fn asks_to_end(key: KeyEvent) -> bool {
    let control_c = key.code == KeyCode::Char('c') && key.modifiers == KeyModifiers::CONTROL;
    let quits = matches!(key.code, KeyCode::Char('q' | 'Q') | KeyCode::Esc);
    key.kind == KeyEventKind::Press && (control_c || quits)
}
