//! What goes wrong, as the exceptions of `minbrain.errors`.
//!
//! The classes are written in Python: some have two parents (`ConfigError` is also a `ValueError`),
//! which cannot be said through the stable interface.

use std::fmt::Display;
use std::io;

use minbrain::{BrainError, DurableError, ImageError, limits};
use minbrain_fleet::FleetError;
use minbrain_sim::WorldError;
use pyo3::PyErrArguments;
use pyo3::prelude::*;
use pyo3::types::PyType;

/// A call that came to nothing.
pub(crate) enum Failure {
    /// The engine refused it.
    Refused(BrainError),
    /// A world refused it.
    World(WorldError),
    /// The brain was closed.
    Closed,
    /// Bytes that are no brain.
    Image(ImageError),
    /// A directory that cannot be used.
    Directory(DurableError),
    /// A fleet that refuses, or an address that is none.
    Fleet(FleetError),
    /// A file that cannot be read or written.
    File(io::Error),
    /// An earlier call broke off in the middle, or this one did.
    Poisoned,
}

impl From<BrainError> for Failure {
    fn from(error: BrainError) -> Self {
        Self::Refused(error)
    }
}

impl From<WorldError> for Failure {
    fn from(error: WorldError) -> Self {
        Self::World(error)
    }
}

impl From<ImageError> for Failure {
    fn from(error: ImageError) -> Self {
        Self::Image(error)
    }
}

impl From<FleetError> for Failure {
    fn from(error: FleetError) -> Self {
        match error {
            FleetError::Brain(error) => Self::Refused(error),
            other => Self::Fleet(other),
        }
    }
}

impl From<DurableError> for Failure {
    fn from(error: DurableError) -> Self {
        match error {
            DurableError::Brain(error) => Self::Refused(error),
            other => Self::Directory(other),
        }
    }
}

impl Failure {
    /// The exception to raise.
    pub(crate) fn raise(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Refused(error) => refused(py, &error),
            Self::World(WorldError::Action(error)) => refused(py, &error),
            Self::World(error) => told(py, "WorldError", &error),
            Self::Closed => told(py, "ClosedError", &"expected an open brain, got a closed one"),
            Self::Image(ImageError::Settings(error)) => refused(py, &error),
            Self::Image(error) => told(py, "ImageError", &error),
            Self::Directory(DurableError::Settings { directory, field, expected, found }) => {
                let got = format!("{found} in {}", directory.display());
                detailed(py, "ConfigError", (field, &expected, &got))
            }
            Self::Directory(error) => told(py, "DirectoryError", &error),
            Self::Fleet(error) => told(py, "FleetError", &error),
            Self::File(error) => error.into(),
            Self::Poisoned => told(
                py,
                "PoisonedError",
                &"expected a sound state, got one in which an earlier call broke off; \
                 make a new one, and please report this",
            ),
        }
    }
}

fn refused(py: Python<'_>, error: &BrainError) -> PyErr {
    match error {
        BrainError::Config { field, expected, got } => {
            detailed(py, "ConfigError", (field, expected, got))
        }
        BrainError::Input { field, expected, problem } => {
            detailed(py, "InputError", (field, expected, &problem.to_string()))
        }
        BrainError::NothingDecided => told(py, "NothingDecidedError", error),
        BrainError::OutOfMemory { .. } => told(py, "OutOfMemoryError", error),
        other => told(py, "BrainError", other),
    }
}

/// An argument that cannot be used, told before the engine saw it.
pub(crate) fn bad_input(py: Python<'_>, field: &str, expected: &str, got: &str) -> PyErr {
    detailed(py, "InputError", (field, expected, got))
}

/// A setting that cannot be used, told before the engine saw it.
pub(crate) fn bad_setting(py: Python<'_>, field: &str, expected: &str, got: &str) -> PyErr {
    detailed(py, "ConfigError", (field, expected, got))
}

/// What a value has to be to count as finite and not too large.
pub(crate) fn usable_values() -> String {
    format!("values from -{0:e} to {0:e}", limits::MAX_MAGNITUDE)
}

fn detailed(py: Python<'_>, class: &str, (field, expected, got): (&str, &str, &str)) -> PyErr {
    let message = format!("{field}: expected {expected}, got {got}");
    made(py, class, (message, field.to_owned(), expected.to_owned(), got.to_owned()))
}

fn told(py: Python<'_>, class: &str, message: &impl Display) -> PyErr {
    made(py, class, (message.to_string(),))
}

/// Exceptions are rare, so their classes are looked up each time.
fn made(py: Python<'_>, class: &str, arguments: impl PyErrArguments + 'static) -> PyErr {
    let found = py.import("minbrain.errors").and_then(|errors| errors.getattr(class));
    match found.and_then(|class| Ok(class.cast_into::<PyType>()?)) {
        Ok(class) => PyErr::from_type(class, arguments),
        Err(error) => error,
    }
}
