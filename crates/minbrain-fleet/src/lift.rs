//! Observations as directions.
//!
//! A vector set compares directions, by the cosine; experiences are compared by distance. So each
//! observation is scaled by the schema's deviations and put onto a sphere of one dimension more, by the
//! inverse of stereographic projection: what lies near in the flat lies near on the sphere. For one
//! question the order on the sphere is that of distance, but for a factor that changes slowly with
//! how far out an experience lies; a few candidates more, and their exact distances, set that right.

/// Most deviations that a sensor counts for: a sensor gone mad shall not move everything to the pole.
const MOST_DEVIATIONS: f32 = 8.0;
/// The square of the sphere's radius, for each sensor, in squared deviations. Larger, and all lie
/// near one pole, which costs precision where vectors are kept in a byte per value; smaller, and
/// distances are distorted more.
const RADIUS_SQUARED: f32 = 4.0;

/// Centre and deviation of each sensor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale {
    pub(crate) centre: Vec<f32>,
    pub(crate) deviation: Vec<f32>,
}

impl Scale {
    /// The scale of some observations, of which there is at least one. A few wrong readings among
    /// them hardly count: a value counts as if it lay four times as far from the median as seven of
    /// eight do, at most.
    pub(crate) fn of<'a>(
        observations: impl Iterator<Item = &'a [f32]> + Clone,
        sensors: usize,
    ) -> Self {
        let each = (0..sensors).map(|sensor| {
            let values = observations.clone().map(|observation| f64::from(observation[sensor]));
            robust(values.collect())
        });
        let (centre, deviation) = each.unzip();
        Self { centre, deviation }
    }

    /// Dimensions of a direction.
    pub(crate) fn dims(&self) -> usize {
        self.centre.len() + 1
    }

    /// The direction of an observation, of length 1.
    pub(crate) fn lift(&self, observation: &[f32], out: &mut Vec<f32>) {
        out.clear();
        let scaled = observation.iter().zip(&self.centre).zip(&self.deviation);
        out.extend(scaled.map(|((x, centre), deviation)| {
            ((x - centre) / deviation).clamp(-MOST_DEVIATIONS, MOST_DEVIATIONS)
        }));
        let square: f32 = out.iter().map(|x| x * x).sum();
        let radius_square = RADIUS_SQUARED * out.len() as f32;
        let (sum, radius) = (square + radius_square, radius_square.sqrt());
        out.iter_mut().for_each(|x| *x *= 2.0 * radius / sum);
        out.push((square - radius_square) / sum);
    }

    /// The squared distance of two observations, in deviations.
    pub(crate) fn distance(&self, a: &[f32], b: &[f32]) -> f32 {
        let pairs = a.iter().zip(b).zip(&self.deviation);
        pairs.map(|((a, b), deviation)| ((a - b) / deviation).powi(2)).sum()
    }
}

/// A value counts as if it lay so many times as far from the median as most others do, at most.
const MOST_REACHES: f64 = 4.0;

