//! `tradecore._core.BookView` and `OrderBook`: a venue's book by price, read and written.

use std::sync::{Arc, Mutex, MutexGuard};

use numpy::{PyArray2, ndarray};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tradecore_core::feed::Counter;
use tradecore_core::instrument::Instrument as CoreInstrument;
use tradecore_core::market::Level;
use tradecore_core::mirror::analytics::{self, Scale};
use tradecore_core::mirror::checksum::{self, Form};
use tradecore_core::mirror::{Book, DepthSync, Outcome, UpdateIds};
use tradecore_core::units::Side;

use crate::convert;
use crate::errors::{BookGapError, InputError};
use crate::instrument::Instrument;
use crate::levels::Reader;
use crate::lock::lock;

/// A book somebody else changes, to look at.
#[pyclass(frozen, subclass, module = "tradecore._core")]
pub(crate) struct BookView {
    instrument: Arc<CoreInstrument>,
    book: Arc<Mutex<Book>>,
    tick: Scale,
    lot: Scale,
}

type Levels<'py> = Bound<'py, PyArray2<f64>>;
type Quote<'py> = Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>;

const FORMS: [(&str, Form); 2] = [("alternating", Form::Alternating), ("digits", Form::Digits)];

impl BookView {
    /// A view of `book`, which the caller goes on changing.
    pub(crate) fn new(instrument: Arc<CoreInstrument>, book: Arc<Mutex<Book>>) -> Self {
        Self {
            tick: Scale::new(instrument.tick_size()),
            lot: Scale::new(instrument.lot_size()),
            instrument,
            book,
        }
    }

    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, Book> {
        lock(&self.book)
    }

    fn quote<'py>(&self, py: Python<'py>, side: Side) -> PyResult<Quote<'py>> {
        let Some((price, qty)) = self.lock().best(side) else {
            return Ok(None);
        };
        Ok(Some((
            convert::to_python(py, self.instrument.price(price))?,
            convert::to_python(py, self.instrument.quantity(qty))?,
        )))
    }

    fn array<'py>(&self, py: Python<'py>, side: Side, levels: usize) -> Levels<'py> {
        let flat: Vec<f64> = self
            .lock()
            .depth(side, levels)
            .flat_map(|(price, qty)| [self.tick.float(price.0), self.lot.float(qty.0)])
            .collect();
        let array = ndarray::Array2::from_shape_vec((flat.len() / 2, 2), flat);
        PyArray2::from_owned_array(py, array.unwrap_or_default())
    }

    fn ticks_to_price(&self, ticks: f64) -> f64 {
        self.tick.float_of(ticks)
    }
}

#[pymethods]
impl BookView {
    #[getter]
    fn symbol(&self) -> &str {
        self.instrument.symbol()
    }

    #[getter]
    fn instrument(&self) -> Instrument {
        Instrument(self.instrument.clone())
    }

    #[getter]
    fn best_bid<'py>(&self, py: Python<'py>) -> PyResult<Quote<'py>> {
        self.quote(py, Side::Buy)
    }

    #[getter]
    fn best_ask<'py>(&self, py: Python<'py>) -> PyResult<Quote<'py>> {
        self.quote(py, Side::Sell)
    }

    #[getter]
    fn best_bid_ticks(&self) -> Option<i64> {
        self.lock().best_bid().map(|(price, _)| price.0)
    }

    #[getter]
    fn best_ask_ticks(&self) -> Option<i64> {
        self.lock().best_ask().map(|(price, _)| price.0)
    }

    #[getter]
    fn bid_price(&self) -> Option<f64> {
        self.lock()
            .best_bid()
            .map(|(price, _)| self.tick.float(price.0))
    }

    #[getter]
    fn ask_price(&self) -> Option<f64> {
        self.lock()
            .best_ask()
            .map(|(price, _)| self.tick.float(price.0))
    }

    #[getter]
    fn bid_quantity(&self) -> Option<f64> {
        self.lock().best_bid().map(|(_, qty)| self.lot.float(qty.0))
    }

    #[getter]
    fn ask_quantity(&self) -> Option<f64> {
        self.lock().best_ask().map(|(_, qty)| self.lot.float(qty.0))
    }

    #[getter]
    fn is_stale(&self) -> bool {
        self.lock().is_stale()
    }

    #[getter]
    fn is_crossed(&self) -> bool {
        self.lock().is_crossed()
    }

    #[pyo3(signature = (levels = 10, /))]
    fn depth<'py>(&self, py: Python<'py>, levels: usize) -> (Levels<'py>, Levels<'py>) {
        (
            self.array(py, Side::Buy, levels),
            self.array(py, Side::Sell, levels),
        )
    }

    #[pyo3(signature = (levels = 10, /))]
    fn depth_key<'py>(&self, py: Python<'py>, levels: usize) -> Option<Bound<'py, PyBytes>> {
        let book = self.lock();
        (!book.is_stale()).then(|| PyBytes::new(py, &book.depth_key(levels)))
    }

    #[pyo3(signature = (side, /))]
    fn level_count(&self, side: &str) -> PyResult<usize> {
        Ok(self.lock().levels(convert::side(side)?))
    }

    #[pyo3(signature = (side, price))]
    fn quantity_at<'py>(
        &self,
        py: Python<'py>,
        side: &str,
        price: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let price = convert::ticks(price, &self.instrument)?;
        let qty = self.lock().qty_at(convert::side(side)?, price);
        convert::to_python(py, self.instrument.quantity(qty))
    }

    fn mid(&self) -> Option<f64> {
        analytics::mid(&self.lock()).map(|ticks| self.ticks_to_price(ticks))
    }

    #[pyo3(signature = (*, levels = 1, decay = 1.0))]
    fn microprice(&self, levels: usize, decay: f64) -> Option<f64> {
        analytics::microprice(&self.lock(), levels, decay).map(|ticks| self.ticks_to_price(ticks))
    }

    #[pyo3(signature = (*, levels = 1, decay = 1.0))]
    fn imbalance(&self, levels: usize, decay: f64) -> Option<f64> {
        analytics::imbalance(&self.lock(), levels, decay)
    }

    #[pyo3(signature = (levels = 25, *, form = "alternating"))]
    fn checksum(&self, levels: usize, form: &str) -> PyResult<u32> {
        let Some((_, chosen)) = FORMS.iter().find(|(word, _)| *word == form) else {
            let text = format!("form must be alternating or digits: form={form:?}");
            return Err(InputError::new_err(text));
        };
        Ok(checksum::checksum(
            &self.lock(),
            &self.instrument,
            levels,
            *chosen,
        ))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (bid, ask) = (self.quote(py, Side::Buy)?, self.quote(py, Side::Sell)?);
        let shown = |quote: Quote<'_>| {
            quote.map_or_else(|| "-".to_owned(), |(price, qty)| format!("{qty} @ {price}"))
        };
        let stale = if self.is_stale() { ", stale" } else { "" };
        Ok(format!(
            "<book {}: bid {}, ask {}{stale}>",
            self.symbol(),
            shown(bid),
            shown(ask)
        ))
    }
}

