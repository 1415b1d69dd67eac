//! What a venue says in public, decoded: the one vocabulary of feeds, tapes, mirrors, simulations.

use std::sync::Arc;

use crate::instrument::Instrument;
use crate::money::Rate;
use crate::units::{Lots, Side, Ticks};

/// A price level after a change: `qty` is what rests there now, zero removes the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Which side of the book.
    pub side: Side,
    /// The level's price.
    pub price: Ticks,
    /// What rests there now; zero means nothing.
    pub qty: Lots,
}

/// One public message.
///
/// `levels` borrows the decoder's buffer, which the next message overwrites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarketEvent<'a> {
    /// The whole book as of update `last_id`.
    Snapshot {
        /// Last update contained.
        last_id: u64,
        /// Every level of both sides.
        levels: &'a [Level],
    },
    /// What changed between updates `first_id` and `last_id`.
    Depth {
        /// First update contained.
        first_id: u64,
        /// Last update contained.
        last_id: u64,
        /// The `last_id` of the message before, where the venue says so (Binance futures `pu`).
        prev_id: Option<u64>,
        /// The levels that changed.
        levels: &'a [Level],
    },
    /// A trade that happened.
    Trade {
        /// The venue's trade id.
        id: u64,
        /// Price of the trade.
        price: Ticks,
        /// Volume of the trade.
        qty: Lots,
        /// Who took liquidity.
        aggressor: Side,
    },
    /// Best bid and ask as of update `id`; a quantity of zero means that side is empty.
    Quote {
        /// The update it belongs to.
        id: u64,
        /// Best bid.
        bid: Ticks,
        /// Quantity at the best bid.
        bid_qty: Lots,
        /// Best ask.
        ask: Ticks,
        /// Quantity at the best ask.
        ask_qty: Lots,
    },
}

impl<'a> MarketEvent<'a> {
    /// The message without its levels, and the levels apart; none where it has none.
    #[inline]
    pub const fn split(&self) -> (MarketEvent<'static>, &'a [Level]) {
        match *self {
            Self::Snapshot { last_id, levels } => {
                let head = MarketEvent::Snapshot {
                    last_id,
                    levels: &[],
                };
                (head, levels)
            }
            Self::Depth {
                first_id,
                last_id,
                prev_id,
                levels,
            } => {
                let head = MarketEvent::Depth {
                    first_id,
                    last_id,
                    prev_id,
                    levels: &[],
                };
                (head, levels)
            }
            Self::Trade {
                id,
                price,
                qty,
                aggressor,
            } => {
                let head = MarketEvent::Trade {
                    id,
                    price,
                    qty,
                    aggressor,
                };
                (head, &[])
            }
            Self::Quote {
                id,
                bid,
                bid_qty,
                ask,
                ask_qty,
            } => {
                let head = MarketEvent::Quote {
                    id,
                    bid,
                    bid_qty,
                    ask,
                    ask_qty,
                };
                (head, &[])
            }
        }
    }
}

impl MarketEvent<'static> {
    /// The message with these levels, if it is of a kind that has some.
    #[inline]
    pub const fn with_levels<'a>(&self, levels: &'a [Level]) -> MarketEvent<'a> {
        match *self {
            Self::Snapshot { last_id, .. } => MarketEvent::Snapshot { last_id, levels },
            Self::Depth {
                first_id,
                last_id,
                prev_id,
                ..
            } => MarketEvent::Depth {
                first_id,
                last_id,
                prev_id,
                levels,
            },
            trade @ Self::Trade { .. } => trade,
            quote @ Self::Quote { .. } => quote,
        }
    }
}

/// A message with its two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamped<'a> {
    /// The venue's time of the event, in nanoseconds since 1970.
    pub ts_event_ns: i64,
    /// Our time of receipt, in nanoseconds since 1970.
    pub ts_recv_ns: i64,
    /// What was said.
    pub event: MarketEvent<'a>,
}

/// A message that changes hands, with memory of its own for the levels.
#[derive(Debug)]
pub struct Message {
    /// The venue's time of the event, in nanoseconds since 1970.
    pub ts_event_ns: i64,
    /// Our time of receipt, in nanoseconds since 1970.
    pub ts_recv_ns: i64,
    /// What was said, without its levels.
    pub event: MarketEvent<'static>,
    /// The levels.
    pub levels: Vec<Level>,
    /// What it says instead, beside the book.
    pub aside: Option<Aside>,
}

impl Message {
    /// What was said beside the book, received at `ts_recv_ns`.
    pub fn beside(ts_event_ns: i64, ts_recv_ns: i64, aside: Aside) -> Self {
        Self {
            ts_event_ns,
            ts_recv_ns,
            aside: Some(aside),
            ..Self::default()
        }
    }

