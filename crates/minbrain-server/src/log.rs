//! Structured logs, on standard error. Nothing that is secret is ever given to them.

use tracing::Level;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogForm {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// Starts to log on standard error; once per program, later calls change nothing.
pub fn start_log(form: LogForm, level: Level) {
    let lines = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_target(false)
        .with_writer(std::io::stderr)
        .with_ansi(false);
    let _ = match form {
        LogForm::Text => lines.try_init(),
        LogForm::Json => lines.json().flatten_event(true).try_init(),
    };
}
