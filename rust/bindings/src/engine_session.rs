//! `tradecore._core.EngineSession`: what an engine holds, and what an operator and the clock do.

#![expect(
    clippy::needless_pass_by_value,
    reason = "an extracted argument owns what it converted"
)]

use std::sync::{Arc, Mutex, MutexGuard};

use pyo3::prelude::*;
use pyo3::types::PyList;
use tradecore_core::instrument::Instrument;
use tradecore_core::matching::{Bands, Command, Engine, Phase};
use tradecore_core::units::Ticks;

use crate::arguments::{Name, Whole, Word};
use crate::convert;
use crate::engine_book::EngineBook;
use crate::engine_state::{State, release};
use crate::errors::InputError;
use crate::live_order::LiveOrder;
use crate::lock::lock;
use crate::order_args::unknown;
use crate::risk::Risk;

/// Price, volume and surplus of an auction.
type Indication<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Hundredths of a percent in a whole.
const BPS_END: u32 = 10_000;

/// The part of an engine that is not about placing orders.
#[pyclass(frozen, subclass, module = "tradecore._core")]
pub(crate) struct EngineSession(pub(crate) Arc<Mutex<State>>);

#[pymethods]
impl EngineSession {
    fn book(&self, symbol: Name<'_>) -> PyResult<EngineBook> {
        let mut state = self.lock();
        let index = state.symbol(&symbol.0)?;
        Ok(EngineBook {
            state: Arc::clone(&self.0),
            symbol: index,
            instrument: Arc::clone(&state.engine.instruments()[index as usize]),
        })
    }

    #[getter]
    fn risk(&self) -> Risk {
        Risk(Arc::clone(&self.0))
    }

    fn order(&self, order_id: Whole<u64>) -> Option<LiveOrder> {
        let state = self.lock();
        let order = state.engine.order(order_id.0)?;
        Some(LiveOrder::of(&state.engine, order))
    }

    fn waiting(&self, symbol: Name<'_>) -> PyResult<Vec<LiveOrder>> {
        let mut state = self.lock();
        let symbol = state.symbol(&symbol.0)?;
        let orders = state.engine.waiting(symbol).into_iter();
        Ok(orders
            .map(|order| LiveOrder::of(&state.engine, order))
            .collect())
    }

    fn advance_time<'py>(
        &self,
        py: Python<'py>,
        timestamp_ns: Whole<i64>,
    ) -> PyResult<Bound<'py, PyList>> {
        let now_ns = timestamp_ns.0;
        let mut state = self.lock();
        let answer = state.execute(py, &Command::AdvanceTime { now_ns }, None);
        match answer {
            // Whatever comes next is behind it, and nothing is told yet.
            Ok(list) if list.is_empty() => Ok(list),
            answer => release(state, answer),
        }
    }

    #[pyo3(signature = (symbol, phase, *, timestamp_ns = None))]
    fn set_phase<'py>(
        &self,
        py: Python<'py>,
        symbol: Name<'py>,
        phase: Word<'_>,
        timestamp_ns: Option<Whole<i64>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let mut state = self.lock();
        let (symbol, phase) = (state.symbol(&symbol.0)?, phase_of(phase.0)?);
        let answer = state.execute(py, &Command::SetPhase { symbol, phase }, timestamp_ns);
        release(state, answer)
    }

    fn phase(&self, symbol: Name<'_>) -> PyResult<&'static str> {
        Ok(self.lock().market(&symbol.0)?.0.phase.as_str())
    }

    #[pyo3(signature = (symbol, *, low = None, high = None, dynamic_bps = None,
                        halt_ns = Whole(0)),
           text_signature = "($self, symbol, *, low=None, high=None, dynamic_bps=None, halt_ns=0)")]
    fn set_bands(
        &self,
        symbol: Name<'_>,
        low: Option<&Bound<'_, PyAny>>,
        high: Option<&Bound<'_, PyAny>>,
        dynamic_bps: Option<Whole<u32>>,
        halt_ns: Whole<i64>,
    ) -> PyResult<()> {
        let mut state = self.lock();
        let symbol = state.symbol(&symbol.0)?;
        let instrument = &state.engine.instruments()[symbol as usize];
        let bands = bands(low, high, dynamic_bps, halt_ns, instrument)?;
        let answer = state.set(&Command::SetBands { symbol, bands });
        release(state, answer)
    }

    fn set_reference(&self, symbol: Name<'_>, price: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut state = self.lock();
        let symbol = state.symbol(&symbol.0)?;
        let price = convert::ticks(price, &state.engine.instruments()[symbol as usize])?.0;
        let answer = state.set(&Command::SetReference { symbol, price });
        release(state, answer)
    }

    fn last_price<'py>(
        &self,
        py: Python<'py>,
        symbol: Name<'py>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut state = self.lock();
        let (market, instrument) = state.market(&symbol.0)?;
        price(py, market.last, instrument)
    }

    fn indication<'py>(
        &self,
        py: Python<'py>,
        symbol: Name<'py>,
    ) -> PyResult<Option<Indication<'py>>> {
        let mut state = self.lock();
        let symbol = state.symbol(&symbol.0)?;
        indication(py, &state.engine, symbol)
    }

    #[getter]
    fn live_orders(&self) -> u32 {
        self.lock().engine.live_orders()
    }

    #[getter]
    fn symbols(&self) -> Vec<String> {
        self.lock()
            .engine
            .instruments()
            .iter()
            .map(|i| i.symbol().to_owned())
            .collect()
    }

    fn state_hash(&self) -> String {
        format!("{:032x}", self.lock().engine.state_hash())
    }
}

