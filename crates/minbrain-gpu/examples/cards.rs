//! Names the adapters of this machine, real ones first; ends with 1 if there is none.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (cards, mut out) = (minbrain_gpu::cards(), std::io::stdout());
    for card in &cards {
        let kind = if card.is_software { "software" } else { "real" };
        // Where nobody reads it, the exit code still says it.
        let _ = writeln!(out, "{} ({kind}, {}, {})", card.name, card.backend, card.driver);
    }
    ExitCode::from(u8::from(cards.is_empty()))
}
