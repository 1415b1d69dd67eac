//! What a simulation recorded, as columns of numpy arrays: the one place where money becomes `f64`.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "arrays are for analysis; exact figures are decimals"
)]

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use tradecore_core::instrument::Instrument;
use tradecore_core::market::EventSource;
use tradecore_core::mirror::analytics::Scale;
use tradecore_core::money::{Money, UNIT};
use tradecore_core::oms::message::Liquidity;
use tradecore_core::sim::{EquityPoint, FillRecord, Mark, Mid, OrderRecord, Simulation};
use tradecore_core::units::Side;

type Columns<'py> = PyResult<Bound<'py, PyDict>>;

/// Turns counts into numbers of one instrument.
struct Scales {
    tick: Scale,
    lot: Scale,
}

impl Scales {
    fn of(instrument: &Instrument) -> Self {
        Self {
            tick: Scale::new(instrument.tick_size()),
            lot: Scale::new(instrument.lot_size()),
        }
    }

    fn mark(&self, mark: Mark) -> f64 {
        match mark {
            Mark::Mid(mid) => self.mid(mid),
            Mark::Nano(price) => price as f64 / 1e9,
        }
    }

    fn mid(&self, mid: Mid) -> f64 {
        if mid.is_known() {
            self.tick.float(mid.0) / 2.0
        } else {
            f64::NAN
        }
    }
}

fn money(amount: Money) -> f64 {
    amount.0 as f64 / UNIT as f64
}

const fn sign(side: Side) -> i8 {
    match side {
        Side::Buy => 1,
        Side::Sell => -1,
    }
}

/// Adds one array: `value` of each row.
fn column<R, T: numpy::Element>(
    columns: &Bound<'_, PyDict>,
    name: &str,
    rows: &[R],
    value: impl Fn(&R) -> T,
) -> PyResult<()> {
    let values: Vec<T> = rows.iter().map(value).collect();
    columns.set_item(name, PyArray1::from_vec(columns.py(), values))
}

pub(crate) fn fills<'py, S: EventSource>(
    py: Python<'py>,
    simulation: &Simulation<S>,
    place: usize,
    instrument: &Instrument,
) -> Columns<'py> {
    let rows = simulation.exchange_at(place).journal().fills();
    let scales = Scales::of(instrument);
    let columns = PyDict::new(py);
    column(&columns, "ts_ns", rows, |r| r.ts_ns)?;
    column(&columns, "order_key", rows, |r| r.key)?;
    column(&columns, "side", rows, |r| sign(r.side))?;
    column(&columns, "price", rows, |r| scales.tick.float(r.price.0))?;
    column(&columns, "quantity", rows, |r| scales.lot.float(r.qty.0))?;
    column(&columns, "fee", rows, |r| money(r.fee))?;
    let taker = |r: &FillRecord| u8::from(r.liquidity() == Liquidity::Taker);
    column(&columns, "liquidity", rows, taker)?;
    column(&columns, "mid", rows, |r| scales.mid(r.mid))?;
    for (at, name) in ["mid_1s", "mid_5s", "mid_30s"].iter().enumerate() {
        column(&columns, name, rows, |r| scales.mid(r.later[at]))?;
    }
    Ok(columns)
}

pub(crate) fn orders<'py, S: EventSource>(
    py: Python<'py>,
    simulation: &Simulation<S>,
    place: usize,
    instrument: &Instrument,
) -> Columns<'py> {
    let rows = simulation.records_at(place).orders.as_slice();
    let scales = Scales::of(instrument);
    let columns = PyDict::new(py);
    column(&columns, "key", rows, |r| r.key)?;
    column(&columns, "ts_submit_ns", rows, |r| r.submit_ns)?;
    column(&columns, "ts_accept_ns", rows, |r| r.accept_ns)?;
    column(&columns, "ts_done_ns", rows, |r| r.done_ns)?;
    column(&columns, "side", rows, |r| sign(r.side))?;
    column(&columns, "price", rows, |r| scales.tick.float(r.price.0))?;
    column(&columns, "quantity", rows, |r| scales.lot.float(r.qty.0))?;
    column(&columns, "filled", rows, |r| scales.lot.float(r.filled.0))?;
    column(&columns, "state", rows, |r| r.state as u8)?;
    let code = |r: &OrderRecord| r.reject.map_or(0, |code| code as u16);
    column(&columns, "reject_code", rows, code)?;
    Ok(columns)
}

pub(crate) fn equity<'py, S: EventSource>(
    py: Python<'py>,
    simulation: &Simulation<S>,
    place: usize,
    instrument: &Instrument,
) -> Columns<'py> {
    let rows = simulation.records_at(place).equity.as_slice();
    let ledger = simulation.exchange_at(place).ledger();
    let scales = Scales::of(instrument);
    let worth =
        |r: &EquityPoint| money(r.cash + ledger.worth(r.position, r.mid) - r.fees + r.funding);
    let columns = PyDict::new(py);
    column(&columns, "ts_ns", rows, |r| r.ts_ns)?;
    column(&columns, "equity", rows, worth)?;
    column(&columns, "cash", rows, |r| money(r.cash))?;
    column(&columns, "position", rows, |r| {
        scales.lot.float(r.position.0)
    })?;
    column(&columns, "mid", rows, |r| scales.mid(r.mid))?;
    column(&columns, "fees", rows, |r| money(r.fees))?;
    column(&columns, "funding", rows, |r| money(r.funding))?;
    Ok(columns)
}

pub(crate) fn fundings<'py, S: EventSource>(
    py: Python<'py>,
    simulation: &Simulation<S>,
    place: usize,
    instrument: &Instrument,
) -> Columns<'py> {
    let rows = simulation.exchange_at(place).journal().fundings();
    let scales = Scales::of(instrument);
    let columns = PyDict::new(py);
    column(&columns, "ts_ns", rows, |r| r.ts_ns)?;
    column(&columns, "position", rows, |r| {
        scales.lot.float(r.position.0)
    })?;
    column(&columns, "mark", rows, |r| scales.mark(r.mark))?;
    column(&columns, "rate", rows, |r| r.rate.0 as f64 / 1e9)?;
    column(&columns, "amount", rows, |r| money(r.amount))?;
    Ok(columns)
}

pub(crate) fn round_trips<'py, S: EventSource>(
    py: Python<'py>,
    simulation: &Simulation<S>,
    place: usize,
) -> Columns<'py> {
    let rows = simulation.records_at(place).round_trips.as_slice();
    let columns = PyDict::new(py);
    column(&columns, "ts_ns", rows, |r| r.ts_ns)?;
    column(&columns, "request", rows, |r| r.request as u8)?;
    column(&columns, "ns", rows, |r| r.latency_ns)?;
    Ok(columns)
}
