//! `tradecore._core.VenueEngine`: an engine with a log of its commands and its market data.

#![expect(
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    reason = "the arguments are those of the contract, and each owns what it converted"
)]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tradecore_core::instrument as core;
use tradecore_journal::disk::LocalDisk;
use tradecore_journal::durable::{Ack, DurableLog, JournalError, JournalOptions, Reader};
use tradecore_journal::{ANSWERS_MAX, MemoryLog, NoteError, ReplayError, Venue, VenueLog};

use crate::arguments::{Name, Whole, Word};
use crate::engine_state::{self, State, release};
use crate::errors::{DataError, InputError, IntoPy};
use crate::history::History;
use crate::instrument::Instrument;
use crate::journal;
use crate::lock::lock;
use crate::machine::{CALL_BYTES, Machine};
use crate::market_update::MarketUpdate;
use crate::order_entry::OrderEntry;
use crate::report::ExecutionReport;
use crate::risk_terms::SymbolTerms;

#[pyclass(frozen, extends = OrderEntry, module = "tradecore._core")]
pub(crate) struct VenueEngine(pub(crate) Arc<Mutex<State>>);

#[pymethods]
impl VenueEngine {
    #[new]
    #[pyo3(signature = (instruments, *, journal = None, ack = None, shard = Whole(0),
                        segment_bytes = None, snapshot_bytes = None, reserve_bytes = None,
                        answers_kept = None, keep_all = false, waits = true),
           text_signature = "(instruments, *, journal=None, ack='durable', shard=0, \
                             segment_bytes=67108864, snapshot_bytes=268435456, \
                             reserve_bytes=16777216, answers_kept=None, keep_all=False, \
                             waits=True)")]
    fn new(
        py: Python<'_>,
        instruments: Vec<Instrument>,
        journal: Option<PathBuf>,
        ack: Option<Word<'_>>,
        shard: Whole<u32>,
        segment_bytes: Option<Whole<u64>>,
        snapshot_bytes: Option<Whole<u64>>,
        reserve_bytes: Option<Whole<u64>>,
        answers_kept: Option<Whole<u32>>,
        keep_all: bool,
        waits: bool,
    ) -> PyResult<PyClassInitializer<Self>> {
        let given = journal::options(
            ack.as_ref().map(|ack| ack.0),
            shard.0,
            segment_bytes.map(|bytes| bytes.0),
            snapshot_bytes.map(|bytes| bytes.0),
            reserve_bytes.map(|bytes| bytes.0),
        )?;
        let options = JournalOptions {
            keeps_all: keep_all,
            ..given
        };
        let most = answers_kept.map(|most| most.0);
        if let Some(most) = most.filter(|most| *most > ANSWERS_MAX) {
            let text = format!("at most {ANSWERS_MAX} answers are kept: answers_kept={most}");
            return Err(InputError::new_err(text));
        }
        let mut state = py.detach(|| {
            State::venue(instruments, |list| match journal {
                None => Ok(VenueLog::Memory(MemoryLog::default())),
                Some(path) => {
                    let log = DurableLog::open(journal::lock(&path)?, list, options);
                    log.map(|log| VenueLog::Local(Box::new(log)))
                        .map_err(IntoPy::into_py)
                }
            })
        })?;
        state.waits = waits;
        let state = Arc::new(Mutex::new(state));
        if let Some(most) = most {
            let mut locked = lock(&state);
            let kept = venue(&mut locked)?.keep_answers(most);
            release(locked, kept.map_err(IntoPy::into_py))?;
        }
        Ok(OrderEntry::base(&state).add_subclass(Self(state)))
    }

    #[getter]
    fn answers_kept(&self) -> PyResult<u32> {
        self.with(|venue| Ok(venue.answers_kept()))
    }

    #[pyo3(signature = (instrument, terms, /, *, about = None),
           text_signature = "($self, instrument, terms, /, *, about=b'')")]
    fn list_instrument(
        &self,
        instrument: Instrument,
        terms: &SymbolTerms,
        about: Option<&[u8]>,
    ) -> PyResult<u32> {
        let mut state = lock(&self.0);
        let listed = state.list(&instrument.0, terms, about.unwrap_or_default());
        release(state, listed)
    }

    #[getter]
    fn listings(&self, py: Python<'_>) -> PyResult<Vec<(Instrument, Py<PyBytes>)>> {
        self.with(|venue| {
            let (_, listings) = venue.listed();
            let told = listings.iter().map(|one| {
                let instrument = Instrument(Arc::clone(&one.instrument));
                (instrument, PyBytes::new(py, &one.about).unbind())
            });
            Ok(told.collect())
        })
    }

    #[pyo3(signature = (account, name, /))]
    fn name_strategy(&self, account: Whole<u32>, name: Word<'_>) -> PyResult<u32> {
        let name = tradecore_journal::Name::new(name.0).map_err(IntoPy::into_py)?;
        let mut state = lock(&self.0);
        let number = state.engine.name_strategy(account.0, name);
        release(state, number)
    }

    #[pyo3(signature = (account, name, /))]
    fn find_strategy(&self, account: Whole<u32>, name: Word<'_>) -> PyResult<u32> {
        self.with(|venue| Ok(venue.strategies().find(account.0, name.0).unwrap_or(0)))
    }

    #[getter]
    fn strategies(&self) -> PyResult<Vec<(u32, String)>> {
        self.with(|venue| {
            let all = venue.strategies().all().iter();
            Ok(all.map(|one| (one.account, one.name.to_string())).collect())
        })
    }

    #[getter]
    fn is_in_reserve(&self) -> PyResult<bool> {
        self.with(|venue| {
            let admitted = venue.log().admit(CALL_BYTES, false);
            Ok(matches!(admitted, Err(JournalError::Reserve { .. })))
        })
    }

    #[pyo3(signature = (*, after = Whole(0)), text_signature = "($self, *, after=0)")]
    fn history(&self, py: Python<'_>, after: Whole<u64>) -> PyResult<History> {
        let (reader, instruments) = self.reader(after.0)?;
        let begun = py.detach(|| reader.history(instruments, after.0));
        let follower = begun.map_err(|error| match error {
            ReplayError::Log(error) => error.into_py(),
            other => DataError::new_err(other.to_string()),
        })?;
        Ok(History::new(follower, Arc::clone(&self.0)))
    }

    #[getter]
    fn durable_sequence(&self) -> PyResult<u64> {
        self.with(|venue| Ok(venue.log().local().map_or(0, DurableLog::on_medium)))
    }

    #[getter]
    fn ack(&self) -> PyResult<&'static str> {
        self.with(|venue| {
            let ack = venue.log().local().map_or(Ack::Memory, DurableLog::ack);
            Ok(ack.as_str())
        })
    }

    #[getter]
    fn torn_bytes(&self) -> PyResult<u64> {
        self.with(|venue| Ok(venue.log().local().map_or(0, DurableLog::torn_bytes)))
    }

    #[pyo3(signature = (payload, /, *, relieves = false))]
    fn note(&self, payload: &[u8], relieves: bool) -> PyResult<u64> {
        let mut state = lock(&self.0);
        let noted = venue(&mut state)?.note(payload, relieves);
        let noted = noted.map_err(|error| match error {
            NoteError::TooLarge(error) => error.into_py(),
            NoteError::Log(error) => error.into_py(),
        });
        release(state, noted)
    }

    #[getter]
    fn waits(&self) -> bool {
        lock(&self.0).waits
    }

    fn flush(&self) -> PyResult<()> {
        engine_state::flush(lock(&self.0))
    }

    #[pyo3(signature = (sequence, /, *, timeout_ms = Whole(100)),
           text_signature = "($self, sequence, /, *, timeout_ms=100)")]
    fn wait_beyond(
        &self,
        py: Python<'_>,
        sequence: Whole<u64>,
        timeout_ms: Whole<u32>,
    ) -> PyResult<bool> {
        let waiter = self.with(|venue| Ok(venue.log().local().map(DurableLog::waiter)))?;
        let Some(waiter) = waiter else {
            return Err(InputError::new_err("a venue without a journal has no disk"));
        };
        let patience = Duration::from_millis(timeout_ms.0.into());
        Ok(py.detach(|| waiter.wait_beyond(sequence.0, patience)))
    }

    fn snapshot(&self) -> PyResult<()> {
        let mut state = lock(&self.0);
        venue(&mut state)?.mark().map_err(IntoPy::into_py)?;
        release(state, Ok(()))
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| {
            let mut state = lock(&self.0);
            let venue = venue(&mut state)?;
            // What is closed already needs no mark.
            drop(venue.mark());
            venue.log_mut().close().map_err(IntoPy::into_py)
        })
    }

    #[getter]
    fn sequence(&self) -> PyResult<u64> {
        self.with(|venue| Ok(venue.sequence()))
    }

    #[getter]
    fn followed(&self) -> u64 {
        lock(&self.0).followed
    }

    #[pyo3(signature = (sequence, /, *, is_awaited = false))]
    fn set_followed(&self, sequence: Whole<u64>, is_awaited: bool) {
        let mut state = lock(&self.0);
        (state.followed, state.is_awaited) = (sequence.0, is_awaited);
    }

    #[getter]
    fn called_sequence(&self) -> u64 {
        match &lock(&self.0).engine {
            Machine::Venue(kept) => kept.called(),
            Machine::Plain(_) => 0,
        }
    }

    fn take_market_data(&self) -> PyResult<Vec<MarketUpdate>> {
        let mut state = lock(&self.0);
        let updates = venue(&mut state)?.take_market_data();
        let named = updates.into_iter().filter_map(|update| {
            let instrument = Arc::clone(state.instrument(update.symbol)?);
            Some(MarketUpdate { update, instrument })
        });
        let named = named.collect();
        release(state, Ok(named))
    }

    fn take_reports(&self, py: Python<'_>) -> PyResult<Vec<Py<ExecutionReport>>> {
        let mut state = lock(&self.0);
        let reports = state.take_overheard(py);
        release(state, reports)
    }

    fn depth_snapshot(&self, symbol: Name<'_>) -> PyResult<MarketUpdate> {
        let mut state = lock(&self.0);
        let index = state.symbol(&symbol.0)?;
        let update = venue(&mut state)?.depth_snapshot(index);
        let instrument = state.instrument(index).cloned();
        let answer = match update.zip(instrument) {
            Some((update, instrument)) => Ok(MarketUpdate { update, instrument }),
            // Every index `symbol` answers is one of the engine's.
            None => Err(InputError::new_err("symbol has no market")),
        };
        release(state, answer)
    }

    fn verify(&self, py: Python<'_>) -> PyResult<bool> {
        let verified = py.detach(|| self.with(|venue| Ok(venue.verify())))?;
        verified.map_err(|error| DataError::new_err(error.to_string()))
    }
}

