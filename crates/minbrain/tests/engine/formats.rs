//! The fixtures of these formats: an image and a recording that were written once, and are read for
//! ever.

use std::fs;
use std::path::{Path, PathBuf};

use minbrain::{
    ActionSpace, Brain, ExperienceId, IMAGE_VERSION, ImageError, Isa, Outcome, Policy,
    RECORDING_VERSION, Recorder, Replay, Tape,
};

use crate::worlds::brain;

const EXPERIENCES: u64 = 12;
const CYCLES: u64 = 40;

/// A fixture of a layout of the image; a recording begins with an image.
fn fixture(version: u32, name: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    fixtures.join(format!("format-{version}")).join(name)
}

/// What the robot of the fixtures sensed.
fn sensed(time: u64) -> [f32; 2] {
    [time as f32, (time % 5) as f32 * 0.25]
}

/// How they were written. They are written for a new format only: `MINBRAIN_FIXTURE=1 cargo test -p
/// minbrain --test engine formats`.
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
    fs::create_dir_all(fixture(IMAGE_VERSION, "")).unwrap();
    fs::write(fixture(IMAGE_VERSION, "image"), brain.to_bytes()).unwrap();
    fs::write(fixture(IMAGE_VERSION, "recording"), recording).unwrap();
}

#[test]
fn the_fixtures_of_these_formats_are_read() {
    let versions = (IMAGE_VERSION, RECORDING_VERSION);
    assert_eq!(versions, (3, 1), "a new format needs new fixtures beside the old ones");
    if std::env::var_os("MINBRAIN_FIXTURE").is_some() {
        write();
    }
    let image = fs::read(fixture(IMAGE_VERSION, "image")).unwrap();
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
    let recording = fs::read(fixture(IMAGE_VERSION, "recording")).unwrap();
    let (replayed, _) = Replay::open(&recording).unwrap().run().unwrap();
    assert!(replayed.cycles == CYCLES || replayed.first_different.is_some(), "{replayed:?}");
}

/// Older layouts are not read, and both versions are named.
#[test]
fn the_fixtures_of_older_formats_are_refused_by_their_version() {
    for version in 1..IMAGE_VERSION {
        let refused = ImageError::Version { expected: IMAGE_VERSION, came: version };
        let image = fs::read(fixture(version, "image")).unwrap();
        assert_eq!(Brain::from_bytes(&image).unwrap_err(), refused);
        let recording = fs::read(fixture(version, "recording")).unwrap();
        let said = Replay::open(&recording).and_then(Replay::run).unwrap_err().to_string();
        assert!(said.contains(&refused.to_string()), "{said}");
    }
}
