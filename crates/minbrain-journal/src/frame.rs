//! The frame around every value: what it is, whose it is, and a checksum over all of it.
//!
//! Frames describe themselves, so that salvage finds them in a file whose trees are broken, and
//! name their owner, so that a value under a wrong key is refused. Layout in `docs/format.md`.

/// The first bytes of every frame.
const MAGIC: [u8; 4] = *b"mbJ1";
/// Bytes before the payload.
const HEAD_BYTES: usize = 28;
/// Bytes behind it.
const CHECKSUM_BYTES: usize = 4;
/// Bytes that a frame adds to its payload.
pub(crate) const FRAME_BYTES: usize = HEAD_BYTES + CHECKSUM_BYTES;
/// The longest payload of any kind.
const MAX_PAYLOAD_BYTES: usize = crate::limits::MAX_GROUP_BYTES;

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A fact about the whole journal.
    Header,
    /// One experience.
    Record,
    /// That an experience was evicted.
    Eviction,
    /// A piece of a snapshot; its id is the number of the piece.
    Chunk,
    /// That a snapshot is complete; its id is that of the newest record it covers.
    Manifest,
    /// Entries in the tail that count together; the sequence is that of the entry before them, the
    /// id that of the last one.
    Group,
}

const KINDS: [Kind; 6] =
    [Kind::Header, Kind::Record, Kind::Eviction, Kind::Chunk, Kind::Manifest, Kind::Group];

/// A frame that was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    pub(crate) kind: Kind,
    /// The place in the order of all entries.
    pub(crate) sequence: u64,
    pub(crate) id: u64,
    pub(crate) payload: &'a [u8],
}

impl Frame<'_> {
    /// Writes the frame over whatever `out` held.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.clear();
        self.append(out);
    }

    /// Writes the frame behind what `out` holds.
    pub(crate) fn append(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.reserve(self.payload.len() + FRAME_BYTES);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&[code(self.kind), 0, 0, 0]);
        out.extend_from_slice(&self.sequence.to_le_bytes());
        out.extend_from_slice(&self.id.to_le_bytes());
        // No payload is longer than a limit far below 4 GiB; the reader refuses what is.
        out.extend_from_slice(&(self.payload.len() as u32).to_le_bytes());
        out.extend_from_slice(self.payload);
        let checksum = crc32fast::hash(&out[start..]);
        out.extend_from_slice(&checksum.to_le_bytes());
    }
}

impl<'a> Frame<'a> {
    /// The frame at the start of `bytes`, if there is an undamaged one.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let head = bytes.get(..HEAD_BYTES)?;
        if head[..4] != MAGIC || head[5..8] != [0; 3] {
            return None;
        }
        let kind = *KINDS.iter().find(|kind| code(**kind) == head[4])?;
        let length = u32::from_le_bytes(head[24..28].try_into().ok()?) as usize;
        if length > MAX_PAYLOAD_BYTES {
            return None;
        }
        let end = HEAD_BYTES + length;
        let checksum = bytes.get(end..end + CHECKSUM_BYTES)?;
        if crc32fast::hash(&bytes[..end]).to_le_bytes() != checksum {
            return None;
        }
        let word = |at: usize| head[at..at + 8].try_into().map(u64::from_le_bytes).ok();
        Some(Self { kind, sequence: word(8)?, id: word(16)?, payload: &bytes[HEAD_BYTES..end] })
    }

    /// The frame that `bytes` are, whole, if it is an undamaged one of `kind` and `id`.
    pub(crate) fn expect(bytes: &'a [u8], kind: Kind, id: u64) -> Option<Self> {
        let frame = Self::read(bytes)?;
        (frame.kind == kind && frame.id == id && frame.bytes() == bytes.len()).then_some(frame)
    }

    /// Its length with everything.
    pub(crate) fn bytes(&self) -> usize {
        self.payload.len() + FRAME_BYTES
    }

    /// The first undamaged frame in `bytes`, and where it starts. Groups are looked into.
    pub(crate) fn find(bytes: &'a [u8]) -> Option<(usize, Self)> {
        let last = bytes.len().checked_sub(FRAME_BYTES)?;
        let starts = (0..=last).filter(|&at| bytes[at..at + 4] == MAGIC);
        let read = |at: usize| Some((at, Self::read(&bytes[at..])?));
        starts.filter_map(read).find(|(_, frame)| frame.kind != Kind::Group)
    }
}

const fn code(kind: Kind) -> u8 {
    match kind {
        Kind::Header => 1,
        Kind::Record => 2,
        Kind::Eviction => 3,
        Kind::Chunk => 4,
        Kind::Manifest => 5,
        Kind::Group => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let mut bytes = Vec::new();
        Frame { kind: Kind::Record, sequence: 7, id: 3, payload: b"what was felt" }
            .write(&mut bytes);
        bytes
    }

    #[test]
    fn a_frame_is_laid_out_as_the_format_page_says() {
        let bytes = sample();
        assert_eq!(bytes[..8], *b"mbJ1\x02\0\0\0");
        assert_eq!(bytes[8..28], *b"\x07\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\x0d\0\0\0");
        assert_eq!(bytes[28..41], *b"what was felt");
        // The CRC-32 of ISO 3309, by Python's zlib.crc32.
        assert_eq!(bytes[41..], CHECKSUM_BY_PYTHON);
    }

    const CHECKSUM_BY_PYTHON: [u8; 4] = [208, 152, 144, 217];

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let bytes = sample();
        assert!(Frame::read(&bytes).is_some());
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Frame::read(&flipped), None, "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert_eq!(Frame::read(&bytes[..length]), None, "{length} bytes");
        }
    }

    #[test]
    fn a_frame_is_found_among_other_bytes_and_refused_for_another() {
        let bytes = sample();
        let mut file = b"mbJ1 is not enough".to_vec();
        let start = file.len();
        file.extend_from_slice(&bytes);
        file.push(0);
        let (at, frame) = Frame::find(&file).unwrap();
        assert_eq!((at, frame.sequence, frame.id, frame.bytes()), (start, 7, 3, bytes.len()));
        assert_eq!(Frame::find(&file[start + 1..]), None);
        let mut group = Vec::new();
        Frame { kind: Kind::Group, sequence: 6, id: 7, payload: &bytes }.write(&mut group);
        assert_eq!(Frame::find(&group).map(|(at, frame)| (at, frame.id)), Some((HEAD_BYTES, 3)));
        assert!(Frame::expect(&bytes, Kind::Record, 3).is_some());
        assert_eq!(Frame::expect(&bytes, Kind::Record, 4), None);
        assert_eq!(Frame::expect(&bytes, Kind::Eviction, 3), None);
        assert_eq!(Frame::expect(&file[start..], Kind::Record, 3), None);
    }

    #[test]
    fn kinds_have_different_codes_and_are_read_back() {
        for kind in KINDS {
            let mut bytes = Vec::new();
            Frame { kind, sequence: u64::MAX, id: 0, payload: b"" }.append(&mut bytes);
            assert_eq!(Frame::read(&bytes).map(|frame| frame.kind), Some(kind));
        }
    }
}
