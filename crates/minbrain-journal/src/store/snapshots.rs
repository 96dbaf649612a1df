//! Snapshots: chunks first, then the manifest that makes them one. Until it is there, the snapshot
//! before counts.

use redb::{ReadTransaction, ReadableTable, TableDefinition};

use super::Group;
use crate::error::Failure;
use crate::frame::{Frame, Kind};
use crate::limits::{CHUNK_BYTES, CHUNKS_PER_COMMIT, MAX_SNAPSHOT_BYTES};

/// Pieces of snapshots, by sequence number and piece.
const CHUNKS: TableDefinition<'static, (u64, u32), &[u8]> = TableDefinition::new("chunks");
/// Complete snapshots, by sequence number.
const MANIFESTS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("manifests");
const MANIFEST_BYTES: usize = 16;

/// What makes a snapshot complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// Where in the order of all entries the state was taken.
    pub(crate) sequence: u64,
    /// The newest id that was pushed by then, plus one.
    pub(crate) next_id: u64,
    pub(crate) length_bytes: u64,
    /// CRC-32 over the whole.
    pub(crate) checksum: u32,
}

/// A snapshot on its way to the disk.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) sequence: u64,
    pub(crate) next_id: u64,
    pub(crate) bytes: Vec<u8>,
    /// Bytes that were written by now.
    pub(crate) written: usize,
}

impl Manifest {
    fn of(snapshot: &Snapshot) -> Self {
        Self {
            sequence: snapshot.sequence,
            next_id: snapshot.next_id,
            length_bytes: snapshot.bytes.len() as u64,
            checksum: crc32fast::hash(&snapshot.bytes),
        }
    }

    fn payload(&self) -> [u8; MANIFEST_BYTES] {
        let mut payload = [0; MANIFEST_BYTES];
        payload[..8].copy_from_slice(&self.length_bytes.to_le_bytes());
        payload[8..12].copy_from_slice(&self.checksum.to_le_bytes());
        payload
    }

    pub(crate) fn read(frame: &Frame<'_>) -> Option<Self> {
        let payload: &[u8; MANIFEST_BYTES] = frame.payload.try_into().ok()?;
        let length_bytes = u64::from_le_bytes(payload[..8].try_into().ok()?);
        let checksum = u32::from_le_bytes(payload[8..12].try_into().ok()?);
        let fits = frame.kind == Kind::Manifest && length_bytes <= MAX_SNAPSHOT_BYTES as u64;
        let Frame { sequence, id: next_id, .. } = *frame;
        fits.then_some(Self { sequence, next_id, length_bytes, checksum })
    }

    /// Whether these are the bytes that it declares complete.
    pub(crate) fn is_of(&self, bytes: &[u8]) -> bool {
        bytes.len() as u64 == self.length_bytes && crc32fast::hash(bytes) == self.checksum
    }

    fn chunks(&self) -> u64 {
        self.length_bytes.div_ceil(CHUNK_BYTES as u64)
    }
}

impl Group {
    pub(super) fn lay_out_snapshots(&self) -> Result<(), redb::Error> {
        self.transaction.open_table(CHUNKS)?;
        self.transaction.open_table(MANIFESTS)?;
        Ok(())
    }

    /// Writes the next few chunks; true if all are written.
    pub(crate) fn write_chunks(&self, snapshot: &mut Snapshot) -> Result<bool, Failure> {
        self.insert_chunks(snapshot).map_err(|error| Failure::new("write a snapshot", error))?;
        Ok(snapshot.written == snapshot.bytes.len())
    }

    fn insert_chunks(&self, snapshot: &mut Snapshot) -> Result<(), redb::Error> {
        let mut table = self.transaction.open_table(CHUNKS)?;
        let first = snapshot.written / CHUNK_BYTES;
        let rest = &snapshot.bytes[snapshot.written..];
        for (number, payload) in (first..).zip(rest.chunks(CHUNK_BYTES)).take(CHUNKS_PER_COMMIT) {
            let mut frame = Vec::new();
            let (sequence, id) = (snapshot.sequence, number as u64);
            Frame { kind: Kind::Chunk, sequence, id, payload }.write(&mut frame);
            // A snapshot of the greatest length has far fewer than 2^32 chunks.
            table.insert((sequence, number as u32), frame.as_slice())?;
            snapshot.written += payload.len();
        }
        Ok(())
    }

    /// Declares a snapshot complete, whose chunks are all written and whose entries are too.
    pub(crate) fn write_manifest(&self, snapshot: &Snapshot) -> Result<Manifest, Failure> {
        let manifest = Manifest::of(snapshot);
        let mut frame = Vec::new();
        let Manifest { sequence, next_id, .. } = manifest;
        let payload = &manifest.payload();
        Frame { kind: Kind::Manifest, sequence, id: next_id, payload }.write(&mut frame);
        let failed = |error: redb::Error| Failure::new("complete a snapshot", error);
        let mut table = self.transaction.open_table(MANIFESTS).map_err(|e| failed(e.into()))?;
        table.insert(sequence, frame.as_slice()).map_err(|e| failed(e.into()))?;
        Ok(manifest)
    }

