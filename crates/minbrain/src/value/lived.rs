//! What really followed: an experience's own step, beside what the models make of it.
//!
//! A branch says what the models expect of an action. For the one action that was taken it is known what
//! came of it: this reward, and the experience that was lived next. Values that follow such steps
//! cross no model and no place between experiences, so that a way that once led to something good is
//! remembered as it was. Where the models, which average, would by now expect something else, the step was
//! luck, or the world has changed; there they count instead. The value to explore stays the models': what
//! was done says nothing of what is still unknown.

use crate::decision::Outcome;
use crate::fingerprint::Fingerprint;
use crate::image::fixed;
use crate::limits::MAX_FOLLOWED;
use crate::value::{Branch, DISCOUNT, Edge, Value, Values};

/// No candidate: the action lay between them, or nothing came of it yet.
const NO_CANDIDATE: u32 = u32::MAX;
/// The surprise at which half of what really followed counts.
const DOUBTFUL: f64 = 0.3;

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
    /// How far what came is from what the models would expect here by now.
    surprise: f32,
}

impl Lived {
    pub(crate) const NOTHING: Self = Self {
        before: Edge::NONE,
        next: Edge::NONE,
        candidate: NO_CANDIDATE,
        reward: 0.0,
        ended: false,
        surprise: 0.0,
    };

    /// After the experience `before`.
    pub(crate) fn after(before: Edge) -> Self {
        Self { before, ..Self::NOTHING }
    }

    pub(crate) fn fingerprint(self, print: &mut Fingerprint) {
        self.before.fingerprint(print);
        self.next.fingerprint(print);
        print.words(&[self.candidate, u32::from(self.ended)]);
        print.floats(&[self.reward, self.surprise]);
    }
}

impl Values {
    /// Keeps what came of the candidate action that was taken at `slot`, the last that was inserted.
    pub(crate) fn live(&mut self, slot: u32, candidate: Option<usize>, outcome: Outcome<'_>) {
        let lived = &mut self.lived[slot as usize];
        lived.candidate = candidate.map_or(NO_CANDIDATE, |at| at as u32);
        (lived.reward, lived.ended) = (outcome.reward, outcome.ended);
    }

    /// Whether `candidate` was taken at `slot`.
    pub(crate) fn was_taken(&self, slot: u32, candidate: usize) -> bool {
        self.lived[slot as usize].candidate == candidate as u32
    }

    /// What really followed the experience in `slot`, over a bounded part of its episode: the
    /// rewards, and the value of where that part stopped. `None` if nothing that followed is known.
    pub(crate) fn followed(&self, slot: u32) -> Option<f64> {
        let (mut at, mut earned, mut discount) = (slot, 0.0, 1.0);
        for step in 0..MAX_FOLLOWED {
            let lived = &self.lived[at as usize];
            let next = lived.next.slot(&self.generations);
            if !lived.ended && next.is_none() {
                return (step > 0).then(|| earned + discount * self.values[at as usize].exploit);
            }
            earned += discount * f64::from(lived.reward);
            discount *= f64::from(DISCOUNT);
            let Some(next) = next.filter(|_| !lived.ended) else { return Some(earned) };
            at = next;
        }
        Some(earned + discount * self.values[at as usize].exploit)
    }

    /// Takes into account how far off the models are at `slot` by now.
    pub(crate) fn doubt(&mut self, slot: u32, surprise: f32) {
        self.lived[slot as usize].surprise = surprise;
    }

    /// The experience in `slot` was lived after `last`.
    pub(super) fn follow(&mut self, last: Option<Edge>, slot: u32) {
        let next = self.edge(slot, 1.0);
        if let Some(before) = last.and_then(|last| last.slot(&self.generations)) {
            self.lived[before as usize].next = next;
        }
    }

    /// What a candidate is worth at `slot`, given its worth by the models: if it was taken there, what
    /// came of it counts as far as the models would expect it.
    #[inline]
    pub(super) fn in_hindsight(&self, slot: u32, candidate: usize, modelled: Value) -> Value {
        if !self.was_taken(slot, candidate) {
            return modelled;
        }
        let lived = &self.lived[slot as usize];
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
        let share = 1.0 / (1.0 + (f64::from(lived.surprise) / DOUBTFUL).powi(4));
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

fixed!(Lived { before: Edge, next: Edge, candidate: u32, reward: f32, ended: bool, surprise: f32 });
