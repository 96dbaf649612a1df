//! Whose turn it is, and when it ends.

use crate::action::ActionSpace;
use crate::budget::Budget;
use crate::config::{Config, Forgetting, Policy};
use crate::cycle::{Half, advance, consolidate};
use crate::decision::Outcome;
use crate::limits::MAX_REVIEWS;
use crate::mind::Mind;
use crate::value::{DISCOUNT, Review};

/// Cells of a corridor, and what is sensed in one.
const CELLS: u32 = 8;

fn sense(cell: u32) -> [f32; 1] {
    [cell as f32]
}

/// A corridor: 0 goes left, 1 right; stepping out at the right earns 1 and ends.
fn corridor(budget: usize) -> Mind {
    let config = Config {
        sensors: 1,
        actions: ActionSpace::discrete(2),
        policy: Policy::Value,
        forgetting: Forgetting::Fifo,
        budget: Budget::Experiences(budget),
        ..Config::default()
    };
    Mind::new(config).unwrap()
}

/// Lives so many cycles, wherever the brain goes, with some idle time.
fn live(mind: &mut Mind, cycles: u32) {
    let mut cell = 0;
    for _ in 0..cycles {
        let here = sense(cell);
        advance(mind, Half::Decide { observation: &here, given: None }).unwrap();
        let goes_right = mind.cycle.decision.action.index() == Some(1);
        cell = if goes_right { cell + 1 } else { cell.saturating_sub(1) };
        let ended = cell == CELLS;
        let reward = f32::from(u8::from(ended));
        let outcome = Outcome { observation: &sense(cell), reward, ended };
        advance(mind, Half::Learn(outcome)).unwrap();
        cell %= CELLS;
        consolidate(mind, 200);
    }
}

/// The value of being `n` steps before the end is the discounted reward.
#[test]
fn values_of_a_corridor_are_the_discounted_reward() {
    let mut mind = corridor(5_000);
    live(&mut mind, 1_500);
    for _ in 0..200 {
        consolidate(&mut mind, 20_000);
    }
    for slot in 0..mind.known.columns.slots() as u32 {
        let cell = mind.known.space.value(slot, 0) as u32;
        let expected = f64::from(DISCOUNT).powi((CELLS - 1 - cell) as i32);
        let found = mind.known.values.values[slot as usize].exploit;
        assert!((found - expected).abs() < 1e-3, "in cell {cell}: {found}, not {expected}");
    }
}

#[test]
fn requests_are_bounded_and_made_once() {
    let mut review = Review::new(&Config::default());
    (0..3).for_each(|_| review.ask(7));
    assert_eq!(review.waiting, [7]);
    (0..2 * MAX_REVIEWS as u32).for_each(|slot| review.ask(slot));
    assert_eq!(review.waiting.len(), MAX_REVIEWS);
    assert_eq!(review.waiting.capacity(), MAX_REVIEWS);
}

/// What a backup finds forgotten it has looked at again.
#[test]
fn edges_to_the_forgotten_ask_for_a_review() {
    let mut mind = corridor(60);
    live(&mut mind, 60);
    consolidate(&mut mind, 100_000);
    mind.review.waiting.clear();
    let oldest: Vec<u32> = (0..50).collect();
    oldest.iter().for_each(|&slot| mind.known.remove(slot));
    let values = mind.known.values.values.clone();
    let Mind { known, cycle, review, .. } = &mut mind;
    review.go_on(known, &mut cycle.lookahead, 1);
    assert!(!mind.review.waiting.is_empty(), "somebody asks");
    assert!(mind.review.waiting.iter().all(|&slot| slot >= 50), "none of the dead");
    for &slot in &mind.review.waiting {
        let (before, now) = (values[slot as usize], mind.known.values.values[slot as usize]);
        assert!((before.exploit - now.exploit).abs() < 0.2, "{before:?} {now:?}");
    }
}

/// However much time there is, each experience is looked at once.
#[test]
fn a_review_ends() {
    let mut mind = corridor(50);
    let Mind { known, cycle, review, .. } = &mut mind;
    assert_eq!(review.go_on(known, &mut cycle.lookahead, u32::MAX), 0);
    live(&mut mind, 80);
    let Mind { known, cycle, review, .. } = &mut mind;
    let used = review.go_on(known, &mut cycle.lookahead, u32::MAX);
    assert!((50 * 64..51 * 500).contains(&used), "{used}");
    let slice = consolidate(&mut mind, 1_000);
    assert!((500..1_600).contains(&slice), "{slice}");
    assert_eq!(consolidate(&mut mind, 0), 0);
}
