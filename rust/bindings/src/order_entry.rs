//! `tradecore._core.OrderEntry`: one call a command, reports as objects.

#![expect(
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    clippy::fn_params_excessive_bools,
    reason = "the arguments are those of the contract, and each owns what it converted"
)]

use std::sync::{Arc, Mutex, MutexGuard};

use pyo3::prelude::*;
use pyo3::types::PyList;
use tradecore_core::matching::{Command, Filter};
use tradecore_journal::Name as ClientName;

use crate::arguments::{Name, Whole, Word};
use crate::bracket::{Bracket, Pair};
use crate::convert;
use crate::engine_session::EngineSession;
use crate::engine_state::{State, release};
use crate::errors::IntoPy;
use crate::lock::lock;
use crate::order_args::{Request, Wish};

/// The part of an engine that is about placing orders, one at a time.
#[pyclass(frozen, subclass, extends = EngineSession, module = "tradecore._core")]
pub(crate) struct OrderEntry(Arc<Mutex<State>>);

/// The arguments of an order under one name.
macro_rules! request {
    ($($argument:ident)+) => { Request { $($argument),+ } };
}
pub(crate) use request;

#[pymethods]
impl OrderEntry {
    #[pyo3(signature = (symbol, *, side, quantity, r#type = None, price = None, stop_price = None,
                        display_quantity = None, time_in_force = None, post_only = false,
                        reduce_only = false, expire_time_ns = None, account = Whole(0),
                        client_order_id = None, self_trade_prevention = None,
                        timestamp_ns = None, order_id = Whole(0), trailing_distance = None,
                        reprice = false, oco = None, held = false, releases = None,
                        strategy = Whole(0)),
           text_signature = "($self, symbol, *, side, quantity, type='limit', price=None, \
                             stop_price=None, display_quantity=None, time_in_force='GTC', \
                             post_only=False, reduce_only=False, expire_time_ns=None, \
                             account=0, client_order_id=None, self_trade_prevention=None, \
                             timestamp_ns=None, order_id=0, trailing_distance=None, \
                             reprice=False, oco=None, held=False, releases=None, strategy=0)")]
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
        expire_time_ns: Option<Whole<i64>>,
        account: Whole<u32>,
        client_order_id: Option<Name<'py>>,
        self_trade_prevention: Option<Word<'_>>,
        timestamp_ns: Option<Whole<i64>>,
        order_id: Whole<u64>,
        trailing_distance: Option<&Bound<'py, PyAny>>,
        reprice: bool,
        oco: Option<Whole<u64>>,
        held: bool,
        releases: Option<Whole<u64>>,
        strategy: Whole<u32>,
    ) -> PyResult<Bound<'py, PyList>> {
        let request = request! {
            side quantity r#type price stop_price display_quantity time_in_force post_only
            reduce_only expire_time_ns account self_trade_prevention order_id trailing_distance
            reprice oco held releases strategy
        };
        let mut state = self.lock();
        let symbol = state.symbol(&symbol.0)?;
        let instrument = &state.engine.instruments()[symbol as usize];
        let order = request.order(symbol, instrument)?;
        let terms = request.terms(&order, instrument)?;
        let name = client_order_id.as_ref().map(|name| &name.0);
        let text = name.map(PyStringMethods::to_cow).transpose()?;
        let text = named(text.as_deref())?;
        let State {
            engine, collected, ..
        } = &mut *state;
        collected.clear();
        engine.advance(timestamp_ns, false, collected);
        let id = engine.place(&order, terms.as_ref(), text, collected);
        let answer = state.reports(py, id, name);
        release(state, answer)
    }

    #[pyo3(signature = (symbol, *, side, quantity, stop_loss, take_profit, price = None,
                        time_in_force = None, account = Whole(0), client_order_id = None,
                        timestamp_ns = None),
           text_signature = "($self, symbol, *, side, quantity, stop_loss, take_profit, \
                             price=None, time_in_force='GTC', account=0, client_order_id=None, \
                             timestamp_ns=None)")]
    fn submit_bracket<'py>(
        &self,
        py: Python<'py>,
        symbol: Name<'py>,
        side: Word<'_>,
        quantity: &Bound<'py, PyAny>,
        stop_loss: &Bound<'py, PyAny>,
        take_profit: &Bound<'py, PyAny>,
        price: Option<&Bound<'py, PyAny>>,
        time_in_force: Option<Word<'_>>,
        account: Whole<u32>,
        client_order_id: Option<Name<'py>>,
        timestamp_ns: Option<Whole<i64>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let r#type = price.is_none().then_some(Word("market"));
        let request = Request {
            r#type,
            price,
            time_in_force,
            account,
            ..Request::of(side, quantity)
        };
        let mut state = self.lock();
        let symbol = state.symbol(&symbol.0)?;
        let instrument = &state.engine.instruments()[symbol as usize];
        let bracket = Bracket {
            entry: request.order(symbol, instrument)?,
            stop_loss: convert::named_ticks(stop_loss, "stop_loss", instrument)?,
            take_profit: convert::named_ticks(take_profit, "take_profit", instrument)?,
        };
        request.terms(&bracket.entry, instrument)?;
        bracket.check(instrument)?;
        let name = client_order_id.as_ref().map(|name| &name.0);
        let text = name.map(PyStringMethods::to_cow).transpose()?;
        let text = named(text.as_deref())?;
        let State {
            engine, collected, ..
        } = &mut *state;
        collected.clear();
        engine.advance(timestamp_ns, false, collected);
        let id = bracket.place(engine, text, collected);
        let answer = state.reports(py, id, name);
        release(state, answer)
    }

    #[pyo3(signature = (symbol, *, side, quantity, price, stop_price, account = Whole(0),
                        timestamp_ns = None),
           text_signature = "($self, symbol, *, side, quantity, price, stop_price, account=0, \
                             timestamp_ns=None)")]
    fn submit_oco<'py>(
        &self,
        py: Python<'py>,
        symbol: Name<'py>,
        side: Word<'_>,
        quantity: &Bound<'py, PyAny>,
        price: &Bound<'py, PyAny>,
        stop_price: &Bound<'py, PyAny>,
        account: Whole<u32>,
        timestamp_ns: Option<Whole<i64>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let request = Request {
            price: Some(price),
            account,
            ..Request::of(side, quantity)
        };
        let mut state = self.lock();
        let symbol = state.symbol(&symbol.0)?;
        let instrument = &state.engine.instruments()[symbol as usize];
        let pair = Pair {
            limit: request.order(symbol, instrument)?,
            stop_price: convert::named_ticks(stop_price, "stop_price", instrument)?,
        };
        pair.check(instrument)?;
        let State {
            engine, collected, ..
        } = &mut *state;
        collected.clear();
        engine.advance(timestamp_ns, false, collected);
        pair.place(engine, collected);
        let answer = state.reports(py, 0, None);
        release(state, answer)
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
        let (symbol, order_id) = (state.symbol(&symbol.0)?, order_id.0);
        let answer = state.execute(py, &Command::Cancel { symbol, order_id }, timestamp_ns);
        release(state, answer)
    }

    #[pyo3(signature = (symbol = None, *, account = None, side = None, strategy = None,
                        timestamp_ns = None))]
    fn cancel_all<'py>(
        &self,
        py: Python<'py>,
        symbol: Option<Name<'py>>,
        account: Option<Whole<u32>>,
        side: Option<Word<'_>>,
        strategy: Option<Whole<u32>>,
        timestamp_ns: Option<Whole<i64>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let mut state = self.lock();
        let filter = Filter {
            account: account.map(|account| account.0),
            symbol: symbol.map(|symbol| state.symbol(&symbol.0)).transpose()?,
            side: side.map(|side| convert::side(side.0)).transpose()?,
            strategy: strategy.map(|strategy| strategy.0),
        };
        let answer = state.execute(py, &Command::CancelAll(filter), timestamp_ns);
        release(state, answer)
    }

    #[pyo3(signature = (symbol, *, order_id, price = None, quantity = None, stop_price = None,
                        open_quantity = None, keep_priority = true, timestamp_ns = None))]
    fn modify<'py>(
        &self,
        py: Python<'py>,
        symbol: Name<'py>,
        order_id: Whole<u64>,
        price: Option<&Bound<'py, PyAny>>,
        quantity: Option<&Bound<'py, PyAny>>,
        stop_price: Option<&Bound<'py, PyAny>>,
        open_quantity: Option<&Bound<'py, PyAny>>,
        keep_priority: bool,
        timestamp_ns: Option<Whole<i64>>,
    ) -> PyResult<Bound<'py, PyList>> {
        let wish = Wish {
            price,
            quantity,
            stop_price,
            open_quantity,
            keep_priority,
        };
        let mut state = self.lock();
        let symbol = state.symbol(&symbol.0)?;
        let command = Command::Modify {
            symbol,
            order_id: order_id.0,
            change: wish.change(&state.engine.instruments()[symbol as usize])?,
        };
        let answer = state.execute(py, &command, timestamp_ns);
        release(state, answer)
    }
}

impl OrderEntry {
    /// The base of a class whose state this is.
    pub(crate) fn base(state: &Arc<Mutex<State>>) -> PyClassInitializer<Self> {
        let session = PyClassInitializer::from(EngineSession(Arc::clone(state)));
        session.add_subclass(Self(Arc::clone(state)))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

/// The client order id a caller gave.
#[inline]
pub(crate) fn named(name: Option<&str>) -> PyResult<Option<ClientName<'_>>> {
    let checked = name.map(ClientName::new).transpose();
    checked.map_err(IntoPy::into_py)
}
