//! How a brain does alone: a clone of it, without a teacher and without trying things out, from
//! fixed starts.

use minbrain::{Action, Brain, Exploration, Outcome};
use minbrain_sim::{Controller, Random, Step, scripted};

use super::player::{Player, Score};
use super::stop;
use crate::failure::Failure;

/// A trial comes after so many cycles, or a part of a longer run.
const EVERY: u64 = 1_000;
/// Most trials of a run.
const MOST: u64 = 20;
/// The starts' seeds go up from here, for every run.
const FIRST_START: u64 = 20_000;
/// Where nothing ends an episode, a start is followed for so many ticks.
const TICKS: u64 = 1_000;
/// So many starts where a start is long, and where it is an episode.
const LONG_STARTS: u64 = 3;
const EPISODES: u64 = 5;

/// The trials of a run so far, and what others reach from the same starts.
#[derive(Clone, Debug)]
pub(crate) struct Trials {
    world: String,
    /// What a score is.
    pub(crate) unit: &'static str,
    every: u64,
    /// After how many cycles, and the score.
    pub(crate) scores: Vec<(f64, f64)>,
    pub(crate) scripted: f64,
    pub(crate) random: f64,
}

/// Who acts in a trial.
enum Hands {
    Brain(Box<Brain>),
    Controller(Box<dyn Controller>),
}

impl Trials {
    /// The trials of a run of `total` cycles; plays the starts for the scripted and the random
    /// controller.
    ///
    /// # Errors
    /// [`Failure`] if there is no such world.
    pub(crate) fn new(world: &str, total: u64) -> Result<Self, Failure> {
        let of_kind = minbrain_sim::world(world)?;
        let (space, is_long) = (of_kind.action_space(), of_kind.step_limit().is_none());
        Ok(Self {
            world: world.to_owned(),
            unit: if is_long { "beacons per 1,000 ticks" } else { "return per episode" },
            every: EVERY.max(total.div_ceil(MOST)),
            scores: Vec::new(),
            scripted: play(world, || Ok(Hands::Controller(scripted(world)?)))?,
            random: play(world, || {
                Ok(Hands::Controller(Box::new(Random::new(space.clone(), FIRST_START))))
            })?,
        })
    }

    /// Whether a trial is due once so many cycles are done.
    pub(crate) fn is_due(&self, done: u64) -> bool {
        done.is_multiple_of(self.every)
    }

    /// Tries the brain out, unless it was just done.
    ///
    /// # Errors
    /// [`Failure`] if it refuses what the world says.
    pub(crate) fn hold(&mut self, brain: &Brain, done: u64) -> Result<(), Failure> {
        let at = done as f64;
        if self.scores.last().is_none_or(|last| last.0 < at) {
            let score = play(&self.world, || {
                let mut clone = brain.clone();
                clone.interrupt();
                clone.set_exploration(Exploration::Off);
                Ok(Hands::Brain(Box::new(clone)))
            })?;
            // A trial that was broken off says nothing.
            if !stop::asked() {
                self.scores.push((at, score));
            }
        }
        Ok(())
    }

    /// The score of the last trial; `None` before there is one.
    pub(crate) fn last(&self) -> Option<f64> {
        self.scores.last().map(|last| last.1)
    }

    /// What part of the way from the random to the scripted controller the brain has gone, in the
    /// last trial; `None` before there is one, and where those two do alike.
    pub(crate) fn share_of_scripted(&self) -> Option<f64> {
        let way = self.scripted - self.random;
        self.last().map(|last| (last - self.random) / way).filter(|share| share.is_finite())
    }
}

impl Hands {
    fn act(&mut self, observation: &[f32]) -> Result<Action, Failure> {
        Ok(match self {
            Self::Brain(brain) => brain.decide(observation)?.action.clone(),
            Self::Controller(controller) => controller.act(observation),
        })
    }

    /// Hears what followed.
    fn hear(&mut self, observation: &[f32], step: Step) -> Result<(), Failure> {
        if let Self::Brain(brain) = self {
            let Step { reward, ended, .. } = step;
            brain.learn(Outcome { observation, reward, ended })?;
        }
        Ok(())
    }
}

/// The mean score over the starts, beacons per 1,000 ticks or the return, of whoever `start` makes.
fn play(world: &str, mut start: impl FnMut() -> Result<Hands, Failure>) -> Result<f64, Failure> {
    let is_long = minbrain_sim::world(world)?.step_limit().is_none();
    let starts = if is_long { LONG_STARTS } else { EPISODES };
    let mut sum = 0.0;
    for seed in FIRST_START..FIRST_START + starts {
        let score = follow(Player::new(world, seed, TICKS)?, start()?)?;
        sum += if is_long { score.beacons_per_1000_ticks() } else { score.return_total };
    }
    Ok(sum / starts as f64)
}

/// Acts from a start on, until the episode or the time is over.
fn follow(mut player: Player, mut hands: Hands) -> Result<Score, Failure> {
    for _ in 0..TICKS {
        if stop::asked() {
            break;
        }
        let action = hands.act(player.world.observation())?;
        let step = player.step(&action)?;
        hands.hear(player.world.observation(), step)?;
        if step.is_last() {
            break;
        }
    }
    Ok(player.score)
}

#[cfg(test)]
mod tests {
    use minbrain::{ActionSpace, Policy};

    use super::*;

    #[test]
    fn a_brain_that_was_shown_a_world_does_as_it_was_shown_there() {
        let builder = Brain::builder().sensors(4).actions(ActionSpace::discrete(2));
        let mut brain = builder.policy(Policy::Imitation).build().unwrap();
        let mut trials = Trials::new("cartpole", 3_000).unwrap();
        trials.hold(&brain, 0).unwrap();
        let mut world = minbrain_sim::world("cartpole").unwrap();
        let mut hands = scripted("cartpole").unwrap();
        for seed in 0..4 {
            world.reset(seed);
            hands.start();
            brain.interrupt();
            for _ in 0..400 {
                let action = hands.act(world.observation());
                brain.accompany(world.observation(), &action).unwrap();
                let Step { reward, ended, .. } = world.step(&action).unwrap();
                let observation = world.observation();
                brain.learn(Outcome { observation, reward, ended }).unwrap();
            }
        }
        let before = brain.fingerprint();
        trials.hold(&brain, 1_000).unwrap();
        assert_eq!(brain.fingerprint(), before, "a trial leaves no trace");
        let [first, last] = [trials.scores[0].1, trials.scores[1].1];
        assert!(first < 100.0 && last > 400.0 && trials.scripted == 500.0, "{first} {last}");
        assert!(trials.share_of_scripted().unwrap() > 0.8);
        trials.hold(&brain, 1_000).unwrap();
        assert_eq!(trials.scores.len(), 2, "once is enough");
    }

    #[test]
    fn trials_are_a_bounded_number() {
        for (total, due) in [(20_000, 20), (450, 0), (7_000, 7), (1_000_000, 20)] {
            let trials = Trials::new("pendulum", total).unwrap();
            let held = (1..=total).filter(|&done| trials.is_due(done)).count();
            assert_eq!(held, due, "{total}");
        }
    }
}
