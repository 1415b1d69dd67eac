//! All that a tape can say: public messages, facts about orders, and what is true beside the book.

use crate::flow::OrderEvent;
use crate::instrument::Instrument;
use crate::market::{MarketEvent, SourceError};
use crate::money::Rate;

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

/// One record of a tape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TapeEvent<'a> {
    /// A public message: depth, a snapshot, a trade, a quote.
    Market(MarketEvent<'a>),
    /// A fact about an order of the book, or about trades with it.
    Order(OrderEvent),
    /// Funding and mark price.
    Funding(Funding),
    /// The rules of the instrument from now on; prices and quantities are still counted in the
    /// steps of the tape's table, of which the new steps are whole multiples.
    Terms(&'a Instrument),
    /// Something is missing here.
    Break(Break),
}

/// A record with its instrument and its two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taped<'a> {
    /// Place of the instrument in the tape's table.
    pub instrument: u32,
    /// The venue's time of the event, in nanoseconds since 1970.
    pub ts_event_ns: i64,
    /// Our time of receipt, in nanoseconds since 1970.
    pub ts_recv_ns: i64,
    /// What was said.
    pub event: TapeEvent<'a>,
}

/// Where records of any kind and of several instruments come from, in order of receipt.
pub trait TapeSource {
    /// The next record, `None` at the end.
    ///
    /// # Errors
    ///
    /// [`SourceError`] for what could not be read; the next call goes on after it.
    fn next_taped(&mut self) -> Result<Option<Taped<'_>>, SourceError>;
}
