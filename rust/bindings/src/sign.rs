//! `tradecore._core`: HMAC and Ed25519. No text made here shows a key.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyString};
use tradecore_core::sign as core;
use tradecore_core::sign::encoding::{TEXT_MAX, hex_word};
use tradecore_core::sign::hmac::{self, Algorithm};
use tradecore_core::sign::{Encoding, Secret, SignError};

use crate::errors::{IntoPy, SigningError};

/// A prepared HMAC key and how its signatures are written.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct HmacKey {
    pub(crate) key: hmac::HmacKey,
    encoding: Encoding,
}

#[pymethods]
impl HmacKey {
    #[new]
    #[pyo3(signature = (key, *, algorithm = "sha256", encoding = "hex"))]
    fn new(key: &Bound<'_, PyAny>, algorithm: &str, encoding: &str) -> PyResult<Self> {
        let algorithm = match algorithm {
            "sha256" => Algorithm::Sha256,
            "sha512" => Algorithm::Sha512,
            _ => return Err(word("algorithm", "'sha256' or 'sha512'", algorithm)),
        };
        prepare(key, algorithm, encoding)
    }

    #[pyo3(signature = (message, /))]
    fn sign<'py>(&self, message: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
        let tag = self.key.sign(&bytes(message, "message")?);
        let mut room = [0; TEXT_MAX];
        Ok(PyString::new(
            message.py(),
            tag.write(self.encoding, &mut room),
        ))
    }

    #[pyo3(signature = (message, signature, /))]
    fn verify(&self, message: &Bound<'_, PyAny>, signature: &Bound<'_, PyAny>) -> PyResult<bool> {
        let signature = bytes(signature, "signature")?;
        let message = bytes(message, "message")?;
        Ok(self.key.verify(&message, &signature, self.encoding))
    }

    fn __repr__(&self) -> String {
        format!("HmacKey(***, algorithm={})", self.key.algorithm().as_str())
    }
}

#[pyfunction]
#[pyo3(signature = (key, message, *, encoding = "hex"))]
pub(crate) fn hmac_sha256<'py>(
    key: &Bound<'py, PyAny>,
    message: &Bound<'py, PyAny>,
    encoding: &str,
) -> PyResult<Bound<'py, PyString>> {
    prepare(key, Algorithm::Sha256, encoding)?.sign(message)
}

#[pyfunction]
#[pyo3(signature = (key, message, *, encoding = "hex"))]
pub(crate) fn hmac_sha512<'py>(
    key: &Bound<'py, PyAny>,
    message: &Bound<'py, PyAny>,
    encoding: &str,
) -> PyResult<Bound<'py, PyString>> {
    prepare(key, Algorithm::Sha512, encoding)?.sign(message)
}

fn prepare(key: &Bound<'_, PyAny>, algorithm: Algorithm, encoding: &str) -> PyResult<HmacKey> {
    let encoding = encoding_named(encoding)?;
    let key = hmac::HmacKey::new(algorithm, &secret(key, "key")?).map_err(IntoPy::into_py)?;
    Ok(HmacKey { key, encoding })
}

/// A parsed Ed25519 private key and how its signatures are written.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct Ed25519Key {
    pub(crate) key: core::ed25519::Ed25519Key,
    encoding: Encoding,
}

#[pymethods]
impl Ed25519Key {
    #[new]
    #[pyo3(signature = (key, *, encoding = "base64"))]
    fn new(key: &Bound<'_, PyAny>, encoding: &str) -> PyResult<Self> {
        let encoding = encoding_named(encoding)?;
        let key = core::ed25519::Ed25519Key::new(&secret(key, "key")?).map_err(IntoPy::into_py)?;
        Ok(Self { key, encoding })
    }

