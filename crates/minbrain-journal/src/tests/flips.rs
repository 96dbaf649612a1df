//! Flipped bits: detected or harmless, never a wrong record.

use redb::{Builder, Database, TableDefinition};

use super::disk::{Dice, Disk, Image, STORE, TAIL};
use super::life::{Life, find, open};
use crate::error::Cause;
use crate::options::Durability;
use crate::pace::Round;
use crate::recovery::Recovered;
use crate::store::Refusal;

/// Flips without a wish for more.
const FLIPS: u64 = 1_500;
/// The wish: `MINBRAIN_BIT_FLIPS=1000000 cargo test --release -p minbrain-journal flip`.
const WISH: &str = "MINBRAIN_BIT_FLIPS";

fn small_life(durability: Durability) -> (Life, Dice) {
    let mut life = Life::begin(Disk::default(), durability).unwrap();
    let mut dice = Dice(4);
    for id in 0..40 {
        life.push(&super::life::record(id, &mut dice));
        if id % 8 == 0 {
            life.evict(id);
            life.round(Round::Sync).unwrap();
        }
        if id == 20 {
            life.snapshot(vec![7; 70_000]);
        }
    }
    (life, dice)
}

#[derive(Debug, Default)]
struct Outcomes {
    refused: u64,
    reported: u64,
    harmless: u64,
}

/// Flips bits of one file, one at a time: every one of the first 1,024 bytes, and random ones.
fn flip(image: &Image, file: usize, whole: &impl Fn(&Image) -> Outcome) -> Outcomes {
    let flips = std::env::var(WISH).map_or(FLIPS, |text| text.parse().unwrap());
    let bits = image[file].len() as u64 * 8;
    let mut dice = Dice(6);
    let first = 0..bits.min(1_024 * 8);
    let random: Vec<u64> = (0..flips).map(|_| dice.below(bits)).collect();
    let mut outcomes = Outcomes::default();
    for bit in first.step_by(3).chain(random) {
        let mut flipped = image.clone();
        flipped[file][bit as usize / 8] ^= 1 << (bit % 8);
        match whole(&flipped) {
            Outcome::Refused => outcomes.refused += 1,
            Outcome::Reported => outcomes.reported += 1,
            Outcome::Harmless => outcomes.harmless += 1,
            Outcome::Wrong(how) => panic!("bit {bit} of file {file}: {how}"),
        }
    }
    outcomes
}

enum Outcome {
    Refused,
    Reported,
    Harmless,
    Wrong(String),
}

#[test]
fn a_flipped_bit_in_a_closed_store_is_detected_or_harmless() {
    let (life, _) = small_life(Durability::PowerCut);
    let (disk, _) = life.close();
    let image = disk.now();
    let sound = find(&open(&Disk::holding(image.clone())).unwrap()).unwrap();
    let outcomes = flip(&image, STORE, &|flipped| match open(&Disk::holding(flipped.clone())) {
        Err(Refusal::Version(_)) => Outcome::Wrong("another version".to_owned()),
        Err(Refusal::Failure(failure)) if failure.cause == Cause::Damaged => Outcome::Refused,
        Err(other) => Outcome::Wrong(format!("{other:?}")),
        Ok(parts) => match find(&parts) {
            Err(failure) if failure.cause == Cause::Damaged => Outcome::Reported,
            Ok(found) if found == sound => Outcome::Harmless,
            other => Outcome::Wrong(format!("{other:?}")),
        },
    });
    println!("store of {} bytes: {outcomes:?}", image[STORE].len());
    assert!(outcomes.refused > 100 && outcomes.harmless > 0);
}

#[test]
fn a_store_that_was_cut_off_is_refused() {
    let (disk, _) = small_life(Durability::PowerCut).0.close();
    let image = disk.now();
    for length in (0..image[STORE].len()).step_by(1_000) {
        let mut short = image.clone();
        short[STORE].truncate(length);
        match open(&Disk::holding(short)) {
            Err(Refusal::Failure(failure)) => {
                assert_eq!(failure.cause, Cause::Damaged, "{failure}")
            }
            other => panic!("{length} bytes: {:?}", other.map(|_| "opened")),
        }
    }
}

#[test]
fn a_flipped_bit_in_the_tail_ends_it_and_makes_nothing_up() {
    let (mut life, mut dice) = small_life(Durability::ProcessDeath);
    life.round(Round::Sync).unwrap();
    let before = life.past.clone();
    for id in 100..110 {
        life.push(&super::life::record(id, &mut dice));
    }
    life.evict(3);
    life.round(Round::Append).unwrap();
    let (disk, past) = life.die();
    let image = disk.now();
    assert!(image[TAIL].len() > 500);
    let outcomes = flip(&image, TAIL, &|flipped| {
        let found = find(&open(&Disk::holding(flipped.clone())).unwrap()).unwrap();
        // Some state between what the store has and what the tail had: check panics otherwise.
        let mut left = past.clone();
        left.safe_entries = before.safe_entries;
        left.check(&found, "a flipped tail");
        Outcome::Reported
    });
    println!("tail of {} bytes: {outcomes:?}", image[TAIL].len());
}

/// What a defect above the pages' own checksums would do: a value replaced through redb itself.
#[test]
fn a_record_that_is_not_its_own_is_reported_and_the_rest_is_there() {
    const RECORDS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("records");
    let mut life = Life::begin(Disk::default(), Durability::PowerCut).unwrap();
    for byte in 0..5 {
        life.push(&[byte; 50]);
    }
    let (disk, _) = life.close();
    let database: Database = Builder::new().create_with_backend(disk.file(STORE)).unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let mut records = transaction.open_table(RECORDS).unwrap();
        let of_three = records.remove(3).unwrap().unwrap().value().to_vec();
        records.insert(2, of_three.as_slice()).unwrap();
        let mut changed = of_three;
        changed[40] ^= 1;
        records.insert(3, changed.as_slice()).unwrap();
    }
    transaction.commit().unwrap();
    drop(database);
    let mut ids = Vec::new();
    let mut damaged = Vec::new();
    for step in open(&disk).unwrap().recovery().unwrap() {
        match step {
            Ok(Recovered::Pushed { id, bytes }) => {
                assert_eq!(bytes, [id as u8; 50]);
                ids.push(id);
            }
            Ok(other) => panic!("{other:?}"),
            Err(failure) => damaged.push(failure.to_string()),
        }
    }
    assert_eq!(ids, [0, 1, 4]);
    let expected = [
        "could not read a record: record 2 is damaged",
        "could not read a record: record 3 is damaged",
    ];
    assert_eq!(damaged, expected);
}
