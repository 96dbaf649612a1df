//! What was demonstrated in places like this one: local linear regression on the action.
//!
//! A demonstration is an experience whose action somebody else chose. A linear model of all of them
//! says what the demonstrator does by and large, and the nearest ones what it does otherwise here,
//! by a line through what that leaves: of a discrete action, through an indicator for each, the
//! largest of which is done. How sure that is, is what says when to ask: how far the best action
//! leads the second, and how near the demonstrations lie.

mod check;
mod merit;
mod skill;

use minbrain_kernels::{Kernel, Probe, TopK};

use crate::action::{Action, ActionSpace, Bounds};
use crate::config::Config;
use crate::cycle::act::draw;
use crate::cycle::{Cycle, REGRESSION_UNITS};
use crate::decision::{Method, Outcome};
use crate::demonstrations::Demonstrations;
use crate::experiences::Experiences;
use crate::fingerprint::Fingerprint;
use crate::image::image;
use crate::limits::MAX_NEIGHBOURS;
use crate::mind::Mind;
use crate::prior::LinearPrior;
use crate::regression::{Regression, neighbours_for};
use crate::seed::Random;
use check::{SpotCheck, Verdict};
use merit::Merit;
use skill::Skill;

/// Ridge on the slopes of an action. That of a model: where somebody acts by a rule, the line is it.
const RIDGE: f32 = 1e-3;
/// By how much the best discrete action must lead the second to be as good as asking.
const MARGIN: f32 = 0.25;
/// How much of a continuous action, as a share of its usual deviation, the line may leave
/// unexplained to be as good as asking.
const UNEXPLAINED: f32 = 0.3;
/// How far the farthest of the demonstrations may lie, in squared deviations for each dimension, to
/// be as good as asking.
const FAR: f32 = 1.5;
/// The same where demonstrations say nothing any more.
const FARTHEST: f32 = 3.0 * FAR;
/// How far a continuous action may leave the range of what the nearest demonstrations leave of the
/// linear model, as a share of it.
const BEYOND: f32 = 0.5;
/// With less confidence than this it is time to ask.
const ASKED_BELOW: f32 = 0.5;
/// What is told of the confidence of a decision that is put to a check: confidence is below 1, so
/// that this is below a half.
const CHECKED: f32 = 0.5;
/// Least deviation of what is demonstrated, as a share of an action's range: somebody who always
/// does the same is guessed within rounding.
const LEAST_SHARE: f32 = 0.05;
/// What a demonstration that is guessed perfectly from the others is still worth. Less, and what
/// cannot be guessed anywhere, a teacher's whims, would displace all else (docs/learning.md).
const LEAST_ERROR: f32 = 1.0;

/// What the demonstrator would do, and the scratch to find out.
#[derive(Clone, Debug)]
pub(crate) struct Imitation {
    /// What would be done.
    pub(crate) action: Action,
    /// How sure that is, 0 to 1: 0.5 is as good as asking.
    pub(crate) confidence: f32,
    skill: Skill,
    merit: Merit,
    prior: LinearPrior,
    check: SpotCheck,
    sensors: usize,
    neighbours: usize,
    found: TopK,
    slots: Vec<u32>,
    regression: Regression,
    /// The weight of each dimension of a key.
    weights: Vec<f32>,
    /// The place that is asked for, and a neighbour of it; padded.
    place: Vec<f32>,
    neighbour: Vec<f32>,
    /// How much speaks for each discrete action, or the line's value of each dimension.
    guess: Vec<f32>,
    /// What the linear model says here, and at a neighbour.
    trend: Vec<f32>,
    neighbour_trends: Vec<f32>,
    /// What it leaves of one dimension of the neighbours' actions.
    targets: Vec<f32>,
    /// What was watched last: what was shown, what had been guessed, and what came of it.
    shown: Vec<f32>,
    watched: Vec<f32>,
    has_guessed: bool,
    verdict: Verdict,
    /// How much it would be missed.
    loss: f32,
    /// What spoke for each action in the last decision, 0 to 1.
    told: Vec<f32>,
    /// Least variance of each dimension of a continuous action.
    floors: Vec<f32>,
}

