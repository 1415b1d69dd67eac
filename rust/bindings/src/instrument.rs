//! `tradecore._core.Instrument`.

use std::sync::Arc;

use pyo3::prelude::*;
use tradecore_core::decimal::Decimal;
use tradecore_core::instrument as core;
use tradecore_core::money::Rate;
use tradecore_core::units::{Lots, Ticks};

use crate::convert;
use crate::errors::{InputError, IntoPy};

#[pyclass(frozen, eq, hash, module = "tradecore._core", from_py_object)]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Instrument(pub(crate) Arc<core::Instrument>);

const KINDS: [(&str, core::ContractKind); 3] = [
    ("spot", core::ContractKind::Spot),
    ("linear", core::ContractKind::Linear),
    ("inverse", core::ContractKind::Inverse),
];

#[pymethods]
impl Instrument {
    #[new]
    #[pyo3(signature = (symbol, *, tick_size, lot_size, kind = "spot", multiplier = None,
                        min_notional = None, maker_fee = None, taker_fee = None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "keyword-only, as the contract names them"
    )]
    fn new(
        symbol: String,
        tick_size: &Bound<'_, PyAny>,
        lot_size: &Bound<'_, PyAny>,
        kind: &str,
        multiplier: Option<&Bound<'_, PyAny>>,
        min_notional: Option<&Bound<'_, PyAny>>,
        maker_fee: Option<&Bound<'_, PyAny>>,
        taker_fee: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let optional = |value: Option<&Bound<'_, PyAny>>, name, default| {
            value.map_or(Ok(default), |v| convert::decimal(v, name))
        };
        let Some((_, contract)) = KINDS.iter().find(|(word, _)| *word == kind) else {
            let text =
                format!("kind must be spot, linear or inverse: kind={kind:?}, symbol={symbol}");
            return Err(InputError::new_err(text));
        };
        let spec = core::InstrumentSpec {
            kind: *contract,
            tick_size: convert::decimal(tick_size, "tick_size")?,
            lot_size: convert::decimal(lot_size, "lot_size")?,
            multiplier: optional(multiplier, "multiplier", Decimal::ONE)?,
            min_notional: optional(min_notional, "min_notional", Decimal::ZERO)?,
            maker_fee: rate(
                optional(maker_fee, "maker_fee", Decimal::ZERO)?,
                "maker_fee",
                &symbol,
            )?,
            taker_fee: rate(
                optional(taker_fee, "taker_fee", Decimal::ZERO)?,
                "taker_fee",
                &symbol,
            )?,
            symbol,
        };
        core::Instrument::new(spec)
            .map(|made| Self(Arc::new(made)))
            .map_err(IntoPy::into_py)
    }

    #[getter]
    fn symbol(&self) -> &str {
        self.0.symbol()
    }

    #[getter]
    fn kind(&self) -> &'static str {
        KINDS
            .iter()
            .find(|(_, kind)| *kind == self.0.kind())
            .map_or("spot", |(word, _)| word)
    }

    #[getter]
    fn tick_size<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.0.tick_size())
    }

    #[getter]
    fn lot_size<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.0.lot_size())
    }

    #[getter]
    fn multiplier<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.0.multiplier())
    }

    #[getter]
    fn min_notional<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.0.min_notional().to_decimal())
    }

    #[getter]
    fn maker_fee<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.0.maker_fee().to_decimal())
    }

    #[getter]
    fn taker_fee<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.0.taker_fee().to_decimal())
    }

    #[pyo3(signature = (price, /))]
    fn ticks(&self, price: &Bound<'_, PyAny>) -> PyResult<i64> {
        convert::ticks(price, &self.0).map(|ticks| ticks.0)
    }

    #[pyo3(signature = (quantity, /))]
    fn lots(&self, quantity: &Bound<'_, PyAny>) -> PyResult<i64> {
        convert::lots(quantity, &self.0).map(|lots| lots.0)
    }

    #[pyo3(signature = (ticks, /))]
    fn price<'py>(&self, py: Python<'py>, ticks: i64) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.0.price(Ticks(ticks)))
    }

    #[pyo3(signature = (lots, /))]
    fn quantity<'py>(&self, py: Python<'py>, lots: i64) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.0.quantity(Lots(lots)))
    }

    #[pyo3(signature = (price, side))]
    fn round_price<'py>(
        &self,
        py: Python<'py>,
        price: &Bound<'py, PyAny>,
        side: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let side = convert::side(side)?;
        let exact = convert::decimal(price, "price")?;
        let ticks = self
            .0
            .round_price(exact, side)
            .ok_or_else(|| self.beyond("price", exact))?;
        convert::to_python(py, self.0.price(ticks))
    }

    #[pyo3(signature = (quantity, /))]
    fn round_quantity<'py>(
        &self,
        py: Python<'py>,
        quantity: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let exact = convert::decimal(quantity, "quantity")?;
        let lots = self
            .0
            .round_quantity(exact)
            .ok_or_else(|| self.beyond("quantity", exact))?;
        convert::to_python(py, self.0.quantity(lots))
    }

    #[pyo3(signature = (price, quantity))]
    fn notional<'py>(
        &self,
        py: Python<'py>,
        price: &Bound<'py, PyAny>,
        quantity: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (ticks, lots) = (
            convert::ticks(price, &self.0)?,
            convert::lots(quantity, &self.0)?,
        );
        let money = self.0.notional(ticks, lots);
        let money = money.ok_or_else(|| self.beyond("notional", self.0.price(ticks)))?;
        convert::to_python(py, money.to_decimal())
    }

    fn __repr__(&self) -> String {
        format!(
            "Instrument({:?}, kind={:?}, tick_size={}, lot_size={})",
            self.symbol(),
            self.kind(),
            self.0.tick_size(),
            self.0.lot_size(),
        )
    }
}

impl Instrument {
    fn beyond(&self, name: &str, value: Decimal) -> PyErr {
        InputError::new_err(format!(
            "{name} is beyond counting: {name}={value}, symbol={}",
            self.symbol()
        ))
    }
}

fn rate(value: Decimal, name: &str, symbol: &str) -> PyResult<Rate> {
    Rate::from_decimal(value).ok_or_else(|| {
        InputError::new_err(format!(
            "{name} must be a multiple of 1e-9: {name}={value}, symbol={symbol}"
        ))
    })
}
