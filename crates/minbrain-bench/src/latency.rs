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
    pub fn record(&mut self, elapsed: Duration) {
        let ns = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        self.histogram.saturating_record(ns.max(1));
    }

    /// The figures so far; all 0 if there are none.
    pub fn summary(&self) -> LatencySummary {
        let at = |quantile| self.histogram.value_at_quantile(quantile) as f64 / 1000.0;
        LatencySummary {
            cycles: self.histogram.len(),
            p50_us: at(0.5),
            p99_us: at(0.99),
            p999_us: at(0.999),
            max_us: self.histogram.max() as f64 / 1000.0,
        }
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
            latency.record(Duration::from_nanos(ns));
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
        latency.record(Duration::ZERO);
        latency.record(Duration::from_secs(3_600));
        let got = latency.summary();
        assert_eq!(got.cycles, 2);
        assert!((got.max_us / 60e6 - 1.0).abs() < 0.002, "{}", got.max_us);
    }
}
