//! Levels from Python: any iterable of (price, quantity) pairs, zero quantities among them.

use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use tradecore_core::decimal::Decimal;
use tradecore_core::feed::Counter;
use tradecore_core::instrument::Instrument;
use tradecore_core::market::Level;
use tradecore_core::units::{Lots, Side, Ticks};

use crate::convert;
use crate::errors::{InputError, PriceError, QuantityError};

/// Reads levels of one instrument.
pub(crate) struct Reader<'a> {
    pub(crate) instrument: &'a Instrument,
    pub(crate) counter: &'a Counter,
}

impl Reader<'_> {
    /// Appends every pair of `side` to `levels`.
    pub(crate) fn read(
        &self,
        pairs: &Bound<'_, PyAny>,
        name: &str,
        side: Side,
        levels: &mut Vec<Level>,
    ) -> PyResult<()> {
        let pairs = pairs.try_iter().map_err(|_| not_pairs(pairs, name))?;
        for pair in pairs {
            let pair = pair?;
            let (price, qty) = split(&pair, name)?;
            levels.push(Level {
                side,
                price: self.price(&price)?,
                qty: self.qty(&qty)?,
            });
        }
        Ok(())
    }

    fn price(&self, value: &Bound<'_, PyAny>) -> PyResult<Ticks> {
        match value.cast::<PyString>() {
            Ok(text) => self
                .counter
                .ticks(text.to_cow()?.trim().as_bytes())
                .map_err(PriceError::new_err),
            Err(_) => convert::ticks(value, self.instrument),
        }
    }

    fn qty(&self, value: &Bound<'_, PyAny>) -> PyResult<Lots> {
        if let Ok(text) = value.cast::<PyString>() {
            let lots = self.counter.lots(text.to_cow()?.trim().as_bytes());
            return lots.map_err(QuantityError::new_err);
        }
        match convert::lots(value, self.instrument) {
            Err(_) if convert::decimal(value, "quantity").is_ok_and(|n| n == Decimal::ZERO) => {
                Ok(Lots(0))
            }
            read => read,
        }
    }
}

type Pair<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

fn split<'py>(pair: &Bound<'py, PyAny>, name: &str) -> PyResult<Pair<'py>> {
    if let Ok(tuple) = pair.cast::<PyTuple>()
        && tuple.len() == 2
    {
        return Ok((tuple.get_item(0)?, tuple.get_item(1)?));
    }
    let is_text = pair.is_instance_of::<PyString>();
    let items: Vec<Bound<'py, PyAny>> = match pair.try_iter() {
        Ok(items) if !is_text => items.take(3).collect::<PyResult<_>>()?,
        _ => return Err(not_pairs(pair, name)),
    };
    match <[_; 2]>::try_from(items) {
        Ok([price, qty]) => Ok((price, qty)),
        Err(items) => Err(InputError::new_err(format!(
            "a level is a pair of price and quantity: {name} has one of {}{} items",
            if items.len() > 2 { "at least " } else { "" },
            items.len()
        ))),
    }
}

fn not_pairs(value: &Bound<'_, PyAny>, name: &str) -> PyErr {
    let got = value
        .get_type()
        .name()
        .map_or_else(|_| String::new(), |n| n.to_string());
    InputError::new_err(format!(
        "{name} must be pairs of price and quantity: got {got}"
    ))
}
