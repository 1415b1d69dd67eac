//! A sequencer in memory, with the market data of its books.

use std::sync::Arc;

use tradecore_core::instrument::Instrument;
use tradecore_core::market::Level;
use tradecore_core::matching::{Command, Engine, NewOrder, Sink, Terms};
use tradecore_core::mirror::{Book, checksum};
use tradecore_core::publish::{CHECKED_LEVELS, Publisher, Touch, Trade};
use tradecore_core::risk::SymbolTerms;
use tradecore_core::units::{Lots, Side, Ticks};

use crate::log::CommandLog as _;
use crate::memory::MemoryLog;
use crate::record::Name;
use crate::replay::ReplayError;
use crate::sequencer::{KeepError, Sequencer};

/// So many events of all books may wait to be taken.
const UNTAKEN_MAX: usize = 1 << 20;

type Never = std::convert::Infallible;

/// An engine whose commands are kept in memory and whose books tell what they did.
///
/// Market data nobody takes is dropped beyond a limit. Numbers go on counting, so whoever comes
/// later sees by [`MarketUpdate::prev`] that updates are missing.
pub struct Venue {
    sequencer: Sequencer<MemoryLog>,
    publisher: Publisher,
    untaken_max: usize,
}

/// What the commands since the last update did to the book of one symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketUpdate {
    /// Dense index of the instrument.
    pub symbol: u32,
    /// Number of the last event before these; 0 before all.
    pub prev: u64,
    /// Number of the first event contained.
    pub first: u64,
    /// Number of the last event contained.
    pub last: u64,
    /// Each level that changed, with what it shows now: bids from the best, then asks.
    pub levels: Vec<Level>,
    /// Best bid and ask afterwards.
    pub touch: Touch,
    /// The trades, in their order.
    pub trades: Vec<Trade>,
    /// [`checksum::counts`] of the best ten levels of each side afterwards.
    pub checksum: u32,
}

impl Venue {
    /// Empty books.
    pub fn new(instruments: Vec<Arc<Instrument>>) -> Self {
        Self::with_limits(instruments, MemoryLog::default(), UNTAKEN_MAX)
    }

    /// Empty books over an empty `log`; at most about `untaken_max` events wait to be taken.
    ///
    /// # Panics
    ///
    /// When the log is not empty.
    pub fn with_limits(
        instruments: Vec<Arc<Instrument>>,
        log: MemoryLog,
        untaken_max: usize,
    ) -> Self {
        assert!(
            log.position() == 0,
            "Invariant: books are empty before the first command"
        );
        let opened = Sequencer::open(instruments, log, &mut crate::replay::Nobody);
        let Ok(sequencer) = opened else {
            unreachable!("Invariant: an empty log is read without an error");
        };
        Self {
            publisher: Publisher::new(sequencer.engine()),
            sequencer,
            untaken_max,
        }
    }

    /// Executes one command; answers the id of the order it concerned, 0 for none.
    #[inline]
    pub fn apply<S: Sink>(&mut self, command: &Command, out: &mut S) -> u64 {
        let mut out = self.publisher.tap(out);
        let Ok::<_, Never>(id) = self.sequencer.apply(command, &mut out);
        self.bound();
        id
    }

    /// Places `order` under the caller's own name.
    pub fn apply_named<S: Sink>(
        &mut self,
        order: &NewOrder,
        terms: &Terms,
        name: Name<'_>,
        out: &mut S,
    ) -> u64 {
        let mut out = self.publisher.tap(out);
        let Ok::<_, Never>(id) = self.sequencer.apply_named(order, terms, name, &mut out);
        self.bound();
        id
    }

    /// Tells the time; what is due by then happens.
    pub fn advance_time<S: Sink>(&mut self, now_ns: i64, out: &mut S) {
        let mut out = self.publisher.tap(out);
        let Ok::<_, Never>(()) = self.sequencer.advance_time(now_ns, &mut out);
        self.bound();
    }

    /// Keeps accounts, as [`Engine::keep_accounts`] does.
    ///
    /// # Errors
    ///
    /// [`KeepError`]; then no accounts are kept.
    pub fn keep_accounts(&mut self, terms: &[SymbolTerms]) -> Result<(), KeepError<Never>> {
        self.sequencer.keep_accounts(terms)
    }

    /// The engine, to look into.
    #[inline]
    pub const fn engine(&self) -> &Engine {
        self.sequencer.engine()
    }

    /// Commands in the log, those a base stands for included.
    pub fn sequence(&self) -> u64 {
        self.sequencer.log().position()
    }

    /// Whether the log leads to the state the engine is in.
    ///
    /// # Errors
    ///
    /// [`ReplayError`] when the log was damaged in memory.
    pub fn verify(&self) -> Result<bool, ReplayError<Never>> {
        self.sequencer.verify()
    }

    /// One update for each symbol whose book changed since the last call, in the order it began.
    pub fn take_market_data(&mut self) -> Vec<MarketUpdate> {
        let mut updates = Vec::new();
        self.publisher.publish(|update| {
            let depth = &update.depth;
            updates.push(MarketUpdate {
                symbol: depth.symbol,
                prev: depth.prev,
                first: depth.first,
                last: depth.last,
                levels: depth.levels.to_vec(),
                touch: Touch::default(),
                trades: update.trades.to_vec(),
                checksum: depth.checksum,
            });
        });
        for update in &mut updates {
            let book = self.publisher.snapshot(update.symbol);
            update.touch = book
                .map(|snapshot| Touch::of(snapshot.book()))
                .unwrap_or_default();
        }
        updates
    }

    /// Every level of a symbol as of now, without trades: the updates that end at or before its
    /// `last` are in it, the one that goes on beyond may be laid over it.
    pub fn depth_snapshot(&mut self, symbol: u32) -> Option<MarketUpdate> {
        let last = self.publisher.look(symbol)?;
        let mut book = Book::new();
        book.apply_snapshot(&[]);
        let mut levels = Vec::new();
        for side in [Side::Buy, Side::Sell] {
            for (price, qty) in self.engine().depth(symbol, side) {
                let (price, qty) = (Ticks(price), Lots(qty));
                book.set(side, price, qty);
                levels.push(Level { side, price, qty });
            }
        }
        Some(MarketUpdate {
            symbol,
            prev: 0,
            first: last.min(1),
            last,
            levels,
            touch: Touch::of(&book),
            trades: Vec::new(),
            checksum: checksum::counts(&book, CHECKED_LEVELS),
        })
    }

    /// Drops market data nobody takes.
    #[inline]
    fn bound(&mut self) {
        if self.publisher.untold() > self.untaken_max {
            self.publisher.publish(|_| {});
        }
    }
}
