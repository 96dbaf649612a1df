//! A whole brain as bytes, and back.
//!
//! An image holds everything that decides: settings, experiences, what was learned over all of them,
//! where they lie, the clock and the state of chance. A brain that is restored from its image goes on
//! exactly as the one that lives on. How the bytes are laid out stands in `docs/format.md`.

mod codec;
mod settings;

use minbrain_kernels::Isa;
use thiserror::Error;

use crate::brain::Brain;
use crate::config::Config;
use crate::error::BrainError;
use crate::mind::Mind;
pub(crate) use codec::{
    Fixed, Image, Reader, Writer, fixed, image, read_all, write_all, write_choice,
};

/// The version of the layout of an image that this crate writes, and the only one that it reads.
pub const IMAGE_VERSION: u32 = 3;

/// What every image begins with.
const MAGIC: [u8; 8] = *b"minbrain";
/// Bytes before the state: magic, version, zero, length and checksum.
const HEADER_BYTES: usize = 32;
/// What the state of a brain begins and ends with, so that nothing is taken for something else.
const END: u32 = 0x656e_6421;

/// Why bytes are not the image of a brain that can be restored.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ImageError {
    /// They are something else.
    #[error("expected the image of a brain, got something that begins otherwise")]
    NotAnImage,
    /// Another version wrote them.
    #[error("expected an image of version {expected}, got version {came}")]
    Version {
        /// The version that is read here.
        expected: u32,
        /// The version of the image.
        came: u32,
    },
    /// Some are missing, or there are more.
    #[error("expected an image of {expected} bytes, got {came}")]
    Length {
        /// What the image says of itself.
        expected: u64,
        /// How many there are.
        came: u64,
    },
    /// They changed since they were written.
    #[error("expected the checksum {expected:016x}, got {came:016x}: the image is damaged")]
    Checksum {
        /// What the image says of itself.
        expected: u64,
        /// The checksum of the bytes that came.
        came: u64,
    },
    /// They are sound, and make no brain: another program made them.
    #[error("expected {expected} at byte {at} of the state")]
    Malformed {
        /// What would have made sense.
        expected: &'static str,
        /// Where the state stopped making sense, counted behind the header.
        at: usize,
    },
    /// The settings in them are out of range, or there is no room for their budget.
    #[error(transparent)]
    Settings(#[from] BrainError),
}

impl Brain {
    /// The whole brain as bytes: see [`from_bytes`](Self::from_bytes). Cost: a pass over everything,
    /// and as many bytes as the experiences take ([`Stats::bytes`](crate::Stats::bytes)).
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut image = Vec::new();
        self.write_bytes(&mut image);
        image
    }

    /// The same into a buffer that may be used again, in place of what it holds. It allocates only
    /// where that has too little room.
    pub fn write_bytes(&self, image: &mut Vec<u8>) {
        image.clear();
        image.resize(HEADER_BYTES, 0);
        let mut out = Writer(image);
        settings::write(&self.mind.config, &mut out);
        self.mind.write(&mut out);
        END.write(&mut out);
        let (length, checksum) = (image.len() as u64, checksum(&image[HEADER_BYTES..]));
        let (magic, numbers) = image[..HEADER_BYTES].split_at_mut(MAGIC.len());
        magic.copy_from_slice(&MAGIC);
        Header { version: IMAGE_VERSION, zero: 0, length, checksum }.put(numbers);
    }

    /// The brain whose image this is. It decides from now on as the other one would, byte for byte,
    /// given the same calls on the same instructions ([`Config::isa`](crate::Config::isa)). A decision
    /// that waited for its outcome is given up, as if the robot had decided again.
    ///
    /// Cost: room for the whole budget is reserved, as when a brain is built, and one pass over the
    /// bytes.
    ///
    /// # Errors
    /// [`ImageError`] says what was expected and what came. A changed bit, and bytes that are missing,
    /// are always noticed.
    pub fn from_bytes(image: &[u8]) -> Result<Self, ImageError> {
        let config = settings::read(&mut Reader::new(open(image)?))?;
        Self::from_bytes_on(image, config.isa)
    }

    /// The same with other instructions to compute with; `None` for the fastest there are.
    ///
    /// # Errors
    /// As [`from_bytes`](Self::from_bytes), and for instructions that the processor does not have.
    pub fn from_bytes_on(image: &[u8], isa: Option<Isa>) -> Result<Self, ImageError> {
        let mut from = Reader::new(open(image)?);
        let config = Config { isa, ..settings::read(&mut from)? };
        config.validate()?;
        let mut mind = Mind::new(config)?;
        mind.read(&mut from)?;
        let end: u32 = from.one()?;
        from.check(|| end == END, "the end of the state")?;
        from.finish()?;
        Ok(Self { mind })
    }
}

