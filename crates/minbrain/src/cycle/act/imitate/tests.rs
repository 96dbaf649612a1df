//! The guess against a weighted least squares in double precision, written for reading.

use minbrain_kernels::Kernel;

use super::*;
use crate::columns::Facts;
use crate::config::Policy;
use crate::experience::Origin;

/// What `hands` did in so many places of a spiral; every third one was the brain's own choice, and
/// the opposite.
fn shown(config: &Config, hands: impl Fn(f32, f32) -> Action) -> (Experiences, Imitation) {
    let mut known = Experiences::new(config).unwrap();
    let mut imitation = Imitation::new(config, Kernel::detect());
    for at in 0..120 {
        let turn = at as f32 * 0.37;
        let place = [0.02 * at as f32 * turn.sin(), 0.05 * at as f32 * turn.cos()];
        let is_shown = at % 3 != 0;
        let action = match hands(place[0], place[1]) {
            Action::Discrete(action) if !is_shown => Action::Discrete(1 - action),
            Action::Continuous(values) if !is_shown => Action::Continuous(vec![-values[0]]),
            action => action,
        };
        let key: Vec<f32> = place.iter().chain(action.values()).copied().collect();
        known.scale.add(&key, &place, 0.0);
        let facts = Facts {
            outcome: &place,
            part: action.part(),
            reward: 0.0,
            ended: false,
            time_us: 0,
            surprise: 0.0,
            confidence: 1.0,
            origin: if is_shown { Origin::Demonstrated } else { Origin::Own },
        };
        let slot = known.insert(&key, facts);
        if is_shown {
            imitation.watch(&mut known, &config.actions, ((&place, &[]), &action));
            imitation.store(&mut known, slot, (&place, &[]), &mut crate::seed::Random::new(1));
        }
    }
    (known, imitation)
}

fn config(actions: ActionSpace) -> Config {
    Config { sensors: 2, actions, policy: Policy::Value, ..Config::default() }
}

