//! `tradecore._core.JournalWriter` and its like: records in a file, and what a journal holds.

#![expect(
    clippy::needless_pass_by_value,
    reason = "an extracted argument owns what it converted"
)]

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use tradecore_journal::disk::LocalDisk;
use tradecore_journal::durable::{self, Ack, JournalOptions};
use tradecore_journal::file::{FileError, FileReader, FileWriter};

use crate::arguments::Whole;
use crate::errors::{InputError, IntoPy, JournalError};
use crate::lock::lock as locked;

/// One part of so many of a segment is kept back on a full disk.
const SEGMENT_PARTS: u64 = 4;

/// Sequence, kind, time and payload.
type Row<'py> = (u64, u8, i64, Bound<'py, PyBytes>);

/// The one writer of a file of records.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct JournalWriter(Mutex<FileWriter>);

#[pymethods]
impl JournalWriter {
    #[new]
    #[pyo3(signature = (path, *, sync = true, salt = None))]
    fn new(path: PathBuf, sync: bool, salt: Option<Whole<u64>>) -> PyResult<Self> {
        let salt = salt.map_or_else(drawn, |given| given.0);
        let writer = FileWriter::open(&path, salt, sync);
        writer
            .map(|writer| Self(Mutex::new(writer)))
            .map_err(IntoPy::into_py)
    }

    #[pyo3(signature = (kind, payload, /, *, timestamp_ns))]
    fn append(
        &self,
        py: Python<'_>,
        kind: Whole<u32>,
        payload: &[u8],
        timestamp_ns: Whole<i64>,
    ) -> PyResult<u64> {
        let Ok(kind) = u8::try_from(kind.0) else {
            let text = format!("a kind is from 0 to 255: kind={}", kind.0);
            return Err(InputError::new_err(text));
        };
        py.detach(|| locked(&self.0).append(kind, timestamp_ns.0, payload))
            .map_err(IntoPy::into_py)
    }

    fn flush(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| locked(&self.0).sync())
            .map_err(IntoPy::into_py)
    }

    #[getter]
    fn sequence(&self) -> u64 {
        locked(&self.0).sequence()
    }

    #[getter]
    fn torn_bytes(&self) -> u64 {
        locked(&self.0).torn_bytes()
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| locked(&self.0).close())
            .map_err(IntoPy::into_py)
    }
}

/// The records of a file, one after the other.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct JournalReader(Mutex<FileReader>);

#[pymethods]
impl JournalReader {
    #[new]
    fn new(path: PathBuf) -> PyResult<Self> {
        let reader = FileReader::open(&path);
        reader
            .map(|reader| Self(Mutex::new(reader)))
            .map_err(IntoPy::into_py)
    }

    const fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> Option<Row<'py>> {
        let mut reader = locked(&self.0);
        let record = reader.next_record()?;
        let payload = PyBytes::new(py, record.payload);
        Some((record.sequence, record.kind, record.ts_ns, payload))
    }

    #[getter]
    fn torn_bytes(&self) -> u64 {
        locked(&self.0).torn_bytes()
    }
}

/// Looks at every byte of a venue's journal, and hands each record to `each` as text.
#[pyfunction]
#[pyo3(signature = (path, *, shard = Whole(0), each = None),
       text_signature = "(path, *, shard=0, each=None)")]
pub(crate) fn journal_inspect<'py>(
    py: Python<'py>,
    path: PathBuf,
    shard: Whole<u32>,
    each: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let mut failed = Ok(());
    let found = durable::inspect(&LocalDisk::look(&path), shard.0, &mut |sequence, entry| {
        if let (Some(each), Ok(())) = (&each, &failed) {
            failed = each.call1((sequence, format!("{entry:?}"))).map(drop);
        }
    });
    failed?;
    let found = found.map_err(IntoPy::into_py)?;
    let answer = PyDict::new(py);
    answer.set_item("first", found.first)?;
    answer.set_item("last", found.last)?;
    answer.set_item("blocks", found.blocks)?;
    answer.set_item("segments", found.segments)?;
    answer.set_item("torn_bytes", found.torn_bytes)?;
    answer.set_item("snapshots", found.snapshots)?;
    answer.set_item("broken_snapshots", found.broken)?;
    Ok(answer)
}

/// The options a caller gave.
pub(crate) fn options(
    ack: Option<&str>,
    shard: u32,
    segment_bytes: Option<u64>,
    snapshot_bytes: Option<u64>,
    reserve_bytes: Option<u64>,
) -> PyResult<JournalOptions> {
    let ack = match ack {
        None | Some("durable") => Ack::Durable,
        Some("memory") => Ack::Memory,
        Some(other) => {
            let text = format!("ack is 'durable' or 'memory': ack={other:?}");
            return Err(InputError::new_err(text));
        }
    };
    let usual = JournalOptions::default();
    let segment_bytes = segment_bytes.unwrap_or(usual.segment_bytes);
    Ok(JournalOptions {
        shard,
        salt: drawn(),
        ack,
        segment_bytes,
        reserve_bytes: reserve_bytes.unwrap_or(segment_bytes / SEGMENT_PARTS),
        snapshot_bytes: snapshot_bytes.unwrap_or(usual.snapshot_bytes),
        ..usual
    })
}

/// The folder of a journal, for its one writer.
pub(crate) fn lock(path: &Path) -> PyResult<LocalDisk> {
    let source = match LocalDisk::lock(path) {
        Ok(Some(disk)) => return Ok(disk),
        Ok(None) => return Err(durable::JournalError::Taken.into_py()),
        Err(source) => source,
    };
    let action = "open the folder of a journal";
    Err(durable::JournalError::Io { action, source }.into_py())
}

/// A salt that other journals do not have.
fn drawn() -> u64 {
    RandomState::new().build_hasher().finish()
}

impl IntoPy for FileError {
    fn into_py(self) -> PyErr {
        let text = self.to_string();
        match self {
            Self::TooLarge(_) => InputError::new_err(text),
            _ => JournalError::new_err(text),
        }
    }
}
