//! Who works on a brain or a world, and when: one thread at a time, without holding up Python.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, TryLockError};

use pyo3::prelude::*;

use crate::error::Failure;

/// Something that works while the interpreter does other things.
///
/// A panic while it works would be a defect of ours. It leaves no telling in which state the inside
/// is, so from then on every call is refused.
pub(crate) struct Guarded<T>(Mutex<T>);

impl<T: Send> Guarded<T> {
    pub(crate) fn new(inside: T) -> Self {
        Self(Mutex::new(inside))
    }

    /// Works on the inside with the interpreter released, after whoever works on it now.
    pub(crate) fn work<R: Send, E: Into<Failure> + Send>(
        &self,
        py: Python<'_>,
        what: impl FnOnce(&mut T) -> Result<R, E> + Send,
    ) -> PyResult<R> {
        py.detach(|| self.alone(what)).map_err(|failure| failure.raise(py))
    }

    /// Looks at the inside; for what takes less time than releasing the interpreter.
    pub(crate) fn look<R: Send>(
        &self,
        py: Python<'_>,
        what: impl FnOnce(&T) -> R + Send,
    ) -> PyResult<R> {
        let poisoned = || Failure::Poisoned.raise(py);
        match self.0.try_lock() {
            Ok(inside) => Ok(what(&inside)),
            Err(TryLockError::Poisoned(_)) => Err(poisoned()),
            // Whoever works on it may need the interpreter before it ends.
            Err(TryLockError::WouldBlock) => {
                let looked = py.detach(|| self.lock().map(|inside| what(&inside)));
                looked.map_err(|failure| failure.raise(py))
            }
        }
    }

    fn alone<R, E: Into<Failure>>(
        &self,
        what: impl FnOnce(&mut T) -> Result<R, E>,
    ) -> Result<R, Failure> {
        // The lock is taken inside, so that a panic poisons it.
        let worked = catch_unwind(AssertUnwindSafe(|| {
            let mut inside = self.lock()?;
            what(&mut inside).map_err(Into::into)
        }));
        worked.unwrap_or(Err(Failure::Poisoned))
    }

    fn lock(&self) -> Result<MutexGuard<'_, T>, Failure> {
        self.0.lock().map_err(|_| Failure::Poisoned)
    }
}
