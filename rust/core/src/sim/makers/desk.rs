//! What a maker acts with: a trader, one instrument and the time.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "prices are floats until they become ticks here"
)]

use crate::decimal::Decimal;
use crate::instrument::{Instrument, float_steps};
use crate::mirror::analytics::Scale;
use crate::oms::message::{OrderType, TimeInForce};
use crate::oms::{OrderRequest, Refusal, Trader};
use crate::reject::RejectCode;
use crate::units::{Lots, Side, SymbolId, Ticks};

use super::error::MakerError;

/// Prices of one instrument, as floats and back.
#[derive(Clone, Copy)]
pub(super) struct Prices {
    scale: Scale,
    /// One tick.
    pub(super) tick: f64,
}

impl Prices {
    pub(super) fn of(instrument: &Instrument) -> Self {
        let step = instrument.tick_size();
        Self {
            scale: Scale::new(step),
            tick: step.mantissa() as f64 / 10_f64.powi(step.scale().cast_signed()),
        }
    }

    pub(super) fn float(&self, price: Ticks) -> f64 {
        self.scale.float(price.0)
    }
}

/// See the module.
pub(super) struct Desk<'a> {
    pub(super) trader: &'a mut Trader,
    pub(super) instrument: &'a Instrument,
    pub(super) prices: Prices,
    pub(super) symbol: SymbolId,
    pub(super) now_ns: i64,
}

impl Desk<'_> {
    /// What is held, below zero when short.
    pub(super) fn held(&self) -> Lots {
        let position = self.trader.position(self.symbol);
        position.map_or(Lots(0), crate::oms::Position::qty)
    }

    /// Brings the quotes to these prices, rounded away from the market; a side without one is
    /// withdrawn.
    pub(super) fn quote(&mut self, bid: Option<f64>, ask: Option<f64>, qty: Lots) {
        let bid = bid.map(|price| self.level(Side::Buy, price));
        let ask = ask.map(|price| self.level(Side::Sell, price));
        let mut told = [None; 2];
        for (told, (side, level)) in told.iter_mut().zip([(Side::Buy, bid), (Side::Sell, ask)]) {
            match level {
                Some(Ok(price)) => *told = Some((price, qty)),
                Some(Err(refusal)) => {
                    self.trader
                        .deny(&blank(self.symbol, side), refusal, self.now_ns);
                }
                None => {}
            }
        }
        let [bids, asks] = [told[0].as_slice(), told[1].as_slice()];
        // A refusal told itself by a denied order.
        let _told = self.trader.quote(self.symbol, bids, asks, 0, self.now_ns);
    }

    fn level(&self, side: Side, price: f64) -> Result<Ticks, Refusal> {
        let up = side == Side::Sell;
        let ticks = float_steps(price, self.prices.tick, up).map(Ticks);
        let far = || self.far(side, price);
        ticks.or_else(far).ok_or_else(|| {
            let text = format!("a price can be counted in ticks: price={price}");
            Refusal::new(RejectCode::BadPrice, text)
        })
    }

    /// A price beyond what a float counts exactly.
    #[cold]
    fn far(&self, side: Side, price: f64) -> Option<Ticks> {
        let exact = Decimal::parse(price.to_string().as_bytes()).ok()?;
        self.instrument.round_price(exact, side)
    }
}

/// The request of a quote level that is none.
fn blank(symbol: SymbolId, side: Side) -> OrderRequest {
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

/// Checks one number of a maker's settings.
pub(super) fn finite(
    name: &'static str,
    value: f64,
    rule: &'static str,
    holds: impl Fn(f64) -> bool,
) -> Result<(), MakerError> {
    if value.is_finite() && holds(value) {
        return Ok(());
    }
    let value = value.to_string();
    Err(MakerError::Number { name, rule, value })
}
