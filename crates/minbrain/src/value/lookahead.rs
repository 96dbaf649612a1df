//! One step ahead: what each candidate action leads to, and what that place is worth.
//!
//! A step is as long as it takes to get somewhere. Where one cycle moves the robot less than its
//! neighbours lie apart, the place it leads to is not told from the place it is in, and values
//! interpolated there feed on themselves. So an action is followed through the recalled models,
//! cycle by cycle, until it left the neighbourhood, or something ended.

use minbrain_kernels::{Kernel, Probe, TopK};

use crate::action::Action;
use crate::config::Config;
use crate::cycle::{REGRESSION_UNITS, Recalled};
use crate::decision::Prediction;
use crate::experiences::Experiences;
use crate::limits::{MAX_KEPT_STEPS, MAX_NEIGHBOURS, MAX_TICKS};
use crate::model::{Model, knownness, reach};
use crate::regression::{Regression, neighbours_for};
use crate::space::{Among, Read};
use crate::value::gate::is_judge;
use crate::value::{Branch, Candidates, DISCOUNT, EDGES, EdgeList, Value, candidates_of};

/// Ridge on the slopes of a value. Stronger than a model's: values have kinks.
const RIDGE: f32 = 0.1;

/// What one action leads to, with its edges.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outlook {
    pub(crate) branch: Branch,
    pub(crate) edges: EdgeList,
}

/// What one action leads to in one cycle, and the model and the neighbours that say so.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) found: TopK,
    pub(crate) model: Model,
    pub(crate) prediction: Prediction,
    pub(crate) read: Read,
}

impl Step {
    fn new(config: &Config, kernels: Kernel) -> Self {
        let zeros = || vec![0.0; config.sensors];
        let (outcome, expected_error) = (zeros(), zeros());
        Self {
            found: TopK::with_capacity(MAX_NEIGHBOURS),
            model: Model::new(kernels, config.sensors, config.key_dims()),
            prediction: Prediction { outcome, expected_error, ..Prediction::default() },
            read: Read::default(),
        }
    }

    /// Goes on by one cycle from `key`. Returns the work units used.
    fn take(
        &mut self,
        known: &Experiences,
        (part, key): (usize, &[f32]),
        neighbours: usize,
    ) -> u32 {
        let (probe, among) = known.probe(part, key);
        self.found.reset(neighbours);
        self.read = known.space.nearest(probe, among, &mut self.found);
        self.model.estimate(known, (part, key), &self.found, &mut self.prediction);
        self.read.units() + REGRESSION_UNITS
    }

    /// Adds what it earns to `branch`.
    fn add_to(&self, branch: &mut Branch, (wanted, dims): (usize, usize)) {
        let Prediction { reward, ended, neighbours, .. } = self.prediction;
        let novelty = 1.0 - knownness(&self.found, neighbours, wanted, dims);
        branch.reward += branch.discount * reward;
        branch.novelty += branch.discount * novelty;
        branch.ended = branch.ended.max(ended);
        branch.discount *= DISCOUNT;
    }
}

/// Scratch to look one step ahead.
#[derive(Clone, Debug)]
pub(crate) struct Lookahead {
    pub(crate) candidates: Candidates,
    /// What each candidate led to when a decision was made.
    pub(crate) outlooks: Vec<Outlook>,
    sensors: usize,
    model_neighbours: usize,
    value_neighbours: usize,
    /// The step of the first cycle that an action is followed for, and of a later one.
    first: Step,
    later: Step,
    /// The first step of the first few candidates from where the last look started: whichever is
    /// chosen need not be predicted once more.
    kept: Vec<Step>,
    found: TopK,
    /// What lies around the place whose value is asked for, nearest first: slots and distances.
    around: Vec<(u32, f32)>,
    /// Where an action starts, and where it leads, with the action behind it.
    start: Vec<f32>,
    key: Vec<f32>,
    /// A place whose value is asked for, and a neighbour of it; padded.
    place: Vec<f32>,
    neighbour: Vec<f32>,
    regression: Regression,
}

