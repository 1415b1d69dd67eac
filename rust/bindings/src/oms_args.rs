//! What Python says to a trader, in the trader's words. A number that no instrument takes becomes a
//! refusal, so that it is denied like any other order and told by its event.

use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt, PyString, PyTuple};
use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{Instrument, float_steps};
use tradecore_core::money::Money;
use tradecore_core::oms::message::{
    Fill, Liquidity, OrderKey, OrderType, Terms, TimeInForce, VenueReply,
};
use tradecore_core::oms::{Offers, OrderRequest, Refusal, Trader};
use tradecore_core::reject::RejectCode;
use tradecore_core::units::{Lots, Side, SymbolId, Ticks};

use crate::convert::{self, to_f64};
use crate::errors::{InputError, PriceError, QuantityError};

/// Whether a refused value was of a type that can hold a number: else the call itself is wrong.
fn is_number(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyString>()
        || value.is_instance_of::<PyFloat>()
        || value.is_exact_instance_of::<PyInt>()
        || value.get_type().name().is_ok_and(|name| name == "Decimal")
}

/// A price, or why it is none.
pub(crate) fn price(
    value: &Bound<'_, PyAny>,
    instrument: &Instrument,
) -> PyResult<Result<Ticks, Refusal>> {
    match convert::ticks(value, instrument) {
        Ok(ticks) => Ok(Ok(ticks)),
        Err(error) if is_number(value) && error.is_instance_of::<PriceError>(value.py()) => {
            let exact = convert::decimal(value, "price").ok();
            let why = exact.and_then(|exact| instrument.ticks(exact).err());
            let code = why.map_or(RejectCode::BadPrice, |why| Refusal::from(&why).code);
            Ok(Err(Refusal::new(code, error.value(value.py()).to_string())))
        }
        Err(error) => Err(error),
    }
}

/// A quantity, or why it is none.
pub(crate) fn quantity(
    value: &Bound<'_, PyAny>,
    instrument: &Instrument,
) -> PyResult<Result<Lots, Refusal>> {
    match convert::lots(value, instrument) {
        Ok(lots) => Ok(Ok(lots)),
        Err(error) if is_number(value) && error.is_instance_of::<QuantityError>(value.py()) => {
            let exact = convert::decimal(value, "quantity").ok();
            let why = exact.and_then(|exact| instrument.lots(exact).err());
            let code = why.map_or(RejectCode::QtyNotPositive, |why| Refusal::from(&why).code);
            Ok(Err(Refusal::new(code, error.value(value.py()).to_string())))
        }
        Err(error) => Err(error),
    }
}

/// Type and time in force of an order.
pub(crate) struct Words {
    pub(crate) order_type: OrderType,
    pub(crate) time_in_force: TimeInForce,
    /// What a trader knows by name but cannot send yet.
    pub(crate) unsupported: Option<String>,
}

impl Words {
    /// Without a type, a price makes a limit order and none a market order. What the venue does not
    /// offer is named.
    pub(crate) fn parse(
        word: Option<&str>,
        life: &str,
        has_price: bool,
        offers: Offers,
    ) -> PyResult<Self> {
        let order_type = order_type(word, has_price, offers)?;
        let known = TimeInForce::ALL
            .into_iter()
            .find(|one| one.as_str() == life);
        let time_in_force = known.ok_or_else(|| {
            InputError::new_err(format!(
                "time_in_force must be GTC, IOC, FOK, GTD or DAY: time_in_force={life:?}"
            ))
        })?;
        let shows = word == Some("iceberg") && !offers.icebergs;
        let mut words = Self {
            order_type,
            time_in_force,
            unsupported: None,
        };
        if shows || !offers.takes(order_type) {
            let word = word.unwrap_or(order_type.as_str());
            words.unsupported = Some(format!("type={word}"));
            words.order_type = OrderType::Limit;
        } else if !offers.keeps(time_in_force) {
            words.unsupported = Some(format!("time_in_force={life}"));
            words.time_in_force = TimeInForce::Gtc;
        }
        Ok(words)
    }
}

fn order_type(word: Option<&str>, has_price: bool, offers: Offers) -> PyResult<OrderType> {
    let Some(word) = word else {
        return Ok(if has_price {
            OrderType::Limit
        } else {
            OrderType::Market
        });
    };
    let named = if word == "iceberg" { "limit" } else { word };
    let known = OrderType::ALL.into_iter().find(|one| one.as_str() == named);
    let Some(order_type) = known else {
        return Err(InputError::new_err(format!(
            "type must be limit, market, stop, stop_limit, iceberg, trailing_stop, \
             market_to_limit: type={word:?}"
        )));
    };
    if word == "limit" && !has_price {
        return Err(InputError::new_err(
            "a limit order needs a price: price=None",
        ));
    }
    if word == "market" && has_price && !offers.protection {
        return Err(InputError::new_err("a market order takes no price"));
    }
    Ok(order_type)
}

