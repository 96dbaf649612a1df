//! Which blocks a GPU has not heard of yet.

/// A bit for each block that changed since it was sent. Nothing is noted until somebody listens.
#[derive(Debug, Default)]
pub(in crate::space) struct Changed {
    is_heard: bool,
    bits: Vec<u64>,
    count: usize,
}

/// A copy is sent nowhere.
impl Clone for Changed {
    fn clone(&self) -> Self {
        Self::default()
    }
}

const BITS: usize = u64::BITS as usize;

impl Changed {
    /// A block changed.
    #[inline]
    pub(in crate::space) fn touch(&mut self, block: u32) {
        if self.is_heard {
            self.note(block as usize);
        }
    }

    fn note(&mut self, block: usize) {
        let (word, bit) = (block / BITS, 1_u64 << (block % BITS));
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        self.count += usize::from(self.bits[word] & bit == 0);
        self.bits[word] |= bit;
    }

    /// All of the first `blocks` changed, and somebody listens from now on.
    pub(in crate::space) fn touch_all(&mut self, blocks: usize) {
        self.is_heard = true;
        (0..blocks).for_each(|block| self.note(block));
    }

    /// Takes the lowest block that changed off the list.
    pub(super) fn next(&mut self) -> Option<u32> {
        if self.count == 0 {
            return None;
        }
        let word = self.bits.iter().position(|&bits| bits != 0)?;
        let bit = self.bits[word].trailing_zeros();
        self.bits[word] &= self.bits[word] - 1;
        self.count -= 1;
        Some((word * BITS) as u32 + bit)
    }

    /// Whether nothing changed.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[cfg(test)]
mod tests {
    use super::Changed;

    #[test]
    fn what_changed_is_named_once_and_in_order() {
        let mut changed = Changed::default();
        changed.touch(3);
        assert!(changed.is_empty(), "nobody listens yet");
        changed.touch_all(2);
        [200, 64, 200, 1].into_iter().for_each(|block| changed.touch(block));
        let named: Vec<u32> = std::iter::from_fn(|| changed.next()).collect();
        assert_eq!(named, [0, 1, 64, 200]);
        assert!(changed.is_empty() && changed.clone().is_empty());
        changed.touch(7);
        assert_eq!((changed.next(), changed.next()), (Some(7), None));
    }
}
