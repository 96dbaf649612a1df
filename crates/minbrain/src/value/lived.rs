//! What really followed: an experience's own step, beside what the models make of it.
//!
//! A branch says what the models expect of an action. For the one action that was taken it is known what
//! came of it: this reward, and the experience that was lived next. Values that follow such steps
//! cross no model and no place between experiences, so that a way that once led to something good is
//! remembered as it was. In a noisy world one step says little and the best of many is luck; there the
//! models, which average, count instead. The value to explore stays the models': what was done says
//! nothing of what is still unknown.

use crate::decision::Outcome;
use crate::fingerprint::Fingerprint;
use crate::image::{fixed, image};
use crate::value::{Branch, DISCOUNT, Edge, Value, Values};

/// No candidate: the action lay between them, or nothing came of it yet.
const NO_CANDIDATE: u32 = u32::MAX;
/// Share of the newest in the running surprise, once a hundred are in.
const RATE: f32 = 0.01;
/// The running surprise at which half of what really followed counts.
const NOISY: f32 = 0.3;

/// One step of a life.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lived {
    /// The experience before, in the same episode.
    pub(crate) before: Edge,
    /// The experience after it.
    next: Edge,
    candidate: u32,
    reward: f32,
    ended: bool,
}

impl Lived {
    pub(crate) const NOTHING: Self = Self {
        before: Edge::NONE,
        next: Edge::NONE,
        candidate: NO_CANDIDATE,
        reward: 0.0,
        ended: false,
    };

    /// After the experience `before`.
    pub(crate) fn after(before: Edge) -> Self {
        Self { before, ..Self::NOTHING }
    }

    pub(crate) fn fingerprint(self, print: &mut Fingerprint) {
        self.before.fingerprint(print);
        self.next.fingerprint(print);
        print.words(&[self.candidate, u32::from(self.ended)]);
        print.floats(&[self.reward]);
    }
}

/// How far the world can be told in advance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steadiness {
    /// Running mean of `surprise / (1 + surprise)`: one shock must not count for a hundred cycles.
    bounded_surprise: f32,
    learned: f32,
}

impl Steadiness {
    pub(crate) fn learn(&mut self, surprise: f32) {
        if surprise.is_finite() {
            self.learned += 1.0;
            let rate = (1.0 / self.learned).max(RATE);
            self.bounded_surprise += rate * (surprise / (1.0 + surprise) - self.bounded_surprise);
        }
    }

    /// How much of what really followed counts, 0 to 1.
    fn share(&self) -> f64 {
        let surprise = f64::from(self.bounded_surprise / (1.0 - self.bounded_surprise));
        1.0 / (1.0 + (surprise / f64::from(NOISY)).powi(4))
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.floats(&[self.bounded_surprise, self.learned]);
    }
}

impl Values {
    /// Keeps what came of the candidate action that was taken at `slot`, the last that was inserted.
    pub(crate) fn live(&mut self, slot: u32, candidate: Option<usize>, outcome: Outcome<'_>) {
        let lived = &mut self.lived[slot as usize];
        lived.candidate = candidate.map_or(NO_CANDIDATE, |at| at as u32);
        (lived.reward, lived.ended) = (outcome.reward, outcome.ended);
    }

    /// The experience in `slot` was lived after `last`.
    pub(super) fn follow(&mut self, last: Option<Edge>, slot: u32) {
        let next = self.edge(slot, 1.0);
        if let Some(before) = last.and_then(|last| last.slot(&self.generations)) {
            self.lived[before as usize].next = next;
        }
    }

    /// What a candidate is worth at `slot`, given its worth by the models: if it was taken there, what
    /// came of it counts as far as the world can be told in advance.
    #[inline]
    pub(super) fn in_hindsight(&self, slot: u32, candidate: usize, modelled: Value) -> Value {
        let lived = &self.lived[slot as usize];
        if lived.candidate != candidate as u32 {
            return modelled;
        }
        let next = if lived.ended {
            Value::default()
        } else if let Some(next) = lived.next.slot(&self.generations) {
            self.values[next as usize]
        } else {
            return modelled;
        };
        let branch = &self.branches[slot as usize * self.candidates + candidate];
        let (reward, novelty) = (f64::from(lived.reward), novelty_per_cycle(branch));
        let discount = f64::from(DISCOUNT);
        let share = self.steadiness.share();
        let mix = |modelled: f64, lived: f64| modelled + share * (lived - modelled);
        Value {
            exploit: mix(modelled.exploit, reward + discount * next.exploit),
            explore: modelled.explore,
            unknown: mix(modelled.unknown, novelty + discount * next.unknown),
        }
    }
}

/// A branch may follow its action for several cycles, and counts each one's novelty; a step is one.
fn novelty_per_cycle(branch: &Branch) -> f64 {
    let cycles = (1.0 - branch.discount) / (1.0 - DISCOUNT);
    f64::from(if cycles > 0.0 { branch.novelty / cycles } else { branch.novelty })
}

fixed!(Lived { before: Edge, next: Edge, candidate: u32, reward: f32, ended: bool });
image!(Steadiness keeps bounded_surprise learned; not);