#[cfg(feature = "journal")]
impl Config {
    /// The settings as bytes, behind the version of their layout.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut out = Writer(&mut bytes);
        IMAGE_VERSION.write(&mut out);
        settings::write(self, &mut out);
        bytes
    }

    /// Settings that were written by [`to_bytes`](Self::to_bytes), and are in range: what a journal
    /// calls its configuration.
    ///
    /// # Errors
    /// [`ImageError`] says what was expected and what came.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImageError> {
        let mut from = Reader::new(bytes);
        let came = from.one()?;
        if came != IMAGE_VERSION {
            return Err(ImageError::Version { expected: IMAGE_VERSION, came });
        }
        let config = settings::read(&mut from)?;
        from.finish()?;
        config.validate()?;
        Ok(config)
    }
}

/// The checksum in the header of an image; 0 if it has none.
#[cfg(feature = "journal")]
pub(crate) fn checksum_of(image: &[u8]) -> u64 {
    let place = image.get(HEADER_BYTES - u64::BYTES..HEADER_BYTES);
    place.and_then(u64::get).unwrap_or_default()
}

/// What stands behind the magic number.
#[derive(Clone, Copy)]
struct Header {
    version: u32,
    zero: u32,
    /// Of the whole image.
    length: u64,
    checksum: u64,
}

fixed!(Header { version: u32, zero: u32, length: u64, checksum: u64 });

/// The state in an image whose header fits it.
fn open(image: &[u8]) -> Result<&[u8], ImageError> {
    let numbers = image.strip_prefix(&MAGIC).ok_or(ImageError::NotAnImage)?;
    let came = image.len() as u64;
    let short = ImageError::Length { expected: HEADER_BYTES as u64, came };
    let header = numbers.get(..Header::BYTES).and_then(Header::get).ok_or(short)?;
    if header.version != IMAGE_VERSION {
        return Err(ImageError::Version { expected: IMAGE_VERSION, came: header.version });
    }
    if header.length != came {
        return Err(ImageError::Length { expected: header.length, came });
    }
    let state = &image[HEADER_BYTES..];
    let checksum = checksum(state);
    if header.checksum != checksum || header.zero != 0 {
        return Err(ImageError::Checksum { expected: header.checksum, came: checksum });
    }
    Ok(state)
}

/// Lanes of the checksum: each waits for its own last step only.
const CHECKED: usize = 4;

/// FNV-1a over 64-bit words, four words side by side. Each step can be undone, so that two images that
/// differ in one word only never have the same checksum.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    let mut lanes = [0xcbf2_9ce4_8422_2325_u64; CHECKED];
    let step =
        |lane: u64, word: u64| (lane ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29);
    let mut groups = bytes.chunks_exact(CHECKED * u64::BYTES);
    let mut take = |group: &[u8]| {
        for (lane, word) in lanes.iter_mut().zip(group.chunks_exact(u64::BYTES)) {
            *lane = step(*lane, u64::get(word).unwrap_or_default());
        }
    };
    groups.by_ref().for_each(&mut take);
    let mut last = [0; CHECKED * u64::BYTES];
    last[..groups.remainder().len()].copy_from_slice(groups.remainder());
    take(&last);
    lanes.into_iter().fold(bytes.len() as u64, step)
}
