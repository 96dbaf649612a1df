//! Which life a robot lives, and how far it was published: a small file beside a brain that is kept.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher;
use std::io;
use std::path::Path;

use crate::error::FleetError;
use crate::schema::FORMAT;

/// The file in a brain's directory.
pub const STATE_FILE: &str = "fleet";

/// A robot's life, as its fleet knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    /// Names it. Two lives never share one, but for a chance of one in 2^64.
    pub(crate) number: u64,
    /// Every experience with a lower number was acknowledged.
    pub(crate) acknowledged_below: u64,
}

impl Life {
    /// A life that begins.
    pub(crate) fn new() -> Self {
        // The standard library's hasher is seeded by the system, differently each time.
        let number = RandomState::new().hash_one(std::process::id());
        Self { number, acknowledged_below: 0 }
    }

    /// The life that the file tells of, or one that begins where there is none.
    pub(crate) fn read(path: &Path) -> Result<Self, FleetError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Self::new()),
            Err(why) => return Err(failed(path, &why)),
        };
        let malformed = || FleetError::File {
            path: path.to_path_buf(),
            why: format!("expected a life in a fleet, of format {FORMAT}"),
        };
        Self::from_text(&text).ok_or_else(malformed)
    }

    /// Writes the file as a whole or not at all.
    pub(crate) fn write(&self, path: &Path) -> Result<(), FleetError> {
        let beside = path.with_extension("new");
        let written = fs::write(&beside, self.to_text()).and_then(|()| fs::rename(&beside, path));
        written.map_err(|why| failed(path, &why))
    }

    fn to_text(self) -> String {
        let Self { number, acknowledged_below } = self;
        format!("minbrain-life {FORMAT}\nlife {number:016x}\nacknowledged {acknowledged_below}\n")
    }

    fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let format = value("minbrain-life")?;
        let number = u64::from_str_radix(value("life")?, 16).ok()?;
        let acknowledged_below = value("acknowledged")?.parse().ok()?;
        (format.parse() == Ok(FORMAT)).then_some(Self { number, acknowledged_below })
    }
}

fn failed(path: &Path, why: &io::Error) -> FleetError {
    FleetError::File { path: path.to_path_buf(), why: why.to_string() }
}

#[cfg(test)]
mod tests {
    use super::Life;

    #[test]
    fn a_life_goes_through_its_file_and_no_two_are_the_same() {
        let life = Life { number: u64::MAX - 3, acknowledged_below: 12 };
        assert_eq!(Life::from_text(&life.to_text()), Some(life));
        for text in ["", "minbrain-life 2\nlife 1\nacknowledged 0\n", "minbrain-life 1\nlife g\n"] {
            assert_eq!(Life::from_text(text), None, "{text:?}");
        }
        assert_ne!(Life::new().number, Life::new().number);
    }
}
