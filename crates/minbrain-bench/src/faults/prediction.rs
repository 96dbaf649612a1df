//! What a fault costs in prediction.

use std::ops::Range;

use minbrain::{Action, ActionSpace, Brain, Budget, Isa, Outcome};
use serde::Serialize;

use super::fault::ReadingFault;
use super::oscillator::{Oscillator, SENSORS, TELLING};
use super::senses::Senses;
use super::track::{Tracked, error, longest_worse, usual};
use super::{FaultSettings, median};
use crate::error::BenchError;

/// Most experiences: fewer than a life has steps, so that what a fault left can be forgotten.
const BUDGET: usize = 3_000;
/// How long a life is at least ...
const STEPS: usize = 8_000;
/// ... and how far it goes on after the fault.
const STEPS_AFTER: usize = 4_000;

/// The error in one window, beside the twin's; medians over the seeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// The root mean square error over that of the changes in the twin's whole life, the mean over
    /// the sensors of position and speed; 0 is perfect. Steps with a wrong reading do not count.
    pub error: f64,
    /// By how many times that is more than the twin's in the same steps.
    pub ratio: f64,
}

/// What a fault cost in prediction.
#[derive(Clone, Debug, Serialize)]
pub struct PredictionFaultRow {
    /// Names this measurement.
    pub bench: &'static str,
    /// Names this part of it.
    pub part: &'static str,
    /// What was wrong.
    pub fault: &'static str,
    /// The 1,000 steps before it; `None` if it began with the life.
    pub before: Option<Compared>,
    /// The first 100 steps after it; after step 400 if it began with the life and did not end.
    pub after_100: Compared,
    /// The steps from the 100th to the 500th after it.
    pub after_500: Compared,
    /// The steps from the 500th to the 2,000th after it.
    pub after_2000: Compared,
    /// The longest stretch of sound steps that was predicted worse than by expecting that nothing
    /// changes; the median over the seeds, in steps.
    pub worse_steps: f64,
    /// The same in the worst of the seeds.
    pub worst_worse_steps: usize,
    /// How many lives, each beside its twin.
    pub seeds: u32,
    /// The first seed.
    pub first_seed: u64,
}

/// Faultless lives of a driven oscillator, to compare lives with faults with.
#[derive(Debug)]
pub struct PredictionFaults {
    settings: FaultSettings,
    twins: Vec<(u64, Vec<Tracked>)>,
}

impl PredictionFaults {
    /// Lets the twins live as long as these faults take.
    ///
    /// # Errors
    /// [`BenchError::Setting`] without seeds; what the brain refuses.
    pub fn new(settings: &FaultSettings, faults: &[ReadingFault]) -> Result<Self, BenchError> {
        let longest = faults.iter().max_by_key(|fault| steps(fault));
        let twin = |seed| match longest {
            Some(fault) => Ok((seed, live(&fault.twin(), steps(fault), seed, settings.isa)?)),
            None => Ok((seed, Vec::new())),
        };
        let twins: Result<_, BenchError> = settings.seed_range()?.map(twin).collect();
        Ok(Self { settings: *settings, twins: twins? })
    }

    /// Lives with one of the faults, and compares. Deterministic.
    ///
    /// # Errors
    /// What the brain refuses.
    pub fn row(&self, fault: &ReadingFault) -> Result<PredictionFaultRow, BenchError> {
        let steps = steps(fault);
        let with_fault = |(seed, twin): &(u64, Vec<Tracked>)| {
            let lived = live(fault, steps, *seed, self.settings.isa)?;
            Ok(Pair::new(lived, twin))
        };
        let pairs: Result<Vec<Pair>, BenchError> = self.twins.iter().map(with_fault).collect();
        let pairs = pairs?;
        let worse: Vec<usize> = pairs.iter().map(Pair::worse).collect();
        let [after_100, after_500, after_2000] =
            fault.after().map(|window| compare(&pairs, &window));
        Ok(PredictionFaultRow {
            bench: "faults",
            part: "prediction",
            fault: fault.name(),
            before: fault.before().map(|window| compare(&pairs, &window)),
            after_100,
            after_500,
            after_2000,
            worse_steps: median(worse.iter().map(|&steps| steps as f64)),
            worst_worse_steps: worse.into_iter().max().unwrap_or(0),
            seeds: self.settings.seeds,
            first_seed: self.settings.first_seed,
        })
    }
}

/// A life with a fault, and the same steps of the same life without it.
struct Pair {
    lived: Vec<Tracked>,
    twin: Vec<Tracked>,
    usual: [f64; TELLING],
}

