//! The exact totals of a simulation, as Python has them.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tradecore_core::instrument::Instrument;
use tradecore_core::market::EventSource;
use tradecore_core::sim::{Profit, Simulation};

use crate::convert;

type Told<'py> = PyResult<Bound<'py, PyDict>>;

/// The profit with its parts, and what the account holds.
pub(crate) fn totals<'py, S: EventSource>(
    py: Python<'py>,
    simulation: &Simulation<S>,
    place: usize,
    profit: &Profit,
    instrument: &Instrument,
) -> Told<'py> {
    let exchange = simulation.exchange_at(place);
    let ledger = exchange.ledger();
    let totals = PyDict::new(py);
    for (name, amount) in [
        ("spread", profit.spread),
        ("inventory", profit.inventory),
        ("fees", profit.fees),
        ("funding", profit.funding),
        ("total", profit.total),
        ("cash", ledger.cash()),
        ("volume", ledger.volume()),
    ] {
        totals.set_item(name, convert::to_python(py, amount.to_decimal())?)?;
    }
    let held = instrument.quantity(ledger.position());
    totals.set_item("position", convert::to_python(py, held)?)?;
    let markouts: Vec<_> = ledger
        .markouts(exchange.journal().fills())
        .iter()
        .map(|sum| Ok((convert::to_python(py, sum.gain.to_decimal())?, sum.fills)))
        .collect::<PyResult<_>>()?;
    totals.set_item("markouts", markouts)?;
    Ok(totals)
}

/// Messages by kind, and what was wrong with them.
pub(crate) fn counts<'py, S: EventSource>(
    py: Python<'py>,
    simulation: &Simulation<S>,
) -> Told<'py> {
    let counts = simulation.counts();
    let told = PyDict::new(py);
    for (name, count) in [
        ("events", counts.events),
        ("snapshots", counts.snapshots),
        ("depths", counts.depths),
        ("trades", counts.trades),
        ("quotes", counts.quotes),
        ("gaps", counts.gaps),
        ("crossed", counts.crossed),
        ("corrupt", counts.corrupt),
        ("disordered", counts.disordered),
        ("fundings", counts.fundings),
        ("terms", counts.terms),
        ("breaks", counts.breaks),
    ] {
        told.set_item(name, count)?;
    }
    Ok(told)
}

/// How far our orders stood from trades.
pub(crate) fn queue_stats<'py, S: EventSource>(
    py: Python<'py>,
    simulation: &Simulation<S>,
    place: usize,
) -> Told<'py> {
    let queued = simulation.exchange_at(place).stats();
    let told = PyDict::new(py);
    told.set_item("rested", queued.rested)?;
    told.set_item("distance_ticks", queued.distance_ticks)?;
    told.set_item("ahead_lots", queued.ahead_lots)?;
    told.set_item("trades", queued.trades)?;
    told.set_item("trades_reached", queued.trades_reached)?;
    told.set_item("volume_reached_lots", queued.volume_reached)?;
    told.set_item("nearest_ticks", queued.nearest_ticks)?;
    Ok(told)
}
