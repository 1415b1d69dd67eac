//! `tradecore._core.TapeMerge`: several tapes into one.

#![expect(
    clippy::needless_pass_by_value,
    reason = "an extracted argument owns what it converted"
)]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tradecore_core::instrument::Instrument as CoreInstrument;
use tradecore_core::tape::{Merge, TapeReader, TapeWriter};

use crate::errors::{InputError, IntoPy};
use crate::lock::lock;
use crate::tape_file::Archive;
use crate::tape_writer::{finished, table};

struct State {
    merge: Merge<Archive>,
    writer: TapeWriter,
    unreadable: u64,
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct TapeMerge(Mutex<Option<State>>);

#[pymethods]
impl TapeMerge {
    #[new]
    #[pyo3(signature = (paths, /, *, origin = ""))]
    fn new(paths: Vec<PathBuf>, origin: &str) -> PyResult<Self> {
        let mut readers = Vec::new();
        let mut all: Vec<Arc<CoreInstrument>> = Vec::new();
        for path in &paths {
            let reader = TapeReader::new(Archive::open(path)?).map_err(IntoPy::into_py)?;
            for one in reader.instruments() {
                if !all.iter().any(|known| known.symbol() == one.symbol()) {
                    all.push(Arc::new(one.clone()));
                }
            }
            readers.push(reader);
        }
        let writer = TapeWriter::new(table(&all, origin)).map_err(IntoPy::into_py)?;
        let merge = Merge::new(readers, &writer).map_err(InputError::new_err)?;
        Ok(Self(Mutex::new(Some(State {
            merge,
            writer,
            unreadable: 0,
        }))))
    }

    #[pyo3(signature = (records, /))]
    fn advance(&self, py: Python<'_>, records: u64) -> PyResult<bool> {
        py.detach(|| {
            let mut state = lock(&self.0);
            let state = state.as_mut().ok_or_else(finished)?;
            for _ in 0..records {
                match state.merge.step(&mut state.writer) {
                    Ok(true) => {}
                    Ok(false) => return Ok(false),
                    Err(_) => state.unreadable += 1,
                }
            }
            Ok(true)
        })
    }

    #[getter]
    fn event_count(&self) -> PyResult<u64> {
        let state = lock(&self.0);
        Ok(state
            .as_ref()
            .ok_or_else(finished)?
            .writer
            .contents()
            .records)
    }

    #[getter]
    fn unreadable(&self) -> PyResult<u64> {
        Ok(lock(&self.0).as_ref().ok_or_else(finished)?.unreadable)
    }

    fn take<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = lock(&self.0).as_mut().ok_or_else(finished)?.writer.take();
        Ok(PyBytes::new(py, &bytes))
    }

    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let state = lock(&self.0).take().ok_or_else(finished)?;
        Ok(PyBytes::new(py, &state.writer.finish()))
    }
}
