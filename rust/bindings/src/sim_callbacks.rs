//! How long a strategy took over what it was told, measured at the seam.

use std::time::Instant;

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use tradecore_core::sim::Thinning;

/// Most callbacks whose duration is kept; of more every second, fourth and so on is timed.
const TIMED_MAX: usize = 1 << 16;

/// Durations of callbacks, in nanoseconds of this machine, and when each was in the simulation.
#[derive(Default)]
pub(crate) struct Callbacks {
    began: Option<Instant>,
    thinning: Thinning,
    /// When each was, and what it took.
    kept: Vec<(i64, i64)>,
}

impl Callbacks {
    /// A callback begins.
    #[inline]
    pub(crate) fn begin(&mut self) {
        if self.thinning.takes() {
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
            let took_ns = i64::try_from(took_ns).unwrap_or(i64::MAX);
            self.thinning
                .keep(&mut self.kept, TIMED_MAX, (now_ns, took_ns));
        }
    }

    /// Both as arrays.
    pub(crate) fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let columns = PyDict::new(py);
        let ts_ns = self.kept.iter().map(|(ts_ns, _)| *ts_ns);
        columns.set_item("ts_ns", PyArray1::from_iter(py, ts_ns))?;
        let took_ns = self.kept.iter().map(|(_, took_ns)| *took_ns);
        columns.set_item("ns", PyArray1::from_iter(py, took_ns))?;
        Ok(columns)
    }
}