impl Imitation {
    pub(crate) fn new(config: &Config, kernels: Kernel) -> Self {
        let dims = Demonstrations::dims(config);
        let regression = Regression::new(kernels, dims);
        let padded = vec![0.0; regression.stride()];
        let guessed = config.actions.width();
        let is_continuous = config.actions.dims() > 0;
        Self {
            action: config.actions.neutral(),
            confidence: 0.0,
            skill: Skill::new(guessed),
            merit: Merit::new(),
            prior: LinearPrior::new(dims, guessed, 1),
            check: SpotCheck::new(),
            sensors: config.sensors,
            neighbours: neighbours_for(dims),
            found: TopK::with_capacity(MAX_NEIGHBOURS + 1),
            slots: Vec::with_capacity(MAX_NEIGHBOURS + 1),
            regression,
            weights: vec![0.0; dims],
            place: padded.clone(),
            neighbour: padded,
            guess: vec![0.0; guessed],
            trend: vec![0.0; guessed],
            neighbour_trends: vec![
                0.0;
                guessed * (1 + MAX_NEIGHBOURS * usize::from(is_continuous))
            ],
            targets: Vec::with_capacity(MAX_NEIGHBOURS + 1),
            shown: vec![0.0; guessed],
            watched: vec![0.0; guessed],
            has_guessed: false,
            verdict: Verdict::Wrong,
            loss: 0.0,
            told: vec![0.0; guessed],
            floors: config.actions.widths().map(|width| (LEAST_SHARE * width).powi(2)).collect(),
        }
    }

    /// Asks the demonstrations around what was sensed, in this context. Returns the work units
    /// used: none where nothing was ever demonstrated.
    pub(crate) fn ask(
        &mut self,
        known: &mut Experiences,
        actions: &ActionSpace,
        here: (&[f32], &[f32]),
    ) -> u32 {
        self.go_to(here);
        self.ask_here(known, actions, None)
    }

    /// Asks the demonstrations around the place that was written, without the one `left_out`.
    fn ask_here(
        &mut self,
        known: &mut Experiences,
        actions: &ActionSpace,
        left_out: Option<u32>,
    ) -> u32 {
        self.confidence = 0.0;
        self.slots.clear();
        if known.columns.shown() == 0 {
            return 0;
        }
        let units = self.gather(known, left_out);
        if self.slots.is_empty() {
            return units;
        }
        self.regression.solve(RIDGE);
        let sure = match actions {
            ActionSpace::Discrete(_) => self.classify(known),
            ActionSpace::Continuous(bounds) => self.follow_line(known, bounds),
        };
        // Not by `min`, which would overlook a NaN.
        if self.slots.len() == self.neighbours && sure.is_finite() {
            self.confidence = sure.min(FAR / (FAR + self.distance()));
        }
        units + REGRESSION_UNITS * (1 + actions.dims() as u32)
    }

    /// Finds the nearest demonstrations, and starts the regression with them.
    fn gather(&mut self, known: &mut Experiences, left_out: Option<u32>) -> u32 {
        let Some(demonstrations) = &mut known.demonstrations else { return 0 };
        demonstrations.write_weights(known.scale.plain_weights(), &mut self.weights);
        let dims = self.weights.len();
        self.found.reset(self.neighbours + usize::from(left_out.is_some()));
        let probe = Probe { key: &self.place[..dims], weights: &self.weights };
        let read = demonstrations.nearest(probe, &mut self.found);
        demonstrations.learn(read);
        left_out.iter().for_each(|&slot| self.found.discard(slot));
        let usable = || self.found.iter().take_while(|f| f.distance.is_finite());
        self.slots.extend(usable().map(|f| f.slot));
        let farthest = usable().last().map_or(0.0, |f| f.distance);
        self.regression.begin(&self.weights, farthest);
        for neighbour in usable() {
            demonstrations.copy_key(neighbour.slot, &mut self.neighbour[..dims]);
            self.regression.add(&self.place, &self.neighbour, neighbour.distance, farthest);
        }
        read.units()
    }

