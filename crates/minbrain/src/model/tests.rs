//! Whole predictions against the formulas, worked out again in double precision.

use minbrain_kernels::TopK;

use super::Model;
use crate::action::ActionSpace;
use crate::budget::Budget;
use crate::columns::Facts;
use crate::config::Config;
use crate::decision::Prediction;
use crate::experience::Origin;
use crate::experiences::Experiences;
use crate::metric::Metric;
use crate::seed::Random;

/// An experience as the oracle sees it.
#[derive(Clone, Debug)]
struct Lived {
    key: Vec<f32>,
    part: usize,
    outcome: Vec<f32>,
    reward: f32,
    ended: bool,
}

struct World {
    config: Config,
    known: Experiences,
    lived: Vec<Lived>,
}

fn signed(random: &mut Random) -> f32 {
    2.0 * random.unit() - 1.0
}

impl World {
    /// `count` experiences of a world that is nonlinear, noisy, and rewards and ends by place.
    fn new(config: Config, count: usize, random: &mut Random) -> Self {
        let config = Config { budget: Budget::Experiences(2_000), ..config };
        let known = Experiences::new(&config).unwrap();
        let mut world = Self { config, known, lived: Vec::new() };
        (0..count).for_each(|_| world.live(random));
        world
    }

    fn key(&self, random: &mut Random) -> Vec<f32> {
        let sizes = [1.0, 50.0, 0.02, 3.0].into_iter().cycle();
        let sensed = sizes.take(self.config.sensors).map(|size| size * (1.0 + signed(random)));
        let acted = (0..self.config.actions.dims()).map(|_| 0.5);
        let mut key: Vec<f32> = sensed.chain(acted).collect();
        key[self.config.sensors..].iter_mut().for_each(|a| *a = signed(random));
        key
    }

    fn live(&mut self, random: &mut Random) {
        let key = self.key(random);
        let part = random.below(self.config.actions.parts());
        let push = key[self.config.sensors..].iter().sum::<f32>() + part as f32;
        let outcome: Vec<f32> = key[..self.config.sensors]
            .iter()
            .map(|&x| x + 0.3 * (2.0 * x).sin() * (1.0 + push) + 0.01 * signed(random))
            .collect();
        let reward = 10.0 * key[0] + push;
        self.store(Lived { key, part, outcome, reward, ended: push > 1.2 });
    }

    fn store(&mut self, lived: Lived) {
        let Lived { key, part, outcome, reward, ended } = &lived;
        self.known.scale.add(key, outcome, *reward);
        let change: Vec<f32> = outcome.iter().zip(key).map(|(o, k)| o - k).collect();
        self.known.prior.update(*part, key, &change);
        let facts = Facts {
            outcome,
            part: *part,
            reward: *reward,
            ended: *ended,
            time_us: 0,
            surprise: 0.0,
            confidence: 1.0,
            origin: Origin::Own,
        };
        self.known.insert(key, facts);
        self.lived.push(lived);
    }

    fn predict(&self, part: usize, key: &[f32]) -> (Prediction, TopK) {
        let mut found = TopK::with_capacity(256);
        found.reset(self.config.model_neighbours());
        let (probe, among) = self.known.probe(part, key);
        self.known.space.nearest(probe, among, &mut found);
        let sensors = self.config.sensors;
        let zeros = || vec![f32::NAN; sensors];
        let mut prediction =
            Prediction { outcome: zeros(), expected_error: zeros(), ..Prediction::default() };
        let mut model = Model::new(self.known.kernel, sensors, self.config.key_dims());
        model.predict(&self.known, (part, key), &found, &mut prediction);
        (prediction, found)
    }

    /// The trend by the linear prior, in its own arithmetic: it has an oracle of its own.
    fn trend(&self, part: usize, key: &[f32]) -> Vec<f64> {
        let mut trend = vec![0.0; self.config.sensors];
        self.known.prior.predict(part, key, &mut trend);
        trend.into_iter().map(f64::from).collect()
    }

