//! How long the last cycles took, in a fixed amount of room.

use std::time::{Duration, Instant};

use crate::limits::RECENT;

/// Steps for each doubling: a quantile is right to 4.5 %.
const PER_OCTAVE: usize = 16;
/// Doublings from 1 us on: up to 16 s.
const OCTAVES: usize = 24;
const STEPS: usize = PER_OCTAVE * OCTAVES;
/// Steps that one bar of a histogram stands for.
const PER_BAR: usize = 4;

/// The latencies of the last few seconds, on a logarithmic scale.
#[derive(Clone, Debug)]
pub struct Recent {
    now: Vec<u32>,
    before: Vec<u32>,
    since: Instant,
    longest: [Duration; 2],
}

impl Default for Recent {
    fn default() -> Self {
        let steps = || vec![0; STEPS];
        Self { now: steps(), before: steps(), since: Instant::now(), longest: [Duration::ZERO; 2] }
    }
}

impl Recent {
    /// Adds one that was measured at `now`.
    pub fn push(&mut self, took: Duration, now: Instant) {
        if now.saturating_duration_since(self.since) >= RECENT {
            std::mem::swap(&mut self.now, &mut self.before);
            self.now.fill(0);
            self.longest = [Duration::ZERO, self.longest[0]];
            self.since = now;
        }
        self.now[step_of(took)] += 1;
        self.longest[0] = self.longest[0].max(took);
    }

    /// What a share of them, 0 to 1, stayed within, in microseconds; 0 if there are none.
    pub fn quantile_us(&self, share: f64) -> f64 {
        let all: u64 = self.counts().sum();
        let rank = (share * all as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (step, count) in self.counts().enumerate() {
            seen += count;
            if seen >= rank {
                return edge_us(step + 1).min(self.max_us());
            }
        }
        0.0
    }

    /// The longest, in microseconds.
    pub fn max_us(&self) -> f64 {
        self.longest[0].max(self.longest[1]).as_secs_f64() * 1e6
    }

    /// How many took how long: `(from_us, to_us, cycles)`, without the empty ends.
    pub fn bars(&self) -> Vec<(f64, f64, u64)> {
        let counts: Vec<u64> = self.counts().collect();
        let bars = counts.chunks(PER_BAR).map(|chunk| chunk.iter().sum::<u64>()).enumerate();
        let bar = |(at, n)| (edge_us(at * PER_BAR), edge_us((at + 1) * PER_BAR), n);
        let mut bars: Vec<(f64, f64, u64)> = bars.map(bar).collect();
        let last = bars.iter().rposition(|bar| bar.2 > 0).map_or(0, |at| at + 1);
        bars.truncate(last);
        let first = bars.iter().position(|bar| bar.2 > 0).unwrap_or(0);
        bars.split_off(first)
    }

    fn counts(&self) -> impl Iterator<Item = u64> {
        self.now.iter().zip(&self.before).map(|(&now, &before)| u64::from(now) + u64::from(before))
    }
}

fn step_of(took: Duration) -> usize {
    let us = took.as_secs_f64() * 1e6;
    ((us.max(1.0).log2() * PER_OCTAVE as f64) as usize).min(STEPS - 1)
}

fn edge_us(step: usize) -> f64 {
    (step as f64 / PER_OCTAVE as f64).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_sorted_latencies() {
        let now = Instant::now();
        let mut recent = Recent::default();
        let mut latencies: Vec<f64> =
            (0..5_000_u64).map(|i| 3.0 + ((i * 7_919) % 10_007) as f64 / 9.0).collect();
        latencies.iter().for_each(|us| recent.push(Duration::from_secs_f64(us / 1e6), now));
        latencies.sort_by(f64::total_cmp);
        for (share, rank) in [(0.5, 2_499), (0.99, 4_949), (1.0, 4_999)] {
            let (got, expected) = (recent.quantile_us(share), latencies[rank]);
            assert!((got / expected - 1.0).abs() < 0.045, "{got} instead of {expected}");
        }
        assert_eq!(recent.bars().iter().map(|bar| bar.2).sum::<u64>(), 5_000);
        assert!(recent.bars().windows(2).all(|w| (w[0].1 / w[1].0 - 1.0).abs() < 1e-9));
    }

    #[test]
    fn what_is_old_is_left_behind_and_extremes_are_kept() {
        let mut recent = Recent::default();
        let start = recent.since;
        assert_eq!((recent.quantile_us(0.5), recent.bars().len()), (0.0, 0));
        recent.push(Duration::from_secs(900), start);
        recent.push(Duration::ZERO, start);
        assert_eq!(recent.max_us(), 900e6);
        recent.push(Duration::from_micros(50), start + RECENT);
        assert_eq!(recent.max_us(), 900e6, "the span before still counts");
        recent.push(Duration::from_micros(50), start + 2 * RECENT);
        assert!((recent.quantile_us(1.0) - 50.0).abs() < 1e-6);
    }
}
