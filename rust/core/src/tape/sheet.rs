//! The columns of a block, and what the numbers in them are counted from.
//!
//! Times, ids and prices are differences to the record before of the same kind and instrument,
//! the first of a block to zero, so that a block reads without the others. The first level of a
//! message is told from the first level of the message before, the next ones from each other.

use crate::instrument::COUNT_MAX;
use crate::units::{Lots, Side, Ticks};

/// What a record is: the number in the column [`Column::Kind`].
pub(super) mod kind {
    pub(in crate::tape) const SNAPSHOT: i64 = 0;
    pub(in crate::tape) const DEPTH: i64 = 1;
    /// Depth that names the update before it.
    pub(in crate::tape) const CHAINED: i64 = 2;
    pub(in crate::tape) const TRADE: i64 = 3;
    pub(in crate::tape) const QUOTE: i64 = 4;
    pub(in crate::tape) const FUNDING: i64 = 5;
    pub(in crate::tape) const TERMS: i64 = 6;
    pub(in crate::tape) const BREAK: i64 = 7;
    pub(in crate::tape) const ADDED: i64 = 8;
    pub(in crate::tape) const CHANGED: i64 = 9;
    pub(in crate::tape) const REMOVED: i64 = 10;
    pub(in crate::tape) const FILLED: i64 = 11;
    pub(in crate::tape) const PHASE: i64 = 12;
    pub(in crate::tape) const ORDER_TRADE: i64 = 13;
    pub(in crate::tape) const HIDDEN: i64 = 14;
    pub(in crate::tape) const DONE: i64 = 15;
    pub(in crate::tape) const OPEN: i64 = 16;
}

/// The columns in the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Column {
    Kind,
    Instrument,
    Recv,
    Event,
    /// First update of a depth message from the one expected; last of a snapshot from the last.
    DepthId,
    /// Updates beyond the first.
    DepthSpan,
    /// The update named as the one before, from the one expected.
    DepthPrev,
    /// Levels of a message.
    Levels,
    LevelSide,
    LevelPrice,
    LevelQty,
    TradeId,
    TradePrice,
    TradeQty,
    /// Who came, of trades of both kinds.
    Aggressor,
    QuoteId,
    Bid,
    Ask,
    BidQty,
    AskQty,
    Rate,
    Mark,
    Next,
    Break,
    OrderId,
    OrderSide,
    OrderPrice,
    OrderQty,
    /// What an order showed before, from what it shows now; the number of a phase.
    OrderMore,
}

pub(super) const COLUMNS: usize = Column::OrderMore as usize + 1;

/// What the next differences of one instrument refer to; writer and reader keep the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    pub(super) depth: i64,
    /// The first level of the message before, by side.
    pub(super) top: [i64; 2],
    pub(super) trade: i64,
    pub(super) trade_price: i64,
    pub(super) quote: i64,
    pub(super) bid: i64,
    pub(super) ask: i64,
    pub(super) rate: i64,
    pub(super) mark: i64,
    pub(super) next: i64,
    pub(super) order: i64,
    pub(super) order_price: i64,
}

/// A price or quantity that the arithmetic of books and accounts has room for; of several or-ed
/// together, whether each is.
#[inline]
pub(super) const fn is_countable(count: i64) -> bool {
    const { assert!(COUNT_MAX.count_ones() == 1) };
    count >= 0 && count < COUNT_MAX
}

#[inline]
pub(super) const fn ticks(count: i64) -> Option<Ticks> {
    if is_countable(count) {
        Some(Ticks(count))
    } else {
        None
    }
}

#[inline]
pub(super) const fn lots(count: i64) -> Option<Lots> {
    if is_countable(count) {
        Some(Lots(count))
    } else {
        None
    }
}

#[inline]
pub(super) const fn side(number: i64) -> Option<Side> {
    match number {
        0 => Some(Side::Buy),
        1 => Some(Side::Sell),
        _ => None,
    }
}
