//! Quadratic features of a point: 1, each value, and each product of two.

use minbrain_kernels::ROW;

use crate::limits::{MAX_PLAN_DIMS, MAX_QUADRATIC_DIMS};

/// A point, padded with zeros to whole vectors.
pub(crate) type Point = [f32; MAX_PLAN_DIMS];
/// A point's features, padded likewise.
pub(crate) type Row = [f32; MOST_FEATURES];

/// Most features, padded: those of a quadratic of the most dimensions.
pub(crate) const MOST_FEATURES: usize =
    (1 + MAX_QUADRATIC_DIMS + MAX_QUADRATIC_DIMS * (MAX_QUADRATIC_DIMS + 1) / 2)
        .next_multiple_of(ROW);

/// The features of points with so many dimensions. Where products would be too many, a point is its
/// own features.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Features {
    dims: usize,
}

impl Features {
    pub(crate) fn new(dims: usize) -> Self {
        debug_assert!((1..=MAX_PLAN_DIMS).contains(&dims), "{dims} dimensions to plan in");
        Self { dims }
    }

    /// How many dimensions a point has.
    pub(crate) fn dims(self) -> usize {
        self.dims
    }

    /// Whether products are among the features.
    pub(crate) fn is_quadratic(self) -> bool {
        self.dims <= MAX_QUADRATIC_DIMS
    }

    /// How many there are.
    pub(crate) fn count(self) -> usize {
        let products = if self.is_quadratic() { self.dims * (self.dims + 1) / 2 } else { 0 };
        1 + self.dims + products
    }

    /// The same, padded.
    pub(crate) fn stride(self) -> usize {
        self.count().next_multiple_of(ROW)
    }

    /// Writes the features of `point`; what lies behind the last one stays as it is.
    pub(crate) fn write(self, point: &[f32], out: &mut [f32]) {
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
    pub(crate) fn product(self, i: usize, j: usize) -> usize {
        1 + self.dims + i * self.dims - i * (i + 1) / 2 + j
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_stand_where_they_are_said_to() {
        let features = Features::new(4);
        let mut row: Row = [f32::NAN; _];
        features.write(&[2.0, 3.0, 5.0, 7.0], &mut row);
        assert_eq!(features.count(), 15);
        assert_eq!(row[..5], [1.0, 2.0, 3.0, 5.0, 7.0]);
        let values = [2.0, 3.0, 5.0, 7.0];
        for i in 0..4 {
            for j in i..4 {
                assert_eq!(row[features.product(i, j)], values[i] * values[j]);
            }
        }
        assert!(row[15].is_nan(), "nothing is written behind the last feature");
    }
}
