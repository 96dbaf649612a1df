//! Which readings are wrong, and which steps are measured around them.

use std::ops::Range;

use super::oscillator::{BESIDE, MOTION, Rest};

/// The step at which a fault begins that does not begin with the life: the oscillator is predicted
/// well by then.
const OSCILLATOR_ONSET: usize = 4_000;
/// The same for the pole, which takes longer to be balanced well.
const CARTPOLE_ONSET: usize = 5_000;
/// From which step on a life is measured whose fault begins with it: before, a faultless brain errs
/// too.
const SETTLED: usize = 400;
/// How many steps before a fault are measured.
const BEFORE: usize = 1_000;
/// The steps after a fault that are measured, counted from its end.
const AFTER: [Range<usize>; 3] = [0..100, 100..500, 500..2_000];
/// The pole's world tells here where the cart is ...
const CART: usize = 0;
/// ... and here how fast the pole turns.
const POLE: usize = 3;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// Nothing: the twin.
    None,
    /// One reading has this value.
    Spike(f32),
    /// In 2 % of all steps a reading has this value.
    Spikes(f32),
    /// The life's first reading has this value.
    First(f32),
    /// So many readings repeat the one before them.
    Stuck(usize),
    /// The first so many readings are 0.
    Dead(usize),
    /// From the onset on, readings are larger by this much.
    Offset(f32),
    /// Readings are 1,000 or 1,001 by chance.
    Tremble,
    /// The body rests until the onset.
    RestsFirst,
    /// The body rests from the onset on.
    RestsLater,
}

/// Something that goes wrong with one sensor of a life, or with what there is to sense.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReadingFault {
    name: &'static str,
    pub(super) sensor: usize,
    pub(super) kind: Kind,
    pub(super) onset: usize,
}

const fn oscillator(name: &'static str, sensor: usize, kind: Kind) -> ReadingFault {
    ReadingFault { name, sensor, kind, onset: OSCILLATOR_ONSET }
}

const fn cartpole(name: &'static str, sensor: usize, kind: Kind) -> ReadingFault {
    ReadingFault { name, sensor, kind, onset: CARTPOLE_ONSET }
}

/// The faults that [`PredictionFaults`](super::PredictionFaults) measures; first the twin's: none.
pub const PREDICTION_FAULTS: [ReadingFault; 19] = [
    oscillator("none", MOTION, Kind::None),
    oscillator("spike:8", MOTION, Kind::Spike(8.0)),
    oscillator("spike:50", MOTION, Kind::Spike(50.0)),
    oscillator("spike:500", MOTION, Kind::Spike(500.0)),
    oscillator("spike:65535", MOTION, Kind::Spike(65_535.0)),
    oscillator("spike:1e9", MOTION, Kind::Spike(1e9)),
    oscillator("beside:65535", BESIDE, Kind::Spike(65_535.0)),
    oscillator("spikes:8.19", MOTION, Kind::Spikes(8.19)),
    oscillator("spikes:65535", MOTION, Kind::Spikes(65_535.0)),
    oscillator("first:65535", MOTION, Kind::First(65_535.0)),
    oscillator("first:1e9", MOTION, Kind::First(1e9)),
    oscillator("stuck:300", MOTION, Kind::Stuck(300)),
    oscillator("stuck:2000", MOTION, Kind::Stuck(2_000)),
    oscillator("dead:20000", MOTION, Kind::Dead(20_000)),
    oscillator("offset:0.5", MOTION, Kind::Offset(0.5)),
    oscillator("offset:50", MOTION, Kind::Offset(50.0)),
    oscillator("tremble", BESIDE, Kind::Tremble),
    oscillator("rests-first", MOTION, Kind::RestsFirst),
    oscillator("rests-later", MOTION, Kind::RestsLater),
];

