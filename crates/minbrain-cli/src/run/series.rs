//! Values over the course of a run, in a bounded number of points.

/// The mean of a value over equal stretches of a run.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    per_point: u64,
    points: Vec<Mean>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    sum: f64,
    count: u64,
}

impl Series {
    /// A series for a run of `total` cycles in at most `points` points.
    pub(crate) fn new(total: u64, points: usize) -> Self {
        let points = points.max(1);
        let per_point = total.div_ceil(points as u64).max(1);
        Self { per_point, points: vec![Mean::default(); points] }
    }

    /// Takes the value of the cycle `at`, numbered from 0.
    pub(crate) fn push(&mut self, at: u64, value: f64) {
        let last = self.points.len() - 1;
        let point = ((at / self.per_point) as usize).min(last);
        self.points[point].sum += value;
        self.points[point].count += 1;
    }

    /// [`means`](Self::means) of the stretches that are over once so many cycles are done.
    pub(crate) fn whole_means(&self, done: u64) -> Vec<(f64, f64)> {
        let half = self.per_point as f64 / 2.0;
        let mut means = self.means();
        means.retain(|mean| mean.0 + half <= done as f64);
        means
    }

    /// The middle of each stretch that has values, in cycles, and their mean.
    pub(crate) fn means(&self) -> Vec<(f64, f64)> {
        let middle = self.per_point as f64 / 2.0;
        let mean = |(at, mean): (usize, &Mean)| {
            let x = at as f64 * self.per_point as f64 + middle;
            (mean.count > 0).then(|| (x, mean.sum / mean.count as f64))
        };
        self.points.iter().enumerate().filter_map(mean).collect()
    }
}

/// The mean over the first and the last so many values.
#[derive(Clone, Debug)]
pub(crate) struct Ends {
    width: usize,
    first: Mean,
    recent: Vec<f32>,
    next: usize,
}

impl Ends {
    /// Over the first and the last `width` values.
    pub(crate) fn new(width: usize) -> Self {
        Self { width, first: Mean::default(), recent: Vec::with_capacity(width), next: 0 }
    }

    /// Takes one more value.
    pub(crate) fn push(&mut self, value: f32) {
        if (self.first.count as usize) < self.width {
            self.first.sum += f64::from(value);
            self.first.count += 1;
        }
        if self.recent.len() < self.width {
            self.recent.push(value);
        } else {
            self.recent[self.next] = value;
            self.next = (self.next + 1) % self.width;
        }
    }

    /// The mean of the first values; 0 before there is one.
    pub(crate) fn first(&self) -> f64 {
        self.first.sum / self.first.count.max(1) as f64
    }

    /// The mean of the last values; 0 before there is one.
    pub(crate) fn last(&self) -> f64 {
        let sum: f64 = self.recent.iter().map(|&v| f64::from(v)).sum();
        sum / self.recent.len().max(1) as f64
    }

    /// How many values each end holds.
    pub(crate) fn len(&self) -> usize {
        self.recent.len()
    }
}

/// How often each of a few names occurred, over the course of a run.
#[derive(Clone, Debug)]
pub(crate) struct Shares {
    per_point: u64,
    points: usize,
    counts: Vec<(&'static str, Vec<u32>)>,
}

impl Shares {
    /// Shares for a run of `total` cycles in at most `points` points.
    pub(crate) fn new(total: u64, points: usize) -> Self {
        let per_point = total.div_ceil(points.max(1) as u64).max(1);
        Self { per_point, points: points.max(1), counts: Vec::new() }
    }

    /// Counts `name` in the cycle `at`, numbered from 0.
    pub(crate) fn push(&mut self, at: u64, name: &'static str) {
        let point = ((at / self.per_point) as usize).min(self.points - 1);
        let known = self.counts.iter().position(|(n, _)| *n == name);
        let row = known.unwrap_or_else(|| {
            self.counts.push((name, vec![0; self.points]));
            self.counts.len() - 1
        });
        self.counts[row].1[point] += 1;
    }

    /// Each name with its share (0 to 1) at each stretch that has any, in order of appearance.
    pub(crate) fn over_time(&self) -> Vec<(&'static str, Vec<(f64, f64)>)> {
        let total = |point: usize| self.counts.iter().map(|(_, c)| c[point]).sum::<u32>();
        let middle = |point: usize| (point as f64 + 0.5) * self.per_point as f64;
        let filled: Vec<usize> = (0..self.points).filter(|&p| total(p) > 0).collect();
        let share = |c: &[u32], p: usize| (middle(p), f64::from(c[p]) / f64::from(total(p)));
        self.counts
            .iter()
            .map(|(name, c)| (*name, filled.iter().map(|&p| share(c, p)).collect()))
            .collect()
    }

    /// Each name with its share (0 to 1) of the whole run, in order of appearance.
    pub(crate) fn overall(&self) -> Vec<(&'static str, f64)> {
        let sums: Vec<(&str, u64)> = self
            .counts
            .iter()
            .map(|(name, c)| (*name, c.iter().map(|&n| u64::from(n)).sum()))
            .collect();
        let total: u64 = sums.iter().map(|(_, n)| n).sum();
        sums.into_iter().map(|(name, n)| (name, n as f64 / total.max(1) as f64)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_averages_equal_stretches() {
        let mut series = Series::new(10, 5);
        for at in 0..8 {
            series.push(at, at as f64);
        }
        assert_eq!(series.means(), [(1.0, 0.5), (3.0, 2.5), (5.0, 4.5), (7.0, 6.5)]);
    }

    #[test]
    fn a_stretch_that_goes_on_is_not_whole() {
        let mut series = Series::new(10, 5);
        (0..5).for_each(|at| series.push(at, 1.0));
        assert_eq!(series.whole_means(5).len(), 2);
        assert_eq!(series.whole_means(6).len(), 3);
    }

    #[test]
    fn a_series_takes_more_than_it_was_told() {
        let mut series = Series::new(2, 2);
        series.push(99, 1.0);
        assert_eq!(series.means(), [(1.5, 1.0)]);
    }

    #[test]
    fn ends_are_the_first_and_the_last_values() {
        let mut ends = Ends::new(3);
        for value in 1..=10_u8 {
            ends.push(f32::from(value));
        }
        assert_eq!((ends.first(), ends.last()), (2.0, 9.0));
    }

    #[test]
    fn shares_add_up_to_one() {
        let mut shares = Shares::new(4, 2);
        for (at, name) in ["a", "b", "b", "b"].into_iter().enumerate() {
            shares.push(at as u64, name);
        }
        assert_eq!(shares.overall(), [("a", 0.25), ("b", 0.75)]);
        let over_time = shares.over_time();
        assert_eq!(over_time[0], ("a", vec![(1.0, 0.5), (3.0, 0.0)]));
        assert_eq!(over_time[1], ("b", vec![(1.0, 0.5), (3.0, 1.0)]));
    }
}
