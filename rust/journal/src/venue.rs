//! A sequencer with the market data of its books.

use std::sync::Arc;

use tradecore_core::instrument::Instrument;
use tradecore_core::market::Level;
use tradecore_core::matching::{Command, Engine, NewOrder, Sink, Terms};
use tradecore_core::mirror::{Book, checksum};
use tradecore_core::publish::{CHECKED_LEVELS, Publisher, Touch, Trade};
use tradecore_core::risk::SymbolTerms;
use tradecore_core::units::{Lots, Side, Ticks};

use crate::log::CommandLog;
use crate::memory::MemoryLog;
use crate::outcome::{KeepError, NamingError, NoteError, Placed};
use crate::record::{Listing, Name};
use crate::replay::ReplayError;
use crate::sequencer::Sequencer;
use crate::strategies::Strategies;
use crate::tape::{Departed, Recorder, Tape, Told};

/// So many events of all books may wait to be taken.
const UNTAKEN_MAX: usize = 1 << 20;

/// An engine whose commands are kept in a log and whose books tell what they did.
///
/// Market data nobody takes is dropped beyond a limit. Numbers go on counting, so whoever comes
/// later sees by [`MarketUpdate::prev`] that updates are missing.
pub struct Venue<L> {
    sequencer: Sequencer<L>,
    publisher: Publisher,
    untaken_max: usize,
    tape: Option<Tape>,
}

/// A sink for the command that comes next: of the market, of who listens, and the caller's.
macro_rules! heard {
    ($venue:ident, $out:ident, $tap:ident) => {
        let position = $venue.sequencer.log().position() + 1;
        let mut $tap = Recorder {
            tape: $venue.tape.as_mut(),
            position,
            inner: $out,
        };
        let mut $tap = $venue.publisher.tap(&mut $tap);
    };
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

impl Venue<MemoryLog> {
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
            tape: None,
        }
    }
}

impl<L: CommandLog> Venue<L> {
    /// The books a log leads to; market data begins with what they are then.
    ///
    /// # Errors
    ///
    /// [`ReplayError`].
    pub fn open(instruments: Vec<Arc<Instrument>>, log: L) -> Result<Self, ReplayError<L::Error>> {
        let sequencer = Sequencer::open(instruments, log, &mut crate::replay::Nobody)?;
        Ok(Self {
            publisher: Publisher::new(sequencer.engine()),
            sequencer,
            untaken_max: UNTAKEN_MAX,
            tape: None,
        })
    }

    /// Executes one command; answers the id of the order it concerned, 0 for none.
    ///
    /// # Errors
    ///
    /// The log's; then nothing was executed.
    #[inline]
    pub fn apply<S: Sink>(&mut self, command: &Command, out: &mut S) -> Result<u64, L::Error> {
        heard!(self, out, tap);
        let id = self.sequencer.apply(command, &mut tap)?;
        self.bound();
        Ok(id)
    }

    /// Places `order` under the caller's own name, or tells again what was answered to it, which
    /// is no market data.
    ///
    /// # Errors
    ///
    /// The log's; then nothing was executed.
    pub fn place<S: Sink>(
        &mut self,
        order: &NewOrder,
        terms: &Terms,
        name: Name<'_>,
        out: &mut S,
    ) -> Result<Placed, L::Error> {
        if let Some(placed) = self.sequencer.recall(order, terms, name, out) {
            return Ok(placed);
        }
        heard!(self, out, tap);
        let placed = self.sequencer.place_new(order, terms, name, &mut tap)?;
        self.bound();
        Ok(placed)
    }

    /// Whether an answer is known under this name.
    pub fn knows(&self, account: u32, name: Name<'_>) -> bool {
        self.sequencer.knows(account, name)
    }

    /// Keeps so many answers, as [`Sequencer::keep_answers`] does.
    ///
    /// # Errors
    ///
    /// The log's; then nothing was changed.
    pub fn keep_answers(&mut self, most: u32) -> Result<(), L::Error> {
        self.sequencer.keep_answers(most)
    }

    /// As many answers to ended orders as are kept; 0 when none are.
    pub const fn answers_kept(&self) -> u32 {
        self.sequencer.answers_kept()
    }

