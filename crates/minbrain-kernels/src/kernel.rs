//! Which instructions the inner loops use, chosen once.

use std::fmt;

use crate::arch::codes::{self, Width};
use crate::arch::portable::Sixteen;
use crate::codes::{MOST_QUADS, Quad, Sieve};
use crate::lanes::{BOXES, Boxes, LANES, Lanes, Probe};
use crate::{generic, matrix, scalar};

#[cfg(target_arch = "aarch64")]
use crate::arch::neon::Neon;
#[cfg(target_arch = "x86_64")]
use crate::arch::{avx2::Avx2, avx512::Avx512};

/// A set of instructions, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    /// One value at a time, in a fixed order: the same bits on every machine.
    Scalar,
    /// What the compiler makes of plain Rust for the target: the same bits on every machine, and for
    /// distances those of [`Scalar`](Self::Scalar).
    Portable,
    /// 256-bit vectors and fused multiply-add (x86-64).
    Avx2,
    /// 512-bit vectors (x86-64).
    Avx512,
    /// 128-bit vectors and fused multiply-add (64-bit Arm).
    Neon,
}

impl Isa {
    /// All of them, slowest first.
    pub const ALL: [Self; 5] = [Self::Scalar, Self::Portable, Self::Avx2, Self::Avx512, Self::Neon];

    /// Its name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        }
    }

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|isa| isa.name() == name)
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// The inner loops, for one set of instructions. A value of this type proves that the processor
/// has them.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    level: Level,
    codes: codes::Level,
}

#[derive(Clone, Copy, Debug)]
enum Level {
    Scalar,
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    #[cfg(target_arch = "aarch64")]
    Neon(Neon),
}

/// Calls one operation at the level that was chosen.
macro_rules! dispatch {
    ($self:ident, $module:ident::$operation:ident($($argument:expr),*)) => {
        match $self.level {
            Level::Scalar => scalar::$operation($($argument),*),
            // SAFETY: arrays need no features.
            Level::Portable => unsafe { $module::$operation::<Sixteen>($($argument),*) },
            #[cfg(target_arch = "x86_64")]
            Level::Avx2(level) => level.$operation($($argument),*),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(level) => level.$operation($($argument),*),
            #[cfg(target_arch = "aarch64")]
            Level::Neon(level) => level.$operation($($argument),*),
        }
    };
}

impl Kernel {
    /// The fastest that this processor has.
    pub fn detect() -> Self {
        let fastest = Isa::ALL.into_iter().rev().find_map(Self::forced);
        fastest.unwrap_or(Self { level: Level::Portable, codes: codes::Level::Portable })
    }

    /// Just this one; `None` if the processor does not have it.
    pub fn forced(isa: Isa) -> Option<Self> {
        let level = match isa {
            Isa::Scalar => Some(Level::Scalar),
            Isa::Portable => Some(Level::Portable),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => Avx2::detect().map(Level::Avx2),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => Avx512::detect().map(Level::Avx512),
            #[cfg(target_arch = "aarch64")]
            Isa::Neon => Neon::detect().map(Level::Neon),
            #[allow(unreachable_patterns)]
            _ => None,
        };
        let codes = match isa {
            Isa::Scalar => codes::Level::Scalar,
            Isa::Portable | Isa::Neon => codes::Level::Portable,
            Isa::Avx2 => codes::Level::detect(Width::Bits256),
            Isa::Avx512 => codes::Level::detect(Width::Bits512),
        };
        level.map(|level| Self { level, codes })
    }

    /// Which instructions these are.
    pub fn isa(self) -> Isa {
        match self.level {
            Level::Scalar => Isa::Scalar,
            Level::Portable => Isa::Portable,
            #[cfg(target_arch = "x86_64")]
            Level::Avx2(_) => Isa::Avx2,
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(_) => Isa::Avx512,
            #[cfg(target_arch = "aarch64")]
            Level::Neon(_) => Isa::Neon,
        }
    }

