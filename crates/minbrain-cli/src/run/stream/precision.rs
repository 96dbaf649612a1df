//! Sensors whose values are so large for their changes that single precision rounds those off: the
//! odometry of a robot that has come a million metres.

/// Single precision must resolve this share of the usual change.
const LEAST_RESOLVED: f64 = 0.1;

/// What is seen of one sensor in double precision.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    largest: f64,
    last: Option<f64>,
    steps: f64,
    squares: f64,
}

/// All sensors of a recording, one after the other.
#[derive(Debug, Default)]
pub(super) struct Precision {
    seen: Vec<Seen>,
}

impl Precision {
    /// Takes one more value of a sensor.
    pub(super) fn see(&mut self, sensor: usize, value: f64) {
        if self.seen.len() <= sensor {
            self.seen.resize(sensor + 1, Seen::default());
        }
        let seen = &mut self.seen[sensor];
        seen.largest = seen.largest.max(value.abs());
        if let Some(last) = seen.last.replace(value) {
            seen.steps += 1.0;
            seen.squares += (value - last).powi(2);
        }
    }

    /// Which sensors lose their steps.
    pub(super) fn too_coarse(&self) -> Vec<usize> {
        let is_coarse = |seen: &Seen| {
            let usual = (seen.squares / seen.steps.max(1.0)).sqrt();
            let resolved = seen.largest * f64::from(f32::EPSILON);
            usual > 0.0 && resolved > LEAST_RESOLVED * usual
        };
        (0..self.seen.len()).filter(|&sensor| is_coarse(&self.seen[sensor])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_that_single_precision_loses_are_found() {
        let mut precision = Precision::default();
        for at in 0..100_u32 {
            let walk = f64::from(at) * 0.01;
            precision.see(0, 1e6 + walk);
            precision.see(1, 100.0 + walk);
            precision.see(2, 1e9);
            precision.see(3, 1e6 + 1e3 * walk);
        }
        assert_eq!(precision.too_coarse(), [0]);
        assert_eq!(Precision::default().too_coarse(), Vec::<usize>::new());
    }
}
