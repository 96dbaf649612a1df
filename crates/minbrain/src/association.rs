//! Sparse associations: which experiences belong together, and how strongly.

use std::collections::TryReserveError;
use std::ops::Range;

use crate::fingerprint::Fingerprint;
use crate::image::{fixed, image};
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

/// At most `degree` associations per slot, in columns of four bytes each.
///
/// An association is kept by the newer of its two experiences if that has room or a weaker one to
/// replace, and then, by the same rule, by the older one. So who is forgotten knows all older
/// experiences that point to it, and takes those links along ([`release`](Self::release)). Links of
/// the others to it go stale, and show it by themselves: a link to an older experience leads to a
/// newer one once its slot is used again. `ids` are the numbers of the experiences by slot, growing
/// with each store and larger than all others in a free slot.
#[derive(Clone, Debug)]
pub(crate) struct Associations {
    degree: usize,
    /// The other end's slot, and in the low byte the strength in steps of 1/255: first those to older
    /// experiences, then those to newer ones.
    links: Vec<u32>,
    counts: Vec<Counts>,
    swept: usize,
}

/// How many links a slot has: to older experiences, and in all.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    older: u8,
    all: u8,
}

/// A slot and a strength share 32 bits.
const STRENGTH_BITS: u32 = u8::BITS;
const _: () = assert!(MAX_EXPERIENCES < 1 << (u32::BITS - STRENGTH_BITS), "one slot to spare");

fn pack(slot: u32, strength: u8) -> u32 {
    slot << STRENGTH_BITS | u32::from(strength)
}

fn slot_of(link: u32) -> u32 {
    link >> STRENGTH_BITS
}

fn strength_of(link: u32) -> u8 {
    link as u8
}

impl Associations {
    pub(crate) fn new(degree: usize, capacity: usize) -> Result<Self, TryReserveError> {
        let mut made = Self { degree, links: Vec::new(), counts: Vec::new(), swept: 0 };
        made.links.try_reserve_exact(capacity * degree)?;
        made.counts.try_reserve_exact(capacity)?;
        Ok(made)
    }

    /// Bytes for one more experience.
    pub(crate) const fn bytes_each(degree: usize) -> usize {
        degree * size_of::<u32>() + size_of::<Counts>()
    }

    /// Makes sure that `slot` has a place. It has no links then: it is new, or was released.
    pub(crate) fn admit(&mut self, slot: u32) {
        if slot as usize == self.counts.len() {
            self.links.extend(std::iter::repeat_n(0, self.degree));
            self.counts.push(Counts::default());
        }
    }

    /// Where the links of `slot` to older experiences stand, and those to newer ones.
    #[inline]
    fn parts(&self, slot: u32) -> [Range<usize>; 2] {
        let first = slot as usize * self.degree;
        let Counts { older, all } = self.counts[slot as usize];
        let (older, all) = (first + usize::from(older), first + usize::from(all));
        [first..older, older..all]
    }

    /// Where, within `part`, the link to `other` stands.
    #[inline]
    fn find(&self, part: Range<usize>, other: u32) -> Option<usize> {
        let place = self.links[part.clone()].iter().position(|&link| slot_of(link) == other)?;
        Some(part.start + place)
    }

    /// Where `at` keeps its link to `other`.
    #[inline]
    fn find_live(&self, at: u32, other: u32, ids: &[u64]) -> Option<usize> {
        let [older, newer] = self.parts(at);
        self.find(if ids[other as usize] < ids[at as usize] { older } else { newer }, other)
    }

    /// The associations of `slot` whose other end still is what it was.
    #[inline]
    pub(crate) fn of<'a>(&'a self, slot: u32, ids: &'a [u64]) -> impl Iterator<Item = Link> + 'a {
        let [older, newer] = self.parts(slot);
        let id = ids[slot as usize];
        let live = self.links[older].iter().filter(move |link| ids[slot_of(**link) as usize] < id);
        live.chain(&self.links[newer]).map(|&link| Link {
            slot: slot_of(link),
            strength: f32::from(strength_of(link)) / 255.0,
        })
    }

    /// Associates `a` and `b`, which live: at the newer one if that has room or a weaker association
    /// to replace, and then at the older one likewise. Returns how many of the two ends took it in or
    /// made it stronger.
    pub(crate) fn associate(&mut self, a: u32, b: u32, strength: f32, ids: &[u64]) -> u32 {
        let strength = (strength * 255.0).round() as u8;
        let is_newer = ids[a as usize] > ids[b as usize];
        let (newer, older) = if is_newer { (a, b) } else { (b, a) };
        let kept = self.keep(newer, older, strength, ids);
        if !kept && self.find_live(newer, older, ids).is_none() {
            return 0;
        }
        u32::from(kept) + u32::from(self.keep(older, newer, strength, ids))
    }

    fn keep(&mut self, at: u32, other: u32, strength: u8, ids: &[u64]) -> bool {
        if let Some(known) = self.find_live(at, other, ids) {
            let is_weaker = strength_of(self.links[known]) < strength;
            if is_weaker {
                self.links[known] = pack(other, strength);
            }
            return is_weaker;
        }
        if !self.make_room(at, strength, ids) {
            return false;
        }
        let is_older = ids[other as usize] < ids[at as usize];
        self.add(at, pack(other, strength), is_older.into());
        true
    }