    #[pyo3(signature = (message, /))]
    fn sign<'py>(&self, message: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
        let message_bytes = bytes(message, "message")?;
        let signature = message.py().detach(|| self.key.sign(&message_bytes));
        let mut room = [0; TEXT_MAX];
        let text = self.encoding.write(&signature, &mut room);
        Ok(PyString::new(message.py(), text))
    }

    #[getter]
    fn public_key(&self) -> String {
        hex_word(&self.key.public_key()).split_off(2)
    }

    fn __repr__(&self) -> String {
        format!("Ed25519Key(***, public_key='{}')", self.public_key())
    }
}

#[pyfunction]
#[pyo3(signature = (key, message, *, encoding = "base64"))]
pub(crate) fn ed25519<'py>(
    key: &Bound<'py, PyAny>,
    message: &Bound<'py, PyAny>,
    encoding: &str,
) -> PyResult<Bound<'py, PyString>> {
    Ed25519Key::new(key, encoding)?.sign(message)
}

#[pyfunction]
#[pyo3(signature = (public_key, message, signature, *, encoding = "base64"))]
pub(crate) fn ed25519_verify(
    public_key: &Bound<'_, PyAny>,
    message: &Bound<'_, PyAny>,
    signature: &Bound<'_, PyAny>,
    encoding: &str,
) -> PyResult<bool> {
    let encoding = encoding_named(encoding)?;
    let key = bytes(public_key, "public_key")?;
    let text = bytes(signature, "signature")?;
    let message = bytes(message, "message")?;
    let signature = encoding.read(&text).ok_or_else(|| {
        let malformed = SignError::MalformedSignature {
            algorithm: "ed25519",
            rule: "64 bytes as text in the encoding named",
            length: text.len(),
        };
        malformed.into_py()
    })?;
    public_key
        .py()
        .detach(|| core::ed25519::verify(&key, &message, &signature))
        .map_err(IntoPy::into_py)
}

/// A copy of a key given as text, bytes, or an object that holds one behind `get_secret_value()`.
pub(crate) fn secret(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Secret> {
    if is_bytes(value) {
        return match bytes(value, name)? {
            Cow::Borrowed(given) => Ok(Secret::copy(given)),
            Cow::Owned(copied) => Ok(Secret::take(copied)),
        };
    }
    if value.hasattr("get_secret_value")? {
        let inner = value.call_method0("get_secret_value")?;
        if is_bytes(&inner) {
            return secret(&inner, name);
        }
    }
    Err(SigningError::new_err(format!(
        "{name} must be str, bytes or a secret with get_secret_value: got {}",
        value.get_type().name()?
    )))
}

fn is_bytes(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyString>()
        || value.is_instance_of::<PyBytes>()
        || value.is_instance_of::<PyByteArray>()
}

/// The bytes of a `bytes`, `bytearray` or UTF-8 of a `str`.
///
/// A text that has no UTF-8 is refused without the cause, since Python's would carry the text.
#[inline]
pub(crate) fn bytes<'a>(value: &'a Bound<'_, PyAny>, name: &str) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(text) = value.cast::<PyString>() {
        let text = text.to_str().map_err(|_| {
            SigningError::new_err(format!("{name} must have no lone surrogates: got str"))
        })?;
        return Ok(Cow::Borrowed(text.as_bytes()));
    }
    if let Ok(given) = value.cast::<PyBytes>() {
        return Ok(Cow::Borrowed(given.as_bytes()));
    }
    if let Ok(given) = value.cast::<PyByteArray>() {
        return Ok(Cow::Owned(given.to_vec()));
    }
    Err(SigningError::new_err(format!(
        "{name} must be str or bytes: got {}",
        value.get_type().name()?
    )))
}

fn encoding_named(name: &str) -> PyResult<Encoding> {
    match name {
        "hex" => Ok(Encoding::Hex),
        "base64" => Ok(Encoding::Base64),
        _ => Err(word("encoding", "'hex' or 'base64'", name)),
    }
}

/// The refusal of a word that is not one of those allowed.
pub(crate) fn word(name: &str, allowed: &str, given: &str) -> PyErr {
    SigningError::new_err(format!("{name} must be {allowed}: {name}={given:?}"))
}
