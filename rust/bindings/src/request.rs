//! `tradecore._core.RequestWriter`: signed messages of a request channel.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyString};
use tradecore_core::sign::request::{Key, Signer, Value, message};

use crate::arguments::Word;
use crate::errors::InputError;
use crate::sign::{Ed25519Key, HmacKey};

/// A key that was prepared before.
#[derive(FromPyObject)]
enum Prepared {
    Hmac(Py<HmacKey>),
    Ed25519(Py<Ed25519Key>),
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct RequestWriter {
    name: String,
    key: Prepared,
}

#[pymethods]
impl RequestWriter {
    #[new]
    #[pyo3(signature = (name, key, /))]
    fn new(name: String, key: Prepared) -> Self {
        Self { name, key }
    }

    #[pyo3(signature = (request_id, method, params, /, *, signed = true))]
    fn write<'py>(
        &self,
        py: Python<'py>,
        request_id: Word<'_>,
        method: Word<'_>,
        params: &Bound<'py, PyDict>,
        signed: bool,
    ) -> PyResult<Bound<'py, PyString>> {
        let pairs: Vec<(Bound<'_, PyAny>, Bound<'_, PyAny>)> = params.iter().collect();
        let params: Vec<(&str, Value<'_>)> = pairs
            .iter()
            .map(|(name, value)| Ok((name.extract()?, read(name, value)?)))
            .collect::<PyResult<_>>()?;
        let text = self.text(request_id.0, method.0, &params, signed);
        Ok(PyString::new(py, &text))
    }

    #[expect(clippy::unused_self, reason = "Python calls it on an instance")]
    const fn __repr__(&self) -> &'static str {
        "RequestWriter(***)"
    }
}

impl RequestWriter {
    /// The message, signed or as it is.
    pub(crate) fn text(
        &self,
        id: &str,
        method: &str,
        params: &[(&str, Value<'_>)],
        signed: bool,
    ) -> String {
        let key = match &self.key {
            Prepared::Hmac(key) => Key::Hmac(&key.get().key),
            Prepared::Ed25519(key) => Key::Ed25519(&key.get().key),
        };
        let by = signed.then_some(Signer {
            name: &self.name,
            key,
        });
        message(id, method, params, by)
    }
}

fn read<'a>(name: &Bound<'_, PyAny>, value: &'a Bound<'_, PyAny>) -> PyResult<Value<'a>> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::Text(text.to_str()?));
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Value::Flag(flag.is_true()));
    }
    if value.is_exact_instance_of::<PyInt>()
        && let Ok(number) = value.extract()
    {
        return Ok(Value::Whole(number));
    }
    let kind = value.get_type().name()?;
    Err(InputError::new_err(format!(
        "a parameter is text, a whole number of 64 bits, or a bool: name={name}, got {kind}"
    )))
}
