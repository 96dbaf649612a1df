//! The global trend: an online linear model of what changes, by recursive least squares.
//!
//! Local models (`regression`) predict what is left over. See Plackett, "Some theorems in least
//! squares" (1950), for the recursion; what is old is forgotten exponentially, and a sample that is
//! off by far more than usual counts as if it were off by that (Huber, "Robust estimation of a
//! location parameter", 1964).

use minbrain_kernels::ROW;

use crate::fingerprint::Fingerprint;
use crate::image::{Image, ImageError, Reader, Writer, image, read_all, write_all};
use crate::usual::{KNOWN, Reach, Usual, first_reach};

/// How uncertain the coefficients are at the start, in standardised units, and at most: a ridge as
/// strong as ten examples. Hardly any ridge (100, say) makes a young brain worse than "nothing
/// changes": with about as many examples as inputs, least squares fits the noise.
const MOST_VARIANCE: f64 = 0.1;
/// What remains of the past after each example: a memory of five thousand.
const KEPT: f64 = 0.9998;
/// What that makes of a variance.
const RENEWED: f64 = 1.0 / KEPT;
/// Least deviation of an input, as a share of its magnitude.
const FLOOR_SHARE: f64 = 1e-6;
/// Most deviations that an input counts for.
const MOST_DEVIATIONS: f64 = 6.0;
/// Inputs are measured anew where their deviation is off by this factor, or their mean by so many
/// deviations.
const STRETCHED: f64 = 1.5;
const MOVED: f64 = 0.5;

/// `change = W (x, 1)`, one `W` for each part (each discrete action), learned from single examples.
///
/// The first 32 examples, over all parts, tell the centre and the deviation by which inputs are
/// standardised; until then it predicts that nothing changes. Both follow the inputs. Cost of an
/// update: `2 inputs^2 + 3 inputs x outputs` multiplications.
#[derive(Clone, Debug)]
pub struct LinearPrior {
    inputs: usize,
    outputs: usize,
    /// Outputs, padded to whole vectors of the processor.
    stride: usize,
    usual: Usual,
    /// By which inputs are standardised now.
    centre: Vec<f64>,
    /// 0 while an input never moved: then it says nothing.
    deviation: Vec<f64>,
    /// Factor from standardised to raw units, for each input and the constant.
    to_raw: Vec<f64>,
    parts: Vec<Part>,
    /// How large the errors of each output are.
    errors: Vec<Reach>,
    /// Room for the first examples, and how many of them came; no room once the scale is known.
    warm_up: Vec<Example>,
    waiting: usize,
    standard: Vec<f64>,
    gain: Vec<f64>,
    error: Vec<f64>,
    is_ready: bool,
}

/// One example that waits for the scale.
#[derive(Clone, Debug)]
struct Example {
    part: usize,
    x: Vec<f32>,
    change: Vec<f32>,
}

/// The model of one part.
#[derive(Clone, Debug)]
struct Part {
    /// Row-major, `inputs + 1` rows of `outputs`: coefficients in standardised units.
    coefficients: Vec<f64>,
    /// Row-major, square: the inverse of the inputs' second moments.
    covariance: Vec<f64>,
    /// The coefficients in raw units, the constant last, for the fast path: `inputs + 1` rows of
    /// `stride`.
    slopes: Vec<f32>,
}

impl LinearPrior {
    /// A model from `inputs` to `outputs` values for each of `parts` parts.
    pub fn new(inputs: usize, outputs: usize, parts: usize) -> Self {
        let rows = inputs + 1;
        let stride = outputs.next_multiple_of(ROW);
        let mut to_raw = vec![0.0; rows];
        to_raw[inputs] = 1.0;
        let part = Part {
            coefficients: vec![0.0; rows * outputs],
            covariance: uncertain(rows),
            slopes: vec![0.0; rows * stride],
        };
        Self {
            inputs,
            outputs,
            stride,
            usual: Usual::new(inputs),
            centre: vec![0.0; inputs],
            deviation: vec![0.0; inputs],
            to_raw,
            parts: vec![part; parts],
            errors: vec![Reach::default(); outputs],
            warm_up: room_for(inputs, outputs),
            waiting: 0,
            standard: vec![0.0; rows],
            gain: vec![0.0; rows],
            error: vec![0.0; outputs],
            is_ready: false,
        }
    }