impl Lookahead {
    pub(crate) fn new(config: &Config, kernels: Kernel) -> Self {
        let candidates = Candidates::new(&config.actions);
        let regression = Regression::new(kernels, config.sensors);
        let padded = vec![0.0; regression.stride().max(config.key_dims())];
        let zeros = |n| vec![0.0; n];
        Self {
            outlooks: vec![Outlook::default(); candidates.len()],
            sensors: config.sensors,
            model_neighbours: config.model_neighbours(),
            value_neighbours: neighbours_for(config.sensors).min(EDGES),
            first: Step::new(config, kernels),
            later: Step::new(config, kernels),
            kept: (0..candidates_of(config).min(MAX_KEPT_STEPS))
                .map(|_| Step::new(config, kernels))
                .collect(),
            found: TopK::with_capacity(MAX_NEIGHBOURS),
            around: Vec::with_capacity(EDGES),
            candidates,
            start: zeros(config.sensors),
            key: zeros(config.key_dims()),
            place: padded.clone(),
            neighbour: padded,
            regression,
        }
    }

    /// Looks at what every candidate leads to from `observation`. Returns the work units used.
    pub(crate) fn look(&mut self, known: &Experiences, observation: &[f32]) -> u32 {
        let mut units = 0;
        for at in 0..self.candidates.len() {
            units += self.look_at(known, observation, at);
            if let Some(kept) = self.kept.get_mut(at) {
                std::mem::swap(kept, &mut self.first);
            }
        }
        units
    }

    /// Looks at what one candidate leads to from `observation`.
    pub(crate) fn look_at(
        &mut self,
        known: &Experiences,
        observation: &[f32],
        candidate: usize,
    ) -> u32 {
        self.start.copy_from_slice(observation);
        let mut outlook = std::mem::take(&mut self.outlooks[candidate]);
        let units = self.follow(known, candidate, &mut outlook);
        self.outlooks[candidate] = outlook;
        units
    }

    /// The first step of the last look, if `action` was a candidate and its step was kept; `None`
    /// where nothing is looked at.
    pub(crate) fn first_step(&mut self, action: &Action) -> Option<&mut Step> {
        self.kept.get_mut(self.candidates.position(action)?)
    }

    /// Looks afresh at what every candidate leads to from the experience in `slot`, and values it.
    pub(crate) fn review(&mut self, known: &mut Experiences, slot: u32) -> u32 {
        known.space.copy_key(slot, &mut self.start);
        let mut outlook = Outlook::default();
        let mut units = 0;
        for at in 0..self.candidates.len() {
            units += self.follow(known, at, &mut outlook);
            known.values.set_branch(slot, at, &outlook);
            if known.values.was_taken(slot, at) {
                let expected = &self.first.prediction.outcome;
                let surprise = known.scale.surprise(expected, known.columns.outcome(slot));
                known.values.doubt(slot, surprise);
            }
        }
        known.values.back_up(slot);
        units + self.judge_trend(known, slot)
    }

    /// Compares what the trend adds with what the experience in `slot` is worth, if that is one of those
    /// which judge it.
    pub(super) fn judge_trend(&mut self, known: &mut Experiences, slot: u32) -> u32 {
        if !known.values.trend().is_fitted() || !is_judge(slot) {
            return 0;
        }
        let mut edges = EdgeList::default();
        known.space.copy_key(slot, &mut self.place[..self.sensors]);
        let units = self.support(known, Some(slot), &mut edges);
        let beyond = self.beyond(known, &edges);
        known.values.judge_trend(slot, edges.as_slice(), beyond);
        units
    }

    /// What `observation` is worth, by the experiences around it; by those `recalled` there, where
    /// they are enough.
    pub(crate) fn around(
        &mut self,
        known: &Experiences,
        observation: &[f32],
        recalled: &[Recalled],
    ) -> Value {
        let mut edges = EdgeList::default();
        self.place[..self.sensors].copy_from_slice(observation);
        if recalled.len() < self.value_neighbours.min(known.columns.len()) {
            self.support(known, None, &mut edges);
        } else {
            let nearest = recalled.iter().take(self.value_neighbours);
            self.around.clear();
            self.around.extend(nearest.map(|r| (r.slot, r.distance)));
            self.regress(known, &mut edges);
        }
        let beyond = self.beyond(known, &edges);
        known.values.at(edges.as_slice(), beyond).unwrap_or_default()
    }

