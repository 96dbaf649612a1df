//! The vectors that a measurement is made with.

use std::f64::consts::TAU;
use std::fs;
use std::path::Path;

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::error::BenchError;
use crate::stream::npy;
use crate::wanderer::{HeldActions, Wanderer};

/// Actions of the wanderer on the synthetic path.
const ACTIONS: usize = 4;
/// The share of a file's rows, its last ones, that queries are drawn from.
const HELD_OUT_SHARE: usize = 10;
/// Fewest rows of a file.
const FEWEST_ROWS: usize = 100;
/// Most values that are made up: 1 GB. Where that is too few, some are put in a second time.
const MOST_VALUES: usize = 1 << 28;

/// What vectors are needed for.
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    /// Values per vector; a file says it itself.
    pub dims: usize,
    /// How many are kept at a time.
    pub experiences: usize,
    /// How many times everything is replaced.
    pub turnover: usize,
    /// How many are asked about.
    pub queries: usize,
    /// Where random numbers start.
    pub seed: u64,
}

/// Vectors to keep, in a certain order, and others to ask about, which are never kept. Every
/// dimension has mean 0 and deviation 1 over those to keep, unless it is constant.
#[derive(Clone, Debug)]
pub struct Vectors {
    name: String,
    dims: usize,
    values: Vec<f32>,
    /// How many rows are to keep; the rest is held out.
    keep: usize,
    /// The order in which held-out rows are asked about.
    asked: Vec<u32>,
}

impl Vectors {
    /// `trajectory` and `gaussian` are made up as needed, so that a turnover puts in none twice;
    /// any other name is that of a `.npy` file.
    ///
    /// # Errors
    /// As [`from_npy`](Self::from_npy).
    pub fn load(data: &str, needs: &Needs) -> Result<Self, BenchError> {
        let &Needs { experiences, turnover, seed, .. } = needs;
        let (dims, queries) = (needs.dims.max(1), needs.queries.max(1));
        let keep = (experiences * (1 + turnover) + queries).min(MOST_VALUES / dims);
        let keep = keep.max(experiences + 1);
        match data {
            "trajectory" => Ok(Self::trajectory(dims, keep, queries, seed)),
            "gaussian" => Ok(Self::gaussian(dims, keep, queries, seed)),
            file => Self::from_npy(Path::new(file)),
        }
    }

    /// The synthetic path: what a [`Wanderer`] senses under random actions, and what it senses
    /// later in the same life.
    pub fn trajectory(dims: usize, keep: usize, held_out: usize, seed: u64) -> Self {
        let mut robot = Wanderer::new(dims, ACTIONS, seed);
        let mut hands = HeldActions::new(ACTIONS, seed);
        let mut values = Vec::with_capacity((keep + held_out) * dims);
        for _ in 0..keep + held_out {
            values.extend_from_slice(robot.observation());
            robot.step(hands.next_action());
        }
        Self::from_rows("trajectory", &values, dims, held_out)
    }