    /// Writes the predicted change for input `x` to `out`.
    ///
    /// # Panics
    /// If there is no such `part`, or `out` does not have one value per output.
    pub fn predict(&self, part: usize, x: &[f32], out: &mut [f32]) {
        let mut rows = self.parts[part].slopes.chunks_exact(self.stride);
        let constant = rows.next_back().unwrap_or_default();
        out.copy_from_slice(&constant[..self.outputs]);
        for (input, (&x, slopes)) in x.iter().zip(rows).enumerate() {
            let off = self.off_centre(input, x) as f32;
            out.iter_mut().zip(slopes).for_each(|(out, slope)| *out += off * slope);
        }
    }

    /// How many parts there are.
    pub(crate) fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Writes what the rows of [`slopes`](Self::slopes) are to be multiplied by for input `x`.
    pub(crate) fn factors(&self, x: &[f32], out: &mut [f32]) {
        for (input, (out, &x)) in out.iter_mut().zip(x).enumerate() {
            *out = self.off_centre(input, x) as f32;
        }
        out[self.inputs] = 1.0;
    }

    /// How far `x` lies from the centre of its input, as far as that counts.
    #[inline]
    fn off_centre(&self, input: usize, x: f32) -> f64 {
        let most = MOST_DEVIATIONS * self.deviation[input];
        (f64::from(x) - self.centre[input]).clamp(-most, most)
    }

    /// How the change grows with each input, in raw units, and last the change at the centre:
    /// `inputs + 1` rows of `outputs` values, padded to whole vectors.
    pub(crate) fn slopes(&self, part: usize) -> &[f32] {
        &self.parts[part].slopes
    }

    /// Learns that input `x` went with `change`.
    ///
    /// # Panics
    /// If there is no such `part`, or `x` and `change` do not have one value per input and output.
    pub fn update(&mut self, part: usize, x: &[f32], change: &[f32]) {
        let lengths = (x.len(), change.len());
        assert_eq!(lengths, (self.inputs, self.outputs), "one value per input and per output");
        assert!(part < self.parts.len(), "expected one of {} parts, got {part}", self.parts.len());
        self.usual.add(x.iter().map(|&value| f64::from(value)));
        if self.is_ready {
            self.follow_scale();
            self.fit(part, x, change);
            return;
        }
        let example = &mut self.warm_up[self.waiting];
        example.part = part;
        example.x.copy_from_slice(x);
        example.change.copy_from_slice(change);
        self.waiting += 1;
        if self.waiting == KNOWN {
            let Self { usual, warm_up, .. } = self;
            usual.start(|input, sample| f64::from(warm_up[sample].x[input]));
            for (output, errors) in self.errors.iter_mut().enumerate() {
                *errors = first_reach(|sample| f64::from(self.warm_up[sample].change[output]));
            }
            (self.is_ready, self.waiting) = (true, 0);
            self.follow_scale();
            for Example { part, x, change } in std::mem::take(&mut self.warm_up) {
                self.fit(part, &x, &change);
            }
        }
    }

    /// Measures inputs anew whose scale is off by now. What was learned is carried over: exactly, but
    /// where an input moves more than ever; what it did while it hardly moved says little of that, and
    /// stays as it is in deviations.
    fn follow_scale(&mut self) {
        let usual = self.usual.mean().iter().zip(self.usual.variance());
        for (input, (&mean, &variance)) in usual.enumerate() {
            let (centre, deviation) = (self.centre[input], self.deviation[input]);
            let fresh = variance.max((FLOOR_SHARE * mean).powi(2)).sqrt();
            let stretched = fresh / deviation;
            let is_in_scale = (1.0 / STRETCHED..=STRETCHED).contains(&stretched)
                && (mean - centre).abs() <= MOVED * deviation;
            if is_in_scale || variance == 0.0 {
                continue;
            }
            (self.centre[input], self.deviation[input]) = (mean, fresh);
            self.to_raw[input] = 1.0 / fresh;
            for part in &mut self.parts {
                if deviation > 0.0 && stretched < STRETCHED {
                    let moved = (mean - centre) / deviation;
                    part.rescale(self.outputs, input, (stretched, moved));
                } else {
                    part.doubt(input, self.inputs + 1);
                }
                part.write_slopes((self.outputs, self.stride), &self.to_raw);
            }
        }
    }