    /// Follows one candidate from the start.
    fn follow(&mut self, known: &Experiences, candidate: usize, outlook: &mut Outlook) -> u32 {
        let action = self.candidates.get(candidate);
        let part = action.part();
        self.key[..self.sensors].copy_from_slice(&self.start);
        self.key[self.sensors..].copy_from_slice(action.values());
        let mut branch = Branch { discount: 1.0, ..Branch::default() };
        let (mut units, mut radius) = (0, 0.0);
        for tick in 0..MAX_TICKS {
            let step = if tick == 0 { &mut self.first } else { &mut self.later };
            units += step.take(known, (part, &self.key), self.model_neighbours);
            step.add_to(&mut branch, (self.model_neighbours, self.key.len()));
            self.key[..self.sensors].copy_from_slice(&step.prediction.outcome);
            if tick == 0 {
                radius = step.found.iter().next_back().map_or(0.0, |f| f.distance);
            }
            if branch.ended > 0.0 || self.moved(known) >= radius {
                break;
            }
        }
        self.place[..self.sensors].copy_from_slice(&self.key[..self.sensors]);
        let units = units + self.support(known, None, &mut outlook.edges);
        outlook.branch = Branch { beyond: self.beyond(known, &outlook.edges), ..branch };
        units
    }

    /// What the trend of values says of the place beyond the edges that were just made.
    fn beyond(&self, known: &Experiences, edges: &EdgeList) -> Value {
        let weights = edges.as_slice().iter().map(|edge| edge.weight);
        let mix = self.around.iter().map(|(slot, _)| *slot).zip(weights);
        known.values.trend().beyond(&self.place[..self.sensors], &known.space, mix)
    }

    /// How far from the start, squared.
    fn moved(&self, known: &Experiences) -> f32 {
        let weights = &known.scale.observation_weights()[..self.sensors];
        let off =
            self.key.iter().zip(&self.start).map(|(key, start)| (key - start) * (key - start));
        weights.iter().zip(off).map(|(weight, off)| weight * off).sum()
    }

    /// The regression at the place, as edges; `without` one of the experiences.
    fn support(&mut self, known: &Experiences, without: Option<u32>, edges: &mut EdgeList) -> u32 {
        let (sensors, dims) = (self.sensors, self.key.len());
        self.place[sensors..].fill(0.0);
        let weights = known.scale.observation_weights();
        let probe = Probe { key: &self.place[..dims], weights };
        self.found.reset(self.value_neighbours + usize::from(without.is_some()));
        let read = known.space.nearest(probe, Among::All, &mut self.found);
        self.around.clear();
        let usable = self.found.iter().take_while(|f| f.distance.is_finite());
        let others = usable.filter(|f| Some(f.slot) != without).take(self.value_neighbours);
        self.around.extend(others.map(|f| (f.slot, f.distance)));
        self.regress(known, edges);
        read.units() + REGRESSION_UNITS
    }

    /// The same with the experiences around the place given.
    fn regress(&mut self, known: &Experiences, edges: &mut EdgeList) {
        let Self { around, place, neighbour, regression, sensors, .. } = self;
        let farthest = around.last().map_or(0.0, |(_, distance)| *distance);
        place[*sensors..].fill(0.0);
        let slots = around.iter().map(|(slot, _)| *slot);
        let reach = reach(known, &place[..*sensors], slots, farthest);
        regression.begin(&known.scale.observation_weights()[..*sensors], reach);
        for &(slot, distance) in &*around {
            known.space.copy_key(slot, &mut neighbour[..*sensors]);
            regression.add(place, neighbour, distance, farthest);
        }
        edges.clear();
        for (&(slot, _), &weight) in around.iter().zip(regression.solve(RIDGE)) {
            edges.push(known.values.edge(slot, weight));
        }
    }
}
