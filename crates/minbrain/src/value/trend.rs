//! How values lie from afar: a quadratic of what is sensed, fitted to the values of all experiences.
//!
//! A place between experiences is worth a mix of what those around it are worth. Where they are few and
//! far, or lie to one side of it, that mix knows nothing of how values go on. The trend does: what it
//! says of the place beyond the same mix of what it says of its neighbours is added to it. Where
//! neighbours are dense the two cancel, and the experiences speak alone.

use crate::config::Config;
use crate::experiences::Experiences;
use crate::features::{Features, MOST_FEATURES, Point, Row};
use crate::fingerprint::Fingerprint;
use crate::image::{fixed, image};
use crate::least_squares::LeastSquares;
use crate::limits::MAX_PLAN_DIMS;
use crate::scale::Scale;
use crate::space::Space;
use crate::value::gate::is_judge;
use crate::value::{Value, Values, candidates_of};

/// Ridge on every coefficient but the mean, per example: features are of about unit size.
const RIDGE: f64 = 0.1;
/// Fewer experiences than this for each feature say too little of it; what others did stands in
/// docs/learning.md.
const EXAMPLES_PER_FEATURE: usize = 15;
/// Most deviations that a sensor's value counts for.
const MOST_DEVIATIONS: f32 = 10.0;
/// What a trend is fitted to: the exploiting, the exploring and the unknown value.
const KINDS: usize = 3;

/// The trend of the values.
#[derive(Clone, Debug)]
pub(crate) struct Trend {
    /// `None` where no values are kept, or of too many sensors.
    features: Option<Features>,
    centre: Vec<f32>,
    inverse: Vec<f32>,
    /// For each feature what it adds to each kind of value; zeros until the first fit.
    coefficients: Vec<f64>,
    is_fitted: bool,
}

impl Trend {
    /// A trend that says nothing yet.
    pub(crate) fn new(config: &Config) -> Self {
        let sensors = config.sensors;
        let is_kept = candidates_of(config) > 0 && sensors <= MAX_PLAN_DIMS;
        let features = is_kept.then(|| Features::new(sensors));
        let width = if is_kept { sensors } else { 0 };
        Self {
            centre: vec![0.0; width],
            inverse: vec![0.0; width],
            coefficients: vec![0.0; features.map_or(0, Features::count) * KINDS],
            is_fitted: false,
            features,
        }
    }

    /// Whether it says anything.
    pub(super) fn is_fitted(&self) -> bool {
        self.is_fitted
    }

    /// What the place is worth beyond a mix of experiences, given by slots and weights that sum to
    /// about 1. Nothing before the first fit.
    pub(crate) fn beyond(
        &self,
        place: &[f32],
        space: &Space,
        mix: impl Iterator<Item = (u32, f32)>,
    ) -> Value {
        let (Some(features), true) = (self.features, self.is_fitted) else {
            return Value::default();
        };
        let mut sums = [0.0_f64; MOST_FEATURES];
        let mut row: Row = [0.0; _];
        let mut add = |observation: &[f32], weight: f32| {
            self.write(features, observation, &mut row);
            let each = sums[..features.count()].iter_mut().zip(&row);
            each.for_each(|(sum, &value)| *sum += f64::from(weight) * f64::from(value));
        };
        add(place, 1.0);
        let mut neighbour: Point = [0.0; _];
        let neighbour = &mut neighbour[..features.dims()];
        for (slot, weight) in mix {
            space.copy_key(slot, neighbour);
            add(neighbour, -weight);
        }
        let mut beyond = [0.0; KINDS];
        // The mean is in the mix already.
        let each = sums.iter().zip(self.coefficients.chunks_exact(KINDS)).skip(1);
        for (sum, coefficients) in each {
            beyond.iter_mut().zip(coefficients).for_each(|(to, c)| *to += sum * c);
        }
        let [exploit, explore, unknown] = beyond;
        Value { exploit, explore, unknown }
    }

    /// The features of an observation.
    fn write(&self, features: Features, observation: &[f32], row: &mut Row) {
        let mut point: Point = [0.0; _];
        let frame = self.centre.iter().zip(&self.inverse);
        for ((to, &value), (centre, inverse)) in point.iter_mut().zip(observation).zip(frame) {
            let deviations = (value - centre) * inverse;
            *to = deviations.clamp(-MOST_DEVIATIONS, MOST_DEVIATIONS);
        }
        features.write(&point, row);
    }

