//! Somebody who acts in a world, and how well it goes.

use std::collections::VecDeque;

use minbrain::Action;
use minbrain_sim::{Step, World, WorldError, world};

use super::record::COARSE_POINTS;
use super::series::Series;

/// How far apart the seeds of two players' episodes lie, so that a neighbouring seed of the run
/// gives other episodes.
const EPISODE_STRIDE: u64 = 0x9E37_79B9_7F4A_7C15;
/// A beacon counts this much in a curve, which then shows beacons per so many ticks.
pub(crate) const BEACON_TICKS: f64 = 1_000.0;
/// So many episodes are the last ones.
const LATE_EPISODES: usize = 10;

/// What a player has achieved.
#[derive(Clone, Debug)]
pub(crate) struct Score {
    pub(crate) ticks: u64,
    pub(crate) return_total: f64,
    pub(crate) episodes: u64,
    finished_return: f64,
    current_return: f64,
    /// The returns of the last few finished episodes, oldest first.
    late_returns: VecDeque<f64>,
    pub(crate) beacons: u64,
    pub(crate) collisions: u64,
    /// In the arena, beacons per 1,000 ticks; elsewhere, the returns of finished episodes.
    pub(crate) over_time: Series,
}

impl Score {
    fn new(total: u64) -> Self {
        Self {
            ticks: 0,
            return_total: 0.0,
            episodes: 0,
            finished_return: 0.0,
            current_return: 0.0,
            late_returns: VecDeque::with_capacity(LATE_EPISODES),
            beacons: 0,
            collisions: 0,
            over_time: Series::new(total, COARSE_POINTS),
        }
    }

    /// The mean return of the finished episodes; `None` before there is one.
    pub(crate) fn mean_return(&self) -> Option<f64> {
        (self.episodes > 0).then(|| self.finished_return / self.episodes as f64)
    }

    /// The same over the last ten of them.
    pub(crate) fn late_return(&self) -> Option<f64> {
        let count = self.late_returns.len() as f64;
        (count > 0.0).then(|| self.late_returns.iter().sum::<f64>() / count)
    }

    /// Beacons per 1,000 ticks since the score was `before`.
    pub(crate) fn beacons_since(&self, before: &Self) -> f64 {
        let ticks = (self.ticks - before.ticks).max(1);
        (self.beacons - before.beacons) as f64 * BEACON_TICKS / ticks as f64
    }

    pub(crate) fn beacons_per_1000_ticks(&self) -> f64 {
        self.beacons as f64 * BEACON_TICKS / self.ticks.max(1) as f64
    }

    fn finish_episode(&mut self, at: u64) {
        self.episodes += 1;
        self.finished_return += self.current_return;
        self.over_time.push(at, self.current_return);
        if self.late_returns.len() == LATE_EPISODES {
            self.late_returns.pop_front();
        }
        self.late_returns.push_back(self.current_return);
        self.current_return = 0.0;
    }
}

/// A world of one's own, with the score in it.
pub(crate) struct Player {
    pub(crate) world: Box<dyn World>,
    pub(crate) score: Score,
    seed: u64,
}

impl Player {
    /// A fresh world called `name`, for a run of `total` ticks.
    ///
    /// # Errors
    /// [`WorldError::Unknown`] lists the names.
    pub(crate) fn new(name: &str, seed: u64, total: u64) -> Result<Self, WorldError> {
        let mut world = world(name)?;
        world.reset(seed);
        Ok(Self { world, score: Score::new(total), seed })
    }

    /// Takes one action. After an episode's last step, [`Self::begin`] starts the next one.
    ///
    /// # Errors
    /// [`WorldError::Action`] if the world does not know the action.
    pub(crate) fn step(&mut self, action: &Action) -> Result<Step, WorldError> {
        let step = self.world.step(action)?;
        let at = self.score.ticks;
        self.score.ticks += 1;
        self.score.return_total += f64::from(step.reward);
        self.score.current_return += f64::from(step.reward);
        if let Some(arena) = self.world.arena() {
            let counts = arena.counts();
            let reached = counts.beacons - self.score.beacons;
            self.score.over_time.push(at, reached as f64 * BEACON_TICKS);
            self.score.beacons = counts.beacons;
            self.score.collisions = counts.collisions;
        } else if step.is_last() {
            self.score.finish_episode(at);
        }
        Ok(step)
    }

    /// Starts the next episode. Players of one seed meet the same episodes in the same order.
    pub(crate) fn begin(&mut self) {
        let nth = self.score.episodes;
        self.world.reset(self.seed.wrapping_add(nth.wrapping_mul(EPISODE_STRIDE)));
    }
}
