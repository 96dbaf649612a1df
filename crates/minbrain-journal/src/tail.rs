//! The tail: entries that the operating system has and the store has not yet committed, in a file
//! of their own. Only [`Durability::ProcessDeath`](crate::Durability) writes one.
//!
//! redb promises order between commits by syncing the device. A commit without a sync would leave
//! the whole file at the mercy of a power cut; frames at the end of a second file put only
//! themselves at risk.

use redb::StorageBackend;

use crate::error::Failure;
use crate::frame::{FRAME_BYTES, Frame, Kind};
use crate::limits::{MAX_GROUP_BYTES, MAX_TAIL_BYTES};
use crate::queue::{Entry, EntryKind};
use crate::store::eviction;

/// The open file, and what is to be written to it.
///
/// A power cut may leave some sectors of the tail as they were before it was emptied. So entries are
/// written in groups with one checksum over all of each, and each group names the entry before it:
/// a group whose forerunner is missing is not taken up, whatever lies in its place.
#[derive(Debug)]
pub(crate) struct Tail {
    backend: Box<dyn StorageBackend>,
    length_bytes: u64,
    /// Groups that are complete.
    groups: Vec<u8>,
    /// The entries of the next.
    entries: Vec<u8>,
    /// The sequence number of the entry before these, and of the last of them.
    before: u64,
    last: u64,
}

impl Tail {
    pub(crate) fn open(backend: Box<dyn StorageBackend>) -> Result<Self, Failure> {
        let length = backend.len().map_err(|error| Failure::io("open the tail", &error))?;
        let (groups, entries) = (Vec::new(), Vec::new());
        Ok(Self { backend, length_bytes: length, groups, entries, before: 0, last: 0 })
    }

    /// Goes on after the entry with this sequence number, the newest in the store.
    pub(crate) fn follow(&mut self, sequence: u64) {
        self.before = sequence;
        self.last = sequence;
    }

    pub(crate) fn length_bytes(&self) -> u64 {
        self.length_bytes
    }

    /// All that is there, torn groups included.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Failure> {
        // The writer stops at the limit and adds at most one more round, whose records are short.
        let length = self.length_bytes.min(2 * MAX_TAIL_BYTES);
        let mut bytes = vec![0; length as usize];
        self.backend.read(0, &mut bytes).map_err(|error| Failure::io("read the tail", &error))?;
        Ok(bytes)
    }

    /// Puts an entry behind those that are to be written.
    pub(crate) fn add(&mut self, entry: &Entry) {
        if self.entries.len() + entry.frame.len() + FRAME_BYTES > MAX_GROUP_BYTES {
            self.complete();
        }
        match entry.kind {
            EntryKind::Record => self.entries.extend_from_slice(&entry.frame),
            EntryKind::Eviction => self.entries.extend_from_slice(&eviction(entry)),
        }
        self.last = entry.sequence;
    }

    fn complete(&mut self) {
        if !self.entries.is_empty() {
            let (sequence, id, payload) = (self.before, self.last, &self.entries[..]);
            Frame { kind: Kind::Group, sequence, id, payload }.append(&mut self.groups);
            self.entries.clear();
            self.before = self.last;
        }
    }

    /// Writes what was added.
    pub(crate) fn append(&mut self) -> Result<(), Failure> {
        self.complete();
        if !self.groups.is_empty() {
            let failed = |error| Failure::io("append to the tail", &error);
            self.backend.write(self.length_bytes, &self.groups).map_err(failed)?;
            self.length_bytes += self.groups.len() as u64;
            self.groups.clear();
        }
        Ok(())
    }

    /// Empties it, once the store has everything, what was added and not written too. Nothing
    /// depends on when the device hears of it: entries that the store knows are passed over.
    pub(crate) fn clear(&mut self) -> Result<(), Failure> {
        self.groups.clear();
        self.entries.clear();
        self.before = self.last;
        if self.length_bytes > 0 {
            self.backend.set_len(0).map_err(|error| Failure::io("empty the tail", &error))?;
            self.length_bytes = 0;
        }
        Ok(())
    }
}
