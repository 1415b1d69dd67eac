//! Numbers from Python: `Decimal | str | int` exactly, a `float` only where it means a tick.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyFloat, PyInt, PyString};
use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::Instrument;
use tradecore_core::units::{Lots, Side, Ticks};

use crate::errors::{InputError, IntoPy, PriceError, QuantityError};
use crate::met;

/// How far a float may lie from the number it stands for, relative.
const FLOAT_TOLERANCE: f64 = 1e-9;

/// The exact number a caller wrote.
///
/// A float is read as its shortest decimal text; whether that lies on a step is decided where
/// the step is known, by [`ticks`] and [`lots`].
pub(crate) fn decimal(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Decimal> {
    if let Ok(text) = value.cast::<PyString>() {
        return parse(text.to_cow()?.as_ref(), name);
    }
    if value.is_exact_instance_of::<PyInt>() {
        if let Ok(small) = value.extract::<i64>() {
            return Decimal::new(i128::from(small), 0)
                .map_err(|e| refuse(name, value, &e.to_string()));
        }
        return parse(value.str()?.to_cow()?.as_ref(), name);
    }
    // Numbers are read while an engine is locked: only code of the language itself may run here,
    // not what a subclass calls its text.
    if let Ok(float) = value.cast::<PyFloat>() {
        return parse(&float.value().to_string().to_ascii_lowercase(), name);
    }
    let class = decimal_class(value.py())?;
    let written = || {
        let text = class
            .getattr(intern!(value.py(), "__str__"))?
            .call1((value,))?;
        parse(text.cast::<PyString>()?.to_cow()?.as_ref(), name)
    };
    if value.get_type().is(class) {
        return met::read(value, written);
    }
    if value.is_instance(class)? {
        return written();
    }
    let kind = value.get_type().name()?;
    Err(InputError::new_err(format!(
        "{name} must be Decimal, str, int or float: got {kind}"
    )))
}

fn parse(text: &str, name: &str) -> PyResult<Decimal> {
    Decimal::parse(text.trim().as_bytes())
        .map_err(|error| InputError::new_err(format!("{name} {error}: {name}={text:?}")))
}

fn refuse(name: &str, value: &Bound<'_, PyAny>, why: &str) -> PyErr {
    InputError::new_err(format!("{name} {why}: {name}={value}"))
}

/// The ticks of a price argument.
#[inline]
pub(crate) fn ticks(value: &Bound<'_, PyAny>, instrument: &Instrument) -> PyResult<Ticks> {
    if let Some(count) = on_step(value, instrument.tick_size()) {
        return Ok(Ticks(count));
    }
    let exact = number::<PriceError>(value, "price", instrument)?;
    instrument.ticks(exact).map_err(IntoPy::into_py)
}

/// The lots of a quantity argument.
#[inline]
pub(crate) fn lots(value: &Bound<'_, PyAny>, instrument: &Instrument) -> PyResult<Lots> {
    if let Some(count) = on_step(value, instrument.lot_size()) {
        return Ok(Lots(count));
    }
    let exact = number::<QuantityError>(value, "quantity", instrument)?;
    instrument.lots(exact).map_err(IntoPy::into_py)
}

/// The ticks of a price argument that is not the order's `price`: its refusal says which.
pub(crate) fn named_ticks(
    value: &Bound<'_, PyAny>,
    name: &str,
    instrument: &Instrument,
) -> PyResult<i64> {
    let ticks = ticks(value, instrument).map_err(|error| named(&error, name, value.py()))?;
    Ok(ticks.0)
}

/// The lots of a quantity argument that is not the order's `quantity`: its refusal says which.
pub(crate) fn named_lots(
    value: &Bound<'_, PyAny>,
    name: &str,
    instrument: &Instrument,
) -> PyResult<i64> {
    let lots = lots(value, instrument).map_err(|error| named(&error, name, value.py()))?;
    Ok(lots.0)
}

fn named(error: &PyErr, name: &str, py: Python<'_>) -> PyErr {
    let text = format!("{name}: {}", error.value(py));
    PyErr::from_type(error.get_type(py), text)
}

/// Like [`decimal`], but `nan` and `inf` are refused in the words of a price or quantity.
fn number<E: pyo3::PyTypeInfo>(
    value: &Bound<'_, PyAny>,
    name: &str,
    instrument: &Instrument,
) -> PyResult<Decimal> {
    decimal(value, name).map_err(|error| {
        if error.is_instance_of::<InputError>(value.py()) {
            PyErr::new::<E, _>(format!(
                "{}, symbol={}",
                error.value(value.py()),
                instrument.symbol()
            ))
        } else {
            error
        }
    })
}

/// The step a float means, when it lies within the tolerance of one.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    reason = "a caller's own float"
)]
#[expect(
    clippy::cast_precision_loss,
    reason = "relative tolerance is far above the loss"
)]
fn on_step(value: &Bound<'_, PyAny>, step: Decimal) -> Option<i64> {
    let number = value.cast::<PyFloat>().ok()?.value();
    let step = step.mantissa() as f64 / 10_f64.powi(i32::try_from(step.scale()).ok()?);
    let count = (number / step).round();
    let close = (count * step - number).abs() <= FLOAT_TOLERANCE * number.abs();
    (close && count > 0.0 && count < 9e15).then_some(count as i64)
}

/// Any number of lots as Python's `decimal.Decimal`.
pub(crate) fn quantity<'py>(
    py: Python<'py>,
    lots: i128,
    instrument: &Instrument,
) -> PyResult<Bound<'py, PyAny>> {
    let lot = instrument.lot_size();
    let exact = lot.mantissa().checked_mul(lots);
    match exact.map(|mantissa| Decimal::new(mantissa, lot.scale())) {
        Some(Ok(quantity)) => to_python(py, quantity),
        Some(Err(_)) | None => Err(QuantityError::new_err(format!(
            "quantity is beyond what a decimal holds: {lots} lots of {lot}"
        ))),
    }
}

/// A decimal as Python's `decimal.Decimal`.
pub(crate) fn to_python(py: Python<'_>, value: Decimal) -> PyResult<Bound<'_, PyAny>> {
    met::made(py, value, || decimal_class(py)?.call1((value.to_string(),)))
}

/// Python's `decimal.Decimal`, imported once.
fn decimal_class(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static DECIMAL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let class = DECIMAL.get_or_try_init(py, || {
        py.import("decimal")?.getattr("Decimal").map(Bound::unbind)
    })?;
    Ok(class.bind(py))
}

/// The side a caller named.
#[inline]
pub(crate) fn side(word: &str) -> PyResult<Side> {
    match word {
        "buy" => Ok(Side::Buy),
        "sell" => Ok(Side::Sell),
        _ => Err(InputError::new_err(format!(
            "side must be 'buy' or 'sell': side={word:?}"
        ))),
    }
}

/// The nearest binary fraction, for arrays that analytics read; never for money.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "analytics are floats"
)]
pub(crate) fn to_f64(value: Decimal) -> f64 {
    value.mantissa() as f64 / 10_f64.powi(value.scale().cast_signed())
}
