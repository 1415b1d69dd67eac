//! Decimals that were met lately: a number that is said again is neither read nor made again.
//!
//! Python's decimals never change, so one object may stand for its value as long as it is held
//! here, and one value may be handed out as one object. Only objects of the class itself are kept,
//! not of a subclass: letting go of one runs no code of a caller.

use std::sync::Mutex;

use pyo3::prelude::*;
use tradecore_core::decimal::Decimal;

use crate::lock::lock;

/// How many of each kind are kept.
const KEPT: usize = 64;

struct Met {
    object: Py<PyAny>,
    value: Decimal,
}

type Table = Mutex<[Option<Met>; KEPT]>;

static READ: Table = Mutex::new([const { None }; KEPT]);
static MADE: Table = Mutex::new([const { None }; KEPT]);

/// Reads `object`, unless it was read lately.
#[inline]
pub(crate) fn read(
    object: &Bound<'_, PyAny>,
    how: impl FnOnce() -> PyResult<Decimal>,
) -> PyResult<Decimal> {
    // Objects lie at multiples of sixteen.
    let at = (object.as_ptr().addr() >> 4) % KEPT;
    if let Some(met) = &lock(&READ)[at]
        && met.object.is(object)
    {
        return Ok(met.value);
    }
    let value = how()?;
    lock(&READ)[at] = Some(Met {
        object: object.clone().unbind(),
        value,
    });
    Ok(value)
}

/// Makes the object of `value`, unless that was made lately.
#[inline]
pub(crate) fn made<'py>(
    py: Python<'py>,
    value: Decimal,
    how: impl FnOnce() -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    // Equal numbers with other zeros at the end are other objects.
    let parts = |value: Decimal| (value.mantissa(), value.scale());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a table"
    )]
    let mixed = (value.mantissa() as u64)
        .wrapping_add(u64::from(value.scale()))
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let at = (mixed >> 58) as usize % KEPT;
    if let Some(met) = &lock(&MADE)[at]
        && parts(met.value) == parts(value)
    {
        return Ok(met.object.bind(py).clone());
    }
    let object = how()?;
    lock(&MADE)[at] = Some(Met {
        object: object.clone().unbind(),
        value,
    });
    Ok(object)
}
