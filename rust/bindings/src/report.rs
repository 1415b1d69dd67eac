//! `tradecore._core.ExecutionReport`.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyString;
use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::Instrument;
use tradecore_core::matching::ExecType;
use tradecore_core::matching::report::{AUCTION, MAKER, TAKER};
use tradecore_core::reject::RejectCode;
use tradecore_core::risk::Scope;
use tradecore_core::units::{Lots, Ticks};

use crate::collected::Told;
use crate::convert;

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct ExecutionReport {
    pub(crate) told: Told,
    pub(crate) timestamp_ns: i64,
    pub(crate) instrument: Option<Arc<Instrument>>,
    pub(crate) client_order_id: Option<Py<PyString>>,
}

impl ExecutionReport {
    fn is_trade(&self) -> bool {
        self.told.report.exec_type() == ExecType::Trade
    }

    fn price_of<'py>(&self, py: Python<'py>, ticks: i64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(instrument) = self.instrument.as_ref().filter(|_| ticks != 0) else {
            return Ok(None);
        };
        convert::to_python(py, instrument.price(Ticks(ticks))).map(Some)
    }

    fn quantity_of<'py>(&self, py: Python<'py>, lots: i64) -> PyResult<Bound<'py, PyAny>> {
        let exact = self.instrument.as_ref().map(|i| i.quantity(Lots(lots)));
        convert::to_python(py, exact.unwrap_or(Decimal::ZERO))
    }
}

#[pymethods]
impl ExecutionReport {
    #[getter]
    fn sequence(&self) -> u64 {
        self.told.report.sequence
    }

    #[getter]
    fn order_id(&self) -> u64 {
        self.told.report.order_id
    }

    #[getter]
    fn client_order_id(&self, py: Python<'_>) -> Option<Py<PyString>> {
        self.client_order_id.as_ref().map(|name| name.clone_ref(py))
    }

    #[getter]
    fn account(&self) -> u32 {
        self.told.report.account
    }

    #[getter]
    fn symbol(&self) -> Option<&str> {
        self.instrument
            .as_ref()
            .map(|instrument| instrument.symbol())
    }

    #[getter]
    fn side(&self) -> &'static str {
        self.told.report.side().as_str()
    }

    #[getter]
    fn exec_type(&self) -> &'static str {
        self.told.report.exec_type().as_str()
    }

    #[getter]
    fn order_status(&self) -> &'static str {
        self.told.report.status().as_str()
    }

    #[getter]
    fn price<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.price_of(py, self.told.limit)
    }

    #[getter]
    fn quantity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let lots = match self.told.report.exec_type() {
            ExecType::Trade => self.told.report.cumulative + self.told.report.leaves,
            ExecType::Canceled | ExecType::Expired => {
                self.told.report.cumulative + self.told.report.qty
            }
            ExecType::New | ExecType::Replaced | ExecType::Rejected | ExecType::Triggered => {
                self.told.report.qty
            }
        };
        self.quantity_of(py, lots)
    }

    #[getter]
    fn last_price<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.is_trade() {
            self.price_of(py, self.told.report.price)
        } else {
            Ok(None)
        }
    }

    #[getter]
    fn last_quantity<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.is_trade() {
            self.quantity_of(py, self.told.report.qty).map(Some)
        } else {
            Ok(None)
        }
    }

    #[getter]
    fn leaves_quantity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.quantity_of(py, self.told.report.leaves)
    }

    #[getter]
    fn cumulative_quantity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.quantity_of(py, self.told.report.cumulative)
    }

    #[getter]
    fn average_price<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(instrument) = self
            .instrument
            .as_ref()
            .filter(|_| self.told.report.cumulative > 0)
        else {
            return Ok(None);
        };
        // Python divides, in its own decimal context: nobody rounds twice.
        let cost = self.told.cost.into_pyobject(py)?;
        let ratio = convert::to_python(py, Decimal::ONE)?
            .mul(cost)?
            .div(self.told.report.cumulative)?;
        ratio
            .mul(convert::to_python(py, instrument.tick_size())?)
            .map(Some)
    }

    #[getter]
    fn trade_id(&self) -> Option<u64> {
        self.is_trade().then(|| self.told.report.trade_id())
    }

    #[getter]
    fn counter_order_id(&self) -> Option<u64> {
        self.is_trade().then_some(self.told.report.counter_order_id)
    }

    #[getter]
    fn liquidity(&self) -> Option<&'static str> {
        match self.told.report.liquidity {
            MAKER => Some("maker"),
            TAKER => Some("taker"),
            AUCTION => Some("auction"),
            _ => None,
        }
    }

    #[getter]
    fn reject_code(&self) -> Option<&'static str> {
        self.told.report.reject_code().map(RejectCode::as_str)
    }

    #[getter]
    fn reject_number(&self) -> u16 {
        self.told.report.reject
    }

    #[getter]
    fn reject_text(&self) -> Option<&'static str> {
        self.told.report.reject_code().map(RejectCode::text)
    }

    #[getter]
    fn reject_scope(&self) -> Option<&'static str> {
        Scope::from_number(self.told.report.scope, 0).map(Scope::as_str)
    }

    #[getter]
    fn timestamp_ns(&self) -> i64 {
        self.timestamp_ns
    }

    #[getter]
    fn command_sequence(&self) -> u64 {
        self.told.origin.map_or(0, |origin| origin.sequence)
    }

    #[getter]
    fn is_duplicate(&self) -> bool {
        self.told.origin.is_some_and(|origin| origin.is_duplicate)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let text = |value: Option<Bound<'_, PyAny>>| -> PyResult<String> {
            value.map_or_else(
                || Ok("-".to_owned()),
                |v| Ok(v.str()?.to_cow()?.into_owned()),
            )
        };
        let facts = if self.is_trade() {
            let (price, qty) = (text(self.last_price(py)?)?, text(self.last_quantity(py)?)?);
            format!("{qty} @ {price}, {}", self.liquidity().unwrap_or_default())
        } else {
            format!("{} @ {}", self.quantity(py)?.str()?, text(self.price(py)?)?)
        };
        let code = self
            .reject_code()
            .map_or_else(String::new, |code| format!(", {code}"));
        Ok(format!(
            "ExecutionReport({} #{} {} {}, {facts}, {}{code})",
            self.exec_type(),
            self.told.report.order_id,
            self.side(),
            self.symbol().unwrap_or("?"),
            self.order_status(),
        ))
    }
}