    /// Weights and kernel of the neighbours, as in the tests of the regression but from the formula
    /// for a whole prediction: `h^2 = 1.2 d_K^2`, ridge 0.001 of the kernel's sum on the slopes.
    fn weigh(&self, key: &[f32], near: &[&Lived], distances: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let scale = self.known.scale.weights();
        let offs = |other: &Lived| -> Vec<f64> {
            let each = other.key.iter().zip(key).zip(scale);
            each.map(|((&o, &k), &w)| f64::from(w).sqrt() * (f64::from(o) - f64::from(k))).collect()
        };
        let squared = |other: &&Lived| offs(other).iter().map(|x| x * x).sum::<f64>();
        let h = (1.2 * near.iter().map(squared).fold(0.0, f64::max)).sqrt();
        let reach = 1.2 * distances.iter().copied().fold(0.0, f64::max);
        let share = |d: f64| if reach > 0.0 { 1.0 - d / reach } else { 1.0 };
        let kernel: Vec<f64> = distances.iter().map(|&d| share(d).powi(2) + 1e-4).collect();
        let sum: f64 = kernel.iter().sum();
        if near.len() < 2 {
            return (vec![1.0], kernel);
        }
        let n = key.len() + 1;
        let row = |other: &Lived| -> Vec<f64> {
            let scaled = offs(other).into_iter().map(|x| if h > 0.0 { x / h } else { 0.0 });
            scaled.chain([1.0]).collect()
        };
        let rows: Vec<Vec<f64>> = near.iter().map(|other| row(other)).collect();
        let mut table = vec![vec![0.0; n + 1]; n];
        table[n - 1][n] = 1.0;
        for (row, k) in rows.iter().zip(&kernel) {
            for (at, line) in table.iter_mut().enumerate() {
                (0..n).for_each(|j| line[j] += k * row[at] * row[j]);
            }
        }
        (0..n - 1).for_each(|at| table[at][at] += 1e-3 * sum);
        for at in 0..n {
            let own = table[at].clone();
            for (other, line) in table.iter_mut().enumerate() {
                let factor = if other == at { 1.0 - 1.0 / own[at] } else { line[at] / own[at] };
                line.iter_mut().zip(&own).for_each(|(entry, own)| *entry -= factor * own);
            }
        }
        let along = |row: &[f64]| row.iter().zip(&table).map(|(x, line)| x * line[n]).sum::<f64>();
        (rows.iter().zip(&kernel).map(|(row, k)| k * along(row)).collect(), kernel)
    }

    /// Holds a prediction against the formulas.
    fn check(&self, part: usize, key: &[f32]) {
        let (got, found) = self.predict(part, key);
        let near: Vec<&Lived> = found.iter().map(|f| &self.lived[f.slot as usize]).collect();
        let distances: Vec<f64> = found.iter().map(|f| f64::from(f.distance)).collect();
        assert_eq!(got.neighbours, near.len());
        let trend = self.trend(part, key);
        let (weights, kernel) = self.weigh(key, &near, &distances);
        for at in 0..self.config.sensors {
            let slopes = self.known.prior.slopes(part);
            let stride = self.config.sensors.next_multiple_of(16);
            let residual = |other: &&Lived| {
                let change = f64::from(other.outcome[at]) - f64::from(other.key[at]);
                let along = (0..key.len()).map(|d| {
                    let off = f64::from(other.key[d]) - f64::from(key[d]);
                    f64::from(slopes[d * stride + at]) * off
                });
                change - trend[at] - along.sum::<f64>()
            };
            let residuals: Vec<f64> = near.iter().map(residual).collect();
            let line = clamped(&weights, &residuals, 0.5);
            let sum: f64 = kernel.iter().sum();
            let mean = residuals.iter().zip(&kernel).map(|(r, k)| r * k).sum::<f64>() / sum;
            let shares = self.known.blend.shares()[at];
            let estimate = f64::from(shares.first) * line + f64::from(shares.second) * mean;
            let usual = f64::from(self.known.scale.change()[at]);
            // No change beyond those around here, and those that are usual.
            let most = f64::from(self.known.scale.most_change()[at]);
            let changes = || near.iter().map(|n| f64::from(n.outcome[at]) - f64::from(n.key[at]));
            let (least, most) = (changes().fold(-most, f64::min), changes().fold(most, f64::max));
            let expected = f64::from(key[at]) + (trend[at] + estimate).max(least).min(most);
            let off = (f64::from(got.outcome[at]) - expected).abs();
            assert!(off < 5e-3 * usual + 1e-6 * expected.abs(), "{got:?}: {expected} at {at}");
            let squares = residuals.iter().zip(&kernel).map(|(r, k)| k * (r - estimate).powi(2));
            let spread = (squares.sum::<f64>() / sum).sqrt();
            let error = if near.len() < 2 { usual } else { spread };
            let off = (f64::from(got.expected_error[at]) - error).abs();
            assert!(off < 5e-3 * error + 2e-3 * usual, "{got:?}: {error} at {at}");
        }
        let rewards: Vec<f64> = near.iter().map(|l| f64::from(l.reward)).collect();
        let reward = clamped(&weights, &rewards, 0.25);
        assert!((f64::from(got.reward) - reward).abs() < 0.02, "{got:?}: {reward}");
        let endings: Vec<f64> = near.iter().map(|l| f64::from(u8::from(l.ended))).collect();
        let ended = clamped(&weights, &endings, 0.0);
        assert!((f64::from(got.ended) - ended).abs() < 2e-3, "{got:?}: {ended}");
    }
}

