//! What happens to the public book, order by order.

use crate::book::arena::Order;
use crate::matching::command::Phase;
use crate::units::Side;

/// A change of what the book shows: enough to keep a copy of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookEvent {
    /// An order, or the next slice of one, joined the back of its price.
    Added(Shown),
    /// An order kept its place and shows `qty` now.
    Changed(Shown),
    /// An order that showed `qty` was taken out.
    Removed(Shown),
    /// An order traded `qty`; when it shows nothing any more it is gone from its queue.
    Filled(Shown),
    /// The symbol is in another state now.
    Phase {
        /// Dense index of the instrument.
        symbol: u32,
        /// The state.
        phase: Phase,
    },
}

/// An order as the book shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its id.
    pub order_id: u64,
    /// Its price in ticks; of a fill in an auction the order's, not the trade's.
    pub price: i64,
    /// A quantity in lots; which one the event says.
    pub qty: i64,
    /// Dense index of its instrument.
    pub symbol: u32,
    /// Which side it rests on.
    pub side: Side,
}

impl Shown {
    #[inline]
    const fn of(order: &Order, qty: i64) -> Self {
        Self {
            order_id: order.id,
            price: order.price,
            qty,
            symbol: order.symbol(),
            side: order.side(),
        }
    }
}

impl BookEvent {
    pub(super) const fn added(order: &Order) -> Self {
        Self::Added(Shown::of(order, order.qty))
    }

    pub(super) const fn changed(order: &Order) -> Self {
        Self::Changed(Shown::of(order, order.qty))
    }

    pub(super) const fn removed(order: &Order) -> Self {
        Self::Removed(Shown::of(order, order.qty))
    }

    #[inline]
    pub(super) const fn filled(order: &Order, qty: i64) -> Self {
        Self::Filled(Shown::of(order, qty))
    }
}