/// The faults that [`CartpoleFaults`](super::CartpoleFaults) measures; first the twin's: none.
pub const CARTPOLE_FAULTS: [ReadingFault; 11] = [
    cartpole("none", POLE, Kind::None),
    cartpole("spike:8", POLE, Kind::Spike(8.0)),
    cartpole("spike:500", POLE, Kind::Spike(500.0)),
    cartpole("spike:65535", POLE, Kind::Spike(65_535.0)),
    cartpole("spike:1e9", POLE, Kind::Spike(1e9)),
    cartpole("spikes:8", POLE, Kind::Spikes(8.0)),
    cartpole("spikes:65535", POLE, Kind::Spikes(65_535.0)),
    cartpole("first:65535", POLE, Kind::First(65_535.0)),
    cartpole("stuck:300", POLE, Kind::Stuck(300)),
    cartpole("dead:3000", CART, Kind::Dead(3_000)),
    cartpole("offset:0.5", CART, Kind::Offset(0.5)),
];

impl ReadingFault {
    /// Its name, for people and programs: the kind, and how large or how long it is.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The same life without it.
    pub(super) fn twin(&self) -> Self {
        Self { name: "none", kind: Kind::None, ..*self }
    }

    /// When the body rests.
    pub(super) fn rest(&self) -> Rest {
        match self.kind {
            Kind::RestsFirst => Rest::Before(self.onset),
            Kind::RestsLater => Rest::From(self.onset),
            _ => Rest::Never,
        }
    }

    /// The step at which it begins; `None` if that is the life's first.
    pub(super) fn begins(&self) -> Option<usize> {
        match self.kind {
            Kind::Spikes(_) | Kind::First(_) | Kind::Dead(_) | Kind::Tremble => None,
            _ => Some(self.onset),
        }
    }

    /// The first step whose reading is right again, or as right as it gets.
    pub(super) fn ends(&self) -> usize {
        match self.kind {
            Kind::Spikes(_) | Kind::First(_) | Kind::Tremble => SETTLED,
            Kind::Dead(steps) => steps,
            Kind::Stuck(steps) => self.onset + steps,
            Kind::Spike(_) | Kind::Offset(_) => self.onset + 1,
            Kind::None | Kind::RestsFirst | Kind::RestsLater => self.onset,
        }
    }

    /// The steps before it that are measured.
    pub(super) fn before(&self) -> Option<Range<usize>> {
        self.begins().map(|begins| begins - BEFORE..begins)
    }

    /// The steps after it that are measured.
    pub(super) fn after(&self) -> [Range<usize>; 3] {
        let ends = self.ends();
        AFTER.map(|window| ends + window.start..ends + window.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> ReadingFault {
        PREDICTION_FAULTS.into_iter().find(|fault| fault.name == name).unwrap()
    }

    #[test]
    fn what_is_measured_lies_around_the_fault() {
        for (name, before, after) in [
            ("none", Some(3_000..4_000), [4_000, 4_100, 4_500, 6_000]),
            ("spike:8", Some(3_000..4_000), [4_001, 4_101, 4_501, 6_001]),
            ("offset:50", Some(3_000..4_000), [4_001, 4_101, 4_501, 6_001]),
            ("stuck:300", Some(3_000..4_000), [4_300, 4_400, 4_800, 6_300]),
            ("dead:20000", None, [20_000, 20_100, 20_500, 22_000]),
            ("first:1e9", None, [400, 500, 900, 2_400]),
            ("spikes:8.19", None, [400, 500, 900, 2_400]),
            ("tremble", None, [400, 500, 900, 2_400]),
            ("rests-first", Some(3_000..4_000), [4_000, 4_100, 4_500, 6_000]),
        ] {
            let fault = named(name);
            assert_eq!(fault.before(), before, "{name}");
            let bounds = after.windows(2).map(|pair| pair[0]..pair[1]);
            assert_eq!(fault.after().to_vec(), bounds.collect::<Vec<_>>(), "{name}");
        }
    }

    #[test]
    fn names_are_unique_within_a_part() {
        for faults in [&PREDICTION_FAULTS[..], &CARTPOLE_FAULTS[..]] {
            let mut names: Vec<&str> = faults.iter().map(|fault| fault.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), faults.len());
            assert_eq!(faults[0].kind, Kind::None);
        }
    }
}
