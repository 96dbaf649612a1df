//! Whether the brain tries out what it does not know, or does what looks best: decided for an
//! episode at a time.

use crate::config::Exploration;
use crate::decision::Outcome;
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::seed::Random;

/// Share of the episodes that exploit, once it is known that there is something to earn.
const EXPLOITING: f32 = 0.5;
/// Where nothing ends an episode, so many cycles count as one.
pub(crate) const LONGEST_EPISODE: u32 = 1_000;
/// So many returns are compared before they count as different.
const COMPARED: u32 = 3;

/// What drives the decisions of an episode.
#[derive(Clone, Debug)]
pub(crate) struct Drive {
    is_exploring: bool,
    /// Whether some episodes are better than others, as far as is known.
    is_success_seen: bool,
    episodes: u32,
    cycles: u32,
    earned: f32,
    /// The lowest and highest return of an episode so far.
    returns: [f32; 2],
    /// The lowest and highest reward that other robots met.
    heard: [f32; 2],
}

impl Drive {
    pub(crate) fn new() -> Self {
        Self {
            is_exploring: true,
            is_success_seen: false,
            episodes: 0,
            cycles: 0,
            earned: 0.0,
            returns: [f32::MAX, f32::MIN],
            heard: [f32::MAX, f32::MIN],
        }
    }

    /// Whether novelty counts now.
    pub(crate) fn is_exploring(&self, exploration: Exploration) -> bool {
        exploration == Exploration::Annealed && self.is_exploring
    }

    /// Takes one cycle into account.
    pub(crate) fn learn(&mut self, outcome: Outcome<'_>, random: &mut Random) {
        let Outcome { reward, ended, .. } = outcome;
        self.earned += reward;
        self.cycles += 1;
        self.is_success_seen |= ended;
        if ended || self.cycles == LONGEST_EPISODE {
            self.finish(random);
        }
    }

    /// Takes into account what followed for another robot. That is no success of its own, but shows
    /// whether some episodes are better than others; then a brain that has not acted yet begins by doing
    /// what looks best, not by trying things out.
    pub(crate) fn hear(&mut self, outcome: Outcome<'_>) {
        let [low, high] = self.heard;
        self.heard = [low.min(outcome.reward), high.max(outcome.reward)];
        self.is_success_seen |= outcome.ended || self.heard[0] < self.heard[1];
        if self.episodes == 0 && self.cycles == 0 {
            self.is_exploring = !self.is_success_seen;
        }
    }

    /// The episode is over.
    pub(crate) fn finish(&mut self, random: &mut Random) {
        if self.cycles == 0 {
            return;
        }
        let [low, high] = self.returns;
        self.returns = [low.min(self.earned), high.max(self.earned)];
        self.episodes = self.episodes.saturating_add(1);
        self.is_success_seen |= self.episodes >= COMPARED && self.returns[0] < self.returns[1];
        self.is_exploring = !self.is_success_seen || random.unit() >= EXPLOITING;
        (self.cycles, self.earned) = (0, 0.0);
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.word(u64::from(self.is_exploring) << 1 | u64::from(self.is_success_seen));
        print.word(u64::from(self.episodes) << 32 | u64::from(self.cycles));
        print.floats(&self.returns);
        print.floats(&self.heard);
        print.floats(&[self.earned]);
    }
}

image!(Drive keeps is_exploring is_success_seen episodes cycles earned returns heard; not);

#[cfg(test)]
mod tests;
