//! `tradecore._core.PlainOrders`: a plain order checked, worded for a journal and for a venue.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use tradecore_core::decimal::Decimal;
use tradecore_core::oms::plain::{Plain, is_number};

use crate::arguments::Word;
use crate::convert;
use crate::errors::InputError;
use crate::pre_trade::PreTrade;
use crate::rate_limit::RateLimiter;
use crate::request::RequestWriter;

/// Code and text of a refusal.
type Refused = (&'static str, String);
/// A refusal; or the journal's record, and the venue's message where it may leave now.
type Placed<'py> = (
    Option<Refused>,
    Option<Bound<'py, PyBytes>>,
    Option<Bound<'py, PyString>>,
);

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct PlainOrders {
    rules: Py<PreTrade>,
    writer: Py<RequestWriter>,
    limiter: Option<Py<RateLimiter>>,
    tokens: Vec<u64>,
    window_ms: i64,
}

#[pymethods]
impl PlainOrders {
    #[new]
    #[pyo3(signature = (rules, writer, /, *, limiter = None, tokens, window_ms))]
    const fn new(
        rules: Py<PreTrade>,
        writer: Py<RequestWriter>,
        limiter: Option<Py<RateLimiter>>,
        tokens: Vec<u64>,
        window_ms: i64,
    ) -> Self {
        Self {
            rules,
            writer,
            limiter,
            tokens,
            window_ms,
        }
    }

    #[pyo3(signature = (order, /, *, trader, strategy, request_id, signed, now_ns, venue_ns))]
    #[expect(clippy::too_many_arguments, reason = "keyword-only")]
    fn place<'py>(
        &self,
        py: Python<'py>,
        order: &Bound<'py, PyAny>,
        trader: Word<'_>,
        strategy: u32,
        request_id: Word<'_>,
        signed: bool,
        now_ns: i64,
        venue_ns: i64,
    ) -> PyResult<Option<Placed<'py>>> {
        let field = |name| -> PyResult<Bound<'py, PyString>> {
            let value = order.getattr(name)?;
            value.cast_into().map_err(|_| {
                InputError::new_err(format!("an order names itself by text: field={name}"))
            })
        };
        let price = order.getattr(intern!(py, "price"))?;
        let is_long = price.is_none()
            || !order.getattr(intern!(py, "stop_price"))?.is_none()
            || field(intern!(py, "type"))?.to_str()? != "limit";
        if is_long {
            return Ok(None);
        }
        let price = price.str()?;
        let quantity = order.getattr(intern!(py, "quantity"))?.str()?;
        let (name, symbol) = (
            field(intern!(py, "client_order_id"))?,
            field(intern!(py, "symbol"))?,
        );
        let (side, life) = (
            field(intern!(py, "side"))?,
            field(intern!(py, "time_in_force"))?,
        );
        let plain = Plain {
            trader: trader.0,
            name: name.to_str()?,
            symbol: symbol.to_str()?,
            side: convert::side(side.to_str()?)?,
            quantity: quantity.to_str()?,
            price: price.to_str()?,
            time_in_force: life.to_str()?,
            post_only: order.getattr(intern!(py, "post_only"))?.is_truthy()?,
            reduce_only: order.getattr(intern!(py, "reduce_only"))?.is_truthy()?,
        };
        if !matches!(plain.time_in_force, "GTC" | "IOC" | "FOK") {
            return Ok(None);
        }
        let Some((quantity, price)) = number(plain.quantity).zip(number(plain.price)) else {
            return Ok(None);
        };
        let rules = self.rules.get();
        match rules.admit_plain(&plain, quantity, price, strategy, now_ns) {
            None => return Ok(None),
            Some(Err(refused)) => return Ok(Some((Some(refused), None, None))),
            Some(Ok(())) => {}
        }
        let record = PyBytes::new(py, &plain.record(now_ns));
        let may_leave = match &self.limiter {
            None => true,
            Some(limiter) => limiter.get().take(&self.tokens, venue_ns)? == 0,
        };
        let text = may_leave.then(|| {
            let (params, count) = plain.binance(venue_ns / 1_000_000, self.window_ms);
            let writer = self.writer.get();
            let text = writer.text(request_id.0, "order.place", &params[..count], signed);
            PyString::new(py, &text)
        });
        Ok(Some((None, Some(record), text)))
    }
}

/// A number written plainly.
fn number(text: &str) -> Option<Decimal> {
    is_number(text).then(|| Decimal::parse(text.as_bytes()).ok())?
}
