//! How well outcomes were predicted.

/// Gathers the errors of predicted outcomes.
///
/// The figure is the normalised root mean square error: per sensor, the error's root mean square
/// over the standard deviation of the sensor's true change in the same cycles; then the average
/// over the sensors that changed at all. 0 is perfect; 1 is about as good as predicting that every
/// sensor keeps its value.
#[derive(Clone, Debug)]
pub struct Accuracy {
    sensors: Vec<Moments>,
    cycles: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    squared_error: f64,
    mean_change: f64,
    squared_deviation: f64,
}

impl Accuracy {
    /// For observations of `sensors` values; nothing gathered yet.
    pub fn new(sensors: usize) -> Self {
        Self { sensors: vec![Moments::default(); sensors], cycles: 0 }
    }

    /// Adds one cycle: what was sensed, what was predicted to follow, and what followed.
    pub fn add(&mut self, observation: &[f32], predicted: &[f32], outcome: &[f32]) {
        self.cycles += 1;
        let count = self.cycles as f64;
        let values = observation.iter().zip(predicted).zip(outcome);
        for (moments, ((&before, &expected), &after)) in self.sensors.iter_mut().zip(values) {
            let (before, expected, after) =
                (f64::from(before), f64::from(expected), f64::from(after));
            moments.squared_error += (expected - after).powi(2);
            let deviation = after - before - moments.mean_change;
            moments.mean_change += deviation / count;
            moments.squared_deviation += deviation * (after - before - moments.mean_change);
        }
    }

    /// Cycles gathered.
    pub fn cycles(&self) -> u64 {
        self.cycles
    }

    /// The normalised error; 0 if no sensor ever changed differently from its mean change.
    pub fn nrmse(&self) -> f64 {
        self.nrmse_against(self)
    }

    /// The normalised error, with the deviations of the changes that `other` gathered: for too few
    /// cycles to have deviations of their own.
    pub fn nrmse_against(&self, other: &Self) -> f64 {
        let cycles = other.cycles as f64 / self.cycles.max(1) as f64;
        let pairs = self.sensors.iter().zip(&other.sensors);
        let varied = pairs.filter(|(_, other)| other.squared_deviation > 0.0);
        let (sum, count) = varied.fold((0.0, 0_u32), |(sum, count), (mine, other)| {
            (sum + (cycles * mine.squared_error / other.squared_deviation).sqrt(), count + 1)
        });
        if count == 0 { 0.0 } else { sum / f64::from(count) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_definition_worked_out_by_hand() {
        let mut accuracy = Accuracy::new(2);
        // Sensor 0 changes by 1, 3, 5 (deviation sqrt(8/3)), its errors are 1, 0, 2 (root mean
        // square sqrt(5/3)). Sensor 1 never changes and does not count.
        accuracy.add(&[0.0, 7.0], &[2.0, 9.0], &[1.0, 7.0]);
        accuracy.add(&[0.0, 7.0], &[3.0, 7.0], &[3.0, 7.0]);
        accuracy.add(&[1.0, 7.0], &[4.0, 7.0], &[6.0, 7.0]);
        assert!((accuracy.nrmse() - (5.0_f64 / 8.0).sqrt()).abs() < 1e-12, "{}", accuracy.nrmse());
        assert_eq!(accuracy.cycles(), 3);
    }

    #[test]
    fn a_few_cycles_are_measured_by_the_deviations_of_many() {
        let (mut few, mut many) = (Accuracy::new(1), Accuracy::new(1));
        few.add(&[0.0], &[1.0], &[3.0]);
        [0.0, 4.0, 0.0, 4.0].iter().for_each(|&change| many.add(&[1.0], &[1.0], &[1.0 + change]));
        // An error of 2 where changes deviate by 2.
        assert!((few.nrmse_against(&many) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn expecting_no_change_gives_one_where_changes_have_no_trend() {
        let mut accuracy = Accuracy::new(1);
        for change in [1.0, -1.0, 2.0, -2.0] {
            accuracy.add(&[5.0], &[5.0], &[5.0 + change]);
        }
        assert!((accuracy.nrmse() - 1.0).abs() < 1e-12);
    }
}
