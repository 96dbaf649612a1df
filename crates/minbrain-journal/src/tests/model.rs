//! Random lives with restarts, deaths and power cuts in between, against what was handed in.

use proptest::prelude::*;

use super::disk::{Dice, Disk};
use super::life::{Life, find, open, record};
use crate::options::Durability;
use crate::pace::Round;

#[derive(Clone, Debug)]
enum Step {
    Push(u16),
    Evict(u64),
    Snapshot(u32),
    Commit,
    Append,
    Flush,
    Close,
    Die,
    CutPower(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        20 => any::<u16>().prop_map(Step::Push),
        10 => any::<u64>().prop_map(Step::Evict),
        2 => (0..2_500_000_u32).prop_map(Step::Snapshot),
        5 => Just(Step::Commit),
        5 => Just(Step::Append),
        1 => Just(Step::Flush),
        1 => Just(Step::Close),
        1 => Just(Step::Die),
        1 => any::<u64>().prop_map(Step::CutPower),
    ]
}

/// Opens what is left, checks it, and goes on from there.
fn resume(disk: Disk, past: &super::life::Past, durability: Durability) -> Life {
    let found = find(&open(&disk).unwrap()).unwrap();
    let past = past.check(&found, "a restart");
    let mut life = Life::begin(disk, durability).unwrap();
    life.past = past;
    life
}

fn take(mut life: Life, step: Step, durability: Durability) -> Life {
    let append = if durability == Durability::ProcessDeath { Round::Append } else { Round::Sync };
    match step {
        Step::Push(seed) => life.push(&record(u64::from(seed), &mut Dice(u64::from(seed)))),
        Step::Evict(n) => life.evict(n),
        Step::Snapshot(bytes) => {
            let number = (life.journal.status().pushed_id, bytes);
            let mut state = vec![1; bytes as usize];
            state.extend_from_slice(format!("{number:?}").as_bytes());
            life.snapshot(state);
        }
        Step::Commit => life.round(Round::Sync).unwrap(),
        Step::Append => life.round(append).unwrap(),
        Step::Flush => life.finish().unwrap(),
        Step::Close => {
            let (disk, past) = life.close();
            return resume(disk, &past, durability);
        }
        Step::Die => {
            let (disk, past) = life.die();
            return resume(Disk::holding(disk.now()), &past, durability);
        }
        Step::CutPower(seed) => {
            let (disk, past) = life.die();
            return resume(Disk::holding(disk.after_power_cut(&mut Dice(seed))), &past, durability);
        }
    }
    if life.journal.status().waiting_entries > 200 {
        life.round(append).unwrap();
    }
    life
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_journal_holds_what_was_handed_in_whatever_comes_between(
        steps in proptest::collection::vec(step(), 1..120),
        has_tail in any::<bool>(),
    ) {
        let durability = if has_tail { Durability::ProcessDeath } else { Durability::PowerCut };
        let mut life = Life::begin(Disk::default(), durability).unwrap();
        for step in steps {
            life = take(life, step, durability);
        }
        let (disk, past) = life.close();
        resume(disk, &past, durability);
    }
}