    /// How far the farthest of the neighbours lies, in squared deviations for each dimension.
    fn distance(&self) -> f32 {
        let farthest =
            self.found.iter().take(self.slots.len()).next_back().map_or(0.0, |f| f.distance);
        farthest / self.weights.len() as f32
    }

    /// Picks the discrete action that most speaks for. Returns how sure that is.
    fn classify(&mut self, known: &Experiences) -> f32 {
        let Self { action, slots, regression, guess, prior, place, neighbour, weights, .. } = self;
        let dims = weights.len();
        // The model is linear and the weights' sum is 1: it says of the neighbours, weighed, what
        // it says of their weighed mean.
        neighbour.fill(0.0);
        regression.combine_rows(neighbour);
        for (at, mean) in neighbour[..dims].iter_mut().enumerate() {
            *mean += place[at];
        }
        prior.predict(0, &place[..dims], &mut self.trend);
        let there = &mut self.neighbour_trends[..guess.len()];
        prior.predict(0, &neighbour[..dims], there);
        let trends = self.trend.iter().zip(&*there);
        guess.iter_mut().zip(trends).for_each(|(guess, (here, there))| *guess = here - there);
        let say = slots.iter().zip(regression.weights());
        say.for_each(|(&slot, weight)| guess[known.part(slot)] += weight);
        let best = largest(guess);
        *action = Action::Discrete(best);
        let others = guess.iter().enumerate().filter(|&(at, _)| at != best);
        let second = others.map(|(_, &share)| share).fold(f32::MIN, f32::max);
        let margin = if guess.len() > 1 { guess[best] - second } else { 1.0 };
        guess.iter_mut().for_each(|share| *share = share.clamp(0.0, 1.0));
        margin / (margin + MARGIN)
    }

    /// Takes the value of the line here, in each dimension. Returns how sure that is.
    fn follow_line(&mut self, known: &Experiences, bounds: &[Bounds]) -> f32 {
        let dims = self.weights.len();
        self.prior.predict(0, &self.place[..dims], &mut self.trend);
        self.predict_neighbours(known);
        let mut unexplained = 0.0;
        for (dim, Bounds { low, high }) in bounds.iter().enumerate() {
            let usual = self.usual(dim);
            let Self { regression, guess, targets, trend, neighbour_trends, slots, .. } = self;
            let value = |slot| known.space.value(slot, self.sensors + dim);
            let trends = neighbour_trends.chunks_exact(guess.len());
            let rests = slots.iter().zip(trends).map(|(&slot, trend)| value(slot) - trend[dim]);
            targets.clear();
            targets.extend(rests);
            let line: f32 = targets.iter().zip(regression.weights()).map(|(t, w)| t * w).sum();
            let least = targets.iter().copied().fold(f32::MAX, f32::min);
            let most = targets.iter().copied().fold(f32::MIN, f32::max);
            let beyond = BEYOND * (most - least);
            let off = line.max(least - beyond).min(most + beyond);
            guess[dim] = (trend[dim] + off).max(*low).min(*high);
            unexplained += regression.unexplained(targets, RIDGE) / usual;
        }
        if let Action::Continuous(values) = &mut self.action {
            values.copy_from_slice(&self.guess);
        }
        let unexplained = (unexplained / bounds.len() as f32).sqrt();
        UNEXPLAINED / (UNEXPLAINED + unexplained)
    }

