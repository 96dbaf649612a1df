//! Weighted least squares over any number of examples, solved in bounded steps.

use crate::fingerprint::Fingerprint;
use crate::image::image;

/// Ridge on every coefficient, as a sum of squared features: a hundredth of an example.
const RIDGE: f64 = 0.01;

/// Sums over examples, and the solution that is being worked out from them.
#[derive(Clone, Debug)]
pub(crate) struct LeastSquares {
    features: usize,
    outputs: usize,
    /// Row-major, square; only the upper triangle has a meaning. Sums of products of features, and
    /// after [`eliminate`](Self::eliminate) a Cholesky factor.
    gram: Vec<f64>,
    /// Row-major, a row of outputs per feature: sums of products with the outputs, and after
    /// [`substitute`](Self::substitute) the coefficients.
    right: Vec<f64>,
}

impl LeastSquares {
    pub(crate) fn new(features: usize, outputs: usize) -> Self {
        let mut made = Self {
            features,
            outputs,
            gram: vec![0.0; features * features],
            right: vec![0.0; features * outputs],
        };
        made.clear();
        made
    }

    /// Forgets all examples.
    pub(crate) fn clear(&mut self) {
        self.gram.fill(0.0);
        self.right.fill(0.0);
        (0..self.features).for_each(|at| self.gram[at * self.features + at] = RIDGE);
    }

    /// Adds an example that counts `weight` times.
    pub(crate) fn add(&mut self, features: &[f32], outputs: &[f32], weight: f32) {
        let count = self.features;
        let rows = self.gram.chunks_exact_mut(count).zip(self.right.chunks_exact_mut(self.outputs));
        for (at, (gram, right)) in rows.enumerate() {
            let factor = f64::from(weight * features[at]);
            if factor != 0.0 {
                add(factor, &features[at..count], &mut gram[at..]);
                add(factor, outputs, right);
            }
        }
    }

    /// Adds a ridge on every coefficient but the first, the mean.
    pub(crate) fn stiffen(&mut self, ridge: f64) {
        (1..self.features).for_each(|at| self.gram[at * self.features + at] += ridge);
    }

    /// How many rows [`eliminate`](Self::eliminate) is to be called for.
    pub(crate) fn rows(&self) -> usize {
        self.features
    }

    /// Row `row` of the factorisation; rows come in their order, after all examples.
    pub(crate) fn eliminate(&mut self, row: usize) {
        let (count, outputs) = (self.features, self.outputs);
        let (above, below) = self.gram.split_at_mut((row + 1) * count);
        let pivots = &mut above[row * count..];
        let inverse = 1.0 / pivots[row].max(f64::MIN_POSITIVE).sqrt();
        pivots[row..].iter_mut().for_each(|value| *value *= inverse);
        let (solved, open) = self.right.split_at_mut((row + 1) * outputs);
        let solved = &mut solved[row * outputs..];
        solved.iter_mut().for_each(|value| *value *= inverse);
        let rows = below.chunks_exact_mut(count).zip(open.chunks_exact_mut(outputs));
        for (at, (gram, right)) in (row + 1..).zip(rows) {
            let factor = -pivots[at];
            gram[at..].iter_mut().zip(&pivots[at..]).for_each(|(g, p)| *g += factor * p);
            right.iter_mut().zip(&*solved).for_each(|(r, s)| *r += factor * s);
        }
    }

    /// Completes the solution, and returns its coefficients: a row of outputs per feature.
    pub(crate) fn substitute(&mut self) -> &[f64] {
        let (count, outputs) = (self.features, self.outputs);
        for row in (0..count).rev() {
            let (open, solved) = self.right.split_at_mut((row + 1) * outputs);
            let open = &mut open[row * outputs..];
            let pivots = &self.gram[row * count..][..count];
            for (right, &pivot) in solved.chunks_exact(outputs).zip(&pivots[row + 1..]) {
                open.iter_mut().zip(right).for_each(|(o, r)| *o -= pivot * r);
            }
            open.iter_mut().for_each(|value| *value /= pivots[row]);
        }
        &self.right
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.doubles(&self.gram);
        print.doubles(&self.right);
    }
}

/// `to += factor * row`
fn add(factor: f64, row: &[f32], to: &mut [f64]) {
    to.iter_mut().zip(row).for_each(|(to, &value)| *to += factor * f64::from(value));
}

image!(LeastSquares keeps gram right; not features outputs);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Random;

    fn uniform(random: &mut Random) -> f32 {
        2.0 * random.unit() - 1.0
    }

    /// Gauss's elimination with full pivoting by rows, in double precision.
    fn solved(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
        let n = b.len();
        for pivot in 0..n {
            let best = (pivot..n).max_by(|&i, &j| a[i][pivot].abs().total_cmp(&a[j][pivot].abs()));
            a.swap(pivot, best.unwrap());
            b.swap(pivot, best.unwrap());
            for row in 0..n {
                if row != pivot {
                    let factor = a[row][pivot] / a[pivot][pivot];
                    let pivots = a[pivot].clone();
                    a[row].iter_mut().zip(pivots).for_each(|(to, p)| *to -= factor * p);
                    b[row] -= factor * b[pivot];
                }
            }
        }
        (0..n).map(|at| b[at] / a[at][at]).collect()
    }

    #[test]
    fn least_squares_are_those_of_the_batch() {
        let mut random = Random::new(3);
        let mut sums = LeastSquares::new(5, 2);
        let (mut gram, mut right) = (vec![vec![0.0; 5]; 5], [vec![0.0; 5], vec![0.0; 5]]);
        (0..5).for_each(|at| gram[at][at] = 0.01);
        for _ in 0..40 {
            let x: [f32; 5] = std::array::from_fn(|_| uniform(&mut random));
            let y = [uniform(&mut random), uniform(&mut random)];
            let weight = random.unit();
            sums.add(&x, &y, weight);
            for i in 0..5 {
                let factor = f64::from(weight) * f64::from(x[i]);
                (0..5).for_each(|j| gram[i][j] += factor * f64::from(x[j]));
                (0..2).for_each(|o| right[o][i] += factor * f64::from(y[o]));
            }
        }
        (0..sums.rows()).for_each(|row| sums.eliminate(row));
        let found = sums.substitute();
        for output in 0..2 {
            let expected = solved(gram.clone(), right[output].clone());
            for at in 0..5 {
                let (found, expected) = (found[at * 2 + output], expected[at]);
                assert!((found - expected).abs() < 1e-5, "{found} {expected}");
            }
        }
    }
}
