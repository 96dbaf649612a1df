//! How long cycles took, in a fixed amount of room however many there were.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// Longest latency that is told apart: one minute.
const LONGEST_NS: u64 = 60_000_000_000;
/// Digits kept of every latency: the figures are right to one part in a thousand.
const DIGITS: u8 = 3;

/// Collects latencies. Takes some 200 kB, and no more after it was made.
#[derive(Clone, Debug)]
pub struct Latency {
    histogram: Histogram<u64>,
}

/// The figures of many latencies, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LatencySummary {
    /// How many cycles were measured.
    pub cycles: u64,
    /// Half of them took at most this long.
    pub p50_us: f64,
    /// 99 of 100 took at most this long.
    pub p99_us: f64,
    /// 999 of 1,000 took at most this long.
    pub p999_us: f64,
    /// The longest.
    pub max_us: f64,
}

impl Default for Latency {
    fn default() -> Self {
        Self::new()
    }
}

impl Latency {
    /// None measured yet.
    pub fn new() -> Self {
        let histogram = Histogram::new_with_bounds(1, LONGEST_NS, DIGITS);
        Self { histogram: histogram.expect("the bounds and digits are constants in range") }
    }

    /// Adds one; longer than a minute counts as a minute.
    pub fn push(&mut self, elapsed: Duration) {
        let ns = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        self.histogram.saturating_record(ns.max(1));
    }

    /// Adds all of another's.
    pub fn add(&mut self, other: &Self) {
        // Both have the same bounds, so that everything fits.
        let _ = self.histogram.add(&other.histogram);
    }

    /// The figures so far; all 0 if there are none.
    pub fn summary(&self) -> LatencySummary {
        LatencySummary {
            cycles: self.histogram.len(),
            p50_us: self.quantile_us(0.5),
            p99_us: self.quantile_us(0.99),
            p999_us: self.quantile_us(0.999),
            max_us: self.max_us(),
        }
    }

    /// What a share of all cycles, 0 to 1, stayed within, in microseconds.
    pub fn quantile_us(&self, share: f64) -> f64 {
        self.histogram.value_at_quantile(share) as f64 / 1e3
    }

    /// The longest, in microseconds.
    pub fn max_us(&self) -> f64 {
        self.histogram.max() as f64 / 1e3
    }

    /// How many cycles took how long, in steps of equal width on a logarithmic scale, with
    /// `per_decade` steps for each factor of ten: `(from_us, to_us, cycles)`.
    pub fn logarithmic(&self, per_decade: u32) -> Vec<(f64, f64, u64)> {
        let times = &self.histogram;
        if times.is_empty() {
            return Vec::new();
        }
        let step = |ns: u64| ((ns.max(1) as f64).log10() * f64::from(per_decade)).floor() as i32;
        let edge_us = |step: i32| 10_f64.powf(f64::from(step) / f64::from(per_decade)) / 1e3;
        let (low, high) = (step(times.min()), step(times.max()));
        let mut bars: Vec<_> = (low..=high).map(|s| (edge_us(s), edge_us(s + 1), 0_u64)).collect();
        for value in times.iter_recorded() {
            let at = (step(value.value_iterated_to()) - low).clamp(0, high - low) as usize;
            bars[at].2 += value.count_at_value();
        }
        bars
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_the_sorted_latencies() {
        let mut latencies: Vec<u64> =
            (0..10_000_u64).map(|i| 500 + (i * 7_919) % 10_007 * (1 + i % 13)).collect();
        let mut latency = Latency::new();
        for &ns in &latencies {
            latency.push(Duration::from_nanos(ns));
        }
        latencies.sort_unstable();
        let got = latency.summary();
        let expected = [4_999, 9_899, 9_989, 9_999].map(|rank| latencies[rank] as f64 / 1000.0);
        for (got, expected) in
            [got.p50_us, got.p99_us, got.p999_us, got.max_us].iter().zip(expected)
        {
            assert!((got / expected - 1.0).abs() < 0.002, "{got} instead of {expected}");
        }
        assert_eq!(got.cycles, 10_000);
    }

    #[test]
    fn nothing_measured_is_all_zero() {
        assert_eq!(Latency::new().summary(), LatencySummary::default());
    }

    #[test]
    fn very_long_and_very_short_latencies_are_kept() {
        let mut latency = Latency::new();
        latency.push(Duration::ZERO);
        latency.push(Duration::from_secs(3_600));
        let got = latency.summary();
        assert_eq!(got.cycles, 2);
        assert!((got.max_us / 60e6 - 1.0).abs() < 0.002, "{}", got.max_us);
    }

    #[test]
    fn bars_count_every_cycle_once() {
        let mut latency = Latency::new();
        for us in [1, 2, 20, 300, 4_000, 4_001] {
            latency.push(Duration::from_micros(us));
        }
        let bars = latency.logarithmic(5);
        assert_eq!(bars.iter().map(|b| b.2).sum::<u64>(), 6);
        assert_eq!(bars.last().map(|b| b.2), Some(2));
        assert!(bars.windows(2).all(|b| (b[0].1 / b[1].0 - 1.0).abs() < 1e-9));
    }

    #[test]
    fn no_cycles_make_no_bars() {
        assert!(Latency::new().logarithmic(5).is_empty());
    }
}
