//! Sparse associations: which experiences belong together, and how strongly.

use std::collections::TryReserveError;

use crate::fingerprint::Fingerprint;

/// An association as seen from one end: the other end's slot, and the strength, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Link {
    pub(crate) slot: u32,
    pub(crate) strength: f32,
}

/// At most `degree` associations per slot, in columns.
///
/// Both ends keep an association if both have room or a weaker one to replace; an end that is full
/// of stronger ones does not. A link counts only while its slot still has the generation that it
/// was made for. Generations are small and wrap, so every store clears the stale links of one slot
/// in turn ([`sweep`](Self::sweep)): a full turn takes as many stores as there are slots, and
/// since the newest fiftieth of all experiences is protected from eviction, no slot is reused more
/// than about fifty times in one turn. A wrapped generation, 256 reuses later, is never met.
#[derive(Clone, Debug)]
pub(crate) struct Associations {
    degree: usize,
    slots: Vec<u32>,
    /// Strength and generation of each link.
    marks: Vec<[u8; 2]>,
    counts: Vec<u8>,
    swept: usize,
}

impl Associations {
    pub(crate) fn new(degree: usize, capacity: usize) -> Result<Self, TryReserveError> {
        let mut made =
            Self { degree, slots: Vec::new(), marks: Vec::new(), counts: Vec::new(), swept: 0 };
        made.slots.try_reserve_exact(capacity * degree)?;
        made.marks.try_reserve_exact(capacity * degree)?;
        made.counts.try_reserve_exact(capacity)?;
        Ok(made)
    }

    /// Bytes for one more experience.
    pub(crate) const fn bytes_each(degree: usize) -> usize {
        degree * (size_of::<u32>() + size_of::<[u8; 2]>()) + 1
    }

    /// Makes sure that `slot` has a place, and that the place is empty.
    pub(crate) fn clear(&mut self, slot: u32) {
        let at = slot as usize;
        if at == self.counts.len() {
            self.slots.extend(std::iter::repeat_n(0, self.degree));
            self.marks.extend(std::iter::repeat_n([0; 2], self.degree));
            self.counts.push(0);
        }
        self.counts[at] = 0;
    }

    /// The associations of `slot` whose other end still is what it was.
    #[inline]
    pub(crate) fn of<'a>(
        &'a self,
        slot: u32,
        generations: &'a [u8],
    ) -> impl Iterator<Item = Link> + 'a {
        let first = slot as usize * self.degree;
        let all = first..first + usize::from(self.counts[slot as usize]);
        self.slots[all.clone()].iter().zip(&self.marks[all]).filter_map(|(&slot, mark)| {
            let strength = f32::from(mark[0]) / 255.0;
            (generations[slot as usize] == mark[1]).then_some(Link { slot, strength })
        })
    }

    /// Associates `a` and `b`, each way where the end has room or a weaker association to replace.
    /// Returns how many of the two ends keep it.
    pub(crate) fn associate(&mut self, a: u32, b: u32, strength: f32, generations: &[u8]) -> u32 {
        let strength = (strength * 255.0).round() as u8;
        u32::from(self.keep(a, b, strength, generations))
            + u32::from(self.keep(b, a, strength, generations))
    }

    fn keep(&mut self, at: u32, other: u32, strength: u8, generations: &[u8]) -> bool {
        let Some(link) = self.room(at, other, strength, generations) else { return false };
        self.slots[link] = other;
        self.marks[link] = [strength, generations[other as usize]];
        let count = link - at as usize * self.degree + 1;
        self.counts[at as usize] = self.counts[at as usize].max(count as u8);
        true
    }

    /// Where `at` can keep a link to `other`: over the one it has, a stale one, in free room, or
    /// over its weakest.
    fn room(&self, at: u32, other: u32, strength: u8, generations: &[u8]) -> Option<usize> {
        let first = at as usize * self.degree;
        let count = usize::from(self.counts[at as usize]);
        let links = first..first + count;
        let is_stale = |link: usize| generations[self.slots[link] as usize] != self.marks[link][1];
        if let Some(known) = links.clone().find(|&link| self.slots[link] == other) {
            return (is_stale(known) || self.marks[known][0] < strength).then_some(known);
        }
        if let Some(stale) = links.clone().find(|&link| is_stale(link)) {
            return Some(stale);
        }
        if count < self.degree {
            return Some(first + count);
        }
        links.min_by_key(|&link| self.marks[link][0]).filter(|&w| self.marks[w][0] < strength)
    }

    /// Makes the association of `a` with `b` stronger by `share` of what it lacks to 1, at both
    /// ends that keep it.
    pub(crate) fn strengthen(&mut self, a: u32, b: u32, share: f32) {
        for (at, other) in [(a, b), (b, a)] {
            let first = at as usize * self.degree;
            for link in first..first + usize::from(self.counts[at as usize]) {
                if self.slots[link] == other {
                    let strength = f32::from(self.marks[link][0]);
                    self.marks[link][0] = (strength + share * (255.0 - strength)).round() as u8;
                }
            }
        }
    }

    /// Drops the stale links of one slot, each call the next slot's.
    pub(crate) fn sweep(&mut self, generations: &[u8]) {
        if self.counts.is_empty() {
            return;
        }
        self.swept = (self.swept + 1) % self.counts.len();
        let first = self.swept * self.degree;
        let mut link = first;
        let mut end = first + usize::from(self.counts[self.swept]);
        while link < end {
            if generations[self.slots[link] as usize] == self.marks[link][1] {
                link += 1;
            } else {
                end -= 1;
                self.slots[link] = self.slots[end];
                self.marks[link] = self.marks[end];
            }
        }
        self.counts[self.swept] = (end - first) as u8;
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.count(self.swept);
        for (at, &count) in self.counts.iter().enumerate() {
            let all = at * self.degree..at * self.degree + usize::from(count);
            print.count(all.len());
            print.words(&self.slots[all.clone()]);
            self.marks[all].iter().for_each(|&[s, g]| print.word(u64::from(s) << 8 | u64::from(g)));
        }
    }
}

#[cfg(test)]
mod tests;
