//! What really followed, beside what the models make of it.

use super::backup::{outlook, values};
use crate::decision::Outcome;
use crate::value::{Branch, DISCOUNT, Value, Values};

/// A step that ends nothing.
fn earned(reward: f32) -> Outcome<'static> {
    Outcome { observation: &[], reward, ended: false }
}

/// Two experiences, lived one after the other. The first took action 1 and earned 2; the models expect
/// 1 of it, and that it leads to the second.
fn two(surprise: f32) -> Values {
    let mut known = values(2, 2);
    known.insert(0, Value::default());
    known.see(earned(2.0));
    known.live(0, Some(1), earned(2.0));
    known.doubt(0, surprise);
    known.insert(1, Value { exploit: 10.0, explore: 20.0, unknown: 3.0 });
    known.live(1, None, earned(0.0));
    let branch = Branch { reward: 1.0, discount: DISCOUNT, novelty: 0.5, ..Branch::default() };
    let lead = outlook(&known, branch, &[(1, 1.0)]);
    known.set_branch(0, 1, &lead);
    known
}

fn assert_close(value: Value, expected: [f64; 3]) {
    for (found, expected) in value.all().into_iter().zip(expected) {
        assert!((found - expected).abs() < 1e-5, "{value:?} {expected}");
    }
}

#[test]
fn what_was_done_is_worth_what_came_of_it() {
    let known = two(0.0);
    let discount = f64::from(DISCOUNT);
    let modelled = Value { exploit: -5.0, explore: -6.0, unknown: 7.0 };
    let expected = [2.0 + 10.0 * discount, -6.0, 0.5 + 3.0 * discount];
    assert_close(known.in_hindsight(0, 1, modelled), expected);
    assert_eq!(known.in_hindsight(0, 0, modelled), modelled, "the other action was not taken");
    assert_eq!(known.in_hindsight(1, 0, modelled), modelled, "an action between the candidates");
}

#[test]
fn a_backup_counts_what_came_of_it() {
    let mut known = two(0.0);
    known.back_up(0);
    assert!((known.values[0].exploit - (2.0 + 10.0 * f64::from(DISCOUNT))).abs() < 1e-5);
}

#[test]
fn nothing_comes_after_an_ending() {
    let mut known = two(0.0);
    known.live(0, Some(1), Outcome { ended: true, ..earned(-3.0) });
    assert_close(known.in_hindsight(0, 1, Value::default()), [-3.0, 0.0, 0.5]);
}

#[test]
fn models_count_where_it_is_not_known_what_came() {
    let modelled = Value { exploit: -5.0, explore: -6.0, unknown: 7.0 };
    let mut forgotten = two(0.0);
    forgotten.forget(1);
    assert_eq!(forgotten.in_hindsight(0, 1, modelled), modelled);
    let mut last = two(0.0);
    last.live(1, Some(0), earned(0.0));
    assert_eq!(last.in_hindsight(1, 0, modelled), modelled);
    last.interrupt();
    last.forget(0);
    last.insert(0, Value::default());
    assert_eq!(last.in_hindsight(1, 0, modelled), modelled, "another episode began");
    assert_eq!(last.in_hindsight(0, 1, modelled), modelled, "somebody else's slot");
}

/// Novelty is counted for each cycle that the action is followed for; a step is one cycle.
#[test]
fn a_step_is_as_novel_as_one_cycle() {
    let mut known = two(0.0);
    let cycles = 3;
    let discount = DISCOUNT.powi(cycles);
    let novelty = (0..cycles).map(|tick| 0.25 * DISCOUNT.powi(tick)).sum();
    let branch = Branch { discount, novelty, ..Branch::default() };
    let lead = outlook(&known, branch, &[(1, 1.0)]);
    known.set_branch(0, 1, &lead);
    let found = known.in_hindsight(0, 1, Value::default());
    assert!((found.unknown - (0.25 + 3.0 * f64::from(DISCOUNT))).abs() < 1e-4, "{found:?}");
}

/// By how far off the models are: all, half and next to nothing.
#[test]
fn what_models_would_not_expect_hardly_counts() {
    let worth = 2.0 + 10.0 * f64::from(DISCOUNT);
    for (surprise, share) in
        [(0.0, 1.0), (0.1, 0.9878), (0.3, 0.5), (1.0, 0.008_034), (f32::MAX, 0.0)]
    {
        let found = two(surprise).in_hindsight(0, 1, Value::default()).exploit;
        assert!((found - share * worth).abs() < 1e-3 * worth, "{surprise}: {found}");
    }
}
