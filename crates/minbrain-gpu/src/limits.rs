//! Every bound of this crate, by name and with its reason.

/// Most rows of a block: the sensors and the action of a brain.
pub const MAX_ROWS: usize = 320;
/// Most neighbours that a question asks for: the two lowest of 256 threads are ranked for the cut.
pub const MAX_NEIGHBOURS: usize = 256;
/// Most queries of one question.
pub const MAX_BATCH: usize = 4_096;
/// Most bytes of one buffer of blocks, where the adapter allows as many. Larger ones would double in
/// larger steps.
pub const MAX_CHUNK_BYTES: u64 = 256 << 20;
/// Bytes of changed blocks that are gathered before they are sent.
pub const UPLOAD_BYTES: usize = 1 << 20;
/// Blocks are gathered to about so many tiles at most: the lows of a tile are what the second pass
/// reads, and few tiles leave a GPU idle.
pub const MAX_TILES: usize = 4_096;
/// Most bytes of the lows of one submission; more queries are asked in several.
pub const MAX_LOWS_BYTES: usize = 32 << 20;
/// Most places that one query brings back: with more, too many lie too close to the k-th to tell.
pub const fn most_contenders(k: usize) -> usize {
    4 * k + 128
}
/// Most groups of lanes that are looked at once more for one query.
pub const fn most_picked(k: usize) -> usize {
    2 * k + 128
}
/// The bytes of answers that are kept to be used again: as many questions may be under way before a
/// new buffer is made for each.
pub const SPARE_ANSWERS: usize = 4;