    /// What the linear model says of each neighbour.
    fn predict_neighbours(&mut self, known: &Experiences) {
        let Self { slots, prior, neighbour, neighbour_trends, guess, weights, .. } = self;
        let Some(demonstrations) = &known.demonstrations else { return };
        let key = &mut neighbour[..weights.len()];
        for (&slot, trend) in slots.iter().zip(neighbour_trends.chunks_exact_mut(guess.len())) {
            demonstrations.copy_key(slot, key);
            prior.predict(0, key, trend);
        }
    }

    /// Guesses what is demonstrated before it is stored, and measures how wrong that is. Returns
    /// the work units used.
    pub(crate) fn watch(
        &mut self,
        known: &mut Experiences,
        actions: &ActionSpace,
        (here, action): ((&[f32], &[f32]), &Action),
    ) -> u32 {
        let units = self.ask(known, actions, here);
        for (at, shown) in self.shown.iter_mut().enumerate() {
            *shown = match action {
                Action::Discrete(part) => indicator(*part, at),
                Action::Continuous(values) => values[at],
            };
        }
        self.loss = self.loss_of(|at| self.shown[at]);
        self.verdict = if self.is_right() { Verdict::Right } else { Verdict::Wrong };
        self.watched.copy_from_slice(&self.guess);
        self.has_guessed = !self.slots.is_empty();
        units
    }

    /// Whether the last guess is what was shown here: the discrete action, or a continuous one
    /// about as near as is good enough not to ask.
    fn is_right(&self) -> bool {
        match &self.action {
            _ if self.slots.is_empty() => false,
            Action::Discrete(part) => self.shown[*part] == 1.0,
            Action::Continuous(values) => {
                let off =
                    |(at, value): (usize, &f32)| (self.shown[at] - value).powi(2) / self.usual(at);
                let off: f32 = values.iter().enumerate().map(off).sum();
                (off / values.len() as f32).sqrt() <= UNEXPLAINED
            }
        }
    }

    /// How much what is demonstrated varies in one dimension of a continuous action, as a mean
    /// square: at least as much as a share of its range.
    fn usual(&self, dim: usize) -> f32 {
        self.skill.variance(dim).max(self.floors[dim])
    }

    /// How sure the last guess is, as it is told: one of many sure ones is put to a check.
    fn told_confidence(&mut self) -> f32 {
        let is_sure = self.confidence >= ASKED_BELOW;
        if is_sure && self.check.decided_surely() {
            return self.confidence * CHECKED;
        }
        if !is_sure {
            self.check.decided_unsurely();
        }
        self.confidence
    }

    /// Whether it is worth asking: there are demonstrations, the demonstrator can be guessed better
    /// from where he is than by what he does on average, and the brain has not outgrown him.
    pub(crate) fn is_worth_asking(&self, known: &Experiences) -> bool {
        known.columns.shown() > 0 && self.skill.share() > 0.0 && !self.merit.is_outgrown()
    }

    /// Learns what an action chosen by `method` earned.
    pub(crate) fn learn(&mut self, method: Method, outcome: Outcome<'_>) {
        self.merit.learn(method, outcome);
    }

    /// The episode is over.
    pub(crate) fn interrupt(&mut self) {
        self.merit.finish();
    }

    /// Takes in the demonstration in `slot`, which was watched before, and learns from it how well
    /// the demonstrator can be guessed.
    pub(crate) fn store(
        &mut self,
        known: &mut Experiences,
        slot: u32,
        here: (&[f32], &[f32]),
        random: &mut Random,
    ) {
        self.go_to(here);
        let key = &self.place[..self.weights.len()];
        self.prior.update(0, key, &self.shown);
        if self.has_guessed {
            self.skill.learn(&self.watched, &self.shown);
        }
        self.check.answered(self.verdict, random);
        let Experiences { demonstrations: Some(demonstrations), scale, .. } = known else { return };
        demonstrations.write_weights(scale.plain_weights(), &mut self.weights);
        demonstrations.insert(slot, key, &self.weights, self.loss);
    }

