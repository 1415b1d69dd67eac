//! `tradecore._core.TapeReader`: a tape in memory or in a file.

#![expect(
    clippy::needless_pass_by_value,
    reason = "an extracted argument owns what it converted"
)]

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyTuple;
use tradecore_core::flow::ByOrder;
use tradecore_core::instrument::Instrument as CoreInstrument;
use tradecore_core::tape::{self, RecordError, Store, TapeError, TapePlayer};

use crate::errors::{DataError, InputError, IntoPy, UnknownSymbolError};
use crate::feed::{Shared, Source};
use crate::instrument::Instrument;
use crate::tape_file::Archive;
use crate::tape_told::said;

impl IntoPy for TapeError {
    fn into_py(self) -> PyErr {
        DataError::new_err(self.to_string())
    }
}

impl IntoPy for RecordError {
    fn into_py(self) -> PyErr {
        InputError::new_err(self.to_string())
    }
}

/// What the front of a tape says.
#[derive(Clone)]
struct Front {
    origin: String,
    instruments: Vec<Arc<CoreInstrument>>,
    contents: tape::Contents,
}

impl Front {
    fn read(archive: &Archive) -> PyResult<Self> {
        let reader = tape::TapeReader::new(archive.clone()).map_err(IntoPy::into_py)?;
        Ok(Self {
            origin: reader.table().origin.clone(),
            instruments: reader.instruments().iter().cloned().map(Arc::new).collect(),
            contents: *reader.contents(),
        })
    }
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct TapeReader {
    archive: Archive,
    front: Front,
    selected: u32,
    start_ns: i64,
}

impl TapeReader {
    fn of(archive: Archive) -> PyResult<Self> {
        Ok(Self {
            front: Front::read(&archive)?,
            archive,
            selected: 0,
            start_ns: 0,
        })
    }

    fn selected(&self) -> &Arc<CoreInstrument> {
        &self.front.instruments[self.selected as usize]
    }

    /// A fresh player, and whose messages it gives.
    pub(crate) fn source(&self) -> PyResult<(Source, Arc<CoreInstrument>)> {
        let instrument = Arc::clone(self.selected());
        let reader = tape::TapeReader::new(self.archive.clone()).map_err(IntoPy::into_py)?;
        let gone = || DataError::new_err("a tape is as it was when it was opened");
        let mut player = TapePlayer::new(reader, self.selected).ok_or_else(gone)?;
        if self.start_ns > 0 {
            player.seek(self.start_ns);
        }
        Ok((Source::Tape(Box::new(player)), instrument))
    }

    /// As [`Self::source`], but order by order where every order is told.
    pub(crate) fn market(&self) -> PyResult<(Source, Arc<CoreInstrument>)> {
        let (source, instrument) = self.source()?;
        let source = match source {
            Source::Tape(player) if self.is_by_order()? => {
                Source::Orders(Box::new(ByOrder::new(*player, 0)))
            }
            other => other,
        };
        Ok((source, instrument))
    }

    fn reader(&self) -> PyResult<tape::TapeReader<Archive>> {
        let mut reader = tape::TapeReader::new(self.archive.clone()).map_err(IntoPy::into_py)?;
        if self.start_ns > 0 {
            reader.seek(self.start_ns);
        }
        Ok(reader)
    }

