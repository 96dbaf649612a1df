//! Actions on their way in and out: a number where they are discrete, a vector where continuous.

use minbrain::{Action, ActionSpace};
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyInt;

use crate::error::bad_input;
use crate::floats;

/// An action for this space. The engine checks whether it is one of it.
pub(crate) fn from_python(space: &ActionSpace, value: &Bound<'_, PyAny>) -> PyResult<Action> {
    match space {
        ActionSpace::Continuous(_) => floats::vector("action", value).map(Action::Continuous),
        ActionSpace::Discrete(n) => match value.extract::<usize>() {
            Ok(index) => Ok(Action::Discrete(index)),
            Err(_) => {
                let expected = format!("a whole number from 0 to {}", n - 1);
                Err(bad_input(value.py(), "action", &expected, &value.repr()?.to_string()))
            }
        },
    }
}

/// The number, or a float32 array.
pub(crate) fn to_python<'py>(py: Python<'py>, action: &Action) -> PyResult<Bound<'py, PyAny>> {
    Ok(match action {
        Action::Discrete(index) => PyInt::new(py, *index).into_any(),
        Action::Continuous(values) => PyArray1::from_slice(py, values).into_any(),
    })
}

/// The space itself: how many actions, or a table of lowest and highest values.
pub(crate) fn space_to_python<'py>(
    py: Python<'py>,
    space: &ActionSpace,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(match space {
        ActionSpace::Discrete(n) => PyInt::new(py, *n).into_any(),
        ActionSpace::Continuous(bounds) => {
            let rows: Vec<(f32, f32)> = bounds.iter().map(|b| (b.low, b.high)).collect();
            rows.into_pyobject(py)?.into_any()
        }
    })
}
