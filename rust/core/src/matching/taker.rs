//! An order on its way into the book.

use crate::book::arena::{NIL, Order, Slot};
use crate::book::tags::Tags;
use crate::matching::command::NewOrder;
use crate::matching::report::{ExecType, OrderStatus, Report, TAKER};
use crate::reject::RejectCode;
use crate::units::Side;

/// An order on its way into the book.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taker {
    pub(super) id: u64,
    /// Its limit or protection price; 0 takes any price.
    pub(super) price: i64,
    /// Still open, shown or not.
    pub(super) qty: i64,
    pub(super) filled: i64,
    /// Σ price × quantity of its fills.
    pub(super) cost: i128,
    pub(super) account: u32,
    pub(super) tags: Tags,
    /// What is kept aside of it, or [`NIL`].
    pub(super) extra: u32,
    /// Where it already lives; [`NIL`] if it is new.
    pub(super) slot: Slot,
    /// The row of its account and instrument in the books of risk.
    pub(super) holding: u32,
    /// The price what it holds is held at, 0 for lots alone; `None` while it holds nothing.
    pub(super) held: Option<i64>,
    /// Price of its last fill since it came in.
    pub(super) last: i64,
    /// Why what is left of it has to go.
    pub(super) cut: Option<RejectCode>,
}

impl Taker {
    #[inline(always)]
    pub(super) const fn new(order: &NewOrder, id: u64, extra: u32) -> Self {
        Self {
            id,
            price: order.price,
            qty: order.qty,
            filled: 0,
            cost: 0,
            account: order.account,
            tags: Tags::new(order.symbol, order.side).with(
                order.post_only,
                order.reduce_only,
                order.self_trade_prevention,
            ),
            extra,
            slot: NIL,
            holding: NIL,
            held: None,
            last: 0,
            cut: None,
        }
    }

    #[inline]
    pub(super) const fn side(&self) -> Side {
        self.tags.side()
    }

    #[inline]
    pub(super) const fn symbol(&self) -> u32 {
        self.tags.symbol()
    }

    /// Whether it would trade at `price`.
    #[inline]
    pub(super) const fn reaches(&self, price: i64) -> bool {
        reaches(self.side(), self.price, price)
    }

    /// A report about it, of `qty`, with nothing left open.
    pub(super) const fn described(&self, qty: i64) -> Report {
        Report {
            sequence: 0,
            order_id: self.id,
            counter_order_id: 0,
            price: self.price,
            qty,
            leaves: 0,
            cumulative: self.filled,
            account: self.account,
            symbol: self.symbol(),
            exec_type: ExecType::New as u8,
            status: OrderStatus::New as u8,
            side: self.side() as u8,
            liquidity: 0,
            reject: 0,
            scope: 0,
        }
    }

    /// Its part of a trade with `counter`, of `qty` at `price`.
    #[inline]
    pub(super) const fn trade(&self, counter: u64, price: i64, qty: i64, sequence: u64) -> Report {
        Report {
            sequence,
            counter_order_id: counter,
            price,
            leaves: self.qty,
            exec_type: ExecType::Trade as u8,
            status: traded(self.qty),
            liquidity: TAKER,
            ..self.described(qty)
        }
    }
}

/// Whether an order of `side` with this `limit`, 0 for none, trades at `price`.
#[inline(always)]
pub(super) const fn reaches(side: Side, limit: i64, price: i64) -> bool {
    side.toward(price) <= side.toward(limit) || limit | side as i64 == 0
}

/// The status of an order that just traded and has `open` left.
#[inline]
pub(super) const fn traded(open: i64) -> u8 {
    if open == 0 {
        OrderStatus::Filled as u8
    } else {
        OrderStatus::PartiallyFilled as u8
    }
}

/// A report about a live order, of `qty`, with `leaves` open.
pub(super) const fn described(order: &Order, qty: i64, leaves: i64) -> Report {
    Report {
        sequence: 0,
        order_id: order.id,
        counter_order_id: 0,
        price: order.price,
        qty,
        leaves,
        cumulative: order.filled,
        account: order.account,
        symbol: order.symbol(),
        exec_type: ExecType::New as u8,
        status: OrderStatus::New as u8,
        side: order.side() as u8,
        liquidity: 0,
        reject: 0,
        scope: 0,
    }
}
