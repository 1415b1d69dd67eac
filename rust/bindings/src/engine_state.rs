//! What stands behind `MatchingEngine`: engine, names of symbols, reports not yet taken.

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard};

use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use tradecore_core::instrument as core;
use tradecore_core::matching::hash::SymbolState;
use tradecore_core::matching::{Command, Engine, Record, Sink};
use tradecore_core::reject::RejectCode;
use tradecore_gateway::OrderTerms;
use tradecore_journal::durable::Waiter;
use tradecore_journal::{Venue, VenueLog, relieves};

use crate::arguments::Whole;
use crate::collected::{Collected, Told};
use crate::errors::{DataError, InputError, IntoPy, UnknownSymbolError};
use crate::instrument::Instrument;
use crate::machine::{Kept, Machine};
use crate::records::ReportBuffer;
use crate::report::ExecutionReport;

/// So many reports may wait to be taken.
pub(crate) const HEARD_MAX: usize = 1 << 20;

/// A report until somebody takes it; made without the interpreter.
pub(crate) struct Overheard {
    told: Told,
    timestamp_ns: i64,
    name: Option<Box<str>>,
}

/// An engine and what its callers left in it.
pub(crate) struct State {
    pub(crate) engine: Machine,
    pub(crate) symbols: HashMap<String, u32>,
    /// Names of the assets accounts hold, by their number.
    pub(crate) assets: Vec<String>,
    /// The symbol of the last call: most calls come with the very same string object.
    last_symbol: Option<(Py<PyString>, u32)>,
    pub(crate) collected: Collected,
    /// Reports of `place` and `remove` until somebody takes them.
    pub(crate) untaken: ReportBuffer,
    /// Reports of what others than the caller caused, until somebody takes them.
    pub(crate) overheard: Vec<Overheard>,
    /// A call answers only what is as durable as was asked for; else whoever flushes waits.
    pub(crate) waits: bool,
    /// How far books that are kept elsewhere are.
    pub(crate) followed: u64,
    /// Commands have waited too long for those books: no native order comes in before them.
    pub(crate) is_awaited: bool,
    /// What native orders are held to beside the engine's rules, by symbol.
    pub(crate) order_terms: Vec<OrderTerms>,
}

impl State {
    /// An engine by itself, with empty books; a symbol is given once.
    pub(crate) fn plain(instruments: Vec<Instrument>) -> PyResult<Self> {
        Self::new(instruments, |list| Machine::Plain(Engine::new(list)))
    }

    /// An engine with a log and market data; a symbol is given once.
    pub(crate) fn venue(
        instruments: Vec<Instrument>,
        log: impl FnOnce(&[Arc<core::Instrument>]) -> PyResult<VenueLog>,
    ) -> PyResult<Self> {
        let list: Vec<_> = instruments.iter().map(|one| Arc::clone(&one.0)).collect();
        let symbols = Self::new(instruments, |list| Machine::Plain(Engine::new(list)))?;
        let opened = Venue::open(list.clone(), log(&list)?);
        let venue = opened.map_err(|error| DataError::new_err(error.to_string()))?;
        let mut symbols = symbols;
        for (index, instrument) in (0_u32..).zip(venue.engine().instruments()) {
            let symbol = instrument.symbol().to_owned();
            symbols.symbols.insert(symbol, index);
        }
        Ok(Self {
            engine: Machine::Venue(Box::new(Kept::new(venue))),
            ..symbols
        })
    }

    fn new(
        instruments: Vec<Instrument>,
        machine: impl FnOnce(Vec<Arc<core::Instrument>>) -> Machine,
    ) -> PyResult<Self> {
        let mut symbols = HashMap::new();
        for (index, instrument) in (0_u32..).zip(&instruments) {
            let symbol = instrument.0.symbol().to_owned();
            if symbols.insert(symbol.clone(), index).is_some() {
                let text = format!("a symbol must be given once: symbol={symbol:?}");
                return Err(InputError::new_err(text));
            }
        }
        Ok(Self {
            engine: machine(instruments.into_iter().map(|i| i.0).collect()),
            symbols,
            assets: Vec::new(),
            last_symbol: None,
            collected: Collected::default(),
            untaken: ReportBuffer::default(),
            overheard: Vec::new(),
            waits: true,
            followed: 0,
            is_awaited: false,
            order_terms: Vec::new(),
        })
    }

    /// The dense index of a symbol.
    #[inline]
    pub(crate) fn symbol(&mut self, symbol: &Bound<'_, PyString>) -> PyResult<u32> {
        if let Some((last, index)) = &self.last_symbol
            && last.is(symbol)
        {
            return Ok(*index);
        }
        let text = symbol.to_cow()?;
        let Some(index) = self.symbols.get(text.as_ref()).copied() else {
            let mut known: Vec<&str> = self.symbols.keys().map(String::as_str).collect();
            known.sort_unstable();
            known.truncate(8);
            let known = known.join(", ");
            return Err(UnknownSymbolError::new_err(format!(
                "symbol must be one the engine was given: symbol={text:?}, given {known}"
            )));
        };
        self.last_symbol = Some((symbol.clone().unbind(), index));
        Ok(index)
    }

    /// The instrument with this dense index.
    #[inline]
    pub(crate) fn instrument(&self, symbol: u32) -> Option<&Arc<core::Instrument>> {
        self.engine.instruments().get(symbol as usize)
    }