/// The weighted sum, within the values' range widened by `margin` of it on either side.
fn clamped(weights: &[f64], values: &[f64], margin: f64) -> f64 {
    let low = values.iter().copied().fold(f64::MAX, f64::min);
    let high = values.iter().copied().fold(f64::MIN, f64::max);
    let slack = margin * (high - low);
    let sum: f64 = weights.iter().zip(values).map(|(w, v)| w * v).sum();
    sum.clamp(low - slack, high + slack)
}

fn configs() -> Vec<Config> {
    let with = |sensors, actions| Config { sensors, actions, ..Config::default() };
    vec![
        with(1, ActionSpace::discrete(1)),
        with(4, ActionSpace::discrete(3)),
        with(4, ActionSpace::continuous([(-1.0, 1.0), (-1.0, 1.0)])),
        with(12, ActionSpace::discrete(2)),
    ]
}

#[test]
fn predictions_are_those_of_the_formulas() {
    for config in configs() {
        for count in [1, 2, 3, 20, 31, 40, 200, 1_000] {
            let mut random = Random::new(count as u64);
            let world = World::new(config.clone(), count, &mut random);
            let asked = (0..20).map(|_| world.key(&mut random)).collect::<Vec<_>>();
            for (at, key) in asked.iter().chain(world.lived.iter().map(|l| &l.key)).enumerate() {
                let part = at % config.actions.parts();
                if at < 60 && world.lived.iter().any(|l| l.part == part) {
                    world.check(part, key);
                }
            }
        }
    }
}

/// Where the line was wrong before, the neighbours' mean has a say.
#[test]
fn lines_and_means_are_blended_by_their_shares() {
    let mut random = Random::new(9);
    for config in configs() {
        let mut world = World::new(config, 300, &mut random);
        for sensor in 0..world.config.sensors {
            (0..50).for_each(|_| {
                let truth = signed(&mut random);
                world.known.blend.learn(sensor, [3.0 * signed(&mut random), truth], truth);
            });
        }
        (0..50).for_each(|_| world.known.blend.finish());
        let shares = world.known.blend.shares();
        assert!(shares.iter().all(|s| s.second > 0.1 && s.first > 0.0), "{shares:?}");
        for _ in 0..20 {
            let key = world.key(&mut random);
            world.check(0, &key);
        }
    }
}

/// Far from everything known, clamps decide.
#[test]
fn far_away_the_clamps_hold() {
    let mut random = Random::new(8);
    for config in configs() {
        let world = World::new(config, 300, &mut random);
        for factor in [-3.0, 4.0, 30.0] {
            let key: Vec<f32> = world.key(&mut random).iter().map(|x| x * factor).collect();
            world.check(0, &key);
        }
    }
}

