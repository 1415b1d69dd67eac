//! `tradecore._core.History`: what a venue was told and what came of it, command by command.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use tradecore_core::instrument::ContractKind;
use tradecore_core::matching::{Command, Control, Engine, ExecType, Report, Sink};
use tradecore_core::money::Money;
use tradecore_journal::Entry;
use tradecore_journal::disk::LocalDisk;
use tradecore_journal::durable;

use crate::arguments::Whole;
use crate::collected::{Collected, Listener as _, Origin, Told};
use crate::engine_state::State;
use crate::errors::{DataError, JournalError};
use crate::history_facts::Facts;
use crate::lock::lock;
use crate::report::ExecutionReport;
use crate::risk_account::money;

/// So many milliseconds a call may wait: a minute.
const PATIENCE_MS_MAX: u64 = 60_000;

/// The commands of a journal, in order; each is told once.
#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct History {
    /// `None` when it was closed.
    follower: Mutex<Option<durable::History<LocalDisk>>>,
    state: Arc<Mutex<State>>,
}

/// One command and what it caused.
#[pyclass(frozen, get_all, module = "tradecore._core")]
pub(crate) struct HistoryEntry {
    sequence: u64,
    kind: &'static str,
    timestamp_ns: i64,
    reports: Py<PyList>,
    arguments: Py<PyDict>,
    balances: Py<PyList>,
}

/// The same before it is an object.
struct Past {
    sequence: u64,
    timestamp_ns: i64,
    facts: Facts,
    told: Vec<(Told, Option<String>)>,
    balances: Vec<(u32, u32, Money)>,
}

#[pymethods]
impl History {
    #[pyo3(signature = (most = Whole(1000), *, timeout_ms = Whole(0)),
           text_signature = "($self, most=1000, *, timeout_ms=0)")]
    fn take(
        &self,
        py: Python<'_>,
        most: Whole<u32>,
        timeout_ms: Whole<u64>,
    ) -> PyResult<Vec<HistoryEntry>> {
        let past = py.detach(|| self.read(most.0, timeout_ms.0))?;
        let state = lock(&self.state);
        let entries = past.into_iter().map(|past| past.entry(py, &state));
        entries.collect()
    }

    const fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<HistoryEntry>> {
        let mut one = self.take(py, Whole(1), Whole(0))?;
        Ok(one.pop())
    }

    #[getter]
    fn sequence(&self, py: Python<'_>) -> PyResult<u64> {
        // Whoever takes may wait a while.
        let read = py.detach(|| {
            lock(&self.follower)
                .as_ref()
                .map(durable::History::sequence)
        });
        read.ok_or_else(closed)
    }

    #[pyo3(signature = (sequence, /))]
    fn skip(&self, py: Python<'_>, sequence: Whole<u64>) -> PyResult<()> {
        py.detach(|| self.pass(sequence.0))
    }

    fn close(&self, py: Python<'_>) {
        py.detach(|| *lock(&self.follower) = None);
    }
}

fn closed() -> PyErr {
    JournalError::new_err("a closed history is not read")
}

impl History {
    pub(crate) const fn new(
        follower: durable::History<LocalDisk>,
        state: Arc<Mutex<State>>,
    ) -> Self {
        Self {
            follower: Mutex::new(Some(follower)),
            state,
        }
    }

    fn read(&self, most: u32, timeout_ms: u64) -> PyResult<Vec<Past>> {
        let mut follower = lock(&self.follower);
        let follower = follower.as_mut().ok_or_else(closed)?;
        follower.wait(Duration::from_millis(timeout_ms.min(PATIENCE_MS_MAX)));
        let mut list = Vec::new();
        let mut collected = Collected::default();
        for _ in 0..most {
            collected.clear();
            let mut tell = |sequence, entry: &Entry<'_>, engine: &Engine, out: &mut Collected| {
                out.mark(Origin {
                    sequence,
                    timestamp_ns: engine.now_ns(),
                    is_duplicate: false,
                });
                list.push(Past::of(sequence, entry, engine, out));
            };
            let told = follower.next(&mut collected, &mut tell);
            if !told.map_err(|error| DataError::new_err(error.to_string()))? {
                break;
            }
        }
        Ok(list)
    }
}

