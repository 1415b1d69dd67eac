//! Whole numbers from Python: `int` and what counts as one, never `bool` or `float`.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt};
use pyo3::{PyErr, PyTypeInfo};

/// A count, `0 … 2^64 - 1`; refused with `E`.
#[inline]
pub(crate) fn unsigned<E: PyTypeInfo>(value: &Bound<'_, PyAny>, name: &str) -> PyResult<u64> {
    if value.is_exact_instance_of::<PyInt>()
        && let Ok(number) = value.extract()
    {
        return Ok(number);
    }
    other(value)
        .and_then(|index| index.extract().ok())
        .ok_or_else(|| refuse::<E>(value, name, "0 to 2^64 - 1"))
}

/// A point in time, `−2⁶³ … 2⁶³ − 1` nanoseconds since 1970; refused with `E`.
#[inline]
pub(crate) fn time_ns<E: PyTypeInfo>(value: &Bound<'_, PyAny>, name: &str) -> PyResult<i64> {
    if value.is_exact_instance_of::<PyInt>()
        && let Ok(number) = value.extract()
    {
        return Ok(number);
    }
    other(value)
        .and_then(|index| index.extract().ok())
        .ok_or_else(|| refuse::<E>(value, name, "-2^63 to 2^63 - 1 (nanoseconds)"))
}

/// Whatever has `__index__`, numpy's integers among them, but for `bool`.
#[cold]
fn other<'a, 'py>(value: &'a Bound<'py, PyAny>) -> Option<&'a Bound<'py, PyAny>> {
    let boolean = value.is_instance_of::<PyBool>();
    (!boolean && value.hasattr("__index__").unwrap_or(false)).then_some(value)
}

#[cold]
fn refuse<E: PyTypeInfo>(value: &Bound<'_, PyAny>, name: &str, range: &str) -> PyErr {
    let shown = value.repr().map_or_else(|_| "?".into(), |r| r.to_string());
    PyErr::new::<E, _>(format!(
        "{name} must be a whole number from {range}: {name}={shown}"
    ))
}
