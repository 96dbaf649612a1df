//! The tail: entries that the operating system has and the store has not yet committed, in a file
//! of their own. Only [`Durability::ProcessDeath`](crate::Durability) writes one.
//!
//! redb promises order between commits by syncing the device. A commit without a sync would leave
//! the whole file at the mercy of a power cut; frames at the end of a second file put only
//! themselves at risk.

use redb::StorageBackend;

use crate::error::Failure;
use crate::limits::MAX_TAIL_BYTES;

/// The open file.
#[derive(Debug)]
pub(crate) struct Tail {
    backend: Box<dyn StorageBackend>,
    length_bytes: u64,
}

impl Tail {
    pub(crate) fn open(backend: Box<dyn StorageBackend>) -> Result<Self, Failure> {
        let length = backend.len().map_err(|error| Failure::io("open the tail", &error))?;
        Ok(Self { backend, length_bytes: length })
    }

    pub(crate) fn length_bytes(&self) -> u64 {
        self.length_bytes
    }

    /// All that is there, torn frames included.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Failure> {
        // The writer stops at the limit and adds at most one more group, whose records are short.
        let length = self.length_bytes.min(2 * MAX_TAIL_BYTES);
        let mut bytes = vec![0; length as usize];
        self.backend.read(0, &mut bytes).map_err(|error| Failure::io("read the tail", &error))?;
        Ok(bytes)
    }

    pub(crate) fn append(&mut self, frames: &[u8]) -> Result<(), Failure> {
        if !frames.is_empty() {
            let failed = |error| Failure::io("append to the tail", &error);
            self.backend.write(self.length_bytes, frames).map_err(failed)?;
            self.length_bytes += frames.len() as u64;
        }
        Ok(())
    }

    /// Empties it, once the store has everything. Nothing depends on when the device hears of it:
    /// entries that the store knows are passed over.
    pub(crate) fn clear(&mut self) -> Result<(), Failure> {
        if self.length_bytes > 0 {
            self.backend.set_len(0).map_err(|error| Failure::io("empty the tail", &error))?;
            self.length_bytes = 0;
        }
        Ok(())
    }
}
