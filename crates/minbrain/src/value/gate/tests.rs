//! Shares against least squares by hand, and values that a trend is right or wrong about.

use minbrain_kernels::Kernel;

use super::*;
use crate::action::ActionSpace;
use crate::columns::Facts;
use crate::config::{Config, Policy};
use crate::experience::Origin;
use crate::experiences::Experiences;
use crate::seed::Random;
use crate::value::{Fitting, Lookahead};

fn value(exploit: f64, explore: f64, unknown: f64) -> Value {
    Value { exploit, explore, unknown }
}

fn of([exploit, explore, unknown]: [f64; 3]) -> Value {
    value(exploit, explore, unknown)
}

/// The same by sums over the whole past.
fn shares_by_hand(past: &[(f64, f64)]) -> f64 {
    let faded = |of: &dyn Fn(&(f64, f64)) -> f64| -> f64 {
        past.iter().rev().enumerate().map(|(age, p)| KEPT.powi(age as i32) * of(p)).sum()
    };
    let (squares, products) = (faded(&|p| p.0 * p.0), faded(&|p| p.0 * p.1));
    (products / (squares * (1.0 + DISBELIEF / faded(&|_| 1.0)))).clamp(0.0, 1.0)
}

#[test]
fn each_share_is_the_least_squares_of_its_own_kind() {
    let mut random = Random::new(3);
    let mut normal = || f64::from(random.unit() + random.unit() + random.unit() - 1.5);
    let (mut gate, mut past) = (Gate::default(), [const { Vec::new() }; 3]);
    assert_eq!(gate.temper(value(1.0, 2.0, 3.0)), Value::default());
    for _ in 0..2_000 {
        let added = [(); 3].map(|()| 10.0 * normal());
        // Right but for noise, half of it right, and the wrong way round.
        let missing = [added[0] + normal(), 0.5 * added[1] + normal(), -added[2]];
        (0..3).for_each(|kind| past[kind].push((added[kind], missing[kind])));
        gate.learn(of(added), of(missing));
        let shares = gate.temper(value(1.0, 1.0, 1.0)).all();
        for (share, past) in shares.iter().zip(&past) {
            assert!((share - shares_by_hand(past)).abs() < 1e-9, "{share}");
        }
    }
    let [right, half, wrong] = gate.temper(value(10.0, 10.0, 10.0)).all();
    assert!(right > 9.5 && (4.5..5.5).contains(&half) && wrong == 0.0, "{right} {half} {wrong}");
}

#[test]
fn what_is_out_of_all_bounds_is_not_learned_from() {
    let mut gate = Gate::default();
    (0..100).for_each(|_| gate.learn(value(1.0, 1.0, 1.0), value(1.0, 1.0, 1.0)));
    let before = gate;
    for wild in [f64::NAN, f64::INFINITY, 1e200] {
        gate.learn(value(1.0, wild, 1.0), value(1.0, 1.0, wild));
        assert_eq!(gate, before);
    }
    assert!(gate.is_sound());
    gate.shares.explore = f64::NAN;
    assert!(!gate.is_sound());
}

/// Experiences at random places among `sensors` senses, each worth what `worth` says of its place, with
/// their trend, judged by all that judge.
fn judged(sensors: usize, count: usize, worth: impl Fn(&[f32]) -> f64) -> Experiences {
    let actions = ActionSpace::discrete(2);
    let config = Config { sensors, actions, policy: Policy::Value, ..Config::default() };
    let mut known = Experiences::new(&config).unwrap();
    let mut random = Random::new(11);
    let mut insert = |known: &mut Experiences| {
        let at: Vec<f32> = (0..sensors).map(|_| random.unit()).collect();
        known.scale.add(&at, &at, 0.0);
        let (part, reward, ended, time_us) = (0, 0.0, false, 0);
        let (outcome, surprise, confidence, origin) = (&at[..], 0.0, 1.0, Origin::Own);
        let facts = Facts { outcome, part, reward, ended, time_us, surprise, confidence, origin };
        let slot = known.insert(&at, facts);
        let exploit = worth(&at);
        known.values.insert(slot, value(exploit, exploit, exploit));
    };
    (0..count).for_each(|_| insert(&mut known));
    let mut fitting = Fitting::new(&config);
    while !known.values.trend().is_fitted() {
        assert!(fitting.go_on(&mut known, 1_000) > 0);
    }
    let mut lookahead = Lookahead::new(&config, Kernel::detect());
    for slot in (0..count as u32).filter(|&slot| is_judge(slot)) {
        lookahead.judge_trend(&mut known, slot);
    }
    known
}

#[test]
fn a_trend_is_trusted_where_values_follow_it_and_not_where_they_are_noise() {
    let bowl = judged(3, 600, |at| at.iter().map(|x| f64::from(x * x)).sum());
    let noise = std::cell::RefCell::new(Random::new(5));
    let chance = judged(3, 600, |_| f64::from(noise.borrow_mut().unit()));
    let share = |known: &Experiences| known.values.gate.temper(value(1.0, 1.0, 1.0)).exploit;
    assert!(share(&bowl) > 0.5, "{}", share(&bowl));
    assert!(share(&chance) < 0.1, "{}", share(&chance));
}

/// What those around a judge make of its value must not know it.
#[test]
fn a_judge_is_not_among_those_that_it_judges_by() {
    let mut known = judged(2, 200, |at| f64::from(at[0]));
    let judge = (0..200).find(|&slot| is_judge(slot)).unwrap();
    known.values.values[judge as usize].exploit = 1_000.0;
    known.values.gate = Gate::default();
    let config = Config { sensors: 2, policy: Policy::Value, ..Config::default() };
    let config = Config { actions: ActionSpace::discrete(2), ..config };
    Lookahead::new(&config, Kernel::detect()).judge_trend(&mut known, judge);
    let Gate { added, missing, .. } = known.values.gate;
    let missing = missing.exploit.abs() / added.exploit.sqrt();
    assert!((missing - 1_000.0).abs() < 2.0, "{missing}");
}