    pub(super) fn newest_manifest(&self) -> Result<Option<Manifest>, Failure> {
        let failed = |error: redb::Error| Failure::new("find the newest snapshot", error);
        let table = self.transaction.open_table(MANIFESTS).map_err(|e| failed(e.into()))?;
        let manifests = manifests(&table).map_err(failed)?;
        Ok(manifests.into_iter().flatten().next())
    }

    /// Removes what a crash left of a snapshot that never got its manifest.
    pub(super) fn drop_unfinished_snapshots(
        &self,
        newest: Option<&Manifest>,
    ) -> Result<(), redb::Error> {
        let after = newest.map_or(0, |manifest| manifest.sequence + 1);
        let mut chunks = self.transaction.open_table(CHUNKS)?;
        chunks.retain_in((after, 0).., |_, _| false)?;
        Ok(())
    }

    /// Removes a few chunks of snapshots before `keep`; true if more are left.
    pub(super) fn vacuum_snapshots(&self, keep: u64) -> Result<bool, redb::Error> {
        let mut manifests = self.transaction.open_table(MANIFESTS)?;
        manifests.retain_in(..keep, |_, _| false)?;
        let mut chunks = self.transaction.open_table(CHUNKS)?;
        for _ in 0..CHUNKS_PER_COMMIT {
            let Some(key) = chunks.first()?.map(|(key, _)| key.value()) else { return Ok(false) };
            if key.0 >= keep {
                return Ok(false);
            }
            chunks.remove(key)?;
        }
        Ok(true)
    }
}

/// What became of the snapshots.
#[derive(Debug, Default)]
pub(crate) struct Snapshots {
    /// The newest that is intact, with its bytes.
    pub(crate) newest: Option<(Manifest, Vec<u8>)>,
    /// What is wrong with those after it.
    pub(crate) damaged: Vec<Failure>,
}

impl Snapshots {
    pub(crate) fn read(transaction: &ReadTransaction) -> Result<Self, Failure> {
        let failed = |error: redb::Error| Failure::new("read a snapshot", error);
        let table = transaction.open_table(MANIFESTS).map_err(|e| failed(e.into()))?;
        let mut snapshots = Self::default();
        for manifest in manifests(&table).map_err(failed)? {
            let bytes = match &manifest {
                Ok(manifest) => read_chunks(transaction, manifest).map_err(failed)?,
                Err(_) => None,
            };
            match (manifest, bytes) {
                (Ok(manifest), Some(bytes)) => {
                    snapshots.newest = Some((manifest, bytes));
                    break;
                }
                (Ok(Manifest { sequence, .. }) | Err(sequence), _) => snapshots.report(sequence),
            }
        }
        Ok(snapshots)
    }

    fn report(&mut self, sequence: u64) {
        let message = format!("the snapshot at {sequence:#x} is damaged");
        self.damaged.push(Failure::damaged("read a snapshot", message));
    }
}

/// All complete snapshots, the newest first; of one whose manifest is damaged only the place.
fn manifests(
    table: &impl ReadableTable<u64, &'static [u8]>,
) -> Result<Vec<Result<Manifest, u64>>, redb::Error> {
    let mut manifests = Vec::new();
    for item in table.iter()?.rev() {
        let (sequence, bytes) = item?;
        let sequence = sequence.value();
        let manifest = Frame::read(bytes.value()).and_then(|frame| Manifest::read(&frame));
        let manifest = manifest.filter(|manifest| manifest.sequence == sequence);
        manifests.push(manifest.ok_or(sequence));
    }
    Ok(manifests)
}

fn read_chunks(
    transaction: &ReadTransaction,
    manifest: &Manifest,
) -> Result<Option<Vec<u8>>, redb::Error> {
    let table = transaction.open_table(CHUNKS)?;
    let mut bytes = Vec::new();
    for number in 0..manifest.chunks() {
        let Some(value) = table.get((manifest.sequence, number as u32))? else { return Ok(None) };
        let frame = Frame::expect(value.value(), Kind::Chunk, number);
        let frame = frame.filter(|frame| frame.sequence == manifest.sequence);
        let Some(frame) = frame else { return Ok(None) };
        bytes.extend_from_slice(frame.payload);
    }
    let is_whole =
        bytes.len() as u64 == manifest.length_bytes && crc32fast::hash(&bytes) == manifest.checksum;
    Ok(is_whole.then_some(bytes))
}
