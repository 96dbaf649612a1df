//! Who earns more: the demonstrator, or the brain that imitates where it knows no better.

use crate::decision::{Method, Outcome};
use crate::drive::LONGEST_EPISODE;
use crate::fingerprint::Fingerprint;
use crate::image::{Fixed, fixed, image};

/// After so many episodes of its own the brain is compared with the demonstrator.
const COMPARED: u32 = 3;
/// Share of the newest episode in the running returns, once there are so many.
const RATE: f32 = 0.2;
/// By so many standard errors the brain must earn more, to have outgrown the demonstrator.
const CLEARLY: f32 = 3.0;

/// Who acted in an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actor {
    Demonstrator,
    /// The brain, which did what looked best to it.
    Brain,
    /// The brain, which tried things out.
    Explorer,
    /// Now the one and now the other.
    Mixed,
}

impl Actor {
    fn of(method: Method) -> Self {
        match method {
            Method::Given => Self::Demonstrator,
            Method::Value | Method::Imitated => Self::Brain,
            Method::Novelty => Self::Explorer,
            _ => Self::Mixed,
        }
    }
}

/// A running mean and variance of returns.
#[derive(Clone, Copy, Debug, Default)]
struct Returns {
    mean: f32,
    variance: f32,
    count: u32,
}

impl Returns {
    fn add(&mut self, earned: f32) {
        self.count = self.count.saturating_add(1);
        let rate = (1.0 / self.count as f32).max(RATE);
        let off = earned - self.mean;
        self.mean += rate * off;
        self.variance = (1.0 - rate) * (self.variance + rate * off * off);
    }

    /// The squared standard error of the mean, of as many episodes as it remembers.
    fn error(self) -> f32 {
        self.variance / (self.count as f32).min(1.0 / RATE)
    }
}

/// What demonstrated episodes earned, and the brain's own: those in which it did its best, demonstrated
/// actions among it, and those in which it tried things out.
#[derive(Clone, Debug)]
pub(super) struct Merit {
    demonstrator: Returns,
    brain: Returns,
    explorer: Returns,
    /// Who acted so far in the episode that goes on, for how long, and what it earned.
    actor: Actor,
    cycles: u32,
    earned: f32,
}

impl Merit {
    /// Nothing was earned yet.
    pub(super) fn new() -> Self {
        let none = Returns::default();
        Self {
            demonstrator: none,
            brain: none,
            explorer: none,
            actor: Actor::Mixed,
            cycles: 0,
            earned: 0.0,
        }
    }

    /// Takes one cycle into account.
    pub(super) fn learn(&mut self, method: Method, outcome: Outcome<'_>) {
        let actor = Actor::of(method);
        let is_same = self.cycles == 0 || self.actor == actor;
        self.actor = if is_same { actor } else { Actor::Mixed };
        self.earned += outcome.reward;
        self.cycles = self.cycles.saturating_add(1);
        if outcome.ended || self.cycles == LONGEST_EPISODE {
            self.finish();
        }
    }

    /// The episode is over.
    pub(super) fn finish(&mut self) {
        if self.cycles > 0 {
            match self.actor {
                Actor::Demonstrator => self.demonstrator.add(self.earned),
                Actor::Brain => self.brain.add(self.earned),
                Actor::Explorer => self.explorer.add(self.earned),
                Actor::Mixed => {}
            }
        }
        (self.cycles, self.earned) = (0, 0.0);
    }

    /// Whether the brain by now clearly earns more than was demonstrated, by what looks best to it
    /// or while it tries things out.
    pub(super) fn is_outgrown(&self) -> bool {
        let is_ahead = |own: Returns| {
            let error = (own.error() + self.demonstrator.error()).sqrt();
            own.count >= COMPARED && own.mean > self.demonstrator.mean + CLEARLY * error
        };
        self.demonstrator.count > 0 && (is_ahead(self.brain) || is_ahead(self.explorer))
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        for returns in [self.demonstrator, self.brain, self.explorer] {
            print.floats(&[returns.mean, returns.variance]);
            print.word(u64::from(returns.count));
        }
        print.words(&[self.actor as u32, self.cycles]);
        print.floats(&[self.earned]);
    }
}

impl Fixed for Actor {
    const BYTES: usize = 1;
    fn put(self, out: &mut [u8]) {
        (self as u8).put(out);
    }
    fn get(from: &[u8]) -> Option<Self> {
        let all = [Self::Demonstrator, Self::Brain, Self::Explorer, Self::Mixed];
        all.get(usize::from(u8::get(from)?)).copied()
    }
}

fixed!(Returns { mean: f32, variance: f32, count: u32 });
image!(Merit keeps demonstrator brain explorer actor cycles earned; not);

#[cfg(test)]
mod tests {
    use super::*;

    /// So many episodes of one cycle that earn `reward`.
    fn live(merit: &mut Merit, (episodes, method, reward): (usize, Method, f32)) {
        for _ in 0..episodes {
            merit.learn(method, Outcome { observation: &[], reward, ended: true });
        }
    }

    #[test]
    fn a_demonstrator_is_outgrown_by_who_clearly_earns_more() {
        let mut merit = Merit::new();
        live(&mut merit, (2, Method::Given, 10.0));
        live(&mut merit, (2, Method::Value, 20.0));
        assert!(!merit.is_outgrown(), "two episodes say little");
        live(&mut merit, (1, Method::Imitated, 20.0));
        assert!(merit.is_outgrown());
        live(&mut merit, (10, Method::Novelty, -90.0));
        assert!(merit.is_outgrown(), "what is tried out may earn less");
        live(&mut merit, (5, Method::Value, 5.0));
        assert!(!merit.is_outgrown(), "it fell behind again");
        (0..10)
            .for_each(|at| live(&mut merit, (1, Method::Novelty, 11.0 + 30.0 * (at % 2) as f32)));
        assert!(!merit.is_outgrown(), "what varies so much may be chance");
        live(&mut merit, (40, Method::Novelty, 11.0));
        assert!(merit.is_outgrown(), "even what is tried out earns more");
    }

    #[test]
    fn nobody_is_outgrown_who_never_acted_alone() {
        let mut merit = Merit::new();
        live(&mut merit, (9, Method::Value, 20.0));
        assert!(!merit.is_outgrown());
    }

    #[test]
    fn mixed_and_empty_episodes_count_for_nobody() {
        let mut merit = Merit::new();
        let goes_on = Outcome { observation: &[], reward: 50.0, ended: false };
        for _ in 0..5 {
            merit.learn(Method::Given, goes_on);
            merit.learn(Method::Value, goes_on);
            merit.finish();
            merit.finish();
        }
        assert_eq!((merit.demonstrator.count, merit.brain.count), (0, 0));
        (0..2 * LONGEST_EPISODE).for_each(|_| merit.learn(Method::Given, goes_on));
        assert_eq!((merit.demonstrator.count, merit.earned), (2, 0.0));
        assert_eq!(merit.demonstrator.mean, 50.0 * LONGEST_EPISODE as f32);
    }
}
