//! Many runs at once, told in order.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::course::Course;
use super::learning;
use super::row::LearningRow;
use crate::error::BenchError;

/// How much may wait to be told.
const MAX_WAITING: usize = 64;

/// What is heard of the runs.
#[derive(Clone, Debug)]
pub enum Told {
    /// So many more steps were taken, in any of the runs.
    Steps(u64),
    /// A run is over. They come in the order of courses, and in each of seeds.
    Row(Box<LearningRow>),
}

enum Report {
    Steps(u64),
    Done(usize, Result<Box<LearningRow>, BenchError>),
}

/// Runs every course with every seed on so many threads. What is told is the same for any number
/// of them, but for the latencies.
///
/// # Errors
/// The first run's that failed, or what `tell` answers; the other runs end at their next
/// checkpoint.
pub fn learn_all<E: From<BenchError>>(
    courses: &[Course],
    seeds: Range<u64>,
    threads: NonZeroUsize,
    tell: impl FnMut(Told) -> Result<(), E>,
) -> Result<(), E> {
    let each = |course| seeds.clone().map(move |seed| (course, seed));
    let jobs: Vec<(&Course, u64)> = courses.iter().flat_map(each).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (tell_all, reports) = sync_channel(MAX_WAITING);
        for _ in 0..threads.get().min(jobs.len()) {
            let reporter = tell_all.clone();
            scope.spawn(|| work(&jobs, &next, reporter));
        }
        drop(tell_all);
        in_order(reports, tell)
    })
}

/// Does what nobody else does, until nothing is left or nobody listens.
fn work(jobs: &[(&Course, u64)], next: &AtomicUsize, report: SyncSender<Report>) {
    while let Some((nth, (course, seed))) = {
        let nth = next.fetch_add(1, Ordering::Relaxed);
        jobs.get(nth).map(|job| (nth, job))
    } {
        let row = learning(course, *seed, |steps| match report.send(Report::Steps(steps)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        });
        if report.send(Report::Done(nth, row.map(Box::new))).is_err() {
            return;
        }
    }
}

/// Holds back what came too early.
fn in_order<E: From<BenchError>>(
    reports: Receiver<Report>,
    mut tell: impl FnMut(Told) -> Result<(), E>,
) -> Result<(), E> {
    let (mut early, mut told) = (BTreeMap::new(), 0);
    for report in reports {
        match report {
            Report::Steps(steps) => tell(Told::Steps(steps))?,
            Report::Done(nth, row) => {
                early.insert(nth, row?);
            }
        }
        while let Some(row) = early.remove(&told) {
            tell(Told::Row(row))?;
            told += 1;
        }
    }
    Ok(())
}
