//! `tradecore._core.shadow_study`: queue models beside what would have happened.

#![expect(
    clippy::needless_pass_by_value,
    reason = "an extracted argument owns what it converted"
)]

use std::sync::Arc;

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyDict;
use tradecore_core::flow::OrderFlow;
use tradecore_core::sim::QueueModel;
use tradecore_core::sim::shadow::{LobsterOrders, Plan, Study, follow};
use tradecore_core::units::Side;

use crate::errors::{DataError, InputError};
use crate::feed::Shared;
use crate::flow;
use crate::instrument::Instrument;
use crate::queue_model::queue_model;

/// What the shadows are called that did not trade.
const NEVER: i64 = -1;

#[pyfunction]
#[pyo3(signature = (instrument, /, *, seed, start_ns, duration_ns, price, volatility_milliticks,
                    every_ns, life_ns, behind, queues))]
#[expect(
    clippy::too_many_arguments,
    reason = "keyword-only, and nothing of a study is a silent default"
)]
pub(crate) fn shadow_study<'py>(
    py: Python<'py>,
    instrument: &Instrument,
    seed: u64,
    start_ns: i64,
    duration_ns: i64,
    price: &Bound<'py, PyAny>,
    volatility_milliticks: u32,
    every_ns: i64,
    life_ns: i64,
    behind: u32,
    queues: Vec<String>,
) -> PyResult<Bound<'py, PyDict>> {
    let market = (start_ns, duration_ns);
    let spec = flow::spec(instrument, seed, market, price, volatility_milliticks)?;
    let plan = plan(every_ns, life_ns, behind, seed)?;
    let models = models(&queues)?;
    let instrument = Arc::clone(&instrument.0);
    let study = py.detach(|| follow(&mut OrderFlow::new(instrument, spec), &plan, &models));
    columns(py, &study, &queues)
}

#[pyfunction]
#[pyo3(signature = (messages, /, *, first_book, seed, every_ns, life_ns, behind, queues))]
#[expect(
    clippy::too_many_arguments,
    reason = "keyword-only, and nothing of a study is a silent default"
)]
pub(crate) fn shadow_study_lobster<'py>(
    py: Python<'py>,
    messages: PyBackedBytes,
    first_book: &[u8],
    seed: u64,
    every_ns: i64,
    life_ns: i64,
    behind: u32,
    queues: Vec<String>,
) -> PyResult<Bound<'py, PyDict>> {
    let plan = plan(every_ns, life_ns, behind, seed)?;
    let models = models(&queues)?;
    let orders = LobsterOrders::new(Shared::new(messages), first_book);
    let mut orders = orders.map_err(DataError::new_err)?;
    let study = py.detach(|| follow(&mut orders, &plan, &models));
    columns(py, &study, &queues)
}

fn plan(every_ns: i64, life_ns: i64, behind: u32, seed: u64) -> PyResult<Plan> {
    let plan = Plan {
        every_ns,
        life_ns,
        behind,
        seed,
    };
    plan.checked()
        .map_err(|error| InputError::new_err(error.to_string()))
}

fn models(queues: &[String]) -> PyResult<Vec<QueueModel>> {
    queues.iter().map(|word| queue_model(word)).collect()
}

fn columns<'py>(py: Python<'py>, study: &Study, queues: &[String]) -> PyResult<Bound<'py, PyDict>> {
    let answer = PyDict::new(py);
    let rows = &study.outcomes;
    let column =
        |name: &str, values: Vec<i64>| answer.set_item(name, PyArray1::from_vec(py, values));
    column("placed_ns", rows.iter().map(|row| row.placed_ns).collect())?;
    let sign = |side: Side| side.sign();
    column("side", rows.iter().map(|row| sign(row.side)).collect())?;
    column("price", rows.iter().map(|row| row.price.0).collect())?;
    column("ahead", rows.iter().map(|row| row.ahead.0).collect())?;
    let truth = rows.iter().map(|row| row.truth_ns.unwrap_or(NEVER));
    column("truth_ns", truth.collect())?;
    for (at, word) in queues.iter().enumerate() {
        let guess = rows.iter().map(|row| row.guess_ns[at].unwrap_or(NEVER));
        column(word, guess.collect())?;
    }
    column(
        "mid_ns",
        study.mids.iter().map(|(ts_ns, _)| *ts_ns).collect(),
    )?;
    column("mid", study.mids.iter().map(|(_, mid)| mid.0).collect())?;
    answer.set_item("crossed", study.crossed)?;
    answer.set_item("unreadable", study.unreadable)?;
    Ok(answer)
}
