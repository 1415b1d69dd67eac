//! `tradecore._core.Simulation`: a recording, a venue and a trader on one clock.

use std::sync::{Arc, Mutex, MutexGuard};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::Instrument as CoreInstrument;
use tradecore_core::mirror::Book;
use tradecore_core::money::Rate;
use tradecore_core::oms::Trader as CoreTrader;
use tradecore_core::sim as core;
use tradecore_core::sim::{Assumptions, Fees, Latency, SimError, Subscriptions};
use tradecore_core::units::SymbolId;

use crate::convert;
use crate::errors::{InputError, IntoPy, SimulationError, UnknownSymbolError};
use crate::feed::{self, Source};
use crate::lock::lock;
use crate::mirror::BookView;
use crate::oms::Trader;
use crate::queue_model::queue_model;
use crate::sim_columns as columns;
use crate::sim_delay::delay;
use crate::sim_rules::SimulationRules;

/// What `advance` answers, in this order.
const END: u8 = 0;
const BOOK: u8 = 1;
const TRADE: u8 = 2;
const QUOTE: u8 = 3;
const ORDERS: u8 = 4;
const TIMER: u8 = 5;
const CORRUPT: u8 = 6;
const PAUSE: u8 = 7;

struct State {
    simulation: core::Simulation<Source>,
    timer: u64,
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct Simulation {
    state: Mutex<State>,
    trader: Arc<Mutex<CoreTrader>>,
    book: Arc<Mutex<Book>>,
    instrument: Arc<CoreInstrument>,
}

impl Simulation {
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

#[pymethods]
impl Simulation {
    #[new]
    #[pyo3(signature = (recording, trader, /, *, symbol, maker_fee, taker_fee, feed_latency_ns,
                        entry_latency_ns, response_latency_ns, queue, latency_seed = 0,
                        rules = None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "keyword-only, and an assumption is never a default"
    )]
    fn new(
        recording: &Bound<'_, PyAny>,
        trader: &Trader,
        symbol: &str,
        maker_fee: &Bound<'_, PyAny>,
        taker_fee: &Bound<'_, PyAny>,
        feed_latency_ns: &Bound<'_, PyAny>,
        entry_latency_ns: &Bound<'_, PyAny>,
        response_latency_ns: &Bound<'_, PyAny>,
        queue: &str,
        latency_seed: u64,
        rules: Option<&SimulationRules>,
    ) -> PyResult<Self> {
        let (source, recorded) = feed::source(recording)?;
        let (id, instrument) = find(&lock(&trader.0), symbol, &recorded)?;
        let fees = Fees {
            maker: rate(maker_fee, "maker_fee")?,
            taker: rate(taker_fee, "taker_fee")?,
        };
        let queue = queue_model(queue)?;
        let assumptions = Assumptions {
            rules: match rules {
                Some(rules) => rules.with(fees, queue)?,
                None => core::Rules::plain(fees, queue),
            },
            latency: Latency {
                feed: delay(feed_latency_ns, "feed_latency_ns")?,
                entry: delay(entry_latency_ns, "entry_latency_ns")?,
                response: delay(response_latency_ns, "response_latency_ns")?,
                seed: latency_seed,
            },
        };
        let simulation = core::Simulation::new(source, Arc::clone(&instrument), id, assumptions);
        Ok(Self {
            state: Mutex::new(State {
                simulation,
                timer: 0,
            }),
            trader: Arc::clone(&trader.0),
            book: Arc::default(),
            instrument,
        })
    }

    #[getter]
    fn book(&self) -> BookView {
        BookView::new(Arc::clone(&self.instrument), Arc::clone(&self.book))
    }

    #[getter]
    fn now_ns(&self) -> i64 {
        self.lock().simulation.now_ns()
    }

    #[getter]
    fn offset(&self) -> usize {
        self.lock().simulation.source().offset()
    }

    #[pyo3(signature = (*, book_depth = 0, trades = false, quotes = false, corrupt = false))]
    fn subscribe(&self, book_depth: usize, trades: bool, quotes: bool, corrupt: bool) {
        self.lock().simulation.subscribe(Subscriptions {
            book_depth,
            trades,
            quotes,
            corrupt,
        });
    }

    fn prepare(&self) -> i64 {
        self.lock().simulation.prepare()
    }

    #[pyo3(signature = (messages_max, /))]
    fn advance(&self, messages_max: u64) -> u8 {
        let mut state = self.lock();
        let mut trader = lock(&self.trader);
        let mut book = lock(&self.book);
        let wake = state
            .simulation
            .advance(&mut *trader, &mut book, messages_max);
        match wake {
            core::Wake::End => END,
            core::Wake::Book => BOOK,
            core::Wake::Trade => TRADE,
            core::Wake::Quote => QUOTE,
            core::Wake::Orders => ORDERS,
            core::Wake::Timer(id) => {
                state.timer = id;
                TIMER
            }
            core::Wake::Corrupt => CORRUPT,
            core::Wake::Pause => PAUSE,
        }
    }

    #[getter]
    fn timer_id(&self) -> u64 {
        self.lock().timer
    }

    #[pyo3(signature = (at_ns, /, *, every_ns = 0))]
    fn set_timer(&self, at_ns: i64, every_ns: i64) -> u64 {
        self.lock().simulation.set_timer(at_ns, every_ns)
    }

    #[pyo3(signature = (timer_id, /))]
    fn cancel_timer(&self, timer_id: u64) -> bool {
        self.lock().simulation.cancel_timer(timer_id)
    }

