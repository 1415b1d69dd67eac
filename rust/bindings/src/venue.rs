//! `tradecore._core.VenueEngine`: an engine with a log of its commands and its market data.

#![expect(
    clippy::needless_pass_by_value,
    reason = "an extracted argument owns what it converted"
)]

use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use tradecore_journal::Venue;

use crate::arguments::Name;
use crate::engine_state::State;
use crate::errors::{DataError, InputError};
use crate::instrument::Instrument;
use crate::lock::lock;
use crate::machine::Machine;
use crate::market_update::MarketUpdate;
use crate::order_entry::OrderEntry;
use crate::report::ExecutionReport;

#[pyclass(frozen, extends = OrderEntry, module = "tradecore._core")]
pub(crate) struct VenueEngine(pub(crate) Arc<Mutex<State>>);

#[pymethods]
impl VenueEngine {
    #[new]
    fn new(instruments: Vec<Instrument>) -> PyResult<PyClassInitializer<Self>> {
        let state = Arc::new(Mutex::new(State::venue(instruments)?));
        Ok(OrderEntry::base(&state).add_subclass(Self(state)))
    }

    #[getter]
    fn sequence(&self) -> PyResult<u64> {
        self.with(|venue| Ok(venue.sequence()))
    }

    fn take_market_data(&self) -> PyResult<Vec<MarketUpdate>> {
        let mut state = lock(&self.0);
        let updates = venue(&mut state)?.take_market_data();
        let named = updates.into_iter().filter_map(|update| {
            let instrument = Arc::clone(state.instrument(update.symbol)?);
            Some(MarketUpdate { update, instrument })
        });
        Ok(named.collect())
    }

    fn take_reports(&self) -> Vec<Py<ExecutionReport>> {
        std::mem::take(&mut lock(&self.0).overheard)
    }

    fn depth_snapshot(&self, symbol: Name<'_>) -> PyResult<MarketUpdate> {
        let mut state = lock(&self.0);
        let index = state.symbol(&symbol.0)?;
        let update = venue(&mut state)?.depth_snapshot(index);
        let instrument = state.instrument(index).cloned();
        match update.zip(instrument) {
            Some((update, instrument)) => Ok(MarketUpdate { update, instrument }),
            // Every index `symbol` answers is one of the engine's.
            None => Err(InputError::new_err("symbol has no market")),
        }
    }

    fn verify(&self, py: Python<'_>) -> PyResult<bool> {
        let verified = py.detach(|| self.with(|venue| Ok(venue.verify())))?;
        verified.map_err(|error| DataError::new_err(error.to_string()))
    }
}

impl VenueEngine {
    fn with<T>(&self, ask: impl FnOnce(&mut Venue) -> PyResult<T>) -> PyResult<T> {
        ask(venue(&mut lock(&self.0))?)
    }
}

/// The venue of a state.
pub(crate) fn venue(state: &mut State) -> PyResult<&mut Venue> {
    match &mut state.engine {
        Machine::Venue(venue) => Ok(venue),
        // The only way to make a `VenueEngine` makes one.
        Machine::Plain(_) => Err(InputError::new_err("the engine is no venue")),
    }
}