/// Mean and deviation of the values of one sensor, of which a few may be wrong.
fn robust(mut values: Vec<f64>) -> (f32, f32) {
    values.sort_by(f64::total_cmp);
    let median = values[values.len() / 2];
    let mut off: Vec<f64> = values.iter().map(|value| (value - median).abs()).collect();
    off.sort_by(f64::total_cmp);
    let reach = off[off.len() - 1 - off.len() / 8];
    let most = MOST_REACHES * reach;
    let counted = || values.iter().map(|value| value.clamp(median - most, median + most));
    let count = values.len() as f64;
    let mean = counted().sum::<f64>() / count;
    let deviation = (counted().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    // What did not move yet has its magnitude for a scale, in its own unit.
    let scale = [deviation, mean.abs()].into_iter().find(|scale| *scale > 0.0).unwrap_or(1.0);
    (mean as f32, (scale as f32).max(f32::MIN_POSITIVE))
}

#[cfg(test)]
mod tests {
    use super::Scale;

    fn places(count: usize, sensors: usize) -> Vec<Vec<f32>> {
        let mut state = 7_u64;
        let mut unit = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1_u64 << 24) as f32
        };
        let sensor = |unit: &mut dyn FnMut() -> f32, at: usize| {
            (at as f32 + 1.0) * ((0..6).map(|_| unit()).sum::<f32>() - 3.0)
        };
        (0..count).map(|_| (0..sensors).map(|at| sensor(&mut unit, at)).collect()).collect()
    }

    #[test]
    fn directions_have_length_one_however_wild_the_observation() {
        let places = places(100, 5);
        let scale = Scale::of(places.iter().map(Vec::as_slice), 5);
        let mut direction = Vec::new();
        for place in places.iter().chain([&vec![1e15; 5], &vec![-1e15; 5]]) {
            scale.lift(place, &mut direction);
            let length: f32 = direction.iter().map(|x| x * x).sum();
            assert!((length - 1.0).abs() < 1e-5, "{length}");
            assert_eq!(direction.len(), scale.dims());
        }
    }

    #[test]
    fn a_few_wrong_readings_and_a_dead_sensor_hardly_count() {
        let right = places(400, 3);
        let clean = Scale::of(right.iter().map(Vec::as_slice), 3);
        let mut wrong = right;
        for (at, place) in wrong.iter_mut().enumerate() {
            place[0] = if at % 50 == 0 { 65535.0 } else { place[0] };
            place[2] = 7.0;
        }
        let scale = Scale::of(wrong.iter().map(Vec::as_slice), 3);
        assert!((scale.centre[0] - clean.centre[0]).abs() < 0.2 * clean.deviation[0]);
        assert!(scale.deviation[0] < 1.6 * clean.deviation[0], "{:?}", scale.deviation);
        assert_eq!(scale.deviation[1], clean.deviation[1]);
        assert_eq!(scale.deviation[2], 7.0, "it never moved");
    }

    #[test]
    fn the_nearest_by_distance_are_among_four_times_as_many_by_cosine() {
        let places = places(2_000, 16);
        let scale = Scale::of(places.iter().map(Vec::as_slice), 16);
        let lifted: Vec<Vec<f32>> = places
            .iter()
            .map(|place| {
                let mut out = Vec::new();
                scale.lift(place, &mut out);
                out
            })
            .collect();
        let (mut found, mut sought) = (0, 0);
        for query in (0..2_000).step_by(40) {
            let mut near: Vec<usize> = (0..2_000).collect();
            near.sort_by(|&a, &b| {
                let distance = |at: usize| scale.distance(&places[at], &places[query]);
                distance(a).total_cmp(&distance(b))
            });
            let mut alike: Vec<usize> = (0..2_000).collect();
            alike.sort_by(|&a, &b| {
                let cosine = |at: usize| -> f32 {
                    lifted[at].iter().zip(&lifted[query]).map(|(a, b)| a * b).sum()
                };
                cosine(b).total_cmp(&cosine(a))
            });
            sought += 16;
            found += near[..16].iter().filter(|at| alike[..64].contains(at)).count();
        }
        assert!(found as f64 / f64::from(sought) > 0.99, "{found} of {sought}");
    }

    #[test]
    fn a_sensor_that_never_moved_has_a_deviation() {
        let still = [vec![1.0, 5.0], vec![2.0, 5.0]];
        let scale = Scale::of(still.iter().map(Vec::as_slice), 2);
        assert!(scale.deviation.iter().all(|d| *d > 0.0 && d.is_finite()));
        let none = [vec![3.0]];
        let scale = Scale::of(none.iter().map(Vec::as_slice), 1);
        assert_eq!(scale.deviation, [3.0], "its magnitude, in its own unit");
        let nothing = [vec![0.0]];
        assert_eq!(Scale::of(nothing.iter().map(Vec::as_slice), 1).deviation, [1.0]);
    }
}
