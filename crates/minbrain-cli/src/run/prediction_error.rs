//! How wrong predictions of a recorded life were, against two references.

/// Who predicts, in the order of all figures here.
pub(crate) const PREDICTORS: [&str; 3] = ["brain", "linear prior", "nothing changes"];
/// Stretches of a run that are told apart.
const STRETCHES: usize = 200;
/// Stretches that make one point of a curve.
const PER_POINT: usize = 5;
/// Errors are divided by the usual change, but at least by this share of a sensor's range: about what
/// single precision resolves of it.
const LEAST_SHARE: f64 = 1e-6;

/// What one sensor did in one stretch, and how far predictions were off.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    count: f64,
    change_squared: f64,
    error_squared: [f64; PREDICTORS.len()],
}

impl Sums {
    fn add(mut self, other: &Self) -> Self {
        self.count += other.count;
        self.change_squared += other.change_squared;
        for (mine, theirs) in self.error_squared.iter_mut().zip(other.error_squared) {
            *mine += theirs;
        }
        self
    }

    /// The root mean square errors, in these units.
    fn normalised(&self, unit: f64) -> [f64; PREDICTORS.len()] {
        self.error_squared.map(|e| (e / self.count).sqrt() / unit)
    }
}

/// Errors over a run, in bounded space.
#[derive(Clone, Debug)]
pub(crate) struct PredictionError {
    per_stretch: u64,
    sensors: usize,
    done: u64,
    /// One row of sensors per stretch.
    sums: Vec<Sums>,
    /// The least and the greatest value of each sensor.
    ranges: Vec<[f64; 2]>,
}

/// One transition: what was sensed before and after, and what was expected to come.
pub(crate) struct Transition<'a> {
    pub(crate) before: &'a [f32],
    pub(crate) after: &'a [f32],
    pub(crate) brain: &'a [f32],
    pub(crate) prior_change: &'a [f32],
}

impl PredictionError {
    /// Errors of `sensors` values over a run of `total` cycles.
    pub(crate) fn new(total: u64, sensors: usize) -> Self {
        let per_stretch = total.div_ceil(STRETCHES as u64).max(1);
        let sums = vec![Sums::default(); STRETCHES * sensors];
        let ranges = vec![[f64::MAX, f64::MIN]; sensors];
        Self { per_stretch, sensors, done: 0, sums, ranges }
    }

    /// Takes one more transition.
    pub(crate) fn push(&mut self, seen: &Transition<'_>) {
        let stretch = ((self.done / self.per_stretch) as usize).min(STRETCHES - 1);
        let row = &mut self.sums[stretch * self.sensors..(stretch + 1) * self.sensors];
        for (at, sums) in row.iter_mut().enumerate() {
            let [before, after] = [seen.before[at], seen.after[at]].map(f64::from);
            let change = after - before;
            let [low, high] = &mut self.ranges[at];
            (*low, *high) = (low.min(before).min(after), high.max(before).max(after));
            let brain = f64::from(seen.after[at]) - f64::from(seen.brain[at]);
            let prior = change - f64::from(seen.prior_change[at]);
            *sums = sums.add(&Sums {
                count: 1.0,
                change_squared: change * change,
                error_squared: [brain * brain, prior * prior, change * change],
            });
        }
        self.done += 1;
    }

    /// In what the errors of each sensor are measured: the root mean square of its change over the
    /// whole run, or what can be told apart of its range. `None` for one that never changed.
    fn units(&self) -> Vec<Option<f64>> {
        let unit = |(sums, [low, high]): (&Sums, &[f64; 2])| {
            let change = (sums.change_squared / sums.count).sqrt();
            (change > 0.0).then_some(change.max(LEAST_SHARE * (high - low)))
        };
        self.totals(0).iter().zip(&self.ranges).map(unit).collect()
    }

    /// The normalised error of each predictor for each sensor over the whole run; `None` for a
    /// sensor with nothing to predict.
    pub(crate) fn per_sensor(&self) -> Vec<Option<[f64; PREDICTORS.len()]>> {
        let overall = self.totals(0);
        overall.iter().zip(self.units()).map(|(s, unit)| unit.map(|u| s.normalised(u))).collect()
    }

    /// The mean over the sensors of their normalised errors: over the whole run.
    pub(crate) fn overall(&self) -> Option<[f64; PREDICTORS.len()]> {
        mean(self.per_sensor().into_iter().flatten())
    }

    /// The same over the last half of what was done, in the same units.
    pub(crate) fn last_half(&self) -> Option<[f64; PREDICTORS.len()]> {
        let half = (self.done / 2).div_ceil(self.per_stretch) as usize;
        let late = self.totals(half.min(STRETCHES - 1));
        let seen = late.iter().zip(self.units()).filter(|(s, _)| s.count > 0.0);
        mean(seen.filter_map(|(s, unit)| unit.map(|u| s.normalised(u))))
    }

