//! A fit against one in double precision by other means, and what a trend adds between experiences.

use minbrain_kernels::Kernel;

use crate::action::ActionSpace;
use crate::columns::Facts;
use crate::config::{Config, Policy};
use crate::experience::Origin;
use crate::experiences::Experiences;
use crate::fingerprint::Fingerprint;
use crate::seed::Random;
use crate::value::{Fitting, Lookahead, Value, Values};

const COUNT: usize = 400;
/// For more features.
const MANY: usize = 15 * 26;

fn config(sensors: usize) -> Config {
    let actions = ActionSpace::discrete(2);
    Config { sensors, actions, policy: Policy::Value, ..Config::default() }
}

/// Experiences at random places of the unit square, each worth what `worth` says of its place.
fn square(worth: impl Fn([f32; 2]) -> f64) -> Experiences {
    let mut known = Experiences::new(&config(2)).unwrap();
    let mut random = Random::new(7);
    for _ in 0..COUNT {
        let at = [random.unit(), random.unit()];
        let exploit = worth(at);
        insert(&mut known, &at, Value { exploit, explore: 3.0 * exploit, unknown: -exploit });
    }
    known
}

fn insert(known: &mut Experiences, at: &[f32], value: Value) {
    known.scale.add(at, at, 0.0);
    let facts = Facts {
        outcome: at,
        part: 0,
        reward: 0.0,
        ended: false,
        time_us: 0,
        surprise: 0.0,
        confidence: 1.0,
        origin: Origin::Own,
    };
    let slot = known.insert(at, facts);
    known.values.insert(slot, value);
}

/// Fits until a trend is in use.
fn fit(known: &mut Experiences, fitting: &mut Fitting) {
    for _ in 0..10_000 {
        fitting.go_on(known, 1);
        if known.values.trend().is_fitted {
            return;
        }
    }
    panic!("no fit came to its end");
}

/// What the trend says of one place more than of another.
fn rise(known: &mut Experiences, from: [f32; 2], to: [f32; 2]) -> Value {
    insert(known, &from, Value::default());
    let slot = known.columns.slots() as u32 - 1;
    known.values.trend().beyond(&to, &known.space, [(slot, 1.0)].into_iter())
}

/// Values that are a quadratic are found, up to what the ridge takes: less than the ridge of them, as
/// features of about unit size go.
#[test]
fn a_quadratic_is_found() {
    let worth = |[x, y]: [f32; 2]| {
        let (x, y) = (f64::from(x), f64::from(y));
        10.0 + 4.0 * x - 2.0 * y + 6.0 * x * y
    };
    let mut known = square(worth);
    fit(&mut known, &mut Fitting::new(&config(2)));
    let (from, to) = ([0.2, 0.3], [0.9, 0.8]);
    let found = rise(&mut known, from, to);
    let expected = worth(to) - worth(from);
    assert!((found.exploit / expected - 1.0).abs() < 0.15, "{found:?}, not {expected}");
    assert!((found.explore / found.exploit - 3.0).abs() < 1e-3, "{found:?}");
    assert!((found.unknown / found.exploit + 1.0).abs() < 1e-3, "{found:?}");
}

/// In slices of any size the same trend comes out: an experience or a row is never split.
#[test]
fn slices_do_not_matter() {
    let worth = |[x, y]: [f32; 2]| f64::from((7.0 * x).sin() + y * y);
    let print = |units: u32| {
        let mut known = square(worth);
        let mut fitting = Fitting::new(&config(2));
        while !known.values.trend().is_fitted {
            assert!(fitting.go_on(&mut known, units) > 0);
        }
        let mut print = Fingerprint::new();
        known.values.trend().fingerprint(&mut print);
        fitting.fingerprint(&mut print);
        print.finish()
    };
    assert_eq!(print(1), print(u32::MAX));
    assert_eq!(print(64), print(u32::MAX));
}

/// Where neighbours are on the spot nothing is added, whatever the trend.
#[test]
fn nothing_is_added_on_the_spot() {
    let mut known = square(|[x, y]| 100.0 * f64::from(x - y));
    fit(&mut known, &mut Fitting::new(&config(2)));
    let at = [0.4, 0.6];
    assert_eq!(rise(&mut known, at, at), Value::default());
}

/// Experiences up to a place, and none beyond it: the trend says how values go on, and they stay
/// within what the neighbours are worth.
#[test]
fn a_place_beyond_all_others_is_worth_less_where_values_fall() {
    let mut known = square(|[x, _]| -f64::from(x * x));
    let mut lookahead = Lookahead::new(&config(2), Kernel::detect());
    let beyond = [1.2, 0.5];
    let without = lookahead.around(&known, &beyond, &[]).exploit;
    fit(&mut known, &mut Fitting::new(&config(2)));
    let untrusted = lookahead.around(&known, &beyond, &[]).exploit;
    assert_eq!(untrusted, without, "nobody has judged it yet");
    (0..COUNT as u32).for_each(|slot| {
        lookahead.judge_trend(&mut known, slot);
    });
    let with = lookahead.around(&known, &beyond, &[]).exploit;
    let lowest = (0..COUNT as u32).map(|slot| known.values.of(slot).exploit).fold(0.0, f64::min);
    assert!(with < without && with >= lowest, "{lowest} {with} {without}");
}

/// Fifteen examples for each feature, values that are kept, and 64 sensors at most.
#[test]
fn there_is_no_trend_without_examples_values_or_room() {
    let mut few = Experiences::new(&config(2)).unwrap();
    let mut fitting = Fitting::new(&config(2));
    for nth in 0..89 {
        insert(&mut few, &[nth as f32, -0.5], Value::default());
    }
    assert_eq!(fitting.go_on(&mut few, 1_000), 0);
    insert(&mut few, &[0.5, 0.5], Value::default());
    assert!(fitting.go_on(&mut few, 1_000) > 0);

    let consensus = Config { policy: Policy::Consensus, ..config(2) };
    for config in [consensus, config(65)] {
        let mut known = Experiences::new(&config).unwrap();
        assert_eq!(Fitting::new(&config).go_on(&mut known, 1_000), 0);
        assert_eq!(Fitting::bytes(&config), 0);
        let at = vec![0.5; config.sensors];
        let nobody = std::iter::empty();
        assert_eq!(known.values.trend().beyond(&at, &known.space, nobody), Value::default());
    }
    assert!(Values::new(&config(65), 1).unwrap().is_kept());
}

/// Linear above 24 sensors: as many coefficients as sensors, and one.
#[test]
fn many_sensors_have_a_linear_trend() {
    let settings = config(25);
    let mut known = Experiences::new(&settings).unwrap();
    let mut random = Random::new(3);
    for _ in 0..MANY {
        let at: Vec<f32> = (0..25).map(|_| random.unit()).collect();
        let exploit = f64::from(2.0 * at[3] - at[24]);
        insert(&mut known, &at, Value { exploit, ..Value::default() });
    }
    fit(&mut known, &mut Fitting::new(&settings));
    assert_eq!(known.values.trend().coefficients.len(), 26 * 3);
    let (from, mut to) = (vec![0.5; 25], vec![0.5; 25]);
    (to[3], to[24]) = (1.0, 0.0);
    insert(&mut known, &from, Value::default());
    let mix = [(MANY as u32, 1.0)].into_iter();
    let found = known.values.trend().beyond(&to, &known.space, mix).exploit;
    assert!((found / 1.5 - 1.0).abs() < 0.15, "{found}");
}
