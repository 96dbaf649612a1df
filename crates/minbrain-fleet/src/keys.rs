//! Where things lie in the cluster: keys, and the slots that say on which shard.

use crate::limits::STRETCH;

/// How many slots a Redis cluster has.
const SLOTS: u32 = 16_384;
/// So many endings of a tag are tried, at most, until one falls into the wanted slots: with 1,024 banks
/// a tag falls there once in a thousand tries.
const TRIES: u32 = 100_000;

/// The set of the names of all schemas.
pub(crate) const SCHEMAS: &str = "minbrain:schemas";

/// The key of a schema's description.
pub(crate) fn schema(name: &str) -> String {
    format!("minbrain:{{{name}}}:schema")
}

/// The key of the hash of a schema's robots.
pub(crate) fn robots(name: &str) -> String {
    format!("minbrain:{{{name}}}:robots")
}

/// The keys of one bank. All have the same hash tag, so that one shard has them all, and one script
/// changes them together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bank {
    /// A vector set: directions by name.
    pub(crate) vectors: String,
    /// A hash: records by name.
    pub(crate) records: String,
    /// A sorted set: names by how much they would be missed.
    pub(crate) scores: String,
    /// A number: how many were ever published.
    pub(crate) count: String,
    /// The slot that they lie in.
    pub(crate) slot: u16,
}

impl Bank {
    /// The banks of a schema, each in its share of the slots: shards that have as many slots have as
    /// many banks.
    pub(crate) fn all(name: &str, banks: u16) -> Vec<Self> {
        (0..u32::from(banks)).map(|at| Self::at(name, at, u32::from(banks))).collect()
    }

    fn at(name: &str, at: u32, banks: u32) -> Self {
        let share = (at * SLOTS / banks)..((at + 1) * SLOTS / banks);
        let tags = (0..TRIES).map(|nth| format!("{name}/{at}.{nth}"));
        let mut fitting = tags.filter(|tag| share.contains(&u32::from(slot(tag.as_bytes()))));
        let tag = fitting.next().unwrap_or_else(|| format!("{name}/{at}"));
        let key = |what: &str| format!("minbrain:{{{tag}}}:{what}");
        Self {
            vectors: key("vectors"),
            records: key("records"),
            scores: key("scores"),
            count: key("count"),
            slot: slot(tag.as_bytes()),
        }
    }
}

/// An experience's name in a fleet: the life of the robot, and the number that it has there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name {
    pub(crate) life: u64,
    pub(crate) id: u64,
}

impl Name {
    pub(crate) fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.life.to_be_bytes());
        bytes[8..].copy_from_slice(&self.id.to_be_bytes());
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (life, id) = bytes.split_at_checked(8)?;
        let word = |bytes: &[u8]| bytes.try_into().ok().map(u64::from_be_bytes);
        Some(Self { life: word(life)?, id: word(id)? })
    }

    /// Which of so many banks it lies in: stretches of one life lie together.
    pub(crate) fn bank(self, banks: u16) -> usize {
        let stretch = mixed(self.life ^ mixed(self.id / STRETCH));
        (stretch % u64::from(banks.max(1))) as usize
    }
}

/// Spreads a number over all 64 bits (the finaliser of splitmix64).
pub(crate) fn mixed(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// The slot of a hash tag: CRC-16 with the polynomial x^16 + x^12 + x^5 + 1, as the Redis Cluster
/// specification has it.
fn slot(tag: &[u8]) -> u16 {
    let crc = tag.iter().fold(0_u16, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    });
    crc % SLOTS as u16
}

#[cfg(test)]
mod tests {
    use super::{Bank, Name, slot};

    #[test]
    fn slots_are_those_of_the_specification() {
        // The check value of the specification, and slots that any cluster names for these keys.
        assert_eq!(slot(b"123456789"), 0x31c3);
        assert_eq!([slot(b"foo"), slot(b"somekey"), slot(b"hello")], [12_182, 11_058, 866]);
    }

    #[test]
    fn banks_share_the_slots_evenly() {
        for banks in [1_u16, 3, 12, 100, 1_024] {
            let edge = |at: usize| (at * 16_384 / usize::from(banks)) as u16;
            for (at, bank) in Bank::all("arm", banks).iter().enumerate() {
                assert!((edge(at)..edge(at + 1)).contains(&bank.slot), "{at} of {banks}: {bank:?}");
            }
        }
    }

    #[test]
    fn names_go_through_bytes_and_stretches_stay_together() {
        let name = Name { life: 0x0102_0304_0506_0708, id: 9 };
        assert_eq!(Name::from_bytes(&name.to_bytes()), Some(name));
        assert_eq!(Name::from_bytes(&[0; 15]), None);
        let bank = |id| Name { life: 5, id }.bank(12);
        assert!((64..128).all(|id| bank(id) == bank(64)));
        let mut counts = [0; 12];
        (0..6_400).for_each(|id| counts[bank(id * 64)] += 1);
        assert!(counts.iter().all(|count| (400..700).contains(count)), "{counts:?}");
    }
}
