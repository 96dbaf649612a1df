//! How far an action is followed, and what is found there.

use minbrain_kernels::Kernel;

use crate::action::{Action, ActionSpace};
use crate::columns::Facts;
use crate::config::{Config, Policy};
use crate::decision::Outcome;
use crate::experience::Origin;
use crate::experiences::Experiences;
use crate::limits::MAX_TICKS;
use crate::value::{DISCOUNT, Lookahead, Value};

/// Places in the world, this far apart.
const APART: f32 = 0.01;
const PLACES: usize = 400;

struct World {
    known: Experiences,
    lookahead: Lookahead,
}

/// A line of places, from each of which the first action goes on by `step` and the second back; a
/// step earns 1, and beyond `end` it ends. A place is worth what it measures.
fn world(actions: ActionSpace, step: f32, end: f32) -> World {
    let config = Config { sensors: 1, actions, policy: Policy::Value, ..Config::default() };
    let mut known = Experiences::new(&config).unwrap();
    let mut lookahead = Lookahead::new(&config, Kernel::detect());
    for place in 0..PLACES {
        for candidate in 0..lookahead.candidates.len() {
            let action = lookahead.candidates.get(candidate).clone();
            let before = APART * place as f32;
            let push = match &action {
                Action::Discrete(index) => 1.0 - 2.0 * *index as f32,
                Action::Continuous(values) => values[0],
            };
            let outcome = [before + step * push];
            let key: Vec<f32> = [before].iter().chain(action.values()).copied().collect();
            known.scale.add(&key, &outcome, 1.0);
            known.prior.update(action.part(), &key, &[outcome[0] - before]);
            let ended = outcome[0] > end;
            let facts = Facts { part: action.part(), ended, ..step_to(&outcome) };
            let slot = known.insert(&key, facts);
            let value = f64::from(before);
            let value = Value { exploit: value, explore: 2.0 * value, unknown: 0.0 };
            known.values.insert(slot, value);
        }
    }
    lookahead.look(&known, &[0.5 * APART * PLACES as f32]);
    World { known, lookahead }
}

impl World {
    /// For how many cycles a candidate was followed, by its discount.
    fn ticks(&self, candidate: usize) -> usize {
        let left = f64::from(self.lookahead.outlooks[candidate].branch.discount);
        (left.ln() / f64::from(DISCOUNT).ln()).round() as usize
    }

    fn value(&self, candidate: usize) -> f64 {
        let edges = self.lookahead.outlooks[candidate].edges.as_slice();
        self.known.values.at(edges, Value::default()).unwrap().exploit
    }
}

fn discrete(step: f32, end: f32) -> World {
    world(ActionSpace::discrete(2), step, end)
}

/// The eighth neighbour along the line lies four places off: a step of one place gets there in four
/// cycles.
#[test]
fn a_slow_action_is_followed_until_it_left_the_neighbourhood() {
    for (step, ticks) in
        [(10.0 * APART, 1), (4.01 * APART, 1), (2.01 * APART, 2), (1.01 * APART, 4)]
    {
        let world = discrete(step, f32::MAX);
        for (candidate, sign) in [(0, 1.0), (1, -1.0)] {
            assert_eq!(world.ticks(candidate), ticks, "{step}, {candidate}");
            let arrived = 2.0 + sign * f64::from(step) * ticks as f64;
            assert!((world.value(candidate) - arrived).abs() < 1e-3, "{}", world.value(candidate));
            let earned: f64 = (0..ticks).map(|t| f64::from(DISCOUNT).powi(t as i32)).sum();
            let branch = &world.lookahead.outlooks[candidate].branch;
            assert!((f64::from(branch.reward) - earned).abs() < 1e-4, "{branch:?}");
        }
    }
}

#[test]
fn an_action_that_gets_nowhere_is_given_up() {
    assert_eq!(discrete(0.0, f32::MAX).ticks(0), MAX_TICKS);
}

#[test]
fn an_ending_is_not_followed_any_further() {
    let world = discrete(1.01 * APART, 2.035);
    assert_eq!((world.ticks(0), world.ticks(1)), (1, 4));
    let ended = |candidate: usize| world.lookahead.outlooks[candidate].branch.ended;
    assert!(ended(0) > 0.02 && ended(1) == 0.0, "{} {}", ended(0), ended(1));
}

#[test]
fn levels_of_a_continuous_action_lead_where_they_push() {
    let world = world(ActionSpace::continuous([(-1.0, 1.0)]), 20.0 * APART, f32::MAX);
    for (candidate, push) in [-1.0, -0.5, 0.0, 0.5, 1.0].into_iter().enumerate() {
        let ticks = world.ticks(candidate) as f64;
        let arrived = 2.0 + push * ticks * f64::from(20.0 * APART);
        assert!(
            (world.value(candidate) - arrived).abs() < 0.02,
            "{push}: {}",
            world.value(candidate)
        );
    }
}

/// Looking at one candidate again finds the same, wherever somebody looked in between.
#[test]
fn a_look_leaves_nothing_behind_for_the_next() {
    let World { mut known, mut lookahead } = discrete(2.01 * APART, f32::MAX);
    let before = lookahead.outlooks.clone();
    lookahead.review(&mut known, 3);
    let at = [0.5 * APART * PLACES as f32];
    for (candidate, before) in before.iter().enumerate() {
        lookahead.look_at(&known, &at, candidate);
        let now = &lookahead.outlooks[candidate];
        assert_eq!((&now.branch, now.edges.as_slice()), (&before.branch, before.edges.as_slice()));
    }
}

/// Two experiences of the same place and action, in a world that goes on by one place: one did, and
/// one jumped elsewhere. A review tells them apart.
#[test]
fn a_review_doubts_what_the_others_contradict() {
    let mut world = discrete(1.01 * APART, f32::MAX);
    let World { known, lookahead } = &mut world;
    let before = APART * 200.0;
    let mut slots = Vec::new();
    for after in [before + 1.01 * APART, before - 30.0 * APART] {
        let slot = known.insert(&[before], step_to(&[after]));
        known.values.insert(slot, Value::default());
        let outcome = Outcome { observation: &[after], reward: 1.0, ended: false };
        known.values.live(slot, Some(0), outcome);
        slots.push(slot);
    }
    let next = known.insert(&[before], step_to(&[before]));
    known.values.insert(next, Value { exploit: 100.0, ..Value::default() });
    let share = |known: &Experiences, slot| {
        known.values.in_hindsight(slot, 0, Value::default()).exploit
            / (1.0 + 100.0 * f64::from(DISCOUNT))
    };
    assert!(share(known, slots[1]) > 0.99, "what the others say is not known yet");
    lookahead.review(known, slots[1]);
    assert!(share(known, slots[1]) < 0.01, "{}", share(known, slots[1]));
}

/// The first action, which earned 1.
fn step_to(outcome: &[f32]) -> Facts<'_> {
    Facts {
        outcome,
        part: 0,
        reward: 1.0,
        ended: false,
        time_us: 0,
        surprise: 0.0,
        confidence: 1.0,
        origin: Origin::Own,
    }
}
