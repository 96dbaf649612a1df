//! Learning the trends: sweeps over all experiences, in bounded slices.
//!
//! A sweep samples how far the trend so far is off, weighs every experience by that, sums it up, and
//! solves for the next trend. Contacts and limits bend the world where a quadratic cannot follow; an
//! experience that is off by far more than the median counts less the farther off it is (iteratively
//! re-weighted least squares: Holland and Welsch 1977). The reward is fitted without weights: what is
//! rare there is what matters.

use crate::experiences::Experiences;
use crate::features::{Features, Point, Row};
use crate::fingerprint::Fingerprint;
use crate::image::{Fixed, image};
use crate::least_squares::LeastSquares;
use crate::planning::frame::Frame;
use crate::planning::outlook::Outlook;
use crate::scale::Scale;

/// From so many experiences the median error is taken.
const SAMPLES: usize = 256;
/// An error counts in full up to so many medians.
const FULL_MEDIANS: f32 = 4.0;
/// Least median error, in units of plans.
const LEAST_MEDIAN: f32 = 2e-3;

/// Where a sweep stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Sample(usize),
    Weigh(usize),
    SolveChange(usize),
    SolveReward(usize),
}

/// One sweep after the other.
#[derive(Clone, Debug)]
pub(super) struct Sweep {
    sensors: usize,
    features: Features,
    phase: Phase,
    /// The units of the trends that are being learned.
    pub(super) frame: Frame,
    change: LeastSquares,
    reward: LeastSquares,
    /// The samples' errors, `SAMPLES` for each sensor.
    errors: Vec<f32>,
    sampled: usize,
    medians: Vec<f32>,
    has_trend: bool,
}

/// One experience in units of plans.
struct Example {
    now: Point,
    next: Point,
    change: Point,
}

impl Sweep {
    pub(super) fn new(sensors: usize, dims: usize, frame: &Frame) -> Self {
        let features = Features::new(dims);
        Self {
            sensors,
            features,
            phase: Phase::Sample(0),
            frame: frame.clone(),
            change: LeastSquares::new(features.count(), sensors),
            reward: LeastSquares::new(features.count(), 1),
            errors: vec![0.0; SAMPLES * sensors],
            sampled: 0,
            medians: vec![f32::MAX; sensors],
            has_trend: false,
        }
    }

    /// Takes what is known into account for the first frame.
    pub(super) fn begin(&mut self, known: &Experiences) {
        self.frame.fit(&known.scale);
    }

    /// Goes on for about `units`. Returns the units used, and whether new trends are ready to be
    /// [adopted](Self::adopt).
    pub(super) fn advance(
        &mut self,
        known: &Experiences,
        (frame, outlook): (&Frame, &Outlook),
        units: u32,
    ) -> (u32, Progress) {
        let each = self.units_each();
        let mut used = 0;
        while used < units {
            used += each;
            match self.phase {
                Phase::Sample(at) => self.sample(at, known, (frame, outlook)),
                Phase::Weigh(at) => self.weigh(at, known, (frame, outlook)),
                Phase::SolveChange(row) => {
                    self.change.eliminate(row);
                    let is_last = row + 1 == self.change.rows();
                    self.phase =
                        if is_last { Phase::SolveReward(0) } else { Phase::SolveChange(row + 1) };
                }
                Phase::SolveReward(row) => {
                    self.reward.eliminate(row);
                    self.phase = Phase::SolveReward(row + 1);
                    if row + 1 == self.reward.rows() {
                        return (used, Progress::Ready);
                    }
                }
            }
        }
        (used, Progress::UnderWay)
    }

    /// Hands the new trends over, and starts the next sweep.
    pub(super) fn adopt(&mut self, scale: &Scale, frame: &mut Frame, outlook: &mut Outlook) {
        let moved = self.frame.differs(frame);
        outlook.learn(self.change.substitute(), self.reward.substitute());
        if moved {
            outlook.clear_lines();
        }
        frame.assign(&self.frame);
        self.has_trend = true;
        self.frame.fit(scale);
        if !self.frame.differs(frame) {
            self.frame.assign(frame);
        }
        self.change.clear();
        self.reward.clear();
        self.sampled = 0;
        self.phase = Phase::Sample(0);
    }

    /// Work of one experience or one row, in blocks compared.
    fn units_each(&self) -> u32 {
        let features = self.features.count() as u32;
        2 + features * features / 512
    }

    /// One experience in units of `frame`.
    fn example(&self, known: &Experiences, slot: u32, frame: &Frame) -> Example {
        let mut raw: Point = [0.0; _];
        let dims = self.features.dims();
        known.space.copy_key(slot, &mut raw[..dims]);
        let mut now: Point = [0.0; _];
        frame.place(&raw[..dims], &mut now);
        let mut next = now;
        frame.place(known.columns.outcome(slot), &mut next);
        let mut change: Point = [0.0; _];
        for at in 0..self.sensors {
            change[at] = next[at] - now[at];
        }
        Example { now, next, change }
    }

