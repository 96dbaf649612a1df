//! The value of a place, from the values of the places around it and of those it leads to.

use crate::value::{Branch, EDGES, Edge, Value, Values};

/// Experiences of an episode that hear of a new one at once.
const TRAIL: usize = 20;
/// A branch whose ending is likelier than this leads nowhere good.
const LIKELY: f32 = 0.5;
/// How much of the weight of its edges a branch may lose, as experiences are forgotten, before its
/// value is no longer computed from the rest.
const MOST_LOST: f32 = 0.3;
/// What meeting the unknown costs, as a share of the largest reward, where it is not sought: of
/// actions that promise the same, the one that stays on known ground.
const CAUTION: f32 = 0.05;

impl Values {
    /// The value of the place that `edges` surround: their weighted sum and, as far as that is trusted,
    /// what the trend says `beyond` it, never beyond their own values, so that repeated backups stay stable.
    /// `None` if too many of the experiences were forgotten: the rest would say too much.
    pub(crate) fn at(&self, edges: &[Edge], beyond: Value) -> Option<Value> {
        let mut mixes = self.gate.temper(beyond).all().map(Mix::from);
        let (mut kept, mut lost) = (0.0, 0.0);
        for edge in edges {
            let Some(slot) = edge.slot(&self.generations) else {
                lost += edge.weight.abs();
                continue;
            };
            let Value { exploit, explore, unknown } = self.values[slot as usize];
            for (mix, value) in mixes.iter_mut().zip([exploit, explore, unknown]) {
                mix.add(edge.weight, value);
            }
            kept += edge.weight.abs();
        }
        let [exploit, explore, unknown] = mixes.map(Mix::value);
        (lost <= MOST_LOST * (kept + lost)).then_some(Value { exploit, explore, unknown })
    }

    /// Lets the experience in `slot` judge the trend, which says so much `beyond` the `edges` to those
    /// around it.
    pub(super) fn judge_trend(&mut self, slot: u32, edges: &[Edge], beyond: Value) {
        if let Some(without) = self.at(edges, Value::default()) {
            let missing = self.of(slot).with(without, |worth, without| worth - without);
            self.gate.learn(beyond, missing);
        }
    }

    /// What an action is worth that leads to a place of value `next`.
    pub(crate) fn of_branch(&self, branch: &Branch, next: Value) -> Value {
        let (reward, novelty) = (f64::from(branch.reward), f64::from(branch.novelty));
        Value {
            exploit: reward + goes_on(branch, next.exploit),
            explore: reward + novelty * self.bonus() + goes_on(branch, next.explore),
            unknown: novelty + goes_on(branch, next.unknown),
        }
    }

    /// What speaks for an action while nothing is tried out.
    pub(crate) fn calm(&self, value: Value) -> f64 {
        value.exploit - f64::from(CAUTION * self.largest_reward) * value.unknown
    }

    /// Takes off each of `worths`, `weight` times, by how much that candidate action falls short of the
    /// best where the experience in `slot` was lived, as the models say.
    pub(crate) fn advise(&self, slot: u32, weight: f64, worths: &mut [f64]) {
        let branches = &self.branches[slot as usize * self.candidates..][..self.candidates];
        let calm = |branch: &Branch| self.calm(self.of_branch(branch, branch.next));
        let best = branches.iter().map(calm).fold(f64::MIN, f64::max);
        for (worth, branch) in worths.iter_mut().zip(branches) {
            *worth -= weight * (best - calm(branch));
        }
    }

    /// Values the experience in `slot` anew. Returns whether enough is left of what its branches
    /// lead to; where it is not, their last known values stand in.
    pub(crate) fn back_up(&mut self, slot: u32) -> bool {
        let first = slot as usize * self.candidates;
        let mut is_whole = true;
        let mut best = Value { exploit: f64::MIN, explore: f64::MIN, unknown: 0.0 };
        let mut calmest = f64::MIN;
        for at in first..first + self.candidates {
            let edges = &self.edges[at * EDGES..][..usize::from(self.branches[at].edges)];
            match self.at(edges, self.branches[at].beyond) {
                Some(next) => self.branches[at].next = next,
                None => is_whole = false,
            }
            let modelled = self.of_branch(&self.branches[at], self.branches[at].next);
            let value = self.in_hindsight(slot, at - first, modelled);
            best.exploit = best.exploit.max(value.exploit);
            best.explore = best.explore.max(value.explore);
            let calm = self.calm(value);
            if calm > calmest {
                calmest = calm;
                best.unknown = value.unknown;
            }
        }
        self.values[slot as usize] = best;
        is_whole
    }

    /// Values the experience in `slot` anew, and those that led to it.
    pub(crate) fn back_up_trail(&mut self, slot: u32) {
        let mut at = slot;
        for _ in 0..TRAIL {
            self.back_up(at);
            let Some(before) = self.lived[at as usize].before.slot(&self.generations) else {
                break;
            };
            at = before;
        }
    }
}

/// How much of the value behind a branch counts. Fractions of an ending would make phantom goals
/// where values are negative: there it counts in full or not at all.
fn goes_on(branch: &Branch, next: f64) -> f64 {
    let left = if next > 0.0 {
        1.0 - branch.ended
    } else if branch.ended <= LIKELY {
        1.0
    } else {
        0.0
    };
    f64::from(branch.discount * left) * next
}

/// A weighted sum, and what is added to it, within the range of what it is made of. It is summed relative
/// to the first, the nearest: values are large and alike, and what tells actions apart is in their
/// last digits.
#[derive(Clone, Copy, Debug)]
struct Mix {
    first: f64,
    sum: f64,
    low: f64,
    high: f64,
}

impl From<f64> for Mix {
    fn from(beyond: f64) -> Self {
        Self { first: 0.0, sum: beyond, low: f64::MAX, high: f64::MIN }
    }
}

impl Mix {
    #[inline]
    fn add(&mut self, weight: f32, value: f64) {
        if self.low > self.high {
            self.first = value;
        }
        self.sum += f64::from(weight) * (value - self.first);
        self.low = self.low.min(value);
        self.high = self.high.max(value);
    }

    /// The sum; 0 of nothing.
    fn value(self) -> f64 {
        if self.low > self.high {
            0.0
        } else {
            (self.first + self.sum).max(self.low).min(self.high)
        }
    }
}
