//! `tradecore._core.FlowTraders`: a seeded market on a venue others trade on too.

use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::types::PyString;
use tradecore_core::decimal::Decimal;
use tradecore_core::flow as core;
use tradecore_journal::relieves;

use crate::arguments::{Name, Whole};
use crate::convert;
use crate::engine_state::{HEARD_MAX, State, release};
use crate::errors::{InputError, IntoPy};
use crate::flow::{TICKS_MAX, VOLATILITY_MILLITICKS_MAX};
use crate::lock::lock;
use crate::venue::VenueEngine;

/// So far a call may lead them: an hour.
const STEP_NS_MAX: i64 = 3_600_000_000_000;

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct FlowTraders {
    symbol: Py<PyString>,
    seed: u64,
    price: Decimal,
    volatility_milliticks: u32,
    account: u32,
    /// They come with the first step.
    traders: Mutex<Option<core::FlowTraders>>,
}

#[pymethods]
impl FlowTraders {
    #[new]
    #[pyo3(signature = (instrument_symbol, /, *, seed, price, volatility_milliticks,
                        account = Whole(0)),
           text_signature = "(instrument_symbol, /, *, seed, price, volatility_milliticks, \
                             account=0)")]
    fn new(
        instrument_symbol: Name<'_>,
        seed: Whole<u64>,
        price: &Bound<'_, PyAny>,
        volatility_milliticks: Whole<u32>,
        account: Whole<u32>,
    ) -> PyResult<Self> {
        if volatility_milliticks.0 > VOLATILITY_MILLITICKS_MAX {
            return Err(InputError::new_err(format!(
                "a generated market moves by {VOLATILITY_MILLITICKS_MAX} milliticks at most: \
                 volatility_milliticks={}",
                volatility_milliticks.0
            )));
        }
        Ok(Self {
            symbol: instrument_symbol.0.unbind(),
            seed: seed.0,
            price: convert::decimal(price, "price")?,
            volatility_milliticks: volatility_milliticks.0,
            account: account.0,
            traders: Mutex::new(None),
        })
    }

    fn step(
        &self,
        py: Python<'_>,
        engine: &Bound<'_, VenueEngine>,
        until_ns: Whole<i64>,
    ) -> PyResult<u64> {
        let mut traders = lock(&self.traders);
        let mut state = lock(&engine.get().0);
        let mut led = match traders.take() {
            Some(led) => led,
            None => self.arrive(py, &mut state, until_ns.0)?,
        };
        let sent = lead(&mut state, &mut led, until_ns.0);
        *traders = Some(led);
        release(state, sent)
    }
}

impl FlowTraders {
    fn arrive(
        &self,
        py: Python<'_>,
        state: &mut State,
        now_ns: i64,
    ) -> PyResult<core::FlowTraders> {
        let symbol = state.symbol(self.symbol.bind(py))?;
        let instrument = &state.engine.instruments()[symbol as usize];
        let ticks = instrument.ticks(self.price).map_err(IntoPy::into_py)?.0;
        if ticks > TICKS_MAX {
            return Err(InputError::new_err(format!(
                "a generated market starts at {TICKS_MAX} ticks at most: ticks={ticks}"
            )));
        }
        let belief = (ticks, i64::from(self.volatility_milliticks));
        let start_ns = now_ns.max(state.engine.now_ns());
        Ok(core::FlowTraders::new(
            self.seed,
            belief,
            (symbol, self.account),
            start_ns,
        ))
    }
}

/// Sends what the traders have to send before `until_ns`; answers how many commands that was.
fn lead(state: &mut State, traders: &mut core::FlowTraders, until_ns: i64) -> PyResult<u64> {
    let ahead_ns = until_ns.saturating_sub(traders.now_ns());
    if ahead_ns > STEP_NS_MAX {
        return Err(InputError::new_err(format!(
            "traders are led {STEP_NS_MAX} ns at most at a time: until_ns={until_ns}, \
             {ahead_ns} ns ahead"
        )));
    }
    let mut sent = 0;
    loop {
        if state.overheard.len() > HEARD_MAX {
            return Err(InputError::new_err(format!(
                "take_reports is to be called before {HEARD_MAX} reports wait: waiting={}",
                state.overheard.len()
            )));
        }
        let Some((ts_ns, command)) = traders.next(&state.engine, until_ns) else {
            return Ok(sent);
        };
        let State {
            engine, collected, ..
        } = state;
        collected.clear();
        engine.advance(Some(Whole(ts_ns)), relieves(&command), collected);
        engine.apply(&command, collected);
        engine.failure()?;
        traders.hear(engine, &collected.reports);
        sent += 1;
        state.overhear(Some(traders.account()));
    }
}