    /// By how much the trend so far is off.
    fn miss(&self, example: &Example, outlook: &Outlook) -> Point {
        let mut features: Row = [0.0; _];
        self.features.write(&example.now, &mut features);
        let mut says: Point = [0.0; _];
        outlook.change.add_change(&features, &mut says[..outlook.stride]);
        says.iter_mut().zip(&example.change).for_each(|(says, came)| *says = (came - *says).abs());
        says
    }

    fn sample(&mut self, at: usize, known: &Experiences, (frame, outlook): (&Frame, &Outlook)) {
        let slots = known.columns.slots();
        if !self.has_trend || at >= SAMPLES {
            self.take_medians();
            self.phase = Phase::Weigh(0);
            return;
        }
        self.phase = Phase::Sample(at + 1);
        let slot = (at * slots / SAMPLES) as u32;
        if known.columns.is_alive(slot) {
            let missed = self.miss(&self.example(known, slot, frame), outlook);
            for (errors, missed) in self.errors.chunks_exact_mut(SAMPLES).zip(missed) {
                errors[self.sampled] = missed;
            }
            self.sampled += 1;
        }
    }

    fn take_medians(&mut self) {
        if self.sampled == 0 {
            self.medians.fill(f32::MAX);
            return;
        }
        for (median, errors) in self.medians.iter_mut().zip(self.errors.chunks_exact_mut(SAMPLES)) {
            let errors = &mut errors[..self.sampled];
            let (_, middle, _) = errors.select_nth_unstable_by(self.sampled / 2, f32::total_cmp);
            *median = middle.max(LEAST_MEDIAN);
        }
    }

    fn weigh(&mut self, at: usize, known: &Experiences, (frame, outlook): (&Frame, &Outlook)) {
        if at >= known.columns.slots() {
            self.phase = Phase::SolveChange(0);
            return;
        }
        self.phase = Phase::Weigh(at + 1);
        let slot = at as u32;
        if !known.columns.is_alive(slot) {
            return;
        }
        let weight = if self.has_trend {
            let missed = self.miss(&self.example(known, slot, frame), outlook);
            let each = missed.iter().zip(&self.medians).map(|(miss, median)| miss / median);
            let worst = each.fold(0.0, f32::max) / FULL_MEDIANS;
            if worst > 1.0 { 1.0 / (worst * worst) } else { 1.0 }
        } else {
            1.0
        };
        let example = self.example(known, slot, &self.frame);
        let mut features: Row = [0.0; _];
        self.features.write(&example.now, &mut features);
        self.change.add(&features, &example.change[..self.sensors], weight);
        self.features.write(&example.next, &mut features);
        let reward = self.frame.reward(known.columns.rewards[at]);
        self.reward.add(&features, &[reward], 1.0);
    }

    pub(super) fn fingerprint(&self, print: &mut Fingerprint) {
        self.frame.fingerprint(print);
        let (phase, at) = match self.phase {
            Phase::Sample(at) => (0, at),
            Phase::Weigh(at) => (1, at),
            Phase::SolveChange(at) => (2, at),
            Phase::SolveReward(at) => (3, at),
        };
        print.count(phase);
        print.count(at);
        self.change.fingerprint(print);
        self.reward.fingerprint(print);
        print.floats(&self.medians);
        print.floats(&self.errors[..self.sampled]);
    }
}

/// Whether a sweep has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    UnderWay,
    Ready,
}

/// Which phase, and how far it is.
impl Fixed for Phase {
    const BYTES: usize = <(u8, usize)>::BYTES;
    fn put(self, out: &mut [u8]) {
        let numbered: (u8, usize) = match self {
            Self::Sample(at) => (0, at),
            Self::Weigh(at) => (1, at),
            Self::SolveChange(at) => (2, at),
            Self::SolveReward(at) => (3, at),
        };
        numbered.put(out);
    }
    fn get(from: &[u8]) -> Option<Self> {
        match <(u8, usize)>::get(from)? {
            (0, at) => Some(Self::Sample(at)),
            (1, at) => Some(Self::Weigh(at)),
            (2, at) => Some(Self::SolveChange(at)),
            (3, at) => Some(Self::SolveReward(at)),
            _ => None,
        }
    }
}

image!(Sweep keeps phase frame change reward errors sampled medians has_trend;
    not sensors features);

impl Sweep {
    /// Whether all that was read is within its bounds.
    pub(super) fn is_sound(&self) -> bool {
        let phase = match self.phase {
            Phase::Sample(at) => at <= SAMPLES && self.sampled <= at,
            Phase::Weigh(_) => true,
            Phase::SolveChange(row) => row < self.change.rows(),
            Phase::SolveReward(row) => row < self.reward.rows(),
        };
        phase && self.sampled <= SAMPLES
    }
}
