//! Who is believed: experience, the last change, or nobody.

use super::Persistence;

const USUAL: [f32; 1] = [10.0];

/// Lives through changes, each foretold by experience as `foretold` says. Returns the errors.
fn live(
    persistence: &mut Persistence,
    now: &mut f32,
    changes: impl Iterator<Item = f32>,
    foretold: impl Fn(f32) -> f32,
) -> Vec<f32> {
    let step = |change: f32| {
        let key = [*now];
        let mut outcome = [*now + foretold(change)];
        persistence.apply(&USUAL, &key, &mut outcome);
        *now += change;
        persistence.learn(&[*now - key[0]]);
        persistence.go_on(&key, &[*now], &USUAL);
        (outcome[0] - *now).abs()
    };
    changes.map(step).collect()
}

fn wave(from: u16, cycles: u16) -> impl Iterator<Item = f32> {
    (from..from + cycles).map(|at| (f32::from(at) * 0.05).sin())
}

fn mean(errors: &[f32]) -> f32 {
    errors.iter().sum::<f32>() / errors.len() as f32
}

#[test]
fn experience_that_is_right_is_left_alone() {
    let (mut persistence, mut now) = (Persistence::new(1), 0.0);
    let errors = live(&mut persistence, &mut now, wave(0, 500), |change| change);
    assert!(errors.iter().all(|error| *error < 1e-4), "{errors:?}");
}

#[test]
fn the_same_change_again_is_believed_where_experience_knows_nothing() {
    let (mut persistence, mut now) = (Persistence::new(1), 0.0);
    let errors = live(&mut persistence, &mut now, wave(0, 2_000), |_| 0.0);
    assert!(mean(&errors[1_500..]) < 0.05, "{}", mean(&errors[1_500..]));
    // Not across an interruption: nobody knows what came before.
    persistence.interrupt();
    let errors = live(&mut persistence, &mut now, [1.0].into_iter(), |_| 0.0);
    assert!((errors[0] - 1.0).abs() < 1e-4, "{errors:?}");
}

#[test]
fn a_robot_that_stops_short_is_soon_not_foretold_to_move_and_soon_again() {
    let (mut persistence, mut now) = (Persistence::new(1), 0.0);
    live(&mut persistence, &mut now, wave(0, 1_000), |change| change);
    // Experience goes on as if it moved.
    let errors = live(&mut persistence, &mut now, std::iter::repeat_n(0.0, 200), |_| 0.5);
    assert!(errors[0] > 0.3, "nobody could know");
    assert!(errors[40..].iter().all(|error| *error < 1e-6), "{errors:?}");
    let errors = live(&mut persistence, &mut now, wave(20, 200), |change| change);
    assert!(mean(&errors[10..]) < 0.2, "{errors:?}");
}

#[test]
fn one_wrong_reading_changes_nothing() {
    let (mut persistence, mut now) = (Persistence::new(1), 0.0);
    live(&mut persistence, &mut now, wave(0, 1_000), |change| change);
    for wrong in [65535.0, -65535.0] {
        live(&mut persistence, &mut now, [wrong].into_iter(), |_| 0.1);
    }
    now = 0.0;
    let errors = live(&mut persistence, &mut now, wave(0, 300), |change| change);
    assert!(mean(&errors) < 0.02, "{}", mean(&errors));
}

#[test]
fn a_change_beyond_what_is_usual_is_left_as_it_is() {
    let (mut persistence, mut now) = (Persistence::new(1), 0.0);
    live(&mut persistence, &mut now, std::iter::repeat_n(0.0, 500), |_| 0.5);
    let errors = live(&mut persistence, &mut now, [-60.0].into_iter(), |change| change);
    assert_eq!(errors, [0.0], "neighbours on the spot saw the jump");
}