    /// For each predictor a curve: cycles, and the error in the same units.
    pub(crate) fn over_time(&self) -> [Vec<(f64, f64)>; PREDICTORS.len()] {
        let units = self.units();
        let mut curves: [Vec<(f64, f64)>; PREDICTORS.len()] = Default::default();
        let width = PER_POINT * self.sensors.max(1);
        for (point, rows) in self.sums.chunks(width).enumerate() {
            let sums = self.sum_rows(rows);
            let errors = sums.iter().zip(&units);
            let errors = errors.filter(|(s, _)| s.count > 0.0);
            let errors = errors.filter_map(|(s, unit)| unit.map(|u| s.normalised(u)));
            let middle = (point as f64 + 0.5) * (PER_POINT as u64 * self.per_stretch) as f64;
            for (curve, error) in curves.iter_mut().zip(mean(errors).into_iter().flatten()) {
                curve.push((middle, error));
            }
        }
        curves
    }

    fn totals(&self, from_stretch: usize) -> Vec<Sums> {
        self.sum_rows(&self.sums[from_stretch * self.sensors..])
    }

    fn sum_rows(&self, rows: &[Sums]) -> Vec<Sums> {
        let mut total = vec![Sums::default(); self.sensors];
        for row in rows.chunks_exact(self.sensors.max(1)) {
            for (total, sums) in total.iter_mut().zip(row) {
                *total = total.add(sums);
            }
        }
        total
    }
}

fn mean(errors: impl Iterator<Item = [f64; PREDICTORS.len()]>) -> Option<[f64; PREDICTORS.len()]> {
    let all: Vec<_> = errors.collect();
    let sum = |nth: usize| all.iter().map(|e| e[nth]).sum::<f64>();
    (!all.is_empty()).then(|| std::array::from_fn(|nth| sum(nth) / all.len() as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A life of `n` transitions whose changes alternate between +1 and -1.
    fn alternating(n: u64, brain_off: f32) -> PredictionError {
        let mut error = PredictionError::new(n, 2);
        for at in 0..n {
            let change = if at % 2 == 0 { 1.0 } else { -1.0 };
            error.push(&Transition {
                before: &[5.0, 3.0],
                after: &[5.0 + change, 3.0],
                brain: &[5.0 + change + brain_off, 3.0],
                prior_change: &[change * 0.5, 0.0],
            });
        }
        error
    }

    #[test]
    fn errors_are_in_root_mean_squares_of_the_change() {
        let error = alternating(100, 0.25);
        assert_eq!(error.overall(), Some([0.25, 0.5, 1.0]));
        assert_eq!(error.last_half(), Some([0.25, 0.5, 1.0]));
    }

    #[test]
    fn a_sensor_that_never_changes_is_left_out() {
        let per_sensor = alternating(10, 0.0).per_sensor();
        assert_eq!(per_sensor, [Some([0.0, 0.5, 1.0]), None]);
    }

    #[test]
    fn the_last_half_forgets_the_first() {
        let mut error = PredictionError::new(400, 1);
        for at in 0..400 {
            let after = if at % 2 == 0 { [1.0] } else { [-1.0] };
            let brain = if at < 200 { [9.0] } else { after };
            error.push(&Transition {
                before: &[0.0],
                after: &after,
                brain: &brain,
                prior_change: &[0.0],
            });
        }
        assert_eq!(error.last_half().map(|e| e[0]), Some(0.0));
        assert!(error.overall().is_some_and(|e| e[0] > 1.0));
        let curve = &error.over_time()[0];
        assert_eq!((curve.len(), curve[39]), (40, (395.0, 0.0)));
    }

    /// A robot that drives and then stands: its last half has hardly any change to divide by.
    #[test]
    fn a_stretch_without_change_is_measured_by_the_whole() {
        let mut error = PredictionError::new(400, 1);
        for at in 0..400_u16 {
            let before = if at < 200 { f32::from(at) } else { 200.0 };
            let after = if at < 200 { before + 1.0 } else { 200.0 };
            let (brain, prior_change) = (after + 0.1, [0.0]);
            let seen = Transition {
                before: &[before],
                after: &[after],
                brain: &[brain],
                prior_change: &prior_change,
            };
            error.push(&seen);
        }
        let late = error.last_half().unwrap();
        assert!((late[0] - 0.1 * 2.0_f64.sqrt()).abs() < 1e-5 && late[2] == 0.0, "{late:?}");
    }

    /// A change far below what single precision resolves of the range is no unit.
    #[test]
    fn a_tiny_change_is_measured_by_the_range() {
        let mut error = PredictionError::new(2, 1);
        for (before, after) in [(0.0, 1e-9), (1e3, 1e3)] {
            error.push(&Transition {
                before: &[before],
                after: &[after],
                brain: &[after + 1e-3],
                prior_change: &[0.0],
            });
        }
        let all = error.overall().unwrap();
        assert!(all[0] < 2.0, "{all:?}");
    }

    #[test]
    fn nothing_seen_gives_no_figure() {
        let error = PredictionError::new(10, 3);
        assert_eq!((error.overall(), error.last_half()), (None, None));
        assert!(error.over_time().iter().all(Vec::is_empty));
    }
}
