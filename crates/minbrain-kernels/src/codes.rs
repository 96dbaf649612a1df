//! Blocks in 7 bits per value, for scans that would otherwise read four times as much, with a proof
//! of what they may pass over.

use crate::lanes::{LANES, Probe};

/// Four dimensions of a block, one code of 0 to 127 each: the four of a lane stand side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Quad(pub [[u8; 4]; LANES]);

impl Quad {
    /// All zero.
    pub const ZERO: Self = Self([[0; 4]; LANES]);
}

/// The largest code.
const TOP: u8 = 127;
/// Most quads of a block.
pub const MOST_QUADS: usize = 80;
/// The grid reaches over so many deviations of the dimension that spreads most. What lies beyond
/// counts as lying at its rim.
const REACH: f64 = 8.0;
/// A dimension whose weight has fallen behind the others' by more than this is left out of a query.
const MOST_LAG: f64 = 4.0;
/// Covers the rounding of single precision over all dimensions, as a share of a distance and in
/// steps.
const ROUNDING: f64 = 1e-3;

/// Where codes lie: code `c` stands for the values from `centre + (c - 64) / scale` to one step
/// further.
///
/// Steps are equally long in all dimensions as the weights see it that the grid was made for, so
/// that squares of whole steps add up. Let `u` be where a value lies in steps, kept within 0 to 127,
/// and `c` its code, so that `u - 1 <= c <= u`. For two points, `|u - u'|` summed squared is at most
/// their weighted squared distance in steps, since keeping within bounds never takes values apart.
/// The codes' differences differ from those of `u` by less than 1, and where `f` is the part of the
/// query's `u` behind its code, by at most `max(f, 1 - f)`. With `E` the root of the sum of the squares
/// of those, the triangle inequality leaves `|c - c'| <= |u - u'| + E`: whatever lies within a
/// distance of `d` steps has codes within `d + E`.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    centre: Vec<f32>,
    /// Steps per unit; 0 for a dimension that tells nothing.
    scale: Vec<f32>,
}

impl Grid {
    /// A grid for values of these means and deviations, as these weights see them.
    pub fn fit(&mut self, means: &[f64], deviations: &[f64], weights: &[f32]) {
        let spread = |(deviation, &weight): (&f64, &f32)| deviation * f64::from(weight).sqrt();
        let widest = deviations.iter().zip(weights).map(spread).fold(0.0, f64::max);
        let per_spread = f64::from(TOP) / (REACH * widest);
        self.centre.clear();
        self.centre.extend(means.iter().map(|&mean| mean as f32));
        self.scale.clear();
        self.scale.extend(weights.iter().map(|&weight| {
            let scale = (f64::from(weight).sqrt() * per_spread) as f32;
            if scale.is_finite() { scale } else { 0.0 }
        }));
    }

    /// The centre and the scale of each dimension, to make the same grid again.
    pub fn parts(&self) -> (&[f32], &[f32]) {
        (&self.centre, &self.scale)
    }

    /// The grid that has these [`parts`](Self::parts), of one length.
    pub fn from_parts(centre: Vec<f32>, scale: Vec<f32>) -> Self {
        Self { centre, scale }
    }

    /// Where a value lies, in steps.
    #[inline]
    fn place(&self, dim: usize, value: f32) -> f32 {
        let place = (value - self.centre[dim]) * self.scale[dim] + 64.0;
        place.max(0.0).min(f32::from(TOP))
    }

    /// The code of a value.
    #[inline]
    pub fn code(&self, dim: usize, value: f32) -> u8 {
        self.place(dim, value) as u8
    }

    /// Whether codes are still good to pass over much by these weights.
    pub fn suits(&self, weights: &[f32]) -> bool {
        let (mut least, mut most) = (f64::MAX, 0.0_f64);
        for lag in self.lags(weights).flatten() {
            least = least.min(lag);
            most = most.max(lag);
        }
        most <= MOST_LAG * least
    }

    /// By how much each dimension counts for more on the grid than by `weights`; `None` if it tells
    /// nothing.
    fn lags(&self, weights: &[f32]) -> impl Iterator<Item = Option<f64>> {
        self.scale.iter().zip(weights).map(|(&scale, &weight)| {
            let lag = f64::from(scale) * f64::from(scale) / f64::from(weight);
            (scale > 0.0 && lag.is_finite()).then_some(lag)
        })
    }
}

/// A query in codes, and how far a bound on distances reaches there.
#[derive(Clone, Debug)]
pub struct Sieve {
    pub(crate) codes: [[u8; 4]; MOST_QUADS],
    /// All bits for a dimension that counts.
    pub(crate) masks: [[u8; 4]; MOST_QUADS],
    /// Squared steps per squared distance, at most.
    stretch: f64,
    /// How far codes may lie from where values do, over all dimensions.
    error: f64,
}

impl Sieve {
    /// Puts a query on the grid.
    pub fn new(grid: &Grid, probe: Probe<'_>) -> Self {
        let mut made = Self {
            codes: [[0; 4]; MOST_QUADS],
            masks: [[0; 4]; MOST_QUADS],
            stretch: 0.0,
            error: 0.0,
        };
        let least = grid.lags(probe.weights).flatten().fold(f64::MAX, f64::min);
        let mut squares = 0.0;
        for (dim, lag) in grid.lags(probe.weights).enumerate() {
            let Some(lag) = lag.filter(|&lag| lag <= MOST_LAG * least) else { continue };
            let place = grid.place(dim, probe.key[dim]);
            let code = place as u8;
            made.codes[dim / 4][dim % 4] = code;
            made.masks[dim / 4][dim % 4] = u8::MAX;
            made.stretch = made.stretch.max(lag);
            let behind = f64::from(place) - f64::from(code);
            squares += behind.max(1.0 - behind).powi(2);
        }
        made.error = squares.sqrt() * (1.0 + ROUNDING) + ROUNDING;
        made
    }

    /// The squared distance of codes that whatever lies within `bound` keeps.
    #[inline]
    pub fn limit(&self, bound: f32) -> u32 {
        let reach = (f64::from(bound) * self.stretch).sqrt() * (1.0 + ROUNDING) + self.error;
        (reach * reach) as u32
    }
}
