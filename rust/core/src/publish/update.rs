//! What is published.

use crate::market::Level;
use crate::matching::report::{AUCTION, MAKER};
use crate::matching::{BookEvent, ExecType, Phase, Report};
use crate::mirror::{Book, UpdateIds, checksum};
use crate::units::{Lots, Side, Ticks};

/// Levels a side in a checksum.
pub const CHECKED_LEVELS: usize = 10;

/// What one batch of commands did to the book of one symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Update<'a> {
    /// The levels that changed.
    pub depth: DepthUpdate<'a>,
    /// Order by order; the first has the number `depth.first`, each the next one.
    pub events: &'a [BookEvent],
    /// The trades, in their order.
    pub trades: &'a [Trade],
}

/// What one batch, or several in a row, did to the levels of one symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepthUpdate<'a> {
    /// Dense index of the instrument.
    pub symbol: u32,
    /// Number of the last event before these; 0 before all.
    pub prev: u64,
    /// Number of the first event contained.
    pub first: u64,
    /// Number of the last event contained.
    pub last: u64,
    /// Each level that changed once, with what it shows now: bids from the best, then asks.
    pub levels: &'a [Level],
    /// Best bid and ask, if they changed.
    pub touch: Option<Touch>,
    /// [`checksum::counts`] of the best ten levels of each side afterwards.
    pub checksum: u32,
}

impl DepthUpdate<'_> {
    /// Its numbers, as [`crate::mirror::DepthSync`] chains them.
    pub const fn ids(&self) -> UpdateIds {
        UpdateIds {
            first: self.first,
            last: self.last,
            prev: Some(self.prev),
        }
    }
}

/// Best bid and ask with what they show; `None` of an empty side. In an auction they may cross.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touch {
    /// Highest bid.
    pub bid: Option<(Ticks, Lots)>,
    /// Lowest ask.
    pub ask: Option<(Ticks, Lots)>,
}

impl Touch {
    /// The touch of a book.
    pub fn of(book: &Book) -> Self {
        Self {
            bid: book.best_bid(),
            ask: book.best_ask(),
        }
    }
}

/// One trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// As [`Report::trade_id`].
    pub id: u64,
    /// In ticks.
    pub price: Ticks,
    /// In lots.
    pub qty: Lots,
    /// The order that bought.
    pub buy_order_id: u64,
    /// The order that sold.
    pub sell_order_id: u64,
    /// Who took liquidity; nobody in an auction.
    pub aggressor: Option<Side>,
}

impl Trade {
    /// The trade a report tells of, if it is the first of its two reports.
    #[inline]
    pub(super) fn told_by(report: &Report) -> Option<Self> {
        let side = report.side();
        let aggressor = match (report.liquidity, side) {
            (MAKER, _) => Some(side.opposite()),
            (AUCTION, Side::Buy) => None,
            _ => return None,
        };
        if report.exec_type() != ExecType::Trade {
            return None;
        }
        let (own, other) = (report.order_id, report.counter_order_id);
        let (buy_order_id, sell_order_id) = match side {
            Side::Buy => (own, other),
            Side::Sell => (other, own),
        };
        Some(Self {
            id: report.trade_id(),
            price: Ticks(report.price),
            qty: Lots(report.qty),
            buy_order_id,
            sell_order_id,
            aggressor,
        })
    }
}

/// A book as it is between two updates, for a reader who comes late.
pub struct Snapshot<'a> {
    /// Number of the last event contained: the next update's `prev`.
    pub last: u64,
    /// The state of the symbol.
    pub phase: Phase,
    /// As [`DepthUpdate::checksum`].
    pub checksum: u32,
    pub(super) book: &'a Book,
}

impl Snapshot<'_> {
    /// Every level of both sides: bids from the best, then asks.
    pub fn levels(&self) -> impl Iterator<Item = Level> + '_ {
        [Side::Buy, Side::Sell].into_iter().flat_map(|side| {
            let depth = self.book.depth(side, usize::MAX);
            depth.map(move |(price, qty)| Level { side, price, qty })
        })
    }

    /// The same book by price.
    pub const fn book(&self) -> &Book {
        self.book
    }
}

/// As [`DepthUpdate::checksum`].
pub(super) fn check(book: &Book) -> u32 {
    checksum::counts(book, CHECKED_LEVELS)
}
