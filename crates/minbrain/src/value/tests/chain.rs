//! Reward spreads along a chain of experiences.

use super::backup::{outlook, values};
use crate::value::{Branch, DISCOUNT, Value, Values};

/// `count` experiences lived one after the other: the first action leads to the next one, the other
/// to the one before. Only the last earns something, and ends.
fn chain(count: u32) -> Values {
    let mut known = values(2, count as usize);
    (0..count).for_each(|slot| known.insert(slot, Value::default()));
    for slot in 0..count {
        let is_last = slot == count - 1;
        let end = f32::from(u8::from(is_last));
        let on = Branch { reward: end, ended: end, discount: DISCOUNT, ..Branch::default() };
        let back = Branch { discount: DISCOUNT, ..Branch::default() };
        let next = if is_last { slot } else { slot + 1 };
        let outlooks = [(on, next), (back, slot.saturating_sub(1))]
            .map(|(branch, end)| outlook(&known, branch, &[(end, 1.0)]));
        known.set_branch(slot, 0, &outlooks[0]);
        known.set_branch(slot, 1, &outlooks[1]);
    }
    known
}

fn worth(steps: u32) -> f64 {
    f64::from(DISCOUNT).powi(steps as i32)
}

#[test]
fn one_sweep_from_the_end_values_the_whole_chain() {
    let mut known = chain(60);
    for slot in (0..60).rev() {
        assert!(known.back_up(slot));
    }
    for slot in 0..60 {
        let (found, expected) = (known.values[slot as usize].exploit, worth(59 - slot));
        assert!((found - expected).abs() < 1e-6, "{slot}: {found} {expected}");
    }
}

/// A sweep the wrong way brings the reward one step nearer to the start.
#[test]
fn sweeps_from_the_start_take_one_step_each() {
    let mut known = chain(10);
    for sweep in 1..=10_u32 {
        (0..10).for_each(|slot| _ = known.back_up(slot));
        let valued = known.values.iter().filter(|v| v.exploit > 0.0).count();
        assert_eq!(valued, sweep as usize);
    }
}

#[test]
fn those_that_led_to_a_reward_hear_of_it_at_once() {
    let mut known = chain(30);
    known.back_up_trail(29);
    let valued: Vec<_> = (0..30).filter(|&slot| known.values[slot].exploit > 0.0).collect();
    assert_eq!(valued, (10..30).collect::<Vec<_>>(), "the last twenty");
    assert!((known.values[10].exploit - worth(19)).abs() < 1e-6);
}

#[test]
fn a_trail_ends_where_the_episode_began_or_somebody_was_forgotten() {
    let mut known = values(2, 12);
    for slot in 0..12 {
        if slot == 4 {
            known.interrupt();
        }
        known.insert(slot, Value { exploit: -1.0, ..Value::default() });
    }
    let touched = |known: &Values| -> Vec<usize> {
        (0..12).filter(|&slot| known.values[slot].exploit == 0.0).collect()
    };
    known.back_up_trail(11);
    assert_eq!(touched(&known), (4..12).collect::<Vec<_>>());
    known.values.iter_mut().for_each(|value| value.exploit = -1.0);
    known.forget(8);
    known.back_up_trail(11);
    assert_eq!(touched(&known), [9, 10, 11]);
}
