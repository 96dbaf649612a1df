//! From values to places on a chart, with ticks at round numbers.

use crate::wording::figure;

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Spread {
    Even,
    /// Each factor of ten takes the same room.
    Logarithmic,
}

/// One axis of a chart.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    spread: Spread,
    low: f64,
    high: f64,
    /// Values that are marked, each with its label.
    pub(super) ticks: Vec<(f64, String)>,
    pub(super) title: String,
}

/// About how many ticks an axis gets, and never more than `MAX_TICKS`.
const TICKS: f64 = 5.0;
const MAX_TICKS: usize = 24;

impl Axis {
    /// An even axis that holds `low` and `high` and ends at round numbers.
    pub(super) fn rounded(low: f64, high: f64, title: &str) -> Self {
        let step = round_step(low, high);
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let last = if last > first { last } else { first + 1.0 };
        let mut axis = Self::even(first * step, last * step, title);
        axis.mark(step);
        axis
    }

    /// An even axis from `low` to `high`, with ticks at the round numbers between.
    pub(super) fn exact(low: f64, high: f64, title: &str) -> Self {
        let mut axis = Self::even(low, high, title);
        axis.mark(round_step(low, high));
        axis
    }

    /// A logarithmic axis from `low` to `high`, both above 0, with a tick at each power of ten.
    pub(super) fn logarithmic(low: f64, high: f64, title: &str, label: fn(f64) -> String) -> Self {
        let (low, high) = (low.max(f64::MIN_POSITIVE), high.max(low * 1.001));
        let (first, last) = (low.log10().ceil() as i32, high.log10().floor() as i32);
        let powers = (first..=last).take(MAX_TICKS).map(|power| 10_f64.powi(power));
        let ticks = powers.map(|value| (value, label(value))).collect();
        Self { spread: Spread::Logarithmic, low, high, ticks, title: title.into() }
    }

    fn even(low: f64, high: f64, title: &str) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { spread: Spread::Even, low, high, ticks: Vec::new(), title: title.into() }
    }

    fn mark(&mut self, step: f64) {
        let first = (self.low / step - 1e-6).ceil() as i64;
        let values = (first..).take(MAX_TICKS).map(|nth| nth as f64 * step);
        let inside = values.take_while(|value| *value <= self.high + step * 1e-6);
        self.ticks = inside.map(|value| (value, label(value, step))).collect();
    }

    /// Where a value stands, 0 to 1 from the low to the high end; values outside stand at the end.
    pub(super) fn share(&self, value: f64) -> f64 {
        let share = match self.spread {
            Spread::Even => (value - self.low) / (self.high - self.low),
            Spread::Logarithmic => {
                (value.max(self.low) / self.low).log10() / (self.high / self.low).log10()
            }
        };
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// With as many decimals as the step needs.
fn label(value: f64, step: f64) -> String {
    if step.fract() == 0.0 {
        return figure(value.round());
    }
    let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
    format!("{value:.decimals$}")
}

/// 1, 2 or 5 times a power of ten, so that about five fit.
fn round_step(low: f64, high: f64) -> f64 {
    let room = (high - low).max(1e-9) / TICKS;
    let power = 10_f64.powf(room.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|f| f * power >= room * 0.999);
    factor.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn ticks_stand_at_round_numbers() {
        let axis = Axis::rounded(0.0, 1.13, "");
        assert_eq!(labels(&axis), ["0.0", "0.5", "1.0", "1.5"]);
        assert_eq!(
            labels(&Axis::exact(0.0, 20_000.0, "")),
            ["0", "5,000", "10,000", "15,000", "20,000"]
        );
        assert_eq!(labels(&Axis::rounded(-180.0, -20.0, "")), ["-200", "-150", "-100", "-50", "0"]);
    }

    #[test]
    fn shares_run_from_end_to_end() {
        let axis = Axis::exact(10.0, 20.0, "");
        assert_eq!([5.0, 10.0, 15.0, 20.0, 99.0].map(|v| axis.share(v)), [0.0, 0.0, 0.5, 1.0, 1.0]);
        let axis = Axis::logarithmic(1.0, 100.0, "", figure);
        assert!((axis.share(10.0) - 0.5).abs() < 1e-12);
        assert_eq!(labels(&axis), ["1", "10", "100"]);
    }

    #[test]
    fn an_axis_without_room_still_works() {
        for axis in
            [Axis::rounded(0.0, 0.0, ""), Axis::exact(3.0, 3.0, ""), Axis::rounded(-5.0, -5.0, "")]
        {
            assert!(axis.share(1.0).is_finite());
            assert!(axis.ticks.len() <= MAX_TICKS && !axis.ticks.is_empty(), "{axis:?}");
        }
        assert!(Axis::rounded(f64::NAN, f64::NAN, "").share(0.0).is_finite());
    }
}
