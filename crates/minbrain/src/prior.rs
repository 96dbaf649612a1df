//! The global trend: an online linear model of what changes, by recursive least squares.
//!
//! Local models (`regression`) predict what is left over. See Plackett, "Some theorems in least
//! squares" (1950), for the recursion.

use minbrain_kernels::ROW;

use crate::fingerprint::Fingerprint;
use crate::image::{Image, ImageError, Reader, Writer, image, read_all, write_all};
use crate::limits::PRIOR_WARM_UP;

/// How uncertain the coefficients are at the start, in standardised units: a ridge as strong as ten
/// examples. Hardly any ridge (100, say) makes a young brain worse than "nothing changes": with about
/// as many examples as inputs, least squares fits the noise.
const START_VARIANCE: f64 = 0.1;
/// Least deviation of an input, as a share of its magnitude.
const FLOOR_SHARE: f64 = 1e-6;
/// Least deviation of an input: keeps slopes in raw units finite.
const FLOOR: f64 = 1e-9;
/// Most deviations that an input counts for. A sensor that only trembled while the scale was fixed
/// may later move by any number of deviations; beyond this one, rounding makes the covariance lose
/// its sign and the model would never recover.
const MOST_DEVIATIONS: f64 = 1e5;

/// `change = W (x, 1)`, one `W` for each part (each discrete action), learned from single examples.
///
/// The first 32 examples, over all parts, fix the centre and the deviation by which inputs are
/// standardised from then on; until then it predicts that nothing changes. Cost of an update:
/// `2 inputs^2 + 3 inputs x outputs` multiplications.
#[derive(Clone, Debug)]
pub struct LinearPrior {
    inputs: usize,
    outputs: usize,
    /// Outputs, padded to whole vectors of the processor.
    stride: usize,
    centre: Vec<f64>,
    deviation: Vec<f64>,
    /// Factor from standardised to raw units, for each input and the constant.
    to_raw: Vec<f64>,
    parts: Vec<Part>,
    /// Room for the first examples, and how many of them came; no room once the scale is fixed.
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
        let mut covariance = vec![0.0; rows * rows];
        (0..rows).for_each(|at| covariance[at * rows + at] = START_VARIANCE);
        let part = Part {
            coefficients: vec![0.0; rows * outputs],
            covariance,
            slopes: vec![0.0; rows * stride],
        };
        Self {
            inputs,
            outputs,
            stride,
            centre: vec![0.0; inputs],
            deviation: vec![1.0; inputs],
            to_raw: vec![1.0; rows],
            parts: vec![part; parts],
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
        if self.is_ready {
            self.fit(part, x, change);
            return;
        }
        let example = &mut self.warm_up[self.waiting];
        example.part = part;
        example.x.copy_from_slice(x);
        example.change.copy_from_slice(change);
        self.waiting += 1;
        if self.waiting == PRIOR_WARM_UP {
            self.fix_scale();
            (self.is_ready, self.waiting) = (true, 0);
            for Example { part, x, change } in std::mem::take(&mut self.warm_up) {
                self.fit(part, &x, &change);
            }
        }
    }

    fn fix_scale(&mut self) {
        let n = self.warm_up.len() as f64;
        for input in 0..self.inputs {
            let values = || self.warm_up.iter().map(|example| f64::from(example.x[input]));
            let mean = values().sum::<f64>() / n;
            let variance = values().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
            let largest = values().map(f64::abs).fold(0.0, f64::max);
            self.centre[input] = mean;
            // A sensor that stood still so far has no scale yet: its magnitude stands in.
            let has_moved = variance.sqrt() > (FLOOR_SHARE * largest).max(FLOOR);
            self.deviation[input] = if has_moved { variance.sqrt() } else { largest.max(1.0) };
            self.to_raw[input] = 1.0 / self.deviation[input];
        }
    }

    /// One step of recursive least squares.
    fn fit(&mut self, part: usize, x: &[f32], change: &[f32]) {
        let rows = self.inputs + 1;
        for (input, &x) in x.iter().enumerate() {
            self.standard[input] = self.off_centre(input, x) * self.to_raw[input];
        }
        self.standard[self.inputs] = 1.0;
        let Part { coefficients, covariance, slopes } = &mut self.parts[part];
        // The covariance is symmetric to the bit, so its rows are its columns.
        self.gain.fill(0.0);
        for (row, s) in covariance.chunks_exact(rows).zip(&self.standard) {
            add(*s, row, &mut self.gain);
        }
        let spread: f64 = self.gain.iter().zip(&self.standard).map(|(g, s)| g * s).sum();
        let share = 1.0 / (1.0 + spread);
        self.error.fill(0.0);
        for (row, s) in coefficients.chunks_exact(self.outputs).zip(&self.standard) {
            add(*s, row, &mut self.error);
        }
        for (known, &came) in self.error.iter_mut().zip(change) {
            *known = (f64::from(came) - *known) * share;
        }
        for (row, &gain) in covariance.chunks_exact_mut(rows).zip(&self.gain) {
            row.iter_mut().zip(&self.gain).for_each(|(c, other)| *c -= gain * other * share);
        }
        let rows = coefficients.chunks_exact_mut(self.outputs).zip(&self.gain);
        let raw = slopes.chunks_exact_mut(self.stride).zip(&self.to_raw);
        for ((row, gain), (raw, to_raw)) in rows.zip(raw) {
            add(*gain, &self.error, row);
            raw.iter_mut().zip(row).for_each(|(raw, c)| *raw = (*c * to_raw) as f32);
        }
    }

    pub(crate) fn fingerprint(&self, print: &mut Fingerprint) {
        print.doubles(&self.centre);
        for part in &self.parts {
            print.doubles(&part.coefficients);
            print.doubles(&part.covariance);
        }
        for Example { part, x, change } in &self.warm_up[..self.waiting] {
            print.count(*part);
            print.floats(x);
            print.floats(change);
        }
    }
}

/// Room for the examples that wait for the scale.
fn room_for(inputs: usize, outputs: usize) -> Vec<Example> {
    let room = Example { part: 0, x: vec![0.0; inputs], change: vec![0.0; outputs] };
    vec![room; PRIOR_WARM_UP]
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
        for values in [&self.centre, &self.deviation, &self.to_raw] {
            values.write(out);
        }
        write_all(&self.parts, out);
        self.waiting.write(out);
        for Example { part, x, change } in &self.warm_up[..self.waiting] {
            part.write(out);
            x.write(out);
            change.write(out);
        }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), ImageError> {
        self.is_ready.read(from)?;
        for values in [&mut self.centre, &mut self.deviation, &mut self.to_raw] {
            values.read(from)?;
        }
        from.check(|| self.deviation.iter().all(|&d| d > 0.0), "deviations above zero")?;
        read_all(&mut self.parts, from)?;
        self.waiting = from.one()?;
        from.check(|| self.waiting < PRIOR_WARM_UP, "a prior that has a scale by now")?;
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
