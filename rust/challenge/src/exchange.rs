//! One engine with one instrument, fed with the benchmark's messages.

use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentError, InstrumentSpec};
use tradecore_core::matching::{Change, Engine, NewOrder, Revision};
use tradecore_core::money::Rate;
use tradecore_core::order::TimeInForce;
use tradecore_core::units::Side;

use crate::abi::{self, CancelMessage, ModifyMessage, NewMessage};
use crate::outlet::{Outlet, Publish};

/// The only instrument's place in the engine.
const SYMBOL: u32 = 0;

/// An engine and the queue its reports go to.
pub(crate) struct Exchange<P> {
    engine: Engine,
    publisher: P,
}

impl<P: Publish> Exchange<P> {
    /// An empty book.
    pub(crate) fn new(publisher: P) -> Result<Self, InstrumentError> {
        let instrument = Instrument::new(InstrumentSpec {
            symbol: "X".to_owned(),
            kind: ContractKind::Spot,
            tick_size: Decimal::ONE,
            lot_size: Decimal::ONE,
            multiplier: Decimal::ONE,
            min_notional: Decimal::ZERO,
            maker_fee: Rate(0),
            taker_fee: Rate(0),
        })?;
        let engine = Engine::new(vec![Arc::new(instrument)]);
        Ok(Self { engine, publisher })
    }

    #[inline(always)]
    pub(crate) fn place(&mut self, message: &NewMessage) {
        // To the engine, id 0 asks for an id; here it is an id, and one that names no order.
        if message.order_id == 0 {
            return;
        }
        let order = NewOrder {
            symbol: SYMBOL,
            order_id: message.order_id,
            side: side(message.side),
            time_in_force: match message.ioc {
                0 => TimeInForce::Gtc,
                _ => TimeInForce::Ioc,
            },
            price: message.price,
            qty: i64::from(message.qty),
            ..NewOrder::default()
        };
        let (engine, mut outlet) = self.parts(message.sequence, None);
        engine.place(&order, &mut outlet);
    }

    #[inline(always)]
    pub(crate) fn cancel(&mut self, message: &CancelMessage) {
        let (engine, mut outlet) = self.parts(message.sequence, Some(abi::CANCEL_REJECT));
        engine.cancel(SYMBOL, message.order_id, &mut outlet);
    }

    #[inline(always)]
    pub(crate) fn modify(&mut self, message: &ModifyMessage) {
        let change = Change {
            price: Some(message.price),
            qty: Some(i64::from(message.qty)),
            stop_price: None,
            revision: Revision::Reinsert,
        };
        let (engine, mut outlet) = self.parts(message.sequence, Some(abi::MODIFY_REJECT));
        engine.modify(SYMBOL, message.order_id, &change, &mut outlet);
    }

    /// The engine, and where its reports about message `sequence` go.
    #[inline(always)]
    const fn parts(&mut self, sequence: u64, refusal: Option<u8>) -> (&mut Engine, Outlet<'_, P>) {
        let outlet = Outlet {
            publisher: &mut self.publisher,
            sequence,
            refusal,
        };
        (&mut self.engine, outlet)
    }

    /// The best price of `side` in ticks.
    pub(crate) fn best(&self, side: Side) -> Option<i64> {
        self.engine.best(SYMBOL, side).map(|(price, _)| price)
    }

    /// The open quantity at `price`, in lots.
    pub(crate) fn depth_at(&self, price: i64, side: Side) -> u64 {
        self.engine
            .depth(SYMBOL, side)
            .find(|(at, _)| *at == price)
            .map_or(0, |(_, qty)| qty.unsigned_abs())
    }
}

/// The side a byte names.
#[inline(always)]
pub(crate) const fn side(byte: u8) -> Side {
    match byte {
        0 => Side::Buy,
        _ => Side::Sell,
    }
}