impl Pair {
    /// The same steps count in both, and the twin says what is usual: a body that rests changes less.
    fn new(lived: Vec<Tracked>, twin: &[Tracked]) -> Self {
        let both = lived.iter().zip(twin);
        let twin: Vec<Tracked> =
            both.map(|(own, step)| Tracked { is_sound: own.is_sound, ..*step }).collect();
        let usual = usual(&twin);
        Self { lived, twin, usual }
    }

    /// The error in a window, of the life and of its twin.
    fn errors(&self, window: &Range<usize>) -> [f64; 2] {
        [&self.lived, &self.twin].map(|life| error(life, window.clone(), self.usual))
    }

    fn worse(&self) -> usize {
        longest_worse(&self.lived, self.usual)
    }
}

fn compare(pairs: &[Pair], window: &Range<usize>) -> Compared {
    let errors: Vec<[f64; 2]> = pairs.iter().map(|pair| pair.errors(window)).collect();
    Compared {
        error: median(errors.iter().map(|[lived, _]| *lived)),
        ratio: median(errors.iter().map(|[lived, twin]| lived / twin)),
    }
}

/// How long a life with this fault is.
fn steps(fault: &ReadingFault) -> usize {
    STEPS.max(fault.ends() + STEPS_AFTER)
}

/// Lets a brain predict so many steps of an oscillator, each before it sees it.
fn live(
    fault: &ReadingFault,
    steps: usize,
    seed: u64,
    isa: Option<Isa>,
) -> Result<Vec<Tracked>, BenchError> {
    let mut brain = Brain::builder()
        .sensors(SENSORS)
        .actions(ActionSpace::continuous(vec![(-1.0, 1.0)]))
        .budget(Budget::Experiences(BUDGET))
        .seed(seed)
        .isa(isa)
        .build()?;
    let (mut body, mut senses) = (Oscillator::new(fault.rest(), seed), Senses::new(fault, seed));
    let mut truth = body.sense();
    let mut reading = senses.read(&truth, 0);
    let mut lived = Vec::with_capacity(steps);
    for step in 0..steps {
        body.step(step);
        let true_next = body.sense();
        let next = senses.read(&true_next, step + 1);
        let action = Action::Continuous(vec![body.action()]);
        let outcome = &brain.accompany(&reading.values, &action)?.prediction.outcome;
        let predicted = [outcome[0], outcome[1]];
        brain.learn(Outcome { observation: &next.values, reward: 0.0, ended: false })?;
        lived.push(Tracked::new([&reading, &next], predicted, [&truth, &true_next]));
        (truth, reading) = (true_next, next);
    }
    Ok(lived)
}

#[cfg(test)]
mod tests {
    use super::super::fault::PREDICTION_FAULTS;
    use super::*;

    const SETTINGS: FaultSettings = FaultSettings { seeds: 2, first_seed: 1, isa: None };

    fn fault(name: &str) -> ReadingFault {
        PREDICTION_FAULTS.into_iter().find(|fault| fault.name() == name).unwrap()
    }

    #[test]
    fn a_twin_costs_nothing_against_itself() {
        let faults = [fault("none"), fault("stuck:300")];
        let row = PredictionFaults::new(&SETTINGS, &faults).unwrap().row(&faults[0]).unwrap();
        let windows = [row.before.unwrap(), row.after_100, row.after_500, row.after_2000];
        assert_eq!(windows.map(|window| window.ratio), [1.0; 4]);
        assert_eq!(row.worst_worse_steps, 0);
        assert!(windows.iter().all(|window| window.error > 0.0 && window.error < 0.5), "{row:?}");
    }

    #[test]
    fn a_fault_costs_nothing_before_it_happens() {
        let faults = ["spike:8", "stuck:300", "rests-later"].map(fault);
        let measured = PredictionFaults::new(&SETTINGS, &faults).unwrap();
        for fault in &faults {
            let row = measured.row(fault).unwrap();
            assert_eq!(row.before.unwrap().ratio, 1.0, "{row:?}");
            assert_ne!(row.after_100.ratio, 1.0, "{row:?}");
        }
    }

    #[test]
    fn before_the_fault_the_lives_are_the_same_and_the_truth_always_is() {
        let spike = fault("spike:8");
        let [lived, twin] = [spike, spike.twin()].map(|one| live(&one, 4_500, 3, None).unwrap());
        // The reading at the end of step 3,999 is the first wrong one.
        assert_eq!(lived[..3_999], twin[..3_999]);
        let unsound: Vec<usize> = (0..4_500).filter(|&step| !lived[step].is_sound).collect();
        assert_eq!(unsound, [3_999, 4_000]);
        assert!(twin.iter().all(|step| step.is_sound));
        assert!(lived.iter().zip(&twin).all(|(a, b)| a.true_change == b.true_change));
        for (step, (a, b)) in lived.iter().zip(&twin).enumerate() {
            assert_eq!(a.change == b.change, a.is_sound, "{step}");
        }
    }
}
