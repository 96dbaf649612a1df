//! Archives written by NumPy: `fixtures/record.py` says what is in them.

use std::io::Write;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn fixture(name: &str) -> Stream {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    Stream::from_npz(&path).unwrap()
}

#[test]
fn without_next_obs_the_next_row_is_the_outcome_and_episodes_end_a_step_early() {
    let stream = fixture("episodes.npz");
    assert_eq!((stream.name.as_str(), stream.sensors), ("episodes", 2));
    assert_eq!(stream.actions, ActionSpace::discrete(3));
    let lived: Vec<_> = stream
        .steps
        .iter()
        .map(|s| (s.observation[0], s.action.index().unwrap(), s.outcome[1], s.reward, s.cut))
        .collect();
    // Step 2 ended the episode: what was sensed then is not recorded.
    let expected = [
        (0.0, 0, 0.75, 0.5, false),
        (0.5, 2, 1.25, -1.0, true),
        (1.5, 0, 2.25, 0.0, false),
        (2.0, 0, 2.75, 0.0, false),
    ];
    assert_eq!(lived, expected);
    assert!(stream.steps.iter().all(|step| !step.ended));
}

#[test]
fn with_next_obs_every_step_is_there() {
    let stream = fixture("continuous.npz");
    let bounds = [(-0.25, 1.0), (0.0, 2.0)];
    assert_eq!(stream.actions, ActionSpace::continuous(bounds));
    let flags: Vec<_> = stream.steps.iter().map(|step| (step.ended, step.cut)).collect();
    let none = (false, false);
    assert_eq!(flags, [none, (true, false), none, (false, true), none, none]);
    assert_eq!(stream.steps[5].outcome, [110.0, 111.0]);
    assert_eq!(stream.steps[5].action, Action::Continuous(vec![0.75, 1.0]));
    assert_eq!(stream.steps[5].reward, 0.0);
}

/// An array of bytes as NumPy writes it.
fn npy(rows: usize, columns: usize, value: u8) -> Vec<u8> {
    let header =
        format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({rows}, {columns}), }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(vec![value; rows * columns]);
    bytes
}

fn refusal(label: &str, arrays: &[(&str, Vec<u8>)]) -> String {
    let name = format!("minbrain-{label}-{}.npz", std::process::id());
    let path = std::env::temp_dir().join(name);
    let mut archive = ZipWriter::new(File::create(&path).unwrap());
    for (name, bytes) in arrays {
        archive.start_file(format!("{name}.npy"), SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
    let refused = Stream::from_npz(&path);
    std::fs::remove_file(&path).unwrap();
    refused.unwrap_err().to_string()
}

#[test]
fn archives_that_are_no_lives_are_refused_in_words() {
    let obs = || ("obs", npy(5, 3, 1));
    let act = || ("act", npy(5, 1, 0));
    let cases = [
        ("obs", vec![act()], "array named obs"),
        ("act", vec![obs()], "array named act"),
        ("rows", vec![obs(), ("act", npy(3, 1, 0))], "act: expected 5 rows"),
        ("reward", vec![obs(), act(), ("reward", npy(5, 2, 0))], "reward: expected 5 x 1"),
        ("next", vec![obs(), act(), ("next_obs", npy(5, 2, 0))], "next_obs: expected 5 x 3"),
        ("text", vec![obs(), ("act", b"hello".to_vec())], "act: expected a .npy array"),
    ];
    for (label, arrays, expected) in cases {
        let said = refusal(label, &arrays);
        assert!(said.contains(expected), "{label}: {said}");
        assert!(said.contains(&format!("minbrain-{label}")), "{label}: {said}");
    }
}

#[test]
fn a_file_that_is_no_archive_or_not_there_is_named() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let said = Stream::from_npz(&here).unwrap_err().to_string();
    assert!(said.contains("Cargo.toml: expected an .npz archive"), "{said}");
    let said = Stream::from_npz(Path::new("nowhere.npz")).unwrap_err();
    assert!(matches!(said, BenchError::Read { .. }), "{said}");
}
