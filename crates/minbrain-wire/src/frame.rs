//! Messages as bytes: a length, a kind, a count, values.
//!
//! ```text
//!     0          4      5          9                9 + 4n
//!     +----------+------+----------+-- ... ---------+
//!     | length   | kind | count n  | n values       |
//!     | u32 BE   | u8   | u32 BE   | float32 LE     |
//!     +----------+------+----------+-- ... ---------+
//! ```

use crate::error::WireError;
use crate::limits::{HEADER_BYTES, MAX_VALUES, message_bytes};

/// The kinds of messages, as numbers on the wire.
pub mod kind {
    /// Robot to brain: what is sensed. The original's.
    pub const SENSED: u8 = 0;
    /// Brain to robot: what to do. The original's.
    pub const ACTION: u8 = 1;
    /// Both ways: who one is. The original's.
    pub const HANDSHAKE: u8 = 2;
    /// What is sensed, with the reward and whether the episode ended.
    pub const OBSERVED: u8 = 16;
    /// The answer to it: what to do, and how sure.
    pub const DECIDED: u8 = 17;
    /// What would an action lead to?
    pub const ASKED: u8 = 18;
    /// The answer to it.
    pub const PREDICTED: u8 = 19;
    /// The brain's figures: asked for without values, answered with them.
    pub const STATISTICS: u8 = 20;
    /// A secret, before the handshake; answered with the role that it gives.
    pub const TOKEN: u8 = 21;
    /// What was done instead of what the brain decided last: a demonstration.
    pub const SHOWN: u8 = 22;
    /// Either way: what went wrong. The original's.
    pub const ERROR: u8 = 255;
}

/// A whole message as it came: its kind, and the values, whatever they mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame<'a> {
    /// One of [`kind`], or one that is not known here.
    pub kind: u8,
    /// At most as many as the decoder was made for.
    pub values: &'a [f32],
}

/// Appends a message to `out`. Values beyond [`MAX_VALUES`] are left out, so that what is written
/// can always be read.
pub fn encode(kind: u8, values: &[f32], out: &mut Vec<u8>) {
    encode_parts(kind, &[values], out);
}

/// Appends a message whose values stand in several places.
pub fn encode_parts(kind: u8, parts: &[&[f32]], out: &mut Vec<u8>) {
    let count = parts.iter().map(|part| part.len()).sum::<usize>().min(MAX_VALUES);
    let length = message_bytes(count) - size_of::<u32>();
    out.reserve(message_bytes(count));
    out.extend_from_slice(&(length as u32).to_be_bytes());
    out.push(kind);
    out.extend_from_slice(&(count as u32).to_be_bytes());
    for value in parts.iter().copied().flatten().take(count) {
        out.extend_from_slice(&value.to_le_bytes());
    }
}

/// Takes bytes as they come and gives messages as they become whole.
///
/// Its room is what one message of the longest kind takes, and is reserved once: whatever a header
/// announces, nothing more is allocated. After [`WireError::TooLarge`] or [`WireError::Length`] it
/// says the same again: a stream that lost its step cannot be read on.
#[derive(Clone, Debug)]
pub struct Decoder {
    bytes: Vec<u8>,
    /// Where the bytes that were not yet given away begin and end.
    from: usize,
    to: usize,
    values: Vec<f32>,
    limit: usize,
}

impl Decoder {
    /// For messages of at most `limit` values, [`MAX_VALUES`] if that is less.
    pub fn new(limit: usize) -> Self {
        let limit = limit.min(MAX_VALUES);
        let bytes = vec![0; message_bytes(limit)];
        Self { bytes, from: 0, to: 0, values: Vec::with_capacity(limit), limit }
    }

    /// Takes longer messages from now on, and keeps what came.
    pub fn grow(&mut self, limit: usize) {
        let mut grown = Self::new(limit.max(self.limit));
        let waiting = &self.bytes[self.from..self.to];
        grown.bytes[..waiting.len()].copy_from_slice(waiting);
        grown.to = waiting.len();
        *self = grown;
    }

    /// Where the next bytes belong; never empty once [`next`](Self::next) has given `None`.
    pub fn space(&mut self) -> &mut [u8] {
        self.bytes.copy_within(self.from..self.to, 0);
        (self.from, self.to) = (0, self.to - self.from);
        &mut self.bytes[self.to..]
    }

    /// So many bytes were put into [`space`](Self::space).
    pub fn filled(&mut self, bytes: usize) {
        self.to = (self.to + bytes).min(self.bytes.len());
    }

    /// Takes over as much of `bytes` as there is room for, and says how much that was.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        let space = self.space();
        let taken = bytes.len().min(space.len());
        space[..taken].copy_from_slice(&bytes[..taken]);
        self.filled(taken);
        taken
    }

    /// Whether nothing waits, not even a part of a message.
    pub fn is_empty(&self) -> bool {
        self.from == self.to
    }

    /// Whether a whole message waits.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn is_whole(&self) -> Result<bool, WireError> {
        let waiting = &self.bytes[self.from..self.to];
        let Some((header, rest)) = waiting.split_first_chunk() else { return Ok(false) };
        let (_, count) = self.announced(header)?;
        Ok(rest.len() >= count * size_of::<f32>())
    }

    /// The next whole message; `None` until more bytes come.
    ///
    /// # Errors
    /// [`WireError::TooLarge`] and [`WireError::Length`], as soon as the header is there.
    #[expect(clippy::should_implement_trait, reason = "what it gives borrows from it")]
    pub fn next(&mut self) -> Result<Option<Frame<'_>>, WireError> {
        let waiting = &self.bytes[self.from..self.to];
        let Some((header, rest)) = waiting.split_first_chunk::<HEADER_BYTES>() else {
            return Ok(None);
        };
        let (kind, count) = self.announced(header)?;
        let Some(values) = rest.get(..count * size_of::<f32>()) else { return Ok(None) };
        self.values.clear();
        let (values, _) = values.as_chunks();
        self.values.extend(values.iter().map(|&bytes| f32::from_le_bytes(bytes)));
        self.from += message_bytes(count);
        Ok(Some(Frame { kind, values: &self.values }))
    }

    fn announced(&self, header: &[u8; HEADER_BYTES]) -> Result<(u8, usize), WireError> {
        let [l0, l1, l2, l3, kind, n0, n1, n2, n3] = *header;
        let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
        let count = u32::from_be_bytes([n0, n1, n2, n3]) as usize;
        if count > self.limit {
            return Err(WireError::TooLarge { limit: self.limit, got: count });
        }
        let expected = message_bytes(count) - size_of::<u32>();
        if length != expected {
            return Err(WireError::Length { expected, count, got: length });
        }
        Ok((kind, count))
    }
}
