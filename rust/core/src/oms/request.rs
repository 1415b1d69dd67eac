//! What a strategy asks for.

use crate::oms::message::{NewOrder, OrderKey, OrderType, TimeInForce};
use crate::units::{Lots, Side, SymbolId, Ticks};

/// An order as a strategy wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderRequest {
    /// What to trade.
    pub symbol: SymbolId,
    /// Which way.
    pub side: Side,
    /// How.
    pub order_type: OrderType,
    /// Limit price; of an order without one the worst price, zero for any.
    pub price: Ticks,
    /// How much.
    pub qty: Lots,
    /// How long.
    pub time_in_force: TimeInForce,
    /// Refuse rather than take.
    pub post_only: bool,
    /// Refuse rather than increase the position.
    pub reduce_only: bool,
}

impl OrderRequest {
    /// The order a venue is to receive, under a trader's number.
    pub(crate) const fn order(&self, key: OrderKey) -> NewOrder {
        let Self {
            symbol,
            side,
            order_type,
            price,
            qty,
            time_in_force,
            post_only,
            reduce_only,
        } = *self;
        NewOrder {
            key,
            symbol,
            side,
            order_type,
            price,
            qty,
            time_in_force,
            post_only,
            reduce_only,
        }
    }
}
