//! When novelty counts, episode by episode.

use super::{Drive, LONGEST_EPISODE};
use crate::config::Exploration;
use crate::decision::Outcome;
use crate::seed::Random;

const GOES_ON: Outcome<'static> = Outcome { observation: &[], reward: 1.0, ended: false };

/// Lives one episode of `cycles` cycles that earn `reward` each and end by themselves or not.
fn live(drive: &mut Drive, random: &mut Random, (cycles, reward, ended): (u32, f32, bool)) {
    for cycle in 1..=cycles {
        let ended = ended && cycle == cycles;
        drive.learn(Outcome { observation: &[], reward, ended }, random);
    }
    drive.finish(random);
}

/// In how many of the next thousand episodes like `episode` it explores.
fn explored(drive: &mut Drive, random: &mut Random, episode: (u32, f32, bool)) -> usize {
    let mut explored = 0;
    for _ in 0..1_000 {
        explored += usize::from(drive.is_exploring(Exploration::Annealed));
        assert!(!drive.is_exploring(Exploration::Off));
        live(drive, random, episode);
    }
    explored
}

#[test]
fn while_all_episodes_are_alike_all_explore() {
    let (mut drive, mut random) = (Drive::new(), Random::new(1));
    assert_eq!(explored(&mut drive, &mut random, (7, -1.0, false)), 1_000);
}

/// 500 of 1,000 within five deviations.
#[test]
fn after_an_ending_half_of_them_do() {
    let (mut drive, mut random) = (Drive::new(), Random::new(2));
    live(&mut drive, &mut random, (3, 0.0, true));
    let explored = explored(&mut drive, &mut random, (3, 0.0, false));
    assert!((420..580).contains(&explored), "{explored}");
}

#[test]
fn differing_returns_count_from_the_third_episode_on() {
    let (mut drive, mut random) = (Drive::new(), Random::new(3));
    live(&mut drive, &mut random, (3, 0.0, false));
    live(&mut drive, &mut random, (3, 1.0, false));
    assert!(drive.is_exploring(Exploration::Annealed) && !drive.is_success_seen);
    live(&mut drive, &mut random, (3, 1.0, false));
    assert!(drive.is_success_seen);
    let explored = explored(&mut drive, &mut random, (3, 1.0, false));
    assert!((420..580).contains(&explored), "{explored}");
}

#[test]
fn an_episode_without_an_end_is_cut() {
    let (mut drive, mut random) = (Drive::new(), Random::new(4));
    (1..LONGEST_EPISODE).for_each(|_| drive.learn(GOES_ON, &mut random));
    assert_eq!((drive.episodes, drive.cycles), (0, LONGEST_EPISODE - 1));
    drive.learn(GOES_ON, &mut random);
    assert_eq!((drive.episodes, drive.cycles, drive.earned), (1, 0, 0.0));
    assert_eq!(drive.returns, [LONGEST_EPISODE as f32; 2]);
}

/// A caller may interrupt as often as it likes: an episode without cycles is none.
#[test]
fn nothing_lived_is_no_episode() {
    let (mut drive, mut random) = (Drive::new(), Random::new(5));
    (0..10).for_each(|_| drive.finish(&mut random));
    assert_eq!((drive.episodes, drive.is_success_seen), (0, false));
    live(&mut drive, &mut random, (2, 0.5, true));
    assert_eq!((drive.episodes, drive.returns), (1, [1.0; 2]));
}
