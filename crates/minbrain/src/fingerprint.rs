//! A hash of the whole state, to show that two brains are the same or that a refused call left no
//! trace.

/// Collects the state word by word. FNV-1a over 64-bit words: stable across builds and machines.
#[derive(Clone, Debug)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    pub(crate) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    pub(crate) fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29);
    }

    pub(crate) fn count(&mut self, count: usize) {
        self.word(count as u64);
    }

    pub(crate) fn words(&mut self, words: &[u32]) {
        words.iter().for_each(|&w| self.word(u64::from(w)));
    }

    pub(crate) fn floats(&mut self, floats: &[f32]) {
        floats.iter().for_each(|f| self.word(u64::from(f.to_bits())));
    }

    pub(crate) fn doubles(&mut self, doubles: &[f64]) {
        doubles.iter().for_each(|f| self.word(f.to_bits()));
    }

    pub(crate) fn finish(&self) -> u64 {
        self.0
    }
}
