//! Every bound of the journal, by name and with its reason.

/// The version of the directory's layout that this crate writes, and the only one that it reads.
pub const FORMAT_VERSION: u32 = 1;
/// Most bytes of one record: 100 times an experience of 1,024 sensors is a mistake, not a record.
pub const MAX_RECORD_BYTES: usize = 1 << 20;
/// Most bytes of the configuration: it is read whole before anything is known about it.
pub const MAX_CONFIGURATION_BYTES: usize = 1 << 20;
/// Most entries that may wait for the disk; at 1 kHz a quarter of an hour.
pub const MAX_QUEUE_ENTRIES: usize = 1 << 20;
/// Fewest entries that the queue holds: a record and the eviction that made room for it.
pub const MIN_QUEUE_ENTRIES: usize = 2;
/// Most bytes of one snapshot: its length is checked before space is taken for it.
pub const MAX_SNAPSHOT_BYTES: usize = 1 << 34;

/// Bytes of a snapshot in one value. With its frame it fits a page of 64 KiB; one byte more than
/// that would take one of 128 KiB.
pub(crate) const CHUNK_BYTES: usize = 60 * 1024;
/// Chunks that one commit writes or removes beside its records, so that a snapshot of any size
/// delays an acknowledgement by less than 1 MiB of writing.
pub(crate) const CHUNKS_PER_COMMIT: usize = 16;
/// Forgotten records that one commit removes, for the same reason.
pub(crate) const REMOVALS_PER_COMMIT: usize = 2_048;
/// RAM that the store may use to hold pages. What a brain recalls is in its own RAM.
pub(crate) const CACHE_BYTES: usize = 16 << 20;
/// Bits of a sequence number that count entries within one opening of the journal: 34 years at
/// 1 kHz. The bits above them count openings.
pub(crate) const SEQUENCE_BITS: u32 = 40;
/// Most openings of one journal, by the bits that are left.
pub(crate) const MAX_OPENINGS: u64 = (1 << (64 - SEQUENCE_BITS)) - 1;
/// Bytes after which the tail is committed, whatever the interval: it is read whole on opening.
pub(crate) const MAX_TAIL_BYTES: u64 = 64 << 20;
/// Most bytes of entries that are written to the tail under one checksum; more than one record.
pub(crate) const MAX_GROUP_BYTES: usize = 2 << 20;