    /// Independent standard normal values: no structure that a search could use.
    pub fn gaussian(dims: usize, keep: usize, held_out: usize, seed: u64) -> Self {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut unit = move || (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        let values: Vec<f32> = (0..(keep + held_out) * dims)
            .map(|_| ((-2.0 * (1.0 - unit()).ln()).sqrt() * (TAU * unit()).cos()) as f32)
            .collect();
        Self::from_rows("gaussian", &values, dims, held_out)
    }

    /// The rows of an array in a `.npy` file; the last tenth of them is held out.
    ///
    /// # Errors
    /// [`BenchError::Read`] if the file cannot be read, [`BenchError::Data`] if it does not hold at
    /// least 100 rows of finite numbers.
    pub fn from_npy(path: &Path) -> Result<Self, BenchError> {
        let bytes =
            fs::read(path).map_err(|source| BenchError::Read { path: path.to_owned(), source })?;
        let bad = |problem| BenchError::Data { path: path.to_owned(), problem };
        let array = npy::parse(&bytes).map_err(bad)?;
        let (rows, dims) = array.rows();
        if rows < FEWEST_ROWS || dims == 0 {
            let problem = format!("expected {FEWEST_ROWS} rows or more, got {:?}", array.shape);
            return Err(bad(problem));
        }
        if let Some(at) = array.values.iter().position(|value| !value.is_finite()) {
            let (row, got) = (at / dims, array.values[at]);
            return Err(bad(format!("expected finite numbers, got {got} in row {row}")));
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Ok(Self::from_rows(&name, &array.values, dims, rows / HELD_OUT_SHARE))
    }

    /// Rows of `dims` values, the last `held_out` of which are to ask about.
    pub fn from_rows(name: &str, values: &[f32], dims: usize, held_out: usize) -> Self {
        let rows = values.len() / dims;
        let keep = rows - held_out.min(rows);
        let mut made = Self {
            name: name.to_owned(),
            dims,
            values: values[..rows * dims].to_vec(),
            keep,
            asked: shuffled(keep as u32..rows as u32),
        };
        (0..dims).for_each(|dim| made.standardise(dim));
        made
    }

    fn standardise(&mut self, dim: usize) {
        let Self { values, dims, keep, .. } = self;
        let kept = || values.iter().skip(dim).step_by(*dims).take(*keep).map(|&v| f64::from(v));
        let count = *keep as f64;
        let mean = kept().sum::<f64>() / count;
        let deviation = (kept().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        let scale = if deviation > 0.0 { 1.0 / deviation } else { 1.0 };
        for value in values.iter_mut().skip(dim).step_by(*dims) {
            *value = ((f64::from(*value) - mean) * scale) as f32;
        }
    }

    /// Where they come from.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Values per vector.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// How many there are to keep.
    pub fn rows(&self) -> usize {
        self.keep
    }

    /// The vector of a row that is to keep.
    pub fn row(&self, row: u32) -> &[f32] {
        &self.values[row as usize * self.dims..][..self.dims]
    }

    /// The vector to ask about at a certain turn; they come around.
    pub fn query(&self, turn: usize) -> &[f32] {
        self.row(self.asked[turn % self.asked.len()])
    }
}

/// Numbers in an order that is random and always the same.
fn shuffled(numbers: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
    let mut shuffled: Vec<u32> = numbers.collect();
    for at in (1..shuffled.len()).rev() {
        shuffled.swap(at, (random.next_u64() % (at as u64 + 1)) as usize);
    }
    shuffled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_are_standardised_over_what_is_kept() {
        for vectors in [Vectors::trajectory(5, 3_000, 200, 1), Vectors::gaussian(5, 3_000, 200, 1)]
        {
            assert_eq!((vectors.rows(), vectors.dims()), (3_000, 5));
            for dim in 0..5 {
                let values: Vec<f64> =
                    (0..3_000).map(|row| f64::from(vectors.row(row)[dim])).collect();
                let mean = values.iter().sum::<f64>() / 3_000.0;
                let square = values.iter().map(|v| v * v).sum::<f64>() / 3_000.0;
                assert!(mean.abs() < 1e-6 && (square - 1.0).abs() < 1e-5, "{mean} {square}");
            }
        }
    }

    #[test]
    fn a_constant_dimension_becomes_zero() {
        let vectors = Vectors::from_rows("x", &[7.0, 1.0, 7.0, 3.0, 7.0, 5.0], 2, 1);
        assert_eq!(vectors.row(0), [0.0, -1.0]);
        assert_eq!(vectors.query(0), [0.0, 3.0]);
    }

    #[test]
    fn queries_are_the_held_out_rows_each_once_then_around_again() {
        let values: Vec<f32> = (0..20_u8).map(f32::from).collect();
        let vectors = Vectors::from_rows("x", &values, 1, 6);
        let asked = |turn: usize| vectors.query(turn)[0];
        let mut all: Vec<f32> = (0..6).map(asked).collect();
        assert!((0..6).all(|turn| asked(turn) == asked(turn + 6)));
        all.sort_unstable_by(f32::total_cmp);
        assert!(all.iter().eq((14..20_u32).map(|row| &vectors.row(row)[0])));
    }

    #[test]
    fn a_file_gives_its_rows_and_what_is_none_is_refused() {
        let path = std::env::temp_dir().join(format!("minbrain-{}.npy", std::process::id()));
        let write = |rows: usize, last: f32| {
            let header =
                format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, 2), }}\n");
            let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
            bytes.extend((header.len() as u16).to_le_bytes());
            bytes.extend(header.as_bytes());
            for at in 0..rows * 2 {
                let value = if at + 1 == rows * 2 { last } else { at as f32 };
                bytes.extend(value.to_le_bytes());
            }
            fs::write(&path, bytes).unwrap();
            Vectors::from_npy(&path)
        };
        let vectors = write(200, 5.0).unwrap();
        assert_eq!((vectors.rows(), vectors.dims(), vectors.asked.len()), (180, 2, 20));
        assert!(write(99, 5.0).unwrap_err().to_string().contains("100 rows"));
        assert!(write(200, f32::NAN).unwrap_err().to_string().contains("NaN in row 199"));
        fs::remove_file(&path).unwrap();
        assert!(matches!(Vectors::from_npy(&path), Err(BenchError::Read { .. })));
    }
}