    /// Finds out how much the demonstration in `slot` would be missed: guesses it from the others.
    /// Returns the work units that it took.
    pub(crate) fn assess(
        &mut self,
        known: &mut Experiences,
        actions: &ActionSpace,
        slot: u32,
    ) -> u32 {
        let Some(demonstrations) = &known.demonstrations else { return 0 };
        demonstrations.copy_key(slot, &mut self.place[..self.weights.len()]);
        let units = self.ask_here(known, actions, Some(slot));
        let loss = self.loss_of(|at| match actions {
            ActionSpace::Discrete(_) => indicator(known.part(slot), at),
            ActionSpace::Continuous(_) => known.space.value(slot, self.sensors + at),
        });
        if let Some(demonstrations) = &mut known.demonstrations {
            demonstrations.set_loss(slot, loss);
        }
        units
    }

    /// How much a demonstration of what was `taken` here, value by value, would be missed, given
    /// what was guessed without it: the distance to the nearest other one, times how wrong the
    /// guess is.
    fn loss_of(&self, taken: impl Fn(usize) -> f32) -> f32 {
        if self.slots.is_empty() {
            return f32::MAX;
        }
        let is_discrete = matches!(self.action, Action::Discrete(_));
        let error = |(at, guess): (usize, &f32)| {
            let usual = if is_discrete { 1.0 } else { self.usual(at) };
            (taken(at) - guess).powi(2) / usual
        };
        let error: f32 = self.guess.iter().enumerate().map(error).sum();
        let nearest = self.found.iter().next().map_or(f32::MAX, |f| f.distance);
        (nearest.sqrt() * (LEAST_ERROR + error.sqrt())).min(f32::MAX)
    }

    fn go_to(&mut self, (observation, context): (&[f32], &[f32])) {
        self.place[..self.sensors].copy_from_slice(observation);
        self.place[self.sensors..][..context.len()].copy_from_slice(context);
    }

    /// Whether the demonstrations lie so near to the place that was asked for last that they say
    /// anything of it.
    pub(crate) fn is_near(&self) -> bool {
        !self.slots.is_empty() && self.distance() <= FARTHEST
    }

    /// Each discrete action with what spoke for it, 0 to 1, in the last decision.
    pub(crate) fn shares(&self) -> impl Iterator<Item = (usize, f32)> {
        self.told.iter().copied().enumerate()
    }

    /// Whether what was read is a state that there is.
    pub(crate) fn is_sound(&self) -> bool {
        self.check.is_sound()
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        self.skill.fingerprint(print);
        self.merit.fingerprint(print);
        self.prior.fingerprint(print);
        self.check.fingerprint(print);
    }
}

/// Proposes what was demonstrated in places like this one; any action where nothing was.
pub(super) fn propose(mind: &mut Mind) {
    let Mind { config, known, random, cycle, .. } = mind;
    let Cycle { imitation, context, decision, key, .. } = cycle;
    let here = (&key[..config.sensors], context.values());
    decision.work_units += imitation.ask(known, &config.actions, here);
    (decision.method, decision.confidence) = if imitation.slots.is_empty() {
        draw(&config.actions, random, &mut decision.action);
        (Method::Bootstrap, 0.0)
    } else {
        decision.action.assign(&imitation.action);
        imitation.told.copy_from_slice(&imitation.guess);
        (Method::Imitated, imitation.told_confidence())
    };
}

/// What a discrete action says of the action at `at`.
fn indicator(part: usize, at: usize) -> f32 {
    f32::from(u8::from(part == at))
}

/// Where the largest stands. The first wins a tie, so that the answer never depends on chance.
fn largest(shares: &[f32]) -> usize {
    (1..shares.len()).fold(0, |best, at| if shares[at] > shares[best] { at } else { best })
}

image!(Imitation keeps skill merit prior check; not action confidence sensors neighbours found slots
    regression weights place neighbour guess trend neighbour_trends targets shown watched has_guessed verdict loss told
    floors);

#[cfg(test)]
mod tests;