impl EngineSession {
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

/// The phase a caller named.
fn phase_of(word: &str) -> PyResult<Phase> {
    let found = Phase::ALL.into_iter().find(|phase| phase.as_str() == word);
    found.ok_or_else(|| unknown("phase", word, &Phase::ALL.map(Phase::as_str)))
}

/// The bands a caller asks for.
fn bands(
    low: Option<&Bound<'_, PyAny>>,
    high: Option<&Bound<'_, PyAny>>,
    dynamic_bps: Option<Whole<u32>>,
    Whole(halt_ns): Whole<i64>,
    instrument: &Instrument,
) -> PyResult<Bands> {
    let ticks = |name, price: Option<&Bound<'_, PyAny>>| {
        price.map_or(Ok(0), |price| convert::named_ticks(price, name, instrument))
    };
    let bands = Bands {
        low: ticks("low", low)?,
        high: ticks("high", high)?,
        dynamic_bps: dynamic_bps.map_or(0, |bps| bps.0),
        halt_ns,
    };
    let refuse = |text: String| Err(InputError::new_err(text));
    if bands.high != 0 && bands.low > bands.high {
        let [low, high] = [bands.low, bands.high].map(|ticks| instrument.price(Ticks(ticks)));
        return refuse(format!(
            "low must not be above high: low={low}, high={high}"
        ));
    }
    if let Some(Whole(bps)) = dynamic_bps
        && !(1..BPS_END).contains(&bps)
    {
        let last = BPS_END - 1;
        return refuse(format!(
            "dynamic_bps must be from 1 to {last}: dynamic_bps={bps}"
        ));
    }
    if halt_ns < 0 || (halt_ns > 0 && dynamic_bps.is_none()) {
        return refuse(format!(
            "halt_ns must be 0 or more, and is of a dynamic band: halt_ns={halt_ns}, \
             dynamic_bps={}",
            dynamic_bps.map_or_else(|| "None".to_owned(), |bps| bps.0.to_string())
        ));
    }
    Ok(bands)
}

/// A price as Python has it; 0 is none.
fn price<'py>(
    py: Python<'py>,
    ticks: i64,
    instrument: &Instrument,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let given = (ticks != 0).then(|| instrument.price(Ticks(ticks)));
    given.map(|price| convert::to_python(py, price)).transpose()
}

/// What the auction of a symbol would come to.
fn indication<'py>(
    py: Python<'py>,
    engine: &Engine,
    symbol: u32,
) -> PyResult<Option<Indication<'py>>> {
    let Some(found) = engine.indication(symbol) else {
        return Ok(None);
    };
    let instrument = &engine.instruments()[symbol as usize];
    Ok(Some((
        convert::to_python(py, instrument.price(Ticks(found.price)))?,
        convert::quantity(py, found.volume, instrument)?,
        convert::quantity(py, found.surplus, instrument)?,
    )))
}