    /// Adds a link where there is room; `older` is 1 for one to an older experience, else 0.
    fn add(&mut self, at: u32, link: u32, older: u8) {
        let [Range { end: first_newer, .. }, Range { end, .. }] = self.parts(at);
        let counts = &mut self.counts[at as usize];
        counts.all += 1;
        counts.older += older;
        self.links[end] = link;
        if older == 1 {
            self.links.swap(first_newer, end);
        }
    }

    /// Gives up a stale link of `at`, or its weakest if weaker than `strength`, unless there is room.
    fn make_room(&mut self, at: u32, strength: u8, ids: &[u64]) -> bool {
        let [mut older, newer] = self.parts(at);
        let all = older.start..newer.end;
        if all.len() < self.degree {
            return true;
        }
        let id = ids[at as usize];
        if let Some(stale) = older.find(|&link| ids[slot_of(self.links[link]) as usize] > id) {
            self.drop_link(at, stale);
            return true;
        }
        let Some(weakest) = all.min_by_key(|&link| strength_of(self.links[link])) else {
            return false;
        };
        let is_weaker = strength_of(self.links[weakest]) < strength;
        if is_weaker {
            self.give_up(at, weakest);
        }
        is_weaker
    }

    /// Drops a link, and the way back if that would be one to a newer experience that does not know of
    /// it.
    fn give_up(&mut self, at: u32, link: usize) {
        let other = slot_of(self.links[link]);
        let [older, _] = self.parts(at);
        self.drop_link(at, link);
        if older.contains(&link) {
            self.drop_back(other, at, 1);
        }
    }

    /// Drops the link of `at` to `other` from its older (0) or newer (1) ones, if there is one.
    fn drop_back(&mut self, at: u32, other: u32, part: usize) {
        let [older, newer] = self.parts(at);
        if let Some(link) = self.find(if part == 0 { older } else { newer }, other) {
            self.drop_link(at, link);
        }
    }

    /// Drops a link; others move into its place, each within its part.
    fn drop_link(&mut self, at: u32, link: usize) {
        let [older, newer] = self.parts(at);
        let counts = &mut self.counts[at as usize];
        counts.all -= 1;
        let mut gap = link;
        if older.contains(&link) {
            counts.older -= 1;
            self.links[gap] = self.links[older.end - 1];
            gap = older.end - 1;
        }
        self.links[gap] = self.links[newer.end - 1];
    }

    /// Makes the association of `a` with `b` stronger by `share` of what it lacks to 1, at both ends
    /// that keep it.
    pub(crate) fn strengthen(&mut self, a: u32, b: u32, share: f32, ids: &[u64]) {
        for link in [self.find_live(a, b, ids), self.find_live(b, a, ids)].into_iter().flatten() {
            let known = self.links[link];
            let strength = f32::from(strength_of(known));
            let gain = (share * (255.0 - strength)).round();
            let least = if share >= SURE_SHARE { 1.0 } else { 0.0 };
            let strength = (strength + gain.max(least)).min(255.0) as u8;
            self.links[link] = pack(slot_of(known), strength);
        }
    }

    /// Drops all links of `slot`, which is about to be forgotten, and those to it that would not show
    /// that they are stale.
    pub(crate) fn release(&mut self, slot: u32) {
        for (part, links) in self.parts(slot).into_iter().enumerate() {
            for link in links {
                self.drop_back(slot_of(self.links[link]), slot, 1 - part);
            }
        }
        self.counts[slot as usize] = Counts::default();
    }

    /// Drops the stale links of one slot, each call the next slot's.
    pub(crate) fn sweep(&mut self, ids: &[u64]) {
        if self.counts.is_empty() {
            return;
        }
        self.swept = (self.swept + 1) % self.counts.len();
        let [older, _] = self.parts(self.swept as u32);
        for link in older.rev() {
            if ids[slot_of(self.links[link]) as usize] > ids[self.swept] {
                self.drop_link(self.swept as u32, link);
            }
        }
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.count(self.swept);
        for slot in 0..self.counts.len() as u32 {
            for part in self.parts(slot) {
                print.count(part.len());
                print.words(&self.links[part]);
            }
        }
    }
}

fixed!(Counts { older: u8, all: u8 });
image!(Associations keeps links counts swept; not degree);

impl Associations {
    /// Whether all that was read fits together and to so many slots.
    pub(crate) fn is_sound(&self, slots: usize) -> bool {
        let fits =
            |counts: &Counts| counts.older <= counts.all && usize::from(counts.all) <= self.degree;
        self.counts.len() == slots
            && self.links.len() == slots * self.degree
            && self.swept < slots.max(1)
            && self.counts.iter().all(fits)
            && self.links.iter().all(|&link| slot_of(link) < slots.max(1) as u32)
    }
}

#[cfg(test)]
mod tests;
