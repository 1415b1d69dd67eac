//! `tradecore._core.AccountBalance` and `AccountPosition`: an account as it stood when asked.

use std::sync::Arc;

use pyo3::prelude::*;
use tradecore_core::instrument::Instrument;
use tradecore_core::money::Money;
use tradecore_core::risk as core;

use crate::convert;

type Number<'py> = PyResult<Bound<'py, PyAny>>;

/// An account's money in one asset.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct AccountBalance {
    pub(crate) balance: core::Balance,
    pub(crate) free: Money,
}

#[pymethods]
impl AccountBalance {
    #[getter]
    fn total<'py>(&self, py: Python<'py>) -> Number<'py> {
        money(py, self.balance.total)
    }

    #[getter]
    fn held<'py>(&self, py: Python<'py>) -> Number<'py> {
        money(py, self.balance.held)
    }

    #[getter]
    fn margin<'py>(&self, py: Python<'py>) -> Number<'py> {
        money(py, self.balance.margin)
    }

    #[getter]
    fn free<'py>(&self, py: Python<'py>) -> Number<'py> {
        money(py, self.free)
    }

    #[getter]
    fn realized<'py>(&self, py: Python<'py>) -> Number<'py> {
        money(py, self.balance.realised)
    }

    #[getter]
    fn unrealized<'py>(&self, py: Python<'py>) -> Number<'py> {
        money(py, self.balance.unrealised)
    }

    fn __repr__(&self) -> String {
        let core::Balance {
            total,
            held,
            margin,
            ..
        } = self.balance;
        let free = self.free;
        format!("AccountBalance(total={total}, held={held}, margin={margin}, free={free})")
    }
}

/// An account in one symbol.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct AccountPosition {
    pub(crate) position: core::Position,
    pub(crate) instrument: Arc<Instrument>,
}

#[pymethods]
impl AccountPosition {
    #[getter]
    fn quantity<'py>(&self, py: Python<'py>) -> Number<'py> {
        self.lots(py, self.position.qty)
    }

    #[getter]
    fn cost<'py>(&self, py: Python<'py>) -> Number<'py> {
        money(py, self.position.cost)
    }

    #[getter]
    fn working_buy<'py>(&self, py: Python<'py>) -> Number<'py> {
        self.lots(py, self.position.working_buy)
    }

    #[getter]
    fn working_sell<'py>(&self, py: Python<'py>) -> Number<'py> {
        self.lots(py, self.position.working_sell)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "AccountPosition({} {}, cost={})",
            self.quantity(py)?.str()?,
            self.instrument.symbol(),
            self.position.cost
        ))
    }
}

impl AccountPosition {
    fn lots<'py>(&self, py: Python<'py>, lots: i64) -> Number<'py> {
        convert::quantity(py, lots.into(), &self.instrument)
    }
}

/// Money as Python's `decimal.Decimal`.
pub(crate) fn money(py: Python<'_>, amount: Money) -> Number<'_> {
    convert::to_python(py, amount.to_decimal())
}
