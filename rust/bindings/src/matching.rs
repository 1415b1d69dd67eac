//! `tradecore._core.MatchingEngine`: one call a command, or one call a batch.

#![expect(
    clippy::needless_pass_by_value,
    reason = "an extracted argument owns what it converted"
)]

use std::sync::{Arc, Mutex, MutexGuard};

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyList, PySlice, PyString};
use tradecore_core::matching::{Command, Engine, ExecType, NewOrder, Revision, Sink};

use crate::arguments::{Name, Whole, Word};
use crate::convert;
use crate::engine_book::EngineBook;
use crate::engine_state::{Later, State, Terms};
use crate::errors::InputError;
use crate::instrument::Instrument;
use crate::lock::lock;
use crate::records::{self, ReportBuffer, ReportElement, ReportSlice};

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct MatchingEngine(Arc<Mutex<State>>);

#[pymethods]
impl MatchingEngine {
    #[new]
    fn new(instruments: Vec<Instrument>) -> PyResult<Self> {
        Ok(Self(Arc::new(Mutex::new(State::new(instruments)?))))
    }

    #[pyo3(signature = (symbol, *, side, quantity, r#type = None, price = None, stop_price = None,
                        display_quantity = None, time_in_force = None, post_only = false,
                        reduce_only = false, expire_time_ns = None, account = Whole(0),
                        client_order_id = None, self_trade_prevention = None,
                        timestamp_ns = None, order_id = Whole(0)),
           text_signature = "($self, symbol, *, side, quantity, type='limit', price=None, \
                             stop_price=None, display_quantity=None, time_in_force='GTC', \
                             post_only=False, reduce_only=False, expire_time_ns=None, \
                             account=0, client_order_id=None, self_trade_prevention=None, \
                             timestamp_ns=None, order_id=0)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "keyword-only, as the contract names them"
    )]
    fn submit<'py>(
        &self,
        py: Python<'py>,
        symbol: Name<'py>,
        side: Word<'_>,
        quantity: &Bound<'py, PyAny>,
        r#type: Option<Word<'_>>,
        price: Option<&Bound<'py, PyAny>>,
        stop_price: Option<&Bound<'py, PyAny>>,
        display_quantity: Option<&Bound<'py, PyAny>>,
        time_in_force: Option<Word<'_>>,
        post_only: bool,
        reduce_only: bool,
        expire_time_ns: Option<&Bound<'py, PyAny>>,
        account: Whole<u32>,
        client_order_id: Option<Name<'py>>,
        self_trade_prevention: Option<Word<'_>>,
        timestamp_ns: Option<Whole<i64>>,
        order_id: Whole<u64>,
    ) -> PyResult<Bound<'py, PyList>> {
        Later {
            stop_price: stop_price.is_some(),
            display_quantity: display_quantity.is_some(),
            reduce_only,
            expire_time_ns: expire_time_ns.is_some(),
            self_trade_prevention,
        }
        .refuse()?;
        let mut state = self.lock();
        let terms = Terms {
            side,
            quantity,
            r#type,
            price,
            time_in_force,
            post_only,
        };
        let order = state.order(&symbol.0, &terms, account.0, order_id.0)?;
        state.advance(timestamp_ns);
        let State {
            engine, detailed, ..
        } = &mut *state;
        detailed.clear();
        let name = client_order_id.as_ref().map(|name| &name.0);
        place(engine, &order, name, detailed)?;
        state.reports(py, order.symbol, name)
    }

    #[pyo3(signature = (symbol, *, side, quantity, r#type = None, price = None, stop_price = None,
                        display_quantity = None, time_in_force = None, post_only = false,
                        reduce_only = false, expire_time_ns = None, account = Whole(0),
                        client_order_id = None, self_trade_prevention = None,
                        timestamp_ns = None, order_id = Whole(0)),
           text_signature = "($self, symbol, *, side, quantity, type='limit', price=None, \
                             stop_price=None, display_quantity=None, time_in_force='GTC', \
                             post_only=False, reduce_only=False, expire_time_ns=None, \
                             account=0, client_order_id=None, self_trade_prevention=None, \
                             timestamp_ns=None, order_id=0)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "keyword-only, as the contract names them"
    )]
    fn place(
        &self,
        symbol: Name<'_>,
        side: Word<'_>,
        quantity: &Bound<'_, PyAny>,
        r#type: Option<Word<'_>>,
        price: Option<&Bound<'_, PyAny>>,
        stop_price: Option<&Bound<'_, PyAny>>,
        display_quantity: Option<&Bound<'_, PyAny>>,
        time_in_force: Option<Word<'_>>,
        post_only: bool,
        reduce_only: bool,
        expire_time_ns: Option<&Bound<'_, PyAny>>,
        account: Whole<u32>,
        client_order_id: Option<Name<'_>>,
        self_trade_prevention: Option<Word<'_>>,
        timestamp_ns: Option<Whole<i64>>,
        order_id: Whole<u64>,
    ) -> PyResult<u64> {
        Later {
            stop_price: stop_price.is_some(),
            display_quantity: display_quantity.is_some(),
            reduce_only,
            expire_time_ns: expire_time_ns.is_some(),
            self_trade_prevention,
        }
        .refuse()?;
        let mut state = self.lock();
        let terms = Terms {
            side,
            quantity,
            r#type,
            price,
            time_in_force,
            post_only,
        };
        let order = state.order(&symbol.0, &terms, account.0, order_id.0)?;
        state.advance(timestamp_ns);
        let State {
            engine, untaken, ..
        } = &mut *state;
        let before = untaken.0.len();
        let id = place(
            engine,
            &order,
            client_order_id.as_ref().map(|name| &name.0),
            untaken,
        )?;
        let refused = untaken
            .0
            .get(before)
            .is_some_and(|r| r.0.exec_type() == ExecType::Rejected);
        Ok(if refused { 0 } else { id })
    }

    #[pyo3(signature = (symbol, *, order_id, timestamp_ns = None))]
    fn cancel<'py>(
        &self,
        py: Python<'py>,
        symbol: Name<'py>,
        order_id: Whole<u64>,
        timestamp_ns: Option<Whole<i64>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let mut state = self.lock();
        let symbol = state.symbol(&symbol.0)?;
        state.advance(timestamp_ns);
        let name = state.name_of(py, order_id.0);
        let State {
            engine, detailed, ..
        } = &mut *state;
        detailed.clear();
        engine.apply(
            &Command::Cancel {
                symbol,
                order_id: order_id.0,
            },
            detailed,
        );
        state.reports(py, symbol, name.as_ref())
    }

    #[pyo3(signature = (symbol, *, order_id, timestamp_ns = None))]
    fn remove(
        &self,
        symbol: Name<'_>,
        order_id: Whole<u64>,
        timestamp_ns: Option<Whole<i64>>,
    ) -> PyResult<bool> {
        let mut state = self.lock();
        let symbol = state.symbol(&symbol.0)?;
        state.advance(timestamp_ns);
        let State {
            engine, untaken, ..
        } = &mut *state;
        engine.apply(
            &Command::Cancel {
                symbol,
                order_id: order_id.0,
            },
            untaken,
        );
        Ok(untaken
            .0
            .last()
            .is_some_and(|r| r.0.exec_type() == ExecType::Canceled))
    }

    #[pyo3(signature = (symbol, *, order_id, price = None, quantity = None, open_quantity = None,
                        keep_priority = true, timestamp_ns = None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "keyword-only, as the contract names them"
    )]
    fn modify<'py>(
        &self,
        py: Python<'py>,
        symbol: Name<'py>,
        order_id: Whole<u64>,
        price: Option<&Bound<'py, PyAny>>,
        quantity: Option<&Bound<'py, PyAny>>,
        open_quantity: Option<&Bound<'py, PyAny>>,
        keep_priority: bool,
        timestamp_ns: Option<Whole<i64>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let mut state = self.lock();
        let symbol = state.symbol(&symbol.0)?;
        let instrument = state.instrument(symbol);
        let price = price
            .map(|price| convert::ticks(price, &instrument))
            .transpose()?;
        let (qty, revision) = match (quantity, open_quantity, keep_priority) {
            (None, None, true) => (None, Revision::Total),
            (None, None, false) => (None, Revision::Reinsert),
            (Some(total), None, true) => (Some(total), Revision::Total),
            (None, Some(open), true) => (Some(open), Revision::Open),
            (None, Some(open), false) => (Some(open), Revision::Reinsert),
            (Some(_), _, _) => {
                return Err(InputError::new_err(
                    "modify takes quantity (the new total) or open_quantity (what is left), \
                     and keep_priority=False only with the latter",
                ));
            }
        };
        let qty = qty.map(|qty| convert::lots(qty, &instrument)).transpose()?;
        state.advance(timestamp_ns);
        let name = state.name_of(py, order_id.0);
        let State {
            engine, detailed, ..
        } = &mut *state;
        detailed.clear();
        let (price, qty) = (price.map(|p| p.0), qty.map(|q| q.0));
        engine.apply(
            &Command::Modify {
                symbol,
                order_id: order_id.0,
                price,
                qty,
                revision,
            },
            detailed,
        );
        state.reports(py, symbol, name.as_ref())
    }

    #[pyo3(signature = (commands, /, *, out = None))]
    fn process<'py>(
        &self,
        py: Python<'py>,
        commands: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let commands = records::commands(commands)?;
        let commands = records::contiguous(&commands)?;
        let Some(out) = out else {
            let mut reports = ReportBuffer::default();
            py.detach(|| {
                // Most commands leave one report, trades two: room for both without growing.
                reports.0.reserve(commands.len() + commands.len() / 2 + 64);
                self.lock().engine.process(commands, &mut reports);
            });
            return Ok(reports.into_array(py).into_any());
        };
        let mut borrowed = records::reports(out)?;
        let mut reports = ReportSlice::new(records::contiguous_mut(&mut borrowed)?);
        py.detach(|| {
            self.lock().engine.process(commands, &mut reports);
        });
        let (written, spilled) = reports.finish();
        drop(borrowed);
        match spilled {
            None => out.get_item(PySlice::new(py, 0, written, 1)),
            Some(reports) => Ok(reports.into_array(py).into_any()),
        }
    }

    fn take_reports<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<ReportElement>> {
        std::mem::take(&mut self.lock().untaken).into_array(py)
    }

    fn book(&self, symbol: Name<'_>) -> PyResult<EngineBook> {
        let mut state = self.lock();
        let index = state.symbol(&symbol.0)?;
        Ok(EngineBook {
            state: Arc::clone(&self.0),
            symbol: index,
            instrument: state.instrument(index),
        })
    }

    #[pyo3(signature = (timestamp_ns, /))]
    fn advance_time(&self, timestamp_ns: Whole<i64>) {
        self.lock().engine.advance_time(timestamp_ns.0);
    }

    #[getter]
    fn live_orders(&self) -> u32 {
        self.lock().engine.live_orders()
    }

    #[getter]
    fn symbols(&self) -> Vec<String> {
        self.lock()
            .engine
            .instruments()
            .iter()
            .map(|i| i.symbol().to_owned())
            .collect()
    }

    fn state_hash(&self) -> String {
        format!("{:032x}", self.lock().engine.state_hash())
    }
}

impl MatchingEngine {
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

#[inline]
fn place<S: Sink>(
    engine: &mut Engine,
    order: &NewOrder,
    name: Option<&Bound<'_, PyString>>,
    out: &mut S,
) -> PyResult<u64> {
    Ok(match name {
        None => engine.apply(&Command::New(*order), out),
        Some(name) => engine.apply_named(order, name.to_cow()?.as_ref(), out),
    })
}
