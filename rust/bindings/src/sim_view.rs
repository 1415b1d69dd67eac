//! What a simulation shows of its recordings: a book and an instrument each.

use std::sync::{Arc, Mutex, MutexGuard};

use pyo3::prelude::*;
use tradecore_core::instrument::Instrument as CoreInstrument;
use tradecore_core::mirror::Book;
use tradecore_core::oms::Trader as CoreTrader;
use tradecore_core::sim::Books;
use tradecore_core::units::SymbolId;

use crate::errors::{InputError, UnknownSymbolError};
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