impl VenueEngine {
    /// Somebody who reads the journal behind a command, while the venue goes on.
    fn reader(&self, after: u64) -> PyResult<(Reader<LocalDisk>, Vec<Arc<core::Instrument>>)> {
        let mut state = lock(&self.0);
        if state.engine.risk().keeps_accounts() && state.assets.is_empty() {
            return Err(InputError::new_err(
                "names of assets are not in a journal: call risk.keep_accounts first",
            ));
        }
        let venue = venue(&mut state)?;
        let last = venue.sequence();
        if after > last {
            return Err(InputError::new_err(format!(
                "a history begins behind a command there was: after={after}, last={last}"
            )));
        }
        let Some(log) = venue.log().local() else {
            let text = "a venue without a journal has no history";
            return Err(InputError::new_err(text));
        };
        let reader = log.reader().map_err(IntoPy::into_py)?;
        Ok((reader, venue.listed().0.to_vec()))
    }

    fn with<T>(&self, ask: impl FnOnce(&mut Venue<VenueLog>) -> PyResult<T>) -> PyResult<T> {
        ask(venue(&mut lock(&self.0))?)
    }
}

/// The venue of a state.
pub(crate) fn venue(state: &mut State) -> PyResult<&mut Venue<VenueLog>> {
    match &mut state.engine {
        Machine::Venue(kept) => Ok(&mut kept.venue),
        // The only way to make a `VenueEngine` makes one.
        Machine::Plain(_) => Err(InputError::new_err("the engine is no venue")),
    }
}
