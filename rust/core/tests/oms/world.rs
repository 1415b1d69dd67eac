//! What every test here starts from.

use std::sync::Arc;

use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::{ContractKind, Instrument, InstrumentSpec};
use tradecore_core::money::{Money, Rate};
use tradecore_core::oms::message::{
    Fill, Liquidity, OrderKey, OrderType, TimeInForce, VenueEvent, VenueReply,
};
use tradecore_core::oms::{EventName, OrderEvent, OrderRequest, RunId, Trader};
use tradecore_core::units::{Lots, Side, SymbolId, Ticks};

pub(crate) const BTC: SymbolId = SymbolId(0);

pub(crate) fn decimal(text: &str) -> Decimal {
    Decimal::parse(text.as_bytes()).unwrap()
}

pub(crate) fn instrument(
    kind: ContractKind,
    tick: &str,
    lot: &str,
    min_notional: &str,
) -> Arc<Instrument> {
    let spec = InstrumentSpec {
        symbol: "BTCUSDT".into(),
        kind,
        tick_size: decimal(tick),
        lot_size: decimal(lot),
        multiplier: Decimal::ONE,
        min_notional: decimal(min_notional),
        maker_fee: Rate(0),
        taker_fee: Rate(0),
    };
    Arc::new(Instrument::new(spec).unwrap())
}

/// A trader of one linear instrument with ticks and lots of 1.
pub(crate) fn trader() -> Trader {
    let one = instrument(ContractKind::Linear, "1", "1", "0");
    Trader::new(vec![one], RunId::new("a1").unwrap())
}

pub(crate) fn limit(side: Side, price: i64, qty: i64) -> OrderRequest {
    OrderRequest {
        symbol: BTC,
        side,
        order_type: OrderType::Limit,
        price: Ticks(price),
        qty: Lots(qty),
        time_in_force: TimeInForce::Gtc,
        post_only: false,
        reduce_only: false,
    }
}

pub(crate) fn buy(trader: &mut Trader, price: i64, qty: i64) -> OrderKey {
    trader.submit(&limit(Side::Buy, price, qty), 0).unwrap()
}

pub(crate) fn at(key: OrderKey, ts_ns: i64, reply: VenueReply) -> VenueEvent {
    VenueEvent {
        key,
        ts_event_ns: ts_ns,
        ts_recv_ns: ts_ns + 1,
        reply,
    }
}

pub(crate) fn filled(exec_id: u64, price: i64, qty: i64) -> VenueReply {
    VenueReply::Filled(Fill {
        exec_id,
        price: Ticks(price),
        qty: Lots(qty),
        liquidity: Liquidity::Maker,
        fee: Money(7),
    })
}

pub(crate) fn replaced(price: i64, qty: i64) -> VenueReply {
    VenueReply::Replaced {
        price: Ticks(price),
        qty: Lots(qty),
        stop: Ticks(0),
    }
}

pub(crate) fn events(trader: &mut Trader) -> Vec<OrderEvent> {
    let mut events = Vec::new();
    trader.take_events(&mut events);
    events
}

pub(crate) fn names(trader: &mut Trader) -> Vec<EventName> {
    events(trader).into_iter().map(|event| event.name).collect()
}
