//! Every bound of the protocol, by name and with its reason.

/// Most values in a message: the original's limit, 4 KiB of floats.
pub const MAX_VALUES: usize = 1_024;
/// Bytes before the values: the length, the kind and the count.
pub const HEADER_BYTES: usize = 9;
/// Bytes of the longest message.
pub const MAX_MESSAGE_BYTES: usize = message_bytes(MAX_VALUES);
/// Bytes of the shortest and the longest token. Shorter ones can be guessed.
pub const TOKEN_BYTES: std::ops::RangeInclusive<usize> = 16..=128;

/// Bytes of a message with so many values.
pub const fn message_bytes(values: usize) -> usize {
    HEADER_BYTES + values * size_of::<f32>()
}
