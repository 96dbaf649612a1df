//! Power cuts: at every sync, any 512-byte sectors of what was on its way may have arrived.

use super::disk::{Dice, Disk, TAIL};
use super::life::{Life, recover};
use crate::options::Durability;
use crate::pace::Round;

const OPERATIONS: u64 = 10_000;
/// Images that a cut may leave, over the whole script, without a wish for more.
const IMAGES: u64 = 2_000;
/// The wish: `MINBRAIN_POWER_CUTS=100000 cargo test --release -p minbrain-journal power`.
const WISH: &str = "MINBRAIN_POWER_CUTS";

fn images() -> u64 {
    std::env::var(WISH).map_or(IMAGES, |text| text.parse().unwrap())
}

/// Lives through the script and checks what each cut would leave; the number of images checked.
fn live(durability: Durability, append: Round, images_per_sync: u64, seed: u64) -> (u64, u64) {
    let disk = Disk::default();
    let mut life = Life::begin(disk.clone(), durability).unwrap();
    let mut dice = Dice(seed);
    disk.cut_at_each_sync(Dice(seed + 1), images_per_sync);
    let (mut images, before) = (0, disk.syncs());
    for operation in 0..OPERATIONS {
        // What was safe before the step has to survive a cut within it.
        let mut past = life.past.clone_safety();
        life.step(&mut dice, append).unwrap();
        for image in disk.take_cuts() {
            past.extend_from(&life.past);
            let context = format!("seed {seed}, operation {operation}, image {images}");
            let found = recover(image).unwrap_or_else(|error| panic!("{context}: {error}"));
            past.check(&found, &context);
            images += 1;
        }
    }
    (disk.syncs() - before, images)
}

fn try_all(durability: Durability, append: Round, seed: u64) {
    // How many syncs there are is found out with a script that is not looked at.
    let (syncs, _) = live(durability, append, 0, seed);
    let per_sync = images().div_ceil(syncs);
    let (syncs, images) = live(durability, append, per_sync, seed);
    println!("{durability:?}: {OPERATIONS} operations, {syncs} syncs, {images} images, all sound");
    assert!(images >= syncs && syncs > 100);
}

#[test]
fn no_power_cut_takes_what_was_acknowledged() {
    try_all(Durability::PowerCut, Round::Sync, 1);
}

#[test]
fn with_a_tail_a_power_cut_takes_nothing_that_was_synced() {
    try_all(Durability::ProcessDeath, Round::Append, 2);
}

#[test]
fn with_a_tail_no_death_of_the_process_takes_what_was_acknowledged() {
    let disk = Disk::default();
    let mut life = Life::begin(disk.clone(), Durability::ProcessDeath).unwrap();
    let mut dice = Dice(3);
    let mut checked = 0;
    for operation in 0..2_000 {
        life.step(&mut dice, Round::Append).unwrap();
        let status = life.journal.status();
        if status.waiting_entries == 0 && operation % 5 == 0 {
            let found = recover(disk.now()).unwrap();
            let mut past = life.past.clone();
            past.all_safe();
            past.check(&found, &format!("operation {operation}"));
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked}");
}

/// Found by 100,000 random images: sectors of an older tail between those of the present one.
#[test]
fn a_group_in_the_tail_whose_forerunner_is_missing_is_not_taken_up() {
    let mut life = Life::begin(Disk::default(), Durability::ProcessDeath).unwrap();
    let disk = life.disk.clone();
    let append = |life: &mut Life, byte: u8| {
        life.push(&[byte; 1_000]);
        life.round(Round::Append).unwrap();
        disk.now()[TAIL].clone()
    };
    let older = append(&mut life, 1);
    life.round(Round::Sync).unwrap();
    append(&mut life, 2);
    append(&mut life, 3);
    let mut image = disk.now();
    assert_eq!(image[TAIL].len(), 2 * older.len());
    assert_eq!(recover(image.clone()).unwrap().records.len(), 3);
    image[TAIL][..older.len()].copy_from_slice(&older);
    let found = recover(image).unwrap();
    assert_eq!(found.records.len(), 1);
    life.past.check(&found, "an older tail before the present one");
}
