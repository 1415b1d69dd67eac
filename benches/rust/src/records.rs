//! The records workloads are written in.

use tradecore_core::matching::CommandRecord;

pub(crate) const BUY: u8 = 0;
pub(crate) const SELL: u8 = 1;
const CANCEL: u8 = 1;
const MODIFY: u8 = 2;
const MARKET: u8 = 1;
const IOC: u8 = 1;
const REINSERT: u8 = 2;

/// A limit order that may rest.
pub(crate) fn limit(order_id: u64, side: u8, qty: i64, price: i64) -> CommandRecord {
    CommandRecord {
        side,
        order_id,
        price,
        qty,
        ..CommandRecord::default()
    }
}

/// A limit order that may not.
pub(crate) fn ioc(order_id: u64, side: u8, qty: i64, price: i64) -> CommandRecord {
    CommandRecord {
        time_in_force: IOC,
        ..limit(order_id, side, qty, price)
    }
}

/// An order at any price.
pub(crate) fn market(order_id: u64, side: u8, qty: i64) -> CommandRecord {
    CommandRecord {
        order_type: MARKET,
        ..ioc(order_id, side, qty, 0)
    }
}

/// Takes an order out.
pub(crate) fn cancel(order_id: u64) -> CommandRecord {
    CommandRecord {
        op: CANCEL,
        order_id,
        ..CommandRecord::default()
    }
}

/// Takes an order out and sends it in again, behind the others.
pub(crate) fn reinsert(order_id: u64, qty: i64, price: i64) -> CommandRecord {
    CommandRecord {
        op: MODIFY,
        mode: REINSERT,
        order_id,
        price,
        qty,
        ..CommandRecord::default()
    }
}
