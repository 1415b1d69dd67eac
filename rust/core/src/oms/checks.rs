//! What is refused here, before a venue could: each with its code, and the nearest valid value.

use std::sync::Arc;

use crate::instrument::{COUNT_MAX, ContractKind, Instrument, UnitError};
use crate::money::Money;
use crate::oms::change::WorkingTerms;
use crate::oms::event::Refusal;
use crate::oms::message::{OrderType, Terms, TimeInForce};
use crate::oms::offers::Offers;
use crate::oms::order::Order;
use crate::oms::request::OrderRequest;
use crate::reject::RejectCode;
use crate::units::{Lots, Ticks};

impl From<&UnitError> for Refusal {
    fn from(error: &UnitError) -> Self {
        let code = match error {
            UnitError::OffTick { .. } => RejectCode::OffTick,
            UnitError::OffLot { .. } => RejectCode::OffLot,
            UnitError::NotPositive { name: "price", .. }
            | UnitError::TooLarge { name: "price", .. } => RejectCode::BadPrice,
            UnitError::NotPositive { .. } => RejectCode::QtyNotPositive,
            UnitError::TooLarge { .. } => RejectCode::QtyTooLarge,
        };
        Self::new(code, error.to_string())
    }
}

/// Checks a new order.
pub(crate) fn check_new(
    instruments: &[Arc<Instrument>],
    offers: Offers,
    request: &OrderRequest,
) -> Result<(), Refusal> {
    let Some(instrument) = instruments.get(request.symbol.0 as usize) else {
        let text = format!(
            "symbol must be registered: symbol number {}, {} registered",
            request.symbol.0,
            instruments.len()
        );
        return Err(Refusal::new(RejectCode::UnknownSymbol, text));
    };
    check_kind(instrument, offers, request)?;
    let limit = request.order_type.has_limit();
    if limit {
        check_price(instrument, request.price)?;
    }
    check_quantity(instrument, request.qty)?;
    if request.post_only && !(limit && request.time_in_force.rests()) {
        let text = format!(
            "a post-only order rests: type must be limit and time_in_force GTC, GTD or DAY, \
             symbol={}",
            instrument.symbol()
        );
        return Err(Refusal::new(RejectCode::BadCombination, text));
    }
    if limit {
        check_notional(instrument, request.price, request.qty, request.reduce_only)?;
    }
    Ok(())
}

/// Refuses what no venue of a trader takes yet, so that it never passes as something else.
fn check_kind(
    instrument: &Instrument,
    offers: Offers,
    request: &OrderRequest,
) -> Result<(), Refusal> {
    let (order_type, life) = (request.order_type, request.time_in_force);
    if offers.takes(order_type) && offers.keeps(life) {
        return Ok(());
    }
    let text = format!(
        "no venue here takes such an order: type={}, time_in_force={}, symbol={}",
        order_type.as_str(),
        life.as_str(),
        instrument.symbol()
    );
    Err(Refusal::new(RejectCode::Unsupported, text))
}

/// Checks that an order has the terms its kind needs, and no others.
pub(crate) fn check_rare(
    offers: Offers,
    request: &OrderRequest,
    terms: &Terms,
) -> Result<(), Refusal> {
    let refuse = |code, text: &str| Err(Refusal::new(code, text));
    let kind = request.order_type;
    let trails = kind == OrderType::TrailingStop;
    let (stop, distance) = (terms.stop_price.0, terms.trailing_distance.0);
    if !kind.has_limit() && request.price.0 != 0 && !offers.protection {
        return refuse(RejectCode::Unsupported, "no venue here takes a worst price");
    }
    if trails && !(1..COUNT_MAX).contains(&distance) {
        return refuse(
            RejectCode::BadStopPrice,
            "a trailing stop has a distance above 0",
        );
    }
    if !trails && distance != 0 {
        return refuse(
            RejectCode::BadStopPrice,
            "only a trailing stop has a distance",
        );
    }
    let least = i64::from(kind.is_stop() && !trails);
    if !(least..COUNT_MAX).contains(&stop) || (stop != 0 && !kind.is_stop()) {
        let text = "a stop has a trigger above 0, no other order has one";
        return refuse(RejectCode::BadStopPrice, text);
    }
    if terms.display_qty.0 != 0 {
        if !offers.icebergs {
            return refuse(
                RejectCode::Unsupported,
                "no venue here takes an iceberg order",
            );
        }
        let shown = terms.display_qty.0;
        let rests = request.time_in_force.rests() && kind.has_limit();
        if !rests || shown < 0 || shown > request.qty.0 {
            let text = "an iceberg rests, and shows between a lot and all of itself";
            return refuse(RejectCode::BadDisplayQty, text);
        }
    }
    let gtd = request.time_in_force == TimeInForce::Gtd;
    if gtd != (terms.expire_ns > 0) {
        let text = "a GTD order has a time to expire at, no other order has one";
        return refuse(RejectCode::BadExpireTime, text);
    }
    Ok(())
}

