//! `tradecore._core.SymbolTerms` and `Limits`: what accounts trade a symbol by, and what they may.

#![expect(
    clippy::needless_pass_by_value,
    reason = "an extracted argument owns what it converted"
)]

use pyo3::prelude::*;
use tradecore_core::money::{Money, Rate};
use tradecore_core::risk as core;

use crate::arguments::{Name, Whole};
use crate::convert;
use crate::errors::InputError;

/// Assets by name and rates of one symbol.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct SymbolTerms {
    pub(crate) base: String,
    pub(crate) quote: String,
    initial_margin: Rate,
    max_spread_ticks: i64,
}

impl SymbolTerms {
    /// The terms with assets by number.
    pub(crate) const fn numbered(&self, base: u32, quote: u32) -> core::SymbolTerms {
        core::SymbolTerms {
            base,
            quote,
            initial_margin: self.initial_margin,
            max_spread_ticks: self.max_spread_ticks,
        }
    }
}

#[pymethods]
impl SymbolTerms {
    #[new]
    #[pyo3(signature = (*, base, quote, initial_margin = None, max_spread_ticks = Whole(0)),
           text_signature = "(*, base, quote, initial_margin='0', max_spread_ticks=0)")]
    fn new(
        base: Name<'_>,
        quote: Name<'_>,
        initial_margin: Option<&Bound<'_, PyAny>>,
        max_spread_ticks: Whole<i64>,
    ) -> PyResult<Self> {
        let margin = rate(initial_margin, "initial_margin")?.unwrap_or_default();
        if !(0..=1_000_000_000).contains(&margin.0) || max_spread_ticks.0 < 0 {
            return Err(InputError::new_err(format!(
                "a margin is from 0 to 1 and a spread not below 0: initial_margin={}, \
                 max_spread_ticks={}",
                margin.to_decimal(),
                max_spread_ticks.0
            )));
        }
        Ok(Self {
            base: base.0.to_cow()?.into_owned(),
            quote: quote.0.to_cow()?.into_owned(),
            initial_margin: margin,
            max_spread_ticks: max_spread_ticks.0,
        })
    }
}

/// One set of limits; a limit not given leaves the matter to the other scopes.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct Limits(pub(crate) core::Limits);

#[pymethods]
impl Limits {
    #[new]
    #[pyo3(signature = (*, max_order_lots = None, max_order_value = None, collar = None,
                        duplicate_window_ns = None, max_open_orders = None,
                        max_position_lots = None, max_position_value = None, max_leverage = None,
                        max_daily_loss = None, order_rate = None))]
    #[expect(clippy::too_many_arguments, reason = "one for each limit")]
    fn new(
        max_order_lots: Option<Whole<i64>>,
        max_order_value: Option<&Bound<'_, PyAny>>,
        collar: Option<&Bound<'_, PyAny>>,
        duplicate_window_ns: Option<Whole<i64>>,
        max_open_orders: Option<Whole<u32>>,
        max_position_lots: Option<Whole<i64>>,
        max_position_value: Option<&Bound<'_, PyAny>>,
        max_leverage: Option<&Bound<'_, PyAny>>,
        max_daily_loss: Option<&Bound<'_, PyAny>>,
        order_rate: Option<(Whole<u32>, Whole<i64>)>,
    ) -> PyResult<Self> {
        let limits = core::Limits {
            max_order_qty: max_order_lots.map(|lots| lots.0),
            max_order_value: money(max_order_value, "max_order_value")?,
            collar: rate(collar, "collar")?,
            duplicate_window_ns: duplicate_window_ns.map(|window| window.0),
            max_open_orders: max_open_orders.map(|count| count.0),
            max_position_qty: max_position_lots.map(|lots| lots.0),
            max_position_value: money(max_position_value, "max_position_value")?,
            max_leverage: rate(max_leverage, "max_leverage")?,
            max_daily_loss: money(max_daily_loss, "max_daily_loss")?,
            order_rate: order_rate.map(|(burst, period_ns)| core::OrderRate {
                period_ns: period_ns.0,
                burst: burst.0,
            }),
        };
        limits.check().map_err(|_| {
            InputError::new_err(format!(
                "limits are not below 0, and an order rate has a burst and a period: {limits:?}"
            ))
        })?;
        Ok(Self(limits))
    }
}

/// An amount of money a caller wrote.
pub(crate) fn amount(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Money> {
    let exact = convert::decimal(value, name)?;
    let money = exact.to_atto().map(Money);
    money.ok_or_else(|| {
        InputError::new_err(format!("{name} is beyond what is counted: {name}={exact}"))
    })
}

fn money(value: Option<&Bound<'_, PyAny>>, name: &str) -> PyResult<Option<Money>> {
    value.map(|value| amount(value, name)).transpose()
}

fn rate(value: Option<&Bound<'_, PyAny>>, name: &str) -> PyResult<Option<Rate>> {
    let Some(value) = value else { return Ok(None) };
    let exact = convert::decimal(value, name)?;
    match Rate::from_decimal(exact) {
        Some(rate) => Ok(Some(rate)),
        None => Err(InputError::new_err(format!(
            "{name} must be a multiple of 10⁻⁹: {name}={exact}"
        ))),
    }
}
