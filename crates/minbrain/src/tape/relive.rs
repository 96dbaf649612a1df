//! Living through recorded calls once more.

use crate::brain::Brain;
use crate::decision::{Decision, Outcome};
use crate::error::BrainError;
use crate::experience::Foreign;
use crate::tape::call::{Adoption, Call, Calls, TapeError};
use crate::tape::{digest_of, digest_of_learned, is_given};

/// Whether a call that was relived was answered as it was then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// To the bit.
    Same,
    /// Otherwise: by another program, other instructions or another brain, or because calls before
    /// it are missing.
    Different,
}

impl Echo {
    fn of<T: PartialEq>(now: T, then: T) -> Self {
        if now == then { Self::Same } else { Self::Different }
    }
}

impl Brain {
    /// Lives through recorded calls ([`Tape::calls`](crate::Tape::calls)) once more, one for each item
    /// that is asked for. What was done then is done again, even where this brain would decide
    /// otherwise.
    ///
    /// Each item says whether the answer was the same to the bit. Cost: that of the calls, and some
    /// allocations.
    ///
    /// # Errors
    /// [`TapeError`] where the bytes are no calls of a brain with these settings, or a call is refused;
    /// there are no more items then.
    pub fn relive<'a>(
        &'a mut self,
        calls: &'a [u8],
    ) -> impl Iterator<Item = Result<Echo, TapeError>> + 'a {
        let mut calls = Some(Calls::new(calls, self.config()));
        std::iter::from_fn(move || {
            let call = calls.as_mut()?.next()?;
            let echo = call.and_then(|call| relive(self, &call));
            if echo.is_err() {
                calls = None;
            }
            Some(echo)
        })
    }
}

/// Makes one call again.
pub(crate) fn relive(brain: &mut Brain, call: &Call) -> Result<Echo, TapeError> {
    again(brain, call).map_err(|refused| TapeError(refused.into()))
}

fn again(brain: &mut Brain, call: &Call) -> Result<Echo, BrainError> {
    Ok(match call {
        Call::Decided { .. } => decide(brain, call)?,
        Call::Learned { observation, reward, ended, digest } => {
            let outcome = Outcome { observation, reward: *reward, ended: *ended };
            Echo::of(digest_of_learned(brain.learn(outcome)?), *digest)
        }
        Call::Interrupted => {
            brain.interrupt();
            Echo::Same
        }
        Call::Consolidated { work_units, used } => Echo::of(brain.consolidate(*work_units), *used),
        Call::Explored(exploration) => {
            brain.set_exploration(*exploration);
            Echo::Same
        }
        Call::ToldTime(time_us) => {
            brain.set_time_us(*time_us)?;
            Echo::Same
        }
        Call::Crossed(crossover) => {
            brain.set_crossover(*crossover);
            Echo::Same
        }
        Call::Torn => Echo::Different,
        Call::Imaged(_) => Echo::Same,
        Call::Adopted(adoption) => adopt(brain, adoption)?,
        Call::Resumed { observation, action, confidence, method } => {
            brain.resume(observation, action, (*method, *confidence))?;
            Echo::Same
        }
    })
}

fn adopt(brain: &mut Brain, adoption: &Adoption) -> Result<Echo, BrainError> {
    let Adoption { observation, action, confidence, outcome, reward, ended, follows, digest } =
        adoption;
    let outcome = Outcome { observation: outcome, reward: *reward, ended: *ended };
    let (confidence, follows) = (*confidence, *follows);
    let learned = brain.adopt(Foreign { observation, action, outcome, confidence, follows })?;
    Ok(Echo::of(digest_of_learned(learned), *digest))
}

/// Decides again; where the answer is another action, the one of then is taken, as surely as then.
fn decide(brain: &mut Brain, call: &Call) -> Result<Echo, BrainError> {
    let Call::Decided { observation, action, confidence, method, digest } = call else {
        return Ok(Echo::Different);
    };
    let decision: &Decision = if is_given(*method) {
        brain.accompany(observation, action)?
    } else {
        brain.decide(observation)?
    };
    let echo = Echo::of(digest_of(decision), *digest);
    if decision.action != *action {
        brain.accompany(observation, action)?;
    }
    let decision = &mut brain.mind.cycle.decision;
    (decision.confidence, decision.method) = (*confidence, *method);
    Ok(echo)
}
