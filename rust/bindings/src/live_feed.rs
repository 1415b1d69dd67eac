//! `tradecore._core.BinanceFeed`: the frames of a connection, and the books they make.

use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};
use tradecore_core::feed::binance::{LiveFeed, Received};
use tradecore_core::instrument::Instrument as CoreInstrument;
use tradecore_core::mirror::Book;

use crate::arguments::Word;
use crate::errors::{InputError, UnknownSymbolError};
use crate::frame::Frame;
use crate::instrument::Instrument;
use crate::lock::lock;
use crate::mirror::BookView;

/// Names of the counts by what became of a frame.
const RECEIVED: [&str; 8] = [
    "not_ours",
    "book",
    "trades",
    "quotes",
    "buffered",
    "ignored",
    "gaps",
    "malformed",
];

/// A symbol of the connection.
struct Place {
    instrument: Arc<CoreInstrument>,
    symbol: Py<PyString>,
    book: Arc<Mutex<Book>>,
}

/// A symbol whose book changed, and a body of each change.
type Told<'py> = (Py<PyString>, Vec<Bound<'py, PyBytes>>);

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct BinanceFeed {
    places: Vec<Place>,
    feed: Mutex<LiveFeed>,
}

impl BinanceFeed {
    fn find(&self, symbol: &str) -> PyResult<(usize, &Place)> {
        let mut places = self.places.iter().enumerate();
        places
            .find(|(_, place)| place.instrument.symbol() == symbol)
            .ok_or_else(|| {
                let known: Vec<&str> = self.places.iter().map(|p| p.instrument.symbol()).collect();
                UnknownSymbolError::new_err(format!(
                    "a symbol of the feed is one of {}: symbol={symbol:?}",
                    known.join(", ")
                ))
            })
    }
}

#[pymethods]
impl BinanceFeed {
    #[new]
    #[pyo3(signature = (instruments, /, *, chained))]
    fn new(py: Python<'_>, instruments: Vec<Instrument>, chained: bool) -> PyResult<Self> {
        let feed = LiveFeed::new(instruments.iter().map(|one| &*one.0), chained)
            .map_err(|error| InputError::new_err(error.to_string()))?;
        let places = instruments.into_iter().map(|Instrument(instrument)| Place {
            symbol: PyString::new(py, instrument.symbol()).unbind(),
            instrument,
            book: Arc::default(),
        });
        Ok(Self {
            places: places.collect(),
            feed: Mutex::new(feed),
        })
    }

    #[pyo3(signature = (frame, /, *, ts_recv_ns))]
    fn receive(&self, frame: &Bound<'_, PyAny>, ts_recv_ns: i64) -> PyResult<u8> {
        let (frame, mut feed) = (Frame::of(frame)?, lock(&self.feed));
        let book = |at: usize| lock(&self.places[at].book);
        Ok(feed.receive(&frame, ts_recv_ns, book) as u8)
    }

