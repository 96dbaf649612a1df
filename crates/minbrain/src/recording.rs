//! A recorded run: the brain as it was at the start, and every call since, in groups. Replaying it
//! shows whether a program still decides as the one that ran, byte for byte.
//!
//! ```text
//! recording   "mbrecord", version (4 B), instructions (4 B), length (8 B), the brain's image
//! group       length (4 B), checksum (8 B), calls
//! ```

use minbrain_kernels::Isa;
use thiserror::Error;

use crate::brain::Brain;
use crate::image::{Fixed, ImageError, Reader, checksum, fixed};
use crate::tape::{Call, Calls, Echo, Tape, TapeError, relive};

/// The version of the layout of a recording that this crate writes, and the only one that it reads.
pub const RECORDING_VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"mbrecord";
/// Most bytes of a group: what a program keeps before it writes.
const MAX_GROUP_BYTES: usize = 1 << 24;

/// What stands behind the magic number.
#[derive(Clone, Copy)]
struct Header {
    version: u32,
    isa: u32,
    image: u64,
}

/// What stands before a group of calls.
#[derive(Clone, Copy)]
struct Group {
    length: u32,
    checksum: u64,
}

fixed!(Header { version: u32, isa: u32, image: u64 });
fixed!(Group { length: u32, checksum: u64 });

/// Makes the bytes of a recording; whoever has them writes them one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Recorder;

impl Recorder {
    /// What a recording begins with: `brain` as it is now.
    pub fn begin(brain: &Brain) -> Vec<u8> {
        let image = brain.to_bytes();
        let isa = Isa::ALL.iter().position(|&isa| isa == brain.isa()).unwrap_or(Isa::ALL.len());
        let header =
            Header { version: RECORDING_VERSION, isa: isa as u32, image: image.len() as u64 };
        let mut bytes = MAGIC.to_vec();
        bytes.resize(MAGIC.len() + Header::BYTES, 0);
        header.put(&mut bytes[MAGIC.len()..]);
        bytes.extend(image);
        bytes
    }

    /// The calls on `tape` as a group, which is emptied; at most 16 MiB.
    pub fn group(tape: &mut Tape) -> Vec<u8> {
        let calls = tape.calls();
        let mut bytes = vec![0; Group::BYTES];
        Group { length: calls.len() as u32, checksum: checksum(calls) }.put(&mut bytes);
        bytes.extend_from_slice(calls);
        tape.clear();
        bytes
    }
}

/// Why a recording cannot be replayed.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The bytes are something else.
    #[error("expected a recording, got something that begins otherwise")]
    NotARecording,
    /// Another version wrote them.
    #[error("expected a recording of version {expected}, got version {came}")]
    Version {
        /// The version that is read here.
        expected: u32,
        /// The version of the recording.
        came: u32,
    },
    /// The brain at its start cannot be restored here: the image is damaged, or it was made with
    /// instructions that this processor does not have.
    #[error("the brain at the start: {0}")]
    Image(#[from] ImageError),
    /// A group of calls changed since it was written.
    #[error("the calls after cycle {after} are damaged")]
    Damaged {
        /// The last cycle before them.
        after: u64,
    },
    /// A call is none of this brain's.
    #[error("after cycle {after}: {source}")]
    Call {
        /// The last cycle before it.
        after: u64,
        /// What is wrong with it.
        source: TapeError,
    },
}

/// How far a replay came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// Cycles that went as they did then.
    pub cycles: u64,
    /// The first cycle in which a decision, or what was learned from it, was another one, counted from
    /// 0; the replay stops there.
    pub first_different: Option<u64>,
    /// Whether the recording ends within a group: the program that wrote it was ended.
    pub is_cut_short: bool,
}

/// A recording, about to be lived through once more.
#[derive(Debug)]
pub struct Replay<'a> {
    brain: Brain,
    rest: &'a [u8],
}

impl<'a> Replay<'a> {
    /// Restores the brain at the start of a recording, with the instructions of then.
    ///
    /// # Errors
    /// [`RecordingError`] if these bytes are no recording, or its brain cannot be restored here.
    pub fn open(recording: &'a [u8]) -> Result<Self, RecordingError> {
        let rest = recording.strip_prefix(&MAGIC).ok_or(RecordingError::NotARecording)?;
        let mut from = Reader::new(rest);
        let Header { version, isa, image } = from.one()?;
        if version != RECORDING_VERSION {
            return Err(RecordingError::Version { expected: RECORDING_VERSION, came: version });
        }
        let length = usize::try_from(image).unwrap_or(usize::MAX);
        let image = from.take(length)?;
        let isa = Isa::ALL.get(isa as usize).copied();
        let isa = isa.ok_or_else(|| from.expected("known instructions"))?;
        let brain = Brain::from_bytes_on(image, Some(isa))?;
        Ok(Self { brain, rest: &rest[Header::BYTES + length..] })
    }

    /// The brain, as it was at the start.
    pub fn brain(&self) -> &Brain {
        &self.brain
    }

    /// Makes every call again and compares every answer, to the bit. Returns how far that went, and
    /// the brain as it is then.
    ///
    /// # Errors
    /// [`RecordingError`] where the recording is damaged.
    pub fn run(self) -> Result<(Replayed, Brain), RecordingError> {
        let Self { mut brain, rest } = self;
        let mut replayed = Replayed { cycles: 0, first_different: None, is_cut_short: false };
        let mut from = Reader::new(rest);
        while !from.is_empty() && replayed.first_different.is_none() {
            let Some(calls) = group(&mut from, replayed.cycles)? else {
                replayed.is_cut_short = true;
                break;
            };
            live(&mut brain, calls, &mut replayed)?;
        }
        Ok((replayed, brain))
    }
}

/// The calls of the next group; `None` if it is not whole.
fn group<'a>(from: &mut Reader<'a>, after: u64) -> Result<Option<&'a [u8]>, RecordingError> {
    let Ok(Group { length, checksum: expected }) = from.one() else { return Ok(None) };
    if length as usize > MAX_GROUP_BYTES {
        return Err(RecordingError::Damaged { after });
    }
    let Ok(calls) = from.take(length as usize) else { return Ok(None) };
    if checksum(calls) == expected {
        Ok(Some(calls))
    } else {
        Err(RecordingError::Damaged { after })
    }
}

fn live(brain: &mut Brain, calls: &[u8], replayed: &mut Replayed) -> Result<(), RecordingError> {
    for call in Calls::new(calls, brain.config()) {
        let refused = |source| RecordingError::Call { after: replayed.cycles, source };
        let call = call.map_err(refused)?;
        if relive(brain, &call).map_err(refused)? == Echo::Different {
            replayed.first_different = Some(replayed.cycles);
            break;
        }
        replayed.cycles += u64::from(matches!(call, Call::Learned { .. }));
    }
    Ok(())
}
