//! The order of everything: entries and snapshots are numbered in the order in which they came.

use crate::limits::{MAX_OPENINGS, SEQUENCE_BITS};

/// The number before the first of the given opening; `None` where the bits for openings are used up.
///
/// Each opening starts higher than any before it could have come. So a number that was lost with a
/// crash is never given to something else, and of two frames with one id the newer is known.
pub(crate) fn start_of(opening: u64) -> Option<u64> {
    (opening <= MAX_OPENINGS).then_some(opening << SEQUENCE_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openings_do_not_meet() {
        assert_eq!(start_of(0), Some(0));
        assert_eq!(start_of(1), Some(1 << 40));
        assert_eq!(start_of((1 << 24) - 1), Some(u64::MAX << 40));
        assert_eq!(start_of(1 << 24), None);
    }
}
