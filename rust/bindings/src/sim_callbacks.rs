//! How long a strategy took over what it was told, measured at the seam.

use std::time::Instant;

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Most callbacks whose duration is kept; later ones are not timed.
const TIMED_MAX: usize = 1_000_000;

/// Durations of callbacks, in nanoseconds of this machine, and when each was in the simulation.
#[derive(Default)]
pub(crate) struct Callbacks {
    began: Option<Instant>,
    ts_ns: Vec<i64>,
    took_ns: Vec<i64>,
}

impl Callbacks {
    /// A callback begins.
    #[inline]
    pub(crate) fn begin(&mut self) {
        if self.took_ns.len() < TIMED_MAX {
            #[expect(
                clippy::disallowed_methods,
                reason = "measures the strategy; no simulated time depends on it"
            )]
            let now = Instant::now();
            self.began = Some(now);
        }
    }

    /// The callback that began, if one did, has ended at `now_ns` of the simulation.
    #[inline]
    pub(crate) fn end(&mut self, now_ns: i64) {
        if let Some(began) = self.began.take() {
            let took_ns = began.elapsed().as_nanos();
            self.took_ns
                .push(i64::try_from(took_ns).unwrap_or(i64::MAX));
            self.ts_ns.push(now_ns);
        }
    }

    /// Both as arrays.
    pub(crate) fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns = PyDict::new(py);
        columns.set_item("ts_ns", PyArray1::from_slice(py, &self.ts_ns))?;
        columns.set_item("ns", PyArray1::from_slice(py, &self.took_ns))?;
        Ok(columns)
    }
}
