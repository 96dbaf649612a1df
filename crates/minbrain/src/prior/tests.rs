//! The recursion against the batch solution that it stands for.

use super::LinearPrior;
use crate::seed::Random;

/// What remains of an example after another one of its part.
const KEPT: f64 = 0.9998;

/// Ridge least squares over all examples at once, the older the less, in double precision. Inputs are
/// standardised by the first 32 examples over all parts, and a coefficient costs ten times its square
/// at first.
struct Batch {
    centre: Vec<f64>,
    deviation: Vec<f64>,
    examples: Vec<(usize, Vec<f32>, Vec<f32>)>,
}

impl Batch {
    fn new(examples: Vec<(usize, Vec<f32>, Vec<f32>)>) -> Self {
        let inputs = examples[0].1.len();
        let column = |at: usize| examples[..32].iter().map(move |(_, x, _)| f64::from(x[at]));
        let mean = |at: usize| column(at).sum::<f64>() / 32.0;
        let spread = |at: usize| {
            let variance = column(at).map(|x| (x - mean(at)).powi(2)).sum::<f64>() / 32.0;
            let largest = column(at).map(f64::abs).fold(0.0, f64::max);
            let stood_still = variance.sqrt() <= 1e-6 * largest;
            if stood_still { f64::INFINITY } else { variance.sqrt() }
        };
        let centre = (0..inputs).map(mean).collect();
        let deviation = (0..inputs).map(spread).collect();
        Self { centre, deviation, examples }
    }

    fn standard(&self, x: &[f32]) -> Vec<f64> {
        let each = x.iter().zip(&self.centre).zip(&self.deviation);
        let mut row: Vec<f64> =
            each.map(|((&x, c), d)| ((f64::from(x) - c) / d).clamp(-6.0, 6.0)).collect();
        row.push(1.0);
        row
    }

    /// Gauss-Jordan on the normal equations of one part and one output.
    fn predict(&self, part: usize, x: &[f32], output: usize) -> f64 {
        let n = x.len() + 1;
        let mut table = vec![vec![0.0; n + 1]; n];
        (0..n).for_each(|at| table[at][at] = 10.0);
        for (_, x, y) in self.examples.iter().filter(|(p, _, _)| *p == part) {
            let row = self.standard(x);
            table.iter_mut().flatten().for_each(|entry| *entry *= KEPT);
            for (at, line) in table.iter_mut().enumerate() {
                (0..n).for_each(|j| line[j] += row[at] * row[j]);
                line[n] += row[at] * f64::from(y[output]);
            }
        }
        for at in 0..n {
            let pivot = (at..n).max_by(|&i, &j| table[i][at].abs().total_cmp(&table[j][at].abs()));
            table.swap(at, pivot.unwrap());
            let own = table[at].clone();
            for (other, line) in table.iter_mut().enumerate() {
                let factor = if other == at { 1.0 - 1.0 / own[at] } else { line[at] / own[at] };
                line.iter_mut().zip(&own).for_each(|(entry, own)| *entry -= factor * own);
            }
        }
        self.standard(x).iter().zip(&table).map(|(s, line)| s * line[n]).sum()
    }
}

fn signed(random: &mut Random) -> f32 {
    2.0 * random.unit() - 1.0
}

/// Examples of two parts: four inputs of unlike sizes, one of them constant, three outputs with noise.
fn examples(count: usize, random: &mut Random) -> Vec<(usize, Vec<f32>, Vec<f32>)> {
    let example = |_| {
        let x = vec![signed(random), 1e4 + 300.0 * signed(random), 0.5, 1e-3 * signed(random)];
        let part = random.below(2);
        let trend = if part == 0 { 2.0 * x[0] - 1e-2 * x[1] } else { 500.0 * x[3] };
        let y = vec![trend + 0.1 * signed(random), x[0] * x[3] * 1e3, 0.0];
        (part, x, y)
    };
    (0..count).map(example).collect()
}

fn learn(examples: &[(usize, Vec<f32>, Vec<f32>)]) -> LinearPrior {
    let (_, x, y) = &examples[0];
    let mut prior = LinearPrior::new(x.len(), y.len(), 2);
    examples.iter().for_each(|(part, x, y)| prior.update(*part, x, y));
    prior
}

fn assert_alike(examples: Vec<(usize, Vec<f32>, Vec<f32>)>, asked: &[Vec<f32>], tolerance: f64) {
    let prior = learn(&examples);
    let outputs = examples[0].2.len();
    let batch = Batch::new(examples);
    for x in asked {
        for part in 0..2 {
            let mut got = vec![f32::NAN; outputs];
            prior.predict(part, x, &mut got);
            for (output, &got) in got.iter().enumerate() {
                let exact = batch.predict(part, x, output);
                let off = (f64::from(got) - exact).abs();
                assert!(off <= tolerance * exact.abs().max(1.0), "{got} against {exact} at {x:?}");
            }
        }
    }
}

