//! `tradecore._core.LiveOrder`: a live order of an engine, as it stood when asked for.

use std::sync::Arc;

use pyo3::prelude::*;
use tradecore_core::book::arena::Order;
use tradecore_core::book::tags::Place;
use tradecore_core::instrument::Instrument;
use tradecore_core::matching::Engine;
use tradecore_core::units::Ticks;

use crate::convert;

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct LiveOrder {
    #[pyo3(get)]
    order_id: u64,
    #[pyo3(get)]
    client_order_id: Option<String>,
    #[pyo3(get)]
    account: u32,
    #[pyo3(get)]
    side: &'static str,
    #[pyo3(get)]
    r#type: &'static str,
    #[pyo3(get)]
    state: &'static str,
    price: i64,
    stop_price: i64,
    filled: i64,
    open: i64,
    instrument: Arc<Instrument>,
}

impl LiveOrder {
    /// What an engine says of one of its live orders.
    pub(crate) fn of(engine: &Engine, order: &Order) -> Self {
        Self {
            order_id: order.id,
            client_order_id: engine.client_order_id(order.id).map(str::to_owned),
            account: order.account,
            side: order.side().as_str(),
            r#type: engine.order_type(order).as_str(),
            state: match order.tags.place() {
                Place::Book => "resting",
                Place::Pending => "pending_trigger",
                // Nothing is due between two commands.
                Place::Held | Place::Due => "held",
            },
            price: order.price,
            stop_price: engine.stop_price(order).unwrap_or(0),
            filled: order.filled,
            open: engine.open(order),
            instrument: Arc::clone(&engine.instruments()[order.symbol() as usize]),
        }
    }

    fn price_of<'py>(&self, py: Python<'py>, ticks: i64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let given = (ticks != 0).then(|| self.instrument.price(Ticks(ticks)));
        given.map(|price| convert::to_python(py, price)).transpose()
    }
}

#[pymethods]
impl LiveOrder {
    #[getter]
    fn symbol(&self) -> &str {
        self.instrument.symbol()
    }

    #[getter]
    fn price<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.price_of(py, self.price)
    }

    #[getter]
    fn stop_price<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.price_of(py, self.stop_price)
    }

    #[getter]
    fn quantity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let total = i128::from(self.filled) + i128::from(self.open);
        convert::quantity(py, total, &self.instrument)
    }

    #[getter]
    fn leaves_quantity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::quantity(py, i128::from(self.open), &self.instrument)
    }

    #[getter]
    fn cumulative_quantity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::quantity(py, i128::from(self.filled), &self.instrument)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let price = |name: &str, ticks: i64| -> PyResult<String> {
            let price = self.price_of(py, ticks)?;
            price.map_or_else(
                || Ok(String::new()),
                |price| Ok(format!(" {name}{}", price.str()?)),
            )
        };
        Ok(format!(
            "LiveOrder(#{} {} {} {} of {} {}{}{}, {})",
            self.order_id,
            self.r#type,
            self.side,
            self.leaves_quantity(py)?.str()?,
            self.quantity(py)?.str()?,
            self.symbol(),
            price("@ ", self.price)?,
            price("stop ", self.stop_price)?,
            self.state,
        ))
    }
}
