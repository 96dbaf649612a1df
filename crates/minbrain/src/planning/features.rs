//! Quadratic features of a point: 1, each value, and each product of two.

use minbrain_kernels::ROW;

use crate::limits::{MAX_PLAN_DIMS, MAX_QUADRATIC_DIMS};

/// A point, padded with zeros to whole vectors.
pub(super) type Point = [f32; MAX_PLAN_DIMS];
/// A point's features, padded likewise.
pub(super) type Row = [f32; MOST];

/// Most features, padded: those of a quadratic of the most dimensions.
const MOST: usize = (1 + MAX_QUADRATIC_DIMS + MAX_QUADRATIC_DIMS * (MAX_QUADRATIC_DIMS + 1) / 2)
    .next_multiple_of(ROW);

/// The features of points with so many dimensions. Where products would be too many, a point is its
/// own features.
#[derive(Clone, Copy, Debug)]
pub(super) struct Features {
    dims: usize,
}

impl Features {
    pub(super) fn new(dims: usize) -> Self {
        debug_assert!((1..=MAX_PLAN_DIMS).contains(&dims), "{dims} dimensions to plan in");
        Self { dims }
    }

    /// How many dimensions a point has.
    pub(super) fn dims(self) -> usize {
        self.dims
    }

    /// Whether products are among the features.
    pub(super) fn is_quadratic(self) -> bool {
        self.dims <= MAX_QUADRATIC_DIMS
    }

    /// How many there are.
    pub(super) fn count(self) -> usize {
        let products = if self.is_quadratic() { self.dims * (self.dims + 1) / 2 } else { 0 };
        1 + self.dims + products
    }

    /// The same, padded.
    pub(super) fn stride(self) -> usize {
        self.count().next_multiple_of(ROW)
    }

    /// Writes the features of `point`; what lies behind the last one stays as it is.
    pub(super) fn write(self, point: &[f32], out: &mut [f32]) {
        let point = &point[..self.dims];
        out[0] = 1.0;
        out[1..=self.dims].copy_from_slice(point);
        if !self.is_quadratic() {
            return;
        }
        let mut rest = &mut out[1 + self.dims..];
        for (at, &first) in point.iter().enumerate() {
            let (products, behind) = rest.split_at_mut(self.dims - at);
            products.iter_mut().zip(&point[at..]).for_each(|(out, second)| *out = first * second);
            rest = behind;
        }
    }

    /// Where the product of dimensions `i <= j` stands.
    pub(super) fn product(self, i: usize, j: usize) -> usize {
        1 + self.dims + i * self.dims - i * (i + 1) / 2 + j
    }
}