#[test]
fn without_neighbours_the_trend_speaks_alone() {
    let config = Config { sensors: 3, actions: ActionSpace::discrete(2), ..Config::default() };
    let world = World::new(config, 0, &mut Random::new(1));
    let (prediction, _) = world.predict(0, &[1.0, -2.0, 0.5]);
    assert_eq!(prediction.outcome, [1.0, -2.0, 0.5]);
    assert_eq!((prediction.reward, prediction.ended, prediction.neighbours), (0.0, 0.0, 0));
    assert_eq!(prediction.expected_error, world.known.scale.change());
}

#[test]
fn copies_of_one_experience_are_repeated() {
    let config = Config { sensors: 2, actions: ActionSpace::discrete(1), ..Config::default() };
    let mut world = World::new(config, 0, &mut Random::new(1));
    for _ in 0..40 {
        let (key, outcome) = (vec![1.0, 2.0], vec![1.5, 2.0]);
        world.store(Lived { key, part: 0, outcome, reward: 3.0, ended: true });
    }
    let (got, _) = world.predict(0, &[1.0, 2.0]);
    assert!((got.outcome[0] - 1.5).abs() < 1e-5 && got.outcome[1] == 2.0, "{got:?}");
    assert!((got.reward - 3.0).abs() < 1e-4 && got.ended == 1.0, "{got:?}");
    assert!(got.expected_error.iter().all(|&e| e < 1e-3), "{got:?}");
}

/// All on one ray: no distance at all, but no two alike.
#[test]
fn directions_that_are_alike_still_give_slopes() {
    for sensors in [1, 4] {
        let (metric, actions) = (Metric::Cosine, ActionSpace::discrete(1));
        let config = Config { sensors, actions, metric, ..Config::default() };
        let mut world = World::new(config, 0, &mut Random::new(1));
        let mut random = Random::new(6);
        for _ in 0..200 {
            let length = 1.0 + random.unit();
            let after = (2.0 * length).sin();
            let (key, outcome) = (vec![length; sensors], vec![after; sensors]);
            world.store(Lived { key, part: 0, outcome, reward: length, ended: false });
        }
        for _ in 0..20 {
            world.check(0, &vec![1.0 + random.unit(); sensors]);
        }
    }
}

/// Quartiles and the median against sorting.
#[test]
fn fences_are_three_quartile_distances_off() {
    let mut random = Random::new(12);
    for count in 1..60_usize {
        let values: Vec<f32> = (0..count).map(|_| signed(&mut random)).collect();
        let mut sorted = values.clone();
        sorted.sort_by(f32::total_cmp);
        let (last, quarter) = (count - 1, count / 4);
        let (lower, upper) = (sorted[quarter.min(last / 2)], sorted[last - quarter]);
        let fence = 3.0 * (upper - lower);
        let (got, median) = super::fences(&mut values.clone());
        assert_eq!((got, median), ([lower - fence, upper + fence], sorted[last / 2]), "{count}");
    }
}

/// One of the neighbours saw what no other did: it has no say. A third of them has.
#[test]
fn a_few_neighbours_that_contradict_all_others_are_silent() {
    let config = Config { sensors: 2, actions: ActionSpace::discrete(1), ..Config::default() };
    for (wrong, is_believed) in [(1, false), (2, false), (6, true), (10, true)] {
        let mut world = World::new(config.clone(), 0, &mut Random::new(1));
        let mut random = Random::new(4);
        for at in 0..400 {
            let key = vec![signed(&mut random), signed(&mut random)];
            let outcome = vec![key[0] + 0.1 * key[1], key[1] - 0.1 * key[0]];
            world.store(Lived { key, part: 0, outcome, reward: 0.0, ended: false });
            if at >= 400 - wrong {
                let key = vec![0.01 * signed(&mut random), 0.01 * signed(&mut random)];
                let outcome = vec![key[0], 50.0];
                world.store(Lived { key, part: 0, outcome, reward: 0.0, ended: false });
            }
        }
        let (got, _) = world.predict(0, &[0.0, 0.0]);
        assert!(got.outcome[0].abs() < 0.05, "{wrong}: {got:?}");
        assert_eq!(got.outcome[1].abs() > 1.0, is_believed, "{wrong}: {got:?}");
    }
}