    fn with(&self, selected: u32, start_ns: i64) -> Self {
        Self {
            archive: self.archive.clone(),
            front: self.front.clone(),
            selected,
            start_ns,
        }
    }
}

type Told = (i64, i64, String, &'static str, Py<PyTuple>);

#[pymethods]
impl TapeReader {
    #[new]
    #[pyo3(signature = (data, /))]
    fn new(data: PyBackedBytes) -> PyResult<Self> {
        Self::of(Archive::Bytes(Shared::new(data)))
    }

    #[staticmethod]
    #[pyo3(signature = (path, /))]
    fn open(path: PathBuf) -> PyResult<Self> {
        Self::of(Archive::open(&path)?)
    }

    #[pyo3(signature = (symbol, /))]
    fn select(&self, symbol: &str) -> PyResult<Self> {
        let place = self
            .front
            .instruments
            .iter()
            .position(|one| one.symbol() == symbol);
        let place = place.and_then(|at| u32::try_from(at).ok()).ok_or_else(|| {
            let all: Vec<&str> = self
                .front
                .instruments
                .iter()
                .map(|one| one.symbol())
                .collect();
            let all = all.join(", ");
            UnknownSymbolError::new_err(format!("a tape has {all}: symbol={symbol:?}"))
        })?;
        Ok(self.with(place, self.start_ns))
    }

    #[pyo3(signature = (ts_recv_ns, /))]
    fn since(&self, ts_recv_ns: i64) -> Self {
        self.with(self.selected, ts_recv_ns)
    }

    #[getter]
    fn instrument(&self) -> Instrument {
        Instrument(Arc::clone(self.selected()))
    }

    #[getter]
    fn instruments(&self) -> Vec<Instrument> {
        self.front
            .instruments
            .iter()
            .cloned()
            .map(Instrument)
            .collect()
    }

    #[pyo3(signature = (symbol, ts_recv_ns, /))]
    fn terms_at(&self, symbol: &str, ts_recv_ns: i64) -> PyResult<Instrument> {
        let place = self.select(symbol)?.selected;
        let known = Instrument(Arc::clone(&self.front.instruments[place as usize]));
        let found = self.reader()?.terms_at(place, ts_recv_ns);
        Ok(found.map_or(known, |one| Instrument(Arc::new(one))))
    }

    #[getter]
    fn is_by_order(&self) -> PyResult<bool> {
        let reader = tape::TapeReader::new(self.archive.clone()).map_err(IntoPy::into_py)?;
        Ok(TapePlayer::is_by_order(reader, self.selected))
    }

    #[getter]
    #[expect(clippy::unused_self, reason = "a property of an object in Python")]
    fn version(&self) -> u16 {
        tape::VERSION
    }

    #[getter]
    fn origin(&self) -> &str {
        &self.front.origin
    }

    #[getter]
    fn is_finished(&self) -> bool {
        self.front.contents.is_finished
    }

    #[getter]
    fn byte_count(&self) -> u64 {
        self.archive.size()
    }

    #[getter]
    fn event_count(&self) -> u64 {
        self.front.contents.records
    }

    #[getter]
    fn counts(&self) -> Vec<(&'static str, u64)> {
        let names = [
            "snapshots",
            "depths",
            "trades",
            "quotes",
            "orders",
            "fundings",
            "terms",
            "breaks",
        ];
        names.into_iter().zip(self.front.contents.kinds).collect()
    }

    #[getter]
    fn first_ts_recv_ns(&self) -> i64 {
        self.front.contents.first_ts_recv_ns
    }

    #[getter]
    fn last_ts_recv_ns(&self) -> i64 {
        self.front.contents.last_ts_recv_ns
    }

    #[pyo3(signature = (kinds, /, *, limit = 1_000))]
    fn told(&self, py: Python<'_>, kinds: Vec<String>, limit: usize) -> PyResult<Vec<Told>> {
        let mut reader = self.reader()?;
        let mut all = Vec::new();
        while all.len() < limit {
            if !reader.advance().map_err(IntoPy::into_py)? {
                break;
            }
            let taped = reader.current();
            let (kind, numbers) = said(py, &taped)?;
            if kinds.iter().any(|one| one == kind) {
                let symbol = self.front.instruments[taped.instrument as usize].symbol();
                let times = (taped.ts_event_ns, taped.ts_recv_ns);
                all.push((times.0, times.1, symbol.to_owned(), kind, numbers.unbind()));
            }
        }
        Ok(all)
    }
}
