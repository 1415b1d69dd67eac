//! A message as the network gave it: `bytes`, `str`, or anything with a buffer of bytes.

use std::ops::Deref;

use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::errors::InputError;

/// The bytes of a message; borrowed for the length of the call where Python cannot change them.
pub(crate) enum Frame<'a> {
    Borrowed(&'a [u8]),
    Copied(Vec<u8>),
}

impl Deref for Frame<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Copied(bytes) => bytes,
        }
    }
}

impl<'a> Frame<'a> {
    /// The bytes of what a caller gave.
    #[inline]
    pub(crate) fn of(value: &'a Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = value.cast::<PyBytes>() {
            return Ok(Self::Borrowed(bytes.as_bytes()));
        }
        if let Ok(text) = value.cast::<PyString>()
            && let Ok(text) = text.to_str()
        {
            return Ok(Self::Borrowed(text.as_bytes()));
        }
        copied(value)
    }
}

#[cold]
fn copied<'a>(value: &Bound<'_, PyAny>) -> PyResult<Frame<'a>> {
    let copy = PyBuffer::<u8>::get(value).and_then(|buffer| buffer.to_vec(value.py()));
    copy.map(Frame::Copied).map_err(|_| {
        let kind = value.get_type().name();
        let kind = kind.map_or_else(|_| "?".to_owned(), |name| name.to_string());
        InputError::new_err(format!(
            "a message is bytes, text or a buffer of bytes: got {kind}"
        ))
    })
}
