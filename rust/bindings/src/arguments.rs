//! Argument types whose refusal is an `InputError`: a wrong type is a call that makes no sense.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString};

use crate::errors::InputError;

/// Text, borrowed for the length of the call.
#[derive(Clone, Copy)]
pub(crate) struct Word<'a>(pub(crate) &'a str);

impl<'a, 'py> FromPyObject<'a, 'py> for Word<'a> {
    type Error = PyErr;

    #[inline]
    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        value
            .extract::<&'a str>()
            .map(Self)
            .map_err(|_| refuse(&value, "must be str"))
    }
}

/// Text that is kept as the Python object it is.
pub(crate) struct Name<'py>(pub(crate) Bound<'py, PyString>);

impl<'a, 'py> FromPyObject<'a, 'py> for Name<'py> {
    type Error = PyErr;

    #[inline]
    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        match value.cast::<PyString>() {
            Ok(text) => Ok(Self(text.to_owned())),
            Err(_) => Err(refuse(&value, "must be str")),
        }
    }
}

/// A whole number in the range of `T`; a bool is none.
#[derive(Clone, Copy, Default)]
pub(crate) struct Whole<T>(pub(crate) T);

macro_rules! whole {
    ($($number:ty),+) => {$(
        impl<'a, 'py> FromPyObject<'a, 'py> for Whole<$number> {
            type Error = PyErr;

            #[inline]
            fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
                match value.extract::<$number>() {
                    Ok(number) if !value.is_instance_of::<PyBool>() => Ok(Self(number)),
                    _ => {
                        let (least, most) = (<$number>::MIN, <$number>::MAX);
                        Err(refuse(&value, &format!("must be an int from {least} to {most}")))
                    }
                }
            }
        }
    )+};
}

whole!(u32, u64, i64);

#[cold]
fn refuse(value: &Bound<'_, PyAny>, rule: &str) -> PyErr {
    let shown = value.repr().and_then(|text| text.extract::<String>());
    let shown: String = shown
        .unwrap_or_else(|_| "?".to_owned())
        .chars()
        .take(80)
        .collect();
    InputError::new_err(format!("{rule}: got {shown}"))
}
