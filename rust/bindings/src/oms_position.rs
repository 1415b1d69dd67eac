//! `tradecore._core.Position`: a view of one symbol's holding and its account, read when asked.

use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::Instrument;
use tradecore_core::money::Money;
use tradecore_core::oms as core;
use tradecore_core::units::{Lots, SymbolId};

use crate::convert;
use crate::errors::{InputError, IntoPy};
use crate::lock::lock;

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct Position {
    trader: Arc<Mutex<core::Trader>>,
    symbol: SymbolId,
    instrument: Arc<Instrument>,
}

impl Position {
    pub(crate) fn new(
        trader: &Arc<Mutex<core::Trader>>,
        symbol: SymbolId,
        instrument: Arc<Instrument>,
    ) -> Self {
        Self {
            trader: Arc::clone(trader),
            symbol,
            instrument,
        }
    }

    fn now(&self) -> core::Position {
        // The symbol was looked up when the view was made.
        lock(&self.trader)
            .position(self.symbol)
            .copied()
            .unwrap_or_default()
    }

    /// Takes over what no fill of ours explains.
    pub(crate) fn adopt(
        &self,
        quantity: &Bound<'_, PyAny>,
        average_price: &Bound<'_, PyAny>,
        ts_event_ns: i64,
    ) -> PyResult<()> {
        let held = convert::decimal(quantity, "quantity")?;
        let qty = if held == Decimal::ZERO {
            Lots(0)
        } else if held.is_positive() {
            self.instrument.lots(held).map_err(IntoPy::into_py)?
        } else {
            let short = held.times(-1).map(|short| self.instrument.lots(short));
            let lots = short.transpose().map_err(IntoPy::into_py)?;
            Lots(-lots.unwrap_or_default().0)
        };
        let price = convert::decimal(average_price, "average_price")?;
        let adopted = lock(&self.trader).adopt_position(self.symbol, qty, price, ts_event_ns);
        adopted.ok_or_else(|| {
            InputError::new_err(format!(
                "an average price is above 0, and the position can be counted: \
                 average_price={price}, quantity={held}, symbol={}",
                self.instrument.symbol()
            ))
        })
    }

    /// An amount that depends on a mark.
    fn marked<'py>(
        &self,
        mark: &Bound<'py, PyAny>,
        amount: impl FnOnce(&core::Position, Decimal) -> Option<Money>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let exact = convert::decimal(mark, "mark")?;
        let money = amount(&self.now(), exact).ok_or_else(|| {
            InputError::new_err(format!(
                "a mark is above 0, and the value there can be counted: mark={exact}, symbol={}",
                self.instrument.symbol()
            ))
        })?;
        convert::to_python(mark.py(), money.to_decimal())
    }
}

fn money(py: Python<'_>, amount: Money) -> PyResult<Bound<'_, PyAny>> {
    convert::to_python(py, amount.to_decimal())
}

#[pymethods]
impl Position {
    #[getter]
    fn symbol(&self) -> &str {
        self.instrument.symbol()
    }

    #[getter]
    fn quantity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.instrument.quantity(self.now().qty()))
    }

    #[getter]
    fn quantity_lots(&self) -> i64 {
        self.now().qty().0
    }

    #[getter]
    fn side(&self) -> Option<&'static str> {
        match self.now().qty().0 {
            0 => None,
            1.. => Some("buy"),
            ..0 => Some("sell"),
        }
    }

    #[getter]
    fn is_flat(&self) -> bool {
        self.now().qty().0 == 0
    }

    #[getter]
    fn average_price<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let average: Option<Decimal> = self.now().average_price(&self.instrument);
        average
            .map(|price| convert::to_python(py, price))
            .transpose()
    }

    #[getter]
    fn realized<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        money(py, self.now().realized())
    }

    #[getter]
    fn fees<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        money(py, self.now().fees())
    }

    #[getter]
    fn funding<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        money(py, self.now().funding())
    }

    #[getter]
    fn cash_flow<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        money(py, self.now().cash_flow())
    }

    #[getter]
    fn bought<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.instrument.quantity(self.now().bought()))
    }

    #[getter]
    fn sold<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.instrument.quantity(self.now().sold()))
    }

    #[getter]
    fn adopted_at_ns(&self) -> Option<i64> {
        self.now().adopted_at_ns()
    }

    #[pyo3(signature = (mark, /))]
    fn unrealized<'py>(&self, mark: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.marked(mark, |held, mark| held.unrealized(&self.instrument, mark))
    }

    #[pyo3(signature = (mark, /))]
    fn value<'py>(&self, mark: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.marked(mark, |held, mark| held.value(&self.instrument, mark))
    }

    fn __repr__(&self) -> String {
        let held = self.now();
        format!(
            "Position({}, {}, realized={}, fees={})",
            self.instrument.symbol(),
            self.instrument.quantity(held.qty()),
            held.realized(),
            held.fees(),
        )
    }
}
