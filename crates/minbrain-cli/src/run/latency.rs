//! How long cycles take.

use std::time::Duration;

use hdrhistogram::Histogram;

/// The longest time that is told apart from longer ones.
const LONGEST_NS: u64 = 60_000_000_000;
/// Significant digits kept of each time.
const DIGITS: u8 = 3;

/// The distribution of a cycle's latency: `decide` and `learn` together.
#[derive(Clone, Debug)]
pub(crate) struct Latency {
    times_ns: Option<Histogram<u64>>,
}

impl Latency {
    pub(crate) fn new() -> Self {
        // The bounds are constants that the histogram accepts; should it ever refuse them, the
        // run goes on without latencies.
        Self { times_ns: Histogram::new_with_bounds(1, LONGEST_NS, DIGITS).ok() }
    }

    /// Takes the time of one cycle.
    pub(crate) fn push(&mut self, took: Duration) {
        let ns = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        if let Some(times) = &mut self.times_ns {
            times.saturating_record(ns.max(1));
        }
    }

    /// The time that a share of all cycles, 0 to 1, stayed within, in microseconds.
    pub(crate) fn quantile_us(&self, share: f64) -> f64 {
        self.times_ns.as_ref().map_or(0.0, |t| t.value_at_quantile(share) as f64 / 1e3)
    }

    pub(crate) fn max_us(&self) -> f64 {
        self.times_ns.as_ref().map_or(0.0, |t| t.max() as f64 / 1e3)
    }

    /// How many cycles took how long, in steps of equal width on a logarithmic scale, with
    /// `per_decade` steps for each factor of ten: `(from_us, to_us, cycles)`.
    pub(crate) fn logarithmic(&self, per_decade: u32) -> Vec<(f64, f64, u64)> {
        let Some(times) = self.times_ns.as_ref().filter(|t| !t.is_empty()) else {
            return Vec::new();
        };
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

    fn of(times_us: impl IntoIterator<Item = u64>) -> Latency {
        let mut latency = Latency::new();
        times_us.into_iter().for_each(|us| latency.push(Duration::from_micros(us)));
        latency
    }

    #[test]
    fn quantiles_are_the_sorted_values() {
        let latency = of(1..=1_000);
        assert!((latency.quantile_us(0.5) - 500.0).abs() < 1.0);
        assert!((latency.quantile_us(0.99) - 990.0).abs() < 1.0);
        assert!((latency.max_us() - 1_000.0).abs() < 1.0);
    }

    #[test]
    fn bars_count_every_cycle_once() {
        let latency = of([1, 2, 20, 300, 4_000, 4_001]);
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
