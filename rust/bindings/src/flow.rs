//! `tradecore._core.generate_tape`: a seeded market as the bytes of a tape.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tradecore_core::flow::{FEED_DELAY_NS, Flow, FlowSpec, OrderFlow, OrderSource};
use tradecore_core::market::EventSource;
use tradecore_core::tape::{TapeEvent, TapeWriter, Taped};

use crate::convert;
use crate::errors::{InputError, IntoPy};
use crate::instrument::Instrument;

/// Bounds of what is generated in one call: a day.
const DURATION_NS_MAX: i64 = 86_400_000_000_000;
/// The latest start: what follows within a day, and its way to us, can still be stamped.
const START_NS_MAX: i64 = i64::MAX - 2 * DURATION_NS_MAX;
/// Bounds of a market whose sums stay inside 64 bits.
pub(crate) const TICKS_MAX: i64 = 1 << 40;
pub(crate) const VOLATILITY_MILLITICKS_MAX: u32 = 1_000_000;

#[pyfunction]
#[pyo3(signature = (instrument, /, *, seed, start_ns, duration_ns, price, volatility_milliticks,
                    orders = false))]
#[expect(
    clippy::too_many_arguments,
    reason = "keyword-only, and nothing of a market is a silent default"
)]
pub(crate) fn generate_tape<'py>(
    py: Python<'py>,
    instrument: &Instrument,
    seed: u64,
    start_ns: i64,
    duration_ns: i64,
    price: &Bound<'py, PyAny>,
    volatility_milliticks: u32,
    orders: bool,
) -> PyResult<Bound<'py, PyBytes>> {
    let market = (start_ns, duration_ns);
    let spec = spec(instrument, seed, market, price, volatility_milliticks)?;
    let instrument = Arc::clone(&instrument.0);
    let tape = py.detach(|| {
        let mut writer = TapeWriter::of(&instrument);
        if orders {
            let mut flow = OrderFlow::new(instrument, spec);
            while let Some((ts_event_ns, event)) = flow.next_order().map_err(IntoPy::into_py)? {
                let taped = Taped {
                    instrument: 0,
                    ts_event_ns,
                    ts_recv_ns: ts_event_ns + FEED_DELAY_NS,
                    event: TapeEvent::Order(event),
                };
                writer.push(&taped).map_err(IntoPy::into_py)?;
            }
        } else {
            let mut flow = Flow::new(instrument, spec);
            while let Some(stamped) = flow.next_event().map_err(IntoPy::into_py)? {
                writer.push_market(0, &stamped).map_err(IntoPy::into_py)?;
            }
        }
        Ok::<_, PyErr>(writer.finish())
    })?;
    Ok(PyBytes::new(py, &tape))
}

/// The market of these words, if it stays inside its bounds.
pub(crate) fn spec(
    instrument: &Instrument,
    seed: u64,
    (start_ns, duration_ns): (i64, i64),
    price: &Bound<'_, PyAny>,
    volatility_milliticks: u32,
) -> PyResult<FlowSpec> {
    let lasts = (0..=DURATION_NS_MAX).contains(&duration_ns);
    if !lasts || !(0..=START_NS_MAX).contains(&start_ns) {
        return Err(InputError::new_err(format!(
            "a generated market lasts 0 to {DURATION_NS_MAX} ns and starts after 1970, \
             at {START_NS_MAX} ns at the latest: duration_ns={duration_ns}, start_ns={start_ns}"
        )));
    }
    let ticks = convert::ticks(price, &instrument.0)?;
    if ticks.0 > TICKS_MAX || volatility_milliticks > VOLATILITY_MILLITICKS_MAX {
        return Err(InputError::new_err(format!(
            "a generated market starts at {TICKS_MAX} ticks at most, and moves by \
             {VOLATILITY_MILLITICKS_MAX} milliticks at most: ticks={}, \
             volatility_milliticks={volatility_milliticks}",
            ticks.0
        )));
    }
    Ok(FlowSpec {
        seed,
        start_ns,
        duration_ns,
        price: ticks,
        volatility_milliticks: i64::from(volatility_milliticks),
    })
}
