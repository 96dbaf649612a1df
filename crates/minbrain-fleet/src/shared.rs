//! What a robot's thread and its fleet's thread tell each other. Neither ever waits for the other.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crossbeam_queue::ArrayQueue;
use tokio::sync::Notify;

use crate::error::FleetError;
use crate::limits::{INBOX, OUTBOX, QUESTIONS};
use crate::record::Record;
use crate::schema::Layout;
use crate::status::FleetStatus;

/// A robot's wish to be given what the fleet knows.
pub(crate) struct Wish {
    /// So many experiences at most.
    pub(crate) most: usize,
    /// Who waits for the answer, if anybody does: how many the fleet has.
    pub(crate) answer: Option<SyncSender<Result<u64, FleetError>>>,
}

/// Both sides have one.
pub(crate) struct Shared {
    /// Experiences on their way out, oldest first.
    pub(crate) outbox: ArrayQueue<Record>,
    /// Records that went out, to be filled again: once warm, a cycle allocates nothing for the fleet.
    pub(crate) spare: ArrayQueue<Record>,
    /// Where the robot knows little.
    pub(crate) questions: ArrayQueue<Vec<f32>>,
    pub(crate) spare_questions: ArrayQueue<Vec<f32>>,
    /// Answers, each life's experiences in their order.
    inbox: Mutex<VecDeque<Record>>,
    wish: Mutex<Option<Wish>>,
    status: Mutex<FleetStatus>,
    /// Experiences with a lower number are durable at home and may go out.
    pub(crate) may_go_below: AtomicU64,
    /// Whether what waits shall go out, and then no more.
    is_closing: AtomicBool,
    /// Ends everything at once.
    pub(crate) ends: Notify,
}

impl Shared {
    pub(crate) fn new(layout: &Layout) -> Self {
        let spare = ArrayQueue::new(OUTBOX);
        let spare_questions = ArrayQueue::new(QUESTIONS);
        // A few are enough to begin with: more are made while the outbox fills.
        for _ in 0..QUESTIONS {
            let _ = spare.push(Record::empty(layout));
            let _ = spare_questions.push(Vec::with_capacity(layout.sensors));
        }
        Self {
            outbox: ArrayQueue::new(OUTBOX),
            spare,
            questions: ArrayQueue::new(QUESTIONS),
            spare_questions,
            inbox: Mutex::new(VecDeque::new()),
            wish: Mutex::new(None),
            status: Mutex::new(FleetStatus::default()),
            may_go_below: AtomicU64::new(u64::MAX),
            is_closing: AtomicBool::new(false),
            ends: Notify::new(),
        }
    }

    pub(crate) fn close(&self) {
        self.is_closing.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::Relaxed)
    }

    /// How things stand. Only ever held for a few assignments.
    pub(crate) fn status(&self) -> MutexGuard<'_, FleetStatus> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn wish(&self) -> MutexGuard<'_, Option<Wish>> {
        self.wish.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts answers into the inbox, as many as fit. Returns how many did.
    pub(crate) fn deliver(&self, mut records: Vec<Record>) -> usize {
        records.sort_by_key(|record| record.name);
        let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        records.truncate(INBOX - inbox.len().min(INBOX));
        let count = records.len();
        inbox.extend(records);
        self.status().to_adopt = inbox.len();
        count
    }

    /// Takes at most `most` answers; none where the other side is about to deliver some.
    pub(crate) fn take(&self, most: usize) -> Vec<Record> {
        let Ok(mut inbox) = self.inbox.try_lock() else { return Vec::new() };
        let count = inbox.len().min(most);
        let taken: Vec<Record> = inbox.drain(..count).collect();
        if count > 0 {
            self.status().to_adopt = inbox.len();
        }
        taken
    }
}
