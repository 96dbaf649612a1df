//! How values lie on the GPU: as they are, or as halves of where they lie on a grid.

use half::f16;
use minbrain_kernels::{LANES, Lanes};

/// How precisely values are kept on the GPU. Answers are exact either way: the contenders are all that
/// may be among the nearest by what rounding did at most.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Precision {
    /// In single precision.
    #[default]
    Full,
    /// In half precision, from these means and in steps that suit these deviations, one of each per
    /// row: half the bytes, half the reading, and more contenders where values spread widely.
    Half {
        /// About the middle of each row.
        means: Vec<f32>,
        /// About how far each row spreads.
        deviations: Vec<f32>,
    },
}

impl Precision {
    pub(crate) fn kept(&self) -> Kept {
        match self {
            Self::Full => Kept::Full,
            Self::Half { .. } => Kept::Half,
        }
    }
}

/// What a value is on the GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    Full,
    Half,
}

/// So many deviations fit below the largest half; steps are a thousandth of a deviation there.
const HALVES_PER_DEVIATION: f32 = 512.0;
/// A power of two by which directions are stretched, so that small components stay normal.
const DIRECTION_SCALE: f32 = 1_024.0;
/// Powers of two by which values are stretched at most, so that weights stay in range.
const MOST_STRETCH: i32 = 40;
/// A deviation that a robot might have, where it has none.
const SOME_DEVIATION: f32 = 1.0;

/// Where values lie, and what was lost on the way.
#[derive(Clone, Debug)]
pub(crate) struct Packing {
    /// Centre and scale of each row; none in full precision.
    grid: Vec<(f32, f32)>,
    /// Most that a value of each row lies beside what stands for it.
    pub(crate) errors: Vec<f64>,
    /// The largest magnitude of each row.
    pub(crate) most: Vec<f32>,
}

impl Packing {
    pub(crate) fn new((rows, directions): (usize, usize), precision: &Precision) -> Self {
        let grid = match precision {
            Precision::Full => Vec::new(),
            Precision::Half { means, deviations } => (0..rows)
                .map(|row| match row < directions {
                    true => (0.0, DIRECTION_SCALE),
                    false => (means[row], scale_for(deviations[row])),
                })
                .collect(),
        };
        Self { grid, errors: vec![0.0; rows], most: vec![0.0; rows] }
    }

    pub(crate) fn kept(&self) -> Kept {
        if self.grid.is_empty() { Kept::Full } else { Kept::Half }
    }

    /// Words of a block.
    pub(crate) fn words(&self) -> usize {
        let rows = self.most.len();
        LANES * if self.kept() == Kept::Half { rows.div_ceil(2) } else { rows }
    }

    /// Appends the first `count` lanes of a block; the others are 0.
    pub(crate) fn pack(&mut self, rows: &[Lanes], count: usize, out: &mut Vec<u32>) {
        let first = out.len();
        out.resize(first + self.words(), 0);
        let out = &mut out[first..];
        for (at, row) in rows.iter().enumerate() {
            for (lane, &value) in row.0[..count].iter().enumerate() {
                self.most[at] = self.most[at].max(value.abs());
                if self.kept() == Kept::Half {
                    let word = &mut out[at / 2 * LANES + lane];
                    *word |= u32::from(self.halve(at, value)) << (16 * (at % 2));
                } else {
                    out[at * LANES + lane] = value.to_bits();
                }
            }
        }
    }

    /// The half that stands for a value, never a subnormal one: some adapters take those for 0.
    fn halve(&mut self, row: usize, value: f32) -> u16 {
        let (centre, scale) = self.grid[row];
        let placed = ((value - centre) * scale).clamp(-f32::from(f16::MAX), f32::from(f16::MAX));
        let half = f16::from_f32(placed);
        let half = if half.is_normal() { half } else { f16::ZERO };
        let stands_for = f64::from(f32::from(half)) / f64::from(scale) + f64::from(centre);
        let error = (f64::from(value) - stands_for).abs();
        self.errors[row] = self.errors[row].max(error);
        half.to_bits()
    }

    /// Where a query's value lies, and how far that is beside it.
    pub(crate) fn place(&self, row: usize, value: f32) -> (f32, f64) {
        let Some(&(centre, scale)) = self.grid.get(row) else { return (value, 0.0) };
        let placed = (value - centre) * scale;
        let stands_for = f64::from(placed) / f64::from(scale) + f64::from(centre);
        (placed, (f64::from(value) - stands_for).abs())
    }

    /// What a weight is where values lie: distances stay what they are.
    pub(crate) fn weigh(&self, row: usize, weight: f32) -> f32 {
        self.grid.get(row).map_or(weight, |&(_, scale)| weight / scale / scale)
    }

    /// By how much the values of a row are stretched.
    pub(crate) fn scale(&self, row: usize) -> f64 {
        self.grid.get(row).map_or(1.0, |&(_, scale)| f64::from(scale))
    }

    /// A direction of a query, so that its product with what is kept is what it was.
    pub(crate) fn direct(&self, row: usize, value: f32) -> f32 {
        self.grid.get(row).map_or(value, |&(_, scale)| value / scale)
    }
}

/// A power of two, so that stretching loses nothing.
fn scale_for(deviation: f32) -> f32 {
    let deviation = if deviation > 0.0 { deviation } else { SOME_DEVIATION };
    let power = (HALVES_PER_DEVIATION / deviation).log2().floor();
    2.0_f32.powi((power as i32).clamp(-MOST_STRETCH, MOST_STRETCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_say_how_far_they_lie_beside_what_they_stand_for() {
        let precision = Precision::Half { means: vec![100.0], deviations: vec![2.0] };
        let mut packing = Packing::new((1, 0), &precision);
        let mut block = Lanes::ZERO;
        block.0 = std::array::from_fn(|lane| 97.0 + 0.093 * lane as f32);
        let mut words = Vec::new();
        packing.pack(&[block], 64, &mut words);
        assert_eq!(words.len(), 64);
        let (centre, scale) = packing.grid[0];
        let mut farthest = 0.0_f64;
        for (word, value) in words.iter().zip(block.0) {
            let stood = f16::from_bits(*word as u16).to_f64();
            let stands_for = stood / f64::from(scale) + f64::from(centre);
            farthest = farthest.max((stands_for - f64::from(value)).abs());
        }
        assert_eq!(packing.errors[0], farthest);
        assert!(farthest > 0.0 && farthest < 0.002, "{farthest}");
    }

    #[test]
    fn what_does_not_fit_in_a_half_has_a_large_error_instead() {
        let precision = Precision::Half { means: vec![0.0], deviations: vec![1e-6] };
        let mut packing = Packing::new((1, 0), &precision);
        packing.pack(&[Lanes([1e6; 64])], 1, &mut Vec::new());
        assert!(packing.errors[0] > 9e5, "{}", packing.errors[0]);
    }

    #[test]
    fn rows_of_halves_share_words_in_pairs() {
        let precision = Precision::Half { means: vec![0.0; 3], deviations: vec![1.0; 3] };
        let mut packing = Packing::new((3, 0), &precision);
        let rows: Vec<Lanes> = [1.0, 2.0, 3.0].map(|value| Lanes([value; 64])).to_vec();
        let mut words = Vec::new();
        packing.pack(&rows, 64, &mut words);
        let half = |value: f32| u32::from(f16::from_f32(value * 512.0).to_bits());
        assert_eq!(words[0], half(1.0) | half(2.0) << 16);
        assert_eq!((words[64], words.len()), (half(3.0), 128));
    }
}
