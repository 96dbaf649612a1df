//! What a wrong reading does to a brain, beside the same life without it.

use minbrain::{Action, ActionSpace, Outcome};

use crate::dice::Dice;
use crate::worlds::brain;

const CYCLES: usize = 2_600;
const AT: usize = 1_500;

/// A driven oscillator: place, speed, and a sensor of pure noise.
struct Body {
    place: f32,
    speed: f32,
    push: f32,
}

impl Body {
    fn step(&mut self, dice: &mut Dice) {
        let (changes, push) = (dice.below(5) == 0, dice.signed());
        self.push = if changes { push } else { self.push };
        self.speed += 0.1 * (self.push - self.place - 1.5 * (2.0 * self.place).sin());
        self.speed -= 0.02 * self.speed;
        self.place += 0.1 * self.speed;
    }
}

/// Lives, and reads `wrong` of the cycles as another value of one sensor. Returns the error of what is
/// predicted of place and speed, per usual change, from 20 cycles after `AT` on, over right readings.
fn error(wrong: impl Fn(usize) -> Option<(usize, f32)>) -> f32 {
    let mut brain = brain(3, ActionSpace::continuous([(-1.0, 1.0)]), 1_000).build().unwrap();
    let (mut moves, mut noise) = (Dice::new(5), Dice::new(6));
    let mut body = Body { place: 0.3, speed: 0.0, push: 0.0 };
    let mut sense = |body: &Body, cycle: usize| {
        let mut sensed = [body.place, body.speed, 1.0 + 0.1 * noise.signed()];
        let is_right = wrong(cycle).map(|(sensor, value)| sensed[sensor] = value).is_none();
        (sensed, is_right)
    };
    let (mut now, mut was_right) = sense(&body, 0);
    let (mut errors, mut changes) = ([0.0; 2], [0.0; 2]);
    for cycle in 1..CYCLES {
        body.step(&mut moves);
        let (next, is_right) = sense(&body, cycle);
        let decision = brain.accompany(&now, &Action::Continuous(vec![body.push])).unwrap();
        let predicted = decision.prediction.outcome.clone();
        brain.learn(Outcome { observation: &next, reward: 0.0, ended: false }).unwrap();
        if cycle > AT + 20 && was_right && is_right {
            for at in 0..2 {
                errors[at] += (predicted[at] - next[at]).powi(2);
                changes[at] += (next[at] - now[at]).powi(2);
            }
        }
        (now, was_right) = (next, is_right);
    }
    (0..2).map(|at| (errors[at] / changes[at]).sqrt()).sum::<f32>() / 2.0
}

#[test]
fn one_wrong_reading_is_soon_forgotten() {
    let right = error(|_| None);
    assert!(right < 0.05, "{right}");
    for (cycle, sensor, value) in [
        (AT, 1, 8.0),
        (AT, 1, 65535.0),
        (AT, 0, -1e9),
        (AT, 2, 65535.0),
        (0, 1, 65535.0),
        (0, 0, 1e9),
    ] {
        let got = error(|at| (at == cycle).then_some((sensor, value)));
        assert!(got < 1.5 * right + 0.005, "{value} at {cycle}: {got}, without it {right}");
    }
}

#[test]
fn one_reading_in_fifty_may_be_wrong() {
    for value in [8.19, 65535.0] {
        let got = error(|at| (at % 50 == 17).then_some((1, value)));
        assert!(got < 0.1, "{value}: {got}");
    }
}

/// What was wrong is the first to be forgotten, and told.
#[test]
fn outliers_are_counted_and_leave_first() {
    let mut brain = brain(2, ActionSpace::discrete(1), 300).build().unwrap();
    let mut dice = Dice::new(3);
    let mut ids = Vec::new();
    let mut now = [0.0, 0.0];
    for cycle in 0..3_000 {
        let is_wrong = (100..140).contains(&cycle) && cycle % 10 == 0;
        let next = [dice.signed(), if is_wrong { 65535.0 } else { dice.signed() }];
        brain.accompany(&now, &Action::Discrete(0)).unwrap();
        let learned = brain.learn(Outcome { observation: &next, reward: 0.0, ended: false });
        if is_wrong || now[1] == 65535.0 {
            ids.extend(learned.unwrap().id);
        }
        now = next;
    }
    assert_eq!((brain.stats().outliers, ids.len()), (8, 8));
    assert!(ids.iter().all(|&id| brain.experience(id).is_none()), "{ids:?}");
}
