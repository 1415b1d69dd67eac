//! `tradecore._core.BookReplay`: a recording played into a book.

use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use tradecore_core::feed::rebuild::{Rebuild, Touch};
use tradecore_core::instrument::Instrument as CoreInstrument;
use tradecore_core::mirror::checksum::{self, Form};
use tradecore_core::units::{Lots, Side, Ticks};

use crate::errors::IntoPy;
use crate::feed::{Source, source};
use crate::lock::lock;

/// Records that could not be read are told in full up to here, and only counted beyond.
const FAULTS_MAX: usize = 100;

struct State {
    rebuild: Rebuild<Source>,
    unreadable: u64,
    faults: Vec<(u64, u64, String)>,
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct BookReplay {
    instrument: Arc<CoreInstrument>,
    state: Mutex<State>,
}

type Finding = (u64, u64, String, String);

#[pymethods]
impl BookReplay {
    #[new]
    #[pyo3(signature = (recording, /))]
    fn new(recording: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (source, instrument) = source(recording)?;
        let state = State {
            rebuild: Rebuild::new(source),
            unreadable: 0,
            faults: Vec::new(),
        };
        Ok(Self {
            instrument,
            state: Mutex::new(state),
        })
    }

    #[pyo3(signature = (events, /, *, strict = false))]
    fn advance(&self, py: Python<'_>, events: u64, strict: bool) -> PyResult<bool> {
        py.detach(|| {
            let state = &mut *lock(&self.state);
            for _ in 0..events {
                match state.rebuild.step() {
                    Ok(true) => {}
                    Ok(false) => return Ok(false),
                    Err(error) if strict => return Err(error.into_py()),
                    Err(error) => {
                        state.unreadable += 1;
                        if state.faults.len() < FAULTS_MAX {
                            state
                                .faults
                                .push((error.record, error.offset, error.reason));
                        }
                    }
                }
            }
            Ok(true)
        })
    }

    #[getter]
    fn offset(&self) -> usize {
        let state = lock(&self.state);
        state.rebuild.source().offset()
    }

    #[getter]
    fn counts(&self) -> Vec<(&'static str, u64)> {
        let state = lock(&self.state);
        let tally = state.rebuild.tally();
        let book = state.rebuild.book();
        let mut counts = vec![
            ("events", tally.events),
            ("snapshots", tally.snapshots),
            ("depths", tally.depths),
            ("trades", tally.trades),
            ("quotes", tally.quotes),
            ("levels", tally.levels),
            ("buffered", tally.buffered),
            ("ignored", tally.ignored),
            ("gaps", tally.gaps),
            ("quotes_compared", tally.compared),
            ("quotes_agreed", tally.agreed),
            ("crossed", tally.crossed),
            ("unreadable", state.unreadable),
            ("bid_levels", book.levels(Side::Buy) as u64),
            ("ask_levels", book.levels(Side::Sell) as u64),
        ];
        if let Source::Binance(frames) = state.rebuild.source() {
            let skipped = frames.skipped();
            counts.extend([
                ("skipped_unknown", skipped.unknown),
                ("skipped_other_symbol", skipped.other_symbol),
                ("skipped_off_book", skipped.off_book),
                ("skipped_told_twice", skipped.told_twice),
                ("dust", frames.dust()),
            ]);
        }
        counts
    }

    #[getter]
    fn faults(&self) -> Vec<(u64, u64, String)> {
        let state = lock(&self.state);
        state.faults.clone()
    }

    #[getter]
    fn gaps(&self) -> Vec<(u64, u64, u64)> {
        let state = lock(&self.state);
        let gaps = state.rebuild.gaps().iter();
        gaps.map(|gap| (gap.event, gap.expected, gap.got)).collect()
    }

    #[getter]
    fn disagreements(&self) -> Vec<Finding> {
        let state = lock(&self.state);
        let found = state.rebuild.disagreements().iter();
        found
            .map(|one| {
                (
                    one.event,
                    one.id,
                    self.shown(&one.quoted),
                    self.shown(&one.book),
                )
            })
            .collect()
    }

    #[getter]
    fn is_stale(&self) -> bool {
        let state = lock(&self.state);
        state.rebuild.book().is_stale()
    }

    #[getter]
    fn touch(&self) -> String {
        let state = lock(&self.state);
        let book = state.rebuild.book();
        self.shown(&(book.best_bid(), book.best_ask()))
    }

    #[pyo3(signature = (levels = 25, /))]
    fn checksum(&self, levels: usize) -> u32 {
        let state = lock(&self.state);
        let book = state.rebuild.book();
        checksum::checksum(book, &self.instrument, levels, Form::Alternating)
    }
}

impl BookReplay {
    fn shown(&self, touch: &Touch) -> String {
        let side = |best: Option<(Ticks, Lots)>| match best {
            None => "-".to_owned(),
            Some((price, qty)) => {
                let (price, qty) = (self.instrument.price(price), self.instrument.quantity(qty));
                format!("{qty} @ {price}")
            }
        };
        format!("bid {}, ask {}", side(touch.0), side(touch.1))
    }
}
