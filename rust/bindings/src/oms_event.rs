//! `tradecore._core.OrderEvent` and `Fill`: what happened to an order, as it was told.

use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use pyo3::types::PyList;
use tradecore_core::instrument::Instrument;
use tradecore_core::oms as core;
use tradecore_core::oms::message::{self, Liquidity};
use tradecore_core::units::Side;

use crate::convert;
use crate::errors::InputError;
use crate::lock::lock;
use crate::oms_order::{Order, state_object};

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct OrderEvent {
    event: core::OrderEvent,
    trader: Arc<Mutex<core::Trader>>,
}

impl OrderEvent {
    pub(crate) fn list<'py>(
        py: Python<'py>,
        trader: &Arc<Mutex<core::Trader>>,
        events: Vec<core::OrderEvent>,
    ) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for event in events {
            let trader = Arc::clone(trader);
            list.append(Self { event, trader })?;
        }
        Ok(list)
    }

    /// The bits of the events of these names.
    pub(crate) fn mask(names: Vec<String>) -> PyResult<u16> {
        let mut mask = 0;
        for name in names {
            let Some(found) = core::EventName::ALL.iter().find(|n| n.as_str() == name) else {
                let known: Vec<&str> = core::EventName::ALL.iter().map(|n| n.as_str()).collect();
                return Err(InputError::new_err(format!(
                    "an order event is one of {}: name={name:?}",
                    known.join(", ")
                )));
            };
            mask |= 1 << *found as u16;
        }
        Ok(mask)
    }

    fn refusal(&self) -> Option<&core::Refusal> {
        match &self.event.detail {
            core::Detail::Refusal(refusal) => Some(refusal),
            core::Detail::None | core::Detail::Fill(_) | core::Detail::Illegal(_) => None,
        }
    }
}

#[pymethods]
impl OrderEvent {
    #[getter]
    fn code(&self) -> u8 {
        self.event.name as u8
    }

    #[getter]
    fn name(&self) -> &'static str {
        self.event.name.as_str()
    }

    #[getter]
    fn order(&self) -> Order {
        Order::new(&self.trader, self.event.key)
    }

    #[getter]
    fn symbol(&self) -> Option<String> {
        let at = self.event.symbol?.0 as usize;
        let trader = lock(&self.trader);
        trader.instruments().get(at).map(|i| i.symbol().to_owned())
    }

    #[getter]
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        state_object(py, self.event.state)
    }

    #[getter]
    fn fill(&self) -> Option<Fill> {
        let core::Detail::Fill(fill) = self.event.detail else {
            return None;
        };
        let trader = lock(&self.trader);
        let instrument = trader.instruments().get(self.event.symbol?.0 as usize)?;
        Some(Fill {
            trade: fill,
            side: self.event.side?,
            instrument: Arc::clone(instrument),
            trader: Arc::clone(&self.trader),
            key: self.event.key,
            ts_event_ns: self.event.ts_event_ns,
            ts_recv_ns: self.event.ts_recv_ns,
            is_unexpected: self.event.unexpected,
        })
    }

    #[getter]
    fn reject_code(&self) -> Option<&'static str> {
        self.refusal().map(|refusal| refusal.code.as_str())
    }

    #[getter]
    fn reject_text(&self) -> Option<&str> {
        self.refusal().map(|refusal| refusal.text.as_ref())
    }

    #[getter]
    fn ts_event_ns(&self) -> i64 {
        self.event.ts_event_ns
    }

    #[getter]
    fn ts_recv_ns(&self) -> i64 {
        self.event.ts_recv_ns
    }

    #[getter]
    fn is_synthesized(&self) -> bool {
        self.event.synthesized
    }

    fn __repr__(&self) -> String {
        let id = lock(&self.trader).run().client_order_id(self.event.key);
        let name = self.event.name.as_str();
        let state = self.event.state.as_str();
        match &self.event.detail {
            core::Detail::None => format!("OrderEvent({id}, {name}, {state})"),
            core::Detail::Fill(fill) => {
                format!(
                    "OrderEvent({id}, {name}, {state}, exec_id={})",
                    fill.exec_id
                )
            }
            core::Detail::Refusal(refusal) => format!(
                "OrderEvent({id}, {name}, {state}, {}: {})",
                refusal.code.as_str(),
                refusal.text
            ),
            core::Detail::Illegal(event) => {
                format!(
                    "OrderEvent({id}, {name}, {state}, {} was said)",
                    event.as_str()
                )
            }
        }
    }
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct Fill {
    trade: message::Fill,
    side: Side,
    instrument: Arc<Instrument>,
    trader: Arc<Mutex<core::Trader>>,
    key: message::OrderKey,
    ts_event_ns: i64,
    ts_recv_ns: i64,
    is_unexpected: bool,
}

#[pymethods]
impl Fill {
    #[getter]
    fn order(&self) -> Order {
        Order::new(&self.trader, self.key)
    }

    #[getter]
    fn symbol(&self) -> &str {
        self.instrument.symbol()
    }

    #[getter]
    fn side(&self) -> &'static str {
        self.side.as_str()
    }

    #[getter]
    fn price<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.instrument.price(self.trade.price))
    }

    #[getter]
    fn quantity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.instrument.quantity(self.trade.qty))
    }

    #[getter]
    fn price_ticks(&self) -> i64 {
        self.trade.price.0
    }

    #[getter]
    fn quantity_lots(&self) -> i64 {
        self.trade.qty.0
    }

    #[getter]
    fn fee<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        convert::to_python(py, self.trade.fee.to_decimal())
    }

    #[getter]
    fn liquidity(&self) -> &'static str {
        match self.trade.liquidity {
            Liquidity::Maker => "maker",
            Liquidity::Taker => "taker",
        }
    }

    #[getter]
    fn exec_id(&self) -> u64 {
        self.trade.exec_id
    }

    #[getter]
    fn ts_event_ns(&self) -> i64 {
        self.ts_event_ns
    }

    #[getter]
    fn ts_recv_ns(&self) -> i64 {
        self.ts_recv_ns
    }

    #[getter]
    fn is_unexpected(&self) -> bool {
        self.is_unexpected
    }

    fn __repr__(&self) -> String {
        format!(
            "Fill({}, {} {} @ {}, {})",
            self.instrument.symbol(),
            self.side,
            self.instrument.quantity(self.trade.qty),
            self.instrument.price(self.trade.price),
            self.liquidity(),
        )
    }
}
