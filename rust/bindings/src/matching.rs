//! `tradecore._core.MatchingEngine`: orders without objects for their reports, and batches.

#![expect(
    clippy::needless_pass_by_value,
    clippy::too_many_arguments,
    clippy::fn_params_excessive_bools,
    reason = "the arguments are those of the contract, and each owns what it converted"
)]

use std::sync::{Arc, Mutex, MutexGuard};

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PySlice;
use tradecore_core::matching::{Command, ExecType, Record};

use crate::arguments::{Name, Whole, Word};
use crate::engine_state::State;
use crate::instrument::Instrument;
use crate::lock::lock;
use crate::order_args::Request;
use crate::order_entry::{OrderEntry, named, request};
use crate::records::{self, Commands, ReportBuffer, ReportElement, ReportSlice};

#[pyclass(frozen, extends = OrderEntry, module = "tradecore._core")]
pub(crate) struct MatchingEngine(Arc<Mutex<State>>);

#[pymethods]
impl MatchingEngine {
    #[new]
    fn new(instruments: Vec<Instrument>) -> PyResult<PyClassInitializer<Self>> {
        let state = Arc::new(Mutex::new(State::plain(instruments)?));
        Ok(OrderEntry::base(&state).add_subclass(Self(state)))
    }

    #[pyo3(signature = (symbol, *, side, quantity, r#type = None, price = None, stop_price = None,
                        display_quantity = None, time_in_force = None, post_only = false,
                        reduce_only = false, expire_time_ns = None, account = Whole(0),
                        client_order_id = None, self_trade_prevention = None,
                        timestamp_ns = None, order_id = Whole(0), trailing_distance = None,
                        reprice = false, oco = None, held = false, releases = None),
           text_signature = "($self, symbol, *, side, quantity, type='limit', price=None, \
                             stop_price=None, display_quantity=None, time_in_force='GTC', \
                             post_only=False, reduce_only=False, expire_time_ns=None, \
                             account=0, client_order_id=None, self_trade_prevention=None, \
                             timestamp_ns=None, order_id=0, trailing_distance=None, \
                             reprice=False, oco=None, held=False, releases=None)")]
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
        expire_time_ns: Option<Whole<i64>>,
        account: Whole<u32>,
        client_order_id: Option<Name<'_>>,
        self_trade_prevention: Option<Word<'_>>,
        timestamp_ns: Option<Whole<i64>>,
        order_id: Whole<u64>,
        trailing_distance: Option<&Bound<'_, PyAny>>,
        reprice: bool,
        oco: Option<Whole<u64>>,
        held: bool,
        releases: Option<Whole<u64>>,
    ) -> PyResult<u64> {
        // What limits of strategies are for has `submit`.
        let strategy = Whole(0);
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
        let text = client_order_id.as_ref().map(|name| name.0.to_cow());
        let text = text.transpose()?;
        let text = named(text.as_deref())?;
        let State {
            engine, untaken, ..
        } = &mut *state;
        engine.advance(timestamp_ns, false, untaken);
        let before = untaken.0.len();
        let id = engine.place(&order, terms.as_ref(), text, untaken);
        let refused = untaken.is(before, ExecType::Rejected);
        Ok(if refused { 0 } else { id })
    }

    #[pyo3(signature = (symbol, *, order_id, timestamp_ns = None))]
    fn remove(
        &self,
        symbol: Name<'_>,
        order_id: Whole<u64>,
        timestamp_ns: Option<Whole<i64>>,
    ) -> PyResult<bool> {
        let mut state = self.lock();
        let (symbol, order_id) = (state.symbol(&symbol.0)?, order_id.0);
        let State {
            engine, untaken, ..
        } = &mut *state;
        engine.advance(timestamp_ns, false, untaken);
        let before = untaken.0.len();
        engine.apply(&Command::Cancel { symbol, order_id }, untaken);
        Ok(untaken.is(before, ExecType::Canceled))
    }

    #[pyo3(signature = (commands, /, *, out = None))]
    fn process<'py>(
        &self,
        py: Python<'py>,
        commands: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match records::commands(commands)? {
            Commands::Ordinary(commands) => self.run(py, records::contiguous(&commands)?, out),
            Commands::Special(commands) => self.run(py, records::contiguous(&commands)?, out),
        }
    }

    fn take_reports<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<ReportElement>> {
        std::mem::take(&mut self.lock().untaken).into_array(py)
    }
}

impl MatchingEngine {
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }

    /// Executes an array of records, and answers an array of reports.
    fn run<'py, R: Record + Sync>(
        &self,
        py: Python<'py>,
        commands: &[R],
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some(out) = out else {
            let mut reports = ReportBuffer::default();
            py.detach(|| {
                // Most commands leave one report, trades two: room for both without growing.
                reports.0.reserve(commands.len() + commands.len() / 2 + 64);
                self.lock().process(commands, &mut reports);
            });
            return Ok(reports.into_array(py).into_any());
        };
        let mut borrowed = records::reports(out)?;
        let mut reports = ReportSlice::new(records::contiguous_mut(&mut borrowed)?);
        py.detach(|| {
            self.lock().process(commands, &mut reports);
        });
        let (written, spilled) = reports.finish();
        drop(borrowed);
        match spilled {
            None => out.get_item(PySlice::new(py, 0, written, 1)),
            Some(reports) => Ok(reports.into_array(py).into_any()),
        }
    }
}
