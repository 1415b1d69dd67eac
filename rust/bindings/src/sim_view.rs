//! What a simulation shows of its recordings: a book and an instrument each.

use std::sync::{Arc, Mutex, MutexGuard};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;
use tradecore_core::instrument::Instrument as CoreInstrument;
use tradecore_core::market::{Aside, EventSource};
use tradecore_core::mirror::Book;
use tradecore_core::oms::Trader as CoreTrader;
use tradecore_core::sim::{Books, Simulation};
use tradecore_core::units::{Side, SymbolId};

use crate::errors::{InputError, UnknownSymbolError};
use crate::instrument::Instrument;
use crate::mirror::BookView;

/// What we see of one recording.
#[derive(Clone)]
pub(crate) struct View {
    pub(crate) book: Arc<Mutex<Book>>,
    pub(crate) instrument: Arc<CoreInstrument>,
}

impl View {
    /// Its book, for Python.
    pub(crate) fn book_view(&self) -> BookView {
        BookView::new(Arc::clone(&self.instrument), Arc::clone(&self.book))
    }
}

/// The books of several recordings, held for one call.
pub(crate) struct Held<'a>(pub(crate) Vec<MutexGuard<'a, Book>>);

impl Books for Held<'_> {
    #[inline]
    fn at(&mut self, place: usize) -> &mut Book {
        &mut self.0[place]
    }
}

/// The trader's number and instrument of a symbol, which must be counted as the recording is.
pub(crate) fn find(
    trader: &CoreTrader,
    symbol: &str,
    recorded: &CoreInstrument,
) -> PyResult<(SymbolId, Arc<CoreInstrument>)> {
    let mut known = (0..).zip(trader.instruments());
    let Some((id, instrument)) = known.find(|(_, instrument)| instrument.symbol() == symbol) else {
        let text = format!("the trader has no such symbol: symbol={symbol}");
        return Err(UnknownSymbolError::new_err(text));
    };
    let steps = |one: &CoreInstrument| (one.tick_size(), one.lot_size());
    if steps(instrument) != steps(recorded) {
        return Err(InputError::new_err(format!(
            "a recording is traded in its own steps: recorded {} × {}, traded {} × {}, \
             symbol={symbol}",
            recorded.tick_size(),
            recorded.lot_size(),
            instrument.tick_size(),
            instrument.lot_size(),
        )));
    }
    Ok((SymbolId(id), Arc::clone(instrument)))
}

/// Whose, number, price, volume, who took liquidity, and both times.
pub(crate) type Printed<'py> = (usize, u64, i64, i64, Bound<'py, PyString>, i64, i64);

/// The last trade received.
pub(crate) fn trade<'py, S: EventSource>(
    py: Python<'py>,
    simulation: &Simulation<S>,
) -> Option<Printed<'py>> {
    let print = simulation.last_trade()?;
    let aggressor = match print.aggressor {
        Side::Buy => intern!(py, "buy"),
        Side::Sell => intern!(py, "sell"),
    };
    Some((
        simulation.woken(),
        print.id,
        print.price.0,
        print.qty.0,
        aggressor.clone(),
        print.ts_event_ns,
        simulation.now_ns(),
    ))
}

/// Whose, bid and ask with their quantities, and both times.
pub(crate) type Quoted = (usize, i64, i64, i64, i64, i64, i64);

/// The last quote received.
pub(crate) fn quote<S: EventSource>(simulation: &Simulation<S>) -> Option<Quoted> {
    let quote = simulation.last_quote()?;
    let ((bid, bid_qty), (ask, ask_qty)) = (quote.bid, quote.ask);
    Some((
        simulation.woken(),
        bid.0,
        bid_qty.0,
        ask.0,
        ask_qty.0,
        quote.ts_event_ns,
        simulation.now_ns(),
    ))
}

/// Whose, what, numbers of funding, an instrument's rules, and both times.
pub(crate) type Said = (
    usize,
    &'static str,
    (i64, i64, i64),
    Option<Instrument>,
    (i64, i64),
);

/// What was last said beside a book.
pub(crate) fn aside<S: EventSource>(simulation: &Simulation<S>) -> Option<Said> {
    let told = simulation.last_aside()?;
    let (kind, numbers, terms) = match &told.aside {
        Aside::Funding(funding) => {
            let numbers = (funding.rate.0, funding.mark_nano, funding.next_ns);
            ("funding", numbers, None)
        }
        Aside::Terms(terms) => ("terms", (0, 0, 0), Some(Instrument(Arc::clone(terms)))),
        Aside::Break(why) => (why.as_str(), (0, 0, 0), None),
    };
    let times = (told.ts_event_ns, simulation.now_ns());
    Some((simulation.woken(), kind, numbers, terms, times))
}
