//! The sample strategies, compiled: what a sweep runs without an interpreter.
//!
//! Each decides as the Python class of the same name does, to the last digit; a test compares every
//! order and every fill of both.

mod avellaneda_stoikov;
mod desk;
mod error;
mod inventory;
mod learning;
mod two_sided;

use std::sync::Arc;

use crate::instrument::Instrument;
use crate::market::EventSource;
use crate::mirror::Book;
use crate::money::Money;
use crate::oms::message::{Command, VenueEvent};
use crate::oms::{RunId, Trader};
use crate::units::{Lots, SymbolId, Ticks};

pub use self::avellaneda_stoikov::{AvellanedaStoikov, AvellanedaStoikovSettings};
use self::desk::{Desk, Prices};
pub use self::error::MakerError;
pub use self::two_sided::{TwoSided, TwoSidedSettings};

use super::{Participant, Print, Simulation, Subscriptions, Wake};

/// One basis point.
const BPS: f64 = 1e-4;

/// Best bid and best ask.
#[derive(Clone, Copy, Debug)]
struct Touch {
    bid: f64,
    ask: f64,
}

impl Touch {
    #[expect(
        clippy::float_arithmetic,
        clippy::manual_midpoint,
        reason = "half the sum, as the Python classes have it"
    )]
    const fn mid(self) -> f64 {
        (self.bid + self.ask) / 2.0
    }
}

/// A sample strategy.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a run has one of them")]
pub enum Maker {
    /// A fixed distance around the middle.
    TwoSided(TwoSided),
    /// A spread and a centre from the risk of the inventory.
    AvellanedaStoikov(AvellanedaStoikov),
}

/// A maker with its trader: a participant that decides by itself.
pub struct Quoter {
    maker: Maker,
    trader: Trader,
    instrument: Arc<Instrument>,
    prices: Prices,
}

/// The one symbol of a maker's trader.
const SYMBOL: SymbolId = SymbolId(0);

impl Quoter {
    /// A maker that trades `instrument` alone, in a run named `run`.
    pub fn new(maker: Maker, instrument: &Arc<Instrument>, run: RunId) -> Self {
        let mut trader = Trader::new(vec![Arc::clone(instrument)], run);
        trader.want_events(0);
        Self {
            maker,
            trader,
            instrument: Arc::clone(instrument),
            prices: Prices::of(instrument),
        }
    }

    /// The number of what it trades.
    pub const fn symbol(&self) -> SymbolId {
        SYMBOL
    }

    /// The trader it acts by.
    pub const fn trader(&self) -> &Trader {
        &self.trader
    }

    /// Says what it wants to hear.
    pub fn start<S: EventSource>(&mut self, simulation: &mut Simulation<S>) {
        let now_ns = simulation.prepare();
        if let Maker::AvellanedaStoikov(maker) = &mut self.maker {
            let every_ns = maker.start(now_ns);
            simulation.set_timer(now_ns.saturating_add(every_ns), every_ns);
        }
        simulation.subscribe(self.subscriptions());
    }

    /// What it wants to hear.
    pub(super) const fn subscriptions(&self) -> Subscriptions {
        match &self.maker {
            Maker::TwoSided(_) => TwoSided::subscriptions(),
            Maker::AvellanedaStoikov(_) => AvellanedaStoikov::subscriptions(),
        }
    }

    /// Plays until the simulation ends (`true`), or waits for more of its recording.
    ///
    /// `book` is its view of the market.
    pub fn play<S: EventSource>(
        &mut self,
        simulation: &mut Simulation<S>,
        book: &mut Book,
    ) -> bool {
        loop {
            match simulation.advance(self, book, u64::MAX) {
                Wake::End => return true,
                Wake::Pause => return false,
                Wake::Book => self.on_book(book, simulation.now_ns()),
                Wake::Trade => self.on_trade(simulation.last_trade()),
                Wake::Timer(_) => self.on_timer(simulation.now_ns()),
                Wake::Quote | Wake::Orders | Wake::Aside | Wake::Corrupt => {}
            }
        }
    }

    fn on_book(&mut self, book: &Book, now_ns: i64) {
        if let (Some((bid, _)), Some((ask, _))) = (book.best_bid(), book.best_ask()) {
            self.on_touch((bid, ask), now_ns);
        }
    }

    /// Decides by the best bid and the best ask.
    pub(super) fn on_touch(&mut self, (bid, ask): (Ticks, Ticks), now_ns: i64) {
        let touch = Touch {
            bid: self.prices.float(bid),
            ask: self.prices.float(ask),
        };
        let mut desk = Desk {
            trader: &mut self.trader,
            instrument: &self.instrument,
            prices: self.prices,
            symbol: SYMBOL,
            now_ns,
        };
        match &mut self.maker {
            Maker::TwoSided(maker) => maker.on_book(touch, &mut desk),
            Maker::AvellanedaStoikov(maker) => maker.on_book(touch, &mut desk),
        }
    }

    pub(super) fn on_trade(&mut self, print: Option<&Print>) {
        if let (Maker::AvellanedaStoikov(maker), Some(print)) = (&mut self.maker, print) {
            maker.on_trade(self.prices.float(print.price));
        }
    }

    pub(super) fn on_timer(&mut self, now_ns: i64) {
        if let Maker::AvellanedaStoikov(maker) = &mut self.maker {
            maker.on_timer(now_ns);
        }
    }
}

impl Participant for Quoter {
    fn take_commands(&mut self, commands: &mut Vec<Command>) {
        self.trader.take_commands(commands);
    }

    fn receive(&mut self, event: &VenueEvent) -> bool {
        Participant::receive(&mut self.trader, event);
        false
    }

    fn account(&self, symbol: SymbolId) -> Option<(Lots, Money)> {
        self.trader.account(symbol)
    }

    fn funding(&self, symbol: SymbolId) -> Money {
        Participant::funding(&self.trader, symbol)
    }
}
