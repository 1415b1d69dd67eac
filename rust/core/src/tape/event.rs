//! All that a tape can say: public messages, facts about orders, and what is true beside the book.

use crate::flow::OrderEvent;
use crate::instrument::Instrument;
use crate::market::{MarketEvent, SourceError};

pub use crate::market::{Break, Funding};

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