    #[getter]
    fn last_trade(&self) -> Option<(u64, i64, i64, &'static str, i64)> {
        let state = self.lock();
        let print = state.simulation.last_trade()?;
        let aggressor = print.aggressor.as_str();
        Some((
            print.id,
            print.price.0,
            print.qty.0,
            aggressor,
            print.ts_event_ns,
        ))
    }

    #[getter]
    fn last_quote(&self) -> Option<(i64, i64, i64, i64, i64)> {
        let state = self.lock();
        let quote = state.simulation.last_quote()?;
        let ((bid, bid_qty), (ask, ask_qty)) = (quote.bid, quote.ask);
        Some((bid.0, bid_qty.0, ask.0, ask_qty.0, quote.ts_event_ns))
    }

    #[getter]
    fn is_idle(&self) -> bool {
        self.lock().simulation.is_idle()
    }

    #[getter]
    fn errors(&self) -> Vec<String> {
        let state = self.lock();
        let errors = state.simulation.errors().iter();
        errors.map(ToString::to_string).collect()
    }

    fn close<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let mut state = self.lock();
        let profit = state
            .simulation
            .close(&*lock(&self.trader))
            .map_err(IntoPy::into_py)?;
        let ledger = state.simulation.exchange().ledger();
        let fills = state.simulation.exchange().journal().fills();
        let totals = PyDict::new(py);
        for (name, amount) in [
            ("spread", profit.spread),
            ("inventory", profit.inventory),
            ("fees", profit.fees),
            ("funding", profit.funding),
            ("total", profit.total),
            ("cash", ledger.cash()),
            ("volume", ledger.volume()),
        ] {
            totals.set_item(name, convert::to_python(py, amount.to_decimal())?)?;
        }
        let held = self.instrument.quantity(ledger.position());
        totals.set_item("position", convert::to_python(py, held)?)?;
        let markouts: Vec<_> = ledger
            .markouts(fills)
            .iter()
            .map(|sum| Ok((convert::to_python(py, sum.gain.to_decimal())?, sum.fills)))
            .collect::<PyResult<_>>()?;
        totals.set_item("markouts", markouts)?;
        Ok(totals)
    }

    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let state = self.lock();
        let counts = state.simulation.counts();
        let told = PyDict::new(py);
        for (name, count) in [
            ("events", counts.events),
            ("snapshots", counts.snapshots),
            ("depths", counts.depths),
            ("trades", counts.trades),
            ("quotes", counts.quotes),
            ("gaps", counts.gaps),
            ("crossed", counts.crossed),
            ("corrupt", counts.corrupt),
            ("disordered", counts.disordered),
        ] {
            told.set_item(name, count)?;
        }
        Ok(told)
    }

    #[getter]
    fn queue_stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let state = self.lock();
        let queued = state.simulation.exchange().stats();
        let told = PyDict::new(py);
        told.set_item("rested", queued.rested)?;
        told.set_item("distance_ticks", queued.distance_ticks)?;
        told.set_item("ahead_lots", queued.ahead_lots)?;
        told.set_item("trades", queued.trades)?;
        told.set_item("trades_reached", queued.trades_reached)?;
        told.set_item("volume_reached_lots", queued.volume_reached)?;
        told.set_item("nearest_ticks", queued.nearest_ticks)?;
        Ok(told)
    }

    fn fills<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        columns::fills(py, &self.lock().simulation, &self.instrument)
    }

    fn orders<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        columns::orders(py, &self.lock().simulation, &self.instrument)
    }

    fn equity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        columns::equity(py, &self.lock().simulation, &self.instrument)
    }

    fn fundings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        columns::fundings(py, &self.lock().simulation, &self.instrument)
    }

    fn round_trips<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        columns::round_trips(py, &self.lock().simulation)
    }
}

impl IntoPy for SimError {
    fn into_py(self) -> PyErr {
        SimulationError::new_err(self.to_string())
    }
}

/// The trader's number and instrument of a symbol, which must be counted as the recording is.
fn find(
    trader: &CoreTrader,
    symbol: &str,
    recorded: &CoreInstrument,
) -> PyResult<(SymbolId, Arc<CoreInstrument>)> {
    let mut known = (0..).zip(trader.instruments());
    let Some((id, instrument)) = known.find(|(_, instrument)| instrument.symbol() == symbol) else {
        let text = format!("the trader has no such symbol: symbol={symbol}");
        return Err(UnknownSymbolError::new_err(text));
    };
    let steps = |one: &CoreInstrument| (one.tick_size(), one.lot_size());
    if steps(instrument) != steps(recorded) {
        return Err(InputError::new_err(format!(
            "a recording is traded in its own steps: recorded {} × {}, traded {} × {}, \
             symbol={symbol}",
            recorded.tick_size(),
            recorded.lot_size(),
            instrument.tick_size(),
            instrument.lot_size(),
        )));
    }
    Ok((SymbolId(id), Arc::clone(instrument)))
}

fn rate(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Rate> {
    let exact = convert::decimal(value, name)?;
    let sound = |rate: &Rate| rate.0.unsigned_abs() < 1_000_000_000;
    Rate::from_decimal(exact).filter(sound).ok_or_else(|| {
        InputError::new_err(format!(
            "a fee rate lies between -1 and 1 and is a multiple of {}: {name}={exact}",
            Decimal::NANO
        ))
    })
}
