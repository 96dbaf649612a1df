//! Sparse associations: which experiences belong together, and how strongly.

use std::collections::TryReserveError;
use std::ops::Range;

use crate::fingerprint::Fingerprint;
use crate::limits::MAX_EXPERIENCES;

/// From this share on, strengthening gains one step of a strength's precision at least: what is
/// nearly 1 still gets there. Smaller shares may be lost to rounding, or many bad predictions would
/// do as much as a good one.
const SURE_SHARE: f32 = 0.01;

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
    /// The other end of each link: its slot, and in the low byte the slot's generation.
    ends: Vec<u32>,
    /// In steps of 1/255.
    strengths: Vec<u8>,
    counts: Vec<u8>,
    swept: usize,
}

/// A slot and its generation share 32 bits.
const GENERATION_BITS: u32 = u8::BITS;
const _: () = assert!(MAX_EXPERIENCES < 1 << (u32::BITS - GENERATION_BITS), "one slot to spare");

fn pack(slot: u32, generations: &[u8]) -> u32 {
    slot << GENERATION_BITS | u32::from(generations[slot as usize])
}

fn slot_of(end: u32) -> u32 {
    end >> GENERATION_BITS
}

/// Whether the slot still is what it was when the link was made.
#[inline]
fn is_live(end: u32, generations: &[u8]) -> bool {
    generations[slot_of(end) as usize] == end as u8
}

impl Associations {
    pub(crate) fn new(degree: usize, capacity: usize) -> Result<Self, TryReserveError> {
        let mut made =
            Self { degree, ends: Vec::new(), strengths: Vec::new(), counts: Vec::new(), swept: 0 };
        made.ends.try_reserve_exact(capacity * degree)?;
        made.strengths.try_reserve_exact(capacity * degree)?;
        made.counts.try_reserve_exact(capacity)?;
        Ok(made)
    }

    /// Bytes for one more experience.
    pub(crate) const fn bytes_each(degree: usize) -> usize {
        degree * (size_of::<u32>() + size_of::<u8>()) + size_of::<u8>()
    }

    /// Makes sure that `slot` has a place, and that the place is empty.
    pub(crate) fn clear(&mut self, slot: u32) {
        let at = slot as usize;
        if at == self.counts.len() {
            self.ends.extend(std::iter::repeat_n(0, self.degree));
            self.strengths.extend(std::iter::repeat_n(0, self.degree));
            self.counts.push(0);
        }
        self.counts[at] = 0;
    }

    /// Where the links of `slot` stand.
    #[inline]
    fn links(&self, slot: u32) -> Range<usize> {
        let first = slot as usize * self.degree;
        first..first + usize::from(self.counts[slot as usize])
    }

    /// Where `at` keeps its link to `other`, stale or not.
    #[inline]
    fn find(&self, at: u32, other: u32) -> Option<usize> {
        let links = self.links(at);
        let place = self.ends[links.clone()].iter().position(|&end| slot_of(end) == other)?;
        Some(links.start + place)
    }

    /// The associations of `slot` whose other end still is what it was.
    #[inline]
    pub(crate) fn of<'a>(
        &'a self,
        slot: u32,
        generations: &'a [u8],
    ) -> impl Iterator<Item = Link> + 'a {
        let links = self.links(slot);
        let ends = self.ends[links.clone()].iter().zip(&self.strengths[links]);
        ends.filter(|(end, _)| is_live(**end, generations)).map(|(&end, &strength)| Link {
            slot: slot_of(end),
            strength: f32::from(strength) / 255.0,
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
        self.ends[link] = pack(other, generations);
        self.strengths[link] = strength;
        let count = link - at as usize * self.degree + 1;
        self.counts[at as usize] = self.counts[at as usize].max(count as u8);
        true
    }

    /// Where `at` can keep a link to `other`: over the one it has, in free room, over a stale one,
    /// or over its weakest.
    fn room(&self, at: u32, other: u32, strength: u8, generations: &[u8]) -> Option<usize> {
        let is_stale = |&link: &usize| !is_live(self.ends[link], generations);
        let is_weaker = |&link: &usize| self.strengths[link] < strength;
        let mut links = self.links(at);
        if let Some(known) = self.find(at, other) {
            return (is_stale(&known) || is_weaker(&known)).then_some(known);
        }
        if links.len() < self.degree {
            return Some(links.end);
        }
        let weakest = links.clone().min_by_key(|&link| self.strengths[link]);
        links.find(is_stale).or(weakest.filter(is_weaker))
    }

    /// Makes the association of `a` with `b` stronger by `share` of what it lacks to 1, at both ends
    /// that keep it.
    pub(crate) fn strengthen(&mut self, a: u32, b: u32, share: f32) {
        for link in [self.find(a, b), self.find(b, a)].into_iter().flatten() {
            let strength = f32::from(self.strengths[link]);
            let gain = (share * (255.0 - strength)).round();
            let least = if share >= SURE_SHARE { 1.0 } else { 0.0 };
            self.strengths[link] = (strength + gain.max(least)).min(255.0) as u8;
        }
    }

    /// Drops the stale links of one slot, each call the next slot's.
    pub(crate) fn sweep(&mut self, generations: &[u8]) {
        if self.counts.is_empty() {
            return;
        }
        self.swept = (self.swept + 1) % self.counts.len();
        let Range { start, mut end } = self.links(self.swept as u32);
        let mut link = start;
        while link < end {
            if is_live(self.ends[link], generations) {
                link += 1;
            } else {
                end -= 1;
                self.ends[link] = self.ends[end];
                self.strengths[link] = self.strengths[end];
            }
        }
        self.counts[self.swept] = (end - start) as u8;
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.count(self.swept);
        for slot in 0..self.counts.len() as u32 {
            let links = self.links(slot);
            print.count(links.len());
            print.words(&self.ends[links.clone()]);
            self.strengths[links].iter().for_each(|&strength| print.word(u64::from(strength)));
        }
    }
}

#[cfg(test)]
mod tests;
