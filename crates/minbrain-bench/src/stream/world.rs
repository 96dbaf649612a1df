//! Lives recorded in the worlds of `minbrain-sim`.

use minbrain_sim::{Controller, Random, scripted, world};
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Step, Stream};
use crate::error::BenchError;

/// For how many steps a random action is held.
const HOLD_STEPS: u32 = 5;
/// In how many of 100 steps under the scripted controller a random action takes over.
const TAKEOVERS_IN_100: u64 = 5;

impl Stream {
    /// So many steps in the world called `name`, under its scripted controller; now and then (about
    /// a fifth of the time) a random action takes over for five steps, so that the life also
    /// holds what the controller would never do.
    ///
    /// # Errors
    /// [`BenchError::World`] if there is no such world.
    pub fn of_world(name: &str, steps: usize, seed: u64) -> Result<Self, BenchError> {
        let mut world = world(name)?;
        let mut hands = Hands::new(name, world.action_space(), seed)?;
        let mut lived: Vec<Step> = Vec::with_capacity(steps);
        let mut episode = 0;
        world.reset(seed);
        while lived.len() < steps {
            let observation = world.observation().to_vec();
            let action = hands.act(&observation);
            let step = world.step(&action)?;
            lived.push(Step {
                observation,
                action,
                outcome: world.observation().to_vec(),
                reward: step.reward,
                ended: step.ended,
                cut: step.is_last(),
            });
            if step.is_last() {
                episode += 1;
                world.reset(seed.wrapping_add(episode));
                hands.scripted.start();
            }
        }
        Ok(Self {
            name: name.to_owned(),
            sensors: world.observation().len(),
            actions: world.action_space(),
            cycle_period_us: world.cycle_period_us(),
            isa: None,
            steps: lived,
        })
    }
}

/// Who acts: the scripted controller, or chance.
struct Hands {
    scripted: Box<dyn Controller>,
    random: Random,
    random_steps_left: u32,
    dice: Xoshiro256PlusPlus,
}

impl Hands {
    fn new(world: &str, space: minbrain::ActionSpace, seed: u64) -> Result<Self, BenchError> {
        Ok(Self {
            scripted: scripted(world)?,
            random: Random::new(space, seed).holding(HOLD_STEPS),
            random_steps_left: 0,
            dice: Xoshiro256PlusPlus::seed_from_u64(seed),
        })
    }

    fn act(&mut self, observation: &[f32]) -> minbrain::Action {
        if self.random_steps_left == 0 && self.dice.next_u64() % 100 < TAKEOVERS_IN_100 {
            self.random_steps_left = HOLD_STEPS;
        }
        if self.random_steps_left == 0 {
            return self.scripted.act(observation);
        }
        self.random_steps_left -= 1;
        self.random.act(observation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_follows_from_the_one_before_unless_it_was_cut() {
        for name in ["arena", "cartpole", "pendulum"] {
            let stream = Stream::of_world(name, 700, 3).unwrap();
            assert_eq!((stream.steps.len(), stream.name.as_str()), (700, name));
            for pair in stream.steps.windows(2) {
                assert_eq!(pair[0].outcome == pair[1].observation, !pair[0].cut, "{name}");
            }
        }
        // Random actions tip the pole over.
        let pole = Stream::of_world("cartpole", 700, 3).unwrap();
        assert!(pole.steps.iter().any(|step| step.ended));
    }

    #[test]
    fn the_same_seed_gives_the_same_life() {
        let life = |seed| Stream::of_world("arena", 300, seed).unwrap();
        assert_eq!(life(1), life(1));
        assert_ne!(life(1), life(2));
    }

    #[test]
    fn about_a_fifth_of_the_actions_are_random() {
        let stream = Stream::of_world("arena", 4_000, 5).unwrap();
        let mut alone = scripted("arena").unwrap();
        let differing = stream.steps.iter().filter(|s| alone.act(&s.observation) != s.action);
        let differing = differing.count();
        // One of four random actions is by chance the scripted one.
        assert!((300..1_200).contains(&differing), "{differing} of 4,000");
    }
}