    /// Tells the time, executes one command, and answers everything that happened.
    pub(crate) fn execute<'py>(
        &mut self,
        py: Python<'py>,
        command: &Command,
        timestamp_ns: Option<Whole<i64>>,
    ) -> PyResult<Bound<'py, PyList>> {
        self.collected.clear();
        self.engine
            .advance(timestamp_ns, relieves(command), &mut self.collected);
        self.engine.apply(command, &mut self.collected);
        self.reports(py, 0, None)
    }

    /// Executes a command whose arguments were checked: the engine has no objection.
    pub(crate) fn set(&mut self, command: &Command) -> PyResult<()> {
        self.collected.clear();
        self.engine.apply(command, &mut self.collected);
        self.engine.failure()?;
        match self.collected.reports.first() {
            None => Ok(()),
            Some(report) => {
                let why = report.reject_code().map_or("refused", RejectCode::text);
                Err(InputError::new_err(format!("{command:?}: {why}")))
            }
        }
    }

    /// State and instrument of a symbol.
    pub(crate) fn market(
        &mut self,
        symbol: &Bound<'_, PyString>,
    ) -> PyResult<(&SymbolState, &core::Instrument)> {
        let index = self.symbol(symbol)?;
        let state = self.engine.symbol_state(index);
        // Every index `symbol` answers is one of the engine's.
        let state = state.ok_or_else(|| InputError::new_err("symbol has no market"))?;
        Ok((state, &self.engine.instruments()[index as usize]))
    }

    /// Executes a batch; only an engine by itself is given one.
    pub(crate) fn process<R: Record, S: Sink>(&mut self, records: &[R], out: &mut S) {
        if let Machine::Plain(engine) = &mut self.engine {
            engine.process(records, out);
        }
    }

    /// The reports collected, as objects; those of `own` bear the name it was sent with.
    pub(crate) fn reports<'py>(
        &mut self,
        py: Python<'py>,
        own: u64,
        name: Option<&Bound<'py, PyString>>,
    ) -> PyResult<Bound<'py, PyList>> {
        self.engine.failure()?;
        let list = PyList::empty(py);
        for told in self.collected.rows() {
            let order_id = told.report.order_id;
            let name = if let Some(name) = name.filter(|_| order_id == own) {
                Some(name.clone().unbind())
            } else {
                self.name_of(py, order_id)
            };
            list.append(self.object(told, name))?;
        }
        Ok(list)
    }

    /// Keeps the reports collected that are not about `account`.
    pub(crate) fn overhear(&mut self, account: Option<u32>) {
        let now_ns = self.engine.now_ns();
        for told in self.collected.rows() {
            let order_id = told.report.order_id;
            if Some(told.report.account) != account {
                let live = self.engine.client_order_id(order_id);
                let name = live.or_else(|| self.collected.name(order_id));
                self.overheard.push(Overheard {
                    told,
                    timestamp_ns: told.origin.map_or(now_ns, |origin| origin.timestamp_ns),
                    name: name.map(Into::into),
                });
            }
        }
    }

    /// The reports overheard, as objects.
    pub(crate) fn take_overheard(&mut self, py: Python<'_>) -> PyResult<Vec<Py<ExecutionReport>>> {
        let overheard = std::mem::take(&mut self.overheard).into_iter();
        let made = overheard.map(|heard| {
            let report = ExecutionReport {
                told: heard.told,
                timestamp_ns: heard.timestamp_ns,
                instrument: self.instrument(heard.told.report.symbol).cloned(),
                client_order_id: heard.name.map(|name| PyString::new(py, &name).unbind()),
            };
            Py::new(py, report)
        });
        made.collect()
    }

    #[inline]
    fn object(&self, told: Told, client_order_id: Option<Py<PyString>>) -> ExecutionReport {
        let now_ns = self.engine.now_ns();
        ExecutionReport {
            told,
            timestamp_ns: told.origin.map_or(now_ns, |origin| origin.timestamp_ns),
            instrument: self.instrument(told.report.symbol).cloned(),
            client_order_id,
        }
    }

    /// The caller's name of an order that lives or just went.
    fn name_of(&self, py: Python<'_>, order_id: u64) -> Option<Py<PyString>> {
        let live = self.engine.client_order_id(order_id);
        let name = live.or_else(|| self.collected.name(order_id))?;
        Some(PyString::new(py, name).unbind())
    }
}

/// Gives an answer once what it tells of is as durable as was asked for; others may come in
/// between, so that their commands share the disk's next write.
pub(crate) fn release<T>(state: MutexGuard<'_, State>, answer: PyResult<T>) -> PyResult<T> {
    if !state.waits {
        return answer;
    }
    let pending = state.engine.pending();
    drop(state);
    wait(pending)?;
    answer
}

/// Waits until every command so far is on the medium, whatever answers wait for.
pub(crate) fn flush(state: MutexGuard<'_, State>) -> PyResult<()> {
    let unwritten = state.engine.unwritten();
    drop(state);
    wait(unwritten)
}

fn wait(pending: Option<(Waiter, u64)>) -> PyResult<()> {
    if let Some((waiter, position)) = pending {
        let waited = Python::attach(|py| py.detach(|| waiter.wait(position)));
        waited.map_err(IntoPy::into_py)?;
    }
    Ok(())
}
