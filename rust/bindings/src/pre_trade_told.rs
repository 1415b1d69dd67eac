//! A refusal of `PreTrade` in words.

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument as core;
use tradecore_core::oms::pre_trade::{Against, Request};
use tradecore_core::reject::RejectCode;
use tradecore_core::risk::Refusal;
use tradecore_core::units::{Lots, Ticks};

/// By the number of a `Scope`.
const SCOPES: [Option<&str>; 6] = [
    None,
    Some("global"),
    Some("user"),
    Some("account"),
    Some("strategy"),
    Some("symbol"),
];

/// What speaks against an order, as Python is told: rule, text, and whose limit it was.
pub(crate) fn said(
    against: Against,
    name: &str,
    request: &Request,
    instrument: &core::Instrument,
) -> (&'static str, String, Option<&'static str>) {
    match against {
        Against::Rule(refusal) => told(refusal, name, request, instrument),
        Against::Total { most, would_be } => beyond(most, would_be, name),
    }
}

/// A refusal by the limit of all positions.
fn beyond(most: i128, would_be: i128, name: &str) -> (&'static str, String, Option<&'static str>) {
    let (most, would_be) = (Decimal::from_atto(most), Decimal::from_atto(would_be));
    let text = format!(
        "all positions with their open orders are at most {most}: they would be {would_be}, \
         client_order_id={name}"
    );
    (RejectCode::MaxPositionQty.as_str(), text, Some("global"))
}

/// A refusal with the rule, the values and the place.
pub(crate) fn told(
    refusal: Refusal,
    name: &str,
    request: &Request,
    instrument: &core::Instrument,
) -> (&'static str, String, Option<&'static str>) {
    let scope = SCOPES.get(refusal.scope as usize).copied().flatten();
    let price = request.price.map_or_else(
        || "market".to_owned(),
        |ticks| instrument.price(Ticks(ticks)).to_string(),
    );
    let text = format!(
        "{}: {name}, {} {} {} at {price}{}",
        refusal.code.text().trim_end_matches('.'),
        request.side.as_str(),
        instrument.quantity(Lots(request.qty)),
        instrument.symbol(),
        scope.map_or_else(String::new, |scope| format!(", limit of {scope}"))
    );
    (refusal.code.as_str(), text, scope)
}
