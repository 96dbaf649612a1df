//! The errors of a life, step by step, and what stretches of it come to.

use std::ops::Range;

use super::oscillator::TELLING;
use super::senses::Reading;

/// Whether a prediction is worse than none is judged over so many steps at once ...
const PIECE: usize = 20;
/// ... and not before this step: nobody can have learned anything yet.
const NEWBORN: usize = 60;
/// By how much a piece must be worse, in squared usual changes: more than the noise of a body at
/// rest, and less than any error that matters.
const MARGIN: f64 = 1e-6;

/// One step, by the sensors that say something. All values are squared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tracked {
    /// The error of what was predicted.
    pub(super) error: [f64; TELLING],
    /// By how much the readings changed: the error of expecting that nothing changes.
    pub(super) change: [f64; TELLING],
    /// By how much what is true changed.
    pub(super) true_change: [f64; TELLING],
    /// Whether the readings before and after can be believed.
    pub(super) is_sound: bool,
}

impl Tracked {
    /// A step between two readings, by what was predicted, and the truths in its place.
    pub(super) fn new(
        [before, after]: [&Reading; 2],
        predicted: [f32; TELLING],
        truths: [&[f32]; 2],
    ) -> Self {
        let squared = |from: &[f32], to: &[f32]| {
            std::array::from_fn(|at| (f64::from(to[at]) - f64::from(from[at])).powi(2))
        };
        Self {
            error: squared(&predicted, &after.values),
            change: squared(&before.values, &after.values),
            true_change: squared(truths[0], truths[1]),
            is_sound: before.is_sound && after.is_sound,
        }
    }
}

/// The error in a window of a life, over the usual change; the mean over the sensors. No number if
/// the window holds no sound step.
pub(super) fn error(life: &[Tracked], window: Range<usize>, usual: [f64; TELLING]) -> f64 {
    let sound: Vec<&Tracked> =
        life.get(window).unwrap_or_default().iter().filter(|step| step.is_sound).collect();
    let of_sensor = |at: usize| {
        let squares: f64 = sound.iter().map(|step| step.error[at]).sum();
        (squares / sound.len() as f64 / usual[at]).sqrt()
    };
    (0..TELLING).map(of_sensor).sum::<f64>() / TELLING as f64
}

/// The longest stretch, in steps, in which expecting no change would have been the better
/// prediction.
pub(super) fn longest_worse(life: &[Tracked], usual: [f64; TELLING]) -> usize {
    let sum = |values: &[f64; TELLING]| -> f64 {
        values.iter().zip(&usual).map(|(value, usual)| value / usual).sum()
    };
    let (mut stretch, mut longest) = (0, 0);
    for piece in life.get(NEWBORN..).unwrap_or_default().chunks_exact(PIECE) {
        let sound = || piece.iter().filter(|step| step.is_sound);
        let errors: f64 = sound().map(|step| sum(&step.error)).sum();
        let changes: f64 = sound().map(|step| sum(&step.change)).sum();
        stretch = if errors > changes + MARGIN { stretch + PIECE } else { 0 };
        longest = longest.max(stretch);
    }
    longest
}

/// The usual change in a life, squared: the mean of what changed in truth.
pub(super) fn usual(life: &[Tracked]) -> [f64; TELLING] {
    std::array::from_fn(|at| {
        life.iter().map(|step| step.true_change[at]).sum::<f64>() / life.len() as f64
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINE: Tracked = Tracked {
        error: [0.0; 2],
        change: [4.0, 100.0],
        true_change: [4.0, 100.0],
        is_sound: true,
    };

    #[test]
    fn the_error_is_that_of_the_sound_steps_of_its_window() {
        let mut life = vec![FINE; 50];
        life[9].error = [1e9; 2];
        life[20].error = [1e9; 2];
        (life[12].error, life[12].is_sound) = ([1e9; 2], false);
        // Of 9 sound steps in the window, errors of 6 and 30 in one: root mean squares of 2 and 10,
        // where the usual changes are 2 and 10.
        life[10].error = [36.0, 900.0];
        assert!((error(&life, 10..20, usual(&life)) - 1.0).abs() < 1e-12);
        assert!(error(&life, 12..13, usual(&life)).is_nan());
        assert!(error(&life, 40..60, usual(&life)).is_nan());
    }

    #[test]
    fn the_longest_stretch_is_counted_in_pieces() {
        let mut life = vec![FINE; 300];
        let mut spoil = |steps: Range<usize>| {
            life[steps].iter_mut().for_each(|step| step.error = [9.0, 225.0]);
            longest_worse(&life, usual(&life))
        };
        assert_eq!(spoil(0..60), 0);
        assert_eq!(spoil(80..100), 20);
        assert_eq!(spoil(140..200), 60);
        assert_eq!(spoil(120..140), 80);
    }

    #[test]
    fn steps_that_are_not_sound_make_nothing_worse() {
        let bad = Tracked { error: [1e9; 2], is_sound: false, ..FINE };
        assert_eq!(longest_worse(&[bad; 200], usual(&[FINE])), 0);
    }

    #[test]
    fn a_step_is_sound_if_both_its_readings_are() {
        let reading = |value, is_sound| Reading { values: vec![value, 2.0 * value, 7.0], is_sound };
        let (good, bad) = (reading(1.0, true), reading(5.0, false));
        let step = Tracked::new([&good, &bad], [4.0, 7.0], [&[1.0, 2.0], &[2.0, 4.0]]);
        assert_eq!(
            step,
            Tracked {
                error: [1.0, 9.0],
                change: [16.0, 64.0],
                true_change: [1.0, 4.0],
                is_sound: false
            }
        );
        let truths: [&[f32]; 2] = [&[1.0, 2.0], &[1.0, 2.0]];
        assert!(Tracked::new([&good, &good], [0.0; 2], truths).is_sound);
        assert!(!Tracked::new([&bad, &good], [0.0; 2], truths).is_sound);
    }
}
