//! `tradecore._core.EngineBook`: the book of one symbol of an engine, as it stands when asked.

use std::sync::{Arc, Mutex};

use numpy::{PyArray2, ndarray};
use pyo3::prelude::*;
use tradecore_core::instrument::Instrument;
use tradecore_core::units::{Lots, Side, Ticks};

use crate::arguments::Word;
use crate::convert;
use crate::engine_state::State;
use crate::lock::lock;

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct EngineBook {
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) symbol: u32,
    pub(crate) instrument: Arc<Instrument>,
}

type Levels<'py> = Bound<'py, PyArray2<f64>>;
type Quote<'py> = Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>;

/// A level as integers: price in ticks, visible quantity in lots, (order id, quantity) by age.
type QueuedLevel = (i64, i64, Vec<(u64, i64)>);

impl EngineBook {
    fn levels(&self, side: Side, count: usize) -> Vec<(i64, i64)> {
        let state = lock(&self.state);
        state.engine.depth(self.symbol, side).take(count).collect()
    }

    fn array<'py>(&self, py: Python<'py>, side: Side, count: usize) -> Levels<'py> {
        let levels = self.levels(side, count);
        let flat = levels.iter().flat_map(|(price, qty)| {
            [
                convert::to_f64(self.instrument.price(Ticks(*price))),
                convert::to_f64(self.instrument.quantity(Lots(*qty))),
            ]
        });
        let array = ndarray::Array2::from_shape_vec((levels.len(), 2), flat.collect());
        PyArray2::from_owned_array(py, array.unwrap_or_default())
    }

    fn best<'py>(&self, py: Python<'py>, side: Side) -> PyResult<Quote<'py>> {
        let Some((price, qty)) = self.levels(side, 1).first().copied() else {
            return Ok(None);
        };
        let price = convert::to_python(py, self.instrument.price(Ticks(price)))?;
        Ok(Some((
            price,
            convert::to_python(py, self.instrument.quantity(Lots(qty)))?,
        )))
    }
}

#[pymethods]
impl EngineBook {
    #[getter]
    fn symbol(&self) -> &str {
        self.instrument.symbol()
    }

    #[pyo3(signature = (levels = 10, /))]
    fn depth<'py>(&self, py: Python<'py>, levels: usize) -> (Levels<'py>, Levels<'py>) {
        (
            self.array(py, Side::Buy, levels),
            self.array(py, Side::Sell, levels),
        )
    }

    #[getter]
    fn best_bid<'py>(&self, py: Python<'py>) -> PyResult<Quote<'py>> {
        self.best(py, Side::Buy)
    }

    #[getter]
    fn best_ask<'py>(&self, py: Python<'py>) -> PyResult<Quote<'py>> {
        self.best(py, Side::Sell)
    }

    #[pyo3(signature = (side, /))]
    fn queues(&self, side: Word<'_>) -> PyResult<Vec<QueuedLevel>> {
        let side = convert::side(side.0)?;
        let state = lock(&self.state);
        let mut levels: Vec<QueuedLevel> = Vec::new();
        for order in state.engine.orders(self.symbol, side) {
            match levels.last_mut() {
                Some((price, total, queue)) if *price == order.price => {
                    *total += order.qty;
                    queue.push((order.id, order.qty));
                }
                _ => levels.push((order.price, order.qty, vec![(order.id, order.qty)])),
            }
        }
        Ok(levels)
    }
}
