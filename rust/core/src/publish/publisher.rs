//! The publisher, and how it listens to an engine.

use crate::market::Level;
use crate::matching::{BookEvent, Engine, Gone, Phase, Report, Sink};
use crate::publish::channel::{Channel, Shift};
use crate::publish::update::{Snapshot, Trade, Update};
use crate::units::{Lots, Side, Ticks};

/// Keeps a copy of every book of an engine from its events, and tells what changed.
///
/// Every command must reach the engine with a [`Tap`] of the same publisher. Nothing is allocated
/// once the buffers have grown and the books have seen their prices.
pub struct Publisher {
    channels: Vec<Channel>,
    /// The symbols something happened to in the present batch, in the order it began.
    touched: Vec<u32>,
    shifts: Vec<Shift>,
    /// Events of the present batch.
    untold: usize,
}

impl Publisher {
    /// Starts from what rests in `engine` now; the events of each symbol are numbered from 1.
    pub fn new(engine: &Engine) -> Self {
        let mut publisher = Self {
            channels: Vec::new(),
            touched: Vec::new(),
            shifts: Vec::new(),
            untold: 0,
        };
        publisher.cover(engine);
        publisher
    }

    /// Listens to every symbol of `engine`, those that were listed since as well.
    pub fn cover(&mut self, engine: &Engine) {
        let count = |symbols: usize| u32::try_from(symbols).unwrap_or(u32::MAX);
        let symbols = count(self.channels.len())..count(engine.instruments().len());
        let channel = |symbol| {
            let (phase, levels) = now(engine, symbol);
            Channel::new(symbol, phase, &levels)
        };
        self.channels.extend(symbols.map(channel));
    }

    /// The sink to give to the engine: `inner` gets all it would have got without.
    pub const fn tap<'a, S: Sink>(&'a mut self, inner: &'a mut S) -> Tap<'a, S> {
        Tap {
            publisher: self,
            inner,
        }
    }

    /// Ends the batch: one call of `tell` for each symbol whose book changed.
    pub fn publish(&mut self, mut tell: impl FnMut(&Update<'_>)) {
        self.untold = 0;
        for symbol in self.touched.drain(..) {
            self.channels[symbol as usize].publish(&mut self.shifts, &mut tell);
        }
    }

    /// Ends the batch untold, however long it is in the time its books take: they are read from
    /// `engine` again, its events are not looked at. Their numbers are missing to whoever comes.
    pub fn skip(&mut self, engine: &Engine) {
        self.untold = 0;
        for symbol in self.touched.drain(..) {
            let (phase, levels) = now(engine, symbol);
            self.channels[symbol as usize].skip(phase, &levels);
        }
    }

    /// How many events the present batch has, of all symbols.
    pub const fn untold(&self) -> usize {
        self.untold
    }

    /// Number of the last event of a symbol, those of the present batch included.
    ///
    /// For a reader who takes the book from the engine in the middle of a batch: the update of this
    /// batch, laid over what he saw, leads to the right book, as it lists every level it touched.
    pub fn look(&mut self, symbol: u32) -> Option<u64> {
        self.channels.get_mut(symbol as usize).map(Channel::look)
    }

    /// The book of a symbol as of its last update.
    ///
    /// Who wants it order by order takes [`Engine::orders`] between two batches.
    pub fn snapshot(&self, symbol: u32) -> Option<Snapshot<'_>> {
        self.channels.get(symbol as usize).map(Channel::snapshot)
    }
}

/// What a symbol is in now, and every level of its book.
fn now(engine: &Engine, symbol: u32) -> (Phase, Vec<Level>) {
    let phase = engine.symbol_state(symbol).map_or(Phase::Open, |s| s.phase);
    let levels = [Side::Buy, Side::Sell].into_iter().flat_map(|side| {
        let depth = engine.depth(symbol, side);
        depth.map(move |(price, qty)| Level {
            side,
            price: Ticks(price),
            qty: Lots(qty),
        })
    });
    (phase, levels.collect())
}

/// A sink that passes everything on and lets a publisher listen; see [`Publisher::tap`].
pub struct Tap<'a, S> {
    publisher: &'a mut Publisher,
    inner: &'a mut S,
}

impl<S: Sink> Sink for Tap<'_, S> {
    #[inline]
    fn push(&mut self, report: Report, cost: impl FnOnce() -> i128) {
        if let Some(trade) = Trade::told_by(&report)
            && let Some(channel) = self.publisher.channels.get_mut(report.symbol as usize)
        {
            channel.note_trade(trade);
        }
        self.inner.push(report, cost);
    }

    #[inline]
    fn book(&mut self, event: impl FnOnce() -> BookEvent) {
        let event = event();
        let symbol = event.symbol();
        self.publisher.untold += 1;
        if let Some(channel) = self.publisher.channels.get_mut(symbol as usize)
            && channel.note(event)
        {
            self.publisher.touched.push(symbol);
        }
        self.inner.book(|| event);
    }

    #[inline]
    fn gone(&mut self, gone: Gone<'_>) {
        self.inner.gone(gone);
    }
}
