//! What is known of each experience beside its key, one column per fact.

use std::collections::TryReserveError;

use crate::experience::Origin;
use crate::fingerprint::Fingerprint;
use crate::image::{Fixed, image};
use crate::limits::MAX_DISCRETE_ACTIONS;

/// Facts of one new experience.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) outcome: &'a [f32],
    pub(crate) part: usize,
    pub(crate) reward: f32,
    pub(crate) ended: bool,
    pub(crate) time_us: u64,
    pub(crate) surprise: f32,
    pub(crate) confidence: f32,
    pub(crate) origin: Origin,
}

/// The upper half of a float, rounded towards zero: 8 bits of precision, for what is only compared.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rough(u16);

impl From<f32> for Rough {
    fn from(value: f32) -> Self {
        Self((value.to_bits() >> u16::BITS) as u16)
    }
}

impl From<Rough> for f32 {
    fn from(rough: Rough) -> Self {
        Self::from_bits(u32::from(rough.0) << u16::BITS)
    }
}

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident: $kind:ty;)*) => {
        /// One value per slot in every column. Slots are reused, numbers are not.
        #[derive(Clone, Debug)]
        pub(crate) struct Columns {
            sensors: usize,
            /// `sensors` values per slot: what was sensed after the action.
            outcomes: Vec<f32>,
            $($(#[$doc])* pub(crate) $name: Vec<$kind>,)*
            free: Vec<u32>,
            stored: u64,
            alive: usize,
            /// How many of those alive are demonstrations.
            shown: usize,
        }

        impl Columns {
            /// Empty columns with room for `capacity` experiences.
            pub(crate) fn new(sensors: usize, capacity: usize) -> Result<Self, TryReserveError> {
                let mut columns = Self {
                    sensors,
                    outcomes: Vec::new(),
                    $($name: Vec::new(),)*
                    free: Vec::new(),
                    stored: 0,
                    alive: 0,
                    shown: 0,
                };
                columns.outcomes.try_reserve_exact(capacity * sensors)?;
                $(columns.$name.try_reserve_exact(capacity)?;)*
                columns.free.try_reserve_exact(capacity)?;
                Ok(columns)
            }

            /// Bytes for one more experience, without its place among the free.
            pub(crate) const fn bytes_each(sensors: usize) -> usize {
                sensors * size_of::<f32>() $(+ size_of::<$kind>())*
            }

            fn add_slot(&mut self) -> u32 {
                self.outcomes.extend(std::iter::repeat_n(0.0, self.sensors));
                $(self.$name.push(<$kind>::default());)*
                self.ids.len() as u32 - 1
            }
        }
    };
}

columns! {
    /// The number of the experience; `u64::MAX` in a free slot.
    ids: u64;
    times_us: u64;
    rewards: f32;
    surprises: f32;
    /// How often it was recalled for a decision; counts no further than 65,535.
    access_counts: u16;
    /// Distance to its nearest neighbour of the same action, as last seen.
    nearest: Rough;
    /// How wrong its prediction from its neighbours was, reward and ending included.
    errors: Rough;
    /// With how much confidence its action was chosen, in steps of 1/255; [`SHOWN`] by others only.
    confidences: u8;
    /// Which discrete action; 0 if actions are continuous. [`ADOPTED`] is set if another robot took it.
    marked_parts: u8;
    ended: bool;
}

/// The number in a slot that holds no experience.
const FREE: u64 = u64::MAX;
/// The confidence of an action that somebody else chose. The brain's own are kept below, however
/// sure it was.
const SHOWN: u8 = u8::MAX;
/// The bit that marks what another robot lived through: parts need six.
const ADOPTED: u8 = 1 << 7;
const _: () = assert!(MAX_DISCRETE_ACTIONS <= ADOPTED as usize);

impl Columns {
    /// Writes an experience to a free slot and returns the slot.
    pub(crate) fn insert(&mut self, facts: Facts<'_>) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| self.add_slot());
        let at = slot as usize;
        self.outcomes[at * self.sensors..][..self.sensors].copy_from_slice(facts.outcome);
        self.ids[at] = self.stored;
        self.times_us[at] = facts.time_us;
        self.rewards[at] = facts.reward;
        self.surprises[at] = facts.surprise;
        self.access_counts[at] = 0;
        let own = ((facts.confidence * 255.0).round() as u8).min(SHOWN - 1);
        let is_shown = facts.origin == Origin::Demonstrated;
        self.confidences[at] = if is_shown { SHOWN } else { own };
        self.shown += usize::from(is_shown);
        let mark = if facts.origin == Origin::Fleet { ADOPTED } else { 0 };
        self.marked_parts[at] = facts.part as u8 | mark;
        self.ended[at] = facts.ended;
        self.stored += 1;
        self.alive += 1;
        slot
    }

    /// Frees `slot`.
    pub(crate) fn remove(&mut self, slot: u32) {
        let at = slot as usize;
        self.shown -= usize::from(self.is_shown(slot));
        self.ids[at] = FREE;
        self.free.push(slot);
        self.alive -= 1;
    }

    /// Whether `slot` holds an experience.
    #[inline]
    pub(crate) fn is_alive(&self, slot: u32) -> bool {
        self.ids[slot as usize] != FREE
    }

    /// Whether somebody else chose the action of the experience in `slot`.
    #[inline]
    pub(crate) fn is_shown(&self, slot: u32) -> bool {
        self.confidences[slot as usize] == SHOWN
    }

    /// Who lived through the experience in `slot`.
    pub(crate) fn origin(&self, slot: u32) -> Origin {
        if self.marked_parts[slot as usize] & ADOPTED != 0 {
            Origin::Fleet
        } else if self.is_shown(slot) {
            Origin::Demonstrated
        } else {
            Origin::Own
        }
    }

    /// Which discrete action was taken; 0 if actions are continuous.
    #[inline]
    pub(crate) fn part(&self, slot: u32) -> usize {
        usize::from(self.marked_parts[slot as usize] & !ADOPTED)
    }

    /// With how much confidence the action was chosen, 0 to 1.
    #[inline]
    pub(crate) fn confidence(&self, slot: u32) -> f32 {
        f32::from(self.confidences[slot as usize]) / 255.0
    }

    /// How many demonstrations there are.
    pub(crate) fn shown(&self) -> usize {
        self.shown
    }

    /// How many experiences there are.
    pub(crate) fn len(&self) -> usize {
        self.alive
    }

    /// How many slots were ever used: every experience lives below.
    pub(crate) fn slots(&self) -> usize {
        self.ids.len()
    }

    /// Bytes in use now.
    pub(crate) fn bytes(&self) -> usize {
        let free = self.free.len() * size_of::<u32>();
        self.slots() * Self::bytes_each(self.sensors) + free
    }

    /// How many experiences were ever stored: the next one's number.
    pub(crate) fn stored(&self) -> u64 {
        self.stored
    }

    /// The next experience has this number or a greater one.
    #[cfg(feature = "journal")]
    pub(crate) fn skip_to(&mut self, id: u64) {
        self.stored = self.stored.max(id);
    }

    /// What was sensed after the action.
    #[inline]
    pub(crate) fn outcome(&self, slot: u32) -> &[f32] {
        &self.outcomes[slot as usize * self.sensors..][..self.sensors]
    }

    /// The slot of an experience: one pass over all numbers, for people and tools, not for the
    /// cycle.
    pub(crate) fn find(&self, id: u64) -> Option<u32> {
        (id != FREE).then(|| self.ids.iter().position(|&i| i == id))?.map(|slot| slot as u32)
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.word(self.stored);
        print.words(&self.free);
        print.floats(&self.outcomes);
        print.floats(&self.rewards);
        print.floats(&self.surprises);
        for at in 0..self.slots() {
            print.word(self.ids[at]);
            print.word(self.times_us[at]);
            print.word(u64::from(self.access_counts[at]));
            let small = [self.marked_parts[at], u8::from(self.ended[at]), self.confidences[at], 0];
            print.word(u64::from(u32::from_le_bytes(small)));
            let rough = [self.nearest[at], self.errors[at]].map(|rough| u32::from(rough.0));
            print.words(&rough);
        }
    }
}

impl Fixed for Rough {
    const BYTES: usize = u16::BYTES;
    #[inline]
    fn put(self, out: &mut [u8]) {
        self.0.put(out);
    }
    #[inline]
    fn get(from: &[u8]) -> Option<Self> {
        u16::get(from).map(Self)
    }
}
image!(Columns keeps stored alive shown free ids times_us outcomes rewards surprises access_counts nearest
    errors confidences marked_parts ended; not sensors);

impl Columns {
    /// Whether all that was read fits together.
    pub(crate) fn is_sound(&self, parts: usize) -> bool {
        let slots = self.slots();
        let lengths = [
            self.outcomes.len() / self.sensors,
            self.times_us.len(),
            self.rewards.len(),
            self.surprises.len(),
            self.access_counts.len(),
            self.nearest.len(),
            self.errors.len(),
            self.confidences.len(),
            self.marked_parts.len(),
            self.ended.len(),
        ];
        let is_free = |slot: &u32| self.ids.get(*slot as usize) == Some(&FREE);
        let alive = (0..slots as u32).filter(|&slot| self.is_alive(slot));
        lengths.iter().all(|&length| length == slots)
            && self.alive + self.free.len() == slots
            && alive.clone().count() == self.alive
            && alive.filter(|&slot| self.is_shown(slot)).count() == self.shown
            && self.free.iter().all(is_free)
            && are_distinct(&self.free, slots)
            && self.ids.iter().all(|&id| id == FREE || id < self.stored)
            && (0..slots as u32).all(|slot| self.part(slot) < parts)
    }
}

/// Whether no slot, of so many that there are, comes twice.
fn are_distinct(slots: &[u32], count: usize) -> bool {
    let mut seen = vec![false; count];
    slots.iter().all(|&slot| !std::mem::replace(&mut seen[slot as usize], true))
}
