//! Failures of the disk: each call fails once, and once for good. Nothing is tried again, nothing
//! that was acknowledged is lost, and the next opening is clean.

use super::disk::{Dice, Disk, Fault, Spell};
use super::life::{Life, open, recover};
use crate::error::{Cause, Failure, PushError};
use crate::options::Durability;
use crate::pace::Round;
use crate::store::Refusal;

const STEPS: u64 = 300;

/// Lives until something fails; `None` if it failed before it began.
fn live(disk: &Disk, durability: Durability) -> Option<(Life, Result<(), Failure>)> {
    let mut life = match Life::begin(disk.clone(), durability) {
        Ok(life) => life,
        Err(Refusal::Failure(_)) => return None,
        Err(refusal) => panic!("{refusal:?}"),
    };
    let mut dice = Dice(9);
    let append = if durability == Durability::ProcessDeath { Round::Append } else { Round::Sync };
    let lived = (0..STEPS).try_for_each(|_| life.step(&mut dice, append));
    let lived = lived.and_then(|()| life.finish());
    Some((life, lived))
}

/// A journal after its failure: poisoned, honest about it, and silent.
fn check_poisoned(life: &mut Life, failure: &Failure) {
    let pushed = life.journal.status().pushed_id;
    life.give_up(failure.clone());
    let status = life.journal.status();
    assert!(status.is_poisoned && status.waiting_entries == 0);
    assert_eq!(life.journal.failure(), Some(failure));
    assert_eq!(life.journal.push(u64::MAX - 1, b"more"), Err(PushError::Poisoned));
    assert_eq!(life.journal.flush(), Err(failure.clone()));
    assert!(life.journal.snapshot(Vec::new()).is_err());
    // Every id up to the newest is acknowledged or counted as lost: ids here have no gaps.
    let acknowledged = status.acknowledged_id.map_or(0, |id| id + 1);
    assert_eq!(acknowledged + status.lost_records, pushed.map_or(0, |id| id + 1));
}

fn fail_each_call(durability: Durability, spell: Spell) {
    let calm = Disk::default();
    live(&calm, durability).unwrap().1.unwrap();
    let calls = calm.calls();
    let (mut dice, mut poisoned) = (Dice(5), 0);
    for at in 1..=calls {
        let context = format!("call {at} of {calls}");
        let disk = Disk::default();
        disk.fail(Some(Fault { at, spell }));
        let Some((mut life, Err(failure))) = live(&disk, durability) else {
            check_images(&disk, None, &mut dice, &context);
            continue;
        };
        assert!(matches!(failure.cause, Cause::Io(_) | Cause::Defect), "{context}: {failure:?}");
        let syncs = disk.syncs();
        check_poisoned(&mut life, &failure);
        poisoned += 1;
        let past = life.past.clone();
        let (disk, _) = life.die();
        assert_eq!(disk.syncs(), syncs, "{context}: a sync after a failure");
        check_images(&disk, Some(&past), &mut dice, &context);
    }
    println!("{durability:?}, {spell:?}: {calls} calls, {poisoned} poisoned the journal");
    assert!(poisoned > calls / 2);
}

/// What is left opens, as the process left it and as a power cut would.
fn check_images(disk: &Disk, past: Option<&super::life::Past>, dice: &mut Dice, context: &str) {
    let Some(past) = past else { return };
    for image in [disk.now(), disk.after_power_cut(dice)] {
        let found = recover(image).unwrap_or_else(|error| panic!("{context}: {error}"));
        past.check(&found, context);
    }
}

#[test]
fn any_call_may_fail_once() {
    fail_each_call(Durability::PowerCut, Spell::Once);
}

#[test]
fn any_call_may_be_the_last_that_works() {
    fail_each_call(Durability::PowerCut, Spell::ForGood);
}

#[test]
fn any_call_may_fail_with_a_tail() {
    fail_each_call(Durability::ProcessDeath, Spell::Once);
}

#[test]
fn a_full_disk_is_named_and_what_was_acknowledged_is_there() {
    let mut full = 0;
    for room in (10..60).map(|n| n * 8_192) {
        let disk = Disk::default();
        disk.limit(room);
        let Some((mut life, lived)) = live(&disk, Durability::PowerCut) else { continue };
        let Err(failure) = lived else { continue };
        assert_eq!(failure.cause, Cause::Full, "{room} bytes: {failure}");
        check_poisoned(&mut life, &failure);
        let past = life.past.clone();
        let (disk, _) = life.die();
        let found = recover(disk.now()).unwrap();
        past.check(&found, &format!("{room} bytes"));
        full += 1;
    }
    assert!(full > 5, "{full}");
}

#[test]
fn a_failure_while_opening_leaves_what_was_there() {
    let mut life = Life::begin(Disk::default(), Durability::PowerCut).unwrap();
    let mut dice = Dice(2);
    (0..STEPS).for_each(|_| life.step(&mut dice, Round::Sync).unwrap());
    let (disk, past) = life.close();
    let image = disk.now();
    let calm = Disk::holding(image.clone());
    drop(open(&calm).unwrap());
    for at in 1..=calm.calls() {
        let disk = Disk::holding(image.clone());
        disk.fail(Some(Fault { at, spell: Spell::Once }));
        let opened = open(&disk);
        disk.fail(Some(Fault { at: 0, spell: Spell::ForGood }));
        drop(opened);
        let context = format!("opening, call {at}");
        for image in [disk.now(), disk.after_power_cut(&mut dice)] {
            past.check(&recover(image).unwrap(), &context);
        }
    }
}
