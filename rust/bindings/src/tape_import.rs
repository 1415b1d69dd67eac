//! `tradecore._core.TapeImport`, `TapeSurvey`: recordings of others into tapes, piece by piece.

#![expect(
    clippy::needless_pass_by_value,
    reason = "an extracted argument owns what it converted"
)]

use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;
use tradecore_core::import::{Format, Hints, Import, Survey};

use crate::errors::{InputError, IntoPy};
use crate::lock::lock;
use crate::tape_writer::{finished, instruments, table};

fn format(name: &str) -> PyResult<Format> {
    Format::parse(name).ok_or_else(|| {
        let rule = "a format is binance, lobster, dbn, tardis or hftbacktest";
        InputError::new_err(format!("{rule}: format={name:?}"))
    })
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct TapeImport(Mutex<Option<Import>>);

type Tally = (u64, u64, u64, Vec<(u64, u64, String)>);

#[pymethods]
impl TapeImport {
    #[new]
    #[pyo3(signature = (format_name, instruments, /, *, origin = "", first_book = None,
                        midnight_ns = 0))]
    fn new(
        format_name: &str,
        instruments: &Bound<'_, PyAny>,
        origin: &str,
        first_book: Option<Vec<u8>>,
        midnight_ns: i64,
    ) -> PyResult<Self> {
        let table = table(&self::instruments(instruments)?, origin);
        let hints = Hints {
            first_book,
            midnight_ns,
        };
        let import = Import::new(format(format_name)?, table, hints).map_err(IntoPy::into_py)?;
        Ok(Self(Mutex::new(Some(import))))
    }

    #[pyo3(signature = (data, /))]
    fn feed(&self, py: Python<'_>, data: PyBackedBytes) -> PyResult<()> {
        let data: &[u8] = &data;
        py.detach(|| {
            lock(&self.0).as_mut().ok_or_else(finished)?.feed(data);
            Ok(())
        })
    }

    fn close(&self) -> PyResult<()> {
        lock(&self.0).as_mut().ok_or_else(finished)?.close();
        Ok(())
    }

    #[getter]
    fn tally(&self) -> PyResult<Tally> {
        let import = lock(&self.0);
        let tally = import.as_ref().ok_or_else(finished)?.tally();
        let faults = tally.faults.iter();
        let faults = faults
            .map(|one| (one.record, one.offset, one.reason.clone()))
            .collect();
        Ok((tally.inputs, tally.unreadable, tally.skipped, faults))
    }

    #[getter]
    fn event_count(&self) -> PyResult<u64> {
        let mut import = lock(&self.0);
        let import = import.as_mut().ok_or_else(finished)?;
        Ok(import.writer().contents().records)
    }

    fn take<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = lock(&self.0).as_mut().ok_or_else(finished)?.writer().take();
        Ok(PyBytes::new(py, &bytes))
    }

    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let import = lock(&self.0).take().ok_or_else(finished)?;
        Ok(PyBytes::new(py, &import.into_writer().finish()))
    }
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct TapeSurvey(Mutex<Option<Survey>>);

#[pymethods]
impl TapeSurvey {
    #[new]
    #[pyo3(signature = (format_name, /))]
    fn new(format_name: &str) -> PyResult<Self> {
        let survey = Survey::new(format(format_name)?);
        Ok(Self(Mutex::new(Some(survey))))
    }

    #[pyo3(signature = (data, /))]
    fn feed(&self, py: Python<'_>, data: PyBackedBytes) -> PyResult<()> {
        let data: &[u8] = &data;
        py.detach(|| {
            lock(&self.0).as_mut().ok_or_else(finished)?.feed(data);
            Ok(())
        })
    }

    fn finish(&self) -> PyResult<Vec<(String, u32, u32)>> {
        let survey = lock(&self.0).take().ok_or_else(finished)?;
        let found = survey.finish().into_iter();
        Ok(found
            .map(|(symbol, steps)| (symbol, steps.price, steps.qty))
            .collect())
    }
}
