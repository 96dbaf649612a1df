//! The fixtures of these formats: an image and a recording that were written once, and are read for
//! ever.

use std::fs;
use std::path::{Path, PathBuf};

use minbrain::{
    ActionSpace, Brain, ExperienceId, IMAGE_VERSION, Isa, Outcome, Policy, RECORDING_VERSION,
    Recorder, Replay, Tape,
};

use crate::worlds::brain;

const EXPERIENCES: u64 = 12;
const CYCLES: u64 = 40;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/format-1").join(name)
}

/// What the robot of the fixtures sensed.
fn sensed(time: u64) -> [f32; 2] {
    [time as f32, (time % 5) as f32 * 0.25]
}

/// How they were written. Before the first release they follow the engine, from then on they are
/// written for a new format only: `MINBRAIN_FIXTURE=1 cargo test -p minbrain --test engine formats`.
fn write() {
    let builder = brain(2, ActionSpace::discrete(2), EXPERIENCES as usize).policy(Policy::Value);
    let mut brain = builder.isa(Some(Isa::Scalar)).seed(1).build().unwrap();
    let (mut recording, mut tape) = (Recorder::begin(&brain), Tape::default());
    for time in 0..CYCLES {
        tape.decided(&sensed(time), brain.decide(&sensed(time)).unwrap());
        let outcome = Outcome { observation: &sensed(time + 1), reward: 0.5, ended: time == 30 };
        tape.learned(outcome, brain.learn(outcome).unwrap());
        tape.consolidated(20, brain.consolidate(20));
    }
    recording.extend(Recorder::group(&mut tape));
    fs::create_dir_all(fixture("")).unwrap();
    fs::write(fixture("image"), brain.to_bytes()).unwrap();
    fs::write(fixture("recording"), recording).unwrap();
}

#[test]
fn the_fixtures_of_these_formats_are_read() {
    let versions = (IMAGE_VERSION, RECORDING_VERSION);
    assert_eq!(versions, (1, 1), "a new format needs new fixtures beside the old ones");
    if std::env::var_os("MINBRAIN_FIXTURE").is_some() {
        write();
    }
    let image = fs::read(fixture("image")).unwrap();
    let brain = Brain::from_bytes(&image).unwrap();
    let (config, stats) = (brain.config(), brain.stats());
    assert_eq!((config.sensors, config.policy, config.isa), (2, Policy::Value, Some(Isa::Scalar)));
    assert_eq!((stats.experiences as u64, stats.learned), (EXPERIENCES, CYCLES));
    let there: Vec<_> = (0..CYCLES).filter_map(|id| brain.experience(ExperienceId(id))).collect();
    assert_eq!(there.len() as u64, EXPERIENCES);
    for experience in there {
        let time = experience.id.0;
        assert_eq!(experience.observation, sensed(time));
        assert_eq!(experience.outcome, sensed(time + 1));
        assert_eq!((experience.reward, experience.ended), (0.5, time == 30));
    }
    assert_eq!(brain.to_bytes(), image);
    // Whether it decides alike is not the format's affair.
    let recording = fs::read(fixture("recording")).unwrap();
    let (replayed, _) = Replay::open(&recording).unwrap().run().unwrap();
    assert!(replayed.cycles == CYCLES || replayed.first_different.is_some(), "{replayed:?}");
}
