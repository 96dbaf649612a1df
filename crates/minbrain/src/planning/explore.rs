//! Actions that nobody planned: at the start, to see what the body can do, and later beside a plan.

use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::seed::Random;

/// How likely an action drawn at random is drawn afresh in a cycle: held ones go somewhere.
const REDRAW: f32 = 0.2;
/// Shares of the whole range that actions at the start are drawn from.
const SHARES: [f32; 3] = [0.1, 0.3, 1.0];
/// Deviations of the largest noise beside a plan, as shares of half the range; an episode draws one.
const NOISES: [f32; 3] = [0.1, 0.1, 0.3];
/// Share of the episodes without noise.
const QUIET_EPISODES: f32 = 0.3;

/// Whether something is tried out beside the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trying {
    /// In most episodes.
    Often,
    /// In none.
    Never,
}

/// The actions held at the moment, from -1 to 1.
#[derive(Clone, Debug)]
pub(super) struct Explorer {
    held: Vec<f32>,
    noise: f32,
}

impl Explorer {
    pub(super) fn new(actions: usize) -> Self {
        Self { held: vec![0.0; actions], noise: NOISES[0] }
    }

    /// A new episode begins.
    pub(super) fn begin(&mut self, random: &mut Random) {
        let is_quiet = random.unit() < QUIET_EPISODES;
        self.noise = if is_quiet { 0.0 } else { NOISES[random.below(NOISES.len())] };
        self.held.fill(0.0);
    }

    /// Writes any action, often the one before.
    pub(super) fn wander(&mut self, random: &mut Random, out: &mut [f32]) {
        if random.unit() < REDRAW {
            let share = SHARES[random.below(SHARES.len())];
            self.held.iter_mut().for_each(|held| *held = share * (2.0 * random.unit() - 1.0));
        }
        out.copy_from_slice(&self.held);
    }

    /// Adds noise to a planned action.
    pub(super) fn stray(&mut self, trying: Trying, random: &mut Random, action: &mut [f32]) {
        if trying == Trying::Never {
            return;
        }
        if random.unit() < REDRAW {
            let size = self.noise * random.unit();
            self.held.iter_mut().for_each(|held| *held = size * normal(random));
        }
        for (action, held) in action.iter_mut().zip(&self.held) {
            *action = (*action + held).clamp(-1.0, 1.0);
        }
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        print.floats(&self.held);
        print.floats(&[self.noise]);
    }
}

/// Nearly normal with deviation 1: the sum of three uniform numbers, within three deviations.
pub(super) fn normal(random: &mut Random) -> f32 {
    2.0 * (random.unit() + random.unit() + random.unit()) - 3.0
}

image!(Explorer keeps held noise; not);
