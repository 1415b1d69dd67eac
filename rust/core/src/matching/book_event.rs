//! What happens to the public book, order by order.

use crate::book::arena::Order;
use crate::matching::command::Phase;
use crate::units::Side;

/// A change of what the book shows: enough to keep a copy of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookEvent {
    /// An order, or the next slice of one, joined the back of its price.
    Added(Shown),
    /// An order kept its place and shows `qty` now; with nothing shown it is gone from its queue.
    Changed {
        /// The order as it is now.
        order: Shown,
        /// What it showed until now, in lots.
        before: i64,
    },
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
    /// Dense index of the instrument it concerns.
    #[inline]
    pub const fn symbol(&self) -> u32 {
        match *self {
            Self::Added(order)
            | Self::Changed { order, .. }
            | Self::Removed(order)
            | Self::Filled(order) => order.symbol,
            Self::Phase { symbol, .. } => symbol,
        }
    }

    /// The order it concerns and by how much its level shows more than before, in lots.
    #[inline]
    pub const fn shift(&self) -> Option<(Shown, i64)> {
        match *self {
            Self::Added(order) => Some((order, order.qty)),
            Self::Changed { order, before } => Some((order, order.qty - before)),
            Self::Removed(order) | Self::Filled(order) => Some((order, -order.qty)),
            Self::Phase { .. } => None,
        }
    }

    pub(super) const fn added(order: &Order) -> Self {
        Self::Added(Shown::of(order, order.qty))
    }

    pub(super) const fn changed(order: &Order, before: i64) -> Self {
        Self::Changed {
            order: Shown::of(order, order.qty),
            before,
        }
    }

    pub(super) const fn removed(order: &Order) -> Self {
        Self::Removed(Shown::of(order, order.qty))
    }

    #[inline]
    pub(super) const fn filled(order: &Order, qty: i64) -> Self {
        Self::Filled(Shown::of(order, qty))
    }
}
