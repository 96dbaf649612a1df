//! What a brain is shown before it lives by itself: `10`, `random:10`.

use std::fmt;
use std::str::FromStr;

use minbrain::{Brain, Outcome};
use minbrain_sim::{Controller, Random, scripted};

use super::course::Course;
use crate::error::BenchError;

/// The episodes that are shown start from seeds that nothing else uses: far from those of
/// checkpoints, and those of one brain far from those of the next.
const FIRST_SHOWN: u64 = 30_000;
const SHOWN_PER_SEED: u64 = MAX_SHOWN as u64;
/// Most episodes that are shown.
const MAX_SHOWN: u32 = 1_000;
/// Where nothing ends an episode, it is shown for so many steps.
const LONGEST: u64 = 1_000;
/// Stands before the number of episodes that chance acts in.
const RANDOM: &str = "random:";

/// Who shows what to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Demonstrator {
    /// The task's hand-written controller.
    #[default]
    Scripted,
    /// Chance: somebody from whom nothing is to be learned but what actions lead to.
    Random,
}

/// How many episodes a brain is shown before it lives by itself, and by whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demonstrations {
    /// How many episodes.
    pub episodes: u32,
    /// By whom.
    pub by: Demonstrator,
}

impl Demonstrations {
    /// Lets `brain` accompany them, with the idle time after each step that it will have when it
    /// lives by itself.
    pub(super) fn show(
        self,
        course: &Course,
        brain: &mut Brain,
        seed: u64,
    ) -> Result<(), BenchError> {
        let mut world = course.world_at(0)?;
        let mut hands: Box<dyn Controller> = match self.by {
            Demonstrator::Scripted => scripted(course.task().name)?,
            Demonstrator::Random => Box::new(Random::new(world.action_space(), seed)),
        };
        let first = FIRST_SHOWN.wrapping_add(seed.wrapping_mul(SHOWN_PER_SEED));
        for episode in 0..self.episodes {
            world.reset(first.wrapping_add(u64::from(episode)));
            hands.start();
            for _ in 0..LONGEST {
                let action = hands.act(world.observation());
                brain.accompany(world.observation(), &action)?;
                let step = world.step(&action)?;
                let observation = world.observation();
                brain.learn(Outcome { observation, reward: step.reward, ended: step.ended })?;
                brain.consolidate(course.idle_units());
                if step.is_last() {
                    break;
                }
            }
            brain.interrupt();
        }
        Ok(())
    }
}

impl fmt::Display for Demonstrations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.by {
            Demonstrator::Scripted => write!(f, "{}", self.episodes),
            Demonstrator::Random => write!(f, "{RANDOM}{}", self.episodes),
        }
    }
}

impl FromStr for Demonstrations {
    type Err = BenchError;

    fn from_str(words: &str) -> Result<Self, BenchError> {
        let (by, count) = match words.strip_prefix(RANDOM) {
            Some(count) => (Demonstrator::Random, count),
            None => (Demonstrator::Scripted, words),
        };
        let episodes = count.parse().ok().filter(|episodes| *episodes <= MAX_SHOWN);
        let expected = format!("a number of episodes up to {MAX_SHOWN}, or {RANDOM} and a number");
        let refused = || BenchError::setting("demonstrations", expected, words);
        Ok(Self { episodes: episodes.ok_or_else(refused)?, by })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_written_as_they_are_read() {
        for (words, episodes, by) in
            [("0", 0, Demonstrator::Scripted), ("random:1000", 1_000, Demonstrator::Random)]
        {
            let read: Demonstrations = words.parse().unwrap();
            assert_eq!((read, read.to_string()), (Demonstrations { episodes, by }, words.into()));
        }
        for words in ["", "-1", "1001", "random", "random:", "random:x", "scripted:3"] {
            let said = words.parse::<Demonstrations>().unwrap_err().to_string();
            assert!(said.starts_with("demonstrations: expected a number of episodes"), "{said}");
        }
    }
}