/// A book its owner feeds.
#[pyclass(frozen, extends = BookView, module = "tradecore._core")]
pub(crate) struct OrderBook {
    sync: Mutex<DepthSync>,
    counter: Counter,
}

impl OrderBook {
    fn read(
        &self,
        view: &BookView,
        bids: &Bound<'_, PyAny>,
        asks: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<Level>> {
        let reader = Reader {
            instrument: &view.instrument,
            counter: &self.counter,
        };
        let mut levels = Vec::new();
        reader.read(bids, "bids", Side::Buy, &mut levels)?;
        reader.read(asks, "asks", Side::Sell, &mut levels)?;
        Ok(levels)
    }

    fn lock(&self) -> MutexGuard<'_, DepthSync> {
        lock(&self.sync)
    }
}

#[pymethods]
impl OrderBook {
    #[new]
    #[pyo3(signature = (instrument, /))]
    fn new(instrument: &Instrument) -> PyClassInitializer<Self> {
        let view = BookView::new(instrument.0.clone(), Arc::default());
        let book = Self {
            sync: Mutex::new(DepthSync::new()),
            counter: Counter::new(&instrument.0),
        };
        PyClassInitializer::from(view).add_subclass(book)
    }

    #[getter]
    fn last_id(&self) -> Option<u64> {
        self.lock().last_id()
    }

    #[pyo3(signature = (bids, asks, *, last_id = None))]
    fn apply_snapshot(
        slf: &Bound<'_, Self>,
        bids: &Bound<'_, PyAny>,
        asks: &Bound<'_, PyAny>,
        last_id: Option<u64>,
    ) -> PyResult<&'static str> {
        let (this, view) = (slf.get(), slf.as_super().get());
        let levels = this.read(view, bids, asks)?;
        let (mut sync, mut book) = (this.lock(), view.lock());
        let Some(id) = last_id else {
            sync.reset();
            book.apply_snapshot(&levels);
            return Ok("applied");
        };
        let outcome = sync.snapshot(&mut book, id, &levels);
        answer(outcome, &view.instrument)
    }

    #[pyo3(signature = (bids, asks, *, first_id = None, last_id = None, prev_id = None))]
    fn apply_delta(
        slf: &Bound<'_, Self>,
        bids: &Bound<'_, PyAny>,
        asks: &Bound<'_, PyAny>,
        first_id: Option<u64>,
        last_id: Option<u64>,
        prev_id: Option<u64>,
    ) -> PyResult<&'static str> {
        let (this, view) = (slf.get(), slf.as_super().get());
        let levels = this.read(view, bids, asks)?;
        let (mut sync, mut book) = (this.lock(), view.lock());
        let Some(last) = last_id else {
            if first_id.is_some() || prev_id.is_some() || sync.last_id().is_some() {
                return Err(sequence("a delta of a numbered book has a last_id", view));
            }
            book.apply_delta(&levels);
            return Ok("applied");
        };
        if sync.last_id().is_none() && !book.is_stale() {
            return Err(sequence(
                "a numbered delta needs a snapshot with a last_id",
                view,
            ));
        }
        let first = first_id.unwrap_or(last);
        if first > last || prev_id.is_some_and(|prev| prev > last) {
            return Err(sequence("last_id is not below first_id or prev_id", view));
        }
        let ids = UpdateIds {
            first,
            last,
            prev: prev_id,
        };
        let outcome = sync.delta(&mut book, ids, &levels);
        answer(outcome, &view.instrument)
    }

    fn clear(slf: &Bound<'_, Self>) {
        slf.get().lock().reset();
        slf.as_super().get().lock().clear();
    }
}

fn sequence(rule: &str, view: &BookView) -> PyErr {
    InputError::new_err(format!("{rule}: symbol={}", view.instrument.symbol()))
}

fn answer(outcome: Outcome, instrument: &CoreInstrument) -> PyResult<&'static str> {
    match outcome {
        Outcome::Applied => Ok("applied"),
        Outcome::Buffered => Ok("buffered"),
        Outcome::Ignored => Ok("ignored"),
        Outcome::Gap { expected, got } => Err(BookGapError::new_err(format!(
            "updates between the book and a delta never arrived: expected={expected}, got={got}, \
             symbol={}",
            instrument.symbol()
        ))),
    }
}