impl History {
    /// Reads on to a command without a word about those before it.
    fn pass(&self, upto: u64) -> PyResult<()> {
        let mut follower = lock(&self.follower);
        let follower = follower.as_mut().ok_or_else(closed)?;
        while follower.sequence() < upto {
            let told = follower.next(&mut Ignored, &mut |_, _, _, _| ());
            if !told.map_err(|error| DataError::new_err(error.to_string()))? {
                break;
            }
        }
        Ok(())
    }
}

/// Takes no note of anything.
struct Ignored;

impl Sink for Ignored {
    fn push(&mut self, _: Report, _: impl FnOnce() -> i128) {}
}

impl Past {
    fn of(sequence: u64, entry: &Entry<'_>, engine: &Engine, out: &Collected) -> Self {
        let named = |told: Told| {
            let id = told.report.order_id;
            let own = match entry {
                Entry::Named(order, _, name) if is_about(order.account, &told, out) => {
                    Some(name.as_str())
                }
                _ => None,
            };
            let name = engine.client_order_id(id).or_else(|| out.name(id)).or(own);
            (told, name.map(str::to_owned))
        };
        Self {
            sequence,
            timestamp_ns: engine.now_ns(),
            facts: Facts::of(entry),
            told: out.rows().map(named).collect(),
            balances: balances(entry, engine, out),
        }
    }

    fn entry(self, py: Python<'_>, state: &State) -> PyResult<HistoryEntry> {
        let reports = PyList::empty(py);
        for (told, name) in self.told {
            let name = name.map(|name| PyString::new(py, &name).unbind());
            let report = ExecutionReport {
                told,
                timestamp_ns: self.timestamp_ns,
                instrument: state.instrument(told.report.symbol).cloned(),
                client_order_id: name,
            };
            reports.append(report)?;
        }
        let balances = PyList::empty(py);
        for (account, asset, total) in self.balances {
            if let Some(asset) = state.assets.get(asset as usize) {
                balances.append((account, asset, money(py, total)?))?;
            }
        }
        Ok(HistoryEntry {
            sequence: self.sequence,
            kind: self.facts.kind,
            timestamp_ns: self.timestamp_ns,
            reports: reports.unbind(),
            arguments: self.facts.dict(py, state)?.unbind(),
            balances: balances.unbind(),
        })
    }
}

/// Whether a report is about the order that came: the first one names it.
fn is_about(account: u32, told: &Told, out: &Collected) -> bool {
    let first = out.reports.first();
    told.report.account == account
        && first.is_some_and(|first| first.order_id == told.report.order_id)
}

/// What the accounts have now that a command was about.
fn balances(entry: &Entry<'_>, engine: &Engine, out: &Collected) -> Vec<(u32, u32, Money)> {
    let risk = engine.risk();
    let mut touched = BTreeSet::new();
    if let Entry::Command(Command::Control(
        Control::Deposit { account, asset, .. } | Control::Withdraw { account, asset, .. },
    )) = entry
    {
        touched.insert((*account, *asset));
    }
    for report in &out.reports {
        let kind = engine.instruments().get(report.symbol as usize);
        let terms = risk.terms().get(report.symbol as usize);
        if report.exec_type() == ExecType::Trade
            && let (Some(kind), Some(terms)) = (kind, terms)
        {
            let assets = match kind.kind() {
                ContractKind::Spot => [terms.base, terms.quote],
                ContractKind::Linear => [terms.quote; 2],
                ContractKind::Inverse => [terms.base; 2],
            };
            touched.extend(assets.map(|asset| (report.account, asset)));
        }
    }
    let total = |(account, asset)| (account, asset, risk.balance(account, asset).total);
    touched.into_iter().map(total).collect()
}
