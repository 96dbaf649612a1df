//! Finding frames in a file whose trees are broken, wherever they lie.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::error::Failure;
use crate::frame::{FRAME_BYTES, Frame, Kind};
use crate::limits::MAX_RECORD_BYTES;
use crate::recovery::Recovered;
use crate::store::{CONFIGURATION_ID, Manifest};

/// Bytes that are looked at together; more than the longest frame, so that each is seen whole.
const WINDOW_BYTES: usize = 8 << 20;
const LONGEST_FRAME_BYTES: usize = MAX_RECORD_BYTES + FRAME_BYTES;

/// Where a frame lies.
#[derive(Clone, Copy, Debug)]
struct Place {
    file: usize,
    offset: u64,
    bytes: usize,
}

/// Everything that was found in some files, by its sequence number. What is found is undamaged; it
/// may have been removed or superseded since, and `settle` removes what can be told.
///
/// Cost: one pass over the files, and about 100 bytes of RAM for each record and eviction.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    files: Vec<File>,
    entries: BTreeMap<u64, (Kind, u64, Place)>,
    chunks: BTreeMap<(u64, u64), Place>,
    manifests: BTreeMap<u64, Manifest>,
    configuration: Option<Vec<u8>>,
}

impl Scan {
    pub(crate) fn add(&mut self, mut file: File) -> io::Result<()> {
        let length = file.metadata()?.len();
        let mut window = Vec::new();
        let mut start = 0;
        while start < length {
            file.seek(SeekFrom::Start(start))?;
            window.clear();
            (&mut file).take(WINDOW_BYTES as u64).read_to_end(&mut window)?;
            let through = self.look_at(&window, start);
            let is_last = start + window.len() as u64 >= length;
            let whole = window.len().saturating_sub(LONGEST_FRAME_BYTES);
            start = if is_last { length } else { start + through.max(whole) as u64 };
        }
        self.files.push(file);
        Ok(())
    }

    /// Notes the frames in a window; how far it has seen all of them.
    fn look_at(&mut self, window: &[u8], start: u64) -> usize {
        let mut at = 0;
        while let Some((skipped, frame)) = Frame::find(&window[at..]) {
            at += skipped;
            let (offset, bytes) = (start + at as u64, frame.bytes());
            self.note(&frame, Place { file: self.files.len(), offset, bytes });
            at += bytes;
        }
        at
    }

    fn note(&mut self, frame: &Frame<'_>, place: Place) {
        let sequence = frame.sequence;
        match frame.kind {
            Kind::Record | Kind::Eviction => {
                self.entries.insert(sequence, (frame.kind, frame.id, place));
            }
            Kind::Chunk => {
                self.chunks.insert((sequence, frame.id), place);
            }
            Kind::Manifest => {
                let manifest = Manifest::read(frame).map(|manifest| (sequence, manifest));
                self.manifests.extend(manifest);
            }
            Kind::Header if frame.id == CONFIGURATION_ID => {
                self.configuration = Some(frame.payload.to_vec());
            }
            Kind::Header | Kind::Group => {}
        }
    }

    pub(crate) fn configuration(&self) -> Option<&[u8]> {
        self.configuration.as_deref()
    }

    /// The newest snapshot of which every chunk was found, and its sequence number.
    pub(crate) fn newest_snapshot(&mut self) -> io::Result<Option<(u64, Vec<u8>)>> {
        let manifests: Vec<Manifest> = self.manifests.values().rev().cloned().collect();
        for manifest in manifests {
            let of_it = self.chunks.range((manifest.sequence, 0)..=(manifest.sequence, u64::MAX));
            let places: Vec<Place> = of_it.map(|(_, place)| *place).collect();
            let mut bytes = Vec::new();
            for place in places {
                let frame = self.read(place)?;
                bytes.extend_from_slice(payload(&frame));
            }
            if manifest.is_of(&bytes) {
                return Ok(Some((manifest.sequence, bytes)));
            }
        }
        Ok(None)
    }

    /// What to replay, in order: of two records with one id the newer, and none whose eviction was
    /// found before the snapshot at `through`.
    pub(crate) fn steps(&mut self, through: u64) -> Steps<'_> {
        let mut newest = BTreeMap::new();
        let mut gone = Vec::new();
        for (&sequence, &(kind, id, _)) in &self.entries {
            match kind {
                Kind::Record => drop(newest.insert(id, sequence)),
                _ if sequence <= through => gone.push(id),
                _ => {}
            }
        }
        for id in gone {
            newest.remove(&id);
        }
        self.entries.retain(|sequence, (kind, id, _)| match kind {
            Kind::Record => newest.get(id) == Some(sequence),
            _ => *sequence > through && newest.contains_key(id),
        });
        let order = self.entries.keys().copied().collect::<Vec<_>>().into_iter();
        Steps { scan: self, order, through }
    }

    fn read(&mut self, place: Place) -> io::Result<Vec<u8>> {
        let file = &mut self.files[place.file];
        let mut bytes = vec![0; place.bytes];
        file.seek(SeekFrom::Start(place.offset))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// The payload of a frame that was undamaged a moment ago; nothing if it no longer is.
fn payload(frame: &[u8]) -> &[u8] {
    Frame::read(frame).map_or(&[], |frame| frame.payload)
}

/// What a scan found, as recovery would give it.
pub(crate) struct Steps<'a> {
    scan: &'a mut Scan,
    order: std::vec::IntoIter<u64>,
    through: u64,
}

impl Iterator for Steps<'_> {
    type Item = Result<Recovered, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let sequence = self.order.next()?;
        let (kind, id, place) = *self.scan.entries.get(&sequence)?;
        if kind == Kind::Eviction {
            return Some(Ok(Recovered::Evicted { id }));
        }
        let frame = match self.scan.read(place) {
            Ok(frame) => frame,
            Err(error) => return Some(Err(Failure::io("read a record", &error))),
        };
        let damaged = || Failure::damaged("read a record", format!("record {id} is damaged"));
        let read = Frame::expect(&frame, Kind::Record, id).ok_or_else(damaged);
        Some(read.map(|frame| {
            let bytes = frame.payload.to_vec();
            let is_kept = sequence <= self.through;
            if is_kept { Recovered::Kept { id, bytes } } else { Recovered::Pushed { id, bytes } }
        }))
    }
}