    /// Measures in the deviations that sensors have by now.
    fn frame_by(&mut self, scale: &Scale) {
        self.centre.iter_mut().zip(scale.means()).for_each(|(to, &mean)| *to = mean as f32);
        let weights = self.inverse.iter_mut().zip(scale.plain_weights());
        weights.for_each(|(to, weight)| *to = weight.sqrt());
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.floats(&self.centre);
        print.floats(&self.inverse);
        print.doubles(&self.coefficients);
        print.word(u64::from(self.is_fitted));
    }
}

/// Where a fit stands.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Phase {
    /// All examples are summed up.
    is_solving: bool,
    /// The slot to look at next; while solving, the row.
    at: u32,
}

/// One fit after the other, in slices.
#[derive(Clone, Debug)]
pub(crate) struct Fitting {
    next: Trend,
    sums: LeastSquares,
    examples: usize,
    phase: Phase,
}

impl Fitting {
    pub(crate) fn new(config: &Config) -> Self {
        let next = Trend::new(config);
        let count = next.features.map_or(0, Features::count);
        Self {
            next,
            sums: LeastSquares::new(count, KINDS),
            examples: 0,
            phase: Phase { is_solving: false, at: 0 },
        }
    }

    /// Bytes for a trend, and for one that is being fitted.
    pub(crate) fn bytes(config: &Config) -> usize {
        let trend = Trend::new(config);
        let count = trend.features.map_or(0, Features::count);
        (count * count + 3 * count * KINDS) * size_of::<f64>()
            + 4 * trend.centre.len() * size_of::<f32>()
    }

    /// Goes on until `units` are used or a fit is complete, which is in use from then on. Returns
    /// the units used.
    pub(crate) fn go_on(&mut self, known: &mut Experiences, units: u32) -> u32 {
        let Some(features) = self.next.features else { return 0 };
        if known.columns.len() < EXAMPLES_PER_FEATURE * features.count() {
            return 0;
        }
        let each = units_each(features);
        let mut used = 0;
        while used < units {
            used += each;
            if self.phase.is_solving {
                self.sums.eliminate(self.phase.at as usize);
                self.phase.at += 1;
                if self.phase.at as usize == self.sums.rows() {
                    self.complete(&mut known.values);
                    break;
                }
            } else {
                self.add_next(known, features);
            }
        }
        used
    }

    /// Adds the experience whose turn it is, if there is one left.
    fn add_next(&mut self, known: &Experiences, features: Features) {
        let slot = self.phase.at;
        if slot == 0 {
            self.next.frame_by(&known.scale);
        }
        if slot as usize >= known.columns.slots() {
            self.sums.stiffen(RIDGE * self.examples as f64);
            self.phase = Phase { is_solving: true, at: 0 };
            return;
        }
        self.phase.at += 1;
        if !known.columns.is_alive(slot) || is_judge(slot) {
            return;
        }
        let mut observation: Point = [0.0; _];
        let observation = &mut observation[..features.dims()];
        known.space.copy_key(slot, observation);
        let mut row: Row = [0.0; _];
        self.next.write(features, observation, &mut row);
        let values = known.values.of(slot).all().map(|value| value as f32);
        self.sums.add(&row[..features.count()], &values, 1.0);
        self.examples += 1;
    }

    /// Hands the trend over, and starts anew.
    fn complete(&mut self, values: &mut Values) {
        let Self { next, sums, examples, phase } = self;
        let coefficients = sums.substitute();
        if coefficients.iter().all(|c| c.is_finite()) {
            next.coefficients.copy_from_slice(coefficients);
            next.is_fitted = true;
            std::mem::swap(&mut values.trend, next);
        }
        sums.clear();
        *examples = 0;
        *phase = Phase { is_solving: false, at: 0 };
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        self.next.fingerprint(print);
        self.sums.fingerprint(print);
        print.count(self.examples);
        print.words(&[u32::from(self.phase.is_solving), self.phase.at]);
    }

    /// Whether all that was read is within its bounds.
    pub(crate) fn is_sound(&self) -> bool {
        !self.phase.is_solving || (self.phase.at as usize) < self.sums.rows()
    }
}

/// Work of one example or one row, in blocks compared.
fn units_each(features: Features) -> u32 {
    let count = features.count() as u32;
    2 + count * count / 512
}

fixed!(Phase { is_solving: bool, at: u32 });
image!(Trend keeps centre inverse coefficients is_fitted; not features);
image!(Fitting keeps next sums examples phase; not);

#[cfg(test)]
mod tests;
