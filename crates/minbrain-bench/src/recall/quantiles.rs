//! The figures of many latencies, without their number.

use serde::{Deserialize, Serialize};

use crate::latency::LatencySummary;

/// The figures of many latencies, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// Half of them took at most this long.
    pub p50_us: f64,
    /// 99 of 100 took at most this long.
    pub p99_us: f64,
    /// 999 of 1,000 took at most this long.
    pub p999_us: f64,
    /// The longest.
    pub max_us: f64,
}

impl From<LatencySummary> for Quantiles {
    fn from(summary: LatencySummary) -> Self {
        let LatencySummary { p50_us, p99_us, p999_us, max_us, .. } = summary;
        Self { p50_us, p99_us, p999_us, max_us }
    }
}