    /// Tells the time; what is due by then happens.
    ///
    /// # Errors
    ///
    /// The log's; then nothing happened.
    pub fn advance_time<S: Sink>(&mut self, now_ns: i64, out: &mut S) -> Result<(), L::Error> {
        heard!(self, out, tap);
        self.sequencer.advance_time(now_ns, &mut tap)?;
        self.bound();
        Ok(())
    }

    /// Writes every report down for [`Self::take_told`], whoever gave the command, and has somebody
    /// called when there are some; `None` ends it, and what was not taken is gone.
    pub fn listen(&mut self, call: Option<Box<dyn Fn() + Send>>) {
        self.tape = call.map(Tape::new);
    }

    /// Whether somebody listens.
    pub const fn is_heard(&self) -> bool {
        self.tape.is_some()
    }

    /// Moves the reports since the last call to the end of `told`, and to that of `departed` the
    /// orders with a name or a strategy that are gone.
    pub fn take_told(&mut self, told: &mut Vec<Told>, departed: &mut Vec<Departed>) {
        if let Some(tape) = &mut self.tape {
            tape.move_to(told, departed);
        }
    }

    /// Keeps accounts, as [`Engine::keep_accounts`] does.
    ///
    /// # Errors
    ///
    /// [`KeepError`]; then no accounts are kept.
    pub fn keep_accounts(&mut self, terms: &[SymbolTerms]) -> Result<(), KeepError<L::Error>> {
        self.sequencer.keep_accounts(terms)
    }

    /// Lists an instrument, as [`Sequencer::list`] does.
    ///
    /// # Errors
    ///
    /// [`KeepError`]; then nothing was written and nothing happened.
    pub fn list(&mut self, listing: Listing) -> Result<u32, KeepError<L::Error>> {
        let index = self.sequencer.list(listing)?;
        self.publisher.cover(self.sequencer.engine());
        Ok(index)
    }

    /// The instruments it was begun with, and those that were listed since.
    pub fn listed(&self) -> (&[Arc<Instrument>], &[Listing]) {
        let replica = self.sequencer.replica();
        (replica.begun_with(), replica.listings())
    }

    /// The number of an account's strategy, as [`Sequencer::name_strategy`] gives it.
    ///
    /// # Errors
    ///
    /// [`NamingError`]; then nothing was written.
    pub fn name_strategy(
        &mut self,
        account: u32,
        name: Name<'_>,
    ) -> Result<u32, NamingError<L::Error>> {
        self.sequencer.name_strategy(account, name)
    }

    /// The strategies that were named.
    pub const fn strategies(&self) -> &Strategies {
        self.sequencer.replica().strategies()
    }

    /// Writes a note down, as [`Sequencer::note`] does.
    ///
    /// # Errors
    ///
    /// [`NoteError`]; then nothing was written.
    pub fn note(&mut self, note: &[u8], relieves: bool) -> Result<u64, NoteError<L::Error>> {
        self.sequencer.note(note, relieves)
    }

    /// The engine, to look into.
    #[inline]
    pub const fn engine(&self) -> &Engine {
        self.sequencer.engine()
    }

    /// Of all that a replay leads to.
    pub fn state_hash(&self) -> u128 {
        self.sequencer.state_hash()
    }

    /// Commands in the log, those a base stands for included.
    pub fn sequence(&self) -> u64 {
        self.sequencer.log().position()
    }

    /// The log.
    #[inline]
    pub const fn log(&self) -> &L {
        self.sequencer.log()
    }

    /// The log, for whoever closes it.
    pub const fn log_mut(&mut self) -> &mut L {
        self.sequencer.log_mut()
    }

    /// Writes down which state the commands so far lead to.
    ///
    /// # Errors
    ///
    /// The log's.
    pub fn mark(&mut self) -> Result<(), L::Error> {
        self.sequencer.mark()
    }

    /// Whether the log leads to the state the engine is in.
    ///
    /// # Errors
    ///
    /// [`ReplayError`] when the log cannot be read.
    pub fn verify(&self) -> Result<bool, ReplayError<L::Error>> {
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
            self.publisher.skip(self.sequencer.engine());
        }
    }
}