/// The refusal of what this host cannot do.
pub(crate) fn unsupported(what: &str, instrument: &Instrument) -> Refusal {
    let text = format!(
        "this host cannot do what the order asks for: {what}, symbol={}",
        instrument.symbol()
    );
    Refusal::new(RejectCode::Unsupported, text)
}

/// Sends an order, under an id of the caller's where one is given; its key, also when denied.
pub(crate) fn send(
    trader: &mut Trader,
    (request, terms): (&OrderRequest, Terms),
    client_order_id: Option<&str>,
    now_ns: i64,
) -> PyResult<OrderKey> {
    let sent = match client_order_id {
        None => trader.submit_with(request, terms, now_ns),
        Some(text) => {
            let key = trader.run().key(text).ok_or_else(|| {
                InputError::new_err(format!(
                    "a client order id is tc-<run>-<n>: client_order_id={text:?}, run={}",
                    trader.run().as_str()
                ))
            })?;
            trader.submit_as(key, request, terms, now_ns)
        }
    };
    Ok(sent.unwrap_or_else(|denied| denied.key))
}

/// The request of a quote level that is no level.
pub(crate) fn blank(symbol: SymbolId, side: Side) -> OrderRequest {
    OrderRequest {
        symbol,
        side,
        order_type: OrderType::Limit,
        price: Ticks(0),
        qty: Lots(0),
        time_in_force: TimeInForce::Gtc,
        post_only: true,
        reduce_only: false,
    }
}

/// A quote level that is no level.
pub(crate) struct Refused {
    pub(crate) side: Side,
    pub(crate) refusal: Refusal,
}

/// The `(price, quantity)` pairs of a side: prices rounded away from the market, quantities down.
pub(crate) fn levels(
    pairs: &Bound<'_, PyAny>,
    instrument: &Instrument,
    side: Side,
    refused: &mut Vec<Refused>,
) -> PyResult<Vec<(Ticks, Lots)>> {
    let mut levels = Vec::new();
    for pair in pairs.try_iter()? {
        let pair = pair?;
        let (price, quantity) = match pair.cast::<PyTuple>() {
            Ok(two) if two.len() == 2 => (two.get_item(0)?, two.get_item(1)?),
            Ok(_) | Err(_) => {
                return Err(InputError::new_err(format!(
                    "a level is a tuple of price and quantity: level={}, symbol={}",
                    pair.repr()?,
                    instrument.symbol()
                )));
            }
        };
        match (
            rounded_price(&price, instrument, side)?,
            rounded_quantity(&quantity, instrument)?,
        ) {
            (Ok(price), Ok(qty)) => levels.push((price, qty)),
            (Err(refusal), _) | (_, Err(refusal)) => refused.push(Refused { side, refusal }),
        }
    }
    Ok(levels)
}

