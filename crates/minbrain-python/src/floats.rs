//! Numbers out of Python: float32 arrays are read where they lie, everything else is converted once.

use minbrain::limits::MAX_MAGNITUDE;
use numpy::{
    PyArray, PyArray1, PyArrayDescrMethods, PyArrayMethods, PyReadonlyArray, PyUntypedArray,
};
use numpy::{PyUntypedArrayMethods, ndarray::Dimension};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::error::{bad_input, usable_values};

/// One vector of numbers: an array, a list, or whatever numpy makes an array of.
///
/// The values are copied, 4 bytes each, before the interpreter is released: another thread may
/// write to the array while the engine works, and the engine has checked them once.
pub(crate) fn vector(field: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<f32>> {
    if let Ok(array) = value.cast::<PyArray1<f32>>() {
        return Ok(read(&array.try_readonly()?));
    }
    if value.is_instance_of::<PyList>()
        && let Ok(numbers) = value.extract::<Vec<f64>>()
    {
        return Ok(numbers.into_iter().map(|number| number as f32).collect());
    }
    let array = array(field, value)?;
    match converted::<numpy::Ix1>(&array)? {
        Some(array) => Ok(read(&array)),
        None => {
            let got = format!("{} dimensions", array.ndim());
            Err(bad_input(value.py(), field, "one vector of numbers", &got))
        }
    }
}

/// A table of numbers, a row for each step, float32; not copied if it is that already.
pub(crate) fn table<'py>(
    field: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<PyReadonlyArray<'py, f32, numpy::Ix2>> {
    let array = array(field, value)?;
    let got = || format!("{} dimensions", array.ndim());
    let refuse = || bad_input(value.py(), field, "a table: one row for each step", &got());
    converted::<numpy::Ix2>(&array)?.ok_or_else(refuse)
}

/// A column of numbers, one for each step.
pub(crate) fn column<'py>(
    field: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<PyReadonlyArray<'py, f32, numpy::Ix1>> {
    let array = array(field, value)?;
    let got = || format!("{} dimensions", array.ndim());
    let refuse = || bad_input(value.py(), field, "one number for each step", &got());
    converted::<numpy::Ix1>(&array)?.ok_or_else(refuse)
}

/// Why the first unusable value cannot be used; `None` if all are finite and not too large.
pub(crate) fn unusable(values: impl IntoIterator<Item = f32>) -> Option<String> {
    let found = values.into_iter().enumerate().find(|(_, value)| !is_usable(*value));
    found.map(|(at, value)| format!("{value} at position {at}"))
}

/// The error of such a value.
pub(crate) fn refuse_value(py: Python<'_>, field: &str, got: &str) -> PyErr {
    bad_input(py, field, &usable_values(), got)
}

fn is_usable(value: f32) -> bool {
    value.abs() <= MAX_MAGNITUDE
}

fn read(array: &PyReadonlyArray<'_, f32, numpy::Ix1>) -> Vec<f32> {
    match array.as_slice() {
        Ok(values) => values.to_vec(),
        Err(_) => array.as_array().to_vec(),
    }
}

/// Any array of real numbers.
fn array<'py>(field: &str, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    let py = value.py();
    let refuse = |got: &str| bad_input(py, field, "real numbers", got);
    let made = py.import("numpy")?.call_method1("asarray", (value,));
    // A ragged list is no array.
    let made = made.map_err(|_| refuse("something that makes no array"))?;
    let array = made.cast_into::<PyUntypedArray>()?;
    let kind = array.dtype().kind();
    if b"fiub".contains(&kind) {
        return Ok(array);
    }
    Err(refuse(&format!("values of type {}", array.dtype())))
}

/// The same as float32, `None` if it has another number of dimensions.
fn converted<'py, D: Dimension>(
    array: &Bound<'py, PyUntypedArray>,
) -> PyResult<Option<PyReadonlyArray<'py, f32, D>>> {
    if D::NDIM.is_some_and(|dims| dims != array.ndim()) {
        return Ok(None);
    }
    if let Ok(array) = array.cast::<PyArray<f32, D>>() {
        return Ok(Some(array.try_readonly()?));
    }
    // By way of float64, since numpy warns where a value becomes infinite, and we refuse it.
    let wide = array.call_method1("astype", ("float64",))?;
    let wide = wide.cast_into::<PyArray<f64, D>>()?;
    let narrow = wide.try_readonly()?.as_array().mapv(|value| value as f32);
    Ok(Some(PyArray::from_owned_array(array.py(), narrow).try_readonly()?))
}
