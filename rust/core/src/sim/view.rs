//! The trader's side of the market: a book that follows the messages as they are received, and what
//! of it is of interest.

use crate::market::{Aside, MarketEvent, Message};
use crate::mirror::{Book, DepthSync, Outcome, UpdateIds};
use crate::units::{Lots, Side, Ticks};

use super::records::Counts;
use super::shown::Shown;

/// Why [`super::Simulation::advance`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Nothing is left to happen.
    End,
    /// The subscribed depth changed.
    Book,
    /// A trade was printed; see [`super::Simulation::last_trade`].
    Trade,
    /// A quote was published; see [`super::Simulation::last_quote`].
    Quote,
    /// The participant has something to tell about its orders.
    Orders,
    /// The timer with this number rang.
    Timer(u64),
    /// Something was said beside the book; see [`super::Simulation::last_aside`].
    Aside,
    /// A record could not be decoded; see [`super::Simulation::errors`].
    Corrupt,
    /// As many messages as asked for went by without another reason, or the recording waits.
    Pause,
}

/// What [`super::Simulation::advance`] comes back for, besides orders and timers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a kind that is wanted or not"
)]
pub struct Subscriptions {
    /// Best levels of each side whose change is of interest; zero for none.
    pub book_depth: usize,
    /// Every trade.
    pub trades: bool,
    /// Every quote.
    pub quotes: bool,
    /// Every record that could not be decoded.
    pub corrupt: bool,
    /// Funding, terms and breaks.
    pub asides: bool,
}

/// A trade as we received it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Print {
    /// The venue's time of it, by its own clock.
    pub ts_event_ns: i64,
    /// The venue's trade id.
    pub id: u64,
    /// Price of the trade.
    pub price: Ticks,
    /// Volume of the trade.
    pub qty: Lots,
    /// Who took liquidity.
    pub aggressor: Side,
}

/// A quote as we received it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// The venue's time of it, by its own clock.
    pub ts_event_ns: i64,
    /// The update it belongs to.
    pub id: u64,
    /// Best bid and what rests there.
    pub bid: (Ticks, Lots),
    /// Best ask and what rests there.
    pub ask: (Ticks, Lots),
}

/// Something beside the book as we received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The venue's time of it, by its own clock.
    pub ts_event_ns: i64,
    /// What was said.
    pub aside: Aside,
}

/// What the trader knows of the market, besides the book itself.
#[derive(Debug, Default)]
pub(super) struct View {
    pub(super) subscriptions: Subscriptions,
    pub(super) last_trade: Option<Print>,
    pub(super) last_quote: Option<Quoted>,
    pub(super) last_aside: Option<Beside>,
    sync: DepthSync,
    shown: Shown,
}

impl View {
    /// What comes next does not continue what came before: the book waits for a snapshot.
    pub(super) fn lose(&mut self, book: &mut Book) {
        self.sync.reset();
        book.mark_stale();
    }

    /// Receives a message; whether it is of interest.
    #[inline]
    pub(super) fn receive(
        &mut self,
        message: &Message,
        book: &mut Book,
        counts: &mut Counts,
    ) -> Option<Wake> {
        let ts_event_ns = message.ts_event_ns;
        match message.event {
            MarketEvent::Trade {
                id,
                price,
                qty,
                aggressor,
            } => {
                self.last_trade = Some(Print {
                    ts_event_ns,
                    id,
                    price,
                    qty,
                    aggressor,
                });
                self.subscriptions.trades.then_some(Wake::Trade)
            }
            MarketEvent::Quote {
                id,
                bid,
                bid_qty,
                ask,
                ask_qty,
            } => {
                self.last_quote = Some(Quoted {
                    ts_event_ns,
                    id,
                    bid: (bid, bid_qty),
                    ask: (ask, ask_qty),
                });
                self.subscriptions.quotes.then_some(Wake::Quote)
            }
            MarketEvent::Snapshot { last_id, .. } => {
                self.shown.settle(book);
                let outcome = self.sync.snapshot(book, last_id, &message.levels);
                self.changed(outcome, book, counts).then_some(Wake::Book)
            }
            MarketEvent::Depth {
                first_id,
                last_id,
                prev_id,
                ..
            } => {
                if self.subscriptions.book_depth > 0 {
                    self.shown.expect(book, &message.levels);
                } else {
                    self.shown.settle(book);
                }
                let ids = UpdateIds {
                    first: first_id,
                    last: last_id,
                    prev: prev_id,
                };
                let outcome = self.sync.delta(book, ids, &message.levels);
                self.changed(outcome, book, counts).then_some(Wake::Book)
            }
        }
    }

    /// Whether the participant's book changed within the subscribed depth, and may be shown.
    fn changed(&mut self, outcome: Outcome, book: &Book, counts: &mut Counts) -> bool {
        let depth = self.subscriptions.book_depth;
        if depth == 0 || outcome != Outcome::Applied {
            return false;
        }
        if book.is_crossed() {
            counts.crossed += 1;
            self.shown.write_down(book);
            return false;
        }
        self.shown.differs(book, depth)
    }
}