    /// The message with its levels.
    pub fn stamped(&self) -> Stamped<'_> {
        Stamped {
            ts_event_ns: self.ts_event_ns,
            ts_recv_ns: self.ts_recv_ns,
            event: self.event.with_levels(&self.levels),
        }
    }

    /// Takes what was said and when, in place of what it held.
    #[inline]
    pub fn take(&mut self, stamped: &Stamped<'_>) {
        let (event, levels) = stamped.event.split();
        self.levels.clear();
        self.levels.extend_from_slice(levels);
        self.event = event;
        self.ts_event_ns = stamped.ts_event_ns;
        self.ts_recv_ns = stamped.ts_recv_ns;
    }
}

impl Default for Message {
    /// A snapshot of nothing, of no time.
    fn default() -> Self {
        Self {
            ts_event_ns: 0,
            ts_recv_ns: 0,
            event: MarketEvent::Snapshot {
                last_id: 0,
                levels: &[],
            },
            levels: Vec::new(),
            aside: None,
        }
    }
}

/// An order of a book, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderAt {
    /// The venue's number; 0 where it is not known.
    pub id: u64,
    /// The side it rests on.
    pub side: Side,
    /// Its price.
    pub price: Ticks,
    /// A quantity; which one the fact says.
    pub qty: Lots,
}

/// What became of one order of a book, where every order is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderFact {
    /// It joined the back of its price and shows so much.
    Came(OrderAt),
    /// It kept its place and shows so much less; with nothing left it is gone.
    Shrank(OrderAt),
    /// So much of it traded; with nothing left it is gone.
    Traded(OrderAt),
    /// So much traded of one that the book does not show.
    Hidden(OrderAt),
}

/// What a position pays, and the price it is marked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Funding {
    /// The rate as it stands; longs pay it to shorts at `next_ns`, below zero the other way.
    pub rate: Rate,
    /// The mark price in 10⁻⁹ quote units, which need not lie on a tick; 0 where it was not told.
    pub mark_nano: i64,
    /// When the rate is paid, in nanoseconds since 1970; 0 where it was not told.
    pub next_ns: i64,
}

/// Why what follows does not continue what came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Break {
    /// The venue's numbers show that messages are missing.
    Gap = 0,
    /// The connection was lost.
    Disconnected = 1,
    /// The connection is there again; a snapshot follows.
    Connected = 2,
    /// The recording was written from input of which a part could not be read.
    Damaged = 3,
}

impl Break {
    /// Its name in files and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Disconnected => "disconnected",
            Self::Connected => "connected",
            Self::Damaged => "damaged",
        }
    }

    /// What has this number.
    pub const fn of(number: u64) -> Option<Self> {
        match number {
            0 => Some(Self::Gap),
            1 => Some(Self::Disconnected),
            2 => Some(Self::Connected),
            3 => Some(Self::Damaged),
            _ => None,
        }
    }
}

/// What is true of a market beside its book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aside {
    /// Funding and mark price.
    Funding(Funding),
    /// The rules of the instrument from now on; prices and quantities are counted as before, in
    /// steps of which the new ones are whole multiples.
    Terms(Arc<Instrument>),
    /// What follows does not continue what came before.
    Break(Break),
}

/// Something beside the book with its two clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StampedAside {
    /// The venue's time of the event, in nanoseconds since 1970.
    pub ts_event_ns: i64,
    /// Our time of receipt, in nanoseconds since 1970.
    pub ts_recv_ns: i64,
    /// What was said.
    pub aside: Aside,
}

/// Where messages come from, one instrument, in order of receipt.
pub trait EventSource {
    /// The next message, `None` at the end.
    ///
    /// # Errors
    ///
    /// [`SourceError`] for a record that could not be decoded; the next call goes on after it.
    fn next_event(&mut self) -> Result<Option<Stamped<'_>>, SourceError>;

    /// As [`Self::next_event`], into `message` or one that is put in its place; false at the end.
    ///
    /// # Errors
    ///
    /// The same; `message` then holds nothing that counts.
    #[inline]
    fn next_into(&mut self, message: &mut Box<Message>) -> Result<bool, SourceError> {
        let told = self.next_event()?;
        Ok(told.is_some_and(|stamped| {
            message.take(&stamped);
            true
        }))
    }

    /// Whether what comes next is not there yet, which is not the end.
    fn is_waiting(&self) -> bool {
        false
    }

    /// What was said beside the book before the last message given, or before the end: one at a
    /// time, until none is left.
    fn next_aside(&mut self) -> Option<StampedAside> {
        None
    }

    /// The number of the record that was read last, and where it stands: a byte of it, or the first
    /// of its block. Zeros where that is not known.
    fn place(&self) -> (u64, u64) {
        (0, 0)
    }

    /// What became of the orders of the book with the last message given; `None` where a source
    /// knows only prices.
    fn facts(&self) -> Option<&[OrderFact]> {
        None
    }
}

/// A record that could not be decoded, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: record {record}, byte {offset}")]
pub struct SourceError {
    /// What rule it broke, with the values.
    pub reason: String,
    /// Its number in the source, from 1 (a line number where records are lines).
    pub record: u64,
    /// Its first byte in the source.
    pub offset: u64,
}
