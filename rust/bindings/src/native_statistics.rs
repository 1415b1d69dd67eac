//! `tradecore._core.OrderEntryStatistics`.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use tradecore_gateway::{LATENCY_US, Snapshot};

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct OrderEntryStatistics(pub(crate) Snapshot);

#[pymethods]
impl OrderEntryStatistics {
    #[getter]
    fn latency_us(&self) -> Vec<(Option<u64>, u64)> {
        let ends = LATENCY_US.iter().copied().map(Some).chain([None]);
        ends.zip(self.0.latency.iter().copied()).collect()
    }

    #[getter]
    const fn latency_sum_ns(&self) -> u64 {
        self.0.latency_sum_ns
    }

    #[getter]
    const fn done(&self) -> u64 {
        self.0.done
    }

    #[getter]
    fn refused(&self) -> BTreeMap<&'static str, u64> {
        self.0.refused.clone()
    }

    #[getter]
    const fn connections(&self) -> i64 {
        self.0.connections
    }

    #[getter]
    const fn sessions(&self) -> i64 {
        self.0.sessions
    }

    #[getter]
    const fn queue_depth(&self) -> usize {
        self.0.depth
    }
}
