//! A brain in a directory: whoever opens it again has the brain that lived, byte for byte.
#![cfg(feature = "journal")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use minbrain::journal::Durability;
use minbrain::{
    Action, ActionSpace, Brain, BrainBuilder, Budget, Decision, DurableBrain, DurableError,
    Exploration, Foreign, Forgetting, Keeping, NotTaken, Outcome, Policy,
};

/// A directory of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("durable-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Somewhere on a line, with what is sensed there.
fn sense(cycle: u64) -> [f32; 2] {
    let time = cycle as f32;
    [(0.3 * time).sin(), (0.17 * time).cos() + 0.01 * (7.7 * time).sin()]
}

/// The calls that brains and durable brains have in common.
macro_rules! live {
    ($brain:expr, $cycle:expr) => {{
        let (brain, cycle): (_, u64) = ($brain, $cycle);
        let place = sense(cycle);
        if cycle % 5 == 0 {
            // Decided, and given up for what somebody else does.
            let action = brain.decide(&place).unwrap().action.clone();
            brain.accompany(&place, &action).unwrap();
        } else {
            brain.decide(&place).unwrap();
        }
        if cycle % 11 == 0 {
            brain.consolidate(25);
        }
        let after = sense(cycle + 1);
        let reward = after[0] - place[1];
        brain.learn(Outcome { observation: &after, reward, ended: cycle % 40 == 39 }).unwrap();
        match cycle % 60 {
            20 => brain.interrupt(),
            30 => brain.set_exploration(Exploration::Off),
            50 => brain.set_exploration(Exploration::Annealed),
            _ => {}
        }
        brain.consolidate(40);
    }};
}

fn builders() -> Vec<BrainBuilder> {
    let mut made = Vec::new();
    for actions in [
        ActionSpace::discrete(2),
        ActionSpace::continuous([(-1.0, 1.0)]),
        ActionSpace::continuous([(-1.0, 1.0), (0.0, 3.0)]),
    ] {
        for (policy, forgetting) in [
            (Policy::Consensus, Forgetting::Utility),
            (Policy::Value, Forgetting::Coverage),
            (Policy::Imitation, Forgetting::Coverage),
        ] {
            let builder = Brain::builder().sensors(2).actions(actions.clone()).policy(policy);
            let builder = builder.history(usize::from(policy == Policy::Imitation));
            let builder = builder.forgetting(forgetting).cycle_period_us(1_000_000);
            made.push(builder.budget(Budget::Experiences(150)).seed(4));
        }
    }
    made
}

fn keeping(snapshot_every: u64) -> Keeping {
    Keeping { snapshot_every, ..Keeping::default() }
}

fn open(at: &Folder, builder: &BrainBuilder, keeping: &Keeping) -> DurableBrain {
    let (brain, revival) = DurableBrain::open(&at.0, builder.clone(), keeping).unwrap();
    assert_eq!((revival.first_different, revival.damaged), (None, 0), "{revival:?}");
    brain
}

#[test]
fn who_is_opened_again_is_who_lived() {
    for (nth, builder) in builders().into_iter().enumerate() {
        for snapshot_every in [70, 100_000] {
            let at = Folder::new(&format!("again-{nth}-{snapshot_every}"));
            let keeping = keeping(snapshot_every);
            let mut twin = builder.clone().build().unwrap();
            let mut cycle = 0;
            for life in 0..4 {
                let mut brain = open(&at, &builder, &keeping);
                assert_eq!(brain.brain().to_bytes(), twin.to_bytes(), "{builder:?}, life {life}");
                for _ in 0..110 {
                    live!(&mut brain, cycle);
                    live!(&mut twin, cycle);
                    cycle += 1;
                }
                if life % 2 == 0 {
                    brain.close().unwrap();
                } else {
                    // As a crash: what was called after the last record is gone, and no snapshot.
                    brain.flush().unwrap();
                    drop(brain);
                    twin = open(&at, &builder, &keeping).brain().clone();
                }
            }
        }
    }
}

