//! Inputs made of other inputs.

/// Most mutations of one input.
const MOST: u64 = 8;
/// Longest input.
const LONGEST: usize = 6_000;
/// Bytes that are often wrong: ends of ranges, and kinds of messages.
const INTERESTING: [u8; 16] = [0, 1, 2, 4, 5, 9, 16, 17, 18, 19, 20, 21, 64, 127, 128, 255];

/// Makes inputs out of a corpus; the same seed makes the same ones.
#[derive(Clone, Debug)]
pub(crate) struct Mutator {
    corpus: Vec<Vec<u8>>,
    state: u64,
}

impl Mutator {
    pub(crate) fn new(corpus: Vec<Vec<u8>>, seed: u64) -> Self {
        Self { corpus, state: seed.wrapping_mul(2).wrapping_add(1) }
    }

    /// The next input.
    pub(crate) fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.pick();
        for _ in 0..=self.below(MOST) {
            self.mutate(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn pick(&mut self) -> Vec<u8> {
        let at = self.below(self.corpus.len() as u64) as usize;
        self.corpus.get(at).cloned().unwrap_or_default()
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() as u64 + 1) as usize;
        let to = (at + 1 + self.below(12) as usize).min(input.len());
        match self.below(8) {
            0 => self.change(input, at, |byte, dice| byte ^ (1 << (dice % 8))),
            1 => self.change(input, at, |_, dice| INTERESTING[dice as usize % INTERESTING.len()]),
            2 => self.change(input, at, |byte, dice| {
                byte.wrapping_add((dice % 5) as u8).wrapping_sub(2)
            }),
            3 => input.truncate(at),
            4 if at < to => drop(input.drain(at..to)),
            5 if at < to => {
                let piece = input[at..to].to_vec();
                input.splice(at..at, piece);
            }
            6 => {
                let other = self.pick();
                input.truncate(at);
                input.extend(other);
            }
            _ => self.announce(input, at),
        }
    }

    fn change(&mut self, input: &mut [u8], at: usize, how: impl Fn(u8, u64) -> u8) {
        let dice = self.random();
        if let Some(byte) = input.get_mut(at) {
            *byte = how(*byte, dice);
        }
    }

    /// Writes a count and the length that belongs to it, where a message may begin.
    fn announce(&mut self, input: &mut [u8], at: usize) {
        let count = match self.below(4) {
            0 => 1_023 + self.below(4),
            1 => self.random() >> 32,
            _ => self.below(20),
        } as u32;
        let length = count.wrapping_mul(4).wrapping_add(5);
        let at = if self.below(2) == 0 { 0 } else { at };
        if let Some(place) = input.get_mut(at..at + 9) {
            place[..4].copy_from_slice(&length.to_be_bytes());
            place[5..].copy_from_slice(&count.to_be_bytes());
        }
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random() % bound.max(1)
    }

    /// Marsaglia's xorshift.
    fn random(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }
}
