//! A brain as HTTP sees it: whoever runs it, it can be watched and asked.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use minbrain::Brain;

use super::life::NoSnapshot;
use super::live::Live;
use super::pulse::Pulse;
use super::seat::Seat;
use crate::limits::QUESTION_TIMEOUT;

/// A question to a brain.
pub(crate) type Question = Box<dyn FnOnce(&Brain, &Pulse) + Send>;

/// A brain by its number.
#[derive(Clone, Debug)]
pub(crate) struct Hosted {
    pub(crate) number: u32,
    /// What people call it.
    pub(crate) name: String,
    pub(crate) live: Live,
    pub(crate) door: Door,
}

/// Where questions go.
#[derive(Clone, Debug)]
pub(crate) enum Door {
    /// The brain lives in this server; it is free between two cycles.
    Here(Arc<Mutex<Seat>>),
    /// It lives elsewhere in the program, and looks at its questions between two cycles.
    Elsewhere(SyncSender<Question>),
}

/// The brain did not answer: its run is over, or it is too busy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silent;

impl Hosted {
    /// Hands the whole brain over to be written. Never call it from the async runtime.
    pub(crate) fn snapshot(&self) -> Result<(), NoSnapshot> {
        let Door::Here(seat) = &self.door else { return Err(NoSnapshot::InRam) };
        seat.lock().unwrap_or_else(PoisonError::into_inner).life.snapshot()
    }

    /// Asks the brain, and waits. Never call it from the async runtime.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Brain, &Pulse) -> T + Send + 'static,
    ) -> Result<T, Silent> {
        match &self.door {
            Door::Here(seat) => {
                let seat = seat.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(question(seat.life.brain(), &seat.pulse))
            }
            Door::Elsewhere(questions) => {
                let (answer, answers) = sync_channel(1);
                let asked = questions.try_send(Box::new(move |brain, pulse| {
                    // Whoever asked may have given up.
                    let _ = answer.send(question(brain, pulse));
                }));
                asked.map_err(|_| Silent)?;
                answers.recv_timeout(QUESTION_TIMEOUT).map_err(|_| Silent)
            }
        }
    }
}
