//! Deadlines: who does not answer in time is answered for.

use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::link::Link;

/// No question is open.
const IDLE: u64 = 0;

/// A connection, and the answer for the case that the brain is late.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) link: Link,
    /// A whole message.
    pub(crate) fallback: Vec<u8>,
}

/// One robot's question, as the watch sees it. Exactly one side answers: whoever takes the deadline
/// out first.
#[derive(Debug)]
pub(crate) struct Post {
    /// When the open question is due, in nanoseconds since the watch began.
    due_ns: AtomicU64,
    pub(crate) line: Mutex<Line>,
}

impl Post {
    pub(crate) fn new(link: Link) -> Self {
        let line = Mutex::new(Line { link, fallback: Vec::new() });
        Self { due_ns: AtomicU64::new(IDLE), line }
    }

    /// Whether the answer is still to be given; nobody else gives it then.
    pub(crate) fn claim(&self) -> bool {
        self.due_ns.swap(IDLE, Ordering::AcqRel) != IDLE
    }

    fn is_late(&self, due_ns: u64, now_ns: u64) -> bool {
        due_ns != IDLE
            && due_ns <= now_ns
            && self
                .due_ns
                .compare_exchange(due_ns, IDLE, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
    }

    fn answer(&self) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let Line { link, fallback } = &mut *line;
        // A robot that does not take it is found out by its own thread.
        let _ = link.write_all(fallback).and_then(|()| link.flush());
    }
}

/// The thread that answers for late brains.
///
/// It sleeps until the earliest open question is due, or, since one asked meanwhile is due a deadline
/// later at the earliest, for one deadline. So asking costs two stores and wakes nobody.
#[derive(Debug)]
pub(crate) struct Watch {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    began: Instant,
    deadline: Duration,
    posts: Mutex<Vec<Arc<Post>>>,
    is_over: AtomicBool,
}

impl Watch {
    /// Starts the thread.
    pub(crate) fn start(deadline: Duration) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            began: Instant::now(),
            deadline,
            posts: Mutex::new(Vec::new()),
            is_over: AtomicBool::new(false),
        });
        let own = Arc::clone(&shared);
        let thread = thread::Builder::new().name("deadlines".to_owned());
        Ok(Self { shared, thread: Some(thread.spawn(move || own.run())?) })
    }

    /// From now on looks after a robot.
    pub(crate) fn add(&self, post: &Arc<Post>) {
        self.shared.posts().push(Arc::clone(post));
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }

    /// The robot is gone.
    pub(crate) fn remove(&self, post: &Arc<Post>) {
        self.shared.posts().retain(|other| !Arc::ptr_eq(other, post));
    }

    /// A question was asked at `now`.
    pub(crate) fn ask(&self, post: &Post, now: Instant) {
        let due = now.saturating_duration_since(self.shared.began) + self.shared.deadline;
        post.due_ns.store(due.as_nanos() as u64, Ordering::Release);
    }
}

impl Shared {
    fn posts(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Post>>> {
        self.posts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        while !self.is_over.load(Ordering::Acquire) {
            let (late, next_ns, is_empty) = self.look();
            late.iter().for_each(|post| post.answer());
            if is_empty {
                thread::park();
                continue;
            }
            let now_ns = self.began.elapsed().as_nanos() as u64;
            let until = Duration::from_nanos(next_ns.saturating_sub(now_ns));
            thread::park_timeout(until.min(self.deadline));
        }
    }

    /// Who is late, when the next one will be, and whether there is nobody.
    fn look(&self) -> (Vec<Arc<Post>>, u64, bool) {
        let posts = self.posts();
        let now_ns = self.began.elapsed().as_nanos() as u64;
        let mut late = Vec::new();
        let mut next_ns = u64::MAX;
        for post in posts.iter() {
            let due_ns = post.due_ns.load(Ordering::Acquire);
            if post.is_late(due_ns, now_ns) {
                late.push(Arc::clone(post));
            } else if due_ns != IDLE {
                next_ns = next_ns.min(due_ns);
            }
        }
        (late, next_ns, posts.is_empty())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