/// The value at `query` of a line through `taken`, by the ten nearest demonstrations: weighted least
/// squares, solved by Cramer's rule.
fn oracle(known: &Experiences, query: [f32; 2], taken: impl Fn(u32) -> f64) -> f64 {
    let weights = known.scale.plain_weights();
    let place = |slot| [0, 1].map(|dim| f64::from(known.space.value(slot, dim)));
    let off = |slot| {
        let place = place(slot);
        [0, 1].map(|dim| (place[dim] - f64::from(query[dim])) * f64::from(weights[dim]).sqrt())
    };
    let mut rows: Vec<(f64, [f64; 3], f64)> = (0..known.columns.slots() as u32)
        .filter(|&slot| known.columns.is_shown(slot))
        .map(|slot| {
            let [x, y] = off(slot);
            (x * x + y * y, [1.0, x, y], taken(slot))
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.truncate(10);
    let reach = 1.2 * rows[9].0;
    let kernel = |distance: f64| (1.0 - distance / reach).powi(2) + 1e-4;
    let total: f64 = rows.iter().map(|(distance, ..)| kernel(*distance)).sum();
    let mut normal = [[0.0; 3]; 3];
    let mut right = [0.0; 3];
    for (distance, row, value) in &rows {
        for a in 0..3 {
            for b in 0..3 {
                normal[a][b] += kernel(*distance) * row[a] * row[b];
            }
            right[a] += kernel(*distance) * row[a] * value;
        }
    }
    // The ridge acts on slopes per bandwidth.
    normal[1][1] += f64::from(RIDGE) * total * reach;
    normal[2][2] += f64::from(RIDGE) * total * reach;
    let mut replaced = normal;
    (0..3).for_each(|row| replaced[row][0] = right[row]);
    determinant(&replaced) / determinant(&normal)
}

fn determinant(m: &[[f64; 3]; 3]) -> f64 {
    let minor = |a: usize, b: usize| m[1][a] * m[2][b] - m[1][b] * m[2][a];
    m[0][0] * minor(1, 2) - m[0][1] * minor(0, 2) + m[0][2] * minor(0, 1)
}

const QUERIES: [[f32; 2]; 4] = [[0.1, 0.2], [-0.5, 0.4], [0.9, -1.5], [0.0, 2.0]];

#[test]
fn a_continuous_guess_is_the_line_through_demonstrations_alone() {
    let config = config(ActionSpace::continuous([(-9.0, 9.0)]));
    let (mut known, _) =
        shown(&config, |x, y| Action::Continuous(vec![(2.0 * x).sin() + 0.3 * y * y]));
    let mut imitation = Imitation::new(&config, Kernel::detect());
    for query in QUERIES {
        imitation.ask(&mut known, &config.actions, (&query, &[]));
        let expected = oracle(&known, query, |slot| f64::from(known.space.value(slot, 2)));
        let got = f64::from(imitation.action.values()[0]);
        assert!((got - expected).abs() < 1e-3, "{query:?}: {got} {expected}");
    }
}

#[test]
fn a_discrete_guess_is_the_largest_of_the_indicators_lines() {
    let config = config(ActionSpace::discrete(2));
    let (mut known, _) = shown(&config, |x, y| Action::Discrete(usize::from(x > 0.3 * y)));
    let mut imitation = Imitation::new(&config, Kernel::detect());
    for query in QUERIES {
        imitation.ask(&mut known, &config.actions, (&query, &[]));
        let share =
            |part| oracle(&known, query, |slot| f64::from(u8::from(known.part(slot) == part)));
        let expected = usize::from(share(1) > share(0));
        assert_eq!(imitation.action, Action::Discrete(expected), "{query:?}");
        for part in 0..2 {
            let (got, expected) = (f64::from(imitation.guess[part]), share(part).clamp(0.0, 1.0));
            assert!((got - expected).abs() < 1e-3, "{query:?}: {got} {expected}");
        }
    }
}

/// What the linear model of `imitation` says at a place, of one value.
fn trend(imitation: &Imitation, place: [f32; 2], at: usize) -> f64 {
    let mut all = vec![0.0; imitation.guess.len()];
    imitation.prior.predict(0, &place, &mut all);
    f64::from(all[at])
}

#[test]
fn the_line_goes_through_what_the_linear_model_leaves() {
    let config = config(ActionSpace::discrete(2));
    let (mut known, mut imitation) =
        shown(&config, |x, y| Action::Discrete(usize::from(x > 0.3 * y)));
    let mut steep = 0.0_f64;
    for query in QUERIES {
        imitation.ask(&mut known, &config.actions, (&query, &[]));
        for part in 0..2 {
            let rest = |slot| {
                let place = [0, 1].map(|dim| known.space.value(slot, dim));
                let taken = f64::from(u8::from(known.part(slot) == part));
                taken - trend(&imitation, place, part)
            };
            let expected = trend(&imitation, query, part) + oracle(&known, query, rest);
            let got = f64::from(imitation.guess[part]);
            assert!((got - expected.clamp(0.0, 1.0)).abs() < 1e-3, "{query:?}: {got} {expected}");
            steep = steep.max((trend(&imitation, query, part) - 0.5).abs());
        }
    }
    assert!(steep > 0.2, "the linear model says something: {steep}");
}

#[test]
fn a_continuous_line_goes_through_what_the_linear_model_leaves() {
    let config = config(ActionSpace::continuous([(-9.0, 9.0)]));
    let (mut known, mut imitation) =
        shown(&config, |x, y| Action::Continuous(vec![x - 0.5 * y + (2.0 * x).sin()]));
    for query in QUERIES {
        imitation.ask(&mut known, &config.actions, (&query, &[]));
        let rest = |slot| {
            let place = [0, 1].map(|dim| known.space.value(slot, dim));
            f64::from(known.space.value(slot, 2)) - trend(&imitation, place, 0)
        };
        let expected = trend(&imitation, query, 0) + oracle(&known, query, rest);
        let got = f64::from(imitation.action.values()[0]);
        assert!((got - expected).abs() < 1e-3, "{query:?}: {got} {expected}");
    }
}

#[test]
fn nothing_is_asked_where_nothing_was_shown() {
    let config = config(ActionSpace::discrete(2));
    let mut known = Experiences::new(&config).unwrap();
    let mut imitation = Imitation::new(&config, Kernel::detect());
    assert!(!imitation.is_worth_asking(&known));
    assert_eq!(imitation.ask(&mut known, &config.actions, (&[0.0, 0.0], &[])), 0);
    assert_eq!(imitation.confidence, 0.0);
}
