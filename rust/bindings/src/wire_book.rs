//! `tradecore._core.WireBook`: a book that follows another process's.

use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use tradecore_core::wire::{BookUpdate, Follower, WireError};

use crate::errors::{DataError, IntoPy};
use crate::frame::Frame;
use crate::instrument::Instrument;
use crate::lock::lock;
use crate::mirror::BookView;

#[pyclass(frozen, extends = BookView, module = "tradecore._core")]
pub(crate) struct WireBook(Mutex<Follower>);

impl IntoPy for WireError {
    fn into_py(self) -> PyErr {
        DataError::new_err(self.to_string())
    }
}

#[pymethods]
impl WireBook {
    #[new]
    #[pyo3(signature = (instrument, /))]
    fn new(instrument: &Instrument) -> PyClassInitializer<Self> {
        let view = BookView::new(instrument.0.clone(), Arc::default());
        PyClassInitializer::from(view).add_subclass(Self(Mutex::default()))
    }

    #[pyo3(signature = (body, /))]
    fn apply(slf: &Bound<'_, Self>, body: &Bound<'_, PyAny>) -> PyResult<bool> {
        let update = BookUpdate::decode(&Frame::of(body)?).map_err(IntoPy::into_py)?;
        let (mut follower, mut book) = (lock(&slf.get().0), slf.as_super().get().lock());
        Ok(follower.apply(&mut book, &update))
    }

    #[pyo3(signature = (bodies, /))]
    fn apply_many(slf: &Bound<'_, Self>, bodies: &Bound<'_, PyAny>) -> PyResult<usize> {
        let mut updates = Vec::new();
        for (at, body) in bodies.try_iter()?.enumerate() {
            let update = BookUpdate::decode(&Frame::of(&body?)?);
            updates
                .push(update.map_err(|error| DataError::new_err(format!("{error} of body {at}")))?);
        }
        let (mut follower, mut book) = (lock(&slf.get().0), slf.as_super().get().lock());
        let changed = |update: &&BookUpdate| follower.apply(&mut book, update);
        Ok(updates.iter().filter(changed).count())
    }

    fn clear(slf: &Bound<'_, Self>) {
        let (mut follower, mut book) = (lock(&slf.get().0), slf.as_super().get().lock());
        follower.clear(&mut book);
    }

    #[getter]
    fn last_id(&self) -> Option<u64> {
        lock(&self.0).last_id()
    }

    #[getter]
    fn ts_event_ns(&self) -> i64 {
        lock(&self.0).ts_event_ns()
    }

    #[getter]
    fn ts_recv_ns(&self) -> i64 {
        lock(&self.0).ts_recv_ns()
    }
}