    /// Weighted squared distance, `sum of weight * (query - value)^2`, for those lanes of `block`
    /// whose bit is set in `lanes`; it has one [`Lanes`] per dimension. Returns those at or under
    /// `bound`, as bits; what `out` holds for the others means nothing. Cost: all vectors that hold
    /// any of these lanes.
    ///
    /// Dimensions are summed in their order, at every level by the same sequence of operations as
    /// [`box_distances`](Self::box_distances): a box never looks farther than a point in it.
    #[inline]
    pub fn distances(
        self,
        block: &[Lanes],
        probe: Probe<'_>,
        (lanes, bound): (u64, f32),
        out: &mut Lanes,
    ) -> u64 {
        debug_assert!(probe.key.len() >= block.len() && probe.weights.len() >= block.len());
        dispatch!(self, generic::distances(block, probe, (lanes, bound), out))
    }

    /// `sum of query * value` for each lane of `block`.
    #[inline]
    pub fn dot(self, block: &[Lanes], query: &[f32], out: &mut Lanes) {
        dispatch!(self, generic::dot(block, query, out));
    }

    /// Distance from the query to each of 16 boxes: 0 inside, else that of the nearest point of
    /// the box. `boxes` has one [`Boxes`] per dimension.
    #[inline]
    pub fn box_distances(self, boxes: &[Boxes], probe: Probe<'_>, out: &mut [f32; BOXES]) {
        dispatch!(self, generic::box_distances(boxes, probe, out));
    }

    /// The first `lanes` lanes of a block in codes whose squared distance to a query in codes is at
    /// most `limit`, as bits: the same at every level.
    #[inline]
    pub fn codes_within(self, block: &[Quad], sieve: &Sieve, lanes: usize, limit: u32) -> u64 {
        debug_assert!(block.len() <= MOST_QUADS);
        self.codes.within(block, sieve, lanes, limit)
    }

    /// Writes `sum over rows of kernel * row' row` to the upper triangle of the square matrix
    /// `normal`. Rows and the rows of the matrix are `stride` long, of which `used` values count;
    /// `stride` is a multiple of [`ROW`](crate::ROW). Below the diagonal stands nothing of meaning;
    /// the matrix has room for a multiple of four rows.
    pub fn normal_equations(
        self,
        rows: &[f32],
        kernel: &[f32],
        shape: (usize, usize),
        normal: &mut [f32],
    ) {
        dispatch!(self, matrix::normal_equations(rows, kernel, shape, normal));
    }

    /// Solves `A x = right` for a positive definite matrix `A` of shape `(used, stride)`, of which
    /// the upper triangle counts, by elimination: `A = U' D U`. `A` and `right` are scratch
    /// afterwards; `right` is `stride` long.
    pub fn solve(
        self,
        shape: (usize, usize),
        matrix: &mut [f32],
        right: &mut [f32],
        solution: &mut [f32],
    ) {
        dispatch!(self, matrix::solve(shape, matrix, right, solution));
    }

    /// The dot product of `along` with each row of `rows`, into `to`. Rows are as long as `along`, a
    /// multiple of [`ROW`](crate::ROW).
    pub fn project(self, rows: &[f32], along: &[f32], to: &mut [f32]) {
        dispatch!(self, matrix::project(rows, along, to));
    }

    /// `to += sum of factor * row`, over one row of `rows` for each of `factors`. Rows are as long
    /// as `to`, a multiple of [`ROW`](crate::ROW).
    #[inline]
    pub fn combine(self, factors: &[f32], rows: &[f32], to: &mut [f32]) {
        dispatch!(self, matrix::combine(factors, rows, to));
    }

    /// [`combine`](Self::combine) for each row of `to`, with the first `used` values of a row of
    /// `factors`, which are `stride` long; `rows` has `used` rows.
    pub fn combine_each(
        self,
        factors: &[f32],
        shape: (usize, usize),
        rows: &[f32],
        to: &mut [f32],
    ) {
        dispatch!(self, matrix::combine_each(factors, shape, rows, to));
    }

    /// The lowest and the highest of each column of `rows`, taken into `low` and `high`.
    pub fn extremes(self, rows: &[f32], low: &mut [f32], high: &mut [f32]) {
        dispatch!(self, matrix::extremes(rows, low, high));
    }

    /// `to += sum of factor * (row - centre)^2`, over one row of `rows` for each of `factors`.
    pub fn spread(self, factors: &[f32], rows: &[f32], centre: &[f32], to: &mut [f32]) {
        dispatch!(self, matrix::spread(factors, rows, centre, to));
    }
}

const _: () = assert!(LANES == 64, "a mask of lanes is one u64");
