//! What a live feed answers: what became of a frame, and what was in it.

use crate::units::{Lots, Side, Ticks};

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Received {
    /// Another kind of message, another symbol, or a volume that was told already.
    NotOurs = 0,
    /// A book changed.
    Book = 1,
    /// A trade: [`LiveFeed::last_trade`].
    Trade = 2,
    /// Best prices: [`LiveFeed::last_quote`].
    Quote = 3,
    /// A delta that waits for a snapshot.
    Buffered = 4,
    /// The book has it.
    Ignored = 5,
    /// Updates never arrived: the book is stale, and needs a snapshot.
    Gap = 6,
    /// Not what it should be: [`LiveFeed::error`]. No book was touched.
    Malformed = 7,
}

/// A trade as it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Print {
    /// The venue's trade id.
    pub id: u64,
    /// Price of the trade.
    pub price: Ticks,
    /// Volume of the trade.
    pub qty: Lots,
    /// Who took liquidity.
    pub aggressor: Side,
    /// The venue's time.
    pub ts_event_ns: i64,
}

/// The best prices as they were told; a quantity of zero means that side is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// Best bid.
    pub bid: (Ticks, Lots),
    /// Best ask.
    pub ask: (Ticks, Lots),
    /// The venue's time.
    pub ts_event_ns: i64,
}

/// Frames by what became of them, and what was in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LiveTally {
    /// By [`Received`].
    pub received: [u64; 8],
    /// Snapshots that replaced a book.
    pub snapshots: u64,
    /// Levels in all deltas and snapshots that were read.
    pub levels: u64,
}

/// Why an instrument cannot be fed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the venue's names of instruments are different and at most 64 bytes long: symbol={symbol}"
)]
pub struct NameError {
    /// The instrument's symbol.
    pub symbol: String,
}
