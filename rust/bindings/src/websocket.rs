//! `tradecore._core.FrameReader` and `text_frame`: a connection's frames.

use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tradecore_core::websocket as core;

use crate::arguments::Word;
use crate::errors::InputError;
use crate::lock::lock;

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct FrameReader(Mutex<core::FrameReader>);

/// Messages, and the frame of another kind behind them.
type Read<'py> = (Vec<Bound<'py, PyBytes>>, Option<Bound<'py, PyBytes>>);

#[pymethods]
impl FrameReader {
    #[new]
    #[pyo3(signature = (*, message_bytes_max))]
    const fn new(message_bytes_max: usize) -> Self {
        Self(Mutex::new(core::FrameReader::new(message_bytes_max)))
    }

    #[pyo3(signature = (data, /))]
    fn receive<'py>(&self, py: Python<'py>, data: &Bound<'py, PyBytes>) -> Read<'py> {
        let mut reader = lock(&self.0);
        reader.push(data.as_bytes());
        let mut messages = Vec::new();
        loop {
            match reader.advance() {
                core::Next::Message(bytes) => messages.push(PyBytes::new(py, bytes)),
                core::Next::Other(bytes) => return (messages, Some(PyBytes::new(py, bytes))),
                core::Next::Nothing => return (messages, None),
            }
        }
    }

    fn take_rest<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &lock(&self.0).take_rest())
    }
}

#[pyfunction]
#[pyo3(signature = (text, mask, /))]
pub(crate) fn text_frame<'py>(
    py: Python<'py>,
    text: Word<'_>,
    mask: &[u8],
) -> PyResult<Bound<'py, PyBytes>> {
    let mask = mask
        .try_into()
        .map_err(|_| InputError::new_err(format!("a mask is four bytes: bytes={}", mask.len())))?;
    let mut frame = Vec::with_capacity(text.0.len() + core::HEAD_MAX);
    core::text_frame(text.0, mask, &mut frame);
    Ok(PyBytes::new(py, &frame))
}