#[test]
fn the_recursion_is_batch_ridge_least_squares() {
    for count in [32, 33, 50, 500, 3_000] {
        let mut random = Random::new(count as u64);
        let learned = examples(count, &mut random);
        let asked: Vec<_> = examples(20, &mut random).into_iter().map(|(_, x, _)| x).collect();
        assert_alike(learned, &asked, 1e-5);
    }
}

#[test]
fn it_says_that_nothing_changes_until_its_scale_is_fixed() {
    let mut random = Random::new(1);
    let learned = examples(32, &mut random);
    let mut out = [f32::NAN; 3];
    learn(&learned[..31]).predict(0, &learned[0].1, &mut out);
    assert_eq!(out, [0.0; 3]);
    learn(&learned).predict(0, &learned[0].1, &mut out);
    assert_ne!(out[0], 0.0);
}

#[test]
fn slopes_are_what_a_prediction_grows_by() {
    let mut random = Random::new(2);
    let prior = learn(&examples(200, &mut random));
    let at = [0.1, 9_900.0, 0.5, 2e-4];
    for (input, step) in [1.0_f32, 100.0, 1.0, 1e-3].into_iter().enumerate() {
        let (mut here, mut there) = ([0.0; 3], [0.0; 3]);
        let mut moved = at;
        moved[input] += step;
        for part in 0..2 {
            prior.predict(part, &at, &mut here);
            prior.predict(part, &moved, &mut there);
            for output in 0..3 {
                let slope = prior.slopes(part)[input * prior.stride + output];
                let grown = there[output] - here[output];
                assert!((slope * step - grown).abs() <= 1e-3 * grown.abs().max(1e-2));
            }
        }
    }
}

/// A sensor that stands still, or only trembles, at first, and then moves far.
#[test]
fn a_sensor_that_moves_late_is_still_learned() {
    for (tremble, reach) in [(0.0, 10.0), (0.0, 1e6), (1e-3, 10.0), (1e-4, 10.0), (1e-8, 1e3)] {
        let mut random = Random::new(3);
        let mut prior = LinearPrior::new(3, 2, 1);
        let (mut missed, mut came) = (0.0, 0.0);
        for at in 0..2_000 {
            let size = if at < 40 { tremble } else { reach };
            let x =
                [size * signed(&mut random), signed(&mut random), 2.0 + size * signed(&mut random)];
            let y = [0.3 * x[0] - 0.2 * x[2] + x[1], x[1]];
            let mut out = [0.0; 2];
            prior.predict(0, &x, &mut out);
            if at >= 1_000 {
                missed += (0..2).map(|k| (out[k] - y[k]).powi(2)).sum::<f32>();
                came += y.iter().map(|y| y * y).sum::<f32>();
            }
            prior.update(0, &x, &y);
        }
        assert!(missed < 5e-3 * came, "{tremble} {reach}: {missed} of {came}");
    }
}

/// One wrong example, however wrong, at the start or later.
#[test]
fn no_example_moves_the_model_far() {
    for at in [0, 20, 500] {
        for size in [1e3, 65535.0, 1e12] {
            let mut random = Random::new(6);
            let mut learned = examples(1_000, &mut random);
            let asked = examples(50, &mut random);
            let right = learn(&learned);
            (learned[at].1[0], learned[at].2) = (size, vec![-size; 3]);
            let wrong = learn(&learned);
            for (part, x, _) in asked {
                let (mut a, mut b) = ([0.0; 3], [0.0; 3]);
                right.predict(part, &x, &mut a);
                wrong.predict(part, &x, &mut b);
                for (a, b) in a.into_iter().zip(b) {
                    assert!((a - b).abs() < 0.1 + 0.1 * a.abs(), "{size} at {at}: {a} {b}");
                }
            }
        }
    }
}

#[test]
fn units_do_not_matter() {
    let unit = 2.0_f32.powi(-30);
    let mut random = Random::new(8);
    let mut priors = [LinearPrior::new(2, 2, 1), LinearPrior::new(2, 2, 1)];
    for _ in 0..1_000 {
        let x = [signed(&mut random), signed(&mut random)];
        let y = [0.3 * x[0] + 0.1 * signed(&mut random), x[1] * x[0]];
        let mut out = [[0.0; 2]; 2];
        priors[0].predict(0, &x, &mut out[0]);
        priors[1].predict(0, &[unit * x[0], x[1]], &mut out[1]);
        assert_eq!(out[1], [unit * out[0][0], out[0][1]]);
        priors[0].update(0, &x, &y);
        priors[1].update(0, &[unit * x[0], x[1]], &[unit * y[0], y[1]]);
    }
}

/// A few values at the end of what is allowed neither break the model nor blind it for ever.
#[test]
fn glitches_leave_numbers() {
    let mut random = Random::new(4);
    let mut learned = examples(300, &mut random);
    for at in [40, 41, 90, 150] {
        learned[at].1[at % 3] = 1e15;
        learned[at].2[0] = -2e15;
    }
    let mut prior = learn(&learned);
    for (part, x, y) in examples(5_000, &mut random) {
        prior.update(part, &x, &y);
        let mut out = [0.0; 3];
        prior.predict(part, &x, &mut out);
        assert!(out.iter().all(|o| o.is_finite()));
    }
}