fn rounded_price(
    value: &Bound<'_, PyAny>,
    instrument: &Instrument,
    side: Side,
) -> PyResult<Result<Ticks, Refusal>> {
    if let Ok(float) = value.cast::<PyFloat>()
        && let Some(count) = float_steps(
            float.value(),
            to_f64(instrument.tick_size()),
            side == Side::Sell,
        )
    {
        return Ok(Ok(Ticks(count)));
    }
    let exact = match number(value, "price", RejectCode::BadPrice, instrument)? {
        Ok(exact) => exact,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(instrument.round_price(exact, side).ok_or_else(|| {
        let text = format!(
            "price is beyond counting: price={exact}, symbol={}",
            instrument.symbol()
        );
        Refusal::new(RejectCode::BadPrice, text)
    }))
}

fn rounded_quantity(
    value: &Bound<'_, PyAny>,
    instrument: &Instrument,
) -> PyResult<Result<Lots, Refusal>> {
    if let Ok(float) = value.cast::<PyFloat>()
        && let Some(count) = float_steps(float.value(), to_f64(instrument.lot_size()), false)
        && count > 0
    {
        return Ok(Ok(Lots(count)));
    }
    let exact = match number(value, "quantity", RejectCode::QtyNotPositive, instrument)? {
        Ok(exact) => exact,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let lots = instrument.round_quantity(exact);
    if let Some(lots) = lots.filter(|lots| lots.0 > 0 || exact.mantissa() == 0) {
        return Ok(Ok(lots));
    }
    let code = match lots {
        Some(_) => RejectCode::QtyNotPositive,
        None => RejectCode::QtyTooLarge,
    };
    let text = format!(
        "a quote needs at least one lot, and a quantity that can be counted: quantity={exact}, \
         lot_size={}, symbol={}",
        instrument.lot_size(),
        instrument.symbol()
    );
    Ok(Err(Refusal::new(code, text)))
}

/// An exact number, or why it is none (`nan`, `inf`).
fn number(
    value: &Bound<'_, PyAny>,
    name: &str,
    code: RejectCode,
    instrument: &Instrument,
) -> PyResult<Result<Decimal, Refusal>> {
    match convert::decimal(value, name) {
        Ok(exact) => Ok(Ok(exact)),
        Err(error) if is_number(value) && error.is_instance_of::<InputError>(value.py()) => {
            let why = error.value(value.py());
            let text = format!("{why}, symbol={}", instrument.symbol());
            Ok(Err(Refusal::new(code, text)))
        }
        Err(error) => Err(error),
    }
}

/// What a reply says besides its word.
pub(crate) struct Evidence<'a, 'py> {
    pub(crate) exec_id: u64,
    pub(crate) price: Option<&'a Bound<'py, PyAny>>,
    pub(crate) quantity: Option<&'a Bound<'py, PyAny>>,
    pub(crate) stop_price: Option<&'a Bound<'py, PyAny>>,
    pub(crate) liquidity: &'a str,
    pub(crate) fee: Option<&'a Bound<'py, PyAny>>,
    pub(crate) reject_code: Option<&'a str>,
}

impl Evidence<'_, '_> {
    pub(crate) fn reply(&self, word: &str, instrument: &Instrument) -> PyResult<VenueReply> {
        Ok(match word {
            "accepted" => VenueReply::Accepted,
            "rejected" => VenueReply::Rejected(self.code()?),
            "filled" => VenueReply::Filled(self.fill(instrument)?),
            "canceled" => VenueReply::Canceled,
            "expired" => VenueReply::Expired,
            "replaced" => {
                let stop = self.stop_price.map(|one| convert::ticks(one, instrument));
                let stop = stop.transpose()?.unwrap_or(Ticks(0));
                let (price, qty) = match (self.price, self.quantity) {
                    // Of a stop that ends in a market order.
                    (None, Some(qty)) if stop.0 > 0 => (Ticks(0), convert::lots(qty, instrument)?),
                    _ => self.terms(instrument)?,
                };
                VenueReply::Replaced { price, qty, stop }
            }
            "cancel_rejected" => VenueReply::CancelRejected(self.code()?),
            "modify_rejected" => VenueReply::ModifyRejected(self.code()?),
            "triggered" => VenueReply::Triggered,
            "unknown" => VenueReply::Unknown,
            _ => {
                return Err(InputError::new_err(format!(
                    "a reply is accepted, rejected, filled, canceled, expired, replaced, \
                     cancel_rejected, modify_rejected, triggered or unknown: reply={word:?}"
                )));
            }
        })
    }

    fn terms(&self, instrument: &Instrument) -> PyResult<(Ticks, Lots)> {
        let (Some(price), Some(quantity)) = (self.price, self.quantity) else {
            return Err(InputError::new_err("this reply needs price and quantity"));
        };
        Ok((
            convert::ticks(price, instrument)?,
            convert::lots(quantity, instrument)?,
        ))
    }

    fn fill(&self, instrument: &Instrument) -> PyResult<Fill> {
        let (price, qty) = self.terms(instrument)?;
        let liquidity = match self.liquidity {
            "maker" => Liquidity::Maker,
            "taker" => Liquidity::Taker,
            word => {
                let text = format!("liquidity must be maker or taker: liquidity={word:?}");
                return Err(InputError::new_err(text));
            }
        };
        let fee = match self.fee {
            None => Money::ZERO,
            Some(fee) => {
                let exact = convert::decimal(fee, "fee")?;
                let atto = exact.to_atto();
                Money(atto.ok_or_else(|| {
                    InputError::new_err(format!("fee is beyond counting: fee={exact}"))
                })?)
            }
        };
        Ok(Fill {
            exec_id: self.exec_id,
            price,
            qty,
            liquidity,
            fee,
        })
    }

    fn code(&self) -> PyResult<RejectCode> {
        let word = self
            .reject_code
            .unwrap_or(RejectCode::VenueRejected.as_str());
        let found = RejectCode::ALL.iter().find(|code| code.as_str() == word);
        found.copied().ok_or_else(|| {
            InputError::new_err(format!("no such reject code: reject_code={word:?}"))
        })
    }
}