/// Checks that an order has terms that can be changed, and a trigger if another is asked for.
pub(crate) fn check_changeable(order: &Order, stop: Ticks) -> Result<(), Refusal> {
    let trails = order.request().order_type == OrderType::TrailingStop;
    let stands = order.waits() && !trails;
    let text = if trails && order.waits() {
        "the market moves a trailing stop: it is canceled and placed anew"
    } else if !order.has_price() && !stands {
        "an order without a limit has no terms to change"
    } else if stop.0 != 0 && !stands {
        "only a stop that waits has a trigger to change"
    } else {
        return Ok(());
    };
    Err(Refusal::new(RejectCode::BadCombination, text))
}

/// Checks other terms for a live order.
pub(crate) fn check_terms(
    instrument: &Instrument,
    order: &Order,
    asked: WorkingTerms,
) -> Result<(), Refusal> {
    let WorkingTerms { price, qty, stop } = asked;
    if !(0..COUNT_MAX).contains(&stop.0) {
        let text = "a stop has a trigger above 0, no other order has one";
        return Err(Refusal::new(RejectCode::BadStopPrice, text));
    }
    check_quantity(instrument, qty)?;
    if !order.has_price() && price != order.price() {
        let text = "an order without a limit gets none by a change";
        return Err(Refusal::new(RejectCode::BadCombination, text));
    }
    if order.has_price() {
        check_price(instrument, price)?;
    }
    if qty <= order.filled() {
        let text = format!(
            "the new total must be above what traded: quantity={}, filled={}, symbol={}",
            instrument.quantity(qty),
            instrument.quantity(order.filled()),
            instrument.symbol()
        );
        return Err(Refusal::new(RejectCode::TotalBelowFilled, text));
    }
    if !order.has_price() {
        return Ok(());
    }
    check_notional(instrument, price, qty, order.request().reduce_only)
}

fn check_price(instrument: &Instrument, price: Ticks) -> Result<(), Refusal> {
    if (1..COUNT_MAX).contains(&price.0) {
        return Ok(());
    }
    let rule = if price.0 > 0 {
        "below 2^62 ticks"
    } else {
        "above 0"
    };
    let text = format!(
        "price must be {rule}: price={}, symbol={}",
        instrument.price(price),
        instrument.symbol()
    );
    Err(Refusal::new(RejectCode::BadPrice, text))
}

fn check_quantity(instrument: &Instrument, qty: Lots) -> Result<(), Refusal> {
    let (code, rule) = match qty.0 {
        ..=0 => (RejectCode::QtyNotPositive, "above 0"),
        COUNT_MAX.. => (RejectCode::QtyTooLarge, "below 2^62 lots"),
        _ => return Ok(()),
    };
    let text = format!(
        "quantity must be {rule}: quantity={}, lot_size={}, symbol={}",
        instrument.quantity(qty),
        instrument.lot_size(),
        instrument.symbol()
    );
    Err(Refusal::new(code, text))
}

/// An order that only reduces may be small: what is left of a position must be closable.
fn check_notional(
    instrument: &Instrument,
    price: Ticks,
    qty: Lots,
    reduce_only: bool,
) -> Result<(), Refusal> {
    let value = instrument.notional(price, qty);
    let min = instrument.min_notional();
    if value.is_some_and(|value| reduce_only || value >= min) {
        return Ok(());
    }
    Err(notional_refusal(instrument, price, qty, value))
}

#[cold]
fn notional_refusal(
    instrument: &Instrument,
    price: Ticks,
    qty: Lots,
    value: Option<Money>,
) -> Refusal {
    let symbol = instrument.symbol();
    let (price_text, qty_text) = (instrument.price(price), instrument.quantity(qty));
    let Some(value) = value else {
        let text = format!(
            "price × quantity is beyond counting: price={price_text}, quantity={qty_text}, \
             symbol={symbol}"
        );
        return Refusal::new(RejectCode::QtyTooLarge, text);
    };
    let min = instrument.min_notional();
    let nearest = smallest_quantity(instrument, price)
        .map_or_else(String::new, |q| format!(", nearest valid quantity {q}"));
    let text = format!(
        "order value must be at least {min}: value={value}, price={price_text}, \
         quantity={qty_text}{nearest}, symbol={symbol}"
    );
    Refusal::new(RejectCode::MinNotional, text)
}

/// The smallest quantity at `price` that is worth the instrument's minimum.
fn smallest_quantity(instrument: &Instrument, price: Ticks) -> Option<crate::decimal::Decimal> {
    let (min, unit) = (instrument.min_notional().0, instrument.unit_value());
    let ticks = i128::from(price.0);
    let (dividend, divisor) = match instrument.kind() {
        ContractKind::Spot | ContractKind::Linear => (min, unit.checked_mul(ticks)?),
        ContractKind::Inverse => (min.checked_mul(ticks)?, unit),
    };
    let lots = dividend / divisor + i128::from(dividend % divisor != 0);
    i64::try_from(lots)
        .ok()
        .map(|lots| instrument.quantity(Lots(lots)))
}
