//! Episodes from fixed starts, by somebody who only decides.

use minbrain::{Action, Brain};
use minbrain_sim::{Controller, World};

use super::checkpoint::Score;
use crate::error::BenchError;

/// The seeds of the starts go up from here, for every seed of the brain.
const FIRST_START: u64 = 10_000;
/// Beacons are told for so many ticks.
const BEACON_TICKS: f64 = 1_000.0;

/// Who decides.
pub(super) enum Player {
    /// A clone that does not explore, and never learns what came of it.
    Brain(Box<Brain>),
    /// The world's hand-written controller.
    Scripted(Box<dyn Controller>),
}

impl Player {
    fn start(&mut self) {
        match self {
            Self::Brain(brain) => brain.interrupt(),
            Self::Scripted(controller) => controller.start(),
        }
    }

    fn act(&mut self, observation: &[f32]) -> Result<Action, BenchError> {
        Ok(match self {
            Self::Brain(brain) => brain.decide(observation)?.action.clone(),
            Self::Scripted(controller) => controller.act(observation),
        })
    }
}

/// How long and how often to play, and what the world does to actions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) episodes: u32,
    pub(super) episode_steps: u64,
    /// How many ticks later an action acts.
    pub(super) delay_ticks: usize,
}

/// One episode.
struct Played {
    earned: f64,
    /// The last step's reward, and what then acted.
    last: (f64, Option<Action>),
    ticks: u64,
    beacons: Option<u64>,
}

/// Plays an episode from each of the fixed starts.
pub(super) fn play(
    world: &mut dyn World,
    player: &mut Player,
    rules: Rules,
) -> Result<Score, BenchError> {
    let starts = FIRST_START..FIRST_START + u64::from(rules.episodes);
    let played: Result<Vec<Played>, BenchError> =
        starts.map(|seed| episode(world, player, rules, seed)).collect();
    let (played, is_arm) = (played?, world.name() == "reacher");
    let mean = |of: &dyn Fn(&Played) -> f64| {
        played.iter().map(of).sum::<f64>() / played.len().max(1) as f64
    };
    let ticks: u64 = played.iter().map(|one| one.ticks).sum();
    let beacons: Option<u64> = played.iter().map(|one| one.beacons).sum();
    Ok(Score {
        mean_return: mean(&|one| one.earned),
        least: played.iter().map(|one| one.earned).fold(f64::INFINITY, f64::min),
        final_distance: is_arm.then(|| mean(&Played::final_distance)),
        beacons_per_1000_ticks: beacons
            .map(|count| count as f64 * BEACON_TICKS / ticks.max(1) as f64),
    })
}

fn episode(
    world: &mut dyn World,
    player: &mut Player,
    rules: Rules,
    seed: u64,
) -> Result<Played, BenchError> {
    world.reset(seed);
    player.start();
    let (mut earned, mut ticks, mut last_reward) = (0.0, 0, 0.0);
    let mut actions: Vec<Action> = Vec::new();
    while ticks < rules.episode_steps {
        let action = player.act(world.observation())?;
        let step = world.step(&action)?;
        actions.push(action);
        last_reward = f64::from(step.reward);
        earned += last_reward;
        ticks += 1;
        if step.is_last() {
            break;
        }
    }
    // Until an episode's first action is due, it acts at once.
    let acted = actions.len().saturating_sub(1 + rules.delay_ticks);
    Ok(Played {
        earned,
        last: (last_reward, actions.into_iter().nth(acted)),
        ticks,
        beacons: world.arena().map(|arena| arena.counts().beacons),
    })
}

impl Played {
    /// The arm's reward is the distance plus the square of the torques, both below 0. Read from
    /// there, noise on the sensors does not reach it.
    fn final_distance(&self) -> f64 {
        let (reward, action) = &self.last;
        let torques = action.as_ref().map_or(&[][..], Action::values);
        let effort: f64 = torques.iter().map(|&torque| f64::from(torque).powi(2)).sum();
        -reward - effort
    }
}

#[cfg(test)]
mod tests {
    use minbrain_sim::{Fault, run_episode, scripted, with_faults, world};

    use super::*;

    fn scripted_score(name: &str, rules: Rules) -> Score {
        let mut player = Player::Scripted(scripted(name).unwrap());
        play(world(name).unwrap().as_mut(), &mut player, rules).unwrap()
    }

    #[test]
    fn the_scripted_controller_earns_what_it_earns_elsewhere() {
        let rules = Rules { episodes: 5, episode_steps: 300, delay_ticks: 0 };
        for name in minbrain_sim::WORLDS {
            let (mut world, mut hands) = (world(name).unwrap(), scripted(name).unwrap());
            let mut returns = Vec::new();
            let mut beacons = 0;
            for seed in 10_000..10_005 {
                let episode = run_episode(world.as_mut(), hands.as_mut(), seed, 300).unwrap();
                returns.push(episode.total_reward);
                beacons += world.arena().map_or(0, |arena| arena.counts().beacons);
            }
            let score = scripted_score(name, rules);
            assert!((score.mean_return - returns.iter().sum::<f64>() / 5.0).abs() < 1e-9, "{name}");
            assert_eq!(score.least, returns.iter().copied().fold(f64::MAX, f64::min), "{name}");
            let arena = (name == "arena").then_some(beacons as f64 * 1_000.0 / 1_500.0);
            assert_eq!(score.beacons_per_1000_ticks, arena, "{name}");
        }
    }

    #[test]
    fn the_final_distance_is_the_one_that_a_quiet_arm_senses() {
        for delay_ticks in [0, 1, 3] {
            let faults = [Fault::ActionDelay { ticks: delay_ticks }];
            let mut arm = with_faults(world("reacher").unwrap(), &faults).unwrap();
            let mut hands = scripted("reacher").unwrap();
            let mut sensed = 0.0;
            for seed in 10_000..10_004 {
                run_episode(arm.as_mut(), hands.as_mut(), seed, 1_000).unwrap();
                sensed += f64::from(arm.observation()[8].hypot(arm.observation()[9])) / 4.0;
            }
            let rules = Rules { episodes: 4, episode_steps: 1_000, delay_ticks };
            let mut player = Player::Scripted(scripted("reacher").unwrap());
            let score = play(arm.as_mut(), &mut player, rules).unwrap();
            let got = score.final_distance.unwrap();
            assert!((got - sensed).abs() < 1e-6, "{delay_ticks}: {got} {sensed}");
        }
        let pole = Rules { episodes: 1, episode_steps: 10, delay_ticks: 0 };
        assert_eq!(scripted_score("cartpole", pole).final_distance, None);
    }
}