    /// One step of recursive least squares. An input where it never is teaches nothing: it would count
    /// more than hundreds of usual ones.
    fn fit(&mut self, part: usize, x: &[f32], change: &[f32]) {
        let rows = self.inputs + 1;
        for (input, &x) in x.iter().enumerate() {
            let (off, deviation) = (f64::from(x) - self.centre[input], self.deviation[input]);
            if deviation > 0.0 && off.abs() > MOST_DEVIATIONS * deviation {
                return;
            }
            self.standard[input] = off * self.to_raw[input];
        }
        self.standard[self.inputs] = 1.0;
        let part = &mut self.parts[part];
        // The covariance is symmetric to the bit, so its rows are its columns.
        self.gain.fill(0.0);
        for (row, s) in part.covariance.chunks_exact(rows).zip(&self.standard) {
            add(*s, row, &mut self.gain);
        }
        let spread: f64 = self.gain.iter().zip(&self.standard).map(|(g, s)| g * s).sum();
        if !(0.0..f64::MAX).contains(&spread) {
            // Rounding took its sign: it starts anew.
            part.covariance = uncertain(rows);
            return;
        }
        let share = 1.0 / (KEPT + spread);
        self.error.fill(0.0);
        for (row, s) in part.coefficients.chunks_exact(self.outputs).zip(&self.standard) {
            add(*s, row, &mut self.error);
        }
        for ((known, &came), reach) in self.error.iter_mut().zip(change).zip(&mut self.errors) {
            let error = f64::from(came) - *known;
            *known = error * reach.see(error.abs()) * share;
        }
        part.learn(&self.gain, &self.error, share);
        part.write_slopes((self.outputs, self.stride), &self.to_raw);
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        self.usual.fingerprint(print);
        print.doubles(&self.centre);
        print.doubles(&self.deviation);
        for part in &self.parts {
            print.doubles(&part.coefficients);
            print.doubles(&part.covariance);
        }
        self.errors.iter().for_each(|errors| errors.fingerprint(print));
        for Example { part, x, change } in &self.warm_up[..self.waiting] {
            print.count(*part);
            print.floats(x);
            print.floats(change);
        }
    }
}

impl Part {
    /// Takes a step of `gain` times the errors, which are `share`d already, and forgets a little.
    fn learn(&mut self, gain: &[f64], errors: &[f64], share: f64) {
        let Self { coefficients, covariance, .. } = self;
        for (row, gain) in coefficients.chunks_exact_mut(errors.len()).zip(gain) {
            add(*gain, errors, row);
        }
        let rows = gain.len();
        for (row, own) in covariance.chunks_exact_mut(rows).zip(gain) {
            row.iter_mut()
                .zip(gain)
                .for_each(|(c, other)| *c = (*c - own * other * share) * RENEWED);
        }
        for at in 0..rows {
            let variance = covariance[at * rows + at];
            if variance > MOST_VARIANCE {
                let factor = (MOST_VARIANCE / variance).sqrt();
                (0..rows).for_each(|other| covariance[at * rows + other] *= factor);
                (0..rows).for_each(|other| covariance[other * rows + at] *= factor);
            }
        }
    }

    /// Is as unsure of an input as at first.
    fn doubt(&mut self, input: usize, rows: usize) {
        for other in 0..rows {
            self.covariance[input * rows + other] = 0.0;
            self.covariance[other * rows + input] = 0.0;
        }
        self.covariance[input * rows + input] = MOST_VARIANCE;
    }

