//! `tradecore._core.Delay`: how long messages of one direction travel.

#![expect(
    clippy::needless_pass_by_value,
    reason = "an extracted argument owns what it converted"
)]

use pyo3::prelude::*;
use tradecore_core::sim as core;
use tradecore_core::sim::DelayError;

use crate::errors::{InputError, IntoPy};

#[pyclass(frozen, module = "tradecore._core", from_py_object)]
#[derive(Clone)]
pub(crate) struct Delay(pub(crate) core::Delay);

#[pymethods]
impl Delay {
    #[staticmethod]
    #[pyo3(signature = (delay_ns, /))]
    fn constant(delay_ns: i64) -> PyResult<Self> {
        made(core::Delay::constant(delay_ns))
    }

    #[staticmethod]
    #[pyo3(signature = (delays_ns, /))]
    fn quantiles(delays_ns: Vec<i64>) -> PyResult<Self> {
        made(core::Delay::quantiles(&delays_ns))
    }

    #[staticmethod]
    #[pyo3(signature = (*, median_ns, p99_ns))]
    fn log_normal(median_ns: i64, p99_ns: i64) -> PyResult<Self> {
        made(core::Delay::log_normal(median_ns, p99_ns))
    }

    #[staticmethod]
    #[pyo3(signature = (measured, /))]
    fn recorded(measured: Vec<(i64, i64)>) -> PyResult<Self> {
        made(core::Delay::recorded(&measured))
    }
}

fn made(delay: Result<core::Delay, DelayError>) -> PyResult<Delay> {
    delay.map(Delay).map_err(IntoPy::into_py)
}

impl IntoPy for DelayError {
    fn into_py(self) -> PyErr {
        InputError::new_err(self.to_string())
    }
}

/// A delay given as one, or as nanoseconds.
pub(crate) fn delay(value: &Bound<'_, PyAny>, name: &str) -> PyResult<core::Delay> {
    if let Ok(delay) = value.extract::<Delay>() {
        return Ok(delay.0);
    }
    core::Delay::constant(value.extract()?)
        .map_err(|error| InputError::new_err(format!("{error}, {name}")))
}