    #[pyo3(signature = (frames, /, *, start = 0, ts_recv_ns))]
    fn receive_many<'py>(
        &self,
        py: Python<'py>,
        frames: &Bound<'py, PyList>,
        start: usize,
        ts_recv_ns: i64,
    ) -> PyResult<(usize, u8, Vec<Told<'py>>)> {
        let mut feed = lock(&self.feed);
        let mut changed: Vec<(usize, Vec<Bound<'py, PyBytes>>)> = Vec::new();
        let (mut read, mut received) = (start, Received::Ignored);
        while read < frames.len() {
            let frame = frames.get_item(read)?;
            let book = |at: usize| lock(&self.places[at].book);
            received = feed.receive(&Frame::of(&frame)?, ts_recv_ns, book);
            read += 1;
            match (received, feed.place()) {
                (Received::Book, Some(place)) => {
                    let update = feed.take_update(place, &lock(&self.places[place].book));
                    let body = update.map(|update| PyBytes::new(py, &update.encode()));
                    match changed.iter_mut().find(|(at, _)| *at == place) {
                        Some((_, bodies)) => bodies.extend(body),
                        None => changed.push((place, body.into_iter().collect())),
                    }
                }
                (Received::Ignored, _) => {}
                _ => break,
            }
        }
        let changed = changed.into_iter();
        let told = changed.map(|(at, bodies)| (self.places[at].symbol.clone_ref(py), bodies));
        Ok((read, received as u8, told.collect()))
    }

    #[pyo3(signature = (symbol, body, /, *, ts_recv_ns))]
    fn snapshot(
        &self,
        py: Python<'_>,
        symbol: Word<'_>,
        body: &Bound<'_, PyAny>,
        ts_recv_ns: i64,
    ) -> PyResult<u8> {
        let (at, place) = self.find(symbol.0)?;
        let body = Frame::of(body)?;
        Ok(py.detach(|| {
            let (mut feed, mut book) = (lock(&self.feed), lock(&place.book));
            feed.snapshot(at, &body, ts_recv_ns, &mut book) as u8
        }))
    }

    #[pyo3(signature = (symbol, /))]
    fn book(&self, symbol: Word<'_>) -> PyResult<BookView> {
        let (_, place) = self.find(symbol.0)?;
        let (instrument, book) = (Arc::clone(&place.instrument), Arc::clone(&place.book));
        Ok(BookView::new(instrument, book))
    }

    #[pyo3(signature = (symbol = None))]
    fn clear(&self, symbol: Option<Word<'_>>) -> PyResult<()> {
        let only = symbol.map(|symbol| self.find(symbol.0)).transpose()?;
        let mut feed = lock(&self.feed);
        for (at, place) in self.places.iter().enumerate() {
            if only.is_none_or(|(chosen, _)| chosen == at) {
                feed.clear(at, &mut lock(&place.book));
            }
        }
        Ok(())
    }

    #[pyo3(signature = (symbol, /, *, snapshot = false))]
    fn take_update<'py>(
        &self,
        py: Python<'py>,
        symbol: Word<'_>,
        snapshot: bool,
    ) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let (at, place) = self.find(symbol.0)?;
        let (mut feed, book) = (lock(&self.feed), lock(&place.book));
        let update = if snapshot {
            Some(feed.whole(at, &book))
        } else {
            feed.take_update(at, &book)
        };
        Ok(update.map(|update| PyBytes::new(py, &update.encode())))
    }

    #[getter]
    fn symbol(&self, py: Python<'_>) -> Option<Py<PyString>> {
        let place = lock(&self.feed).place()?;
        Some(self.places[place].symbol.clone_ref(py))
    }

    #[getter]
    fn ts_event_ns(&self) -> i64 {
        lock(&self.feed).ts_event_ns()
    }

    #[getter]
    fn last_trade(&self) -> Option<(u64, i64, i64, &'static str, i64)> {
        let feed = lock(&self.feed);
        let print = feed.last_trade()?;
        let aggressor = print.aggressor.as_str();
        let (price, qty) = (print.price.0, print.qty.0);
        Some((print.id, price, qty, aggressor, print.ts_event_ns))
    }

    #[getter]
    fn last_quote(&self) -> Option<(i64, i64, i64, i64, i64)> {
        let feed = lock(&self.feed);
        let quote = feed.last_quote()?;
        let ((bid, bid_qty), (ask, ask_qty)) = (quote.bid, quote.ask);
        Some((bid.0, bid_qty.0, ask.0, ask_qty.0, quote.ts_event_ns))
    }

    #[getter]
    fn error(&self) -> Option<String> {
        lock(&self.feed).error().map(str::to_owned)
    }

    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let feed = lock(&self.feed);
        let (tally, skipped) = (feed.tally(), feed.skipped());
        let counts = PyDict::new(py);
        for (name, count) in RECEIVED.iter().zip(tally.received) {
            counts.set_item(name, count)?;
        }
        for (name, count) in [
            ("snapshots", tally.snapshots),
            ("levels", tally.levels),
            ("off_book", skipped.off_book),
            ("told_twice", skipped.told_twice),
            ("dust", feed.dust()),
        ] {
            counts.set_item(name, count)?;
        }
        Ok(counts)
    }
}