    /// Goes over to an input that is measured in deviations `ratio` times as large, from a centre that
    /// `moved` by so many of the old ones. What is predicted stays as it is.
    fn rescale(&mut self, outputs: usize, input: usize, (ratio, moved): (f64, f64)) {
        let Self { coefficients, covariance, .. } = self;
        let rows = coefficients.len() / outputs;
        let last = rows - 1;
        for output in 0..outputs {
            let coefficient = coefficients[input * outputs + output];
            coefficients[last * outputs + output] += moved * coefficient;
            coefficients[input * outputs + output] = ratio * coefficient;
        }
        let mut row = |from: usize, to: usize, by: &dyn Fn(f64, f64) -> f64| {
            for other in 0..rows {
                let (a, b) = (covariance[from * rows + other], covariance[to * rows + other]);
                covariance[to * rows + other] = by(a, b);
            }
            for other in 0..rows {
                let (a, b) = (covariance[other * rows + from], covariance[other * rows + to]);
                covariance[other * rows + to] = by(a, b);
            }
        };
        row(input, last, &|from, to| to + moved * from);
        row(input, input, &|from, _| ratio * from);
    }

    /// Writes the coefficients in raw units.
    fn write_slopes(&mut self, (outputs, stride): (usize, usize), to_raw: &[f64]) {
        let rows = self.coefficients.chunks_exact(outputs).zip(to_raw);
        for ((row, to_raw), raw) in rows.zip(self.slopes.chunks_exact_mut(stride)) {
            raw.iter_mut().zip(row).for_each(|(raw, c)| *raw = (*c * to_raw) as f32);
        }
    }
}

/// A covariance of coefficients of which nothing is known.
fn uncertain(rows: usize) -> Vec<f64> {
    let mut covariance = vec![0.0; rows * rows];
    (0..rows).for_each(|at| covariance[at * rows + at] = MOST_VARIANCE);
    covariance
}

/// Room for the examples that wait for the scale.
fn room_for(inputs: usize, outputs: usize) -> Vec<Example> {
    let room = Example { part: 0, x: vec![0.0; inputs], change: vec![0.0; outputs] };
    vec![room; KNOWN]
}

/// `to += factor * row`
fn add(factor: f64, row: &[f64], to: &mut [f64]) {
    to.iter_mut().zip(row).for_each(|(to, value)| *to += factor * value);
}

image!(Part keeps coefficients covariance slopes; not);

/// What the scale waits for has room for so many and is not as long in every life.
impl Image for LinearPrior {
    fn write(&self, out: &mut Writer<'_>) {
        self.is_ready.write(out);
        self.usual.write(out);
        for values in [&self.centre, &self.deviation, &self.to_raw] {
            values.write(out);
        }
        write_all(&self.parts, out);
        self.errors.write(out);
        self.waiting.write(out);
        for Example { part, x, change } in &self.warm_up[..self.waiting] {
            part.write(out);
            x.write(out);
            change.write(out);
        }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), ImageError> {
        self.is_ready.read(from)?;
        self.usual.read(from)?;
        for values in [&mut self.centre, &mut self.deviation, &mut self.to_raw] {
            values.read(from)?;
        }
        from.check(|| self.deviation.iter().all(|&d| d >= 0.0), "deviations from zero on")?;
        read_all(&mut self.parts, from)?;
        self.errors.read(from)?;
        self.waiting = from.one()?;
        from.check(|| self.waiting < KNOWN, "a prior that has a scale by now")?;
        from.check(|| self.waiting == 0 || !self.is_ready, "a scale, or examples that wait")?;
        self.warm_up = if self.is_ready { Vec::new() } else { room_for(self.inputs, self.outputs) };
        for example in &mut self.warm_up[..self.waiting] {
            example.part = from.one()?;
            from.check(|| example.part < self.parts.len(), "a part that there is")?;
            example.x.read(from)?;
            example.change.read(from)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
