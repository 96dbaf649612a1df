//! How well outcomes were predicted.

/// Errors are divided by the usual change, but at least by this share of a sensor's range: about what
/// single precision resolves of it.
const LEAST_SHARE: f64 = 1e-6;

/// Gathers the errors of predicted outcomes.
///
/// The figure is the normalised root mean square error: per sensor, the error's root mean square
/// over that of the sensor's true change, and at least a millionth of its range; then the average
/// over the sensors that changed at all. 0 is perfect; 1 is as good as predicting that every sensor
/// keeps its value.
#[derive(Clone, Debug)]
pub struct Accuracy {
    sensors: Vec<Sums>,
    cycles: u64,
}

#[derive(Clone, Copy, Debug)]
struct Sums {
    squared_error: f64,
    squared_change: f64,
    low: f64,
    high: f64,
}

impl Sums {
    const NONE: Self =
        Self { squared_error: 0.0, squared_change: 0.0, low: f64::MAX, high: f64::MIN };

    /// In what errors are measured; 0 for a sensor that never changed.
    fn unit(&self, cycles: u64) -> f64 {
        let change = (self.squared_change / cycles.max(1) as f64).sqrt();
        if change > 0.0 { change.max(LEAST_SHARE * (self.high - self.low)) } else { 0.0 }
    }
}

impl Accuracy {
    /// For observations of `sensors` values; nothing gathered yet.
    pub fn new(sensors: usize) -> Self {
        Self { sensors: vec![Sums::NONE; sensors], cycles: 0 }
    }

    /// Adds one cycle: what was sensed, what was predicted to follow, and what followed.
    pub fn add(&mut self, observation: &[f32], predicted: &[f32], outcome: &[f32]) {
        self.cycles += 1;
        let values = observation.iter().zip(predicted).zip(outcome);
        for (sums, ((&before, &expected), &after)) in self.sensors.iter_mut().zip(values) {
            let [before, expected, after] = [before, expected, after].map(f64::from);
            sums.squared_error += (expected - after).powi(2);
            sums.squared_change += (after - before).powi(2);
            (sums.low, sums.high) =
                (sums.low.min(before).min(after), sums.high.max(before).max(after));
        }
    }

    /// Cycles gathered.
    pub fn cycles(&self) -> u64 {
        self.cycles
    }

    /// The normalised error; 0 if no sensor ever changed.
    pub fn nrmse(&self) -> f64 {
        self.nrmse_against(self)
    }

    /// The normalised error in units of the changes that `other` gathered: for a stretch of a life
    /// in which a sensor may hardly move.
    pub fn nrmse_against(&self, other: &Self) -> f64 {
        let cycles = self.cycles.max(1) as f64;
        let units = self.sensors.iter().zip(other.sensors.iter().map(|o| o.unit(other.cycles)));
        let moved = units.filter(|(_, unit)| *unit > 0.0);
        let (sum, count) = moved.fold((0.0, 0_u32), |(sum, count), (mine, unit)| {
            (sum + (mine.squared_error / cycles).sqrt() / unit, count + 1)
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
        // Sensor 0 changes by 1, 3, 5 (root mean square sqrt(35/3)), its errors are 1, 0, 2 (root
        // mean square sqrt(5/3)). Sensor 1 never changes and does not count.
        accuracy.add(&[0.0, 7.0], &[2.0, 9.0], &[1.0, 7.0]);
        accuracy.add(&[0.0, 7.0], &[3.0, 7.0], &[3.0, 7.0]);
        accuracy.add(&[1.0, 7.0], &[4.0, 7.0], &[6.0, 7.0]);
        assert!((accuracy.nrmse() - (5.0_f64 / 35.0).sqrt()).abs() < 1e-12, "{}", accuracy.nrmse());
        assert_eq!(accuracy.cycles(), 3);
    }

    #[test]
    fn a_few_cycles_are_measured_by_the_changes_of_many() {
        let (mut few, mut many) = (Accuracy::new(1), Accuracy::new(1));
        few.add(&[0.0], &[1.0], &[3.0]);
        [2.0, -2.0, 2.0, -2.0].iter().for_each(|&change| many.add(&[1.0], &[1.0], &[1.0 + change]));
        // An error of 2 where changes are 2.
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