/// What the process had told the journal when it died, call by call.
#[test]
fn a_crash_takes_nothing_that_was_durable() {
    let builder = builders().swap_remove(1);
    let at = Folder::new("crash");
    let mut lived = Vec::new();
    let mut twin = builder.clone().build().unwrap();
    {
        let mut brain = open(&at, &builder, &keeping(50));
        for cycle in 0..300 {
            let place = sense(cycle);
            brain.decide(&place).unwrap();
            twin.decide(&place).unwrap();
            let outcome = Outcome { observation: &sense(cycle + 1), reward: 0.1, ended: false };
            assert_eq!(brain.learn(outcome).unwrap(), twin.learn(outcome).unwrap());
            lived.push(twin.fingerprint());
            brain.consolidate(30);
            twin.consolidate(30);
            if cycle % 37 == 0 {
                brain.flush().unwrap();
                let copy = Folder::new(&format!("crash-{cycle}"));
                copy_files(&at.0, &copy.0);
                let reopened = open(&copy, &builder, &keeping(50));
                let print = reopened.brain().fingerprint();
                // Idle time after the last outcome counts where a snapshot saw it.
                assert!(print == lived[cycle as usize] || print == twin.fingerprint(), "{cycle}");
            }
        }
    }
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// What another robot lived through comes in while a decision waits, which is taken up again.
macro_rules! adopt {
    ($brain:expr, $cycle:expr, $decision:expr) => {{
        let (brain, cycle, decision): (_, u64, &Decision) = ($brain, $cycle, $decision);
        let (seen, found) = (sense(9_000 + cycle), sense(9_001 + cycle));
        let outcome = Outcome { observation: &found, reward: -0.25, ended: cycle % 4 == 3 };
        let (action, follows) = (&decision.action, cycle % 4 != 0);
        let foreign = Foreign { observation: &seen, action, outcome, confidence: 0.5, follows };
        brain.adopt(foreign).unwrap();
        let chosen = (decision.method, decision.confidence);
        brain.resume(&sense(cycle), &decision.action, chosen).unwrap();
    }};
}

#[test]
fn a_crash_takes_nothing_that_was_adopted_either() {
    for builder in builders() {
        let at = Folder::new("adopted");
        let mut twin = builder.clone().build().unwrap();
        let mut brain = open(&at, &builder, &keeping(50));
        for cycle in 0..120 {
            brain.consolidate(30);
            twin.consolidate(30);
            let decision = twin.decide(&sense(cycle)).unwrap().clone();
            assert_eq!(*brain.decide(&sense(cycle)).unwrap(), decision);
            if cycle % 8 < 4 {
                adopt!(&mut brain, cycle, &decision);
                adopt!(&mut twin, cycle, &decision);
            }
            let outcome = Outcome { observation: &sense(cycle + 1), reward: 0.1, ended: false };
            assert_eq!(brain.learn(outcome).unwrap(), twin.learn(outcome).unwrap());
            if cycle % 17 == 16 {
                brain.flush().unwrap();
                let copy = Folder::new("adopted-copy");
                copy_files(&at.0, &copy.0);
                let reopened = open(&copy, &builder, &keeping(50));
                assert_eq!(reopened.brain().fingerprint(), twin.fingerprint(), "{cycle}");
                assert_eq!(reopened.brain().stats().adopted, twin.stats().adopted);
            }
        }
    }
}

#[test]
fn a_snapshot_while_a_decision_waits_decides_once_more() {
    let builder = builders().swap_remove(0);
    let at = Folder::new("waiting");
    let mut brain = open(&at, &builder, &keeping(1_000));
    (0..60).for_each(|cycle| live!(&mut brain, cycle));
    brain.decide(&sense(60)).unwrap();
    brain.snapshot().unwrap();
    brain.learn(Outcome { observation: &sense(61), reward: 0.0, ended: false }).unwrap();
    brain.flush().unwrap();
    let experiences = brain.brain().stats().experiences;
    drop(brain);
    let (brain, revival) = DurableBrain::open(&at.0, builder, &keeping(1_000)).unwrap();
    assert!(revival.has_snapshot);
    assert_eq!((revival.relived, revival.damaged), (1, 0));
    assert_eq!(brain.brain().stats().experiences, experiences);
}

#[test]
fn other_settings_are_refused_by_name_and_change_nothing() {
    let builder = builders().swap_remove(0);
    let at = Folder::new("settings");
    let mut brain = open(&at, &builder, &keeping(10));
    (0..30).for_each(|cycle| live!(&mut brain, cycle));
    let image = brain.brain().to_bytes();
    brain.close().unwrap();
    for (other, words) in [
        (builder.clone().sensors(3), "sensors: expected 3, found 2"),
        (
            builder.clone().actions(ActionSpace::discrete(5)),
            "actions: expected 5 discrete ones, found 2 discrete ones",
        ),
        (builder.clone().policy(Policy::Value), "policy: expected value, found consensus"),
        (builder.clone().history(1), "history: expected 1, found 0"),
    ] {
        let refused = DurableBrain::open(&at.0, other, &keeping(10)).unwrap_err();
        assert!(matches!(refused, DurableError::Settings { .. }), "{refused}");
        assert!(refused.to_string().ends_with(words), "{refused}");
    }
    // Chance, and whether it explores, go on as they were.
    let asked = builder.seed(99).exploration(Exploration::Off);
    let (brain, _) = DurableBrain::open(&at.0, asked, &keeping(10)).unwrap();
    assert_eq!(brain.brain().to_bytes(), image);
}

#[test]
fn a_directory_in_use_names_its_holder() {
    let builder = builders().swap_remove(0);
    let at = Folder::new("in-use");
    let _first = open(&at, &builder, &keeping(10));
    let refused = DurableBrain::open(&at.0, builder, &keeping(10)).unwrap_err().to_string();
    assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
}

#[test]
fn an_imported_brain_goes_on() {
    let builder = builders().swap_remove(3);
    let at = Folder::new("import");
    let mut brain = builder.clone().build().unwrap();
    (0..200).for_each(|cycle| live!(&mut brain, cycle));
    DurableBrain::create(&at.0, brain.clone(), &keeping(10)).unwrap().close().unwrap();
    let mut durable = open(&at, &builder, &keeping(1_000));
    for cycle in 200..400 {
        live!(&mut brain, cycle);
        live!(&mut durable, cycle);
    }
    assert_eq!(durable.brain().to_bytes(), brain.to_bytes());
    durable.close().unwrap();
    let taken = DurableBrain::create(&at.0, brain, &keeping(10)).unwrap_err();
    assert!(matches!(taken, DurableError::Taken { .. }), "{taken}");
}

/// More calls than fit into a record: they are missing, and said to be.
#[test]
fn calls_that_do_not_fit_are_told() {
    let builder = builders().swap_remove(0);
    let at = Folder::new("torn");
    let mut brain = open(&at, &builder, &keeping(1_000));
    (0..50).for_each(|cycle| live!(&mut brain, cycle));
    for _ in 0..200 {
        brain.consolidate(3);
        brain.decide(&sense(50)).unwrap();
        brain.set_time_us(1 << 40).unwrap();
    }
    brain.learn(Outcome { observation: &sense(51), reward: 0.0, ended: false }).unwrap();
    live!(&mut brain, 52);
    let kept: Vec<u64> = (0..52).collect();
    brain.flush().unwrap();
    drop(brain);
    let (brain, revival) = DurableBrain::open(&at.0, builder, &keeping(1_000)).unwrap();
    assert_eq!(revival.first_different.map(|id| id.0), Some(50));
    assert_eq!((revival.relived, revival.damaged), (52, 0));
    let there =
        kept.iter().filter(|&&id| brain.brain().experience(minbrain::ExperienceId(id)).is_some());
    assert_eq!(there.count(), 52, "and every experience is there");
}

/// A queue of two entries: the disk falls behind, the cycle does not, and what is missing is known.
#[test]
fn what_the_disk_did_not_take_in_time_is_told_and_the_rest_comes_back() {
    let builder = Brain::builder().sensors(2).actions(ActionSpace::discrete(2));
    let builder = builder.budget(Budget::Experiences(5_000));
    let at = Folder::new("behind");
    let mut keeping = keeping(100_000);
    (keeping.journal.queue_entries, keeping.journal.group_entries) = (2, 2);
    let (mut brain, _) = DurableBrain::open(&at.0, builder.clone(), &keeping).unwrap();
    for cycle in 0..1_500 {
        brain.accompany(&sense(cycle), &Action::Discrete(cycle as usize % 2)).unwrap();
        let outcome = Outcome { observation: &sense(cycle + 1), reward: 0.0, ended: false };
        brain.learn(outcome).unwrap();
    }
    brain.flush().unwrap();
    let status = brain.status();
    assert!(status.lost_records > 0 && !status.is_poisoned, "{status:?}");
    drop(brain);
    let (mut brain, revival) = DurableBrain::open(&at.0, builder.clone(), &keeping).unwrap();
    assert_eq!(revival.experiences as u64, 1_500 - status.lost_records);
    assert!(revival.first_different.is_some() && revival.damaged == 0, "{revival:?}");
    for id in (0..1_500).map(minbrain::ExperienceId) {
        let Some(experience) = brain.brain().experience(id) else { continue };
        assert_eq!(experience.observation, sense(id.0), "under its own number");
    }
    // It goes on, and the next snapshot makes everything whole.
    live!(&mut brain, 1_500);
    let image = brain.brain().to_bytes();
    brain.close().unwrap();
    let (brain, _) = DurableBrain::open(&at.0, builder, &keeping).unwrap();
    assert_eq!(brain.brain().to_bytes(), image);
}

#[test]
fn what_is_forgotten_leaves_the_journal() {
    let builder = Brain::builder().sensors(2).actions(ActionSpace::discrete(1));
    let builder = builder.budget(Budget::Experiences(50)).forgetting(Forgetting::Fifo);
    let at = Folder::new("forgotten");
    let mut brain = open(&at, &builder, &keeping(100));
    for cycle in 0..1_000 {
        brain.accompany(&sense(cycle), &Action::Discrete(0)).unwrap();
        let outcome = Outcome { observation: &sense(cycle + 1), reward: 0.0, ended: false };
        brain.learn(outcome).unwrap();
        assert_eq!(brain.brain().forgotten().count(), usize::from(cycle >= 50));
        brain.consolidate(1);
        if cycle % 100 == 0 {
            brain.flush().unwrap();
        }
    }
    let status = brain.close().unwrap();
    assert!(status.snapshots >= 9, "{status:?}");
    let contents = minbrain::journal::inspect(&at.0).unwrap().contents;
    assert_eq!((contents.records, contents.first_id, contents.last_id), (50, Some(950), Some(999)));
}

/// A robot at work never consolidates: what is relived and what is kept stay bounded all the same.
#[test]
fn a_brain_without_idle_time_stays_bounded() {
    let builder = Brain::builder().sensors(2).actions(ActionSpace::discrete(1));
    let builder = builder.budget(Budget::Experiences(50));
    let at = Folder::new("never-idle");
    let size = || -> u64 {
        fs::read_dir(&at.0).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum()
    };
    let mut brain = open(&at, &builder, &keeping(100));
    let mut sizes = Vec::new();
    for cycle in 0..20_000 {
        brain.accompany(&sense(cycle), &Action::Discrete(0)).unwrap();
        let outcome = Outcome { observation: &sense(cycle + 1), reward: 0.0, ended: false };
        brain.learn(outcome).unwrap();
        if cycle % 100 == 99 {
            brain.flush().unwrap();
            sizes.push(size());
        }
    }
    let status = brain.status();
    assert!(status.snapshots >= 90, "one for every 200: {status:?}");
    let print = brain.brain().fingerprint();
    drop(brain);
    let (brain, revival) = DurableBrain::open(&at.0, builder, &keeping(100)).unwrap();
    assert!(revival.relived <= 200, "{revival:?}");
    assert_eq!(brain.brain().fingerprint(), print);
    let (early, late) = sizes.split_at(sizes.len() / 2);
    assert!(late.iter().max() <= early.iter().max(), "it no longer grows: {sizes:?}");
}

#[test]
fn acknowledgement_and_snapshots_are_seen() {
    let builder = builders().swap_remove(0);
    let at = Folder::new("status");
    let mut keeping = keeping(1_000);
    keeping.journal.durability = Durability::OnRequest;
    let mut brain = open(&at, &builder, &keeping);
    (0..20).for_each(|cycle| live!(&mut brain, cycle));
    assert_eq!(brain.status().acknowledged_id, None);
    assert_eq!(brain.status().pushed_id, Some(19));
    assert!(brain.status().waiting_entries > 0);
    brain.flush().unwrap();
    assert_eq!(brain.status().acknowledged_id, Some(19));
    brain.snapshot().unwrap();
    assert!(matches!(brain.snapshot(), Ok(()) | Err(NotTaken::Busy)));
    brain.flush().unwrap();
    assert!(brain.status().snapshots >= 1);
    assert_eq!((brain.unrecorded(), brain.failure()), (0, None));
}

/// A cycle of a durable brain allocates nothing, and neither does a snapshot once it is full.
#[test]
fn nothing_is_allocated_in_a_cycle() {
    let builder = Brain::builder().sensors(2).actions(ActionSpace::discrete(2));
    let builder = builder.budget(Budget::Experiences(100));
    let at = Folder::new("allocation");
    let mut brain = open(&at, &builder, &keeping(150));
    for cycle in 0..700 {
        live!(&mut brain, cycle);
        brain.flush().unwrap();
    }
    let before = brain.status().snapshots;
    for cycle in 700..1_400 {
        let counted = allocation_counter::measure(|| live!(&mut brain, cycle));
        assert_eq!(counted.count_total, 0, "cycle {cycle}");
        brain.flush().unwrap();
    }
    assert!(brain.status().snapshots >= before + 4);
}
